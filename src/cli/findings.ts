/** Report of unclear and skipped parts of a history file, in the same words before and after an import. */
import type { ImportPreview } from '../contract/history-files.ts'

export type Findings = Pick<ImportPreview, 'unread' | 'badTimes' | 'order'>

const ORDERS = { dmy: 'day, month, year', mdy: 'month, day, year', ymd: 'year, month, day' } as const

/** Kinds whose lines name files. */
const OF_FILES = new Set(['file', 'other', 'columns', 'copy'])

/** One line per finding; empty if all is clear. `skips`: messages with unreadable times are left out. */
export function findingsOf({ unread, badTimes: { count, lines }, order }: Findings, skips: boolean): string[] {
  const said = unread.map(({ kind, count, lines }) => `${count} left out (${kind}): ${OF_FILES.has(kind) ? lines.join(', ') : (lines[0] ?? '')}`)
  if (count > 0)
    said.push(
      `${count} ${count === 1 ? 'time' : 'times'} cannot be read${skips ? '; left out' : ' and guessed from the messages beside'}, such as: ${lines[0] ?? ''}`
    )
  if (order !== null && !order.sure)
    said.push(`the order of day and month is open; assumed is ${order.order} (${ORDERS[order.order]}). --date-order says another`)
  return said
}
