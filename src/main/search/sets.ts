/**
 * Which docs have a term or a phrase, as bit sets that are kept from search to search. A set is brought up to date, not
 * made anew: what came since is read from the end of the index, or, where it is little, taken as unsure.
 */
import type { ReadableDB } from '../store/database.ts'
import { add, fromBuffer, noBits, type Bits } from './bits.ts'
import type { Columns } from './columns.ts'

interface Known {
  bits: Bits
  epoch: number
  /** The last doc that was read. */
  last: number
  /** How many of the columns' edits are seen. */
  edits: number
  /** Places that are set without being read. */
  unsure: number[]
}

/** What all sets may take, bytes. */
const MOST_BYTES = 30e6
/** Places of one set that are unsure, at most. */
const MOST_UNSURE = 64
/** A phrase of two or three characters, in its quotes. */
const SHORT = 5

export function createSets(db: ReadableDB, columns: Columns) {
  const hitsOf = db.prepare<[number, number, string], Buffer>('SELECT mnemo_hits(message_index, ?, ?) FROM message_index WHERE message_index MATCH ? LIMIT 1').pluck()
  const bitsOf = db.prepare<[number, number, string], Buffer | null>('SELECT mnemo_bits(rowid, ?, ?) FROM message_index WHERE message_index MATCH ?').pluck()
  const newerBitsOf = db.prepare<[number, number, string, number], Buffer | null>('SELECT mnemo_bits(rowid, ?, ?) FROM message_index WHERE message_index MATCH ? AND rowid > ?').pluck()
  const sets = new Map<string, Known>()

  /** Made anew, of one FTS5 phrase. */
  function read(phrase: string): Bits {
    // what is long is rare, and to find its first row takes as long as to find all
    const rare = phrase.length > SHORT || phrase.endsWith('*')
    const blob = (rare ? bitsOf : hitsOf).get(columns.base, columns.size, phrase) ?? undefined
    return blob === undefined ? noBits(columns.words) : fromBuffer(blob)
  }

  function known(phrase: string): Known | undefined {
    const set = sets.get(phrase)
    if (set === undefined || set.epoch !== columns.epoch) return undefined
    if (set.bits.length !== columns.words) {
      const longer = noBits(columns.words)
      longer.set(set.bits)
      set.bits = longer
    }
    const doubt = (doc: number): void => {
      const at = doc - columns.base
      if (at < 0 || at >= set.bits.length * 32) return
      set.bits[at >> 5]! |= 1 << (at & 31)
      set.unsure.push(at)
    }
    if (columns.last - set.last > MOST_UNSURE) {
      const blob = newerBitsOf.get(columns.base, columns.size, phrase, set.last) ?? null
      if (blob !== null) add(set.bits, fromBuffer(blob))
    } else for (let doc = set.last + 1; doc <= columns.last; doc++) doubt(doc)
    for (; set.edits < columns.edits.length; set.edits++) doubt(columns.edits[set.edits] ?? 0)
    set.last = columns.last
    return set.unsure.length > MOST_UNSURE ? undefined : set
  }

  function get(phrase: string): Known {
    const set = known(phrase) ?? { bits: read(phrase), epoch: columns.epoch, last: columns.last, edits: columns.edits.length, unsure: [] }
    // the latest used stays longest
    sets.delete(phrase)
    sets.set(phrase, set)
    const [oldest] = sets.keys()
    if (sets.size > capacity() && oldest !== undefined) sets.delete(oldest)
    return set
  }
  const capacity = (): number => Math.max(8, Math.floor(MOST_BYTES / (columns.words * 4)))

  return {
    read,
    /** How many sets are kept. */
    capacity,
    /** The docs that may have a phrase: those that have it, and what changed lately. */
    near: (phrase: string): Bits => get(phrase).bits,
    /** The docs that have it; `test` decides of a place that is unsure. */
    exact(phrase: string, test: (at: number) => boolean): Bits {
      const set = get(phrase)
      for (const at of set.unsure) if (!test(at)) set.bits[at >> 5]! &= ~(1 << (at & 31))
      set.unsure = []
      return set.bits
    }
  }
}
