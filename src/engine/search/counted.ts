/**
 * Spans of so many days, weeks, months, years, hours or minutes. Pure. "Last", "past", 最近, 过去 and 直近 end with today, as in "the last 3 days";
 * "previous", 前, 之前 and 前の end with yesterday, as in "the previous 3 days". A few are 7 days, 4 weeks, or 6 of anything else. "A few weeks ago" and
 * "2-3 weeks ago" are all days between the two numbers.
 */
import { back, unitOf, type Unit } from './ago.ts'
import type { Span } from './spans.ts'
import { figure, N } from './stretches.ts'

const HOUR_MS = 3_600_000
const MOST = 9999
const FEW: Record<Unit, number> = { minute: 30, hour: 6, day: 7, week: 4, month: 6, year: 6 }

const ENGLISH = '(minutes?|hours?|days?|weeks?|months?|years?)'
const EASTERN = '(分钟?|个?小[时時]|[时時]间|天|日间?|周间?|个?星期|个?礼拜|个月|[かヶケカ箇]月间?|年间?)'
const OVER = '(?:(?:in|over|within|during|for) )?(?:the |these |those )?'
const RECENT = new RegExp(`^${OVER}(last|past|previous|preceding|prior) (?:(few|several|couple(?: of)?|half(?: an?)?|\\d{1,4}) )?${ENGLISH}$`, 'u')
const RECENT_EAST = new RegExp(`^(之前|此前|先前|前面|前|最近|过去|近|这|この|ここ|直近)的?の?(?:${N}|(好?几|数|若干)|(半))${EASTERN}(?:以?来|以?内|里)?$`, 'u')
const AGO = '(?:以前|之前|前)'
const FEW_AGO = new RegExp(`^(?:a few|several|some|quite a few) ${ENGLISH} (?:ago|back|earlier)$|^(?:好?几|数|若干)${EASTERN}${AGO}$`, 'u')
const DIGIT = '[一二两三四五六七八九]'
const TWO = `(?:(\\d{1,3})(?:[-~到至、,]|か)(\\d{1,3})|(${DIGIT})[-~到至、,]?(${DIGIT}))`
const BETWEEN_AGO = new RegExp(`^(\\d{1,3}) ?(?:-|~|to|or) ?(\\d{1,3}) ${ENGLISH} ago$|^${TWO}${EASTERN}${AGO}$`, 'u')

/** Span by a number, or null. */
export function counted(word: string, now: Date): Span | null {
  const [, which, said, name = ''] = RECENT.exec(word) ?? []
  const unit = unitOf(name)
  if (which !== undefined && unit !== null) {
    const over = /^p(?:rev|rec|rior)/.test(which)
    // "previous week" is a calendar week
    if (said === undefined) return null
    return said.startsWith('half') ? half(unit, now) : until(now, over, countOf(said, unit), unit)
  }
  const east = RECENT_EAST.exec(word.replaceAll(' ', ''))
  const eastUnit = unitOf(east?.[5] ?? '')
  if (east !== null && eastUnit !== null) {
    const [, before = '', number, , isHalf] = east
    const over = /^(?:之前|此前|先前|前面?)$/u.test(before)
    // 前半年 is the first half of a year
    if (isHalf !== undefined) return over ? null : half(eastUnit, now)
    if (over || number === undefined || eastUnit === 'minute') return until(now, over, number === undefined ? FEW[eastUnit] : figure(number), eastUnit)
    return null
  }
  const few = FEW_AGO.exec(word)
  const fewUnit = unitOf(few?.[1] ?? few?.[2] ?? '')
  if (few !== null && fewUnit !== null) return fewUnit === 'day' ? until(now, true, FEW.day, 'day') : between(2, fewUnit === 'minute' ? 30 : 6, fewUnit, now)
  const two = BETWEEN_AGO.exec(word)
  if (two === null) return null
  const [least, most] = [figure(two[1] ?? two[4] ?? two[6] ?? ''), figure(two[2] ?? two[5] ?? two[7] ?? '')]
  const ofTwo = unitOf(two[3] ?? two[8] ?? '')
  return ofTwo === null || !(least < most) ? null : between(least, most, ofTwo, now)
}

const countOf = (said: string, unit: Unit): number => (/^\d/.test(said) ? Number(said) : said.startsWith('couple') ? 2 : FEW[unit])

/** Last half of a year, a month, a day or an hour. */
function half(unit: Unit, now: Date): Span | null {
  if (unit === 'year') return until(now, false, 6, 'month')
  if (unit === 'month') return until(now, false, 15, 'day')
  if (unit === 'day') return until(now, false, 12, 'hour')
  return unit === 'hour' ? until(now, false, 30, 'minute') : null
}

/** Span that ends with today, or with yesterday if it is `over`; hours and minutes end now. */
function until(now: Date, over: boolean, count: number, unit: Unit): Span | null {
  if (!(count >= 1 && count <= MOST)) return null
  if (unit === 'hour' || unit === 'minute') return { from: now.getTime() - (count * HOUR_MS) / (unit === 'hour' ? 1 : 60), to: now.getTime() + 1, clock: true }
  const [y, m, end] = [now.getFullYear(), now.getMonth(), now.getDate() + (over ? 0 : 1)]
  const from =
    unit === 'year' ? new Date(y - count, m, end) : unit === 'month' ? new Date(y, m - count, end) : new Date(y, m, end - count * (unit === 'week' ? 7 : 1))
  return from.getTime() < 0 ? null : { from: from.getTime(), to: new Date(y, m, end).getTime() }
}

function between(least: number, most: number, unit: Unit, now: Date): Span | null {
  const [first, last] = [back(most, unit, now), back(least, unit, now)]
  if (first === null || last === null) return null
  return { from: first.from, to: last.to, ...(first.clock === true ? { clock: true } : {}) }
}
