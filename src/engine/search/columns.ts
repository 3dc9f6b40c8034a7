/**
 * Message data for searches, in memory as columns: 22 bytes per message. Read completely at first use, then updated by the store's changes; each search runs
 * on one state of the database.
 */
import type { ReadableDB } from '../store/database.ts'
import type { Run } from '../store/doc-numbers.ts'
import type { Bits } from './bits.ts'

/** Number of months, from January 1970. */
const MONTHS = (2248 - 1970) * 12
const MONTH_STARTS = Float64Array.from({ length: MONTHS + 1 }, (_, month) => new Date(1970, month, 1).getTime())
const DAY = 86_400_000
const MONTH_OF_DAY = Uint16Array.from({ length: Math.ceil((MONTH_STARTS[MONTHS] ?? 0) / DAY) + 2 }, (_, day) => {
  const date = new Date(day * DAY)
  return Math.max(0, (date.getFullYear() - 1970) * 12 + date.getMonth())
})

/** Local month of a time in ms. */
export function monthOf(time: number): number {
  let month = MONTH_OF_DAY[Math.max(0, Math.floor(time / DAY))] ?? 0
  while (month > 0 && time < MONTH_STARTS[month]!) month--
  while (month < MONTHS - 1 && time >= MONTH_STARTS[month + 1]!) month++
  return month
}
/** Month as 2024-05. */
export const monthName = (month: number): string => `${1970 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`
export const startOfMonth = (month: number): number => MONTH_STARTS[month] ?? 0

const PER_MS = 1024

export class Columns {
  /** Doc at position 0. */
  base = 0
  /** Number of positions; a multiple of 64. */
  size = 0
  /** Number of docs with a message. */
  held = 0
  runs: Run[] = []
  message = new Float64Array(0)
  conversation = new Uint32Array(0)
  sender = new Uint32Array(0)
  flags = new Uint16Array(0)
  length = new Uint16Array(0)
  month = new Uint16Array(0)
  /** Rises with every change that was read. */
  version = 0
  /** Rises when positions change their meaning: older sets are then invalid. */
  epoch = 0
  /** Last doc. */
  last = -1
  /** Docs changed or removed in this epoch, in the order in which they were noticed. */
  edits: number[] = []

  readonly #state
  readonly #runsOf
  readonly #rows
  readonly #changes
  readonly #one
  readonly #messageOf
  #serial = -1
  #first = 0
  #known = ''
  #loaded = false
  #units = 0

  constructor(db: ReadableDB) {
    this.#state = db.prepare<[], number>('SELECT coalesce(max(serial), 0) FROM doc_change').pluck()
    this.#runsOf = db.prepare<[], Run>('SELECT first, last, oldest, newest FROM doc_run ORDER BY first')
    this.#rows = db
      .prepare<[number, number], Buffer>('SELECT mnemo_rows(doc, message, conversation, sender, flags, length) FROM doc WHERE doc BETWEEN ? AND ?')
      .pluck()
    this.#changes = db.prepare<[number], number>('SELECT DISTINCT doc FROM doc_change WHERE serial > ?').pluck()
    this.#messageOf = db.prepare<[number], number>('SELECT message FROM doc WHERE doc = ?').pluck()
    this.#one = db.prepare<[number], { message: number; conversation: number; sender: number; flags: number; length: number }>(
      'SELECT message, conversation, sender, flags, length FROM doc WHERE doc = ?'
    )
  }

  /** Mean length of the texts, UTF-16 units. */
  get meanLength(): number {
    return Math.max(1, this.#units / Math.max(1, this.held))
  }

  get words(): number {
    return this.size / 32
  }

  /** Checks whether the index has changed, within the open transaction; does not read the columns yet. */
  look(): void {
    const serial = this.#state.get() ?? 0
    const runs = this.#runsOf.all()
    const known = `${serial} ${runs.map((run) => `${run.first} ${run.last}`).join(' ')}`
    if (known === this.#known) return
    this.#known = known
    this.version++
    this.runs = runs
    const first = runs[0]?.first ?? 0
    const last = runs.at(-1)?.last ?? -1
    const base = Math.floor(first / 64) * 64
    const size = Math.max(64, Math.ceil((last + 1 - base) / 64) * 64)
    if (this.#loaded) this.#update(serial, first, last, base, size)
    else {
      this.#restart()
      this.base = base
      this.size = size
      this.#first = first
      this.last = last
      this.#serial = serial
    }
  }

  /** Reads the columns unless they are loaded. */
  load(): void {
    if (this.#loaded) return
    this.#loaded = true
    this.#allocate(this.base, this.size)
    this.#read(this.#first, this.last)
  }

  get loaded(): boolean {
    return this.#loaded
  }

  /** Message id at a position; 0 if there is none. */
  messageAt(at: number): number {
    return this.#loaded ? this.message[at]! : (this.#messageOf.get(at + this.base) ?? 0)
  }

  /** All docs with a message. */
  all(): Bits {
    this.load()
    return this.between(1, Infinity)
  }

  // One loop per kind of condition: a million docs take a millisecond or two.

  /** Docs whose number in `column` is one of `numbers`. */
  among(column: Uint32Array, numbers: ReadonlySet<number>): Bits {
    const out = new Uint32Array(this.words)
    const { message } = this
    const [only = 0] = numbers
    if (numbers.size === 0) return out
    const wanted = new Uint8Array(Math.max(...numbers) + 1)
    for (const number of numbers) wanted[number] = 1
    for (let word = 0, at = 0; word < out.length; word++) {
      let v = 0
      if (numbers.size === 1) {
        for (let bit = 0; bit < 32; bit++, at++) if (column[at] === only && message[at] !== 0) v |= 1 << bit
      } else for (let bit = 0; bit < 32; bit++, at++) if (wanted[column[at]!] === 1 && message[at] !== 0) v |= 1 << bit
      out[word] = v
    }
    return out
  }

  flagged(mask: number, equals: number): Bits {
    const out = new Uint32Array(this.words)
    const { flags, message } = this
    for (let word = 0, at = 0; word < out.length; word++) {
      let v = 0
      for (let bit = 0; bit < 32; bit++, at++) if ((flags[at]! & mask) === equals && message[at] !== 0) v |= 1 << bit
      out[word] = v
    }
    return out
  }

  /** Docs with message ids from `from` (at least 1) to `to`, exclusive. */
  between(from: number, to: number): Bits {
    const out = new Uint32Array(this.words)
    const { message } = this
    const least = Math.max(1, from)
    for (let word = 0, at = 0; word < out.length; word++) {
      let v = 0
      for (let bit = 0; bit < 32; bit++, at++) if (message[at]! >= least && message[at]! < to) v |= 1 << bit
      out[word] = v
    }
    return out
  }

  /** Docs after the message that `bounds` has for their conversation, without `flag`. */
  after(bounds: ReadonlyMap<number, number>, flag: number): Bits {
    const out = new Uint32Array(this.words)
    const { message, conversation, flags } = this
    for (let word = 0, at = 0; word < out.length; word++) {
      let v = 0
      for (let bit = 0; bit < 32; bit++, at++)
        if (message[at] !== 0 && (flags[at]! & flag) === 0 && message[at]! > (bounds.get(conversation[at]!) ?? 0)) v |= 1 << bit
      out[word] = v
    }
    return out
  }

  timeAt(at: number): number {
    return Math.floor(this.message[at]! / PER_MS)
  }

  #update(serial: number, first: number, last: number, base: number, size: number): void {
    const changed = serial === this.#serial ? [] : this.#changes.all(this.#serial)
    // 0: the index was rebuilt
    if (changed.includes(0) || changed.length > 50_000 || first > this.#first || last < this.last) {
      this.#restart()
      this.#allocate(base, size)
      this.#read(first, last)
    } else {
      // older docs were added below: older sets do not know them
      if (first < this.#first) this.#restart()
      for (const doc of changed) this.edits.push(doc)
      if (base < this.base || base + size > this.base + this.message.length) this.#grow(base, size)
      else this.size = Math.max(this.size, base + size - this.base)
      if (first < this.#first) this.#read(first, this.#first - 1)
      if (last > this.last) this.#read(this.last + 1, last)
      for (const doc of changed) {
        const row = this.#one.get(doc)
        const at = doc - this.base
        if (row === undefined) this.#remove(at)
        else this.#put(at, row.message, row.conversation, row.sender, row.flags, Math.min(row.length, 65535))
      }
    }
    this.#first = first
    this.last = last
    this.#serial = serial
  }

  #restart(): void {
    this.epoch++
    this.edits = []
  }

  #allocate(base: number, size: number): void {
    if (base !== this.base) this.#restart()
    this.base = base
    this.size = size
    this.held = 0
    this.#units = 0
    // space for later docs
    const room = size + Math.min(65_536, Math.max(1024, size >> 3))
    this.message = new Float64Array(room)
    this.conversation = new Uint32Array(room)
    this.sender = new Uint32Array(room)
    this.flags = new Uint16Array(room)
    this.length = new Uint16Array(room)
    this.month = new Uint16Array(room)
  }

  #grow(base: number, size: number): void {
    const { message, conversation, sender, flags, length, month, base: before, size: kept, held } = this
    const units = this.#units
    const shift = before - base
    this.#allocate(base, size)
    this.held = held
    this.#units = units
    this.message.set(message.subarray(0, kept), shift)
    this.conversation.set(conversation.subarray(0, kept), shift)
    this.sender.set(sender.subarray(0, kept), shift)
    this.flags.set(flags.subarray(0, kept), shift)
    this.length.set(length.subarray(0, kept), shift)
    this.month.set(month.subarray(0, kept), shift)
  }

  #read(first: number, last: number): void {
    const blob = this.#rows.get(first, last)
    if (blob === undefined || blob.length === 0) return
    const count = blob.length / 24
    const bytes = blob.buffer.slice(blob.byteOffset, blob.byteOffset + blob.length)
    const message = new Float64Array(bytes, 0, count)
    const doc = new Int32Array(bytes, count * 8, count)
    const conversation = new Uint32Array(bytes, count * 12, count)
    const sender = new Uint32Array(bytes, count * 16, count)
    const rest = new Uint32Array(bytes, count * 20, count)
    for (let i = 0; i < count; i++) this.#put(doc[i]! - this.base, message[i]!, conversation[i]!, sender[i]!, rest[i]! & 0xffff, rest[i]! >>> 16)
  }

  #remove(at: number): void {
    if (this.message[at] === 0) return
    this.held--
    this.#units -= this.length[at]!
    this.message[at] = 0
  }

  #put(at: number, message: number, conversation: number, sender: number, flags: number, length: number): void {
    this.#remove(at)
    this.held++
    this.#units += length
    this.message[at] = message
    this.conversation[at] = conversation
    this.sender[at] = sender
    this.flags[at] = flags
    this.length[at] = length
    this.month[at] = monthOf(message / PER_MS)
  }
}
