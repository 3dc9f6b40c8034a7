/** English dates and time spans: last week, the 3rd, 3 May, last Friday, 2 weeks ago. Pure. */
import { back } from './ago.ts'
import { timeOf } from './day-parts.ts'
import { checkedDay, checkedMonth, days, latest, latestDate, months, sinceMonday, type Span } from './spans.ts'

export const MONTH_NAMES =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?'
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** 0: Sunday; -1: no weekday. */
const weekdayNamed = (word: string): number =>
  WEEKDAYS.findIndex((name) => ['day', 'sday', 'nesday', 'rsday', 'urday', '', 's', 'rs', 'r'].some((end) => word === name + end))

/** English dates and time spans without a year. */
export function english(word: string, now: Date): Span | null {
  const [y, m, d] = [now.getFullYear(), now.getMonth(), now.getDate()]
  const week = new RegExp(`^(this|last|next)[ -]?(week|month|year|weekend)$|^(?:the )?(week|month|year) before last$`).exec(word)
  if (week !== null) {
    const back = week[3] !== undefined ? 2 : week[1] === 'last' ? 1 : week[1] === 'next' ? -1 : 0
    const unit = week[2] ?? week[3]
    if (unit === 'year') return months(y - back, 0, 12)
    if (unit === 'month') return months(y, m - back)
    const monday = d - sinceMonday(now) - 7 * back
    return unit === 'week' ? days(y, m, monday, 7) : days(y, m, monday + 5, 2)
  }
  const ofWeek = /^(?:(this|last) week(?:'s)? ([a-z]{3,9})|([a-z]{3,9}) (?:of )?(this|last) week)$/.exec(word)
  if (ofWeek !== null) {
    const index = weekdayNamed(ofWeek[2] ?? ofWeek[3] ?? '')
    return index < 0 ? null : days(y, m, d - sinceMonday(now) - ((ofWeek[1] ?? ofWeek[4]) === 'last' ? 7 : 0) + ((index + 6) % 7))
  }
  const ofYear = new RegExp(`^(${MONTH_NAMES}) (last|this) year$|^(last|this) year (${MONTH_NAMES})$`).exec(word)
  if (ofYear !== null) return checkedMonth(y - ((ofYear[2] ?? ofYear[3]) === 'last' ? 1 : 0), MONTHS.indexOf((ofYear[1] ?? ofYear[4] ?? '').slice(0, 3)) + 1)
  const sameDay = /^(?:this day|this date|today) last year$|^(an?|\d{1,2}) years? ago today$/.exec(word)
  if (sameDay !== null) {
    const year = y - (/^\d/.test(sameDay[1] ?? '') ? Number(sameDay[1]) : 1)
    return checkedDay(year, m + 1, Math.min(d, new Date(year, m + 1, 0).getDate()))
  }
  if (/^(?:the )?day before yesterday$/.test(word)) return days(y, m, d - 2)
  const part = /^(?:(today|yesterday|this|last) ?(morning|noon|afternoon|evening|night)|(tonight)|(today|yesterday))$/.exec(word)
  if (part !== null) {
    const date = new Date(y, m, d - (/^(?:yesterday|last)/.test(word) ? 1 : 0))
    return part[4] === undefined ? timeOf(part[2] ?? 'night', date) : days(date.getFullYear(), date.getMonth(), date.getDate())
  }
  const night = /^(?:late )?(?:last|yesterday) (?:night|evening)(?:,? at| around|,)? (\d{1,2})(?::(\d{2}))? ?(?:([ap])\.?m\.?|o'?clock)?$/.exec(word)
  if (night !== null) {
    // 2am of last night is after midnight
    const [hour, half] = [Number(night[1]) % 12, night[3]]
    const early = half === 'a' || (half === undefined && hour <= 4)
    if (Number(night[1]) > 12 || Number(night[1]) === 0) return null
    const from = new Date(y, m, d - (early && hour < 6 ? 0 : 1), hour + (early ? 0 : 12), Number(night[2] ?? 0)).getTime()
    return { from, to: from + (night[2] === undefined ? 3_600_000 : 60_000), clock: true }
  }
  const monthOf = (name: string | undefined): number => MONTHS.indexOf((name ?? '').slice(0, 3)) + 1
  const named = new RegExp(
    `^(last |this )?(?:the )?(?:(\\d{1,2})(?:st|nd|rd|th)? (?:of )?)?(${MONTH_NAMES})\\.?(?: (?:the )?(\\d{1,2})(?:st|nd|rd|th)?)?(?:,? (\\d{4}))?$`
  ).exec(word)
  if (named !== null && (named[2] === undefined || named[4] === undefined)) {
    const month = monthOf(named[3])
    const date = named[2] ?? named[4]
    const at = (year: number): Span | null => (date === undefined ? checkedMonth(year, month) : checkedDay(year, month, Number(date)))
    if (named[5] !== undefined) return at(Number(named[5]))
    // "last May" has ended
    return named[1] === 'last '
      ? latest((year) => {
          const span = at(year)
          return span !== null && span.to <= now.getTime() ? span : null
        }, now)
      : latest(at, now)
  }
  const ordinal = /^(?:the )?(\d{1,2})(?:st|nd|rd|th)$/.exec(word)
  if (ordinal !== null) return latestDate(Number(ordinal[1]), now)
  const weekday = /^(?:(last|this) )?([a-z]{3,9})$/.exec(word)
  const index = weekday === null ? -1 : weekdayNamed(weekday[2] ?? '')
  if (weekday !== null && index >= 0) {
    const since = (now.getDay() - index + 7) % 7
    return days(y, m, d - (since === 0 && weekday[1] === 'last' ? 7 : since))
  }
  const half = /^(?:(\d{1,2}|an?) hours? and a half|(\d{1,2}) and a half hours|half an hour|a half hour) ago$/.exec(word)
  if (half !== null) {
    const hours = half[1] ?? half[2]
    return back(30 + 60 * (hours === undefined ? 0 : /^a/.test(hours) ? 1 : Number(hours)), 'minutes', now)
  }
  const ago = /^(an?|\d{1,3}) (minutes?|hours?|days?|weeks?|months?|years?) ago$/.exec(word)
  return ago === null ? null : back(/^a/.test(ago[1] ?? '') ? 1 : Number(ago[1]), ago[2] ?? '', now)
}
