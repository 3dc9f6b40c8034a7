/** Ranges of two dates: 5月3日至8日, May - June 2024, 下午3点到5点, q1-q3 2024. Missing parts of one date are taken from the other. Pure. */
import { MONTH_NAMES } from './dates-english.ts'
import { PART, timeOf } from './day-parts.ts'
import { holiday } from './holidays.ts'
import { days, LAST_YEAR, months, type Span } from './spans.ts'
import { N, stretch } from './stretches.ts'

/** Parses one date, relative to a time. */
type Single = (text: string, now: Date) => Span | null

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const YEAR_MS = 365 * DAY_MS

/** Range signs and words between two dates; then a dash of any kind, which may also be part of a date. */
const BETWEEN = /\.\.|~|到|至|から| to | through | and /u
const DASH = /\s?-\s?/gu
/** Calendar date without a year. */
const NO_YEAR = new RegExp(
  `^(?:(?:\\d{1,2}|[一二三四五六七八九十]{1,3})月[^年]*|\\d{1,2}[-/.]\\d{1,2}\\.?|(?:\\d{1,2}(?:st|nd|rd|th)? )?(?:MONTHS)(?: \\d{1,2}(?:st|nd|rd|th)?)?)$`.replace(
    'MONTHS',
    MONTH_NAMES
  ),
  'u'
)
/** Named parts of a year. */
const YEARLY = /^(?:q[1-4]|[1-4]q|h[12]|第?[一二三四1-4](?:个?季度?|四半期)|[上下]半年|[春夏秋冬][天季]?|spring|summer|autumn|fall|winter)$/u
const MONTH_EAST = new RegExp(`^${N}月份?$`, 'u')
const BARE_HOUR = new RegExp(`^${N}(?:[点时時]|:\\d)`, 'u')
const WEEKDAY = /^(?:last )?(?:sun|mon|tue|wed|thu|fri|sat)[a-z]*$|^(?:周|星期|礼拜)[日天一二三四五六]$|^[日月火水木金土]曜日?$/u
/** Time of day without a date. */
const CLOCK = new RegExp(`^(?:(?:${PART})?的?(?:${N}[点时時].*|\\d{1,2}:\\d{2}(?::\\d{2})?)|\\d{1,2}(?::\\d{2})? ?[ap]\\.?m\\.?)$`, 'u')
const isYearly = (text: string, now: Date): boolean => YEARLY.test(text) || (!/\d{4}|年/u.test(text) && holiday(text, now, timeOf) !== null)

const closed = (from: Span, to: Span): Span | null => (from.from >= to.to ? null : { from: from.from, to: to.to })
const ordered = (one: Span, other: Span): Span => ({ from: Math.min(one.from, other.from), to: Math.max(one.to, other.to) })

/** 2024.1-3, 2024年1~3月: months of one year; null for anything else. */
export function monthsOfYear(word: string): Span | null {
  const found = /^(\d{4}) ?(?:年|[./]) ?(\d{1,2})月?(?:份)? ?[-~到至] ?(\d{1,2})月?(?:份)?$/u.exec(word)
  const [year, first, last] = (found ?? []).slice(1).map(Number)
  if (year === undefined || first === undefined || last === undefined || year < 1970 || year >= LAST_YEAR) return null
  return first >= 1 && first < last && last <= 12 ? months(year, first - 1, last - first + 1) : null
}

/** Range of two dates; null: the text is no range. */
export function range(word: string, now: Date, single: Single): Span | null {
  const text = clocksAround(word.replace(/^(?:从|由|自|from |between )/u, '').replace(/(?:まで|为止|止)$/u, ''))
  if (BETWEEN.test(text)) {
    const [first = '', last = '', ...more] = text.split(BETWEEN).map((part) => part.trim())
    return more.length > 0 ? null : between(first, last, now, single)
  }
  // three numbers with dashes are one day, and a year and a week one week; this handles those that no calendar has
  if (/^(?:\d+-\d+-\d+|\d{4}-w\d+)$/.test(text)) return null
  const two = /^(\d{4}-\d{1,2}(?:-\d{1,2})?)-(\d{4}-\d{1,2}(?:-\d{1,2})?)$/.exec(text)
  if (two !== null) return between(two[1] ?? '', two[2] ?? '', now, single)
  // dashes with blanks around them separate more than those within a date
  const dashes = [...text.matchAll(DASH)].sort((one, other) => other[0].length - one[0].length)
  for (const { index, 0: sign } of dashes) {
    const [first, last] = [text.slice(0, index), text.slice(index + sign.length)]
    // a dash attached only to the second part excludes that part from the date: May -3
    if (first === '' || last === '' || (sign === ' -' && /^\d{1,2}$/.test(last))) continue
    const found = between(first, last, now, single)
    if (found !== null) return found
  }
  return null
}

/** 3-5pm, 3-5pm yesterday, 下午3-5点: words after the second hour, or before the first, apply to both. */
const clocksAround = (text: string): string =>
  text
    // 3.-8.5.2024
    .replace(/^(\d{1,2})\. ?- ?(\d{1,2}\.(\d{1,2}\.(?:\d{4}|\d{2})?))$/, '$1.$3..$2')
    .replace(
      /^(.* )?(\d{1,2}(?::\d{2})?)( ?(?:-|to) ?)(\d{1,2}(?::\d{2})?) ?([ap]\.?m\.?)(?: (.+))?$/,
      (_, before = '', first: string, sign: string, last: string, half: string, after?: string) =>
        after === undefined ? `${before as string}${first}${half}${sign}${last}${half}` : `${after} ${first}${half}${sign}${last}${half}`
    )
    .replace(new RegExp(`((?:${PART})${N})( ?[-~到至] ?)(?=${N}([点时時]))`, 'u'), '$1$5$3')

/** From the first day of one date to the last day of the other, in either order; one side may be open: 5月3日至8日, 3-8 May. */
function between(first: string, last: string, now: Date, single: Single): Span | null {
  if (first === '' && last === '') return null
  const month = /^(.*月)\d+|^(.*月)[一二三四五六七八九十]/u.exec(first)
  const name = new RegExp(`(?:^| )((?:${MONTH_NAMES})\\.?(?:,? \\d{4})?)(?: |$)`)
  const alone = (part: string): boolean => /^\d{1,2}(?:st|nd|rd|th)?$/.test(part)
  // May 3-8, 2024; May - June 2024; q1-q3 2024: the year applies to both
  const year = /(?:,? |[-/.])(\d{4})$|^(?:\d{4})[-/.年]/u.exec(last)
  if (year !== null && (NO_YEAR.test(first) || isYearly(first, now) || (name.test(first) && alone(first.replace(name, '').trim())))) {
    const behind = last.slice(0, year.index)
    const end = single(alone(behind) && name.test(first) ? `${name.exec(first)?.[1] ?? ''} ${behind} ${year[1] ?? ''}` : last, now)
    const begin = end === null ? null : single(first, new Date(end.to - 1))
    // quarters and seasons of the same year, in either order
    const same = end === null || !YEARLY.test(first) ? null : single(`${first} ${new Date(end.from).getFullYear()}`, now)
    return begin === null || end === null ? null : ordered(same ?? begin, end)
  }
  const start = alone(first) && name.test(last) ? `${first} ${name.exec(last)?.[1] ?? ''}` : /^\d+$/.test(first) && MONTH_EAST.test(last) ? `${first}月` : first
  const from: Span | null = start === '' ? { from: 0, to: 0 } : single(start, now)
  if (from === null) return null
  const whole =
    month !== null && new RegExp(`^${N}[日号]?(?!月)`, 'u').test(last) && !last.includes('月')
      ? `${month[1] ?? month[2] ?? ''}${/[日号]$/u.test(last) ? last : `${last}日`}`
      : alone(last) && name.test(first)
        ? `${name.exec(first)?.[1] ?? ''} ${last}`
        : last
  // a time after a day belongs to that day, or to the night after it
  if (from.clock === true && CLOCK.test(last) && !CLOCK.test(first)) return closed(from, clockAfter(first, last, from, single) ?? { from: 0, to: 0 })
  // a weekday after a date is in the same week, or in the following days
  if (from.clock !== true && WEEKDAY.test(last) && !WEEKDAY.test(first)) {
    const weekday = single(last, new Date(from.from + 7 * DAY_MS - 1))
    return weekday === null ? null : ordered(from, weekday)
  }
  // without a year: the first one after the start
  const next = new Date(from.from + YEAR_MS - 1)
  const yearly = first !== '' && (NO_YEAR.test(whole) || isYearly(whole, next))
  const later = yearly ? next : now
  // a named part of the same year, not of the next one
  const sameYear = YEARLY.test(whole) && /\d{4}|年/u.test(first) ? stretch(`${new Date(from.from).getFullYear()}年${whole}`, now) : null
  const to = last === '' ? { from: 0, to: new Date(LAST_YEAR, 0, 1).getTime() } : (sameYear ?? single(whole, later))
  if (to === null) return null
  if (first === '' || last === '') return closed(from, to)
  // 下午3点到5点: the day and the part of the day apply to both
  const part = from.clock === true ? new RegExp(PART, 'u').exec(first)?.[0] : undefined
  const hour = part === undefined || !BARE_HOUR.test(last) ? null : timeOf(`${part}${last}`, new Date(from.from))
  if (hour !== null && hour.from > from.from) return closed(from, hour)
  // friday to monday, 3pm to 5pm: the latest pair in this order
  if (from.from >= to.to && (from.clock === true || WEEKDAY.test(first))) {
    const earlier = single(first, new Date(to.from))
    return earlier === null ? null : closed(earlier, to)
  }
  // 5月8日至3日: a range of nearly a year between two days of a month is a reversed one
  const nearlyYear = yearly && to.from - from.from > 330 * DAY_MS && new Date(to.from).getMonth() === new Date(from.from).getMonth()
  const other = nearlyYear ? single(whole, new Date(from.from)) : to
  return other === null ? null : ordered(from, other)
}

function clockAfter(first: string, last: string, from: Span, single: Single): Span | null {
  const day = new Date(from.from)
  const { to: midnight } = days(day.getFullYear(), day.getMonth(), day.getDate())
  const part = new RegExp(PART, 'u').exec(first)?.[0]
  const ways = [
    part === undefined || !BARE_HOUR.test(last) ? null : timeOf(`${part}${last}`, day),
    single(last, new Date(midnight - 1)),
    single(last, new Date(midnight + 12 * HOUR_MS))
  ]
  return ways.find((one) => one !== null && one.from > from.from) ?? null
}
