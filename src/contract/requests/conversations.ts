/** Requests about conversations. */
import { z } from 'zod'
import { Conversation, ConversationId, ConversationKind, Jid, LONGEST_TEXT, MessageId, Notify, SeenRange } from '../domain.ts'
import { JoinedHistory } from '../history-files.ts'
import { call, nothing } from './call.ts'

export const conversationRequests = {
  'conversations.list': call(nothing, z.array(Conversation)),
  /** Opens or creates a conversation. `account` null: the account that has it, or the first. */
  'conversations.start': call(
    z.object({
      account: Jid.nullable(),
      jid: z.string().max(3071),
      kind: ConversationKind,
      nick: z.string().max(1023).nullable(),
      password: z.string().max(1023).nullable(),
      token: z.string().max(500).optional(),
      /** Name for a new contact. */
      name: z.string().trim().max(200).optional()
    }),
    Conversation
  ),
  /** Moves the read mark. `seen`: range on screen, whose new reactions count as seen; absent: all. */
  'conversations.markRead': call(z.object({ conversation: ConversationId, upTo: MessageId, seen: SeenRange.optional() }), nothing),
  /** Marks every conversation as read. */
  'conversations.markAllRead': call(nothing, nothing),
  /** Unseen mentions of the user and own messages with unseen reactions, oldest first. */
  'conversations.unseen': call(z.object({ conversation: ConversationId }), z.object({ mentions: z.array(MessageId), reactions: z.array(MessageId) })),
  'conversations.saveDraft': call(z.object({ conversation: ConversationId, draft: z.string().max(LONGEST_TEXT) }), nothing),
  /** Subscribes the window to the messages of a conversation. `peek`: a preview, which does not count as use. */
  'conversations.watch': call(z.object({ conversation: ConversationId.nullable(), peek: z.boolean() }), nothing),
  'conversations.set': call(
    z.object({
      conversation: ConversationId,
      notify: Notify.optional(),
      mutedUntil: z.number().int().min(0).max(8.64e15).nullable().optional(),
      notifySound: z.boolean().nullable().optional(),
      notifyText: z.boolean().nullable().optional(),
      note: z.string().max(5000).optional(),
      ownName: z.string().trim().max(200).optional(),
      pinned: z.number().nullable().optional(),
      archived: z.boolean().optional(),
      markedUnread: z.boolean().optional(),
      encryption: z.enum(['on', 'off']).optional()
    }),
    nothing
  ),
  /** Shows an imported history within another conversation. */
  'conversations.join': call(z.object({ conversation: ConversationId, into: ConversationId }), nothing),
  /** Separates an imported history again. */
  'conversations.part': call(z.object({ conversation: ConversationId }), nothing),
  /** Imported histories shown within a conversation. */
  'conversations.joined': call(z.object({ conversation: ConversationId }), z.array(JoinedHistory)),
  'conversations.leave': call(z.object({ conversation: ConversationId }), nothing),
  'conversations.typing': call(z.object({ conversation: ConversationId, typing: z.boolean() }), nothing),
  /** Deletes a conversation with its messages on this computer; it returns with the next message. A group is left. */
  'conversations.delete': call(z.object({ conversation: ConversationId }), nothing)
} as const
