/** Chinese and Japanese dates: 上周五, 去年五月三号, 先週の金曜日, 令和6年5月3日. Pure. */
import { back } from './ago.ts'
import { timeOf } from './day-parts.ts'
import { isJapanese } from './holidays.ts'
import { checkedDay, checkedMonth, checkedYear, days, latest, latestDate, months, sinceMonday, type Span } from './spans.ts'
import { figure, monthPart, N } from './stretches.ts'

const WEEKDAYS_ZH = '日一二三四五六'
const WEEKDAYS_JA = '日月火水木金土'
const WEEKDAY_EAST = '(?:(?:周|星期|礼拜)([日天一二三四五六])|([日月火水木金土])曜日?)'
const weekdayOf = (chinese: string | undefined, japanese: string | undefined): number =>
  chinese === undefined ? WEEKDAYS_JA.indexOf(japanese ?? 'none') : WEEKDAYS_ZH.indexOf(chinese === '天' ? '日' : chinese)

/** Years before this one by word; others are two. */
const YEARS_BACK: Record<string, number> = { 今年: 0, 本年: 0, 去年: 1, 昨年: 1, 大前年: 3, 来年: -1, 明年: -1, 再来年: -2, 后年: -2 }
/** Words for this one, the last, the one before; also the next. */
const WHICH = '这一?个?|本|今|[上先]+一?个?|先々|再?下+一?个?|再?来'
const backOf = (which: string): number => [...which].reduce((sum, sign) => sum + ('上先々'.includes(sign) ? 1 : '下来再'.includes(sign) ? -1 : 0), 0)

const DAYS_EAST: [RegExp, number][] = [
  [/^(?:今天|今日|今儿个?|本日|きょう|当天)/u, 0],
  [/^(?:昨天|昨日|昨儿个?|昨|きのう|ゆうべ)/u, -1],
  [/^大大前天/u, -4],
  [/^(?:大前天|一昨昨日|一昨々日|さきおととい)/u, -3],
  [/^(?:前天|前日|一昨日|おととい|おとつい)/u, -2],
  [/^(?:しあさって|明々后日|明明后日|大后天)/u, 3],
  [/^(?:明后日|あさって|后天)/u, 2],
  [/^(?:明天|明日|明儿个?|あした|あす)/u, 1],
  [/^明(?=早|晚|夜|朝|晩|晨)/u, 1],
  [/^今(?=早|晚|夜|朝|晩|晨)/u, 0],
  [/^前(?=晚|夜)/u, -2]
]

/** Chinese and Japanese dates, in traditional or simplified characters. */
export function eastern(word: string, now: Date): Span | null {
  if (!/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word)) return null
  // a blank or の between the parts has no meaning
  const text = word.replaceAll(' ', '').replaceAll(/(?<=.)(?<!き(?=のう))の(?=.)/gu, '')
  const [y, m, d] = [now.getFullYear(), now.getMonth(), now.getDate()]
  /** The day, or the time within it that the rest of the text names. */
  const within = (date: Date, rest: string): Span | null => (rest === '' ? days(date.getFullYear(), date.getMonth(), date.getDate()) : timeOf(rest, date))
  const of = (span: Span | null, rest: string): Span | null => (span === null || rest === '' ? span : timeOf(rest, new Date(span.from)))

  if (/^(?:ゆうべ|夕べ)$/u.test(text)) return timeOf('晚', new Date(y, m, d - 1))
  for (const [pattern, offset] of DAYS_EAST) {
    const found = pattern.exec(text)
    if (found === null) continue
    const rest = text.slice(found[0].length)
    const night = within(new Date(y, m, d + offset), rest)
    // 今天半夜 is the night that has begun
    const span =
      night !== null && offset === 0 && /^(?:的|の)?(?:半夜|深夜|夜中)/u.test(rest) && night.from > now.getTime() ? within(new Date(y, m, d - 1), rest) : night
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
  const fiscal = /^(?:(\d{4})|(今|本|昨|去|来))年度$/u.exec(text)
  if (fiscal !== null) {
    const near = fiscal[2] === undefined ? null : y - (m < 3 ? 1 : 0) + (/[昨去]/u.test(fiscal[2]) ? -1 : fiscal[2] === '来' ? 1 : 0)
    // fiscal years begin in April in Japan, in January in China
    const japanese = /[今昨来]/u.test(fiscal[2] ?? '') || isJapanese()
    return japanese ? months(near ?? Number(fiscal[1]), 3, 12) : checkedYear(fiscal[1] === undefined ? y - (fiscal[2] === '去' ? 1 : 0) : Number(fiscal[1]))
  }
  const year = /^(今年|本年|去年|昨年|大前年|前年|一昨年|おととし|再来年|来年|明年|后年)(.*)$/u.exec(text)
  if (year !== null) {
    const [, which = '', rest = ''] = year
    const at = y - (YEARS_BACK[which] ?? 2)
    return rest === '' ? months(at, 0, 12) : calendar(rest, at, now)
  }
  const ago = new RegExp(`^(?:${N}|(半))(天|日|周间?|个?星期|个?礼拜|[かヶケカ箇个]月间?|年|个?小[时時]|[时時]间|分钟?)(?:以前|之前|前)$`, 'u').exec(text)
  if (ago !== null) return back(ago[2] === undefined ? figure(ago[1] ?? '') : 0.5, ago[3] ?? '', now)
  const andHalf = new RegExp(`^${N}(年|小?[时時]间?|小时)半(?:以前|之前|前)$`, 'u').exec(text)
  if (andHalf !== null) {
    const count = figure(andHalf[1] ?? '')
    return andHalf[2] === '年' ? months(y, m - 12 * count - 6) : back(count * 60 + 30, '分', now)
  }
  const era = new RegExp(`^(令和|平成|昭和|(?:中华)?民国)(?:(元)|${N})年(.*)$`, 'u').exec(text)
  if (era !== null) {
    const at = (era[1] === '令和' ? 2018 : era[1] === '平成' ? 1988 : era[1] === '昭和' ? 1925 : 1911) + (era[2] === undefined ? figure(era[3] ?? '') : 1)
    return era[4] === '' ? checkedYear(at) : calendar(era[4] ?? '', at, now)
  }
  const full = new RegExp(`^(\\d{4}|[〇零一二三四五六七八九]{4}|\\d{2}(?=年.*月))年(.*)$`, 'u').exec(text)
  if (full !== null) {
    const at = figure(full[1] ?? '') + (full[1]?.length === 2 ? 2000 : 0)
    return full[2] === '' ? checkedYear(at) : calendar(full[2] ?? '', at, now)
  }
  return calendar(text, null, now)
}

/** 5月, 5月3号, 五月三日下午3点; 3号 without a month; 今天 of another year. `year` null: the latest that has begun. */
function calendar(text: string, year: number | null, now: Date): Span | null {
  const same = /^的?(?:(今天|今日|本日|这一?天|同一?天|同日)(?<rest>.*)|这个?月|本月|今月|同月)$/u.exec(text)
  if (year !== null && same !== null) {
    if (same[1] === undefined) return months(year, now.getMonth())
    // 29 February becomes the last day of February
    const last = new Date(year, now.getMonth() + 1, 0).getDate()
    const day = checkedDay(year, now.getMonth() + 1, Math.min(now.getDate(), last))
    const rest = same.groups?.['rest'] ?? ''
    return day === null || rest === '' ? day : timeOf(rest, new Date(day.from))
  }
  const found = new RegExp(`^${N}月${N}()(?<rest>)$`, 'u').exec(text) ?? new RegExp(`^(?:${N}月份?)?(?:${N}([日号]))?(?<rest>.*)$`, 'u').exec(text)
  if (found === null || (found[1] === undefined && found[2] === undefined)) return null
  const [, monthText, dateText, sign] = found
  const rest = found.groups?.['rest'] ?? ''
  const month = monthText === undefined ? null : figure(monthText)
  const date = dateText === undefined ? null : figure(dateText)
  let span: Span | null
  if (month === null) {
    // 3日 alone means three days, 3日の夜 a night
    if ((sign === '日' && rest === '') || year !== null || date === null) return null
    span = latestDate(date, now)
  } else if (year === null) span = latest((at) => (date === null ? checkedMonth(at, month) : checkedDay(at, month, date)), now)
  else span = date === null ? checkedMonth(year, month) : checkedDay(year, month, date)
  if (span === null || rest === '') return span
  const first = new Date(span.from)
  return date === null ? monthPart(rest, first.getFullYear(), first.getMonth()) : timeOf(rest, first)
}
