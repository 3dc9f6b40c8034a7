/** Requests about messages. */
import { z } from 'zod'
import {
  ChangeKind,
  ConversationId,
  LinkMetadata,
  LinkPreview,
  LONGEST_TEXT,
  Message,
  MessageId,
  MessagePage,
  ScheduledMessage,
  TextVersion
} from '../domain.ts'
import { LARGEST_PAGE } from '../limits.ts'
import { call, nothing } from './call.ts'

export const PageAnchor = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('newest') }),
  z.object({ kind: z.literal('first-unread') }),
  z.object({ kind: z.literal('before'), id: MessageId }),
  z.object({ kind: z.literal('after'), id: MessageId }),
  z.object({ kind: z.literal('around'), id: MessageId }),
  /** Around the first message at or after the time, ms. */
  z.object({ kind: z.literal('time'), time: z.number().int().min(0).max(8.64e15) })
])
export type PageAnchor = z.infer<typeof PageAnchor>

export const messageRequests = {
  'messages.page': call(z.object({ conversation: ConversationId, anchor: PageAnchor, limit: z.number().int().min(1).max(LARGEST_PAGE) }), MessagePage),
  /** Days with messages in a month (2024-05, local time). */
  'messages.days': call(z.object({ conversation: ConversationId, month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/) }), z.array(z.number().int())),
  'messages.send': call(
    z.object({ conversation: ConversationId, text: z.string().min(1).max(LONGEST_TEXT), reply: MessageId.nullable(), link: LinkMetadata.nullable() }),
    Message
  ),
  /** Schedules a text; `due` in ms. */
  'messages.schedule': call(
    z.object({
      conversation: ConversationId,
      text: z.string().min(1).max(LONGEST_TEXT),
      reply: MessageId.nullable(),
      due: z.number().int().min(0).max(8.64e15)
    }),
    nothing
  ),
  'messages.scheduled': call(z.object({ conversation: ConversationId }), z.array(ScheduledMessage)),
  /** Cancels a scheduled text, or sends it `now`. */
  'messages.unschedule': call(z.object({ conversation: ConversationId, id: z.number().int().positive(), now: z.boolean() }), nothing),
  /** Sets a reminder; `due` in ms, null to remove it. */
  'messages.remind': call(z.object({ id: MessageId, due: z.number().int().min(0).max(8.64e15).nullable() }), nothing),
  /** Messages whose reminder is due. */
  'messages.reminders': call(nothing, z.array(Message)),
  /** Sends a text that is too long for a message as a file. */
  'messages.sendAsFile': call(z.object({ conversation: ConversationId, text: z.string().min(1).max(LONGEST_TEXT) }), Message),
  /** Reads the metadata and the picture of a page to link to; null where there is none, the page cannot be reached, or link previews are off. */
  'links.read': call(z.object({ conversation: ConversationId, url: z.string().max(2000) }), LinkPreview.nullable()),
  /** Edits or retracts an own message, or sets the user's reactions: emoji, separated by spaces. */
  'messages.change': call(z.object({ id: MessageId, kind: ChangeKind, text: z.string().max(LONGEST_TEXT) }), nothing),
  /** Forwards messages; `merged`: as one message that quotes all of them. */
  'messages.forward': call(
    z.object({ ids: z.array(MessageId).min(1).max(200), to: z.array(ConversationId).min(1).max(50), merged: z.boolean() }),
    z.array(z.string())
  ),
  /** Retracts another person's message as a moderator of the group. */
  'messages.moderate': call(z.object({ id: MessageId }), nothing),
  /** Deletes messages on this computer only. */
  'messages.remove': call(z.object({ ids: z.array(MessageId).min(1).max(1000) }), nothing),
  'messages.retry': call(z.object({ id: MessageId }), nothing),
  'messages.discard': call(z.object({ id: MessageId }), nothing),
  'messages.star': call(z.object({ id: MessageId, on: z.boolean() }), nothing),
  'messages.pin': call(z.object({ id: MessageId, on: z.boolean() }), nothing),
  /** Pinned messages, latest first. */
  'messages.pinned': call(z.object({ conversation: ConversationId }), z.array(Message)),
  /** Texts of an edited message, oldest first, the current one last. */
  'messages.versions': call(z.object({ id: MessageId }), z.array(TextVersion))
} as const
