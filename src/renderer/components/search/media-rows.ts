/** The places of pictures in a grid that goes by months. Pure. */
import type { SearchOrder } from '../../../contract/search.ts'

export type MediaRow = { kind: 'month'; key: string; month: string; count: number } | { kind: 'cells'; key: string; from: number; to: number }

const cells = (from: number, to: number, columns: number): MediaRow[] =>
  Array.from({ length: Math.ceil((to - from) / columns) }, (_, i) => ({
    kind: 'cells',
    key: `c${from + i * columns}`,
    from: from + i * columns,
    to: Math.min(to, from + (i + 1) * columns)
  }))

/**
 * Rows of `total` hits: each month begins with its name and with a row of its own. `months` in the order of history, as they were
 * counted; where they do not tell of all hits, or the order is not that of time, the hits stand without them.
 */
export function mediaRows(total: number, months: readonly { month: string; count: number }[], order: SearchOrder, columns: number): MediaRow[] {
  const counted = months.reduce((sum, { count }) => sum + count, 0)
  if (order === 'best' || counted !== total) return cells(0, total, columns)
  let from = 0
  return (order === 'newest' ? months.toReversed() : months).flatMap(({ month, count }): MediaRow[] => {
    const rows = cells(from, from + count, columns)
    from += count
    return [{ kind: 'month', key: month, month, count }, ...rows]
  })
}
