/** Statements of the tables `archive` and `archive_hole`: the stored parts of each archive. */
import type { Jid, MissingHistory } from '../../../contract/domain.ts'
import type { ReadableDB, WritableDB } from '../database.ts'
import { timeOf } from '../order.ts'

export interface ArchiveHole {
  /** Messages before this archive id are missing ... */
  before: string
  /** ... down to this id, which is stored; null: down to the archive's start. */
  after: string | null
}

export interface ArchiveProgress {
  lastId: string | null
  hole: ArchiveHole | null
}

export function archiveReads(db: ReadableDB) {
  // rows of an account; without one, of any account
  const WHERE = 'WHERE jid = ? AND account = coalesce(?, account)'
  const last = db.prepare<[string, string | null], string>(`SELECT last_id FROM archive ${WHERE}`).pluck()
  const hole = db.prepare<[string, string | null], ArchiveHole>(`SELECT before_id AS "before", after_id AS "after" FROM archive_hole ${WHERE}`)
  const holes = db.prepare<[string | null], { jid: Jid; account: Jid; name: string | null; floor: number | null }>(
    `SELECT h.jid, h.account, (SELECT coalesce(nullif(name, ''), jid) FROM conversation WHERE jid = h.jid AND account = h.account) AS name, h.floor
     FROM archive_hole h WHERE h.account = coalesce(?, h.account) ORDER BY h.account, h.jid`
  )
  return {
    missing: (of?: string): MissingHistory[] =>
      holes.all(of ?? null).map(({ jid, account, name, floor }) => ({ jid, account, name: name ?? '', since: floor === null ? null : timeOf(floor) })),
    progress: (jid: string, account?: string): ArchiveProgress => ({
      lastId: last.get(jid, account ?? null) ?? null,
      hole: hole.get(jid, account ?? null) ?? null
    })
  }
}

export function archiveWrites(db: WritableDB) {
  const setLast = db.prepare(
    'INSERT INTO archive (jid, account, last_id, last_key) VALUES (?, ?, ?, ?) ON CONFLICT (jid, account) DO UPDATE SET last_id = excluded.last_id, last_key = iif(excluded.last_key > 0, excluded.last_key, last_key)'
  )
  const setHole = db.prepare(
    `INSERT INTO archive_hole (jid, account, before_id, after_id, floor) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (jid, account) DO UPDATE SET before_id = excluded.before_id, after_id = excluded.after_id, floor = coalesce(excluded.floor, floor)`
  )
  const setEra = db.prepare('UPDATE archive SET era = ? WHERE jid = ? AND account = ?')
  const era = db.prepare<[string, string], number>('SELECT era FROM archive WHERE jid = ? AND account = ?').pluck()
  const setMissed = db.prepare('UPDATE archive_hole SET missed = 1 WHERE jid = ? AND account = ?')
  const isMissed = db.prepare<[string, string], number>('SELECT missed FROM archive_hole WHERE jid = ? AND account = ?').pluck()
  const lastKey = db.prepare<[string, string], number>('SELECT last_key FROM archive WHERE jid = ? AND account = ?').pluck()
  const floor = db.prepare<[string, string], number | null>('SELECT floor FROM archive_hole WHERE jid = ? AND account = ?').pluck()
  const closeHole = db.prepare('DELETE FROM archive_hole WHERE jid = ? AND account = ?')
  const forget = db.prepare('DELETE FROM archive WHERE jid = ? AND account = ?')
  return {
    ...archiveReads(db),
    /** `key`: of the last stored message up to that id; 0: unchanged. */
    setLast: (jid: string, account: string, id: string, key: number) => setLast.run(jid, account, id, key),
    /** `floor`: key of the first message above the hole, or null. */
    setHole: (jid: string, account: string, hole: ArchiveHole | null, floor: number | null) =>
      hole === null ? closeHole.run(jid, account) : setHole.run(jid, account, hole.before, hole.after, floor),
    /** Number of times the archive was started anew; see change.ts. */
    era: (jid: string, account: string): number => era.get(jid, account) ?? 0,
    setEra: (jid: string, account: string, number: number) => setEra.run(number, jid, account),
    /** True if the messages in the hole arrived while we were away. */
    isMissed: (jid: string, account: string): boolean => isMissed.get(jid, account) === 1,
    setMissed: (jid: string, account: string) => setMissed.run(jid, account),
    lastKey: (jid: string, account: string): number => lastKey.get(jid, account) ?? 0,
    floor: (jid: string, account: string): number | null => floor.get(jid, account) ?? null,
    forget(jid: string, account: string): void {
      forget.run(jid, account)
      closeHole.run(jid, account)
    }
  }
}
