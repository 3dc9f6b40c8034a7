/** Statements of the tables `archive` and `archive_hole`: how much of each archive is stored. */
import type { ReadableDB, WritableDB } from '../database.ts'

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
  return {
    progress: (jid: string): ArchiveProgress => ({ lastId: last.get(jid) ?? null, hole: hole.get(jid) ?? null })
  }
}

export function archiveWrites(db: WritableDB) {
  const setLast = db.prepare('INSERT INTO archive (jid, last_id) VALUES (?, ?) ON CONFLICT (jid) DO UPDATE SET last_id = excluded.last_id')
  const setHole = db.prepare(
    `INSERT INTO archive_hole (jid, before_id, after_id) VALUES (?, ?, ?)
     ON CONFLICT (jid) DO UPDATE SET before_id = excluded.before_id, after_id = excluded.after_id`
  )
  const closeHole = db.prepare('DELETE FROM archive_hole WHERE jid = ?')
  const forget = db.prepare('DELETE FROM archive WHERE jid = ?')
  return {
    ...archiveReads(db),
    setLast: (jid: string, id: string) => setLast.run(jid, id),
    setHole: (jid: string, hole: ArchiveHole | null) => (hole === null ? closeHole.run(jid) : setHole.run(jid, hole.before, hole.after)),
    forget(jid: string): void {
      forget.run(jid)
      closeHole.run(jid)
    }
  }
}
