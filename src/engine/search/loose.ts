/** Vague time spans: recently, just now, the other day, early 2024, the first week of May, two Fridays ago, since Monday. Pure. */
import { nthWeekday } from './holidays.ts'
import { checkedYear, days, LAST_YEAR, latest, months, type Span } from './spans.ts'
import { figure, monthPart, N } from './stretches.ts'

const HOUR_MS = 3_600_000
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const WEEKDAYS_EAST = ['日天', '一月', '二火', '三水', '四木', '五金', '六土']
const ORDINALS = ['', 'first|1st|一', 'second|2nd|二', 'third|3rd|三', 'fourth|4th|四', 'fifth|5th|五']

/** Index in a list of names by the first three letters, -1 for none. */
const among = (list: readonly string[], word: string): number => (word.length < 3 ? -1 : list.indexOf(word.slice(0, 3)))
/** Weekday in any of the languages; -1: none, 7: a weekend. */
function weekdayOf(word: string): number {
  if (/^(?:weekend|周末)$/u.test(word)) return 7
  const east = /^(?:周|星期|礼拜)([日天一二三四五六])$|^([日月火水木金土])曜日?$/u.exec(word)
  if (east !== null)
    return WEEKDAYS_EAST.findIndex((signs) =>
      east[1] === undefined ? signs[1] === east[2] || (east[2] === '日' && signs[0] === '日') : signs.includes(east[1]) && !(east[1] === '月')
    )
  return /^(?:sun|mon|tues|wednes|thurs|fri|satur)day$/.test(word) ? WEEKDAYS.indexOf(word.slice(0, 3)) : -1
}

/** Number of days, weeks or hours. */
const COUNTED = new RegExp(
  `^(?:(?:${N}|半|几)(?:个半?月|[かヶケカ箇]月间?|(?:个半?)?(?:天|日|周间?|星期|礼拜|小[时時]|[时時]间|分钟?))|(?:\\d{1,3}|[一二两三四五六七八九十百半几]{1,3})年)$`,
  'u'
)

/** `single`: parses one date without such words, for the text before or after them. */
export function loose(word: string, now: Date, single: (word: string) => Span | null): Span | null {
  const [y, m, d] = [now.getFullYear(), now.getMonth(), now.getDate()]
  const tomorrow = new Date(y, m, d + 1).getTime()
  const clock = (from: number): Span => ({ from, to: now.getTime() + 1, clock: true })

  if (/^(?:最近|这段时间|这段日子|recently|lately|この頃|このごろ|近ごろ|近顷|近頃)$/u.test(word)) return days(y, m, d - 6, 7)
  if (/^(?:近期|近来|近日|这阵子|这阵|最近一段时间|前段时间|前一段时间|前一?阵子?|前些时[候间]|不久[之以]?前)$/u.test(word)) return days(y, m, d - 29, 30)
  if (/^(?:这几天|这些天|这两三天|ここ数日|these days)$/u.test(word)) return days(y, m, d - 2, 3)
  if (/^(?:刚才|刚刚|刚|方才|just now|a moment ago|moments ago|さっき|ついさっき|先ほど|さきほど|先程|たった今)$/u.test(word))
    return clock(now.getTime() - HOUR_MS)
  if (/^(?:前几天|前些天|前些日子|the other day|先日|この间|この間|このあいだ|数日前)$/u.test(word)) return days(y, m, d - 7, 7)
  if (/^前半个月$/u.test(word)) return days(y, m, d - 15, 15)
  if (/^(?:earlier today|今天早些时候)$/u.test(word)) return clock(new Date(y, m, d).getTime())
  const within = /^(?:earlier (?=this)|本(?=[周月年]))(this (?:week|month|year)|[周月年])(?:早些时候)?$/u.exec(word)
  if (within !== null && (word.startsWith('earlier') || word.endsWith('时候'))) {
    const whole = single(`${/[周月年]/u.test(within[1] ?? '') ? '本' : ''}${within[1] ?? ''}`)
    return whole === null ? null : { from: whole.from, to: tomorrow }
  }
  if (/^(?:year to date|ytd|年初至今|年初到现在)$/u.test(word)) return { from: months(y, 0).from, to: tomorrow }
  if (/^(?:month to date|mtd|月初至今|月初到现在)$/u.test(word)) return { from: months(y, m).from, to: tomorrow }
  if (/^(?:the )?day after tomorrow$/.test(word)) return days(y, m, d + 2)

  const open =
    /^(?:since|starting|as of|ever since|from(?!.*(?: to | through |-|~|\.\.))) (.+)$/.exec(word) ??
    /^(.+?) (?:onwards?|and later|or later)$/.exec(word) ??
    /^(?:自从?|从)?(.+?)(?:以来|以來|至今|到现在|开始)$/u.exec(word) ??
    /^(.+) (?:so far|until now|till now)$/.exec(word)
  if (open !== null) {
    const span = single(open[1] ?? '')
    return span === null || span.from >= tomorrow ? null : { from: span.from, to: tomorrow }
  }
  const until = /^(?:until|till|up to) (.+)$/.exec(word) ?? /^(.+?)(?:まで|为止)$/u.exec(word.replace(/^(?!.*(?:から|到|至))/u, ''))
  if (until !== null) return closed(single(until[1] ?? ''), (span) => ({ from: 0, to: span.to }))
  const earlier = /^(?:before |pre-)(.+)$/.exec(word) ?? /^(.+?)(?:之前|以前|より前)$/u.exec(word)
  // 三天以前 is the day three days ago
  if (earlier !== null && !COUNTED.test(earlier[1] ?? '')) return closed(single(earlier[1] ?? ''), (span) => ({ from: 0, to: span.from }))
  const after = /^(?:after |post-)(.+)$/.exec(word) ?? /^(.+?)(?:之后|以后|以降)$/u.exec(word)
  if (after !== null && !COUNTED.test(after[1] ?? ''))
    return closed(single(after[1] ?? ''), (span) => ({ from: /以降$/u.test(word) ? span.from : span.to, to: new Date(LAST_YEAR, 0, 1).getTime() }))

  if (/^(?:the )?(?:last|past) hour$/.test(word)) return clock(now.getTime() - HOUR_MS)
  const decade = /^(?:the )?(?:(\d{3})0'?s|'?([7-9])0'?s)$|^(?:(\d{3})0|([0-9]0|[七八九]十))年代$/u.exec(word)
  if (decade !== null) {
    const start = decade[1] ?? decade[3]
    const two = decade[4] === undefined ? Number(decade[2]) * 10 : figure(decade[4])
    const first = start === undefined ? (two < 60 ? 2000 : 1900) + two : Number(start) * 10
    return first >= 1970 && first < LAST_YEAR - 10 ? { from: months(first, 0).from, to: months(first + 10, 0).from } : null
  }
  return ofYearOrMonth(word, now) ?? nthOfMonth(word, now) ?? ago(word, now, single)
}
const closed = (span: Span | null, make: (span: Span) => Span): Span | null => {
  if (span === null) return null
  const made = make(span)
  return made.from < made.to ? made : null
}

/** early 2024, the end of last month, 年中. */
function ofYearOrMonth(word: string, now: Date): Span | null {
  const [y, m] = [now.getFullYear(), now.getMonth()]
  const middle = /^(?:(今年|去年|前年|\d{4}年)?(?:的|の)?)年?中(?:旬|期|间)?$/u.exec(word)
  if (middle !== null && word.length > 1) {
    const said = middle[1]
    if (said === undefined) return word === '年中' ? latest((one) => months(one, 5, 2), now) : null
    return months(said === '今年' ? y : said === '去年' ? y - 1 : said === '前年' ? y - 2 : Number.parseInt(said, 10), 5, 2)
  }
  const found =
    /^(?:the )?(early|mid|middle|late|(?:very )?start|beginning|end)(?: of|-| in)? ?(?:the )?(last year|this year|year|last month|this month|month|\d{4})$/.exec(
      word
    )
  if (found === null) return null
  const [, part = '', of = ''] = found
  if (of.endsWith('month')) return monthPart(part === 'middle' ? 'mid' : part.replace('very ', ''), y, m - (of.startsWith('last') ? 1 : 0))
  const year = /^\d/.test(of) ? Number(of) : of === 'last year' ? y - 1 : y
  if (checkedYear(year) === null) return null
  const [first, count] = /start|beginning/.test(part) ? [0, 2] : part === 'end' ? [10, 2] : [{ early: 0, mid: 4, middle: 4, late: 8 }[part] ?? 0, 4]
  const span = months(year, first, count)
  return of === 'year' && span.from > now.getTime() ? months(year - 1, first, count) : span
}

/** The first week of May, the last Friday of June 2023, 五月第一个周末, 5月の第2週, the last day of May. */
function nthOfMonth(word: string, now: Date): Span | null {
  const english =
    /^(?:the )?(first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th) ([a-z]+) (?:of|in) (?:the )?([a-z]{3,9}|last month|this month)(?:,? (\d{4}))?$/.exec(
      word
    )
  const eastern = new RegExp(
    `^(?:(\\d{4})年)?(?:${N}月|(上个?月|这个?月|本月|先月|今月))(?:的|の)?(?:第([一二三四五1-5])|(最后一?|最後))(?:个|の)?(周末|周|星期|礼拜|週|天|日|(?:周|星期|礼拜)[日天一二三四五六]|[日月火水木金土]曜日?)$`,
    'u'
  ).exec(word)
  if (english === null && eastern === null) return null
  const [monthText = '', yearText, near] =
    english === null ? [eastern?.[2] ?? '', eastern?.[1], eastern?.[3]] : [english[3] ?? '', english[4], / /.test(english[3] ?? '') ? english[3] : undefined]
  const which =
    english === null
      ? eastern?.[5] === undefined
        ? figure(eastern?.[4] ?? '')
        : -1
      : english[1] === 'last'
        ? -1
        : ORDINALS.findIndex((names) => names.split('|').includes(english[1] ?? ''))
  const unit = (english === null ? eastern?.[6] : english[2]) ?? ''
  const month =
    near === undefined ? (english === null ? figure(monthText) - 1 : among(MONTHS, monthText)) : now.getMonth() - (/^(?:上|先|last)/u.test(near) ? 1 : 0)
  if (near === undefined && !(month >= 0 && month < 12)) return null
  const weekday = weekdayOf(unit)
  const isWeek = /^(?:week|周|星期|礼拜|週)$/u.test(unit)
  const isDay = /^(?:day|天|日)$/u.test(unit)
  if (!isWeek && !isDay && weekday < 0) return null
  const at = (year: number): Span | null => {
    const length = new Date(year, month + 1, 0).getDate()
    if (isWeek)
      return which < 0
        ? days(year, month, length - 6, 7)
        : which === 5
          ? { from: days(year, month, 29).from, to: months(year, month + 1).from }
          : days(year, month, which * 7 - 6, 7)
    if (isDay) return days(year, month, which < 0 ? length : which)
    const date = nthWeekday(year, ((month % 12) + 12) % 12, weekday === 7 ? 6 : weekday, which)
    return date > length ? null : days(year, month, date, weekday === 7 ? 2 : 1)
  }
  if (yearText !== undefined) return checkedYear(Number(yearText)) === null ? null : at(Number(yearText))
  return near === undefined ? latest(at, now) : at(now.getFullYear())
}

/** Two Fridays ago, a fortnight ago, the weekend before last; 3日前の夜, 三年前的夏天, 一个半小时前. */
function ago(word: string, now: Date, single: (word: string) => Span | null): Span | null {
  const [y, m, d] = [now.getFullYear(), now.getMonth(), now.getDate()]
  const fortnight = /^(?:(?:an?|the|1) )?(?:(\d{1,2}) )?fortnights? ago$/.exec(word)
  if (fortnight !== null) return days(y, m, d - 14 * Number(fortnight[1] ?? 1))
  const named = /^(\d{1,2}|an?|a few|a couple of) ([a-z]+?)s? ago$/.exec(word) ?? /^(?:the )?()([a-z]+) before last$/.exec(word)
  const weekday = named === null ? -1 : weekdayOf(named[2] ?? '')
  if (named !== null && weekday >= 0) {
    const count = named[1] === '' ? 2 : /^\d/.test(named[1] ?? '') ? Number(named[1]) : named[1] === 'a few' ? 3 : named[1] === 'a couple of' ? 2 : 1
    if (count === 0) return null
    // the latest one that is over counts as one ago
    const saturday = d - ((now.getDay() + 6) % 7) - 2
    return weekday === 7 ? days(y, m, saturday - 7 * (count - 1), 2) : days(y, m, d - ((now.getDay() - weekday + 6) % 7) - 1 - 7 * (count - 1))
  }
  const half = new RegExp(`^${N}个半(小时|月)(?:以前|之前|前)$`, 'u').exec(word)
  if (half !== null) {
    const count = figure(half[1] ?? '') + 0.5
    if (half[2] === '月') return days(y, m - Math.floor(count), d - 15)
    const from = Math.floor(now.getTime() / 60_000) * 60_000 - count * HOUR_MS
    return { from, to: from + 60_000, clock: true }
  }
  const within = /^(.{1,10}?前)(?:的|の)?(.+)$/u.exec(word)
  const span = within === null || !/\d|[一二三两四五六七八九十几半]/u.test(within[1] ?? '') ? null : single(within[1] ?? '')
  if (within === null || span === null || span.clock === true) return null
  const first = new Date(span.from)
  const length = span.to - span.from
  const day = `${first.getFullYear()}年${first.getMonth() + 1}月${first.getDate()}日`
  return single(
    length > 300 * 24 * HOUR_MS
      ? `${first.getFullYear()}年${within[2] ?? ''}`
      : length > 26 * HOUR_MS
        ? `${first.getFullYear()}年${first.getMonth() + 1}月${within[2] ?? ''}`
        : `${day}${within[2] ?? ''}`
  )
}
