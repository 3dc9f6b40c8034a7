/** Messages and everything that belongs to one. */
import { z } from 'zod'
import { ConversationId, Jid, MessageId } from './ids.ts'
import { Attachment } from './attachment.ts'

/** Longest text of a message, in UTF-16 units. */
export const LONGEST_TEXT = 1_000_000

export const MessageState = z.enum(['received', 'queued', 'sent', 'delivered', 'failed'])
export type MessageState = z.infer<typeof MessageState>

/** Reaction with one emoji (XEP-0444). */
export const Reaction = z.object({
  emoji: z.string(),
  count: z.number().int().positive(),
  /** The user is among them. */
  own: z.boolean(),
  /** Names of the others, as many as have room. */
  names: z.array(z.string())
})
export type Reaction = z.infer<typeof Reaction>

/** Message that a reply answers. */
export const Quoted = z.object({
  /** null if not on this computer. */
  id: MessageId.nullable(),
  /** Address that decides the colour: the sender's own, or the occupant's. */
  person: Jid.nullable(),
  senderName: z.string(),
  outgoing: z.boolean(),
  /** Beginning of its text. */
  text: z.string()
})
export type Quoted = z.infer<typeof Quoted>

/** Change to a message after it was sent. */
export const ChangeKind = z.enum(['correction', 'retraction', 'reactions'])
export type ChangeKind = z.infer<typeof ChangeKind>

/** Longest title, description and site name of a link, in UTF-16 units. */
export const LONGEST_LINK_TEXT = { title: 200, description: 400, site: 100 } as const
/** Longest picture of a link, in characters of its data: URL. */
export const LONGEST_LINK_PICTURE = 24_000
/** Metadata of a linked page, sent with the message (XEP-0511). */
export const LinkMetadata = z.object({
  /** Address as written in the text. */
  url: z.string().max(2000),
  title: z.string().min(1).max(LONGEST_LINK_TEXT.title),
  description: z.string().max(LONGEST_LINK_TEXT.description),
  /** Name of the site. */
  site: z.string().max(LONGEST_LINK_TEXT.site),
  /** Picture of the page that came with the message, as a data: URL (RFC 2397). */
  image: z
    .string()
    .max(LONGEST_LINK_PICTURE)
    .regex(/^data:image\/(?:jpeg|png|webp);base64,[A-Za-z0-9+/]+={0,2}$/)
    .optional()
})
export type LinkMetadata = z.infer<typeof LinkMetadata>

/** Largest picture of a page that is fetched, bytes. */
export const LARGEST_PAGE_PICTURE = 3 * 2 ** 20
/** Page to link to, as its server describes it; the window makes the small picture that is sent. */
export const LinkPreview = z.object({
  link: LinkMetadata,
  picture: z.object({ type: z.string(), base64: z.string().max(2 * LARGEST_PAGE_PICTURE) }).nullable()
})
export type LinkPreview = z.infer<typeof LinkPreview>

/**
 * Reason why an encrypted message cannot be decrypted: an unknown method; not encrypted for this device; a broken session, which is
 * begun anew; damaged on its way; a group that hides the author's address.
 */
export const Unreadable = z.enum(['method', 'device', 'session', 'damaged', 'author'])
export type Unreadable = z.infer<typeof Unreadable>

export const Message = z.object({
  id: MessageId,
  /** Stable identity across changes of `id` (an own message moves once, when its archive gives it a time). */
  key: z.string(),
  conversation: ConversationId,
  /** Bare address in a direct conversation, occupant address (room/nick) in a group. */
  sender: Jid,
  /** Bare address of the sender; null where the group hides it. */
  person: Jid.nullable(),
  senderName: z.string(),
  outgoing: z.boolean(),
  text: z.string(),
  time: z.number().int(),
  state: MessageState,
  /** Reason in the server's words; only in state 'failed'. */
  error: z.string().nullable(),
  starred: z.boolean(),
  /** Pinned above the conversation. */
  pinned: z.boolean(),
  /** Mentions the user. */
  mention: z.boolean(),
  edited: z.boolean(),
  /** Retracted by its author or by moderators; the text is gone. */
  retracted: z.boolean(),
  /** Encrypted end to end. */
  encrypted: z.boolean(),
  /** Encrypted by a verified device of its author. */
  verified: z.boolean(),
  /** The time at which its author encrypted it does not match the time at which it was sent. */
  misdated: z.boolean().optional(),
  /** Reason why it cannot be decrypted; the text is empty then. */
  unreadable: Unreadable.nullable(),
  /** Styling marks such as *strong* count (XEP-0393). */
  styled: z.boolean(),
  /** Can be edited, retracted and reacted to: others know its id. */
  changeable: z.boolean(),
  /** Imported from a history file. */
  imported: z.boolean(),
  attachments: z.array(Attachment),
  reactions: z.array(Reaction),
  link: LinkMetadata.nullable(),
  reply: Quoted.nullable(),
  /** Time of the reminder, ms; null for none. */
  remindAt: z.number().int().nullable()
})
export type Message = z.infer<typeof Message>

/** Message to be sent at the time `due`, ms. */
export const ScheduledMessage = z.object({
  id: z.number().int().positive(),
  conversation: ConversationId,
  text: z.string(),
  reply: MessageId.nullable(),
  due: z.number().int()
})
export type ScheduledMessage = z.infer<typeof ScheduledMessage>

/** Event in a group beside its messages (XEP-0045). */
export const Notice = z.object({
  id: z.number().int(),
  kind: z.enum(['joined', 'left', 'kicked', 'banned', 'added', 'removed', 'renamed', 'subject']),
  /** Nickname of the person concerned, or of the person who did it. */
  name: z.string(),
  /** New subject, new name, or reason. */
  text: z.string(),
  time: z.number().int()
})
export type Notice = z.infer<typeof Notice>

/** Earlier or current text of a message, with the time of its change, ms. */
export const TextVersion = z.object({ text: z.string(), time: z.number().int() })
export type TextVersion = z.infer<typeof TextVersion>

export const MessagePage = z.object({
  /** Messages in order of history, oldest first. */
  messages: z.array(Message),
  hasOlder: z.boolean(),
  hasNewer: z.boolean(),
  /** Events between these messages, oldest first. */
  notices: z.array(Notice)
})
export type MessagePage = z.infer<typeof MessagePage>
