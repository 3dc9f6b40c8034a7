/** Addresses and the numbers of conversations and messages. */
import { z } from 'zod'

/** A bare or full XMPP address (RFC 7622), already prepared: lower-case local part and domain. */
export const Jid = z.string().min(1).max(3071).brand<'Jid'>()
export type Jid = z.infer<typeof Jid>

export const ConversationId = z.number().int().positive().brand<'ConversationId'>()
export type ConversationId = z.infer<typeof ConversationId>

/** Key in history: larger is later, across all conversations. */
export const MessageId = z.number().int().positive().brand<'MessageId'>()
export type MessageId = z.infer<typeof MessageId>

/** Range of messages on screen, both ends included. */
export const SeenRange = z.object({ from: z.number().int().nonnegative(), to: z.number().int().nonnegative() })
export type SeenRange = z.infer<typeof SeenRange>
