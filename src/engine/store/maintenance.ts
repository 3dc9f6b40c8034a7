/** Database maintenance: full-text index, free pages, write-ahead log. Runs when idle, in short steps. */
import type { WritableDB } from './database.ts'
import type { accountWrites } from './tables/account.ts'
import type { messageWrites } from './tables/message.ts'

/** `PRAGMA auto_vacuum` of a file whose free pages can be given back. */
const INCREMENTAL = 2
/** Free pages kept for the next messages: at least this many, or this share of the file. */
const LEAST_FREE = 128
const KEPT_FREE = 0.005

export function createMaintenance(
  db: WritableDB,
  transaction: <A extends unknown[], R>(run: (...args: A) => R) => (...args: A) => R,
  index: ReturnType<typeof messageWrites>['index'],
  accounts: Pick<ReturnType<typeof accountWrites>, 'indexVersion' | 'setIndexVersion'>
) {
  const tokenizerVersion = Number(db.prepare('SELECT mnemo_tokenizer_version()').pluck().get())
  const resetIndex = transaction((): void => {
    index.reset()
    accounts.setIndexVersion(tokenizerVersion)
  })
  // an index made by other tokenizer rules would not match the query terms
  if (accounts.indexVersion() !== tokenizerVersion) resetIndex()
  const indexOlder = transaction((count: number): { indexed: number; left: number } => ({
    indexed: index.indexOlder(count),
    left: index.unindexedCount()
  }))
  const pragma = (name: string): number => Number(db.pragma(name, { simple: true }))

  return {
    /** Indexes the newest `count` messages that are not indexed yet. `left`: number of remaining ones. */
    indexOlder,
    /** Merges runs of docs that arose out of order, if at most `most` messages have to move. */
    mergeRuns: transaction((most: number): boolean => index.mergeRuns(most)),
    /** Checks the index; throws SQLITE_CORRUPT_VTAB if it does not match the messages. */
    checkIndex: () => void db.exec("INSERT INTO message_index (message_index, rank) VALUES ('integrity-check', 1)"),
    /** Empties the index; indexOlder rebuilds it from the messages. */
    resetIndex,
    /** Merges at most `pages` pages of the index; returns whether there is more to do. */
    mergeIndex(pages: number): boolean {
      const before = Number(db.prepare('SELECT total_changes()').pluck().get())
      db.prepare("INSERT INTO message_index (message_index, rank) VALUES ('merge', ?)").run(pages)
      return Number(db.prepare('SELECT total_changes()').pluck().get()) - before >= 2
    },
    /** Gives at most `pages` free pages of the file back; returns whether there is more to do (https://sqlite.org/pragma.html#pragma_incremental_vacuum). */
    releasePages(pages: number): boolean {
      if (pragma('auto_vacuum') !== INCREMENTAL) return false
      const spare = pragma('freelist_count') - Math.max(LEAST_FREE, Math.floor(pragma('page_count') * KEPT_FREE))
      if (spare <= 0) return false
      db.exec(`PRAGMA incremental_vacuum(${Math.min(pages, spare)})`)
      return true
    },
    /** Releases the page cache of this connection (https://sqlite.org/pragma.html#pragma_shrink_memory). */
    shrinkMemory: () => void db.pragma('shrink_memory'),
    /** Moves the write-ahead log into the database file; when idle and on exit. */
    checkpoint: () => void db.pragma('wal_checkpoint(TRUNCATE)')
  }
}
