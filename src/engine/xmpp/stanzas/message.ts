/** RFC 6121 messages and XEP-0045 group messages: stanza <-> domain. */
import { xml, type Element } from '@xmpp/client'
import { addressOf, bare, resource } from '../../../contract/address.ts'
import { LONGEST_TEXT, type ConversationKind, type Jid, type LinkMetadata, type Unreadable } from '../../../contract/domain.ts'
import { bodyOf } from './body.ts'
import { decodeChange, isModeration, type DecodedChange } from './changes.ts'
import type { ContentPlace, Sealed } from '../omemo/sealed.ts'
import { encryptionOf, isOmemo, sealedOf } from './encryption.ts'
import { contentIn } from './envelope.ts'
import { decodeLink, encodeLink } from './link-metadata.ts'
import { decodeFiles, encodeFile, isSecretAddress, type SharedFile } from './file-sharing.ts'
import { decodePlace, encodePlace, withPlace } from './geoloc.ts'
import { displayedId, markable } from './markers.ts'
import { NS } from './namespaces.ts'
import { accountSaid, sender as senderIn, type OccupantIds } from './occupants.ts'
import { encodeReply, replyTarget, withoutFallback } from './replies.ts'
import { encodeMentions, mentioned } from './references.ts'
import { receiptFor } from './receipts.ts'
import { idOf, originId, stanzaId } from './stable-ids.ts'
import { sendable } from './text.ts'
import { isUnknownMessage, notUnderstood, type Raw } from './unknown.ts'

export interface DecodedMessage {
  conversation: Jid
  kind: ConversationKind
  sender: Jid
  /** Author's occupant id (XEP-0421); null outside of groups, and in groups that assign none. */
  occupant: string | null
  outgoing: boolean
  text: string
  stanzaId: string | null
  originId: string | null
  /** Stanza id (RFC 6120 section 8.1.3); null if it equals the origin-id. */
  messageId: string | null
  /** XEP-0461: an id of the message that this one answers. */
  replyTo: string | null
  /** Change to another message, with `text` as its content; not a message of its own. */
  change: Pick<DecodedChange, 'kind' | 'target'> | null
  /** Files; the text does not contain their addresses. */
  files: SharedFile[]
  /** XEP-0511 */
  link: LinkMetadata | null
  /** Mentions us (XEP-0372). */
  mentioned: boolean
  /** Shown without message styling (XEP-0393 section 4). */
  unstyled: boolean
  /** End-to-end encrypted; the text is empty until the message is stored. */
  encrypted: boolean
  /** Ciphertext for this device. */
  sealed: Sealed | null
  /** Reason why the encrypted content cannot be read. */
  unreadable: Unreadable | null
  /** Stanza that this version does not fully understand. */
  raw: Raw | null
}

/** Data about ourselves that decoding needs. */
export interface Self {
  /** Own bare address. */
  jid: Jid
  /** Own nickname in a group, or null for any other address. */
  nickIn(group: string): string | null
  /** Our occupant ids in a group that assigns them; null if it does not. */
  occupantIds?(group: string): OccupantIds | null
  /** True for known addresses of groups, including groups that we are not in. */
  isGroup?(address: string): boolean
  /** True for addresses of contacts. */
  isContact?(address: string): boolean
  /** Our device id (XEP-0384); null: not generated yet. */
  device?(): number | null
  /** Understood namespaces, if they are more than those of message payloads. */
  understands?: ReadonlySet<string>
  /** Account of a group's occupant, if the group shows it. */
  accountIn?(occupant: Jid): Jid | null
  /** True if an occupant of a group may mention everybody. */
  mayCallAll?(occupant: Jid): boolean
  /** Messages come from an archive: there the group itself names their authors' accounts; in a live message its author may have written them. */
  isArchived?: boolean
}

/** Peer of a message outside of groups. Private messages in a group are a conversation with that occupant. */
export function directPeer(from: Jid, to: Jid, self: Self, stanza: Element): { conversation: Jid; outgoing: boolean } {
  const outgoing = bare(from) === self.jid
  const peer = outgoing ? to : from
  const group = self.nickIn(bare(peer)) !== null || self.isGroup?.(bare(peer)) === true || (isOfOccupant(stanza) && self.isContact?.(bare(peer)) !== true)
  return { conversation: group ? peer : bare(peer), outgoing }
}

/** XEP-0045 section 7.5: true for private messages to or from an occupant of a group. */
const isOfOccupant = (stanza: Element): boolean => {
  const x = stanza.getChild('x', NS.mucUser)
  return x !== undefined && x.getChild('invite') === undefined && x.getChild('decline') === undefined
}
export const toOccupant = (to: string): Element[] => (to.includes('/') ? [xml('x', { xmlns: NS.mucUser })] : [])

/** Longest subject, UTF-16 units. */
const LONGEST_SUBJECT = 2000

/** Text of a message; outside of groups a subject is its first line (RFC 6121 section 5.2.4), because announcements and gateways put their topic there. */
function withSubject(stanza: Element, body: string): string {
  const subject = stanza.attrs['type'] === 'groupchat' ? '' : (stanza.getChild('subject')?.text() ?? '').trim().slice(0, LONGEST_SUBJECT)
  return [subject, body].filter((part) => part !== '').join('\n')
}

/** Content of an unencrypted or decrypted message. `isAddress`: filter for file addresses. */
function said(stanza: Element, isAddress?: (url: string) => boolean) {
  const written = bodyOf(stanza)
  const whole = written.length > LONGEST_TEXT ? written.slice(0, LONGEST_TEXT) : written
  const body = withPlace(withSubject(stanza, whole === '' ? '' : withoutFallback(stanza, whole)), decodePlace(stanza))
  const done = decodeChange(stanza, body)
  const { files, text: caption } = done === null ? decodeFiles(stanza, body, isAddress) : { files: [], text: body }
  const text = done?.text ?? caption
  return { body, done, files, text, link: done === null ? decodeLink(stanza, text) : null }
}

/** Content of an encrypted message before its decryption. */
const UNSAID: Pick<ReturnType<typeof said>, 'body' | 'files' | 'text' | 'link'> = { body: '', files: [], text: '', link: null }
const isUnstyled = (stanza: Element): boolean => stanza.getChild('unstyled', NS.styling) !== undefined
const changeOf = (done: DecodedChange | null): DecodedMessage['change'] => (done === null ? null : { kind: done.kind, target: done.target })

/** Placeholder for a text that is still encrypted. */
const SEALED = '\u0000'

/** Author's account; null if a group does not show it. */
function accountOf(stanza: Element, from: Jid, self: Self): Jid | null {
  if (stanza.attrs['type'] === 'groupchat') {
    // a group's archive gives the addresses of people who have left
    const said = self.isArchived === true ? accountSaid(stanza) : null
    if (said !== null) return said
    return self.nickIn(bare(from)) === resource(from) ? self.jid : (self.accountIn?.(from) ?? null)
  }
  return resource(from) !== '' && (self.nickIn(bare(from)) !== null || self.isGroup?.(bare(from)) === true || isOfOccupant(stanza)) ? null : bare(from)
}

/**
 * Message in a stanza, or null if it has neither text, file nor unknown content that is to be stored. The stanza-id that counts is that of our own account's
 * archive, or of the group's.
 */
export function decodeMessage(stanza: Element, self: Self): DecodedMessage | null {
  const from = addressOf(stanza.attrs['from'] ?? self.jid)
  const to = addressOf(stanza.attrs['to'] ?? self.jid)
  const encryption = encryptionOf(stanza)
  const encrypted = encryption === 'content'
  const sealed = encryption === null || from === null ? null : sealedOf(stanza, self.device?.() ?? null, { from: accountOf(stanza, from, self), own: self.jid })
  // a key transport message, or a correction that cannot be decrypted either
  if (sealed === null && (encryption === 'keys' || (encrypted && stanza.getChild('replace', NS.correction) !== undefined))) return null
  const open = encryption === null ? said(stanza) : null
  const { body, files, text, link } = open ?? UNSAID
  // in version 0.3 the target of a correction is unencrypted
  const done = open !== null ? open.done : encryption === 'keys' || sealed?.version === 'omemo:2' ? null : decodeChange(stanza, sealed === null ? '' : SEALED)
  const raw = done === null && sealed === null ? notUnderstood(stanza, self.understands) : null
  const says = body !== '' || encryption !== null || done !== null || files.length > 0 || (raw !== null && isUnknownMessage(stanza, self.understands))
  if (from === null || to === null || !says || stanza.attrs['type'] === 'error') return null
  const origin = originId(stanza)
  const id = idOf(stanza.attrs['id'])
  const messageId = id === origin ? null : id
  // a header that no client writes
  const unread: Unreadable = isOmemo(stanza) && (self.device?.() ?? null) !== null ? 'damaged' : 'method'
  const secret = {
    encrypted: encrypted && done === null,
    sealed: done === null || done.kind === 'correction' ? sealed : null,
    unreadable: encrypted && done === null && sealed === null ? unread : null
  }
  const common = {
    text: open === null && secret.sealed === null ? (done?.text ?? '') : text,
    originId: origin,
    messageId,
    replyTo: replyTarget(stanza),
    change: changeOf(done),
    files,
    link,
    mentioned: false,
    unstyled: isUnstyled(stanza),
    ...secret,
    raw
  }
  if (stanza.attrs['type'] === 'groupchat') {
    const group = bare(from)
    const nick = self.nickIn(group)
    // groups that we are not in cannot write to us; status messages of a group are no messages (XEP-0045 section 7.2.2)
    if (
      nick === null ||
      (resource(from) === '' &&
        !isModeration(stanza) &&
        (done !== null || stanza.getChild('x', NS.mucUser) !== undefined || stanza.getChild('subject') !== undefined))
    )
      return null
    const toUs = isToUs(stanza, { own: self.jid, group, nick, everybody: self.mayCallAll?.(from) === true })
    const { own, occupant } = senderIn(stanza, nick, self.occupantIds?.(group) ?? null, self)
    return { ...common, mentioned: toUs, conversation: group, kind: 'group', sender: from, occupant, outgoing: own, stanzaId: stanzaId(stanza, group) }
  }
  const { conversation, outgoing } = directPeer(from, to, self, stanza)
  const occupant = outgoing ? null : senderIn(stanza, '', self.occupantIds?.(bare(from)) ?? null).occupant
  return { ...common, conversation, kind: 'direct', sender: outgoing ? self.jid : conversation, occupant, outgoing, stanzaId: stanzaId(stanza, self.jid) }
}

/** True if a group message mentions us; `everybody`: its author may mention everybody. */
const isToUs = (stanza: Element, { own, group, nick, everybody }: { own: Jid; group: Jid; nick: string | null; everybody: boolean }): boolean =>
  mentioned(stanza).some((jid) => bare(jid) === own || (nick !== null && jid === `${group}/${nick}`) || (everybody && jid === group))

/** Content of an encrypted message (XEP-0420). */
export type Content = Pick<DecodedMessage, 'text' | 'replyTo' | 'change' | 'files' | 'link' | 'mentioned' | 'unstyled'> & {
  /** Ids of messages acknowledged as delivered, or as read. */
  delivered: string | null
  displayed: string | null
  /** Time of encryption, ms, as the author says; null: none. */
  written: number | null
  /** There is more than receipts and markers. */
  says: boolean
}

/** Content of an encrypted message's envelope; null: invalid, or meant for another place. */
export function decodeContent(text: string, { own, from, conversation, kind, outgoing, nick }: ContentPlace): Content | null {
  const isGroup = kind === 'group'
  const found = contentIn(text, { from, to: isGroup || outgoing ? bare(conversation) : own, isGroup })
  if (found === null) return null
  const stanza = xml('message', { type: isGroup ? 'groupchat' : 'chat' }, ...found.content)
  const { body, done, files, text: words, link } = said(stanza, isSecretAddress)
  return {
    text: words,
    replyTo: replyTarget(stanza),
    change: changeOf(done),
    files,
    link,
    // groups with encryption have no strangers
    mentioned: isGroup && isToUs(stanza, { own, group: conversation, nick, everybody: true }),
    unstyled: isUnstyled(stanza),
    delivered: receiptFor(stanza),
    displayed: displayedId(stanza),
    written: found.written,
    says: body !== '' || done !== null || files.length > 0
  }
}

export interface EncodableMessage {
  text: string
  /** Origin-id, the same for every retry (XEP-0359). */
  id: string
  /** Answered message. */
  reply?: { id: string; to: string; text: string } | null
  /** File, sent instead of a text. */
  file?: SharedFile | null
  link?: LinkMetadata | null
  /** Nicknames that an @ may mention; groups only. */
  nicks?: Iterable<string>
  /** The sender may mention everybody in the group. */
  callsAll?: boolean
}

export function encodeMessage(
  to: string,
  kind: ConversationKind,
  { text, id, reply = null, file = null, link = null, nicks = [], callsAll = false }: EncodableMessage
): Element {
  const said = sendable(text)
  const { body, elements } = file === null ? encodeReply(said, reply) : encodeFile(file)
  const sent = sendable(body)
  const mentions = kind === 'group' && file === null ? encodeMentions(said, [...sent].length - [...said].length, to, nicks, callsAll) : []
  const common = [
    xml('body', {}, sent),
    xml('origin-id', { xmlns: NS.stableId, id }),
    ...elements,
    ...mentions,
    ...(file === null ? encodePlace(said) : []),
    ...(link === null ? [] : [encodeLink(link)])
  ]
  return kind === 'group'
    ? xml('message', { to, type: 'groupchat', id }, ...common)
    : xml('message', { to, type: 'chat', id }, ...common, ...toOccupant(to), xml('request', { xmlns: NS.receipts }), markable())
}
