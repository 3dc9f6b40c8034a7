/**
 * Docs of terms and phrases, as bit sets that are cached across searches. A set is updated, not rebuilt: new docs are read from the end of the index, or, if
 * they are few, counted as unsure.
 */
import type { ReadableDB } from '../store/database.ts'
import { add, ascending, count, fromBuffer, has, noBits, retain, type Bits } from './bits.ts'
import type { Columns } from './columns.ts'

interface Known {
  /** Many docs as bits, few as their positions. */
  bits: Bits | Uint32Array
  sparse: boolean
  epoch: number
  /** Last doc that was read. */
  last: number
  /** Number of the columns' edits that were applied. */
  edits: number
  /** Positions that may contain the phrase or not. */
  unsure: number[]
}

/** Memory limit of all sets, bytes. */
const MOST_BYTES = 30e6
/** Words of a bit set per word with a doc above which positions take less memory than bits. */
const SPARSE = 4
/** Largest number of unsure positions in a set. */
const MOST_UNSURE = 64
/** Length of a phrase of two or three characters with its quotes. */
const SHORT = 5

export function createSets(db: ReadableDB, columns: Columns) {
  const hitsOf = db
    .prepare<[number, number, string], Buffer>('SELECT mnemo_hits(message_index, ?, ?) FROM message_index WHERE message_index MATCH ? LIMIT 1')
    .pluck()
  const bitsOf = db.prepare<[number, number, string], Buffer | null>('SELECT mnemo_bits(rowid, ?, ?) FROM message_index WHERE message_index MATCH ?').pluck()
  const newerBitsOf = db
    .prepare<[number, number, string, number], Buffer | null>('SELECT mnemo_bits(rowid, ?, ?) FROM message_index WHERE message_index MATCH ? AND rowid > ?')
    .pluck()
  const sets = new Map<string, Known>()
  let bytes = 0
  // one buffer for all: a new one per search, 125 KB for a million docs, made V8 collect garbage every few searches
  let met = noBits(0)

  /** Reads the set of one FTS5 phrase. */
  function read(phrase: string): Bits {
    // long phrases are rare, and finding the first row takes as long as finding all
    const rare = phrase.length > SHORT || phrase.endsWith('*')
    const blob = (rare ? bitsOf : hitsOf).get(columns.base, columns.size, phrase) ?? undefined
    return blob === undefined ? noBits(columns.words) : fromBuffer(blob)
  }

  /** Copy as bits in the current length. */
  function spread({ bits, sparse }: Known): Bits {
    const out = noBits(columns.words)
    if (sparse) for (const at of bits) out[at >> 5]! |= 1 << (at & 31)
    else out.set(bits)
    return out
  }

  function pack(set: Known, bits: Bits): void {
    const docs = count(bits)
    bytes -= set.bits.byteLength
    set.sparse = docs * SPARSE < bits.length
    set.bits = set.sparse ? Uint32Array.from(ascending(bits, docs)) : bits
    bytes += set.bits.byteLength
  }

  function known(phrase: string): Known | undefined {
    const set = sets.get(phrase)
    if (set === undefined || set.epoch !== columns.epoch) return undefined
    if (columns.last - set.last > MOST_UNSURE) {
      const blob = newerBitsOf.get(columns.base, columns.size, phrase, set.last) ?? null
      if (blob !== null) {
        const all = spread(set)
        add(all, fromBuffer(blob))
        pack(set, all)
      }
    } else for (let doc = set.last + 1; doc <= columns.last; doc++) set.unsure.push(doc - columns.base)
    for (; set.edits < columns.edits.length; set.edits++) set.unsure.push((columns.edits[set.edits] ?? 0) - columns.base)
    set.last = columns.last
    return set.unsure.length > MOST_UNSURE ? undefined : set
  }

  function get(phrase: string): Known {
    let set = known(phrase)
    if (set === undefined) {
      forget(phrase)
      set = { bits: noBits(0), sparse: true, epoch: columns.epoch, last: columns.last, edits: columns.edits.length, unsure: [] }
      pack(set, read(phrase))
    }
    // least recently used sets are evicted first
    sets.delete(phrase)
    sets.set(phrase, set)
    for (const oldest of sets.keys()) {
      if (bytes <= MOST_BYTES || oldest === phrase) break
      forget(oldest)
    }
    return set
  }
  function forget(phrase: string): void {
    bytes -= sets.get(phrase)?.bits.byteLength ?? 0
    sets.delete(phrase)
  }

  return {
    read,
    /** Number of sets with many docs that fit. */
    capacity: (): number => Math.floor(MOST_BYTES / (columns.words * 4)),
    has: (phrase: string): boolean => sets.get(phrase)?.epoch === columns.epoch,
    /** Reads a phrase, unless it is cached. */
    load: (phrase: string): void => void get(phrase),
    /** Docs that may have all of these phrases: those that have them, and recently changed ones. The set is reused by the next call. */
    meet(phrases: readonly string[]): Bits {
      const list = phrases.map(get)
      if (met.length !== columns.words) met = noBits(columns.words)
      const least = list.filter(({ sparse }) => sparse).sort((a, b) => a.bits.length - b.bits.length)[0]
      if (least === undefined) {
        met.fill(0xffffffff)
        for (const { bits } of list) retain(met, bits)
      } else {
        met.fill(0)
        const others = list.filter((set) => set !== least)
        for (const at of least.bits) if (others.every((set) => holds(set, at))) mark(met, at)
      }
      for (const { unsure } of list) for (const at of unsure) if (list.every((set) => holds(set, at) || set.unsure.includes(at))) mark(met, at)
      return met
    },
    /** Docs with a phrase; `test` decides unsure positions. */
    exact(phrase: string, test: (at: number) => boolean): Bits {
      const set = get(phrase)
      const out = spread(set)
      if (set.unsure.length === 0) return out
      for (const at of set.unsure) {
        if (test(at)) mark(out, at)
        else if (at >> 5 < out.length) out[at >> 5]! &= ~(1 << (at & 31))
      }
      set.unsure = []
      pack(set, out.slice())
      return out
    }
  }
}

function holds({ bits, sparse }: Known, at: number): boolean {
  if (!sparse) return has(bits, at)
  let from = 0
  for (let to = bits.length; from < to;) {
    const middle = (from + to) >> 1
    if (bits[middle]! < at) from = middle + 1
    else to = middle
  }
  return bits[from] === at
}

function mark(bits: Bits, at: number): void {
  if (at >= 0 && at < bits.length * 32) bits[at >> 5]! |= 1 << (at & 31)
}
