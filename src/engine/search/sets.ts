/**
 * Which docs have a term or a phrase, as bit sets that are kept from search to search. A set is brought up to date, not
 * made anew: what came since is read from the end of the index, or, where it is little, taken as unsure.
 */
import type { ReadableDB } from '../store/database.ts'
import { add, ascending, count, fromBuffer, has, noBits, retain, type Bits } from './bits.ts'
import type { Columns } from './columns.ts'

interface Known {
  /** Many docs as bits, few as their places. */
  bits: Bits | Uint32Array
  sparse: boolean
  epoch: number
  /** The last doc that was read. */
  last: number
  /** How many of the columns' edits are seen. */
  edits: number
  /** Places that may have it or not. */
  unsure: number[]
}

/** What all sets may take, bytes. */
const MOST_BYTES = 30e6
/** Where one word in so many has a doc, places take less room than bits. */
const SPARSE = 4
/** Places of one set that are unsure, at most. */
const MOST_UNSURE = 64
/** A phrase of two or three characters, in its quotes. */
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
  // one for all: a set of its own for each search, 125 KB of a million docs, made V8 collect garbage every few searches
  let met = noBits(0)

  /** Made anew, of one FTS5 phrase. */
  function read(phrase: string): Bits {
    // what is long is rare, and to find its first row takes as long as to find all
    const rare = phrase.length > SHORT || phrase.endsWith('*')
    const blob = (rare ? bitsOf : hitsOf).get(columns.base, columns.size, phrase) ?? undefined
    return blob === undefined ? noBits(columns.words) : fromBuffer(blob)
  }

  /** As bits of the present length, the caller's own. */
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
    // the latest used stays longest
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
    /** How many sets of many docs have room. */
    capacity: (): number => Math.floor(MOST_BYTES / (columns.words * 4)),
    has: (phrase: string): boolean => sets.get(phrase)?.epoch === columns.epoch,
    /** Reads a phrase, if it is not known. */
    load: (phrase: string): void => void get(phrase),
    /** The docs that may have all of these phrases: those that have them, and what changed lately. The set is the next call's, too. */
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
    /** The docs that have it; `test` decides of a place that is unsure. */
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
