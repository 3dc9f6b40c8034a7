/** Rows of a picture grid by month. Pure. */
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
 * Rows of `total` hits: each month begins with its name and on a new row. `months` in order of history, with their counts; where the counts do
 * not cover all hits, or the order is not by time, there are no months.
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
