/**
 * Dates and words for them, in English, Chinese and Japanese, as spans of local time. Pure. Our own grammar knows the length of each span (a week, a month,
 * an evening), the rule "without a year: the latest one that has begun", and all of Chinese and Japanese; chrono-node knows the many forms of English, clock
 * times and Japanese eras. Meanings: "2 weeks ago" and "3 days ago" are a day, "2 months ago" a calendar month, "2 years ago" a calendar year; weeks begin on
 * Monday (ISO 8601); "last Friday" is the latest Friday before today, 上周五 and 先週の金曜日 the Friday of the week before.
 */
import { en, ja, zh } from 'chrono-node'
import { asciiDigit } from '../../contract/digits.ts'
import { recent } from './ago.ts'
import { CALENDAR_WORDS, numericDay, otherCalendar } from './calendars.ts'
import { clockWords } from './clock-words.ts'
import { counted } from './counted.ts'
import { eastern } from './dates-eastern.ts'
import { english, MONTH_NAMES } from './dates-english.ts'
import { PART, timeOf } from './day-parts.ts'
import { holiday } from './holidays.ts'
import { loose } from './loose.ts'
import { approximate, nearby } from './nearby.ts'
import { monthsOfYear, range } from './ranges.ts'
import { checkedDay, checkedMonth, checkedYear, days, latest, type Span } from './spans.ts'
import { figure, stretch } from './stretches.ts'
import { simplified } from './traditional.ts'

const HOUR_MS = 3_600_000

/** Order of year, month and day in numeric dates. */
export type DateOrder = 'ymd' | 'dmy' | 'mdy'

/** Date order of the system's language. */
export function systemOrder(locale?: string): DateOrder {
  const parts = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'numeric', day: 'numeric' }).formatToParts(0).map(({ type }) => type)
  if (parts.indexOf('year') < parts.indexOf('month')) return 'ymd'
  return parts.indexOf('day') < parts.indexOf('month') ? 'dmy' : 'mdy'
}

/** Words offered by completion. */
export const DATE_WORDS = {
  en: ['today', 'yesterday', 'this week', 'last week', 'this month', 'last month', 'this year', 'last year'],
  zh: ['今天', '昨天', '本周', '上周', '本月', '上个月', '今年', '去年']
} as const

/** Numbers that can end a date of several words: days, and hours of one; other numbers only after a month's name, "at" or "of". */
const LAST_FIGURE =
  /^(?:'?\d{2,4}'?s|\d{1,2}(?:st|nd|rd|th),?|\d{1,3}(?:h|hrs?)|(?:\d{1,2}(?::\d{2})?(?:[ap]m)?[-–—~])?\d{1,2}[ap]m|\d{1,2}:\d{2}(?::\d{2})?(?:[ap]m)?|(?:上午|下午|早上|晚上|午前|午後|오전|오후)?\d{1,2}[点點时時시].*)$/i
/** Numbers that can end a range of several words: days after a month, dates after a range sign or word, and Chinese and Japanese numbers with their sign. */
const DAYS_OF_MONTH = /^\d{1,2}\p{Dash}\d{1,2},?$/u
const FIGURE_DATE = /^\d{1,4}(?:[-/.]\d{1,4}){0,2},?$/
const SIGN_BEFORE = /^(?:\p{Dash}|\.\.|[~～〜]|到|至|から|to|through|of)$|(?:到|至|から)$/iu
const SIGNED_FIGURE = /^\d{1,4}[年月日号號년월일](?:[\d年月日号號년월일]*)(?:まで|为止|為止|止)?$/u
/** Numbers with points and blanks, as in Korea. */
const POINTED = /^\d{4}\. \d{1,2}\.?(?: \d{1,2}\.?)?(?: ?[~〜-] ?(?:\d{4}\. )?\d{1,2}\. \d{1,2}\.?)?$/u
const MONTH_NAME = new RegExp(`^(?:${MONTH_NAMES})\\.?$`, 'i')
const BEFORE_NUMBER = new RegExp(`^(?:${MONTH_NAMES}|at|of|week|kw|\\d{1,2}(?:st|nd|rd|th)?,?)$`, 'i')
const BEFORE_YEAR = new RegExp(
  `^(?:${MONTH_NAMES}|q[1-4]|h[12]|[1-4]q|quarter|half|spring|summer|autumn|fall|winter|early|mid|late|of|christmas|xmas|easter|halloween|thanksgiving|eve|day|friday|year|festival)$`,
  'i'
)

/** Date of more than one word at the start of a text, which an operator accepts despite its blanks; or null. */
export function longDate(text: string): string | null {
  const words = [...text.slice(0, 60).matchAll(/\S+/gu)]
  for (let count = Math.min(8, words.length); count > 1; count--) {
    const last = words[count - 1]
    const before = words[count - 2]
    if (words[0]?.index !== 0 || last === undefined || before === undefined) continue
    const year =
      /^\d{4}$/.test(last[0]) &&
      words
        .slice(0, count - 1)
        .some(
          (word) =>
            word[0].split(/\p{Dash}/u).some((part) => BEFORE_YEAR.test(part.replace(/[.,]$/, '')) || CALENDAR_WORDS.has(part.toLowerCase())) ||
            /^(?:week|kw)$/i.test(word[0])
        )
    const figures =
      /^\d/.test(last[0]) &&
      !LAST_FIGURE.test(last[0]) &&
      !SIGNED_FIGURE.test(last[0]) &&
      !(/^\d{1,2},?$/.test(last[0]) && (BEFORE_NUMBER.test(before[0]) || CALENDAR_WORDS.has(before[0].toLowerCase()))) &&
      !(DAYS_OF_MONTH.test(last[0]) && MONTH_NAME.test(before[0])) &&
      !POINTED.test(text.slice(0, last.index + last[0].length)) &&
      !(FIGURE_DATE.test(last[0]) && SIGN_BEFORE.test(before[0]))
    // a word that is still being typed is no date
    if (!/[\p{L}\p{N}]/u.test(last[0]) || (/^[a-z]{1,2}$/i.test(last[0]) && !/^(?:[ap]m|gw)$/i.test(last[0])) || (figures && !year)) continue
    // a dash attached only to the next word excludes that word, unless it is a date itself: May -3, but 5/3 -5/8
    if (words.slice(1, count).some(([word]) => /^\p{Dash}[\p{L}\d]+,?$/u.test(word))) continue
    const whole = text.slice(0, last.index + last[0].length)
    if (!/[,"“]$/.test(whole) && parseDate(whole, Date.now()) !== null) return whole
  }
  return null
}

/** Time span of a text (a date, a word for one, or a range of two), relative to `now` (ms), or null if it is no date. */
export function parseDate(text: string, now: number, order: DateOrder = systemOrder()): Span | null {
  if (text.length > 80) return null
  // NFKC: full-width letters; digits of any script; all blanks become one kind, and so do all dashes
  const word = clockWords(
    simplified(text.normalize('NFKC').toLowerCase())
      .replaceAll(/\p{Nd}/gu, (digit) => asciiDigit(digit) ?? digit)
      .replaceAll(/[\u301c\u223c]/gu, '~')
      .replaceAll(/\p{Dash}/gu, (sign) => (sign === '~' ? sign : '-'))
      .replaceAll(/[\u2018\u2019\u02bc]/gu, "'")
      .replace(/\s+/gu, ' ')
      .trim()
  )
  const one = (text: string, at: Date): Span | null => single(text, at, order)
  // a date does not mix a point or slash with a dash
  if (/^\d{4}[./]\d{1,2}-\d{1,2}$/.test(word)) return monthsOfYear(word)
  return monthsOfYear(word) ?? single(word, new Date(now), order) ?? range(word, new Date(now), one)
}

/** Weekday after a calendar date, which it repeats. */
const REDUNDANT = new RegExp(
  `(?<=[日号\\d]) ?\\(?(?:(?:周|星期|礼拜)[日天一二三四五六]|[日月火水木金土]曜日?|[日月火水木金土](?=\\)))\\)?(?=$|[ 的の]|${PART}|(?<=\\)))|(?<=^\\d{1,4}[-/.]\\d{1,2}(?:[-/.]\\d{1,4})?),? \\(?(?:mon|tue|wed|thu|fri|sat|sun)(?:s|nes|r|rs|ur)?(?:day)?\\.?\\)?(?=$| )`,
  'u'
)
/** Hour with the half of a day in Latin letters behind Chinese or Japanese words: 昨晚11pm. */
const HALF_BEHIND = /(?<=[\p{Script=Han}\p{Script=Hiragana}] ?)(\d{1,2})(?::(\d{2}))? ?([ap])\.?m\.?$/u
const hourOf = (_: string, hour: string, minute: string | undefined, half: string): string =>
  `${(Number(hour) % 12) + (half === 'p' ? 12 : 0)}点${minute === undefined ? '' : `${minute}分`}`

/** Korean signs of a date by those of Chinese. */
const KOREAN: Record<string, string> = { 년: '年', 월: '月', 일: '日', 시: '点', 분: '分', 오전: '上午', 오후: '下午' }

/** Forms of one meaning by the form that the grammars know. */
const usual = (word: string): string =>
  word
    .replace(/(?<=\d ?)[년월일시분]|오[전후](?= ?\d)/gu, (sign) => KOREAN[sign] ?? sign)
    .replace(/(?<=\d) ?(?:г\.?|года|р\.)$/u, '')
    .replace(/^(q[1-4]|h[12]|[1-4]q|[12]h) ?'?(\d{2})$/, '$1 20$2')
    .replace(/^'?(\d{2})-?(q[1-4]|h[12])$/, '20$1$2')
    .replace(/^(\d{2})年(?=[上下前后]半|第?[一二三四1-4](?:个?季|四半)|[春夏秋冬])/u, '20$1年')
    .replace(/^(\d{4})\. ?(\d{1,2})\.$/, '$1-$2')
    .replace(/^(\d{1,2})\. (\d{1,2})\.?$/, '$1月$2日')
    .replace(/^(\d{4})_(\d{2})_(\d{2})$/, '$1-$2-$3')
    .replace(/^(?:in the |at )?(?=(?:morning|afternoon|evening|night)$)/, 'this ')
    .replace(/^this past (?=[a-z]+$)/, 'past ')
    .replace(/^((?:the )?(?:last|past)) fortnight$/, '$1 2 weeks')
    .replace(
      /(?<= at )(\d{1,2}(?::\d{2})?)(?: o'?clock)?,? (?:in the (morning|afternoon|evening)|at (night))$/,
      (_, clock: string, part?: string) => `${clock}${part === 'morning' ? 'am' : 'pm'}`
    )
    .replace(/(?<![\d:])(\d{1,2})h(\d{2})$/, '$1:$2')
    .replace(/^([〇零一二三四五六七八九]{4})年?$/u, (_, year: string) => String(figure(year)))
    .replace(/^([一三])刻钟(?=[以之]?前$)/u, (_, quarters: string) => `${figure(quarters) * 15}分钟`)
    .replace(/(?<=[点时分])(?:过后?|过ぎ|すぎ)$/u, '')
    .replace(HALF_BEHIND, hourOf)

function single(word: string, now: Date, order: DateOrder): Span | null {
  const known = usual(word)
  const plain = approximate(known)
    .replace(REDUNDANT, '')
    .replace(/^(?:in|on|at|during|within|over) (?=.)/, '')
    .replace(/^(?:the )?(?:previous|preceding|prior)\b/, 'last')
    .replace(/ '(\d{2})$/, ' 20$1')
    .replace(/(?<=[周週])の?土日$/u, '末')
    .replace(/^土日$/u, '周末')
    .replace(/^(\d{4}), (?=[a-z])/, '$1 ')
    .replace(/^'(\d{2})$/, '20$1')
  return (
    figures(plain, now, order) ??
    counted(numbered(known), now) ??
    besideClock(plain, (one) => single(one, now, order)) ??
    otherCalendar(plain, now) ??
    holiday(plain, now, timeOf) ??
    stretch(plain, now) ??
    nearby(plain, now, (text, at = now) => (text === plain && at === now ? null : single(text, at, order))) ??
    loose(numbered(plain), now, (one) => (one === plain ? null : single(one, now, order))) ??
    eastern(plain, now) ??
    english(numbered(plain), now) ??
    recent(numbered(plain), now) ??
    withPart(plain, now, order) ??
    byLibrary(plain, now, order) ??
    (plain.startsWith('the ') ? byLibrary(plain.slice(4), now, order) : null)
  )
}

/** Yesterday before noon, friday after 5pm: a day up to a time, or from it on. */
function besideClock(word: string, single: (word: string) => Span | null): Span | null {
  const [, dayText, sign = '', clock = ''] =
    /^(.+?),? (before|until|till|by|after|from|since) (noon|midday|\d{1,2}:\d{2}|\d{1,2}(?::\d{2})? ?(?:[ap]\.?m\.?|o'clock))(?: on)?$/.exec(word) ?? []
  const day = dayText === undefined ? null : single(dayText)
  if (day === null || day.clock === true || day.to - day.from > 26 * HOUR_MS) return null
  const time = single(`${dayText ?? ''} at ${clock}`)
  if (time === null || time.from <= day.from || time.from >= day.to) return null
  return /^(?:before|until|till|by)$/.test(sign) ? { from: day.from, to: time.from, clock: true } : { from: time.from, to: day.to, clock: true }
}

const NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']
/** Replaces small English number words by digits. */
const numbered = (word: string): string =>
  word.replace(/\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b(?! of)/g, (name) => String(NUMBERS.indexOf(name)))

/** Numeric date with a part of the day or a time behind it. */
const FIGURES_AND_PART = /^(?<day>(?:\d{2,4}年)?\d{1,2}月\d{1,2}[日号]|\d{4}\. \d{1,2}\. \d{1,2}\.?|\d[\d./-]*(?<=[\d.])),?(?<part> .+|[^\d./\-年月日号].*)$/u

/** Day with a part of it: friday evening, may 3 in the morning, the evening of 3 may, 5.3晚上, 2024-05-03 の午後. */
function withPart(word: string, now: Date, order: DateOrder): Span | null {
  const found =
    FIGURES_AND_PART.exec(word) ??
    /^(?<day>.+?),? (?:in the |at )?(?<part>morning|afternoon|evening|night|\d{1,2}h)$/.exec(word) ??
    /^(?:the )?(?<part>morning|afternoon|evening|night) (?:of|on) (?<day>.+)$/.exec(word)
  const { day: dayText = '', part = '' } = found?.groups ?? {}
  const day = found === null ? null : single(dayText, now, order)
  if (day === null || day.clock === true || day.to - day.from > 26 * HOUR_MS) return null
  const first = new Date(day.from)
  const words = part.trim().replace(/^(?:in the|in|at|around) /, '')
  const time = timeOf(
    words
      .replaceAll(' ', '')
      .replace(/^[的の]/u, '')
      .replace(/^(\d+)h$/, '$1时'),
    first
  )
  if (time !== null) return time
  // 3pm, 3:15 p.m.: of any other date, the library knows them after its own form only
  const [y, m, d] = [first.getFullYear(), first.getMonth() + 1, first.getDate()].map((figure) => String(figure).padStart(2, '0'))
  const own = `${y}-${m}-${d} ${words}`
  return /^(?:\d{1,2}(?::\d{2}){0,2} ?[ap]\.?m\.?|mid(?:day|night))$/.test(words) && own !== word ? byLibrary(own, now, order) : null
}

/** Years before the first one of Japan's eras. */
const ERAS: Record<string, number> = { r: 2018, h: 1988, s: 1925 }
/** Numeric dates: 2024-05-03, 20240503, 3.5.2024, 5/3, 2024. */
function figures(word: string, now: Date, order: DateOrder): Span | null {
  // ISO 8601 with a time zone
  if (/^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})$/.test(word)) {
    const from = Math.floor(Date.parse(word.toUpperCase()) / 60_000) * 60_000
    return Number.isNaN(from) || from < 0 ? null : { from, to: from + 60_000, clock: true }
  }
  const isoHour = /^(\d{4})-(\d{2})-(\d{2})t(\d{2})$/.exec(word)
  if (isoHour !== null) {
    const day = checkedDay(Number(isoHour[1]), Number(isoHour[2]), Number(isoHour[3]))
    return day === null ? null : timeOf(`${isoHour[4] ?? ''}时`, new Date(day.from))
  }
  const weekday = /^(\d{4}-?w\d{2})-?([1-7])$/.exec(word)
  if (weekday !== null) {
    const week = stretch(weekday[1] ?? '', now)
    const monday = new Date(week?.from ?? NaN)
    return week === null ? null : days(monday.getFullYear(), monday.getMonth(), monday.getDate() + Number(weekday[2]) - 1)
  }
  const era = /^([rhs])(\d{1,2})([-/.])(\d{1,2})\3(\d{1,2})$/.exec(word)
  if (era !== null) return checkedDay((ERAS[era[1] ?? ''] ?? 0) + Number(era[2]), Number(era[4]), Number(era[5]))
  // 24年 is a year, 3年 means three years
  const inShort = /^(\d{2})年$/u.exec(word)
  if (inShort !== null && Number(inShort[1]) > 12 && Number(inShort[1]) <= now.getFullYear() % 100) return checkedYear(2000 + Number(inShort[1]))
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
  if (yearFirst !== null) {
    const [year = 0, month = 0, day = 0] = [yearFirst[1], yearFirst[3], yearFirst[4]].map(Number)
    return checkedDay(year, month, day) ?? numericDay(year, month, day)
  }
  const full = /^(\d{1,2})([-/.]) ?(\d{1,2})\2 ?(\d{1,2}|\d{4})$/.exec(word)
  if (full !== null) {
    const [, a = '', sign, b = '', c = ''] = full
    // with points the day comes first wherever the year comes last
    const own: DateOrder = c.length === 4 && order === 'ymd' ? 'mdy' : order
    const ways: DateOrder[] = [sign === '.' && own === 'mdy' ? 'dmy' : own, 'dmy', 'mdy', 'ymd']
    for (const way of ways) {
      const [y, m, d] = way === 'ymd' ? [a, b, c] : way === 'dmy' ? [c, b, a] : [c, a, b]
      if (y.length === 1 || d.length > 2) continue
      const span =
        checkedDay(Number(y) + (y.length === 2 ? 2000 : 0), Number(m), Number(d)) ?? (y.length === 4 ? numericDay(Number(y), Number(m), Number(d)) : null)
      if (span !== null) return span
    }
    return null
  }
  const noYear = /^(\d{1,2})([-/.])(\d{1,2})(\.?)$/.exec(word)
  if (noYear === null) return null
  const [a, b] = [Number(noYear[1]), Number(noYear[3])]
  // a point after the second number counts for both: 3.5.
  const pairs =
    order === 'dmy' || (noYear[2] === '.' && noYear[4] === '.')
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

/** Other dates, by chrono-node; the whole text must be the date. Its certain fields determine the length of the span. */
function byLibrary(word: string, now: Date, order: DateOrder): Span | null {
  // a number after a separate dash is no day of a month
  if (/ -\d{1,2}$/.test(word) || /^(?:the )?(?:last|past|previous|prior|preceding) \d/.test(word)) return null
  for (const parser of [order === 'dmy' ? en.GB : en.casual, ja.casual, zh.hans.casual]) {
    const [result, ...more] = parser.parse(word, now)
    if (result === undefined || more.length > 0 || result.index !== 0 || result.text.length !== word.length || result.end !== null) continue
    const { start } = result
    const part = (name: 'year' | 'month' | 'day' | 'weekday' | 'hour' | 'minute' | 'second'): number | null => (start.isCertain(name) ? start.get(name) : null)
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
      const second = part('second')
      const from = new Date(first.getFullYear(), first.getMonth(), first.getDate() - back, hour, minute ?? 0, second ?? 0).getTime()
      if (second !== null) return { from, to: from + 1000, clock: true }
      // "3pm" is an hour, "3:15pm" a minute, "3:15:20pm" a second
      return { from, to: from + (minute === null || !/\d[:.]\d\d/.test(word) ? HOUR_MS : HOUR_MS / 60), clock: true }
    }
    const today = at()
    // without a day: the latest that has begun
    return date === null && month === null && today.from > now.getTime() ? at(start.isCertain('weekday') ? 7 : 1) : today
  }
  return null
}
