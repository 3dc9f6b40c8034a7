/** Background maintenance of the store: rebuilds the index after a change of its rules, merges it when idle, and deletes expired messages. */
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isKeptName, PARTIAL } from '../store/media-folder.ts'
import type { Store } from './store.ts'
import { TrustedClock } from '../store/clock.ts'
import type { StoreChanges } from '../store/types.ts'

/** Messages indexed at once: about 20 ms of the writer's time. */
const BATCH = 1500
/** Time without writes after which the store counts as idle, ms. */
const IDLE_MS = 5000
/** Delay after an error, ms. */
const TROUBLE_MS = 60_000
/** Messages moved to other rows of the index at once. */
const MOST_MOVED = 2000
/** Pages merged at once: a few ms. */
const MERGE_PAGES = 64
/** Pages given back to the system at once: a few ms. */
const RELEASED_PAGES = 128

/** Messages deleted at once. */
const EXPIRY_BATCH = 300
const EXPIRY_EVERY_MS = 3_600_000
/** Time without searches after which the search thread's memory is freed, ms. */
const REST_MS = 3 * 60_000
/** The same while an import runs, which needs the memory itself. */
const IMPORT_REST_MS = 15_000
/** Interval at which freed memory is given back to the system, ms. */
const RELEASE_EVERY_MS = 10 * 60_000

const DAY_MS = 86_400_000
/** Age after which an unfinished partial file is deleted, ms. */
const PARTIAL_KEPT_MS = 7 * DAY_MS
/** Time before which messages expire, ms, by this computer's clock: not for deletions. */
export const expiryOf = (days: number): number => Date.now() - days * DAY_MS
/** Name under which the trusted time is stored for the next start. */
const CLOCK = 'clock'

interface Told {
  indexing(left: number, total: number): void
  changes(changes: StoreChanges): void
}

export class Upkeep {
  progress = { left: 0, total: 0 }
  stopped: Promise<void> = Promise.resolve()
  readonly #store: Store
  readonly #log: { warn(text: string): void }
  readonly #media: string
  readonly #tell: Told
  readonly #clock: TrustedClock
  /** Time of the next check; performance.now(). */
  #expiryAt = 0
  #releaseAt = performance.now() + RELEASE_EVERY_MS
  #preparing: Promise<void> | null = null
  /** Files in the media folder that were unused at the last check. */
  #unneeded: ReadonlySet<string> = new Set()
  #running = false
  #suspected = false
  #again = false
  #wake: (() => void) | null = null

  constructor(store: Store, media: string, log: { warn(text: string): void }, tell: Told, clock = new TrustedClock()) {
    this.#store = store
    this.#media = media
    this.#log = log
    this.#tell = tell
    this.#clock = clock
  }

  start(): void {
    this.#running = true
    this.#store.onDamage(() => this.suspect())
    this.stopped = this.#run().catch((error: unknown) => this.#log.warn(`index maintenance failed: ${String(error)}`))
  }

  /** Requests an index check, after a sign of damage: it is rebuilt from the messages if it does not match them. */
  suspect(): void {
    this.#suspected = true
    this.#wake?.()
  }

  /** Rebuilds the index at the user's request; reports progress at once. */
  async reindex(): Promise<void> {
    if (this.progress.total > 0) return
    await this.#store.write.resetIndex()
    this.#again = true
    this.#wake?.()
  }

  /** Removes the remaining messages and files of deleted conversations; other writes may run between two batches. */
  async removeCleared(): Promise<void> {
    for (let more = true; more && this.#running;) {
      const { files, left } = await this.#store.write.removeCleared(EXPIRY_BATCH)
      for (const name of files) await rm(join(this.#media, name), { force: true })
      more = left
    }
  }

  /** Starts expiry soon, because the settings have changed. */
  expire(): void {
    this.#expiryAt = 0
    this.#wake?.()
  }

  /** Prepares for the user's next search. */
  async prepareSearch(): Promise<void> {
    this.#preparing ??= this.#prepare().finally(() => (this.#preparing = null))
    await this.#preparing
  }

  stop(): void {
    this.#running = false
    this.#wake?.()
  }

  async #run(): Promise<void> {
    await this.#indexAll()
    await this.#pause(IDLE_MS)
    await this.prepareSearch()
    let merged = -1
    while (this.#running) {
      await this.#pause(IDLE_MS)
      try {
        merged = await this.#step(merged)
      } catch (error) {
        // a full disk may have space again later
        this.#log.warn(`index maintenance failed: ${String(error)}`)
        await this.#pause(TROUBLE_MS)
      }
    }
  }

  /** `merged`: number of writes at which nothing was left to merge; returns the same, for the next step. */
  async #step(merged: number): Promise<number> {
    if (this.#suspected && this.#running) await this.#repair()
    if (this.#again) {
      this.#again = false
      await this.#indexAll()
    }
    if ((await this.#store.restSearch(this.#store.imports > 0 ? IMPORT_REST_MS : REST_MS)) || performance.now() >= this.#releaseAt) await this.#release()
    if (this.#running && performance.now() >= this.#expiryAt) await this.#expire()
    const { writes } = this.#store
    if (!this.#running || merged === writes || !this.#store.isIdle(IDLE_MS)) return merged
    // merge runs that arose out of order before there are too many to be walked
    await this.#store.write.mergeRuns(MOST_MOVED)
    // incoming writes go first: each step is short
    if (await this.#store.write.mergeIndex(MERGE_PAGES)) return merged
    if (await this.#store.write.releasePages(RELEASED_PAGES)) return merged
    await this.#store.read.checkpoint()
    return writes
  }

  /** Reads data for searches. A damaged index shows here, and is repaired afterwards. */
  async #prepare(): Promise<void> {
    try {
      while (this.#running && this.#store.imports === 0 && (await this.#store.find.prepare()));
    } catch (error) {
      this.#log.warn(`preparing the search failed: ${String(error)}`)
    }
  }

  async #release(): Promise<void> {
    this.#releaseAt = performance.now() + RELEASE_EVERY_MS
    await this.#store.write.shrinkMemory()
    await this.#store.read.releaseMemory()
  }

  /** Deletes messages older than the settings allow, and files that no message uses any more. */
  async #expire(): Promise<void> {
    this.#expiryAt = performance.now() + EXPIRY_EVERY_MS
    // in case the process ended before it was complete
    await this.removeCleared()
    const { keepDays } = await this.#store.read.settings()
    const now = await this.#now()
    if (keepDays !== null && now !== null) await this.#removeBefore(now - keepDays * DAY_MS)
    const kept = new Set(await this.#store.read.storedFiles())
    const seen = new Set<string>()
    for (const name of await readdir(this.#media).catch(() => [])) {
      // files put there by others stay
      if (kept.has(name) || !isKeptName(name)) continue
      // a download resumes with it, even after a restart
      if (name.startsWith(PARTIAL) && (await this.#isYoung(name))) continue
      // the file was unused an hour ago as well, by this process's steady clock: a new message's file would be in use by now
      if (this.#unneeded.has(name)) await rm(join(this.#media, name), { force: true })
      else seen.add(name)
    }
    this.#unneeded = seen
  }

  async #isYoung(name: string): Promise<boolean> {
    const { mtimeMs } = await stat(join(this.#media, name)).catch(() => ({ mtimeMs: 0 }))
    return Date.now() - mtimeMs < PARTIAL_KEPT_MS
  }

  /** Trusted time for deletions, ms; stored, so that a clock set wrong before the next start is not believed. */
  async #now(): Promise<number | null> {
    const kept = Number(JSON.parse((await this.#store.read.remembered(CLOCK)) ?? 'null') ?? NaN)
    this.#clock.begin(Number.isFinite(kept) ? kept : ((await this.#store.read.newestTime()) ?? NaN))
    const { known } = this.#clock
    if (known !== null) await this.#store.write.remember({ name: CLOCK, json: JSON.stringify(Math.trunc(known)) })
    return this.#clock.now
  }

  /** Number of messages that would be deleted if only the last `days` days were kept. */
  async expiring(days: number): Promise<number> {
    const now = await this.#now()
    return now === null ? 0 : this.#store.read.expiring(now - days * DAY_MS)
  }

  /** `before`: ms */
  async #removeBefore(before: number): Promise<void> {
    for (let more = true; more && this.#running;) {
      const changes = await this.#store.write.expire({ before, limit: EXPIRY_BATCH })
      this.#tell.changes(changes)
      more = changes.removed.length === EXPIRY_BATCH
    }
  }

  /** Does nothing if only the index is damaged, which a check of all pages does not detect. */
  async salvageNextTime(): Promise<void> {
    if (await this.#store.read.isSound().catch(() => false)) return
    this.#log.warn('the store is damaged; its readable part is saved into a new file at the next start')
    this.#store.salvageNextTime()
  }

  async #repair(): Promise<void> {
    this.#suspected = false
    await this.salvageNextTime()
    try {
      await this.#store.write.checkIndex()
    } catch (error) {
      this.#log.warn(`rebuilding the index: ${String(error)}`)
      await this.#store.write.resetIndex()
      await this.#indexAll()
    }
  }

  /** Continues where the last run stopped, for whatever reason: messages without a doc are not indexed. */
  async #indexAll(): Promise<void> {
    while (this.#running) {
      const { indexed, left } = await this.#store.write.indexOlder(BATCH)
      if (indexed === 0 && this.progress.total === 0) return
      this.progress = { left, total: Math.max(this.progress.total, left + indexed) }
      this.#tell.indexing(left, this.progress.total)
      if (left === 0) {
        this.progress = { left: 0, total: 0 }
        return
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#running) {
        resolve()
        return
      }
      const timer = setTimeout(resolve, ms)
      timer.unref()
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
