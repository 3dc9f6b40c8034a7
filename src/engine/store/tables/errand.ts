/** Statements of the table `errand`: requests still to be sent to the server. */
import { z } from 'zod'
import type { Jid } from '../../../contract/domain.ts'
import type { ReadableDB, WritableDB } from '../database.ts'

/** Request of the user that the server does not know yet; `jid`: the person or conversation. */
export type Errand = { account: Jid; jid: Jid } & (
  | { kind: 'read'; value: { tell: boolean } }
  | { kind: 'leave'; value: { nick: string | null } }
  | { kind: 'block'; value: { blocked: boolean } }
  | {
      kind: 'contact'
      value: { wish: 'add'; token?: string; name?: string } | { wish: 'remove' } | { wish: 'rename'; name: string } | { wish: 'group'; groups: string[] }
    }
)

export type StoredErrand = Errand & { id: number }

const VALUES = {
  read: z.object({ tell: z.boolean() }),
  leave: z.object({ nick: z.string().nullable() }),
  block: z.object({ blocked: z.boolean() }),
  contact: z.union([
    z.object({ wish: z.literal('add'), token: z.string().optional(), name: z.string().optional() }),
    z.object({ wish: z.literal('remove') }),
    z.object({ wish: z.literal('rename'), name: z.string() }),
    z.object({ wish: z.literal('group'), groups: z.array(z.string()) })
  ])
} as const

interface ErrandRow {
  id: number
  account: Jid
  kind: keyof typeof VALUES
  jid: Jid
  value: string
}

export function errandReads(db: ReadableDB) {
  const list = db.prepare<[string], ErrandRow>('SELECT id, account, kind, jid, value FROM errand WHERE account = ? ORDER BY id')
  return {
    /** Requests in the order in which they were made. */
    errands: (account: Jid): StoredErrand[] =>
      list.all(account).flatMap((row) => {
        const value = VALUES[row.kind].safeParse(JSON.parse(row.value))
        return value.success ? [{ ...row, value: value.data } as StoredErrand] : []
      })
  }
}

export function errandWrites(db: WritableDB) {
  const put = db.prepare('INSERT OR REPLACE INTO errand (account, kind, jid, value) VALUES (?, ?, ?, ?)')
  const ensure = db.prepare('INSERT OR IGNORE INTO errand (account, kind, jid, value) VALUES (?, ?, ?, ?)')
  const done = db.prepare('DELETE FROM errand WHERE id = ?')
  const forget = db.prepare('DELETE FROM errand WHERE account = ?')
  const withdraw = db.prepare('DELETE FROM errand WHERE account = ? AND kind = ? AND jid = ?')
  return {
    /** Stores a request; replaces an older one of that kind about the same address. */
    put: ({ account, kind, jid, value }: Errand) => put.run(account, kind, jid, JSON.stringify(value)),
    /** Stores a request unless one of that kind about the same address waits already. */
    ensure: ({ account, kind, jid, value }: Errand) => ensure.run(account, kind, jid, JSON.stringify(value)),
    /** Removes a sent request; a newer request has another id. */
    done: (id: number) => done.run(id),
    withdraw: ({ account, kind, jid }: Pick<Errand, 'account' | 'kind' | 'jid'>) => withdraw.run(account, kind, jid),
    forget: (account: Jid) => forget.run(account)
  }
}
