/** What may be asked of the search thread. */
import type { Completion, ConversationKind, NameMatch } from '../../contract/domain.ts'
import type { ReadableDB } from '../store/database.ts'
import { complete, type CompletionQuery } from './complete.ts'
import { createNames } from './names.ts'
import { createSearch } from './search.ts'

/** Pages of the index that are kept in memory, KiB. */
const CACHE_KIB = 48 * 1024

export function createSearchEngine(db: ReadableDB) {
  db.pragma(`cache_size = -${CACHE_KIB}`)
  const { search, mark, ids, people, prepare } = createSearch(db)
  const names = createNames(db)
  return {
    /** Reads into memory what searches need, before the first of them. */
    prepare,
    search,
    mark,
    ids,
    names: (input: { text: string; limit: number; kind?: ConversationKind }): NameMatch[] => names(input),
    complete(input: CompletionQuery): Completion[] {
      people.look()
      return complete(input, names, people.like)
    }
  }
}
export type SearchEngine = ReturnType<typeof createSearchEngine>
