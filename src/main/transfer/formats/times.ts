/** Times as people and programs write them. Pure. */

/**
 * ms since the epoch (local time where no zone is given), 0 for 'unknown', null where it is no time. Reads
 * 2024.05.31 09:30[:15], the same with - or / , 5/31/2024 9:30:15 AM, ISO 8601, seconds and milliseconds.
 */
export function parseTime(text: string): number | null {
  const trimmed = text.replace(/[\s\u00a0]+/g, ' ').trim()
  if (trimmed === 'unknown' || trimmed === '') return 0
  if (/^\d{12,14}$/.test(trimmed)) return Number(trimmed)
  if (/^\d{9,11}(\.\d+)?$/.test(trimmed)) return Math.floor(Number(trimmed) * 1000)
  if (/^\d{4}-\d\d-\d\dT/.test(trimmed)) {
    const time = Date.parse(trimmed)
    return Number.isNaN(time) ? null : time
  }
  const [, ...parts] = /^(\d{1,4})[./-](\d{1,2})[./-](\d{4}|\d{1,2}) ?(?:(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)? ?([AP]M)?\D?$/i.exec(trimmed) ?? []
  if (parts.length === 0) return null
  const [a = 0, b = 0, c = 0, hour = 0, minute = 0, second = 0] = parts.slice(0, 6).map((part) => Number(part ?? 0))
  const half = parts[6]?.toUpperCase()
  const [year, month, day] = c > 999 ? [c, a, b] : [a, b, c]
  return localTime(year, month, day, half === 'PM' ? (hour % 12) + 12 : half === 'AM' ? hour % 12 : hour, minute, second)
}

/** Local time as ms, or null where there is no such day or hour. */
export function localTime(year: number, month: number, day: number, hour: number, minute: number, second: number): number | null {
  if (year < 1970 || year > 2247 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return null
  return new Date(year, month - 1, day, hour, minute, second).getTime()
}
