/** Messages with unknown elements, stored as received for a version that understands them. */
import type { Element } from '@xmpp/client'
import { PAYLOADS, understood } from './extensions.ts'
import { NS } from './namespaces.ts'

/** Decoder version, to be raised when more of a message is understood: stored stanzas are then decoded again. */
export const DECODER = 5

/** Longest stanza that is stored. */
const LONGEST = 65_536
/** Deepest nesting of a stanza that is stored: writing out a deeper one would overflow the stack. */
const DEEPEST = 100
/** Namespaces without content that a message would have to show. */
const SILENT = new Set([
  'jabber:client',
  // ejabberd's duplicate of XEP-0359
  'urn:xmpp:mam:tmp',
  // formatting of the same text
  'http://jabber.org/protocol/xhtml-im',
  'http://jabber.org/protocol/address',
  'http://jabber.org/protocol/pubsub#event',
  'jabber:x:delay',
  'jabber:x:event',
  'jabber:x:conference',
  // events within a call; the call itself is in its session
  'urn:xmpp:jingle-message:0',
  'urn:xmpp:jingle-message:1',
  'urn:xmpp:idle:1'
])
const KNOWN = understood(PAYLOADS)
/** Namespaces that accompany any message and have no content of their own. */
const ENVELOPE = new Set<string>([NS.hints, NS.stableId, NS.delay, NS.nick, NS.receipts, NS.chatMarkers, NS.chatStates, NS.fallback, NS.styling, NS.occupantId])

export interface Raw {
  /** XML as received. */
  stanza: string
  /** Version of the decoder that did not understand it. */
  decoder: number
}

/**
 * True for a message without a text that still counts: its author wants it stored (XEP-0334), and it is not known to be something else. `known`: as below.
 */
export function isUnknownMessage(stanza: Element, known = KNOWN): boolean {
  if (stanza.getChild('store', NS.hints) === undefined) return false
  const signs = stanza.getChildElements().some((child) => child.is('received', NS.receipts) || (child.getNS() === NS.chatMarkers && child.name !== 'markable'))
  return !signs && stanza.getChildElements().every((child) => !known.has(child.getNS() ?? '') || ENVELOPE.has(child.getNS() ?? ''))
}

/** Whether elements are nested deeper than that. */
function isDeeper(stanza: Element, depth: number): boolean {
  let level = [stanza]
  for (let i = 0; i < depth && level.length > 0; i++) level = level.flatMap((element) => element.getChildElements())
  return level.length > 0
}

/** Stanza with a part that this version does not understand; otherwise null. `known`: understood namespaces. */
export function notUnderstood(stanza: Element, known = KNOWN): Raw | null {
  const unknown = stanza.getChildElements().some((child) => {
    const xmlns = child.getNS()
    return xmlns !== undefined && !SILENT.has(xmlns) && !known.has(xmlns)
  })
  if (!unknown) return null
  if (isDeeper(stanza, DEEPEST)) return null
  const whole = stanza.toString()
  return whole.length > LONGEST ? null : { stanza: whole, decoder: DECODER }
}
