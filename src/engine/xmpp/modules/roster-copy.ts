/** Local copy of the roster with its version: the server then sends changes only (RFC 6121 section 2.6). */
import { z } from 'zod'
import type { Jid } from '../../../contract/domain.ts'
import type { Store } from '../../threads/store.ts'
import type { RosterItem } from '../stanzas/roster.ts'

/** Longest stored version, characters; with a longer one the next stream reads the whole roster. */
const LONGEST_VERSION = 1024

const Copy = z.object({
  version: z.string().max(LONGEST_VERSION),
  items: z.array(
    z.object({
      jid: z.string().transform((jid) => jid as Jid),
      name: z.string(),
      subscription: z.enum(['none', 'to', 'from', 'both']),
      asked: z.boolean(),
      groups: z.array(z.string())
    })
  )
})
export type RosterCopy = z.infer<typeof Copy>

export const rosterCopyName = (account: Jid): string => `roster:${account}`

/** Null: there is no readable copy. */
export async function readRosterCopy(store: Store, account: Jid): Promise<RosterCopy | null> {
  return Copy.safeParse(JSON.parse((await store.read.remembered(rosterCopyName(account))) ?? 'null')).data ?? null
}

/** Must be called after the items are stored as contacts: the server updates a copy that is older than they are, but not a newer one. */
export async function writeRosterCopy(store: Store, account: Jid, version: string, items: Iterable<RosterItem>): Promise<void> {
  const copy = version.length > LONGEST_VERSION ? null : { version, items: [...items] }
  await store.write.remember({ name: rosterCopyName(account), json: JSON.stringify(copy) })
}
