/** Statements of the tables `archive` and `archive_hole`: how much of each archive is stored. */
import type { Jid, MissingHistory } from '../../../contract/domain.ts'
import type { ReadableDB, WritableDB } from '../database.ts'
import { timeOf } from '../order.ts'

export interface ArchiveHole {
  /** All before this archive id is missing ... */
  before: string
  /** ... down to this one, which is stored; null: down to the archive's start. */
  after: string | null
}

export interface ArchiveProgress {
  lastId: string | null
  hole: ArchiveHole | null
}

export function archiveReads(db: ReadableDB) {
  const last = db.prepare<[string], string>('SELECT last_id FROM archive WHERE jid = ?').pluck()
  const hole = db.prepare<[string], ArchiveHole>('SELECT before_id AS "before", after_id AS "after" FROM archive_hole WHERE jid = ?')
  const holes = db.prepare<[], { jid: Jid; name: string | null; floor: number | null }>(
    'SELECT h.jid, (SELECT coalesce(nullif(name, \'\'), jid) FROM conversation WHERE jid = h.jid) AS name, h.floor FROM archive_hole h ORDER BY h.jid'
  )
  return {
    missing: (): MissingHistory[] => holes.all().map(({ jid, name, floor }) => ({ jid, name: name ?? '', since: floor === null ? null : timeOf(floor) })),
    progress: (jid: string): ArchiveProgress => ({ lastId: last.get(jid) ?? null, hole: hole.get(jid) ?? null })
  }
}

export function archiveWrites(db: WritableDB) {
  const setLast = db.prepare('INSERT INTO archive (jid, last_id, last_key) VALUES (?, ?, ?) ON CONFLICT (jid) DO UPDATE SET last_id = excluded.last_id, last_key = max(last_key, excluded.last_key)')
  const setHole = db.prepare(
    `INSERT INTO archive_hole (jid, before_id, after_id, floor) VALUES (?, ?, ?, ?)
     ON CONFLICT (jid) DO UPDATE SET before_id = excluded.before_id, after_id = excluded.after_id, floor = coalesce(excluded.floor, floor)`
  )
  const lastKey = db.prepare<[string], number>('SELECT last_key FROM archive WHERE jid = ?').pluck()
  const floor = db.prepare<[string], number | null>('SELECT floor FROM archive_hole WHERE jid = ?').pluck()
  const closeHole = db.prepare('DELETE FROM archive_hole WHERE jid = ?')
  const forget = db.prepare('DELETE FROM archive WHERE jid = ?')
  return {
    ...archiveReads(db),
    /** `key`: of the last message that is stored up to there; 0 where there is none. */
    setLast: (jid: string, id: string, key: number) => setLast.run(jid, id, key),
    /** `floor`: the key of the first message above the hole, or null. */
    setHole: (jid: string, hole: ArchiveHole | null, floor: number | null) => (hole === null ? closeHole.run(jid) : setHole.run(jid, hole.before, hole.after, floor)),
    lastKey: (jid: string): number => lastKey.get(jid) ?? 0,
    floor: (jid: string): number | null => floor.get(jid) ?? null,
    forget(jid: string): void {
      forget.run(jid)
      closeHole.run(jid)
    }
  }
}
