/** What a message carries that we do not understand. It is kept as it came, for a version that does. */
import type { Element } from '@xmpp/client'
import { NS } from './namespaces.ts'

/** To be raised when something more of a message is understood: what was kept is decoded again. */
export const DECODER = 1

/** A longer stanza is not kept. */
const LONGEST = 65_536
/** What says nothing that a message would have to show. */
const SILENT = new Set([
  'jabber:client',
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
  'urn:xmpp:occupant-id:0',
  'urn:xmpp:idle:1',
  'vcard-temp:x:update'
])
const KNOWN = new Set<string>(Object.values(NS))

export interface Raw {
  /** As it came, XML. */
  stanza: string
  /** Of the decoder that did not understand it. */
  decoder: number
}

/** The stanza, where it has a part that this version does not understand; otherwise null. */
export function notUnderstood(stanza: Element): Raw | null {
  const unknown = stanza.getChildElements().some((child) => {
    const xmlns = child.getNS()
    return xmlns !== undefined && !SILENT.has(xmlns) && !KNOWN.has(xmlns)
  })
  if (!unknown) return null
  const whole = stanza.toString()
  return whole.length > LONGEST ? null : { stanza: whole, decoder: DECODER }
}
