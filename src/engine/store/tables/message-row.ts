/** Row of `message` with its related data, and its conversion to a Message. */
import { isImported as isOfFile, resource, unnamedIn } from '../../../contract/address.ts'
import {
  Unreadable,
  type Attachment,
  type AttachmentKind,
  type ConversationId,
  type Jid,
  type LinkMetadata,
  type Message,
  type MessageId,
  type MessageState,
  type Quoted,
  type Reaction
} from '../../../contract/domain.ts'
import { linksTo } from '../../../contract/web-links.ts'
import { withKey } from '../ids.ts'
import { GONE } from './attachment.ts'
import { contactOf, nameOf, personOf } from './name.ts'

/** Prefix of ids given by an import, which nobody else knows. */
export const IMPORTED = 'import:'

/** Bits of message.flags and doc.flags. */
export const FLAG = {
  image: 1,
  video: 2,
  voice: 4,
  file: 8,
  link: 16,
  mention: 32,
  starred: 64,
  edited: 128,
  retracted: 512,
  reacted: 1024,
  unstyled: 2048,
  pinned: 4096,
  encrypted: 8192,
  unreadable: 16384,
  reminder: 1 << 20,
  verified: 1 << 21,
  misdated: 1 << 22
} as const
/** Flags used only in doc.flags. */
export const OUTGOING = 256
export const ATTACHED = FLAG.image | FLAG.video | FLAG.voice | FLAG.file
const LINK = /https?:\/\/|www\.[^\s.]+\./i
export const hasLink = (text: string): boolean => LINK.test(text)

export interface MessageRow {
  id: MessageId
  conversation: ConversationId
  sender: Jid
  outgoing: 0 | 1
  text: string
  time: number
  state: MessageState
  error: string | null
  stanza_id: string | null
  origin_id: string | null
  message_id: string | null
  reply_to: string | null
  occupant: string | null
  sender_name: string | null
  person: Jid | null
  doc: number | null
  flags: number
  /** JSON: [id, kind, name, bytes, here, there, width, height, preview] each */
  attachments: string | null
  /** JSON: [sender, sender's name, own, emoji separated by spaces] each */
  reactions: string | null
  /** JSON: [url, title, description, site] */
  page: string | null
  /** JSON: [id, sender, sender's name, own, beginning of the text, person] */
  quoted: string | null
  remind_at: number | null
}

/** Longest shown quotation of an answered message, UTF-16 units. */
const LONGEST_QUOTE = 300
/** Number of people named per reaction. */
const MOST_NAMES = 8

/** FROM clause for COLUMNS; LEFT: the message comes first. */
export const MESSAGES = 'message m LEFT JOIN address s ON s.id = m.sender_id'

const REACTIONS = `CASE WHEN m.flags & ${FLAG.reacted} THEN (SELECT json_group_array(json_array(sender, ${contactOf('h')}, outgoing, text) ORDER BY h.id)
    FROM change h WHERE h.conversation = m.conversation AND h.kind = 'reactions' AND h.target IN (m.origin_id, m.message_id, m.stanza_id)) END`

/**
 * Columns of a message with its sender's name; `m` is the message. The answered message is looked up by one id after the other: an OR would read the whole
 * conversation.
 */
export const COLUMNS = `m.id, m.conversation, s.jid AS sender, m.outgoing, m.text, m.time, m.state, m.error, m.stanza_id, m.origin_id, m.message_id, m.reply_to, m.occupant, m.doc, m.flags,
  CASE WHEN m.flags & ${ATTACHED} THEN (SELECT json_group_array(json_array(id, kind, name, bytes, stored IS NOT NULL, url IS NOT NULL AND tries < ${GONE}, width, height, preview) ORDER BY id) FROM attachment WHERE message = m.id) END AS attachments,
  ${REACTIONS} AS reactions,
  CASE WHEN m.flags & ${FLAG.link} THEN (SELECT json_array(url, title, description, site, image) FROM link WHERE message = m.id) END AS page,
  CASE WHEN m.reply_key IS NOT NULL THEN (SELECT json_array(r.id, q.jid, ${contactOf('r', 'q.jid')}, r.outgoing, coalesce(nullif(substr(r.text, 1, ${LONGEST_QUOTE}), ''), (SELECT name FROM attachment WHERE message = r.id LIMIT 1), ''), ${personOf('r', 'q.jid')})
    FROM message r LEFT JOIN address q ON q.id = r.sender_id WHERE r.id = coalesce(${(['origin', 'message', 'stanza'] as const).map((id) => `(SELECT id FROM message WHERE ${withKey('', id, 'm.reply_key', 'm.conversation')} LIMIT 1)`).join(', ')})) END AS quoted,
  CASE WHEN m.flags & ${FLAG.reminder} THEN (SELECT due FROM reminder WHERE message = m.id) END AS remind_at,
  ${contactOf('m', 's.jid')} AS sender_name, ${personOf('m', 's.jid')} AS person`

/** COLUMNS without reactions, of which there may be thousands: for lookups. */
export const COLUMNS_FOUND = COLUMNS.replace(`${REACTIONS} AS reactions`, 'NULL AS reactions')

/** Ids by which others may refer to a message. */
export const idsOf = (row: MessageRow): (string | null)[] => [row.origin_id, row.message_id, row.stanza_id]

export function toMessage(row: MessageRow): Message {
  return {
    id: row.id,
    // another sender may use the same id
    key: row.origin_id === null ? `m${row.id}` : `o${row.outgoing === 1 ? '' : `${row.sender} `}${row.origin_id}`,
    conversation: row.conversation,
    sender: row.sender,
    person: row.person ?? (row.sender.includes('/') ? null : row.sender),
    senderName: nameOf(row.sender, row.sender_name),
    outgoing: row.outgoing === 1,
    text: row.text,
    time: row.time,
    state: row.state,
    error: row.state === 'failed' ? row.error : null,
    starred: (row.flags & FLAG.starred) !== 0,
    pinned: (row.flags & FLAG.pinned) !== 0,
    mention: (row.flags & FLAG.mention) !== 0,
    edited: (row.flags & FLAG.edited) !== 0,
    retracted: (row.flags & FLAG.retracted) !== 0,
    encrypted: (row.flags & FLAG.encrypted) !== 0,
    ...((row.flags & FLAG.misdated) === 0 ? {} : { misdated: true }),
    verified: (row.flags & FLAG.verified) !== 0 && (row.flags & FLAG.encrypted) !== 0,
    unreadable: (row.flags & FLAG.unreadable) === 0 ? null : (Unreadable.safeParse(row.error).data ?? 'method'),
    styled: (row.flags & FLAG.unstyled) === 0,
    changeable: (row.origin_id ?? (isImported(row) ? null : row.message_id) ?? row.stanza_id) !== null,
    imported: isImported(row),
    attachments: row.attachments === null ? [] : toAttachments(row.attachments),
    reactions: row.reactions === null ? [] : toReactions(row.reactions),
    link: row.page === null ? null : toLink(row.page, row.text),
    reply: row.reply_to === null ? null : toQuoted(row.quoted),
    remindAt: row.remind_at
  }
}

const isImported = ({ message_id }: MessageRow): boolean => message_id?.startsWith(IMPORTED) === true

/** All reactions to a message, one emoji of one person each. */
export const reactionsIn = ({ reactions }: MessageRow): { sender: string; emoji: string }[] =>
  reactions === null
    ? []
    : (JSON.parse(reactions) as [string, string | null, 0 | 1, string][]).flatMap(([sender, contact, , emoji]) =>
        emoji.split(' ').flatMap((one) => (one === '' ? [] : [{ sender: nameOf(sender, contact), emoji: one }]))
      )

function toReactions(json: string): Reaction[] {
  const found = new Map<string, Reaction>()
  for (const [sender, contact, outgoing, emoji] of JSON.parse(json) as [string, string | null, 0 | 1, string][])
    for (const one of emoji.split(' ')) {
      if (one === '') continue
      const reaction = found.get(one) ?? { emoji: one, count: 0, own: false, names: [] }
      reaction.count += isOfFile(sender) ? unnamedIn(resource(sender)) : 1
      if (outgoing === 1) reaction.own = true
      else if (reaction.names.length < MOST_NAMES) reaction.names.push(nameOf(sender, contact))
      found.set(one, reaction)
    }
  return [...found.values()]
}

/** Link metadata, unless a correction removed the link from the text. */
function toLink(json: string, text: string): LinkMetadata | null {
  const [url, title, description, site, image] = JSON.parse(json) as [string, string, string, string, string | null]
  return linksTo(text, url) ? { url, title, description, site, ...(image === null ? {} : { image }) } : null
}

/** Author of the message that a row answers, if it is stored. */
export const quotedAuthor = ({ quoted }: MessageRow): Jid | null => (quoted === null ? null : (JSON.parse(quoted) as [MessageId, Jid])[1])

function toQuoted(json: string | null): Quoted {
  if (json === null) return { id: null, person: null, senderName: '', outgoing: false, text: '' }
  const [id, sender, contact, outgoing, text, person] = JSON.parse(json) as [MessageId, Jid, string | null, 0 | 1, string, Jid | null]
  return { id, person: person ?? sender, senderName: nameOf(sender, contact), outgoing: outgoing === 1, text }
}

function toAttachments(json: string): Attachment[] {
  const list = JSON.parse(json) as [number, AttachmentKind, string, number | null, 0 | 1, 0 | 1, number | null, number | null, string | null][]
  return list.map(([id, kind, name, bytes, here, there, width, height, preview]) => ({
    preview,
    id,
    kind,
    name,
    bytes,
    where: here === 1 ? 'here' : there === 1 ? 'there' : 'nowhere',
    width,
    height
  }))
}
