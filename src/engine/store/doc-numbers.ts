/**
 * Row ids of the full-text index (docs). They are dense, so that a set of docs is a small bit set, and rise with history within a run, so that 'newest first'
 * can stop early. A live message extends the last run; older history goes below the first run; anything else starts a new run at the end.
 */
import type { WritableDB } from './database.ts'

export interface Run {
  first: number
  last: number
  /** Message ids of the first and the last doc. */
  oldest: number
  newest: number
}

/** Largest doc: readers store docs in 32 bits. */
const LIMIT = 2 ** 31 - 1

export function createDocNumbers(db: WritableDB) {
  const all = db.prepare<[], Run>('SELECT first, last, oldest, newest FROM doc_run ORDER BY first')
  const save = db.prepare(
    'INSERT INTO doc_run (first, last, oldest, newest) VALUES (?, ?, ?, ?) ON CONFLICT (first) DO UPDATE SET last = excluded.last, newest = excluded.newest'
  )
  const remove = db.prepare('DELETE FROM doc_run WHERE first = ?')
  const clear = db.prepare('DELETE FROM doc_run')
  let runs: Run[] | null = null
  let changed = new Set<Run>()

  const load = (): Run[] => (runs ??= all.all())

  function start(first: number, count: number, oldest: number, newest: number): number {
    if (first + count > LIMIT || first < -LIMIT) throw new Error('the index has no row ids left and must be rebuilt')
    const run = { first, last: first + count - 1, oldest, newest }
    load().push(run)
    changed.add(run)
    return first
  }

  return {
    /** Next doc for a new message. */
    next(message: number): number {
      const last = load().at(-1)
      if (last === undefined) return start(1, 1, message, message)
      if (message <= last.newest) return start(last.last + 1, 1, message, message)
      if (last.last >= LIMIT) throw new Error('the index has no row ids left and must be rebuilt')
      last.newest = message
      changed.add(last)
      return ++last.last
    },
    /** First of `count` consecutive docs, for messages in order of history from `oldest` to `newest`. */
    block(count: number, oldest: number, newest: number): number {
      const list = load()
      const first = list[0]
      const last = list.at(-1)
      if (first === undefined || last === undefined) return start(1, count, oldest, newest)
      if (newest >= first.oldest) {
        if (oldest <= last.newest) return start(last.last + 1, count, oldest, newest)
        const from = last.last + 1
        last.last += count
        last.newest = newest
        changed.add(last)
        return from
      }
      if (first.first - count < -LIMIT) throw new Error('the index has no row ids left and must be rebuilt')
      remove.run(first.first)
      first.first -= count
      first.oldest = oldest
      changed.add(first)
      return first.first
    },
    runs: (): readonly Run[] => load(),
    /** Replaces all runs by this one, or by none. */
    cut(run: Run | null): void {
      clear.run()
      runs = run === null ? [] : [run]
      changed = new Set(runs)
    },
    /** Writes changed runs; at the end of each transaction. */
    flush(): void {
      for (const { first, last, oldest, newest } of changed) save.run(first, last, oldest, newest)
      changed.clear()
    },
    /** Drops the cached runs after a rollback. */
    forget(): void {
      runs = null
      changed = new Set()
    },
    /** Empties the runs together with the index. */
    reset(): void {
      clear.run()
      runs = []
      changed = new Set()
    }
  }
}

export type DocNumbers = ReturnType<typeof createDocNumbers>
