/** The roster as it was last known, with its version: the server then sends what has changed alone (RFC 6121 section 2.6). */
import { z } from 'zod'
import type { Jid } from '../../../contract/domain.ts'
import type { Store } from '../../threads/store.ts'
import type { RosterItem } from '../stanzas/roster.ts'

/** Characters; a longer version is not kept, and the next stream reads the whole roster. */
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

/** Null: there is none, or none that can be read. */
export async function readRosterCopy(store: Store, account: Jid): Promise<RosterCopy | null> {
  return Copy.safeParse(JSON.parse((await store.read.remembered(rosterCopyName(account))) ?? 'null')).data ?? null
}

/** To be called once the items are stored as contacts: a copy that is older than they are is brought up to date by the server, a newer one is not. */
export async function writeRosterCopy(store: Store, account: Jid, version: string, items: Iterable<RosterItem>): Promise<void> {
  const copy = version.length > LONGEST_VERSION ? null : { version, items: [...items] }
  await store.write.remember({ name: rosterCopyName(account), json: JSON.stringify(copy) })
}
