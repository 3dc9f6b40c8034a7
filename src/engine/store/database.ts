/** Opens the message store: encrypted SQLite (SQLCipher 4 format) with the search extension. Worker threads only. */
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import type { ReadableDB, WritableDB } from './handles.ts'
import { migrations, type Migration } from './migrations/index.ts'

export type { ReadableDB, WritableDB }

/** Paths and key of the database, and the files it needs. */
export interface StoreFiles {
  /** Path of the database file. */
  file: string
  /** 256-bit key, 64 hex digits; null opens an unencrypted database (tests and benchmarks that read its bytes). */
  key: string | null
  /** Loadable extension of native/. */
  extension: string
  /** Dictionary of jieba, as native/generate-dictionary.mjs writes it. */
  dictionary: string
  /** SQLite binary for better-sqlite3; absent or null: the package finds its own. */
  addon?: string | null
}

const open = ({ file, addon }: Pick<StoreFiles, 'file' | 'addon'>, options: Database.Options): Database.Database =>
  new Database(file, { ...options, ...(addon === undefined || addon === null ? {} : { nativeBinding: addon }) })

/** Error of a store that cannot be opened, with a sentence that the user can act on. */
export class StoreOpenError extends Error {
  readonly code: 'wrong-key' | 'corrupt' | 'newer' | 'io' | 'in-use'
  constructor(code: StoreOpenError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreOpenError'
    this.code = code
  }
}

/**
 * Opens the file with its key and the extension, without looking at its schema. `damaged`: also opens a file shorter than its header says, for reading
 * (https://sqlite.org/pragma.html#pragma_writable_schema). Throws StoreOpenError.
 */
export function connect(files: StoreFiles, create: boolean, damaged = false): Database.Database {
  try {
    const db = open(files, { fileMustExist: !create, timeout: 10_000 })
    if (files.key !== null) {
      if (!/^[0-9a-f]{64}$/.test(files.key)) throw new StoreOpenError('wrong-key', 'The store key must be 64 hex digits.')
      db.pragma("cipher = 'sqlcipher'")
      db.pragma('legacy = 4')
      db.pragma(`key = "x'${files.key}'"`)
    }
    // temporary tables and sorters would be readable in files of the temporary folder (https://sqlite.org/tempfiles.html)
    db.pragma('temp_store = MEMORY')
    if (damaged) {
      db.unsafeMode(true)
      db.pragma('writable_schema = ON')
      db.pragma('query_only = ON')
    }
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    db.loadExtension(files.extension)
    return db
  } catch (error) {
    if (error instanceof StoreOpenError || !(error instanceof Error)) throw error
    const code = 'code' in error ? String(error.code) : ''
    if (code === 'SQLITE_NOTADB') throw new StoreOpenError('wrong-key', `${files.file} does not open with this key, or is not a Mnemo store.`, { cause: error })
    if (code.startsWith('SQLITE_CORRUPT')) throw new StoreOpenError('corrupt', `${files.file} is damaged.`, { cause: error })
    throw new StoreOpenError('io', `${files.file} cannot be opened: ${error.message}`, { cause: error })
  }
}

/**
 * Claims a store until this process ends in any way: SQLite's own lock on a file beside it (https://sqlite.org/lockingv3.html). Throws StoreOpenError
 * 'in-use'.
 */
export function claim({ file, addon }: Pick<StoreFiles, 'file' | 'addon'>): { release(): void } {
  let lock: Database.Database | null = null
  try {
    lock = open({ file: `${file}.lock`, addon: addon ?? null }, { timeout: 0 })
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock?.close()
    if (!(error instanceof Error)) throw error
    if ('code' in error && String(error.code).startsWith('SQLITE_BUSY'))
      throw new StoreOpenError('in-use', `Mnemo is running already on this profile (${file}). Close it there first.`, { cause: error })
    throw unwritable(dirname(file), error)
  }
  const held = lock
  return { release: () => held.close() }
}

/** Error for a profile folder that cannot be written: no permission, a read-only or a full disk. */
export const unwritable = (folder: string, cause: Error): StoreOpenError =>
  new StoreOpenError(
    'io',
    `Mnemo cannot write to ${folder} (${cause.message}). It keeps your messages there: make room on the disk, or make the folder writable.`,
    { cause }
  )

/** Opens for reading; the file must exist and be migrated. */
export function openReadable(files: StoreFiles): ReadableDB {
  const db = connect(files, false)
  // words of the index, for spelling; a temporary table of this connection
  db.exec("CREATE VIRTUAL TABLE temp.index_word USING fts5vocab ('main', 'message_index', 'row')")
  db.pragma('query_only = ON')
  return db as ReadableDB
}

/** Opens for writing, creates the file where there is none and brings its schema up to date. */
export function openWritable(files: StoreFiles): WritableDB {
  const db = connect(files, true) as WritableDB
  try {
    // only for a new file: free pages can be given back (https://sqlite.org/pragma.html#pragma_auto_vacuum)
    db.pragma('auto_vacuum = INCREMENTAL')
    db.pragma('journal_mode = WAL')
  } catch (error) {
    db.close()
    throw error instanceof Error ? unwritable(dirname(files.file), error) : error
  }
  db.pragma('synchronous = NORMAL')
  // readers checkpoint beside the writer; this limit is for when none does
  db.pragma('wal_autocheckpoint = 20000')
  // a large log is truncated after a checkpoint, bytes
  db.pragma('journal_size_limit = 16777216')
  // deleted content is overwritten
  db.pragma('secure_delete = ON')
  db.prepare('SELECT mnemo_dictionary(?)').get(files.dictionary)
  // migrations replace tables that others refer to by new ones of the same name (https://sqlite.org/lang_altertable.html#otheralter)
  db.pragma('foreign_keys = OFF')
  migrate(db, migrations)
  db.pragma('foreign_keys = ON')
  compact(db)
  // readers start with a full read; readers of another process get the latest changes
  db.exec('DELETE FROM doc_change WHERE serial <= (SELECT max(serial) FROM doc_change) - 10000')
  return db
}

/** Share of free pages above which an older file is compacted when it is opened. */
const MOST_FREE = 1 / 4

/**
 * Rewrites a file of an older Mnemo if much of it is free, as migrations leave it; from then on maintenance gives free pages back. Without disk space for the
 * copy the file stays as it is.
 */
function compact(db: WritableDB): void {
  const [mode, pages, free] = ['auto_vacuum', 'page_count', 'freelist_count'].map((name) => Number(db.pragma(name, { simple: true }))) as [
    number,
    number,
    number
  ]
  if (mode !== 0 || free <= pages * MOST_FREE) return
  try {
    db.pragma('auto_vacuum = INCREMENTAL')
    db.exec('VACUUM')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'SQLITE_FULL' || String(error.code).startsWith('SQLITE_IOERR')))) throw error
  }
}

/** Applies missing migrations, each in its own transaction. Throws StoreOpenError 'newer' if the file is from a later Mnemo. */
export function migrate(db: WritableDB, steps: readonly Migration[]): void {
  const version = Number(db.pragma('user_version', { simple: true }))
  if (version > steps.length) throw new StoreOpenError('newer', `This store was written by a newer Mnemo (schema ${version}; this one knows ${steps.length}).`)
  for (const [index, step] of steps.entries()) {
    if (index < version) continue
    db.transaction(() => {
      if (typeof step === 'string') db.exec(step)
      else step(db)
      db.pragma(`user_version = ${index + 1}`)
    }).immediate()
  }
}
