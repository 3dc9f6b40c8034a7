/** Named parts of a year: quarters, halves, seasons, numbered weeks, and parts of a month, in English, Chinese and Japanese. Pure. */
import { days, latest, months, type Span } from './spans.ts'

/** Pattern of a number in Arabic or Chinese digits. */
export const N = '(\\d{1,4}|[〇零一二两三四五六七八九十百廿]{1,5})'
const FIGURES = '〇一二三四五六七八九'

/** Value of a number in Arabic or Chinese digits: 3, 三, 十二, 廿五, 两, 一百二十, 二〇二四; NaN for none. */
export function figure(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  const plain = text.replaceAll('零', '〇').replaceAll('两', '二').replaceAll('廿', '二十')
  if (plain === '' || /[^〇一二三四五六七八九十百]/u.test(plain)) return Number.NaN
  if (!/[十百]/u.test(plain)) return Number([...plain].map((sign) => FIGURES.indexOf(sign)).join(''))
  const found = /^(?:([一二三四五六七八九])百〇?)?(?:([一二三四五六七八九])?(十))?([一二三四五六七八九])?$/u.exec(plain)
  if (found === null) return Number.NaN
  const [, hundreds, tens, ten, ones] = found
  const of = (sign: string | undefined): number => (sign === undefined ? 0 : FIGURES.indexOf(sign))
  return of(hundreds) * 100 + (ten === undefined ? 0 : tens === undefined ? 10 : of(tens) * 10) + of(ones)
}

/** Part of a month: 上旬, 月初, 月底, 末; null: none. `month`: 0 to 11. */
export function monthPart(word: string, year: number, month: number): Span | null {
  const part = /^(?:上旬|初|初め|始め|はじめ|早期|early|start|beginning)$/u.test(word)
    ? 0
    : /^(?:中旬|中|mid|middle)$/u.test(word)
      ? 1
      : /^(?:下旬|底|末|late|end)$/u.test(word)
        ? 2
        : null
  if (part === null) return null
  return part === 2 ? { from: new Date(year, month, 21).getTime(), to: new Date(year, month + 1, 1).getTime() } : days(year, month, 1 + part * 10, 10)
}

const SEASONS = ['春', '夏', '秋', '冬', 'spring', 'summer', 'autumn', 'winter', 'fall']
const ORDINALS = ['first', 'second', 'third', 'fourth', '1st', '2nd', '3rd', '4th']
const ENGLISH = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** Year before or after the rest of a text: 2024, 今年, 去年, last year; null: none is named. */
function yearIn(word: string, now: Date): { year: number | null; rest: string } {
  const y = now.getFullYear()
  const found =
    /^(今年|本年|去年|昨年|大前年|前年|一昨年|おととし|last year|this year|\d{4}年?)[ 的のs\-']*(?=.)/u.exec(word) ??
    /(?<=.)[ -]?(?:of )?(last year|this year|\d{4})$/u.exec(word)
  if (found === null) return { year: null, rest: word }
  const named = found[1] ?? ''
  const year = /^\d/.test(named)
    ? Number.parseInt(named, 10)
    : /^(?:今|本|this)/u.test(named)
      ? y
      : named === '大前年'
        ? y - 3
        : /^(?:前年|一昨年|おととし)$/u.test(named)
          ? y - 2
          : y - 1
  return { year, rest: word.replace(found[0], '').trim() }
}

/** Named part of a year, or null; without a year the latest that has begun. */
export function stretch(word: string, now: Date): Span | null {
  const { year, rest } = yearIn(word, now)
  const [y, m, d] = [now.getFullYear(), now.getMonth(), now.getDate()]
  if (year !== null && (year < 1970 || year > 2247)) return null
  const at = (make: (year: number) => Span | null): Span | null => (year === null ? latest(make, now) : make(year))

  const quarter = /^(?:q([1-4])|([1-4])q|第?([一二三四1-4])(?:个?季度?|四半期)|(?:the )?(first|second|third|fourth|1st|2nd|3rd|4th) quarter)$/u.exec(rest)
  if (quarter !== null) {
    const [, a, b, c, name] = quarter
    const index = name === undefined ? figure(a ?? b ?? c ?? '') - 1 : ORDINALS.indexOf(name) % 4
    return at((one) => months(one, index * 3, 3))
  }
  const near = year !== null ? null : /^(这一?个?|本|今|this|上一?个?|前|last)[ -]?(?:季度?|四半期|quarter)$/u.exec(rest)
  if (near !== null) return months(y, Math.floor(m / 3) * 3 - (/^(?:上|前|last)/u.test(near[1] ?? '') ? 3 : 0), 3)
  const half = /^(?:(上|前)半(?:年|期)|(下|后)半(?:年|期)|h([12])|(?:the )?(first|second) half)$/u.exec(rest)
  if (half !== null) return at((one) => months(one, half[2] !== undefined || half[3] === '2' || half[4] === 'second' ? 6 : 0, 6))
  const season = /^(?:(春|夏|秋|冬)[天季]?|(?:last |this )?(spring|summer|autumn|fall|winter))$/u.exec(rest)
  if (season !== null && (season[1] === undefined || year !== null || rest.length > 1)) {
    const index = SEASONS.indexOf(season[1] ?? season[2] ?? '')
    const of = (one: number): Span => months(one, 2 + 3 * (index === 8 ? 2 : index % 4), 3)
    return rest.startsWith('last ') ? ([0, 1, 2].map((back) => of(y - back)).find(({ to }) => to <= now.getTime()) ?? null) : at(of)
  }
  const week = /^(?:第(\d{1,2}|[一二三四五]?十?[一二三四五六七八九十])(?:周|星期|週)|w(?:eek)? ?(\d{1,2})|kw ?(\d{1,2}))$/u.exec(rest)
  if (week !== null) {
    const number = figure(week[1] ?? week[2] ?? week[3] ?? '')
    if (!(number >= 1 && number <= 53)) return null
    // ISO 8601: week 1 has 4 January, the last one 28 December
    return at((one) => {
      const span = days(one, 0, 4 - ((new Date(one, 0, 4).getDay() + 6) % 7) + (number - 1) * 7, 7)
      return span.from <= new Date(one, 11, 28).getTime() ? span : null
    })
  }
  const part = /^(early|mid|late|(?:the )?(?:start|beginning|middle|end) of)[ -]([a-z]{3,9})$/.exec(rest)
  const month = part === null ? -1 : ENGLISH.indexOf((part[2] ?? '').slice(0, 3))
  if (part !== null && month >= 0) {
    const name = (part[1] ?? '').replace(/^the | of$/g, '')
    return at((one) => monthPart(name, one, month) ?? months(one, month))
  }
  if (/^(?:周末|weekend|the weekend)$/u.test(rest) && year === null) {
    const saturday = d - ((now.getDay() + 1) % 7)
    return days(y, m, saturday, 2)
  }
  if (/^月(?:初め|[初中底末])$/u.test(rest) && year === null) {
    const span = monthPart(rest.slice(1), y, m)
    return span !== null && span.from <= now.getTime() ? span : monthPart(rest.slice(1), y, m - 1)
  }
  if (/^年?(?:初め|[初底末])$/u.test(rest) && (year !== null || rest.length > 1)) return at((one) => months(one, rest.includes('初') ? 0 : 10, 2))
  return null
}
