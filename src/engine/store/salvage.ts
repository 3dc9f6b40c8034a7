/**
 * Saves the readable part of a damaged store into a new one; the damaged file is kept beside it. The index is rebuilt from the messages, and lost messages
 * come back from the servers' archives, which are fetched again from their end.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { z } from 'zod'
import { lookUp } from '../../contract/look-up.ts'
import { claim, connect, openWritable, StoreOpenError, type StoreFiles, type WritableDB } from './database.ts'
import { COMPACT } from './migrations/0029-compact.ts'

export const Salvaged = z.object({
  /** Path of the damaged file. */
  kept: z.string(),
  /** Number of saved messages. */
  messages: z.number(),
  /** True if something could not be read. */
  incomplete: z.boolean()
})
export type Salvaged = z.infer<typeof Salvaged>

/** Tables to copy, in order of their references. */
export const COPIED = [
  'setting',
  'account',
  'contact',
  'conversation',
  'address',
  'message',
  'attachment',
  'raw',
  'change',
  'deleted',
  'avatar',
  'former_text',
  'link',
  'notice',
  'group_seen',
  'errand',
  'stand_in',
  'occupant',
  'reaction_news',
  'scheduled',
  'reminder',
  'sticker'
] as const
/** Tables not copied, with the reason. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  archive: 'would claim that nothing is missing',
  archive_hole: 'as archive',
  doc: 'part of the index, which is rebuilt',
  doc_run: 'part of the index',
  doc_change: 'part of the index',
  message_index: 'the index',
  name_change: 'counter maintained by triggers',
  omemo_own: 'its sessions may be older than its sent messages, so it starts again as a new device',
  omemo_pre_key: 'as omemo_own',
  omemo_device: 'as omemo_own',
  omemo_session: 'as omemo_own',
  thumbnail: 'recreated when shown'
}
const BATCH = 500
/** Largest number of times that an unreadable range is halved in search of readable rows. */
const DEEPEST = 8
/** Columns of the index, which is rebuilt. */
const MADE_ANEW: Record<string, readonly string[]> = { message: ['doc'] }

/** Path of the note that makes the next start salvage the store. */
export const salvageNote = (file: string): string => `${file}.salvage`

/** Throws StoreOpenError if the store is in use, or if the pages that locate the messages are unreadable. */
export function salvage(files: StoreFiles): Salvaged {
  const claimed = claim(files)
  try {
    return finishMove(files.file) ?? copyAll(files)
  } finally {
    claimed.release()
  }
}

/** Completes a salvage that ended between its two moves, for whatever reason: the damaged file is put aside and the new one is complete. */
function finishMove(file: string): Salvaged | null {
  if (existsSync(file) || !existsSync(savedAs(file))) return null
  const saved = Salvaged.parse(JSON.parse(readFileSync(salvageNote(file), 'utf8')))
  putInPlace(file, saved.kept)
  return saved
}

const savedAs = (file: string): string => `${file}.saved`

/**
 * Moves the damaged file aside together with its log, which would otherwise be applied to the new file; then moves the new file in place. Each step may be
 * done already.
 */
function putInPlace(file: string, kept: string): void {
  for (const end of ['', '-wal', '-shm']) if (existsSync(`${file}${end}`)) renameSync(`${file}${end}`, `${kept}${end}`)
  renameSync(savedAs(file), file)
  rmSync(salvageNote(file), { force: true })
}

function copyAll(files: StoreFiles): Salvaged {
  const fresh = savedAs(files.file)
  for (const end of ['', '-wal', '-shm']) rmSync(`${fresh}${end}`, { force: true })
  const from = connect(files, false, true)
  if (from.prepare("SELECT 1 FROM pragma_table_info('message')").get() === undefined) {
    from.close()
    throw new StoreOpenError('corrupt', `${files.file} is damaged: nothing in it says any more where its messages are.`)
  }
  const to = openWritable({ ...files, file: fresh })
  let incomplete = false
  let messages = 0
  try {
    to.pragma('foreign_keys = OFF')
    for (const table of COPIED) {
      const { rows, whole } = copy(from, to, table)
      incomplete ||= !whole
      if (table === 'message') messages = rows
    }
    // a sender whose address is unreadable becomes an unknown person
    to.exec(
      "INSERT INTO address (id, jid) SELECT DISTINCT sender_id, 'lost-' || sender_id || '@salvaged.invalid' FROM message WHERE sender_id NOT IN (SELECT id FROM address)"
    )
    // rows whose parents are missing
    removeOrphans(to)
    to.exec('UPDATE conversation SET last_message = (SELECT max(id) FROM message WHERE conversation = conversation.id)')
    to.pragma('foreign_keys = ON')
    to.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    from.close()
    to.close()
  }
  const kept = `${files.file}.damaged-${new Date().toISOString().replace(/[:.]/g, '-')}`
  const saved = { kept, messages, incomplete }
  // after a process ends here, the next one learns from the note that all is saved, and where the damaged file goes
  writeFileSync(salvageNote(files.file), JSON.stringify(saved), { flush: true })
  putInPlace(files.file, kept)
  return saved
}

/** Removes rows that refer to unreadable rows; twice, because rows refer to those rows in turn. */
function removeOrphans(db: WritableDB): void {
  const references = db.prepare<[string], { table: string; from: string; to: string; gone: string }>(
    'SELECT "table", "from", "to", on_delete AS gone FROM pragma_foreign_key_list(?)'
  )
  for (let round = 0; round < 2; round++)
    for (const table of COPIED)
      for (const { table: other, from, to, gone } of references.all(table)) {
        // a scheduled message is kept without the one that it answers
        const change = gone === 'SET NULL' ? `UPDATE "${table}" SET "${from}" = NULL` : `DELETE FROM "${table}"`
        db.exec(`${change} WHERE "${from}" NOT IN (SELECT "${to}" FROM "${other}")`)
      }
}

/** Copies a table from both ends towards unreadable rows, and the rows in between. */
function copy(from: Database.Database, to: WritableDB, table: string): { rows: number; whole: boolean } {
  const columnsOf = (db: Database.Database): string[] => db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table)
  const known = new Set(columnsOf(from))
  // messages of an older schema are converted
  const older = table === 'message' && known.has('sender') && !known.has('sender_id')
  const now = (column: string): string | undefined => (older ? (column === 'sender_id' ? 'sender' : lookUp(COMPACT, column)) : undefined)
  const columns = columnsOf(to).filter((column) => (known.has(column) || now(column) !== undefined) && MADE_ANEW[table]?.includes(column) !== true)
  if (columns.length === 0) return { rows: 0, whole: false }
  const names = columns.map((column) => `"${column}"`).join(', ')
  const read = columns.map((column) => now(column) ?? `"${column}"`).join(', ')
  const sender = older ? columns.indexOf('sender_id') : -1
  const addressOf = to.prepare<[string], number>('SELECT id FROM address WHERE jid = ?').pluck()
  const addAddress = to.prepare('INSERT INTO address (jid) VALUES (?)')
  const asNow = (row: unknown[]): unknown[] => {
    if (sender >= 0) row[sender] = addressOf.get(String(row[sender])) ?? addAddress.run(String(row[sender])).lastInsertRowid
    return row
  }
  const insert = to.prepare(`INSERT OR IGNORE INTO "${table}" (${names}) VALUES (${columns.map(() => '?').join(', ')})`)
  const store = to.transaction((rows: unknown[][]) => rows.reduce((sum, row) => sum + insert.run(asNow(row)).changes, 0))
  const key = to.prepare<[string], string>("SELECT name FROM pragma_table_info(?) WHERE pk = 1 AND type = 'INTEGER'").pluck().get(table)
  let copied = 0
  // without a numeric key: copy up to the first unreadable row
  if (key === undefined) {
    const rows: unknown[][] = []
    let whole = true
    try {
      for (const row of from.prepare(`SELECT ${names} FROM "${table}"`).raw().iterate()) rows.push(row as unknown[])
    } catch {
      whole = false
    }
    return { rows: store(rows), whole }
  }
  const place = columns.indexOf(key)
  /** Copies from one end of (low, high) up to an unreadable row; returns that key, or null if all were readable. */
  const run = (order: 'ASC' | 'DESC', low: number, high: number): number | null => {
    const rows = (size: number): unknown[][] =>
      from
        .prepare<[number, number, number], unknown[]>(`SELECT ${read} FROM "${table}" WHERE "${key}" > ? AND "${key}" < ? ORDER BY "${key}" ${order} LIMIT ?`)
        .raw()
        .all(low, high, size) as unknown[][]
    for (let size = BATCH; ;) {
      try {
        const found = rows(size)
        if (found.length === 0) return null
        copied += store(found)
        const last = Number(found.at(-1)?.[place])
        if (order === 'ASC') low = last
        else high = last
      } catch {
        // as close as possible to the unreadable page
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
    // the rows between two unreadable pages
    const middle = Math.floor(low / 2 + high / 2)
    if (gap.depth < DEEPEST && high - low > 1) gaps.push({ low, high: middle + 1, depth: gap.depth + 1 }, { low: middle, high, depth: gap.depth + 1 })
  }
  return { rows: copied, whole }
}
