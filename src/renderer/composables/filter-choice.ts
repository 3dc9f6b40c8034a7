/** Entry that a filter by name offers. */
import type { Range } from '../../contract/search.ts'

export interface FilterChoice<T> {
  key: string | number
  /** Value that goes into the query. */
  value: T
  name: string
  jid: string
  ranges: Range[]
  group: boolean
  /** Number of the person's messages among the hits; null where it is not counted. */
  count: number | null
  /** The query already contains this filter. */
  on: boolean
}
