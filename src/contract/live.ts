/**
 * Live state shown by windows, by topic. A new topic is a line here and a `live.set` where it is produced: all windows have it in their app
 * store, from the start and after each change.
 */
import { z } from 'zod'
import { ConnectionState, ContactRequest, FileProgress, Invitation, Jid, Presence, Shortage } from './domain.ts'
import { Settings } from './settings.ts'
import { UpdateState } from './updates.ts'

/** Live state of the engine. */
export const EngineLive = z.object({
  /** Accounts in the order they were added. `accepted`: SHA-256 of a server certificate trusted only by the user's choice. */
  accounts: z.array(z.object({ jid: Jid, connection: ConnectionState, accepted: z.string().nullable(), shortages: z.array(Shortage).readonly() })).readonly(),
  /** Presence of everybody who is available, by bare address. A change contains only people whose presence changed, including to `offline`. */
  presence: z.record(z.string(), Presence),
  /** Names of people who are typing, by the conversation's address. */
  typing: z.record(z.string(), z.array(z.string()).readonly()),
  /** Incoming contact requests. */
  requests: z.array(ContactRequest).readonly(),
  /** Incoming group invitations. */
  invitations: z.array(Invitation).readonly(),
  /** Blocked addresses (XEP-0191). */
  blocked: z.array(ContactRequest).readonly(),
  /** Hashes of people's pictures, by address. */
  avatars: z.record(z.string(), z.string()),
  /** Progress of file transfers, by attachment id. */
  files: z.record(z.string(), FileProgress),
  /** Messages still missing from the index, and their total; 0: the index is complete. */
  indexing: z.object({ left: z.number().int(), total: z.number().int() }),
  /** A thread of the store has ended and cannot be restarted: messages cannot be read, or cannot be written. */
  storeBroken: z.boolean(),
  /** Counter of roster changes. */
  rosters: z.number().int(),
  /** Counter of changes in anybody's encryption devices, or in the user's trust in them. */
  devices: z.number().int(),
  /** Counter of changes in the occupants of any group. */
  occupants: z.number().int()
})
export type EngineLive = z.infer<typeof EngineLive>

/** Live state of the engine and the app. */
export const Live = EngineLive.extend({
  settings: Settings,
  demo: z.enum(['no', 'live', 'offline']),
  /** State of updates. */
  update: UpdateState
})
export type Live = z.infer<typeof Live>

/** Merges a change into the known state. */
export function follow<T extends Partial<Live>>(known: T, { presence = {}, ...changed }: Partial<Live>): void {
  Object.assign(known, changed)
  for (const [jid, shown] of Object.entries(presence)) {
    if (shown === 'offline') delete known.presence?.[jid]
    else if (known.presence !== undefined) known.presence[jid] = shown
  }
}
