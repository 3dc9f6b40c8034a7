/**
 * Dates and words for them, in English, Chinese and Japanese, as stretches of local time. Pure.
 *
 * Our own grammar knows what stretch a word means (a week, a month, an evening), each "without a year: the latest one that has begun",
 * and Chinese and Japanese whole; chrono-node knows the many ways of English, clock times and Japanese eras.
 *
 * Meanings: "2 weeks ago" and "3 days ago" are a day, "2 months ago" a calendar month, "2 years ago" a calendar year; weeks begin on
 * Monday (ISO 8601); "last Friday" is the latest Friday before today, 上周五 and 先週の金曜日 the Friday of the week before.
 */
import { en, ja, zh } from 'chrono-node'
import { checkedDay, checkedMonth, checkedYear, days, LAST_YEAR, latest, months, type Span } from './spans.ts'
import { figure, monthPart, N, stretch } from './stretches.ts'
import { simplified } from './traditional.ts'

const HOUR_MS = 3_600_000

/** Places of year, month and day in dates of figures. */
export type DateOrder = 'ymd' | 'dmy' | 'mdy'

/** The order that the system's language writes. */
export function systemOrder(locale?: string): DateOrder {
  const parts = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'numeric', day: 'numeric' }).formatToParts(0).map(({ type }) => type)
  if (parts.indexOf('year') < parts.indexOf('month')) return 'ymd'
  return parts.indexOf('day') < parts.indexOf('month') ? 'dmy' : 'mdy'
}

const MONTH_NAMES = 'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?'
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const WEEKDAYS_ZH = '日一二三四五六'
const WEEKDAYS_JA = '日月火水木金土'
const sinceMonday = (date: Date): number => (date.getDay() + 6) % 7

/** The words that completion offers. */
export const DATE_WORDS = {
  en: ['today', 'yesterday', 'this week', 'last week', 'this month', 'last month', 'this year', 'last year'],
  zh: ['今天', '昨天', '本周', '上周', '本月', '上个月', '今年', '去年']
} as const

/** Words that end a date of several words; a number does so behind the name of a month or "at". */
const LAST_WORD = new RegExp(
  `^(?:${MONTH_NAMES}|ago|days?|weeks?|months?|years?|hours?|quarter|weekend|before last|q[1-4]|yesterday|(?:sun|mon|tues|wednes|thurs|fri|satur)day|morning|noon|afternoon|evening|night|[ap]m|\\d{1,2}(?:st|nd|rd|th),?|\\d{1,2}[ap]m|\\d{1,2}:\\d{2}(?:[ap]m)?|(?:上午|下午|早上|晚上|午前|午後)?\\d{1,2}[点點时時].*)$`,
  'i'
)
const BEFORE_NUMBER = new RegExp(`^(?:${MONTH_NAMES}|at|of|\\d{1,2}(?:st|nd|rd|th)?,?)$`, 'i')

/** A date of more than one word at the start of a text, as an operator of a query takes it although it has blanks in it; or null. */
export function longDate(text: string): string | null {
  const words = [...text.slice(0, 60).matchAll(/\S+/gu)]
  for (let count = Math.min(7, words.length); count > 1; count--) {
    const last = words[count - 1]
    const before = words[count - 2]
    if (words[0]?.index !== 0 || last === undefined || before === undefined) continue
    const year =
      /^\d{4}$/.test(last[0]) &&
      words.slice(0, count - 1).some((word) => new RegExp(`^(?:${MONTH_NAMES}|q[1-4]|spring|summer|autumn|fall|winter)$`, 'i').test(word[0]))
    if (!year && !LAST_WORD.test(last[0]) && !(/^\d{1,2},?$/.test(last[0]) && BEFORE_NUMBER.test(before[0]))) continue
    const whole = text.slice(0, last.index + last[0].length)
    if (!/[,"“]$/.test(whole) && parseDate(whole, Date.now()) !== null) return whole
  }
  return null
}

/** Between two dates: signs and words, then a dash of any kind, which may also stand within a date. */
const BETWEEN = /\.\.|~|到|至|から| to | and /u
const DASH = /\s?-\s?/gu

/** The stretch that a text names (a date, a word for one, or two of them with .. between), seen from `now` (ms), or null where it is no date. */
export function parseDate(text: string, now: number, order: DateOrder = systemOrder()): Span | null {
  if (text.length > 80) return null
  // NFKC: digits and letters of full width; blanks of any kind are one, and so are dashes
  const word = simplified(text.normalize('NFKC').toLowerCase())
    .replaceAll(/[\u301c\u223c]/gu, '~')
    .replaceAll(/\p{Dash}/gu, (sign) => (sign === '~' ? sign : '-'))
    .replace(/\s+/gu, ' ')
    .trim()
  const whole = single(word, new Date(now), order)
  if (whole !== null) return whole
  const range = word.replace(/^(?:从|由|自|from |between )/u, '').replace(/(?:まで|为止|止)$/u, '')
  if (BETWEEN.test(range)) {
    const [first = '', last = '', ...more] = range.split(BETWEEN).map((part) => part.trim())
    return more.length > 0 ? null : between(first, last, new Date(now), order)
  }
  // three figures with dashes are one day, and here one that no calendar has
  if (/^\d+-\d+-\d+$/.test(range)) return null
  for (const { index, 0: sign } of range.matchAll(DASH)) {
    const found =
      index === 0 || index + sign.length === range.length ? null : between(range.slice(0, index), range.slice(index + sign.length), new Date(now), order)
    if (found !== null) return found
  }
  return null
}

/** From the first day of the one to the last of the other; either may be left open. What one leaves out, the other says: 5月3日至8日, 3-8 May. */
function between(first: string, last: string, now: Date, order: DateOrder): Span | null {
  if (first === '' && last === '') return null
  const month = /^(.*月)\d+|^(.*月)[一二三四五六七八九十]/u.exec(first)
  const name = new RegExp(`(?:^| )((?:${MONTH_NAMES})\\.?(?:,? \\d{4})?)(?: |$)`)
  const alone = (part: string): boolean => /^\d{1,2}(?:st|nd|rd|th)?$/.test(part)
  const from = first === '' ? { from: 0, to: 0 } : single(alone(first) && name.test(last) ? `${first} ${name.exec(last)?.[1] ?? ''}` : first, now, order)
  if (from === null) return null
  const whole =
    month !== null && new RegExp(`^${N}[日号]?(?!月)`, 'u').test(last) && !last.includes('月')
      ? `${month[1] ?? month[2] ?? ''}${/[日号]$/u.test(last) ? last : `${last}日`}`
      : alone(last) && name.test(first)
        ? `${name.exec(first)?.[1] ?? ''} ${last}`
        : last
  // without a year: the first that comes after
  const later = first !== '' && NO_YEAR.test(whole) ? new Date(from.from + YEAR_MS - 1) : now
  const to = last === '' ? { from: 0, to: new Date(LAST_YEAR, 0, 1).getTime() } : single(whole, later, order)
  return to === null || from.from >= to.to ? null : { from: from.from, to: to.to }
}
const YEAR_MS = 365 * 86_400_000
/** A date of the calendar that names no year. */
const NO_YEAR = new RegExp(
  `^(?:(?:\\d{1,2}|[一二三四五六七八九十]{1,3})月[^年]*|\\d{1,2}[-/.]\\d{1,2}\\.?|(?:\\d{1,2}(?:st|nd|rd|th)? )?(?:MONTHS)(?: \\d{1,2}(?:st|nd|rd|th)?)?)$`.replace(
    'MONTHS',
    MONTH_NAMES
  ),
  'u'
)

function single(word: string, now: Date, order: DateOrder): Span | null {
  // the day of the week behind a day of the calendar says nothing new
  const plain = word
    .replace(/(?<=[日号\d]) ?\(?(?:(?:周|星期|礼拜)[日天一二三四五六]|[日月火水木金土](?:曜日?)?(?=\)))\)?(?=$| )/u, '')
    .replace(/^(?:in|on|at|during) (?=.)/, '')
    .replace(/^previous\b/, 'last')
  return (
    figures(plain, now, order) ??
    stretch(plain, now) ??
    eastern(plain, now) ??
    english(numbered(plain), now) ??
    recent(numbered(plain), now) ??
    withPart(plain, now, order) ??
    byLibrary(plain, now, order)
  )
}

const NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']
/** Small numbers in words of English as figures. */
const numbered = (word: string): string =>
  word.replace(/\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b(?! of)/g, (name) => String(NUMBERS.indexOf(name)))

/** A day and a part of it in English: friday evening, may 3 in the morning. */
function withPart(word: string, now: Date, order: DateOrder): Span | null {
  const found = /^(.+?),? (?:in the |at )?(morning|afternoon|evening|night)$/.exec(word)
  const day = found === null ? null : single(found[1] ?? '', now, order)
  return day === null || day.clock === true || day.to - day.from > 26 * HOUR_MS ? null : timeOf(found?.[2] ?? '', new Date(day.from))
}

/** Dates of figures alone: 2024-05-03, 20240503, 3.5.2024, 5/3, 2024. */
function figures(word: string, now: Date, order: DateOrder): Span | null {
  const year = /^(\d{4})$/.exec(word)
  if (year !== null) return checkedYear(Number(year[1]))
  const compact = /^(\d{4})(\d{2})(\d{2})?$/.exec(word)
  if (compact !== null) {
    const span =
      compact[3] === undefined ? checkedMonth(Number(compact[1]), Number(compact[2])) : checkedDay(Number(compact[1]), Number(compact[2]), Number(compact[3]))
    if (span !== null || compact[3] !== undefined) return span
  }
  const short = /^(\d{2})(\d{2})(\d{2})$/.exec(word)
  if (short !== null) return checkedDay(2000 + Number(short[1]), Number(short[2]), Number(short[3]))
  const yearMonth = /^(\d{4})[-/.](\d{1,2})$/.exec(word)
  if (yearMonth !== null) return checkedMonth(Number(yearMonth[1]), Number(yearMonth[2]))
  const monthYear = /^(\d{1,2})[-/.](\d{4})$/.exec(word)
  if (monthYear !== null) return checkedMonth(Number(monthYear[2]), Number(monthYear[1]))
  const yearFirst = /^(\d{4})([-/.]) ?(\d{1,2})\2 ?(\d{1,2})\.?$/.exec(word)
  if (yearFirst !== null) return checkedDay(Number(yearFirst[1]), Number(yearFirst[3]), Number(yearFirst[4]))
  const full = /^(\d{1,2})([-/.]) ?(\d{1,2})\2 ?(\d{1,2}|\d{4})$/.exec(word)
  if (full !== null) {
    const [, a = '', sign, b = '', c = ''] = full
    // with points the day comes first wherever the year comes last
    const own: DateOrder = c.length === 4 && order === 'ymd' ? 'mdy' : order
    const ways: DateOrder[] = [sign === '.' && own === 'mdy' ? 'dmy' : own, 'dmy', 'mdy', 'ymd']
    for (const way of ways) {
      const [y, m, d] = way === 'ymd' ? [a, b, c] : way === 'dmy' ? [c, b, a] : [c, a, b]
      if (y.length === 1 || d.length > 2) continue
      const span = checkedDay(Number(y) + (y.length === 2 ? 2000 : 0), Number(m), Number(d))
      if (span !== null) return span
    }
    return null
  }
  const noYear = /^(\d{1,2})([-/.])(\d{1,2})\.?$/.exec(word)
  if (noYear === null) return null
  const [a, b] = [Number(noYear[1]), Number(noYear[3])]
  const pairs =
    order === 'dmy'
      ? [
          [b, a],
          [a, b]
        ]
      : [
          [a, b],
          [b, a]
        ]
  for (const [month = 0, date = 0] of pairs) {
    const span = latest((y) => checkedDay(y, month, date), now)
    if (span !== null) return span
  }
  return null
}

/** Parts of a day by their hours; 30: six in the morning of the next day. After CLDR's day periods, wider where people differ. */
const PARTS: [string, number, number][] = [
  ['凌晨|半夜|未明|夜中|深夜', 0, 6],
  ['清早|清晨|大清早|一大早|早上|早晨|早|上午|朝|in the morning|morning', 5, 12],
  ['午前', 0, 12],
  ['中午|正午|昼|noon', 11, 14],
  ['下午|午后|afternoon', 12, 18],
  ['傍晚|黄昏|夕方', 16, 20],
  ['晚上|夜里|夜晚|晚间|晚|夜|晩|evening|night', 18, 30]
]
const PART = PARTS.map(([words]) => words).join('|')
const PART_AT = new RegExp(`^(${PART})?(?:的|の)?(?:${N}(?:点钟?|[时時]|:)(?:(半)|([一三])刻|${N}分?)?)?$`, 'u')

/** A part of a day, a time of the day, or both, within the day that begins at `date`. */
function timeOf(word: string, date: Date): Span | null {
  const found = PART_AT.exec(word)
  if (found === null || word === '') return null
  const [, name, hourText, half, quarters, minuteText] = found
  const part = PARTS.find(([words]) => name !== undefined && words.split('|').includes(name))
  const at = (hour: number, minute = 0): number => new Date(date.getFullYear(), date.getMonth(), date.getDate(), hour, minute).getTime()
  if (hourText === undefined) return part === undefined ? null : { from: at(part[1]), to: at(part[2]) }
  let hour = figure(hourText)
  const minute = half !== undefined ? 30 : quarters !== undefined ? figure(quarters) * 15 : minuteText === undefined ? null : figure(minuteText)
  if (!(hour <= 24) || (minute !== null && !(minute < 60))) return null
  // 下午3点, 晚上11点; 晚上12点 is the end of the day, 凌晨 stays
  if (part !== undefined && part[1] >= 11 && hour < 12 && !(part[1] === 11 && hour === 11)) hour += 12
  else if (part !== undefined && part[1] >= 16 && hour === 12) hour = 24
  return minute === null
    ? { from: at(hour), to: at(hour) + HOUR_MS, clock: true }
    : { from: at(hour, minute), to: at(hour, minute) + HOUR_MS / 60, clock: true }
}

const WEEKDAY_EAST = '(?:(?:周|星期|礼拜)([日天一二三四五六])|([日月火水木金土])曜日?)'
const weekdayOf = (chinese: string | undefined, japanese: string | undefined): number =>
  chinese === undefined ? WEEKDAYS_JA.indexOf(japanese ?? 'none') : WEEKDAYS_ZH.indexOf(chinese === '天' ? '日' : chinese)

/** This one, the last, the one before; also the next. */
const WHICH = '这一?个?|本|今|[上先]+一?个?|先々|下一?个?'
const backOf = (which: string): number => (which.startsWith('下') ? -1 : [...which].filter((sign) => '上先々'.includes(sign)).length)

const DAYS_EAST: [RegExp, number][] = [
  [/^(?:今天|今日|今儿个?|本日|きょう|当天)/u, 0],
  [/^(?:昨天|昨日|昨儿个?|昨|きのう|ゆうべ)/u, -1],
  [/^(?:大前天|一昨昨日|一昨々日|さきおととい)/u, -3],
  [/^(?:前天|前日|一昨日|おととい|おとつい)/u, -2],
  [/^今(?=早|晚|夜|朝|晩)/u, 0],
  [/^前(?=晚|夜)/u, -2]
]

/** Dates of Chinese and Japanese, as traditional and simplified characters write them alike. */
function eastern(word: string, now: Date): Span | null {
  if (!/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word)) return null
  // a blank or の between the parts means nothing
  const text = word.replaceAll(' ', '').replaceAll(/(?<=.)の(?=.)/gu, '')
  const [y, m, d] = [now.getFullYear(), now.getMonth(), now.getDate()]
  /** The day alone, or a time within it, where the rest of the text says one. */
  const within = (date: Date, rest: string): Span | null => (rest === '' ? days(date.getFullYear(), date.getMonth(), date.getDate()) : timeOf(rest, date))
  const of = (span: Span | null, rest: string): Span | null => (span === null || rest === '' ? span : timeOf(rest, new Date(span.from)))

  if (text === 'ゆうべ') return timeOf('晚', new Date(y, m, d - 1))
  for (const [pattern, offset] of DAYS_EAST) {
    const found = pattern.exec(text)
    if (found === null) continue
    const span = within(new Date(y, m, d + offset), text.slice(found[0].length))
    if (span !== null && !(found[0] === '昨' && text === '昨')) return span
  }
  const bare = timeOf(text, now)
  // without a day: the latest one that has begun
  if (bare !== null) return bare.from <= now.getTime() ? bare : timeOf(text, new Date(y, m, d - 1))

  const week = new RegExp(`^(${WHICH})(?:周|星期|礼拜)(?:${WEEKDAY_EAST}|([日天一二三四五六]))?(?<rest>.*)$`, 'u').exec(text)
  if (week !== null) {
    const [, which = '', zhDay, jaDay, shortDay] = week
    const monday = d - sinceMonday(now) - 7 * backOf(which)
    const weekday = weekdayOf(zhDay ?? shortDay, jaDay)
    const rest = week.groups?.['rest'] ?? ''
    if (weekday < 0) return rest === '' || rest === '末' ? days(y, m, rest === '' ? monday : monday + 5, rest === '' ? 7 : 2) : null
    return within(new Date(y, m, monday + ((weekday + 6) % 7)), rest)
  }
  const weekday = new RegExp(`^${WEEKDAY_EAST}(?<rest>.*)$`, 'u').exec(text)
  if (weekday !== null) {
    const span = within(new Date(y, m, d - ((now.getDay() - weekdayOf(weekday[1], weekday[2]) + 7) % 7)), weekday.groups?.['rest'] ?? '')
    if (span !== null) return span
  }
  const month = new RegExp(`^(${WHICH}|当)月(?:${N}[日号])?(?<rest>.*)$`, 'u').exec(text)
  if (month !== null) {
    const [, which = '', date] = month
    const first = new Date(y, m - backOf(which), 1)
    const rest = month.groups?.['rest'] ?? ''
    if (date !== undefined) return of(checkedDay(first.getFullYear(), first.getMonth() + 1, figure(date)), rest)
    return rest === '' ? months(y, m - backOf(which)) : monthPart(rest, first.getFullYear(), first.getMonth())
  }
  const year = /^(今年|本年|去年|昨年|大前年|前年|一昨年|おととし)(.*)$/u.exec(text)
  if (year !== null) {
    const [, which = '', rest = ''] = year
    const at = y - (/^(?:今|本)/u.test(which) ? 0 : /^(?:去|昨)/u.test(which) ? 1 : which === '大前年' ? 3 : 2)
    return rest === '' ? months(at, 0, 12) : calendar(rest, at, now)
  }
  const ago = new RegExp(`^(?:${N}|(半))(天|日|周间?|个?星期|个?礼拜|[かヶケカ箇个]月间?|年|个?小[时時]|[时時]间|分钟?)(?:以前|之前|前)$`, 'u').exec(text)
  if (ago !== null) return back(ago[2] === undefined ? figure(ago[1] ?? '') : 0.5, ago[3] ?? '', now)
  const era = new RegExp(`^(令和|平成|昭和)(?:(元)|${N})年(.*)$`, 'u').exec(text)
  if (era !== null) {
    const at = (era[1] === '令和' ? 2018 : era[1] === '平成' ? 1988 : 1925) + (era[2] === undefined ? figure(era[3] ?? '') : 1)
    return era[4] === '' ? checkedYear(at) : calendar(era[4] ?? '', at, now)
  }
  const full = new RegExp(`^(\\d{4}|[〇零一二三四五六七八九]{4}|\\d{2}(?=年.*月))年(.*)$`, 'u').exec(text)
  if (full !== null) {
    const at = figure(full[1] ?? '') + (full[1]?.length === 2 ? 2000 : 0)
    return full[2] === '' ? checkedYear(at) : calendar(full[2] ?? '', at, now)
  }
  return calendar(text, null, now)
}

/** 5月, 5月3号, 五月三日下午3点; 3号 without a month. `year` null: the latest that has begun. */
function calendar(text: string, year: number | null, now: Date): Span | null {
  const found = new RegExp(`^(?:${N}月份?)?(?:${N}([日号]))?(?<rest>.*)$`, 'u').exec(text)
  if (found === null || (found[1] === undefined && found[2] === undefined)) return null
  const [, monthText, dateText, sign] = found
  const rest = found.groups?.['rest'] ?? ''
  const month = monthText === undefined ? null : figure(monthText)
  const date = dateText === undefined ? null : figure(dateText)
  let span: Span | null
  if (month === null) {
    // 3日 alone is three days
    if (sign === '日' || year !== null || date === null) return null
    span = latestDate(date, now)
  } else if (year === null) span = latest((at) => (date === null ? checkedMonth(at, month) : checkedDay(at, month, date)), now)
  else span = date === null ? checkedMonth(year, month) : checkedDay(year, month, date)
  if (span === null || rest === '') return span
  const first = new Date(span.from)
  return date === null ? monthPart(rest, first.getFullYear(), first.getMonth()) : timeOf(rest, first)
}

/** The latest day of that number in its month. */
function latestDate(date: number, now: Date): Span | null {
  for (let month = 0; month < 3; month++) {
    const first = new Date(now.getFullYear(), now.getMonth() - month, 1)
    const span = checkedDay(first.getFullYear(), first.getMonth() + 1, date)
    if (span !== null && span.from <= now.getTime()) return span
  }
  return null
}

type Unit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year'

function unitOf(word: string): Unit | null {
  if (/^(?:分钟?|min(?:ute)?s?)$/u.test(word)) return 'minute'
  if (/^(?:个?小[时時]|[时時]间|hours?)$/u.test(word)) return 'hour'
  if (/^(?:天|日|日间|d|days?)$/u.test(word)) return 'day'
  if (/^(?:周间?|个?星期|个?礼拜|w|weeks?)$/u.test(word)) return 'week'
  if (/^(?:[个かヶケカ箇]月间?|m|months?)$/u.test(word)) return 'month'
  return /^(?:年间?|y|years?)$/u.test(word) ? 'year' : null
}

/** What lies so far back: the minute or hour, the day for days and weeks, the calendar month, the calendar year. */
function back(count: number, word: string, now: Date): Span | null {
  let unit = unitOf(word)
  let many = count
  if (!(count >= 0) || unit === null) return null
  if (count === 0.5) {
    // half a year, half a month
    if (unit === 'year') [unit, many] = ['month', 6]
    else if (unit === 'month') [unit, many] = ['day', 15]
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

/** 0: Sunday; -1: it is none. */
const weekdayNamed = (word: string): number =>
  WEEKDAYS.findIndex((name) => ['day', 'sday', 'nesday', 'rsday', 'urday', '', 's', 'rs', 'r'].some((end) => word === name + end))

/** English stretches and days that have no year. */
function english(word: string, now: Date): Span | null {
  const [y, m, d] = [now.getFullYear(), now.getMonth(), now.getDate()]
  const week = new RegExp(`^(this|last)[ -]?(week|month|year|weekend)$|^(?:the )?(week|month|year) before last$`).exec(word)
  if (week !== null) {
    const back = week[3] !== undefined ? 2 : week[1] === 'last' ? 1 : 0
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
  if (/^(?:the )?day before yesterday$/.test(word)) return days(y, m, d - 2)
  const part = /^(?:(today|yesterday|this|last) ?(morning|noon|afternoon|evening|night)|(tonight)|(today|yesterday))$/.exec(word)
  if (part !== null) {
    const date = new Date(y, m, d - (/^(?:yesterday|last)/.test(word) ? 1 : 0))
    return part[4] === undefined ? timeOf(part[2] ?? 'night', date) : days(y, m, date.getDate())
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
    // "last May" is one that has ended
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
  const ago = /^(an?|\d{1,3}) (minutes?|hours?|days?|weeks?|months?|years?) ago$/.exec(word)
  return ago === null ? null : back(/^a/.test(ago[1] ?? '') ? 1 : Number(ago[1]), ago[2] ?? '', now)
}

/** The last so many days, weeks, months, years or hours, today included. */
function recent(word: string, now: Date): Span | null {
  const found = new RegExp(
    `^(?:(?:the )?(?:last|past)[ -]?|最近的?|近|过去的?|这|直近|ここ)?(?:${N}|(半))[ -]?([a-z]+|[\\p{Script=Han}かヶケカ]+?)(?:以?内|里)?$`,
    'u'
  ).exec(word.replace(/^(?:the )?past (?=[a-z]+$)/, 'past 1 '))
  let unit = unitOf(found?.[3] ?? '')
  if (found === null || unit === null || unit === 'minute') return null
  let count = figure(found[1] ?? '')
  if (found[2] !== undefined && (unit === 'year' || unit === 'month')) [unit, count] = unit === 'year' ? ['month', 6] : ['day', 15]
  if (!(count <= 999)) return null
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

/** All else that people write, by chrono-node; the whole text must be the date. Its certain fields say how long the stretch is. */
function byLibrary(word: string, now: Date, order: DateOrder): Span | null {
  for (const parser of [order === 'dmy' ? en.GB : en.casual, ja.casual, zh.hans.casual]) {
    const [result, ...more] = parser.parse(word, now)
    if (result === undefined || more.length > 0 || result.index !== 0 || result.text.length !== word.length || result.end !== null) continue
    const { start } = result
    const part = (name: 'year' | 'month' | 'day' | 'weekday' | 'hour' | 'minute'): number | null => (start.isCertain(name) ? start.get(name) : null)
    const [year, month, date, hour, minute] = [part('year'), part('month'), part('day'), part('hour'), part('minute')]
    const day =
      month !== null && date !== null && year === null
        ? latest((at) => checkedDay(at, month, date), now)
        : month !== null && date === null
          ? year === null
            ? latest((at) => checkedMonth(at, month), now)
            : checkedMonth(year, month)
          : year !== null && month === null
            ? checkedYear(year)
            : checkedDay(start.get('year') ?? 0, start.get('month') ?? 0, start.get('day') ?? 0)
    if (day === null) return null
    if (hour === null || (month !== null && date === null)) return day
    const first = new Date(day.from)
    const at = (back = 0): Span => {
      const from = new Date(first.getFullYear(), first.getMonth(), first.getDate() - back, hour, minute ?? 0).getTime()
      // "3pm" is an hour, "3:15pm" a minute
      return { from, to: from + (minute === null || !/\d[:.]\d\d/.test(word) ? HOUR_MS : HOUR_MS / 60), clock: true }
    }
    const today = at()
    // without a day: the latest that has begun
    return date === null && month === null && today.from > now.getTime() ? at(start.isCertain('weekday') ? 7 : 1) : today
  }
  return null
}
