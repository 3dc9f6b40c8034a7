/** Operations of the search thread. */
import { statSync } from 'node:fs'
import type { ConversationId, ConversationKind, Jid } from '../../contract/domain.ts'
import type { Completion, NameMatch, OccupantMatch, PersonMatch } from '../../contract/search.ts'
import type { ReadableDB } from '../store/database.ts'
import { complete, type CompletionQuery } from './complete.ts'
import { createNames, type MetPerson } from './names.ts'
import { createSearch } from './search.ts'

/** Page cache: this share of the file, decrypted, within bounds in KiB. */
const CACHE_SHARE = 1 / 6
const CACHE_LEAST = 16 * 1024
const CACHE_MOST = 192 * 1024

export function createSearchEngine(db: ReadableDB) {
  function sizeCache(): void {
    const share = Math.round((statSync(db.name).size / 1024) * CACHE_SHARE)
    db.pragma(`cache_size = -${Math.min(CACHE_MOST, Math.max(CACHE_LEAST, share))}`)
  }
  sizeCache()
  const { search, mark, ids, people, prepare } = createSearch(db)
  const { names, people: findPeople, occupants, prepare: prepareNames } = createNames(db)
  return {
    /** Reads data for searches into memory in advance; to be called until it returns false. */
    prepare(): boolean {
      sizeCache()
      return prepare() || prepareNames()
    },
    search,
    mark,
    ids,
    names: (input: { text: string; limit: number; kind?: ConversationKind }): NameMatch[] => names(input),
    findPeople: (input: { text: string; limit: number; known: readonly MetPerson[]; without: readonly Jid[] }): PersonMatch[] => findPeople(input),
    occupants: (input: { conversation: ConversationId; text: string; limit: number }): OccupantMatch[] => occupants(input),
    complete(input: CompletionQuery): Completion[] {
      people.look()
      return complete(input, names, people.like)
    }
  }
}
export type SearchEngine = ReturnType<typeof createSearchEngine>
