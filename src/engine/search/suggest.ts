/** Suggestions for a query: its words, messages with most of them, another spelling. */
import type { ReadableDB } from '../store/database.ts'
import { and, andNot, ascending, count, inExactly, noBits, type Bits } from './bits.ts'
import type { Columns } from './columns.ts'
import type { Hits } from './hits.ts'
import type { People } from './people.ts'
import { parseQuery, type QueryNode } from './query.ts'
import { createSpelling } from './spelling.ts'
import type { Walks } from './walks.ts'

const MOST_RELATED = 20
const MOST_WORDS = 8
/** Number of messages compared for the spelling of a word. */
const MOST_COMPARED = 20

export function createSuggest(db: ReadableDB, columns: Columns, people: People, hits: Hits, walks: Walks) {
  const nearest = createSpelling(db)
  const foldOf = db.prepare<[string], string>('SELECT mnemo_fold(?)').pluck()
  const wordsOf = db.prepare<[string], string>('SELECT mnemo_words(?)').pluck()
  const setUserWords = db.prepare<[string], number>('SELECT mnemo_user_words(?)').pluck()
  /** Version of the names given to jieba. */
  let wordsOfNames = -1

  /** Words of a text by jieba, including names. */
  function words(text: string): string[] {
    if (wordsOfNames !== people.version) {
      setUserWords.get(people.names.join('\ufffd'))
      wordsOfNames = people.version
    }
    return (wordsOf.get(text) ?? '').split('\u001f').filter((word) => word !== '')
  }

  /** Docs in which each of the words stands as a whole word. */
  function wholeWords(text: string): Bits {
    const sets = words(text).flatMap((word) => ([...word].length < 2 ? [] : [hits.phraseBits(`"\u0001${word.replaceAll('"', '""')}"`)]))
    return sets.length === 0 ? noBits(columns.words) : sets.reduce(and)
  }

  /** Messages with all words of the texts in any order, then with most of them; without `exact`. */
  function related(texts: readonly string[], filters: Bits | null, exact: Bits): number[] {
    const all = [...new Set(texts.flatMap(words))].filter((word) => word.length > 1 || texts.length > 1).slice(0, MOST_WORDS)
    if (all.length < 2) return []
    // a number means itself, not the digits of a longer one: 13:00 is no part of 138 0000 0000
    const sets = all.map((word) => (/^\p{N}+$/u.test(word) ? wholeWords(word) : hits.textBits(word, 'any')))
    const found: number[] = []
    for (let wanted = all.length; wanted >= Math.max(2, Math.ceil(all.length * 0.6)) && found.length < MOST_RELATED; wanted--) {
      const set = andNot(inExactly(sets, wanted), exact)
      found.push(...walks.inHistory(filters === null ? set : and(set, filters), 'newest', MOST_RELATED - found.length))
    }
    return found
  }

  /** Spelling of a word with an apostrophe in the history: O'Brien for obrien; or null. */
  function withApostrophe(word: string): string | null {
    if (!/^[a-z]{4,20}$/.test(word)) return null
    for (const split of [1, 2, word.length - 1, word.length - 2]) {
      const [first, rest] = [word.slice(0, split), word.slice(split)]
      const written = new RegExp(`(?<![\\p{L}\\p{N}])${first}['’]${rest}(?![\\p{L}\\p{N}])`, 'iu')
      for (const at of ascending(hits.textBits(`${first}'${rest}`, 'any'), MOST_COMPARED)) {
        const found = written.exec(hits.facts(columns.messageAt(at))?.text ?? '')
        if (found !== null) return found[0]
      }
    }
    return null
  }

  /** Query with one misspelt word corrected, if that finds more. */
  function didYouMean(query: string, node: QueryNode, found: number): string | null {
    if (found >= 3) return null
    const nodes = node.kind === 'all' ? node.nodes : [node]
    for (const one of nodes) {
      if (one.kind !== 'text' || one.field !== 'any') continue
      for (const word of words(one.text)) {
        const better = withApostrophe(word) ?? nearest(word, columns.held)
        if (better === null) continue
        const at = (foldOf.get(query) ?? '').indexOf(word)
        // the same position in the query as typed, unless folding changed lengths
        if (at < 0 || (foldOf.get(query.slice(at, at + word.length)) ?? '') !== word) continue
        const suggestion = query.slice(0, at) + better + query.slice(at + word.length)
        const other = parseQuery(suggestion, Date.now()).node
        if (other !== null && count(hits.bits(other)) > found) return suggestion
      }
    }
    return null
  }

  return { words, wholeWords, related, didYouMean }
}
