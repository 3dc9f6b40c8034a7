/** Holidays by their English, Chinese and Japanese names, and days of the Chinese calendar (by Intl). Pure. */
import { days, latest, type Span } from './spans.ts'
import { figure } from './stretches.ts'

const DAY_MS = 86_400_000

type Rule = (year: number) => Span | null

/** Rule of a fixed date, `count` days long. `month`: 1 to 12. */
const fixed =
  (month: number, date: number, count = 1): Rule =>
  (year) =>
    days(year, month - 1, date, count)
/** Rule of the nth such weekday of a month, the last one for -1, plus `later` days. `weekday`: 0 is Sunday. */
const nth =
  (which: number, weekday: number, month: number, later = 0): Rule =>
  (year) =>
    days(year, month - 1, nthWeekday(year, month - 1, weekday, which) + later)

/** Date of the nth such weekday of a month, of the last one for -1. `month`: 0 to 11. */
export function nthWeekday(year: number, month: number, weekday: number, which: number): number {
  if (which < 0) {
    const last = new Date(year, month + 1, 0)
    return last.getDate() - ((last.getDay() - weekday + 7) % 7)
  }
  return 1 + ((weekday - new Date(year, month, 1).getDay() + 7) % 7) + 7 * (which - 1)
}

/**
 * Months of the Chinese calendar that ICU begins so many days too early, by the Observatory of Hong Kong: new moons near midnight, and a leap month of 1987.
 * 1970 to 2100.
 */
const MOVED = new Map([
  ['1987-7', 29],
  ['1998-12', -1],
  ['2012-7', -1],
  ['2018-10', 1],
  ['2027-1', -1],
  ['2030-1', 1],
  ['2070-2', -1]
])
/** Days of the Chinese year that begins in a Gregorian year, by month and day ('8-15'), without leap months. */
const CHINESE_YEARS = new Map<number, Map<string, Date>>()
const CHINESE = new Intl.DateTimeFormat('en-u-ca-chinese', { timeZone: 'UTC', month: 'numeric', day: 'numeric' })
function chineseYear(year: number): Map<string, Date> {
  const known = CHINESE_YEARS.get(year)
  if (known !== undefined) return known
  const all = new Map<string, Date>()
  // the year begins between 20 January and 21 February
  for (let at = 20; at < 430; at++) {
    const date = new Date(Date.UTC(year, 0, at))
    const parts = CHINESE.formatToParts(date)
    const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? ''
    const key = `${of('month')}-${of('day')}`
    if (all.size === 0 && key !== '1-1') continue
    if (all.size > 0 && key === '1-1') break
    if (!all.has(key)) all.set(key, new Date(date.getTime() + (MOVED.get(`${year}-${of('month')}`) ?? 0) * DAY_MS))
  }
  CHINESE_YEARS.set(year, all)
  return all
}
/** Rule of a day of the Chinese calendar, `count` days long, without leap months. */
const lunar =
  (month: number, date: number, count = 1): Rule =>
  (year) => {
    const found = chineseYear(year).get(`${month}-${date}`)
    return found === undefined ? null : days(found.getUTCFullYear(), found.getUTCMonth(), found.getUTCDate(), count)
  }
/** Last day of the Chinese year before the one that begins in `year`. */
const newYearsEve: Rule = (year) => {
  const first = chineseYear(year).get('1-1')
  return first === undefined ? null : days(first.getUTCFullYear(), first.getUTCMonth(), first.getUTCDate() - 1)
}
const springFestival: Rule = (year) => {
  const eve = newYearsEve(year)
  return eve === null ? null : { from: eve.from, to: (lunar(1, 8)(year) ?? eve).from }
}
/** Solar term by its usual formula, 1970 to 2099; for the winter solstices of 1984 and 2021 the result is a day off without `beside`. */
const solarTerm =
  (month: number, early: number, late: number, beside: Record<number, number> = {}): Rule =>
  (year) =>
    days(year, month - 1, Math.floor((year % 100) * 0.2422 + (year < 2000 ? early : late)) - Math.floor((year % 100) / 4) + (beside[year] ?? 0))

/** Easter Sunday of the western churches (Meeus), plus `later` days. */
const easter =
  (later: number): Rule =>
  (year) => {
    const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100]
    const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30
    const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7
    const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114
    return days(year, Math.floor(f / 31) - 1, (f % 31) + 1 + later)
  }

export const isJapanese = (): boolean => new Intl.DateTimeFormat().resolvedOptions().locale.startsWith('ja')
/** Rule that differs in Japan. */
const either =
  (chinese: Rule, japanese: Rule): Rule =>
  (year) =>
    (isJapanese() ? japanese : chinese)(year)

/** Names separated by |, in lower case and simplified characters; the longest match wins. */
const HOLIDAYS = new Map<string, Rule>()
const name = (names: string, rule: Rule): void => {
  for (const one of names.split('|')) HOLIDAYS.set(one, rule)
}
name("元旦|元旦节|元日|new year|new years|new year's|new year's day|new years day|阳历年", fixed(1, 1))
name('お正月|三が日|年始|年明け', fixed(1, 1, 3))
name("new year's eve|new years eve|大晦日|跨年|跨年夜", fixed(12, 31))
name('年末年始', (year) => ({ from: days(year, 11, 29).from, to: days(year + 1, 0, 4).from }))
name('春节|过年|农历新年|农历年|chinese new year|lunar new year|spring festival|cny|旧正月', springFestival)
name("除夕|除夕夜|年三十|大年三十|年夜|大年夜|chinese new year eve|chinese new year's eve|lunar new year's eve", newYearsEve)
for (const [i, date] of [...'一二三四五六七'].entries()) name(`大年初${date}|年初${date}`, lunar(1, i + 1))
name(
  '正月',
  either((year) => ({ from: lunar(1, 1)(year)?.from ?? 0, to: lunar(2, 1)(year)?.from ?? 1 }), fixed(1, 1, 7))
)
name('元宵|元宵节|lantern festival', lunar(1, 15))
name('端午|端午节|dragon boat festival', lunar(5, 5))
name('七夕|七夕节', either(lunar(7, 7), fixed(7, 7)))
name('たなばた', fixed(7, 7))
name('中元|中元节|鬼节', lunar(7, 15))
name('中秋|中秋节|mid-autumn festival|mid autumn festival|moon festival', lunar(8, 15))
name('重阳|重阳节', lunar(9, 9))
name('腊八|腊八节', lunar(12, 8))
name('小年', lunar(12, 23))
name('清明|清明节|qingming', solarTerm(4, 5.59, 4.81))
name('冬至|winter solstice', solarTerm(12, 22.65, 21.93, { 1984: 1, 2021: -1 }))
name('五一|五一节|劳动节|五一劳动节|may day', fixed(5, 1, 5))
name('十一|国庆|国庆节|十一国庆|十一黄金周|national day|golden week', fixed(10, 1, 7))
name('双十|双十节', fixed(10, 10))
name("妇女节|三八|三八节|三八妇女节|女神节|women's day", fixed(3, 8))
name('植树节', fixed(3, 12))
name("愚人节|april fools|april fools' day|april fool's day|april fools day|エイプリルフール", fixed(4, 1))
name('青年节|五四|五四青年节', fixed(5, 4))
name('520', fixed(5, 20))
name("儿童节|六一|六一儿童节|children's day", fixed(6, 1))
name('618', fixed(6, 18))
name('七一|建党节', fixed(7, 1))
name('八一|建军节', fixed(8, 1))
name('教师节', fixed(9, 10))
name("双十一|双11|光棍节|singles' day|singles day", fixed(11, 11))
name('双十二|双12', fixed(12, 12))
name("情人节|valentine's|valentine's day|valentines day|valentines|バレンタイン|バレンタインデー", fixed(2, 14))
name('ホワイトデー|white day', fixed(3, 14))
name("母亲节|mother's day|mothers day|母の日|母日", nth(2, 0, 5))
name("父亲节|father's day|fathers day|父の日|父日", nth(3, 0, 6))
name('万圣节|万圣夜|halloween|ハロウィン|ハロウィーン', fixed(10, 31))
name('感恩节|thanksgiving|thanksgiving day', nth(4, 4, 11))
name('黑色星期五|黑五|black friday|ブラックフライデー', nth(4, 4, 11, 1))
name('cyber monday', nth(4, 4, 11, 4))
name('平安夜|圣诞夜|圣诞前夜|christmas eve|xmas eve|クリスマスイブ|クリスマスイヴ', fixed(12, 24))
name('圣诞|圣诞节|耶诞|耶诞节|christmas|christmas day|xmas|x-mas|クリスマス', fixed(12, 25))
name('boxing day', fixed(12, 26))
name('复活节|easter|easter sunday|イースター', easter(0))
name('good friday', easter(-2))
name('easter monday', easter(1))
name("st patrick's day|st. patrick's day|saint patrick's day", fixed(3, 17))
name('independence day|fourth of july', fixed(7, 4))
name('memorial day', nth(-1, 1, 5))
name('labor day', nth(1, 1, 9))
name('mlk day|martin luther king day', nth(3, 1, 1))
name("presidents' day|presidents day|president's day", nth(3, 1, 2))
name('columbus day', nth(2, 1, 10))
name("veterans day|veterans' day", fixed(11, 11))
name('ゴールデンウィーク|ゴールデンウイーク|gw', (year) => ({ from: days(year, 3, 29).from, to: days(year, 4, 6).from }))
name('お盆|お盆休み|盆休み|盆', fixed(8, 13, 4))
name('节分', fixed(2, 3))
name('ひな祭り|ひなまつり|雛祭り', fixed(3, 3))
name('こどもの日|こども日|子供の日', fixed(5, 5))
name('文化の日|文化日', fixed(11, 3))
name('成人の日|成人日', nth(2, 1, 1))
name('敬老の日|敬老日', nth(3, 1, 9))
name('海の日', nth(3, 1, 7))
name('スポーツの日|体育の日', nth(2, 1, 10))
name('元日', fixed(1, 1))
name('建国記念の日|建国记念の日|建国记念日', fixed(2, 11))
name('春分の日|春分日|春分', solarTerm(3, 21.4155, 20.646))
name('昭和の日|昭和日', fixed(4, 29))
name('憲法記念日|宪法记念日', fixed(5, 3))
name('みどりの日|みどり日', fixed(5, 4))
name('山の日|山日', fixed(8, 11))
name('秋分の日|秋分日|秋分', solarTerm(9, 23.822, 23.042))
name('勤労感謝の日|勤劳感谢の日|勤劳感谢日|勤労感谢の日|勤労感谢日', fixed(11, 23))
name('七五三', fixed(11, 15))
name(
  '黄金周',
  either(fixed(10, 1, 7), (year) => ({ from: days(year, 3, 29).from, to: days(year, 4, 6).from }))
)
name('夏休み', (year) => ({ from: days(year, 6, 20).from, to: days(year, 8, 1).from }))
name('冬休み', (year) => ({ from: days(year, 11, 25).from, to: days(year + 1, 0, 8).from }))
name('春休み', (year) => ({ from: days(year, 2, 25).from, to: days(year, 3, 6).from }))
name('暑假', (year) => ({ from: days(year, 6, 1).from, to: days(year, 8, 1).from }))
name('寒假', (year) => ({ from: days(year, 0, 15).from, to: days(year, 1, 25).from }))

const NAMES = [...HOLIDAYS.keys()].sort((a, b) => b.length - a.length)
const YEAR_BEFORE = /^(今年|本年|去年|昨年|大前年|前年|一昨年|おととし|last year's|this year's|last|this|\d{4}年?)[ 的の]*/u
const YEAR_AFTER = /^ ?(?:of |in )?(last year|this year|\d{4})$/

/** Span of a holiday in its year. `within`: parses a part of a day, such as an evening. Null: no holiday. */
export function holiday(word: string, now: Date, within: (rest: string, day: Date) => Span | null): Span | null {
  const before = YEAR_BEFORE.exec(word)
  for (const [rest, which] of [[word, ''] as const, ...(before === null ? [] : [[word.slice(before[0].length), before[1] ?? ''] as const])]) {
    const chinese = chineseDate(rest)
    const named = NAMES.find((one) => rest === one || (rest.startsWith(one) && ENDS.test(rest.slice(one.length))))
    const rule = chinese ?? (named === undefined ? undefined : HOLIDAYS.get(named))
    if (rule === undefined) continue
    const end = chinese === null && named !== undefined ? rest.slice(named.length) : ''
    const year = yearOf(which, end, now)
    const span =
      year !== null
        ? year < 1970 || year > 2100
          ? null
          : rule(year)
        : latest((one) => {
            const span = rule(one)
            // "last Christmas" is over
            return which === 'last' && span !== null && span.to > now.getTime() ? null : span
          }, now)
    const part = end
      .replace(YEAR_AFTER, '')
      .replace(/^ ?(?:的|の)?(?:期间|假期|连假|假|休|节日|当天|那天|那几天|那会儿|days?|holidays?|festival|day)?/u, '')
      .trim()
    if (span === null || part === '') return span
    const around = AROUND.get(part)
    if (around !== undefined) return around(span)
    return within(part, new Date(span.from))
  }
  return null
}
/** Words for the days around a holiday. */
const AROUND = new Map<string, (span: Span) => Span>([
  ['前', ({ from }) => ({ from: moved(from, -7), to: from })],
  ['前夕', ({ from }) => ({ from: moved(from, -1), to: from })],
  ['前一天', ({ from }) => ({ from: moved(from, -1), to: from })],
  ['后', ({ to }) => ({ from: to, to: moved(to, 7) })],
  ['后一天', ({ to }) => ({ from: to, to: moved(to, 1) })],
  ['前后', ({ from, to }) => ({ from: moved(from, -3), to: moved(to, 3) })],
  ['明け', ({ to }) => ({ from: to, to: moved(to, 7) })]
])
/** Start of the day `count` days later. */
const moved = (time: number, count: number): number => {
  const date = new Date(time)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + count).getTime()
}
/** Words that may follow the name of a holiday. */
const ENDS =
  /^(?: ?(?:of |in )?(?:last year|this year|\d{4})| ?(?:的|の)?(?:期间|假期|连假|假|休|节日|当天|那天|那几天|那会儿|holidays?|festival|day)?(?:的|の)?(?: ?(?:凌晨|半夜|清早|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|夜|晚|朝|昼|午前|午後|夕方|晩|morning|noon|afternoon|evening|night))?(?:的|の)?.{0,6})$/u

function yearOf(before: string, after: string, now: Date): number | null {
  const y = now.getFullYear()
  const said = YEAR_AFTER.exec(after)?.[1] ?? before
  if (/^\d/.test(said)) return Number.parseInt(said, 10)
  if (/^(?:今年|本年|this)/u.test(said)) return y
  if (/^(?:去年|昨年|last year)/u.test(said)) return y - 1
  if (said === '大前年') return y - 3
  return /^(?:前年|一昨年|おととし)$/u.test(said) ? y - 2 : null
}

/** 农历八月十五, 正月初一, 腊月廿三: day or month of the Chinese calendar. */
function chineseDate(word: string): Rule | null {
  const found = /^(?:农历|阴历|旧历)?(正|腊|冬|十?[一二三四五六七八九十])月(?:初?([一二三四五六七八九十廿]{1,3}))?[日号]?$/u.exec(word)
  if (found === null) return null
  const [whole, monthText = '', dateText] = found
  // without a word for the Chinese calendar a numbered month is Gregorian
  if (!/^[农阴旧]/u.test(whole) && !/^[正腊冬]/u.test(monthText) && !whole.includes('初')) return null
  if (whole === '正月') return null
  const month = monthText === '正' ? 1 : monthText === '腊' ? 12 : monthText === '冬' ? 11 : figure(monthText)
  const date = dateText === undefined ? null : figure(dateText)
  if (!(month >= 1 && month <= 12) || (date !== null && !(date >= 1 && date <= 30))) return null
  if (date !== null) return lunar(month, date)
  return (year) => {
    const first = lunar(month, 1)(year)
    const next = month === 12 ? lunar(1, 1)(year + 1) : lunar(month + 1, 1)(year)
    return first === null || next === null ? null : { from: first.from, to: next.from }
  }
}
