/**
 * Stores live messages: in order, in as few transactions as the writer keeps up with. While an archive is being read its live messages are parked, so that
 * they stand after the archived ones. Receipts and markers follow their messages.
 */
import { EventEmitter } from 'node:events'
import type { Jid } from '../../../contract/domain.ts'
import type { Module } from '../module.ts'
import { ArchiveIds, CROSSING_MS } from './archive-order.ts'
import type { Store } from '../../threads/store.ts'
import type { IncomingMessage, Acknowledgement, RecordBatch, StoreChanges } from '../../store/types.ts'

const LARGEST_BATCH = 500
/** Number of messages that are held back for an archive that is being read; with more they are stored without waiting for it. */
const MOST_PARKED = 5000

interface Arrival {
  archive: Jid
  message: IncomingMessage | null
  acknowledgement: Acknowledgement | null
  /** The archive position may advance to this message; false for a group that we have not entered: messages before it may be missing. */
  isNext: boolean
  /** Called once the message is durably stored. */
  onStored?: (() => void) | undefined
}

interface Events {
  /** Messages of an archive could not be stored: they wait until it was read. */
  failed: [archive: Jid, error: Error]
  /** Live messages may have another position in the account's archive, which has to be read again. */
  unsure: []
}

export class Inbox extends EventEmitter<Events> implements Module {
  readonly #store: Store
  readonly #account: Jid
  readonly #onChanges: (changes: StoreChanges) => void
  readonly #isIn: (group: Jid) => boolean
  readonly #parked = new Map<Jid, Arrival[]>()
  /** Recent live messages per archive. An entry may advance the archive position after CROSSING_MS. */
  readonly #lately = new Map<Jid, { lastId: string; lastOf: Jid; at: number }[]>()
  /** Archives to be read again for the order of their live messages. */
  readonly #unsure = new Set<Jid>()
  /** Ids of the account's archive. */
  readonly ids = new ArchiveIds()
  /** Silent archives: their live messages are stored, and their position does not advance. */
  readonly #passing = new Set<Jid>()
  #waiting: Arrival[] = []
  #running: Promise<void> | null = null

  /** `isIn`: whether we have entered a group. */
  constructor(store: Store, account: Jid, onChanges: (changes: StoreChanges) => void, isIn: (group: Jid) => boolean = () => true) {
    super()
    this.#isIn = isIn
    this.#store = store
    this.#account = account
    this.#onChanges = onChanges
  }

  /** Parks the account's archive; messages held back in the last stream stay parked until it is read: a server without an archive has no other copy. */
  begin(): void {
    this.park(this.#account)
  }

  /** Holds back the live messages of an archive until release(). */
  park(archive: Jid): void {
    if (!this.#parked.has(archive)) this.#parked.set(archive, [])
  }

  /** Ends parking: the archive was read up to now. */
  release(archive: Jid): void {
    this.#passing.delete(archive)
    this.#lately.delete(archive)
    this.#unsure.delete(archive)
    this.#letGo(archive)
  }

  /** Stores live messages without waiting for a silent archive. Its position does not pass the missing messages until release(). */
  pass(archive: Jid): void {
    this.#passing.add(archive)
    this.#letGo(archive)
  }

  isPassing(archive: Jid): boolean {
    return this.#passing.has(archive)
  }

  #letGo(archive: Jid): void {
    const held = this.#parked.get(archive) ?? []
    this.#parked.delete(archive)
    for (const arrival of held) this.#add(arrival)
  }

  /** Archives that are not completely read. */
  get unreadArchives(): Jid[] {
    return [...new Set([...this.#parked.keys(), ...this.#passing])]
  }

  /** `onStored`: called once the message is stored, not before. */
  add(archive: Jid, message: IncomingMessage, onStored?: () => void): void {
    this.#add({ archive, message, acknowledgement: null, isNext: message.kind !== 'group' || this.#isIn(archive), onStored })
  }

  acknowledge(archive: Jid, acknowledgement: Acknowledgement): void {
    this.#add({ archive, message: null, acknowledgement, isNext: false })
  }

  #add(arrival: Arrival): void {
    const { archive, message } = arrival
    const parked = this.#parked.get(archive)
    parked?.push(arrival)
    if (parked !== undefined && parked.length > MOST_PARKED) {
      this.pass(archive)
      return
    }
    // a receipt or marker may concern a message that is stored already
    if (parked !== undefined && message !== null) return
    if (message?.kind === 'direct') {
      const isLate = message.stanzaId !== null && this.ids.came(message.stanzaId)
      // sent by another device of ours: the two streams have no common order
      const isCopy = message.outgoing && message.sealed?.payload !== null
      if (isLate || isCopy) {
        this.#unsure.add(archive)
        this.emit('unsure')
      }
    }
    this.#waiting.push(arrival)
    this.#running ??= this.#drain().finally(() => (this.#running = null))
  }

  /** True if live messages may have another position in the archive. */
  isUnsure(archive: Jid): boolean {
    return this.#unsure.has(archive)
  }

  /** Archive position after storing these messages. A group has one order for all; an account's archive has its own. */
  #progress(archive: Jid, messages: readonly IncomingMessage[]): NonNullable<RecordBatch['archive']> {
    // key transport messages are not stored, so nothing can stand after them
    const ids = messages.flatMap(({ stanzaId, conversation, kind, sealed }) =>
      stanzaId === null || sealed?.payload === null ? [] : [{ lastId: stanzaId, lastOf: conversation, kind }]
    )
    const last = ids.at(-1)
    if (last === undefined || this.#passing.has(archive)) return { jid: archive }
    if (last.kind === 'group') return { jid: archive, lastId: last.lastId, lastOf: last.lastOf }
    const now = performance.now()
    const lately = [...(this.#lately.get(archive) ?? []), ...ids.map(({ lastId, lastOf }) => ({ lastId, lastOf, at: now }))]
    const settled = lately.findLastIndex(({ at }) => at <= now - CROSSING_MS)
    this.#lately.set(archive, lately.slice(settled + 1))
    const mark = lately[settled]
    return mark === undefined || this.#unsure.has(archive) ? { jid: archive } : { jid: archive, lastId: mark.lastId, lastOf: mark.lastOf }
  }

  /** Settles when all added messages are stored. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running
  }

  async #drain(): Promise<void> {
    // one turn of the event loop collects the stanzas of one packet
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const archive = this.#waiting[0]?.archive as Jid
      const other = this.#waiting.findIndex((arrival) => arrival.archive !== archive)
      const batch = this.#waiting.splice(0, Math.min(other < 0 ? LARGEST_BATCH : other, LARGEST_BATCH))
      const messages = batch.flatMap(({ message }) => message ?? [])
      const next = batch.flatMap(({ message, isNext }) => (isNext ? (message ?? []) : []))
      const acknowledgements = batch.flatMap(({ acknowledgement }) => acknowledgement ?? [])
      try {
        this.#onChanges(
          await this.#store.write.record({ account: this.#account, messages, acknowledgements, archive: this.#progress(archive, next), order: 'live' })
        )
        for (const { onStored } of batch) onStored?.()
      } catch (error) {
        // no later message of this archive may be stored before these: its position would pass them
        const later = this.#waiting.filter((arrival) => arrival.archive === archive)
        this.#waiting = this.#waiting.filter((arrival) => arrival.archive !== archive)
        this.#parked.set(archive, [...batch, ...later, ...(this.#parked.get(archive) ?? [])])
        this.emit('failed', archive, error instanceof Error ? error : new Error(String(error)))
      }
    }
  }
}
