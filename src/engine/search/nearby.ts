/** Dates relative to other dates: around 3pm, the week of May 3, a week ago today, this time last year, Friday the 13th, the 3rd of last month. Pure. */
import { checkedDay, days, months, sinceMonday, type Span } from './spans.ts'
import { figure, N } from './stretches.ts'

const HOUR_MS = 3_600_000
const HALF_HOUR_MS = HOUR_MS / 2
const DAY_MS = 24 * HOUR_MS
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

const ABOUT_BEFORE = /^(?:around|about|roughly|approximately|circa|ca\.?|大约|大概|约|差不多)(?: at)? ?(?=.)/u
const ABOUT_BEHIND = /(?<=.) ?(?:左右|上下|许|ごろ|ころ|頃|顷|くらい|ぐらい|位|-?ish)$/u

/** Replaces approximate numbers: 两三天 is up to three days, 十点多 the hour of ten. */
export const approximate = (word: string): string =>
  word
    .replace(
      /(?<![十百千〇零])[一二两三四五六七八]([二三四五六七八九])(?=个?(?:天|日|周|星期|礼拜|月|小时|分钟|[かヶケカ箇]月|时间|年(?:[前内来]|以|之|里)))/gu,
      '$1'
    )
    .replace(/(?<=[点时])(?:多钟?|来钟|过)$/u, '')

/** `single`: parses one date without such words, relative to now or to another time. */
export function nearby(word: string, now: Date, single: (word: string, at?: Date) => Span | null): Span | null {
  const about = word
    .replace(ABOUT_BEFORE, '')
    .replace(ABOUT_BEHIND, '')
    .replace(/ (?:at )?(?:around|about) (?=\d)/, ' at ')
    .replace(/ (?:at )?(?:around|about) /, ' ')
  const span = about === word || about === '' ? null : single(about)
  if (span !== null) {
    if (span.clock === true) return { from: span.from - HALF_HOUR_MS, to: span.to + HALF_HOUR_MS, clock: true }
    return span.to - span.from <= 1.1 * DAY_MS ? { from: moved(span.from, -1), to: moved(span.to, 1) } : span
  }
  return weekOf(word, single) ?? sameDay(word, now, single) ?? numberedDay(word, now)
}
/** Start of the day `count` days later. */
function moved(time: number, count: number): number {
  const date = new Date(time)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + count).getTime()
}

/** Week, weekend or days around a date. */
function weekOf(word: string, single: (word: string) => Span | null): Span | null {
  const english = /^(?:the )?(week|weekend) (?:of|containing|around) (?:the )?(.+)$/.exec(word)
  const eastern = /^(.+?)(?:的|の)?(?:[那这当]一?个?|所在的?)(周末|周|星期|礼拜|天|日|几天)$/u.exec(word) ?? /^(.*[日号])の(周)$/u.exec(word)
  const [, dateText, unit] = english === null ? (eastern ?? []) : [null, english[2], english[1]]
  const span = dateText === undefined ? null : single(dateText)
  if (span === null || span.clock === true || unit === undefined) return null
  const first = new Date(span.from)
  const [y, m, monday] = [first.getFullYear(), first.getMonth(), first.getDate() - sinceMonday(first)]
  if (/^[天日]$/u.test(unit)) return span
  if (unit === '几天') return { from: moved(span.from, -2), to: moved(span.to, 2) }
  return /end|末/u.test(unit) ? days(y, m, monday + 5, 2) : days(y, m, monday, 7)
}

/** Same day or time in another week, month or year. */
function sameDay(word: string, now: Date, single: (word: string, at?: Date) => Span | null): Span | null {
  const [y, m, d] = [now.getFullYear(), now.getMonth(), now.getDate()]
  const inMonth = (back: number): Span | null => {
    const first = new Date(y, m - back, 1)
    return checkedDay(first.getFullYear(), first.getMonth() + 1, Math.min(d, new Date(y, m - back + 1, 0).getDate()))
  }
  const counted = /^(an?|1|\d{1,3}|one|two|three|four|five|six) (day|week|month|year)s? ago (?:on )?(today|yesterday|[a-z]+day)$/.exec(word)
  if (counted !== null) {
    const [, number = '', unit, day = ''] = counted
    const count = /^an?$/.test(number) ? 1 : /^\d/.test(number) ? Number(number) : ['', 'one', 'two', 'three', 'four', 'five', 'six'].indexOf(number)
    if (day === 'today' && unit === 'month') return inMonth(count)
    if (day === 'today' && unit === 'year') return checkedDay(y - count, m + 1, Math.min(d, new Date(y - count, m + 1, 0).getDate()))
    const span = unit === 'week' || unit === 'day' ? single(day) : null
    return span === null ? null : { from: moved(span.from, -count * (unit === 'week' ? 7 : 1)), to: moved(span.to, -count * (unit === 'week' ? 7 : 1)) }
  }
  const time = /^(?:(?:this|the same|same) time|this time of(?: the)? (?:day|year)) (yesterday|last week|last month|last year)$/.exec(word)
  if (time !== null) {
    if (time[1] === 'yesterday') {
      const from = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS - DAY_MS
      return { from, to: from + HOUR_MS, clock: true }
    }
    return time[1] === 'last week' ? days(y, m, d - 7) : time[1] === 'last month' ? days(y, m - 1, d - 3, 7) : days(y - 1, m, d - 3, 7)
  }
  const same = /^(?:the )?same (day|date) (?:of )?last (week|month|year)$/.exec(word)
  if (same !== null)
    return same[2] === 'week'
      ? days(y, m, d - 7)
      : same[2] === 'month'
        ? inMonth(1)
        : checkedDay(y - 1, m + 1, Math.min(d, new Date(y - 1, m + 1, 0).getDate()))
  const eastern =
    /^(去年|昨年|前年|一昨年|上个?月|先月|上个?(?:周|星期|礼拜)|先周|昨天|昨日)(?:的|の)?(今天|今日|同日|同一天|这一?天|这个?时候|此时|这会儿|今ごろ|今顷|今頃|同期)(.*)$/u.exec(
      word.replaceAll(' ', '')
    )
  if (eastern === null) return null
  const [, which = '', what = '', rest = ''] = eastern
  const isTime = /时|会|ごろ|顷|頃|期/u.test(what)
  if (/^昨[天日]/u.test(which)) return isTime && rest === '' ? sameDay('this time yesterday', now, single) : null
  const years = /^(?:去年|昨年)/u.test(which) ? 1 : /^(?:前年|一昨年)/u.test(which) ? 2 : 0
  const day =
    years > 0 ? checkedDay(y - years, m + 1, Math.min(d, new Date(y - years, m + 1, 0).getDate())) : /月/u.test(which) ? inMonth(1) : days(y, m, d - 7)
  if (day === null) return null
  if (rest !== '') {
    const first = new Date(day.from)
    return single(`${first.getFullYear()}年${first.getMonth() + 1}月${first.getDate()}日${rest}`)
  }
  return isTime && !/[周期礼]/u.test(which) ? { from: moved(day.from, -3), to: moved(day.to, 3) } : day
}

/** Friday the 13th; the 3rd of last month; 13日の金曜日. */
function numberedDay(word: string, now: Date): Span | null {
  const weekday = /^([a-z]{3,9}),? (?:the )?(\d{1,2})(?:st|nd|rd|th)$/.exec(word)
  const eastern = new RegExp(`^${N}[日号]の?([日月火水木金土])曜日?$`, 'u').exec(word)
  const index =
    weekday !== null
      ? WEEKDAYS.findIndex((name) => name.startsWith(weekday[1] ?? '-') && (weekday[1] ?? '').length >= 3)
      : eastern !== null
        ? '日月火水木金土'.indexOf(eastern[2] ?? '-')
        : -1
  const date = weekday !== null ? Number(weekday[2]) : eastern !== null ? figure(eastern[1] ?? '') : 0
  if (index >= 0)
    for (let back = 0; back < 48; back++) {
      const first = new Date(now.getFullYear(), now.getMonth() - back, 1)
      const span = checkedDay(first.getFullYear(), first.getMonth() + 1, date)
      if (span !== null && span.from <= now.getTime() && new Date(span.from).getDay() === index) return span
    }
  const ofMonth =
    /^(?:the )?(\d{1,2})(?:st|nd|rd|th)? (?:of )?(last|this) month$/.exec(word) ?? /^(last|this) month(?:'s)?,? (?:the )?(\d{1,2})(?:st|nd|rd|th)?$/.exec(word)
  if (ofMonth === null) return null
  const number = Number(ofMonth.slice(1).find((part) => /^\d/.test(part)))
  const first = new Date(months(now.getFullYear(), now.getMonth() - (ofMonth.includes('last') ? 1 : 0)).from)
  return checkedDay(first.getFullYear(), first.getMonth() + 1, number)
}
