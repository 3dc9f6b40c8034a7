/** 'Did you mean': indexed words similar to the typed ones. */
import type { ReadableDB } from '../store/database.ts'

/** Fewest messages with a word that is offered. */
const LEAST_DOCS = 2
const SHORTEST = 4
/** Growth of the history after which the vocabulary is read again; of a small history, any growth. */
const GROWTH = 1.05
const SMALL = 20_000

export function createSpelling(db: ReadableDB) {
  const words = db.prepare<[], { term: string; doc: number }>('SELECT term, doc FROM temp.index_word WHERE term >= char(1) AND term < char(2)').raw()
  let byLength: Map<number, { word: string; docs: number }[]> | null = null
  let readAt = 0

  function load(held: number): Map<number, { word: string; docs: number }[]> {
    if (byLength !== null && (held === readAt || (held > SMALL && held <= readAt * GROWTH))) return byLength
    readAt = held
    byLength = new Map()
    for (const row of words.iterate() as unknown as Iterable<[string, number]>) {
      const word = row[0].slice(1)
      if (row[1] < LEAST_DOCS || word.length < SHORTEST - 1 || !/^\p{L}+$/u.test(word)) continue
      const list = byLength.get(word.length)
      if (list === undefined) byLength.set(word.length, [{ word, docs: row[1] }])
      else list.push({ word, docs: row[1] })
    }
    return byLength
  }

  /** Most frequent of the nearest words, or null. `word` folded; `held`: messages in the index. */
  return function nearest(word: string, held: number): string | null {
    const most = word.length < SHORTEST ? 0 : word.length < 6 ? 1 : 2
    if (most === 0 || !/^\p{L}+$/u.test(word) || /\p{Script=Han}/u.test(word)) return null
    const vocabulary = load(held)
    let best: { word: string; docs: number; distance: number } | null = null
    for (let length = word.length - most; length <= word.length + most; length++)
      for (const { word: other, docs } of vocabulary.get(length) ?? []) {
        const bound = best?.distance ?? most
        const distance = editDistance(word, other, bound)
        if (distance === 0 || distance > bound) continue
        if (best === null || distance < best.distance || docs > best.docs) best = { word: other, docs, distance }
      }
    return best?.word ?? null
  }
}

/** Damerau-Levenshtein distance (optimal string alignment); some number above `most` if it is larger. */
function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1)
      let value = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1))
        value = Math.min(value, before[j - 2]! + 1)
      next.push(value)
      least = Math.min(least, value)
    }
    if (least > most) return most + 1
    before = row
    row = next
  }
  return row[b.length]!
}
