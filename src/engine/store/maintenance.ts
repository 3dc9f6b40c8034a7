/** Upkeep of the file: the full-text index, free pages, the write-ahead log. For idle times, in short steps. */
import type { WritableDB } from './database.ts'
import type { accountWrites } from './tables/account.ts'
import type { messageWrites } from './tables/message.ts'

/** `PRAGMA auto_vacuum` of a file whose free pages can be given back. */
const INCREMENTAL = 2
/** Free pages that are kept for the next messages: so many, or this part of the file. */
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
  // made by other rules: its terms would not be found
  if (accounts.indexVersion() !== tokenizerVersion) resetIndex()
  const indexOlder = transaction((count: number): { indexed: number; left: number } => ({
    indexed: index.indexOlder(count),
    left: index.unindexedCount()
  }))
  const pragma = (name: string): number => Number(db.pragma(name, { simple: true }))

  return {
    /** Puts the newest `count` messages that the index lacks into it. `left`: how many it still lacks. */
    indexOlder,
    /** Puts what came out of order into one run of docs with its neighbours, where no more than `most` messages are concerned. */
    mergeRuns: transaction((most: number): boolean => index.mergeRuns(most)),
    /** Looks the index over; throws SQLITE_CORRUPT_VTAB where it does not agree with the messages. */
    checkIndex: () => void db.exec("INSERT INTO message_index (message_index, rank) VALUES ('integrity-check', 1)"),
    /** Forgets the index; indexOlder makes it anew from the messages. */
    resetIndex,
    /** Merges a little of the index, at most `pages` pages; returns whether there is more to do. */
    mergeIndex(pages: number): boolean {
      const before = Number(db.prepare('SELECT total_changes()').pluck().get())
      db.prepare("INSERT INTO message_index (message_index, rank) VALUES ('merge', ?)").run(pages)
      return Number(db.prepare('SELECT total_changes()').pluck().get()) - before >= 2
    },
    /** Gives free pages of the file back, at most `pages`; returns whether there is more to do (https://sqlite.org/pragma.html#pragma_incremental_vacuum). */
    releasePages(pages: number): boolean {
      if (pragma('auto_vacuum') !== INCREMENTAL) return false
      const spare = pragma('freelist_count') - Math.max(LEAST_FREE, Math.floor(pragma('page_count') * KEPT_FREE))
      if (spare <= 0) return false
      db.exec(`PRAGMA incremental_vacuum(${Math.min(pages, spare)})`)
      return true
    },
    /** Lets go of the pages that this connection has in memory (https://sqlite.org/pragma.html#pragma_shrink_memory). */
    shrinkMemory: () => void db.pragma('shrink_memory'),
    /** Moves the write-ahead log into the database file; when idle and at the end. */
    checkpoint: () => void db.pragma('wal_checkpoint(TRUNCATE)')
  }
}
