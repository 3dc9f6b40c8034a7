/** The most common Chinese words of the history by the first letter of their pinyin, read from the index bit by bit and kept. */
import type { ReadableDB } from '../store/database.ts'

export interface CommonWord {
  word: string
  characters: readonly string[]
  docs: number
}

/** Number of words per letter, and of words of one character. */
const [MOST_WORDS, MOST_SINGLE] = [400, 25]
/** Growth of the index after which words are read again. */
const GROWTH = 1.5

interface Letter {
  /** Characters whose words are not read yet. */
  left: string[]
  words: CommonWord[]
  single: CommonWord[]
}

/** `charactersOf`: common characters with a reading that begins with a letter; `size`: number of indexed messages. */
export function createCommonWords(db: ReadableDB, charactersOf: (letter: string) => readonly string[], size: () => number) {
  const beginning = db.prepare<[string, string], { term: string; doc: number }>('SELECT term, doc FROM temp.index_word WHERE term >= ? AND term < ?')
  const letters = new Map<string, Letter>()
  let sizeThen = 0

  function letterOf(letter: string): Letter {
    if (size() > sizeThen * GROWTH) {
      sizeThen = size()
      letters.clear()
    }
    let found = letters.get(letter)
    if (found === undefined) letters.set(letter, (found = { left: [...charactersOf(letter)].reverse(), words: [], single: [] }))
    return found
  }

  const best = (words: CommonWord[], most: number): CommonWord[] => words.sort((a, b) => b.docs - a.docs).slice(0, most)

  /** Reads words of a letter until `until`; returns whether all are read. */
  function read(letter: string, until: number): boolean {
    const state = letterOf(letter)
    while (state.left.length > 0 && performance.now() < until) {
      const character = state.left.pop() ?? ''
      for (const { term, doc } of beginning.iterate(character, `${character}\u{10ffff}`)) {
        if (!/^\p{Script=Han}+$/u.test(term)) continue
        const characters = [...term]
        ;(characters.length === 1 ? state.single : state.words).push({ word: term, characters, docs: doc })
      }
      if (state.words.length > 2 * MOST_WORDS || state.left.length === 0) state.words = best(state.words, MOST_WORDS)
      if (state.single.length > 2 * MOST_SINGLE || state.left.length === 0) state.single = best(state.single, MOST_SINGLE)
    }
    return state.left.length === 0
  }

  return {
    read,
    /** Words of a letter that are read by now, the common ones first, single characters last. */
    of(letter: string): CommonWord[] {
      const { words, single } = letterOf(letter)
      return [...words, ...single]
    }
  }
}
