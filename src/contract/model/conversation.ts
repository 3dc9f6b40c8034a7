/** Conversations, one-to-one and groups. */
import { z } from 'zod'
import { ConversationId, Jid, MessageId } from './ids.ts'
import { AttachmentNoun } from './attachment.ts'
import { MessageState } from './message.ts'
import { OutReason } from './group.ts'

export const ConversationKind = z.enum(['direct', 'group'])
export type ConversationKind = z.infer<typeof ConversationKind>

/** Notification level of a conversation. */
export const Notify = z.enum(['all', 'mentions', 'none'])
export type Notify = z.infer<typeof Notify>

export const Conversation = z.object({
  id: ConversationId,
  jid: Jid,
  /** Owning account; null for imported conversations. */
  account: Jid.nullable(),
  /** Last time it was opened, ms; 0 for never. */
  usedAt: z.number().int(),
  kind: ConversationKind,
  name: z.string(),
  /** Own nickname; groups only. */
  nick: z.string().nullable(),
  unread: z.number().int().nonnegative(),
  /** Unread messages that mention the user. */
  mentions: z.number().int().nonnegative(),
  /** Own messages with reactions that are not seen yet. */
  reactions: z.number().int().nonnegative(),
  /** Own read mark: messages up to here are read. */
  readUpTo: z.number().int().nonnegative(),
  /** Read mark of the other side: own messages up to here are read. */
  seenUpTo: z.number().int().nonnegative(),
  draft: z.string(),
  /** Subject of a group. */
  subject: z.string(),
  /** Reason for being out of the group, with its text; null inside a group and for direct conversations. */
  out: z.object({ why: OutReason, reason: z.string() }).nullable(),
  notify: Notify,
  /** End of a temporary mute, ms. */
  mutedUntil: z.number().int().nullable(),
  /** Sound and text of its notifications; null to follow the settings. */
  notifySound: z.boolean().nullable(),
  notifyText: z.boolean().nullable(),
  /** Private note of the user. */
  note: z.string(),
  /** Local name given to a group by the user; empty for none. */
  ownName: z.string(),
  /** Format of the imported history; null for live or unknown ones. */
  importedFrom: z.string().nullable(),
  /** Pinned position, larger numbers first; null if not pinned. */
  pinned: z.number().nullable(),
  archived: z.boolean(),
  markedUnread: z.boolean(),
  /** Read because another device of ours has answered; our devices are told once the user looks. */
  readByAnswer: z.boolean(),
  /** End-to-end encryption. 'on': encrypted once, stays so; 'off': turned off by the user; null: undecided. */
  encryption: z.enum(['on', 'off']).nullable(),
  last: z
    .object({
      id: MessageId,
      text: z.string(),
      file: AttachmentNoun.nullable(),
      time: z.number().int(),
      senderName: z.string(),
      outgoing: z.boolean(),
      retracted: z.boolean(),
      unreadable: z.boolean(),
      /** The text is shown with its styling (XEP-0393). */
      styled: z.boolean(),
      state: MessageState
    })
    .nullable()
})
export type Conversation = z.infer<typeof Conversation>
/** True for a conversation that is muted, permanently or for a while. */
export const isMuted = ({ notify, mutedUntil }: Pick<Conversation, 'notify' | 'mutedUntil'>): boolean => notify === 'none' || mutedUntil !== null
