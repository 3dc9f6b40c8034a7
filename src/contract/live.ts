/**
 * What windows show at every moment, topic by topic. A new topic is a line here and a `live.set` where it is made: all windows have it in
 * their app store, from the start and whenever it changes.
 */
import { z } from 'zod'
import { ConnectionState, ContactRequest, FileProgress, Invitation, Jid, Presence, Shortage } from './domain.ts'
import { Settings } from './settings.ts'
import { UpdateState } from './updates.ts'

/** Of the engine. */
export const EngineLive = z.object({
  /** In the order in which they were added. `accepted`: the SHA-256 of the server's certificate where only the user vouches for it. */
  accounts: z.array(z.object({ jid: Jid, connection: ConnectionState, accepted: z.string().nullable(), shortages: z.array(Shortage).readonly() })).readonly(),
  /** Of those who are there, by bare address. Of a change only the people whose presence is another one now, `offline` among them. */
  presence: z.record(z.string(), Presence),
  /** Names of those who type now, by the conversation's address. */
  typing: z.record(z.string(), z.array(z.string()).readonly()),
  /** Who asks to be a contact. */
  requests: z.array(ContactRequest).readonly(),
  /** Who asks us into groups. */
  invitations: z.array(Invitation).readonly(),
  /** Whom we do not want to hear of. */
  blocked: z.array(ContactRequest).readonly(),
  /** Hashes of the pictures that people show, by address. */
  avatars: z.record(z.string(), z.string()),
  /** Files on their way, by the attachment's id. */
  files: z.record(z.string(), FileProgress),
  /** Messages the index still lacks, of how many; 0: it is complete. */
  indexing: z.object({ left: z.number().int(), total: z.number().int() }),
  /** A thread of the store has ended and cannot be started again: messages cannot be read, or not be written. */
  storeBroken: z.boolean(),
  /** How often a roster was another than before. */
  rosters: z.number().int(),
  /** How often it has changed who is in some group. */
  occupants: z.number().int()
})
export type EngineLive = z.infer<typeof EngineLive>

/** Of the engine and the app. */
export const Live = EngineLive.extend({
  settings: Settings,
  demo: z.enum(['no', 'live', 'offline']),
  /** Newer versions of Mnemo. */
  update: UpdateState
})
export type Live = z.infer<typeof Live>

/** Puts what changed into what was known. */
export function follow<T extends Partial<Live>>(known: T, { presence = {}, ...changed }: Partial<Live>): void {
  Object.assign(known, changed)
  for (const [jid, shown] of Object.entries(presence)) {
    if (shown === 'offline') delete known.presence?.[jid]
    else if (known.presence !== undefined) known.presence[jid] = shown
  }
}
