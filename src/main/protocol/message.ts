/** RFC 6121 messages and XEP-0045 group messages: stanza <-> domain. */
import { xml, type Element } from '@xmpp/client'
import { bare, parseJid, resource } from '../../contract/address.ts'
import { LONGEST_TEXT, type ConversationKind, type Jid } from '../../contract/domain.ts'
import { NS } from './namespaces.ts'
import { originId, stanzaId } from './stable-ids.ts'

export interface DecodedMessage {
  conversation: Jid
  kind: ConversationKind
  sender: Jid
  outgoing: boolean
  text: string
  stanzaId: string | null
  originId: string | null
}

/** What decoding has to know of us. */
export interface Self {
  /** Own bare address. */
  jid: Jid
  /** Own nickname in a group, or null where the address is no group of ours. */
  nickIn(group: string): string | null
}

/** Characters that XML 1.0 cannot carry. */
const UNSENDABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/**
 * The message that a stanza says, or null where it carries no text. The stanza-id that counts is that of our own account's
 * archive, or of the group's.
 */
export function decodeMessage(stanza: Element, self: Self): DecodedMessage | null {
  const from = parseJid(stanza.attrs['from'] ?? self.jid)
  const to = parseJid(stanza.attrs['to'] ?? self.jid)
  const body = stanza.getChild('body')?.text() ?? ''
  if (from === null || to === null || body === '' || stanza.attrs['type'] === 'error') return null
  const text = body.length > LONGEST_TEXT ? body.slice(0, LONGEST_TEXT) : body
  if (stanza.attrs['type'] === 'groupchat') {
    const group = bare(from)
    const nick = self.nickIn(group)
    // a group we are not in cannot write to us; a message of the room itself is no one's
    if (nick === null || resource(from) === '') return null
    return { conversation: group, kind: 'group', sender: from, outgoing: resource(from) === nick, text, stanzaId: stanzaId(stanza, group), originId: originId(stanza) }
  }
  const outgoing = bare(from) === self.jid
  const peer = outgoing ? to : from
  // a private message in a group is a conversation with that occupant
  const conversation = self.nickIn(bare(peer)) === null ? bare(peer) : peer
  return { conversation, kind: 'direct', sender: outgoing ? self.jid : conversation, outgoing, text, stanzaId: stanzaId(stanza, self.jid), originId: originId(stanza) }
}

/** The text of a message as XML can carry it. */
export const sendable = (text: string): string => text.toWellFormed().replace(UNSENDABLE, '\ufffd')

/** A text message. Its id is its origin-id, the same over every retry (XEP-0359). */
export function encodeMessage(to: string, kind: ConversationKind, text: string, id: string): Element {
  const common = [xml('body', {}, sendable(text)), xml('origin-id', { xmlns: NS.stableId, id })]
  return kind === 'group'
    ? xml('message', { to, type: 'groupchat', id }, ...common)
    : xml('message', { to, type: 'chat', id }, ...common, xml('request', { xmlns: NS.receipts }))
}
