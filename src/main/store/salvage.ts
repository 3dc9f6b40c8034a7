/**
 * Saves what can still be read of a damaged store into a new one; the damaged file is kept beside it. The index is made
 * anew from the messages, and what was lost comes back from the servers' archives, which are read again from their end.
 */
import { existsSync, renameSync, rmSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { claim, connect, openWritable, type StoreFiles, type WritableDB } from './database.ts'

export interface Salvaged {
  /** Where the damaged file is now. */
  kept: string
  /** Messages that were saved. */
  messages: number
  /** Something could not be read. */
  incomplete: boolean
}

/** What is copied, in the order in which rows refer to each other. Not `archive`: it would say that nothing is missing. */
const TABLES = ['setting', 'account', 'contact', 'conversation', 'address', 'message', 'attachment', 'raw', 'change', 'deleted', 'avatar'] as const
const BATCH = 500
/** How often what cannot be read is halved, in search of what can. */
const DEEPEST = 8
/** The index's own rows are made anew. */
const MADE_ANEW: Record<string, readonly string[]> = { message: ['doc'] }

/** A note that the store is to be salvaged when it is opened next. */
export const salvageNote = (file: string): string => `${file}.salvage`

/** Throws StoreOpenError where somebody has the store open, or where not even its first page can be read. */
export function salvage(files: StoreFiles): Salvaged {
  const claimed = claim(files.file)
  try {
    return copyAll(files)
  } finally {
    claimed.release()
  }
}

function copyAll(files: StoreFiles): Salvaged {
  const fresh = `${files.file}.saved`
  for (const end of ['', '-wal', '-shm']) rmSync(`${fresh}${end}`, { force: true })
  const from = connect(files, false)
  const to = openWritable({ ...files, file: fresh })
  let incomplete = false
  let messages = 0
  try {
    to.pragma('foreign_keys = OFF')
    for (const table of TABLES) {
      const { rows, whole } = copy(from, to, table)
      incomplete ||= !whole
      if (table === 'message') messages = rows
    }
    // what belongs to nothing any more
    to.exec('DELETE FROM message WHERE conversation NOT IN (SELECT id FROM conversation); DELETE FROM attachment WHERE message NOT IN (SELECT id FROM message); DELETE FROM raw WHERE message NOT IN (SELECT id FROM message); DELETE FROM change WHERE conversation NOT IN (SELECT id FROM conversation)')
    to.exec('UPDATE conversation SET last_message = (SELECT max(id) FROM message WHERE conversation = conversation.id)')
    to.pragma('foreign_keys = ON')
    to.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    from.close()
    to.close()
  }
  const kept = `${files.file}.damaged-${new Date().toISOString().replace(/[:.]/g, '-')}`
  for (const end of ['', '-wal', '-shm']) if (existsSync(`${files.file}${end}`)) renameSync(`${files.file}${end}`, `${kept}${end}`)
  renameSync(fresh, files.file)
  rmSync(salvageNote(files.file), { force: true })
  return { kept, messages, incomplete }
}

/** Copies a table from both ends towards what cannot be read, and what lies between. */
function copy(from: Database.Database, to: WritableDB, table: string): { rows: number; whole: boolean } {
  const columnsOf = (db: Database.Database): string[] => db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table)
  const known = new Set(columnsOf(from))
  const columns = columnsOf(to).filter((column) => known.has(column) && MADE_ANEW[table]?.includes(column) !== true)
  if (columns.length === 0) return { rows: 0, whole: false }
  const names = columns.map((column) => `"${column}"`).join(', ')
  const insert = to.prepare(`INSERT OR IGNORE INTO "${table}" (${names}) VALUES (${columns.map(() => '?').join(', ')})`)
  const store = to.transaction((rows: unknown[][]) => rows.reduce((sum, row) => sum + insert.run(row).changes, 0))
  const hasRowid = columns.includes('id')
  let copied = 0
  if (!hasRowid) {
    try {
      copied = store(from.prepare(`SELECT ${names} FROM "${table}"`).raw().all() as unknown[][])
      return { rows: copied, whole: true }
    } catch {
      return { rows: copied, whole: false }
    }
  }
  const place = columns.indexOf('id')
  /** Copies from one end of (low, high) until something cannot be read; how far that was, or null where all could be. */
  const run = (order: 'ASC' | 'DESC', low: number, high: number): number | null => {
    const rows = (size: number): unknown[][] => from.prepare<[number, number, number], unknown[]>(`SELECT ${names} FROM "${table}" WHERE id > ? AND id < ? ORDER BY id ${order} LIMIT ?`).raw().all(low, high, size) as unknown[][]
    for (let size = BATCH; ; ) {
      try {
        const found = rows(size)
        if (found.length === 0) return null
        copied += store(found)
        const last = Number(found.at(-1)?.[place])
        if (order === 'ASC') low = last
        else high = last
      } catch {
        // as near as can be to what is broken
        if (size === 1) return order === 'ASC' ? low : high
        size = Math.max(1, size >> 2)
      }
    }
  }
  let whole = true
  const gaps = [{ low: Number.MIN_SAFE_INTEGER, high: Number.MAX_SAFE_INTEGER, depth: 0 }]
  for (let gap = gaps.pop(); gap !== undefined; gap = gaps.pop()) {
    const low = run('ASC', gap.low, gap.high)
    if (low === null) continue
    whole = false
    const high = run('DESC', low, gap.high) ?? low
    // what lies between two broken pages
    const middle = Math.floor(low / 2 + high / 2)
    if (gap.depth < DEEPEST && high - low > 1) gaps.push({ low, high: middle + 1, depth: gap.depth + 1 }, { low: middle, high, depth: gap.depth + 1 })
  }
  return { rows: copied, whole }
}
