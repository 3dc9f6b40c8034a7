/** Converts stamps to times: the order of day and month is found from all stamps of a file, and invalid dates are no times. Pure. */
import { PersianCalendar, IslamicUmalquraCalendar, toCalendar, CalendarDate, GregorianCalendar } from '@internationalized/date'
import { readStamp, type DateOrder, type Stamp } from './stamps.ts'

const DAY = 86_400_000
const LATEST_YEAR = 2247

/** ms since the epoch, local time without a zone, or null if a text is no time; of several possible orders the one that the stamp looks like. */
export function parseTime(text: string): number | null {
  const stamp = readStamp(text)
  if (stamp === null) return null
  const orders = new Orders()
  orders.add(stamp)
  return timeOf(stamp, orders.best().order)
}

/** Gregorian date from other calendars in phones: Thailand's year is 543 ahead, Taiwan's 1911 behind; years of Iran's and Arabia's calendars are close to our length. */
function gregorian(year: number, month: number, day: number): [number, number, number] {
  if (year > 2400 && year < 2800) return [year - 543, month, day]
  // years of the Republic of China
  if (year > 99 && year < 150) return [year + 1911, month, day]
  const calendar = year >= 1340 && year < 1425 ? new PersianCalendar() : year >= 1425 && year < 1500 ? new IslamicUmalquraCalendar() : null
  if (calendar === null || month < 1 || month > 12 || day < 1 || day > 31) return [year, month, day]
  const date = toCalendar(new CalendarDate(calendar, year, month, day), new GregorianCalendar())
  return [date.year, date.month, date.day]
}

/** Full year of a two-digit one: Thailand's phones write two digits as well, and logs of the last century are older than phones. */
function fullYear(year: number): number {
  const latest = new Date().getFullYear() - 1999
  return year >= 100 || year <= latest ? year + (year < 100 ? 2000 : 0) : year > 70 ? 1900 + year : year > 44 ? 1957 + year : 2000 + year
}

function dateOf({ numbers, month }: Extract<Stamp, { kind: 'date' }>, order: DateOrder): [number, number, number] {
  const [a = 0, b = 0, c = 0] = numbers
  if (month !== null) return a > 31 ? [a, month, b] : [b, month, a]
  // four digits are a year, whatever the file's order
  if (a > 31) return [a, b, c]
  if (order === 'ymd' && c <= 31) return [a, b, c]
  return order === 'mdy' || (order === 'ymd' && b > 12) ? [c, a, b] : [c, b, a]
}

/**
 * ms, or null for an invalid date. `after`: the time before it in its file; an hour repeated at the end of summer time means the first one that is not
 * earlier.
 */
export function timeOf(stamp: Stamp, order: DateOrder, after = -Infinity): number | null {
  if (stamp.kind === 'instant') return stamp.time >= 0 && stamp.time < Date.UTC(LATEST_YEAR + 1, 0) ? stamp.time : null
  const [written, writtenMonth, writtenDay] = dateOf(stamp, order)
  const { hour, minute, second, fraction } = stamp.clock
  const [year, month, day] = gregorian(fullYear(written), writtenMonth, writtenDay)
  const midnight = hour === 24 && minute === 0 && second === 0
  if (
    year < 1970 ||
    year > LATEST_YEAR ||
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > daysIn(year, month) ||
    (hour > 23 && !midnight) ||
    minute > 59 ||
    second > 60
  )
    return null
  if (stamp.zone !== null) return Math.max(0, Date.UTC(year, month - 1, day, hour, minute - stamp.zone, second, fraction))
  const time = new Date(year, month - 1, day, hour, minute, second, fraction).getTime()
  if (time < after) {
    for (const later of [time + DAY / 48, time + DAY / 24]) if (later >= after && sameClock(time, later)) return later
  }
  return Math.max(0, time)
}
const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()
const sameClock = (a: number, b: number): boolean => {
  const [one, other] = [new Date(a), new Date(b)]
  return one.getHours() === other.getHours() && one.getMinutes() === other.getMinutes() && one.getDate() === other.getDate()
}

/** `weekdays`: as bits; 0 for any. */
const isOn = (time: number, weekdays: number): boolean => weekdays === 0 || ((weekdays >> new Date(time).getDay()) & 1) === 1

const ORDERS: readonly DateOrder[] = ['dmy', 'mdy', 'ymd']
export interface FoundOrder {
  order: DateOrder
  /** True if nothing in the file suggests another order. */
  sure: boolean
}
interface Tried {
  order: DateOrder
  wrong: number
  future: number
  back: number
  forward: number
  last: number
  hints: number
  /** Sum of the time differences between consecutive messages, ms. */
  way: number
}
/** With at least ENOUGH stamps, an order whose sum of differences is SHORTER times smaller is right. */
const ENOUGH = 20
const SHORTER = 4

/** Collects the stamps of a file, one after the other, and finds the order of its dates. Does not keep them in memory. */
export class Orders {
  readonly #tried: Tried[] = ORDERS.map((order) => ({ order, wrong: 0, future: 0, back: 0, forward: 0, last: NaN, hints: 0, way: 0 }))
  readonly #now: number
  #open = 0

  /** `now`: ms; messages have no later times. */
  constructor(now = Date.now()) {
    this.#now = now + DAY
  }
  add(stamp: Stamp): void {
    if (stamp.kind === 'instant' || stamp.month !== null) return
    const [a = 0, , c = 0] = stamp.numbers
    if (a > 31) return
    this.#open++
    for (const one of this.#tried) {
      const time = one.order === 'ymd' && c > 31 ? null : timeOf(stamp, one.order)
      if (stamp.hint === one.order) one.hints++
      if (time === null || !isOn(time, stamp.weekdays ?? 0)) {
        one.wrong++
        continue
      }
      if (time > this.#now) one.future++
      if (time < one.last - DAY / 12) one.back++
      else if (time > one.last + DAY / 12) one.forward++
      if (!Number.isNaN(one.last)) one.way += Math.abs(time - one.last)
      one.last = time
    }
  }
  best(): FoundOrder {
    // files in reverse order are consistent, too
    const turns = ({ back, forward }: Tried): number => Math.min(back, forward)
    const far = (a: Tried, b: Tried): number => (a.way > b.way * SHORTER ? 1 : b.way > a.way * SHORTER ? -1 : 0)
    // a two-digit year comes first only where the language has that order
    const rest = this.#tried.filter(({ order }) => order !== 'ymd')
    const likely = this.#tried.filter(
      ({ order, hints, wrong, future }) => order !== 'ymd' || hints > 0 || (wrong + future === 0 && rest.every((one) => one.wrong + one.future > 0))
    )
    const [first, ...others] = likely.toSorted(
      (a, b) =>
        a.wrong - b.wrong ||
        a.future - b.future ||
        turns(a) - turns(b) ||
        Number(b.order === 'ymd') - Number(a.order === 'ymd') ||
        far(a, b) ||
        b.hints - a.hints
    )
    if (first === undefined || this.#open === 0) return { order: 'ymd', sure: true }
    const even = (one: Tried): boolean => one.wrong === first.wrong && one.future === first.future && turns(one) === turns(first)
    const sure = first.order === 'ymd' || !others.some((one) => even(one) && !(this.#open >= ENOUGH && far(one, first) > 0))
    return { order: first.order, sure }
  }
}
