/** RFC 6121 messages and XEP-0045 group messages: stanza <-> domain. */
import { xml, type Element } from '@xmpp/client'
import { addressOf, bare, resource } from '../../../contract/address.ts'
import { LONGEST_TEXT, type ConversationKind, type Jid, type LinkMetadata, type Unreadable } from '../../../contract/domain.ts'
import { bodyOf } from './body.ts'
import { decodeChange, isModeration, type DecodedChange } from './changes.ts'
import type { ContentPlace, Sealed } from '../omemo/sealed.ts'
import { encryptionOf, sealedOf } from './encryption.ts'
import { contentIn } from './envelope.ts'
import { decodeLink, encodeLink } from './link-metadata.ts'
import { decodeFiles, encodeFile, isSecretAddress, type SharedFile } from './file-sharing.ts'
import { decodePlace, encodePlace, withPlace } from './geoloc.ts'
import { displayedId, markable } from './markers.ts'
import { NS } from './namespaces.ts'
import { sender as senderIn, type OccupantIds } from './occupants.ts'
import { encodeReply, replyTarget, withoutFallback } from './replies.ts'
import { encodeMentions, mentioned } from './references.ts'
import { receiptFor } from './receipts.ts'
import { originId, stanzaId } from './stable-ids.ts'
import { sendable } from './text.ts'
import { isUnknownMessage, notUnderstood, type Raw } from './unknown.ts'

export interface DecodedMessage {
  conversation: Jid
  kind: ConversationKind
  sender: Jid
  /** Who in a group it is (XEP-0421); null outside of groups, and where a group does not say it. */
  occupant: string | null
  outgoing: boolean
  text: string
  stanzaId: string | null
  originId: string | null
  /** RFC 6120 section 8.1.3; null where it is the origin-id. */
  messageId: string | null
  /** XEP-0461: an id of the message that this one answers. */
  replyTo: string | null
  /** It is no message of its own, but does something to another one; `text` says what. */
  change: Pick<DecodedChange, 'kind' | 'target'> | null
  /** The text is without their addresses. */
  files: SharedFile[]
  /** XEP-0511 */
  link: LinkMetadata | null
  /** It says that it speaks to us (XEP-0372). */
  mentioned: boolean
  /** Its author wants it shown as it is written (XEP-0393 section 4). */
  unstyled: boolean
  /** It is encrypted end to end; the text is empty until it is stored. */
  encrypted: boolean
  /** What of it is for this device. */
  sealed: Sealed | null
  /** It is encrypted in a way that cannot be read here. */
  unreadable: Unreadable | null
  /** The stanza, where this version does not understand all of it. */
  raw: Raw | null
}

/** What decoding has to know of us. */
export interface Self {
  /** Own bare address. */
  jid: Jid
  /** Own nickname in a group, or null where the address is no group of ours. */
  nickIn(group: string): string | null
  /** What a group that stamps occupant-ids says of us; null where it does not. */
  occupantIds?(group: string): OccupantIds | null
  /** Whether an address is known as a group's, also one that we are not in. */
  isGroup?(address: string): boolean
  /** Whether it is a person's whom we know. */
  isContact?(address: string): boolean
  /** The number of our device (XEP-0384); null: it has none yet. */
  device?(): number | null
  /** Namespaces of which something is understood in a message, where that is more than what a message itself may carry. */
  understands?: ReadonlySet<string>
  /** The account of a group's occupant, where the group says it. */
  accountIn?(occupant: Jid): Jid | null
  /** Whether an occupant of a group may speak to everybody there. */
  mayCallAll?(occupant: Jid): boolean
}

/** Who is spoken with outside of groups. A private message in a group is a conversation with that occupant. */
export function directPeer(from: Jid, to: Jid, self: Self, stanza: Element): { conversation: Jid; outgoing: boolean } {
  const outgoing = bare(from) === self.jid
  const peer = outgoing ? to : from
  const group = self.nickIn(bare(peer)) !== null || self.isGroup?.(bare(peer)) === true || (isOfOccupant(stanza) && self.isContact?.(bare(peer)) !== true)
  return { conversation: group ? peer : bare(peer), outgoing }
}

/** XEP-0045 section 7.5: marks what is said to one occupant of a group, or by one. */
const isOfOccupant = (stanza: Element): boolean => {
  const x = stanza.getChild('x', NS.mucUser)
  return x !== undefined && x.getChild('invite') === undefined && x.getChild('decline') === undefined
}
export const toOccupant = (to: string): Element[] => (to.includes('/') ? [xml('x', { xmlns: NS.mucUser })] : [])

/** UTF-16 units. */
const LONGEST_SUBJECT = 2000

/** The text of a message; outside of groups a subject is its first line (RFC 6121 section 5.2.4): announcements and gateways say there what it is about. */
function withSubject(stanza: Element, body: string): string {
  const subject = stanza.attrs['type'] === 'groupchat' ? '' : (stanza.getChild('subject')?.text() ?? '').trim().slice(0, LONGEST_SUBJECT)
  return [subject, body].filter((part) => part !== '').join('\n')
}

/** What a message says that is not encrypted, or was decrypted. `isAddress`: of files. */
function said(stanza: Element, isAddress?: (url: string) => boolean) {
  const written = bodyOf(stanza)
  const whole = written.length > LONGEST_TEXT ? written.slice(0, LONGEST_TEXT) : written
  const body = withPlace(withSubject(stanza, whole === '' ? '' : withoutFallback(stanza, whole)), decodePlace(stanza))
  const done = decodeChange(stanza, body)
  const { files, text: caption } = done === null ? decodeFiles(stanza, body, isAddress) : { files: [], text: body }
  const text = done?.text ?? caption
  return { body, done, files, text, link: done === null ? decodeLink(stanza, text) : null }
}

/** Nothing is said in the open. */
const UNSAID: Pick<ReturnType<typeof said>, 'body' | 'files' | 'text' | 'link'> = { body: '', files: [], text: '', link: null }
const isUnstyled = (stanza: Element): boolean => stanza.getChild('unstyled', NS.styling) !== undefined
const changeOf = (done: DecodedChange | null): DecodedMessage['change'] => (done === null ? null : { kind: done.kind, target: done.target })

/** In place of a text that is still encrypted: that there is one. */
const SEALED = '\u0000'

/** Whose a message is; null: a group does not say it. */
function accountOf(stanza: Element, from: Jid, self: Self): Jid | null {
  if (stanza.attrs['type'] === 'groupchat') {
    if (self.nickIn(bare(from)) === resource(from)) return self.jid
    // a group's archive says it of those who are no longer there
    const said = addressOf(stanza.getChild('x', NS.mucUser)?.getChild('item')?.attrs['jid'] ?? '')
    return said === null ? (self.accountIn?.(from) ?? null) : bare(said)
  }
  return resource(from) !== '' && (self.nickIn(bare(from)) !== null || self.isGroup?.(bare(from)) === true || isOfOccupant(stanza)) ? null : bare(from)
}

/**
 * The message that a stanza says, or null where it carries neither text nor file, nor anything unknown that is to be stored. The stanza-id that counts is that of our own account's
 * archive, or of the group's.
 */
export function decodeMessage(stanza: Element, self: Self): DecodedMessage | null {
  const from = addressOf(stanza.attrs['from'] ?? self.jid)
  const to = addressOf(stanza.attrs['to'] ?? self.jid)
  const encryption = encryptionOf(stanza)
  const encrypted = encryption === 'content'
  const sealed = encryption === null || from === null ? null : sealedOf(stanza, self.device?.() ?? null, { from: accountOf(stanza, from, self), own: self.jid })
  // keys for others, or a correction of what cannot be read either
  if (sealed === null && (encryption === 'keys' || (encrypted && stanza.getChild('replace', NS.correction) !== undefined))) return null
  const open = encryption === null ? said(stanza) : null
  const { body, files, text, link } = open ?? UNSAID
  // a correction says in the open what it corrects (version 0.3)
  const done = open !== null ? open.done : encryption === 'keys' || sealed?.version === 'omemo:2' ? null : decodeChange(stanza, sealed === null ? '' : SEALED)
  const raw = done === null && sealed === null ? notUnderstood(stanza, self.understands) : null
  const says = body !== '' || encryption !== null || done !== null || files.length > 0 || (raw !== null && isUnknownMessage(stanza, self.understands))
  if (from === null || to === null || !says || stanza.attrs['type'] === 'error') return null
  const origin = originId(stanza)
  const { id } = stanza.attrs
  const messageId = id === undefined || id === '' || id === origin || id.length > 1000 ? null : id
  const secret = {
    encrypted: encrypted && done === null,
    sealed: done === null || done.kind === 'correction' ? sealed : null,
    unreadable: encrypted && done === null && sealed === null ? ('method' as const) : null
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
    // a group we are not in cannot write to us; what it says of itself with a code is no message (XEP-0045 section 7.2.2)
    if (
      nick === null ||
      (resource(from) === '' &&
        !isModeration(stanza) &&
        (done !== null || stanza.getChild('x', NS.mucUser) !== undefined || stanza.getChild('subject') !== undefined))
    )
      return null
    const toUs = isToUs(stanza, { own: self.jid, group, nick, everybody: self.mayCallAll?.(from) === true })
    const { own, occupant } = senderIn(stanza, nick, self.occupantIds?.(group) ?? null)
    return { ...common, mentioned: toUs, conversation: group, kind: 'group', sender: from, occupant, outgoing: own, stanzaId: stanzaId(stanza, group) }
  }
  const { conversation, outgoing } = directPeer(from, to, self, stanza)
  const occupant = outgoing ? null : senderIn(stanza, '', self.occupantIds?.(bare(from)) ?? null).occupant
  return { ...common, conversation, kind: 'direct', sender: outgoing ? self.jid : conversation, occupant, outgoing, stanzaId: stanzaId(stanza, self.jid) }
}

/** Whether a message of a group says that it speaks to us; `everybody`: its author may speak to all. */
const isToUs = (stanza: Element, { own, group, nick, everybody }: { own: Jid; group: Jid; nick: string | null; everybody: boolean }): boolean =>
  mentioned(stanza).some((jid) => bare(jid) === own || (nick !== null && jid === `${group}/${nick}`) || (everybody && jid === group))

/** What an encrypted message said (XEP-0420). */
export type Content = Pick<DecodedMessage, 'text' | 'replyTo' | 'change' | 'files' | 'link' | 'mentioned' | 'unstyled'> & {
  /** The ids of messages that it says have come, or were read. */
  delivered: string | null
  displayed: string | null
  /** There is more in it than signs of other messages. */
  says: boolean
}

/** What the envelope of an encrypted message says; null: it is none, or belongs elsewhere. */
export function decodeContent(text: string, { own, from, conversation, kind, outgoing, nick }: ContentPlace): Content | null {
  const isGroup = kind === 'group'
  const content = contentIn(text, { from, to: isGroup || outgoing ? bare(conversation) : own, isGroup })
  if (content === null) return null
  const stanza = xml('message', { type: isGroup ? 'groupchat' : 'chat' }, ...content)
  const { body, done, files, text: words, link } = said(stanza, isSecretAddress)
  return {
    text: words,
    replyTo: replyTarget(stanza),
    change: changeOf(done),
    files,
    link,
    // what is encrypted in a group is said where no stranger comes in
    mentioned: isGroup && isToUs(stanza, { own, group: conversation, nick, everybody: true }),
    unstyled: isUnstyled(stanza),
    delivered: receiptFor(stanza),
    displayed: displayedId(stanza),
    says: body !== '' || done !== null || files.length > 0
  }
}

export interface EncodableMessage {
  text: string
  /** Its origin-id, the same over every retry (XEP-0359). */
  id: string
  /** The message that it answers. */
  reply?: { id: string; to: string; text: string } | null
  /** Sent instead of a text. */
  file?: SharedFile | null
  link?: LinkMetadata | null
  /** Whom it may speak to with an @; groups only. */
  nicks?: Iterable<string>
  /** It may speak to everybody in the group. */
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
