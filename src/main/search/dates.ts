/** Dates and words for them, in English and Chinese, as stretches of local time. Pure. */
import { simplified } from './traditional.ts'

/** From (inclusive) to (exclusive), ms since the epoch, local midnights. */
interface Span {
  from: number
  to: number
}

const day = (year: number, month: number, date: number): number => new Date(year, month, date).getTime()
const days = (year: number, month: number, date: number, count: number): Span => ({ from: day(year, month, date), to: day(year, month, date + count) })
const months = (year: number, month: number, count: number): Span => ({ from: day(year, month, 1), to: day(year, month + count, 1) })

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const WEEKDAYS_ZH = '日一二三四五六'
const UNITS: Record<string, 'day' | 'week' | 'month' | 'year'> = { d: 'day', day: 'day', days: 'day', 天: 'day', 日: 'day', w: 'week', week: 'week', weeks: 'week', 周: 'week', 星期: 'week', 个星期: 'week', m: 'month', month: 'month', months: 'month', 个月: 'month', y: 'year', year: 'year', years: 'year', 年: 'year' }

/** Words for stretches, each relative to the day `n`. Weeks begin on Monday (ISO 8601). */
const WORDS: [RegExp, (n: Date) => Span][] = [
  [/^(?:today|今天|今日)$/, (n) => days(n.getFullYear(), n.getMonth(), n.getDate(), 1)],
  [/^(?:yesterday|昨天|昨日)$/, (n) => days(n.getFullYear(), n.getMonth(), n.getDate() - 1, 1)],
  [/^(?:前天)$/, (n) => days(n.getFullYear(), n.getMonth(), n.getDate() - 2, 1)],
  [/^(?:this[ -]?week|本周|这周|本星期|这星期|这个星期)$/, (n) => days(n.getFullYear(), n.getMonth(), n.getDate() - sinceMonday(n), 7)],
  [/^(?:last[ -]?week|上周|上星期|上个星期|上礼拜)$/, (n) => days(n.getFullYear(), n.getMonth(), n.getDate() - sinceMonday(n) - 7, 7)],
  [/^(?:this[ -]?month|本月|这个月|这月)$/, (n) => months(n.getFullYear(), n.getMonth(), 1)],
  [/^(?:last[ -]?month|上月|上个月)$/, (n) => months(n.getFullYear(), n.getMonth() - 1, 1)],
  [/^(?:this[ -]?year|今年|本年)$/, (n) => months(n.getFullYear(), 0, 12)],
  [/^(?:last[ -]?year|去年)$/, (n) => months(n.getFullYear() - 1, 0, 12)],
  [/^(?:前年)$/, (n) => months(n.getFullYear() - 2, 0, 12)]
]
const sinceMonday = (date: Date): number => (date.getDay() + 6) % 7

/** The words that completion offers. */
export const DATE_WORDS = {
  en: ['today', 'yesterday', 'this week', 'last week', 'this month', 'last month', 'this year', 'last year'],
  zh: ['今天', '昨天', '本周', '上周', '本月', '上个月', '今年', '去年']
} as const

/** Dates of more than one word, at the start of a text; what a query's operator takes although it has a space in it. */
export const LONG_DATE = /^(?:(?:last|this) (?:week|month|year)|(?:last|past) \d{1,3} (?:days?|weeks?|months?|years?)|(?:\d{1,2} )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{4}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2},? \d{4})(?!\S)/i

/** The stretch that a text names (a date, a word for one, or two of them with .. between), seen from `now` (ms), or null where it is no date. */
export function parseDate(text: string, now: number): Span | null {
  const word = simplified(text.trim().toLowerCase())
  const n = new Date(now)
  const [first = '', last, ...more] = word.split('..')
  if (last !== undefined) {
    // from the first day of the one to the last of the other; either may be left open
    const [from, to] = [first === '' ? { from: 0, to: 0 } : parseDate(first, now), last === '' ? { from: 0, to: day(2248, 0, 1) } : parseDate(last, now)]
    return more.length > 0 || word === '..' || from === null || to === null || from.from >= to.to ? null : { from: from.from, to: to.to }
  }
  for (const [pattern, span] of WORDS) if (pattern.test(word)) return span(n)
  return numeric(word, n) ?? named(word, n) ?? recent(word, n)
}

function checked(year: number, month: number, date: number): Span | null {
  const start = new Date(year, month - 1, date)
  const real = year >= 1970 && year < 2248 && start.getMonth() === month - 1 && start.getDate() === date
  return real ? days(year, month - 1, date, 1) : null
}
const checkedMonth = (year: number, month: number): Span | null => (year >= 1970 && year < 2248 && month >= 1 && month <= 12 ? months(year, month - 1, 1) : null)

function numeric(word: string, n: Date): Span | null {
  const full = /^(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})[日号]?$/.exec(word)
  if (full !== null) return checked(Number(full[1]), Number(full[2]), Number(full[3]))
  const month = /^(\d{4})(?:[-/.]|年)(\d{1,2})月?$/.exec(word)
  if (month !== null) return checkedMonth(Number(month[1]), Number(month[2]))
  const year = /^(\d{4})年?$/.exec(word)
  if (year !== null) return Number(year[1]) >= 1970 && Number(year[1]) < 2248 ? months(Number(year[1]), 0, 12) : null
  const noYear = /^(\d{1,2})月(?:(\d{1,2})[日号]?)?$/.exec(word)
  if (noYear === null) return null
  const [, m = '', d] = noYear
  const at = (y: number): Span | null => (d === undefined ? checkedMonth(y, Number(m)) : checked(y, Number(m), Number(d)))
  // the latest one that has begun
  const thisYear = at(n.getFullYear())
  return thisYear !== null && thisYear.from > n.getTime() ? at(n.getFullYear() - 1) : thisYear
}

function named(word: string, n: Date): Span | null {
  const monthOf = (name: string | undefined): number => MONTHS.indexOf((name ?? '').slice(0, 3)) + 1
  const monthYear = /^([a-z]{3,9}) (\d{4})$/.exec(word)
  if (monthYear !== null) return checkedMonth(Number(monthYear[2]), monthOf(monthYear[1]))
  const dayFirst = /^(\d{1,2}) ([a-z]{3,9}) (\d{4})$/.exec(word)
  if (dayFirst !== null) return checked(Number(dayFirst[3]), monthOf(dayFirst[2]), Number(dayFirst[1]))
  const monthFirst = /^([a-z]{3,9}) (\d{1,2}),? (\d{4})$/.exec(word)
  if (monthFirst !== null) return checked(Number(monthFirst[3]), monthOf(monthFirst[1]), Number(monthFirst[2]))
  const zh = /^(?:周|星期|礼拜)([日天一二三四五六])$/.exec(word)
  const weekday = zh === null ? WEEKDAYS.findIndex((name) => /^[a-z]+day$/.test(word) && word.startsWith(name)) : WEEKDAYS_ZH.indexOf(zh[1] === '天' ? '日' : (zh[1] ?? ''))
  return weekday < 0 ? null : days(n.getFullYear(), n.getMonth(), n.getDate() - ((n.getDay() - weekday + 7) % 7), 1)
}

function recent(word: string, n: Date): Span | null {
  const found = /^(?:(?:last|past)[ -]?|最近|近|过去)?(\d{1,3})[ -]?([a-z]+|\p{Script=Han}+)$/u.exec(word)
  const unit = UNITS[found?.[2] ?? '']
  if (found === null || unit === undefined) return null
  const count = Number(found[1])
  const to = day(n.getFullYear(), n.getMonth(), n.getDate() + 1)
  if (unit === 'day' || unit === 'week') return { from: day(n.getFullYear(), n.getMonth(), n.getDate() + 1 - count * (unit === 'week' ? 7 : 1)), to }
  return { from: unit === 'month' ? day(n.getFullYear(), n.getMonth() - count, n.getDate() + 1) : day(n.getFullYear() - count, n.getMonth(), n.getDate() + 1), to }
}
