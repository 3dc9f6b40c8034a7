/** The query as a text that parts are put into and taken out of. Pure. */
import type { Range } from '../../contract/search.ts'

export function withoutRange(query: string, [start, end]: Range): string {
  return `${query.slice(0, start).trimEnd()} ${query.slice(end).trimStart()}`.trim()
}

/** Without several parts, given in their order. */
export const withoutRanges = (query: string, ranges: readonly Range[]): string => ranges.toReversed().reduce(withoutRange, query)

/** A filter such as from:"Li Lei". */
export const filterText = (operator: string, value: string): string => `${operator}:${/[\s"]/.test(value) ? `"${value.replace(/(["\\])/g, '\\$1')}"` : value}`

/** A filter by time in the user's language: a month (2024-05), or first..last day. */
export const duringFilter = (language: string, value: string): string => filterText(language === 'zh-CN' ? '期间' : 'during', value)
