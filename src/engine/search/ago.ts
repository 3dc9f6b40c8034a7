/** Relative dates: a number of days, weeks or hours ago, and the last ones. Pure. */
import { days, months, type Span } from './spans.ts'
import { figure, N } from './stretches.ts'

const HOUR_MS = 3_600_000

export type Unit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year'

export function unitOf(word: string): Unit | null {
  if (/^(?:分钟?|min(?:ute)?s?)$/u.test(word)) return 'minute'
  if (/^(?:个?小[时時]|[时時]间|h|hrs?|hours?)$/u.test(word)) return 'hour'
  if (/^(?:天|日|日间|d|days?)$/u.test(word)) return 'day'
  if (/^(?:周间?|个?星期|个?礼拜|w|weeks?)$/u.test(word)) return 'week'
  if (/^(?:[个かヶケカ箇]月间?|m|months?)$/u.test(word)) return 'month'
  return /^(?:年间?|y|years?)$/u.test(word) ? 'year' : null
}

/** Time span so far back: the minute or hour, the day for days and weeks, the calendar month, the calendar year. */
export function back(count: number, word: string, now: Date): Span | null {
  let unit = unitOf(word)
  let many = count
  if (!(count >= 0) || unit === null) return null
  if (count === 0.5) {
    // half a year, half a month
    if (unit === 'year') [unit, many] = ['month', 6]
    else if (unit === 'month') [unit, many] = ['day', 15]
    else if (unit === 'hour') [unit, many] = ['minute', 30]
    else return null
  }
  const [y, m, d] = [now.getFullYear(), now.getMonth(), now.getDate()]
  const span =
    unit === 'year'
      ? months(y - many, 0, 12)
      : unit === 'month'
        ? months(y, m - many)
        : unit === 'week'
          ? days(y, m, d - 7 * many)
          : unit === 'day'
            ? days(y, m, d - many)
            : clockBack(now, many, unit)
  return span.from >= 0 ? span : null
}

function clockBack(now: Date, count: number, unit: 'minute' | 'hour'): Span {
  const step = unit === 'hour' ? HOUR_MS : HOUR_MS / 60
  const from = Math.floor(now.getTime() / step) * step - count * step
  return { from, to: from + step, clock: true }
}

/** Last days, weeks, months, years or hours, today included. */
export function recent(word: string, now: Date): Span | null {
  const found = new RegExp(
    `^(?:(?:the )?(?:last|past)[ -]?|最近的?|近|过去的?|这|この|直近|ここ)?(?:${N}|(半))[ -]?([a-z]+|[\\p{Script=Han}かヶケカ]+?)(?:以?内|里)?$`,
    'u'
  ).exec(word.replace(/^(?:the )?past (?=[a-z]+$)/, 'past 1 '))
  let unit = unitOf(found?.[3] ?? '')
  if (found === null || unit === null || unit === 'minute') return null
  // 1h alone is a code
  if (/^\d+hr?s?$/.test(word)) return null
  let count = figure(found[1] ?? '')
  if (found[2] !== undefined && (unit === 'year' || unit === 'month')) [unit, count] = unit === 'year' ? ['month', 6] : ['day', 15]
  if (!(count >= 1 && count <= 999)) return null
  const [y, m, d] = [now.getFullYear(), now.getMonth(), now.getDate()]
  if (unit === 'hour') return { from: now.getTime() - count * HOUR_MS, to: now.getTime() + 1, clock: true }
  const from =
    unit === 'day'
      ? new Date(y, m, d + 1 - count)
      : unit === 'week'
        ? new Date(y, m, d + 1 - 7 * count)
        : unit === 'month'
          ? new Date(y, m - count, d + 1)
          : new Date(y - count, m, d + 1)
  return { from: from.getTime(), to: new Date(y, m, d + 1).getTime() }
}
