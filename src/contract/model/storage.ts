/** Disk use, and history that is still on servers. */
import { z } from 'zod'
import { ConversationId, Jid } from './ids.ts'

/** Disk use of a conversation. */
export const ConversationUsage = z.object({
  id: ConversationId,
  name: z.string(),
  jid: Jid,
  messages: z.number().int(),
  /** Number of stored files, and their bytes. */
  files: z.number().int(),
  bytes: z.number().int(),
  /** Bytes of files that can be downloaded again. */
  clearable: z.number().int()
})
export type ConversationUsage = z.infer<typeof ConversationUsage>

export const Usage = z.object({
  messages: z.number().int(),
  /** Size of messages and their index. */
  databaseBytes: z.number().int(),
  mediaBytes: z.number().int(),
  /** Largest first. */
  conversations: z.array(ConversationUsage)
})
export type Usage = z.infer<typeof Usage>

/** Archive with older messages still to be fetched. */
export const MissingHistory = z.object({
  /** Account it belongs to. */
  account: Jid,
  /** Address of the group, or of the account. */
  jid: Jid,
  /** Name of the group; empty for the account's own archive. */
  name: z.string(),
  /** Start of the complete part, ms; null if unknown. */
  since: z.number().int().nullable()
})
export type MissingHistory = z.infer<typeof MissingHistory>
