/**
 * What arrives live, into the store: in order, in as few transactions as the writer keeps up with. While an archive is
 * being read its live messages are parked, so that they stand after what the archive has.
 */
import type { Jid } from '../../contract/domain.ts'
import type { Store } from '../store/store.ts'
import type { IncomingMessage, StoreChanges } from '../store/types.ts'

const LARGEST_BATCH = 500

interface Arrival {
  archive: Jid
  message: IncomingMessage
}

export class Inbox {
  readonly #store: Store
  readonly #onChanges: (changes: StoreChanges) => void
  readonly #onFailure: (archive: Jid, error: Error) => void
  readonly #parked = new Map<Jid, IncomingMessage[]>()
  #waiting: Arrival[] = []
  #running: Promise<void> | null = null

  constructor(store: Store, onChanges: (changes: StoreChanges) => void, onFailure: (archive: Jid, error: Error) => void) {
    this.#store = store
    this.#onChanges = onChanges
    this.#onFailure = onFailure
  }

  /** Holds back the live messages of an archive until release(). */
  park(archive: Jid): void {
    if (!this.#parked.has(archive)) this.#parked.set(archive, [])
  }

  release(archive: Jid): void {
    const held = this.#parked.get(archive) ?? []
    this.#parked.delete(archive)
    for (const message of held) this.add(archive, message)
  }

  /** Archives whose reading is not finished. */
  get parkedArchives(): Jid[] {
    return [...this.#parked.keys()]
  }

  /** Forgets what is parked; the archive has it. */
  dropParked(): void {
    this.#parked.clear()
  }

  add(archive: Jid, message: IncomingMessage): void {
    const parked = this.#parked.get(archive)
    if (parked !== undefined) {
      parked.push(message)
      return
    }
    this.#waiting.push({ archive, message })
    this.#running ??= this.#drain().finally(() => (this.#running = null))
  }

  /** Settles when all that was added is stored. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running
  }

  async #drain(): Promise<void> {
    // one turn of the event loop gathers what came in one packet
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const archive = this.#waiting[0]?.archive as Jid
      const other = this.#waiting.findIndex((arrival) => arrival.archive !== archive)
      const batch = this.#waiting.splice(0, Math.min(other < 0 ? LARGEST_BATCH : other, LARGEST_BATCH))
      const messages = batch.map((arrival) => arrival.message)
      const lastId = messages.findLast((message) => message.stanzaId !== null)?.stanzaId ?? undefined
      try {
        this.#onChanges(await this.#store.write.record({ messages, archive: { jid: archive, ...(lastId === undefined ? {} : { lastId }) }, order: 'live' }))
      } catch (error) {
        // nothing later of this archive may be stored before these: its mark would pass them
        const later = this.#waiting.filter((arrival) => arrival.archive === archive).map((arrival) => arrival.message)
        this.#waiting = this.#waiting.filter((arrival) => arrival.archive !== archive)
        this.#parked.set(archive, [...messages, ...later, ...(this.#parked.get(archive) ?? [])])
        this.#onFailure(archive, error instanceof Error ? error : new Error(String(error)))
      }
    }
  }
}
