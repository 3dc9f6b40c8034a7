/**
 * Ranking of the order 'best first'. Score of a message m for the texts t of a query:
 *
 *   score = sum over t in m of  idf(t) * W(t, m) * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / mean length))
 *           + RECENT * 2 ^ (-age / HALF_LIFE) + OWN * own
 *
 *   idf(t)   = ln(1 + (N - n + 0.5) / (n + 0.5)), at least 0.1; n of N messages contain t (Okapi BM25)
 *   W(t, m)  = 1 if t occurs in m as whole words (jieba's, or letters and digits between other characters), else ACCIDENTAL
 *   tf       = number of times that m contains t
 *   own      = 1 in a conversation of the user (a direct one, or one with own messages)
 *
 * All hits are scored with tf = 1 from the columns; the best of them are then scored with their texts.
 * k1 and b have the usual values. Chat messages are short, so b ranks a two-word answer above a long letter.
 */
import { FLAG, OUTGOING } from '../store/tables/message-row.ts'
import { each, has, type Bits } from './bits.ts'
import type { Occurrence } from './marks.ts'
import { startOfMonth, type Columns } from './columns.ts'

const K1 = 1.2
const B = 0.75
const ACCIDENTAL = 0.35
const RECENT = 1
const HALF_LIFE_MS = 365 * 86_400_000
const OWN = 0.5
const STARRED = 0.5

export interface RankedText {
  /** Docs that contain the text, and docs that contain it as whole words. */
  hits: Bits
  whole: Bits
  count: number
}

/** Occurrence assumed before a text is read. */
const ONCE: Occurrence = { often: 1, bounded: true }
/** Occurrence in the name of a file, if the text has none. */
const atLeastOnce = (one: Occurrence): Occurrence => (one.often === 0 ? ONCE : one)

const idf = (all: number, count: number): number => Math.max(0.1, Math.log(1 + (all - count + 0.5) / (count + 0.5)))

/** Conversations of the user: direct ones, and those with an own message. */
export function ownConversations(columns: Columns, direct: ReadonlySet<number>): Set<number> {
  const own = new Set(direct)
  for (let at = 0; at < columns.size; at++) if ((columns.flags[at]! & OUTGOING) !== 0 && columns.message[at] !== 0) own.add(columns.conversation[at]!)
  return own
}

/** Best `most` docs (positions), best first. `occurrence(at, text)`: how the message at a position contains the text. */
export function rank(
  columns: Columns,
  hits: Bits,
  texts: readonly RankedText[],
  own: ReadonlySet<number>,
  now: number,
  most: number,
  occurrence: (at: number, text: number) => Occurrence
): number[] {
  const weights = texts.map(({ count }) => idf(columns.held, count))
  const mean = columns.meanLength
  const recency = new Map<number, number>()
  const ownOf = new Uint8Array(Math.max(0, ...own) + 1)
  for (const id of own) ownOf[id] = 1

  const recent = (time: number): number => RECENT * 2 ** (-Math.max(0, now - time) / HALF_LIFE_MS)
  const score = (at: number, look: (text: number) => Occurrence, freshness: number): number => {
    const norm = K1 * (1 - B + (B * columns.length[at]!) / mean)
    let sum = freshness + ((ownOf[columns.conversation[at]!] ?? 0) === 1 ? OWN : 0) + ((columns.flags[at]! & FLAG.starred) !== 0 ? STARRED : 0)
    for (let i = 0; i < texts.length; i++) {
      const text = texts[i]!
      if (!has(text.hits, at)) continue
      const { often, bounded } = look(i)
      sum += weights[i]! * (bounded && has(text.whole, at) ? 1 : ACCIDENTAL) * ((often * (K1 + 1)) / (often + norm))
    }
    return sum
  }

  // heap of the best so far, the lowest score on top
  const candidates = Math.max(most, 200)
  const scores: number[] = []
  const places: number[] = []
  const once = (): Occurrence => ONCE
  each(hits, (at) => {
    const month = columns.month[at]!
    let fresh = recency.get(month)
    if (fresh === undefined) recency.set(month, (fresh = recent(startOfMonth(month))))
    const value = score(at, once, fresh)
    if (scores.length < candidates) {
      scores.push(value)
      places.push(at)
      up(scores, places)
    } else if (value > scores[0]!) {
      scores[0] = value
      places[0] = at
      down(scores, places)
    }
  })
  return places
    .map((at) => ({ at, value: score(at, (text) => atLeastOnce(occurrence(at, text)), recent(columns.timeAt(at))) }))
    .sort((a, b) => b.value - a.value || columns.message[b.at]! - columns.message[a.at]!)
    .slice(0, most)
    .map(({ at }) => at)
}

function swap(scores: number[], places: number[], a: number, b: number): void {
  ;[scores[a], scores[b]] = [scores[b]!, scores[a]!]
  ;[places[a], places[b]] = [places[b]!, places[a]!]
}
function up(scores: number[], places: number[]): void {
  for (let at = scores.length - 1; at > 0;) {
    const parent = (at - 1) >> 1
    if (scores[parent]! <= scores[at]!) return
    swap(scores, places, at, parent)
    at = parent
  }
}
function down(scores: number[], places: number[]): void {
  for (let at = 0; ;) {
    const left = 2 * at + 1
    const least = left + 1 < scores.length && scores[left + 1]! < scores[left]! ? left + 1 : left
    if (least >= scores.length || scores[at]! <= scores[least]!) return
    swap(scores, places, at, least)
    at = least
  }
}
