/** Spans of local time: days, months and years of the calendar. Pure. */

/** From (inclusive) to (exclusive), ms since the epoch. `clock`: an hour or a minute, not days. */
export interface Span {
  from: number
  to: number
  clock?: boolean
}

const FIRST_YEAR = 1970
export const LAST_YEAR = 2248

export const days = (year: number, month: number, date: number, count = 1): Span => ({
  from: new Date(year, month, date).getTime(),
  to: new Date(year, month, date + count).getTime()
})
export const months = (year: number, month: number, count = 1): Span => ({
  from: new Date(year, month, 1).getTime(),
  to: new Date(year, month + count, 1).getTime()
})

/** Span of a day, or null for an invalid date. `month`: 1 to 12. */
export function checkedDay(year: number, month: number, date: number): Span | null {
  const start = new Date(year, month - 1, date)
  const real = year >= FIRST_YEAR && year < LAST_YEAR && start.getMonth() === month - 1 && start.getDate() === date
  return real ? days(year, month - 1, date) : null
}
export const checkedMonth = (year: number, month: number): Span | null =>
  year >= FIRST_YEAR && year < LAST_YEAR && month >= 1 && month <= 12 ? months(year, month - 1) : null
export const checkedYear = (year: number): Span | null => (year >= FIRST_YEAR && year < LAST_YEAR ? months(year, 0, 12) : null)

/** Latest span that has begun; 29 February may lie some years back. */
export function latest(at: (year: number) => Span | null, now: Date): Span | null {
  for (let year = now.getFullYear(); year > now.getFullYear() - 9; year--) {
    const span = at(year)
    if (span !== null && span.from <= now.getTime()) return span
  }
  return null
}

/** Days since Monday, the first day of a week (ISO 8601). */
export const sinceMonday = (date: Date): number => (date.getDay() + 6) % 7

/** Latest day with that number in its month. */
export function latestDate(date: number, now: Date): Span | null {
  for (let month = 0; month < 3; month++) {
    const first = new Date(now.getFullYear(), now.getMonth() - month, 1)
    const span = checkedDay(first.getFullYear(), first.getMonth() + 1, date)
    if (span !== null && span.from <= now.getTime()) return span
  }
  return null
}
