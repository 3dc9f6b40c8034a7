/**
 * How far the order of an account's archive may be believed. Servers of several processes give a message its place before they store it: a page may
 * lack one that stands within it and comes live a moment later (ejabberd, some seconds under load). Pure.
 */
import type { ArchivedMessage } from '../stanzas/archive.ts'

/** Messages that cross may come in another order than the archive has them in; after this time none crosses any more, ms. */
export const CROSSING_MS = 10_000

/** The last message of an archive's newest page before which none is missing any more; null: there is none. */
export function settledIn(page: readonly Pick<ArchivedMessage, 'archiveId' | 'time'>[]): string | null {
  const until = page.reduce((newest, { time }) => Math.max(newest, time), -Infinity) - CROSSING_MS
  const first = page.findIndex(({ time }) => time > until)
  return page.slice(0, first).findLast(({ archiveId }) => archiveId !== '')?.archiveId ?? null
}

/** Ids that are looked at before they count as rising: of random ones as many rise by chance once in 40,000 times. */
const ENOUGH = 8

const isBefore = (one: string, other: string): boolean => (one.length === other.length ? one < other : one.length < other.length)

/** Ids of an archive. Many servers count: there a message's id says that it stands before another one. What nobody promises is a hint alone. */
export class ArchiveIds {
  #looked = 0
  #rise = true
  #newest: string | null = null

  /** Those of a page, in its order. */
  learn(ids: readonly string[]): void {
    for (const [i, id] of ids.entries()) {
      const before = ids[i - 1]
      if (before !== undefined && id !== before && !isBefore(before, id)) this.#rise = false
      this.#looked++
      this.#note(id)
    }
  }

  /** One that came live; true: it stands before another one that is here already. */
  came(id: string): boolean {
    const isBehind = this.#rise && this.#looked >= ENOUGH && this.#newest !== null && isBefore(id, this.#newest)
    this.#note(id)
    return isBehind
  }

  #note(id: string): void {
    if (this.#newest === null || isBefore(this.#newest, id)) this.#newest = id
  }
}
