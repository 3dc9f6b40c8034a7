/** What a filter by name offers. */
import type { Range } from '../../contract/search.ts'

export interface FilterChoice<T> {
  key: string | number
  /** What goes into the query. */
  value: T
  name: string
  jid: string
  ranges: Range[]
  group: boolean
  /** Messages of theirs among the hits; null where that is not counted. */
  count: number | null
  /** The query says so by now. */
  on: boolean
}
