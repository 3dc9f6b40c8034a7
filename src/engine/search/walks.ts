/** Hits in order of history: from a set, by walking the index from one end, or by comparing the messages at that end. */
import type { ReadableDB } from '../store/database.ts'
import { ascending, descending, has, noBits, retain, type Bits } from './bits.ts'
import type { Columns } from './columns.ts'
import { COMPARED, type Hits } from './hits.ts'
import type { QueryNode } from './query.ts'

/** Largest number of hits that a walk within a filter visits. */
const WALK = 3000
const WALK_LEAST = 300
/** Number of newest messages compared before the index is read: within a filter, and for a single letter. */
const PEEK = 300
const PEEK_LETTER = 1500
/** Number of terms below which an index walk is faster than reading all hits of a term. */
const LEAST_TERMS = 3
/** Number of messages after which the hit rate is estimated. */
const PEEK_LEAST = 40
/** Largest number of runs that are walked one by one. */
const MOST_RUNS = 8

export function createWalks(db: ReadableDB, columns: Columns, hits: Hits) {
  const walkDown = db
    .prepare<[string, number, number, number], number>(
      'SELECT rowid FROM message_index WHERE message_index MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?'
    )
    .pluck()
  const walkUp = db
    .prepare<[string, number, number, number], number>(
      'SELECT rowid FROM message_index WHERE message_index MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid LIMIT ?'
    )
    .pluck()

  let full = noBits(0)

  /** Positions of `set` in order of history, at most `most`. */
  function inHistory(set: Bits, order: 'newest' | 'oldest', most: number): number[] {
    const { runs, base } = columns
    const [only] = runs
    if (runs.length <= 1) return only === undefined ? [] : (order === 'newest' ? descending : ascending)(set, most, only.first - base, only.last + 1 - base)
    columns.load()
    const { message } = columns
    const places = runs.flatMap((run) => (order === 'newest' ? descending : ascending)(set, most, run.first - base, run.last + 1 - base))
    places.sort(order === 'newest' ? (a, b) => message[b]! - message[a]! : (a, b) => message[a]! - message[b]!)
    return places.length > most ? places.slice(0, most) : places
  }

  /** Message ids of the first page by walking the index, or null if it cannot be walked. */
  function walk(node: QueryNode, order: 'newest' | 'oldest', most: number): number[] | null {
    const expression = hits.expression(node)
    if (expression === null || columns.runs.length > MOST_RUNS) return null
    const known = byTerms(node, null, order, most)
    if (known !== null) return known
    // a single letter: all of its many terms would be read before the first hit
    if (/" \*/.test(expression)) {
      const near = peek(node, null, order, most, PEEK_LETTER)
      if (near !== null) return near
    }
    const down = order === 'newest'
    const list = columns.runs.toSorted((a, b) => (down ? b.newest - a.newest : a.oldest - b.oldest))
    let found: number[] = []
    for (const [index, run] of list.entries()) {
      const docs = (down ? walkDown : walkUp).all(expression, run.first, run.last, most)
      found.push(...docs.map((doc) => columns.messageAt(doc - columns.base)))
      found.sort((a, b) => (down ? b - a : a - b))
      found = found.slice(0, most)
      const next = list[index + 1]
      if (next !== undefined && found.length === most && (down ? found[most - 1]! > next.newest : found[most - 1]! < next.oldest)) break
    }
    return found
  }

  /** First page of one text by comparing the messages that have its terms; null if it does not fill soon. */
  function byTerms(node: QueryNode, within: Bits | null, order: 'newest' | 'oldest', most: number): number[] | null {
    if (node.kind !== 'text' || node.field !== 'any') return null
    const candidates = hits.candidates(node.text, within === null ? LEAST_TERMS : 1)
    if (candidates === null) return null
    if (within !== null) retain(candidates, within)
    const places = inHistory(candidates, order, COMPARED + 1)
    const all = places.length <= COMPARED
    const found = gather(places, most, all ? Infinity : COMPARED, (piece, left) => hits.confirmed(piece, node.text, left).map((at) => columns.messageAt(at)))
    return found !== null && (all || found.length === most) ? found : null
  }

  /** First `most` results of `pick` over growing batches of positions; null if, at the current rate, `reach` positions would not suffice. */
  function gather(places: readonly number[], most: number, reach: number, pick: (piece: number[], left: number) => number[]): number[] | null {
    const found: number[] = []
    for (let seen = 0, next = most; seen < places.length; next *= 2) {
      found.push(...pick(places.slice(seen, seen + next), most - found.length))
      seen += next
      if (found.length === most) return found
      if (seen >= PEEK_LEAST && found.length * reach < most * seen) return null
    }
    return found
  }

  /**
   * First page within `filters`: by its terms, by walking the index past excluded messages, or by comparing the first messages; null if all of that takes too
   * long.
   */
  function walkWithin(node: QueryNode, filters: Bits, order: 'newest' | 'oldest', most: number): number[] | null {
    return byTerms(node, filters, order, most) ?? walkPast(node, filters, order, most) ?? peek(node, filters, order, most, PEEK)
  }

  function walkPast(node: QueryNode, filters: Bits, order: 'newest' | 'oldest', most: number): number[] | null {
    const expression = hits.expression(node)
    const [run, another] = columns.runs
    if (expression === null || /" \*/.test(expression) || run === undefined || another !== undefined) return null
    const found: number[] = []
    let seen = 0
    for (const doc of (order === 'newest' ? walkDown : walkUp).iterate(expression, run.first, run.last, WALK)) {
      if (has(filters, doc - columns.base)) found.push(columns.messageAt(doc - columns.base))
      if (found.length === most) return found
      // at this rate the page would not fill
      if (++seen >= WALK_LEAST && found.length * WALK < most * seen) return null
    }
    // all hits
    return seen < WALK ? found : null
  }

  /** First page by comparing the newest (or oldest) messages of `within`; null if it does not fill. */
  function peek(node: QueryNode, within: Bits | null, order: 'newest' | 'oldest', most: number, reach: number): number[] | null {
    const matches = hits.matcher(node)
    const found = gather(inHistory(within ?? everything(), order, reach), most, reach, (piece, left) =>
      hits
        .factsAt(piece)
        .filter(matches)
        .slice(0, left)
        .map(({ id }) => id)
    )
    return found?.length === most ? found : null
  }
  /** Set of all positions. */
  function everything(): Bits {
    if (full.length !== columns.words) full = noBits(columns.words).fill(0xffffffff)
    return full
  }

  return { inHistory, walk, walkWithin }
}
export type Walks = ReturnType<typeof createWalks>
