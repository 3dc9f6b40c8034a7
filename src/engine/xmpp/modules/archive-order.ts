/**
 * Reliability of an account's archive order. Servers with several processes give a message its archive position before they store it: a page may lack a
 * message that belongs within it and arrives live a moment later (ejabberd, some seconds under load). Pure.
 */
import type { ArchivedMessage } from '../stanzas/archive.ts'

/** Longest time, ms, in which crossing messages may arrive in another order than the archive has. */
export const CROSSING_MS = 10_000

/** Archive id of the last message of the newest page before which no message can be missing any more; null: none. */
export function settledIn(page: readonly Pick<ArchivedMessage, 'archiveId' | 'time'>[]): string | null {
  const until = page.reduce((newest, { time }) => Math.max(newest, time), -Infinity) - CROSSING_MS
  const first = page.findIndex(({ time }) => time > until)
  return page.slice(0, first).findLast(({ archiveId }) => archiveId !== '')?.archiveId ?? null
}

/** Number of ids compared before they count as rising: this many random ids rise by chance once in 40,000 times. */
const ENOUGH = 8

const isBefore = (one: string, other: string): boolean => (one.length === other.length ? one < other : one.length < other.length)

/** Archive ids as a hint of order. Many servers count: there an id tells that a message stands before another. No specification promises it. */
export class ArchiveIds {
  #looked = 0
  #rise = true
  #newest: string | null = null

  /** Records the ids of a page, in its order. */
  learn(ids: readonly string[]): void {
    for (const [i, id] of ids.entries()) {
      const before = ids[i - 1]
      if (before !== undefined && id !== before && !isBefore(before, id)) this.#rise = false
      this.#looked++
      this.#note(id)
    }
  }

  /** Records the id of a live message; true: the message stands before one that is stored already. */
  came(id: string): boolean {
    const isBehind = this.#rise && this.#looked >= ENOUGH && this.#newest !== null && isBefore(id, this.#newest)
    this.#note(id)
    return isBehind
  }

  #note(id: string): void {
    if (this.#newest === null || isBefore(this.#newest, id)) this.#newest = id
  }
}
