/** What the store needs beside its writes: an index that is made anew after its rules changed and merged when nothing else is done, and what has expired deleted. */
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isKeptName, PARTIAL } from '../store/media-folder.ts'
import type { Store } from './store.ts'
import { TrustedClock } from '../store/clock.ts'
import type { StoreChanges } from '../store/types.ts'

/** Messages put into the index at once: about 20 ms of the writer's time. */
const BATCH = 1500
/** Nothing was written for this long: the store is idle, ms. */
const IDLE_MS = 5000
/** What went wrong is tried again after this time, ms. */
const TROUBLE_MS = 60_000
/** Messages that are given other rows of the index at once. */
const MOST_MOVED = 2000
/** Pages merged at once: a few ms. */
const MERGE_PAGES = 64
/** Pages given back to the system at once: a few ms. */
const RELEASED_PAGES = 128

/** Messages deleted at once. */
const EXPIRY_BATCH = 300
const EXPIRY_EVERY_MS = 3_600_000
/** Nobody has searched for so long: what searches hold in memory is let go. */
const REST_MS = 3 * 60_000
/** What was freed meanwhile is given back to the system so often, ms. */
const RELEASE_EVERY_MS = 10 * 60_000

const DAY_MS = 86_400_000
/** A part of a file to which nothing was added for so long is of no use, ms. */
const PARTIAL_KEPT_MS = 7 * DAY_MS
/** The time before which nothing is kept, ms, by this computer's clock: for what destroys nothing. */
export const expiryOf = (days: number): number => Date.now() - days * DAY_MS
/** Under which the time that is known is kept for the next start. */
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
  /** When to look again; performance.now(). */
  #expiryAt = 0
  #releaseAt = performance.now() + RELEASE_EVERY_MS
  #preparing: Promise<void> | null = null
  /** Files in the media folder that nothing had when it was last looked at. */
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
    this.stopped = this.#run().catch((error: unknown) => this.#log.warn(`index upkeep: ${String(error)}`))
  }

  /** Something did not fit: the index is looked over, and made anew from the messages where it does not agree with them. */
  suspect(): void {
    this.#suspected = true
    this.#wake?.()
  }

  /** The user wishes a new index; whoever is told of progress hears of it at once. */
  async reindex(): Promise<void> {
    if (this.progress.total > 0) return
    await this.#store.write.resetIndex()
    this.#again = true
    this.#wake?.()
  }

  /** Removes what is left of conversations that were deleted, and their files; others may write between two pieces. */
  async removeCleared(): Promise<void> {
    for (let more = true; more && this.#running;) {
      const { files, left } = await this.#store.write.removeCleared(EXPIRY_BATCH)
      for (const name of files) await rm(join(this.#media, name), { force: true })
      more = left
    }
  }

  /** The settings say anew what is to be kept. */
  expire(): void {
    this.#expiryAt = 0
    this.#wake?.()
  }

  /** Somebody is about to search. */
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
        // a full disk: there is room again, or a reason to look again, later
        this.#log.warn(`index upkeep: ${String(error)}`)
        await this.#pause(TROUBLE_MS)
      }
    }
  }

  /** `merged`: the writes after which there was nothing left to merge; returns the same, for the next step. */
  async #step(merged: number): Promise<number> {
    if (this.#suspected && this.#running) await this.#repair()
    if (this.#again) {
      this.#again = false
      await this.#indexAll()
    }
    if ((await this.#store.restSearch(REST_MS)) || performance.now() >= this.#releaseAt) await this.#release()
    if (this.#running && performance.now() >= this.#expiryAt) await this.#expire()
    const { writes } = this.#store
    if (!this.#running || merged === writes || !this.#store.isIdle(IDLE_MS)) return merged
    // what came out of order, before that is in too many pieces to be walked
    await this.#store.write.mergeRuns(MOST_MOVED)
    // a write that comes in goes first: each step is short
    if (await this.#store.write.mergeIndex(MERGE_PAGES)) return merged
    if (await this.#store.write.releasePages(RELEASED_PAGES)) return merged
    await this.#store.read.checkpoint()
    return writes
  }

  /** Reads what searches need. An index that is damaged says so here, and is repaired after it. */
  async #prepare(): Promise<void> {
    try {
      while (this.#running && (await this.#store.find.prepare()));
    } catch (error) {
      this.#log.warn(`search is not prepared: ${String(error)}`)
    }
  }

  async #release(): Promise<void> {
    this.#releaseAt = performance.now() + RELEASE_EVERY_MS
    await this.#store.write.shrinkMemory()
    await this.#store.read.releaseMemory()
  }

  /** Deletes what is older than the settings say, and the files that no message has any more. */
  async #expire(): Promise<void> {
    this.#expiryAt = performance.now() + EXPIRY_EVERY_MS
    // where the process was ended meanwhile
    await this.removeCleared()
    const { keepDays } = await this.#store.read.settings()
    const now = await this.#now()
    if (keepDays !== null && now !== null) await this.#removeBefore(now - keepDays * DAY_MS)
    const kept = new Set(await this.#store.read.storedFiles())
    const seen = new Set<string>()
    for (const name of await readdir(this.#media).catch(() => [])) {
      // what somebody else has put there is theirs
      if (kept.has(name) || !isKeptName(name)) continue
      // a download goes on with it, also after a start
      if (name.startsWith(PARTIAL) && (await this.#isYoung(name))) continue
      // it was of no use an hour ago either, by this process's own time: one that is on its way into a message is in one by now
      if (this.#unneeded.has(name)) await rm(join(this.#media, name), { force: true })
      else seen.add(name)
    }
    this.#unneeded = seen
  }

  async #isYoung(name: string): Promise<boolean> {
    const { mtimeMs } = await stat(join(this.#media, name)).catch(() => ({ mtimeMs: 0 }))
    return Date.now() - mtimeMs < PARTIAL_KEPT_MS
  }

  /** The time that may be acted upon, ms; it is kept, so that a clock that is set wrong before the next start is not believed. */
  async #now(): Promise<number | null> {
    const kept = Number(JSON.parse((await this.#store.read.remembered(CLOCK)) ?? 'null') ?? NaN)
    this.#clock.begin(Number.isFinite(kept) ? kept : ((await this.#store.read.newestTime()) ?? NaN))
    const { known } = this.#clock
    if (known !== null) await this.#store.write.remember({ name: CLOCK, json: JSON.stringify(Math.trunc(known)) })
    return this.#clock.now
  }

  /** Messages that would go where nothing older than so many days is kept. */
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

  /** Unless only the index is damaged, of which a look at all pages finds nothing. */
  async salvageNextTime(): Promise<void> {
    if (await this.#store.read.isSound().catch(() => false)) return
    this.#log.warn('the store is damaged; what can be read of it is saved into a new file at the next start')
    this.#store.salvageNextTime()
  }

  async #repair(): Promise<void> {
    this.#suspected = false
    await this.salvageNextTime()
    try {
      await this.#store.write.checkIndex()
    } catch (error) {
      this.#log.warn(`the index is made anew: ${String(error)}`)
      await this.#store.write.resetIndex()
      await this.#indexAll()
    }
  }

  /** Goes on where the last run stopped, whatever stopped it: a message without a doc is one that is not indexed. */
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
