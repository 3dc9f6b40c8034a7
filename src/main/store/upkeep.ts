/** What the index needs beside its writes: to be made anew after its rules changed, and to be merged when nothing else is done. */
import type { Store } from './store.ts'

/** Messages put into the index at once: about 20 ms of the writer's time. */
const BATCH = 1500
/** Nothing was written for this long: the store is idle, ms. */
const IDLE_MS = 5000
/** Pages merged at once: a few ms. */
const MERGE_PAGES = 64

export class Upkeep {
  progress = { left: 0, total: 0 }
  stopped: Promise<void> = Promise.resolve()
  readonly #store: Store
  readonly #log: { warn(text: string): void }
  readonly #tell: (left: number, total: number) => void
  #running = false
  #suspected = false
  #wake: (() => void) | null = null

  constructor(store: Store, log: { warn(text: string): void }, tell: (left: number, total: number) => void) {
    this.#store = store
    this.#log = log
    this.#tell = tell
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

  stop(): void {
    this.#running = false
    this.#wake?.()
  }

  async #run(): Promise<void> {
    await this.#indexAll()
    await this.#pause(IDLE_MS)
    await this.#prepare()
    let merged = -1
    while (this.#running) {
      await this.#pause(IDLE_MS)
      if (this.#suspected && this.#running) await this.#repair()
      const writes = this.#store.writes
      if (!this.#running || merged === writes || !this.#store.isIdle(IDLE_MS)) continue
      // a write that comes in goes first: each step is short
      const more = await this.#store.write.mergeIndex(MERGE_PAGES)
      if (more) continue
      merged = writes
      await this.#store.read.checkpoint()
    }
  }

  /** Reads what searches need. An index that is damaged says so here, and is repaired after it. */
  async #prepare(): Promise<void> {
    try {
      while (this.#running && (await this.#store.find.prepare()));
    } catch (error) {
      this.#log.warn(`search is not prepared: ${String(error)}`)
    }
  }

  async #repair(): Promise<void> {
    this.#suspected = false
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
      this.#tell(left, this.progress.total)
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
