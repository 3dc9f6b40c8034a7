/** The query as a text that parts are put into and taken out of. Pure. */
import type { Range } from '../../contract/domain.ts'

export function withoutRange(query: string, [start, end]: Range): string {
  return `${query.slice(0, start).trimEnd()} ${query.slice(end).trimStart()}`.trim()
}

/** A filter such as from:"Li Lei". */
export const filterText = (operator: string, value: string): string => `${operator}:${/[\s"]/.test(value) ? `"${value.replace(/(["\\])/g, '\\$1')}"` : value}`
