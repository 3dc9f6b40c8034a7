/** What a message carries that we do not understand. It is kept as it came, for a version that does. */
import type { Element } from '@xmpp/client'
import { PAYLOADS, understood } from './extensions.ts'
import { NS } from './namespaces.ts'

/** To be raised when something more of a message is understood: what was kept is decoded again. */
export const DECODER = 5

/** A longer stanza is not kept. */
const LONGEST = 65_536
/** What says nothing that a message would have to show. */
const SILENT = new Set([
  'jabber:client',
  // what ejabberd tells besides XEP-0359
  'urn:xmpp:mam:tmp',
  // how it looks, where the text says the same
  'http://jabber.org/protocol/xhtml-im',
  'http://jabber.org/protocol/address',
  'http://jabber.org/protocol/pubsub#event',
  'jabber:x:delay',
  'jabber:x:event',
  'jabber:x:conference',
  // the course of a call; that there was one is in its session
  'urn:xmpp:jingle-message:0',
  'urn:xmpp:jingle-message:1',
  'urn:xmpp:idle:1'
])
const KNOWN = understood(PAYLOADS)
/** What comes with any message and says nothing by itself. */
const ENVELOPE = new Set<string>([NS.hints, NS.stableId, NS.delay, NS.nick, NS.receipts, NS.chatMarkers, NS.chatStates, NS.fallback, NS.styling, NS.occupantId])

export interface Raw {
  /** As it came, XML. */
  stanza: string
  /** Of the decoder that did not understand it. */
  decoder: number
}

/** Whether a message without a text is one all the same: its author wants it stored (XEP-0334), and nothing in it is known to be something else. `known`: as below. */
export function isUnknownMessage(stanza: Element, known = KNOWN): boolean {
  if (stanza.getChild('store', NS.hints) === undefined) return false
  const signs = stanza.getChildElements().some((child) => child.is('received', NS.receipts) || (child.getNS() === NS.chatMarkers && child.name !== 'markable'))
  return !signs && stanza.getChildElements().every((child) => !known.has(child.getNS() ?? '') || ENVELOPE.has(child.getNS() ?? ''))
}

/** The stanza, where it has a part that this version does not understand; otherwise null. `known`: namespaces that are understood. */
export function notUnderstood(stanza: Element, known = KNOWN): Raw | null {
  const unknown = stanza.getChildElements().some((child) => {
    const xmlns = child.getNS()
    return xmlns !== undefined && !SILENT.has(xmlns) && !known.has(xmlns)
  })
  if (!unknown) return null
  const whole = stanza.toString()
  return whole.length > LONGEST ? null : { stanza: whole, decoder: DECODER }
}
