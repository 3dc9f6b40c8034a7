/** Times without a full date, as windows show them: '15:04', '昨天 15:04', 'Yesterday at 3:04 PM', 'Monday 15:04', '5/3 15:04'. Words of Unicode's CLDR. */
import { isHalfDay, readStamp, simplify, stampAt, type Clock, type Stamp } from './stamps.ts'
import { LOCALES, SUNDAY } from './weekdays.ts'

/** Time that a window shows. `back`: days before the day of the copy; `weekday`: 0 is Sunday. Without any of them the time of day is all there is. */
export type Shown =
  | { kind: 'stamp'; stamp: Stamp; written: string }
  | { kind: 'clock'; clock: Clock; back: number | null; weekday: number | null; date: { month: number; day: number } | null; written: string }

/** Words that CLDR has in other forms. */
const OTHERS: [string, Day][] = [
  ['前天', { back: 2 }],
  ['一昨日', { back: 2 }],
  ['おととい', { back: 2 }],
  ['きのう', { back: 1 }],
  ['きょう', { back: 0 }],
  ...[...'日一二三四五六'].flatMap((sign, weekday): [string, Day][] => ['周', '週', '礼拜', '禮拜', '星期'].map((week) => [`${week}${sign}`, { weekday }])),
  ['星期天', { weekday: 0 }],
  ['周天', { weekday: 0 }],
  ...[...'日月火水木金土'].map((sign, weekday): [string, Day] => [`(${sign})`, { weekday }])
]
type Day = { back: number } | { weekday: number }
const DAY_MS = 86_400_000

let words: Map<string, Day> | undefined
/** Days by their words, in lower case; longest words first. */
function dayWords(): Map<string, Day> {
  if (words !== undefined) return words
  const found = new Map<string, Day>(OTHERS)
  const put = (word: string, day: Day): void => {
    const key = simplify(word).toLowerCase().replace(/\.$/, '').trim()
    // one letter, or a number, is no word
    if (key.length > 1 && !/\d/.test(key) && !found.has(key)) found.set(key, day)
  }
  for (const locale of LOCALES) {
    const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
    for (const back of [0, 1, 2]) put(relative.format(-back, 'day'), { back })
    for (const style of ['long', 'short'] as const) {
      const names = new Intl.DateTimeFormat(locale, { weekday: style, timeZone: 'UTC' })
      for (let weekday = 0; weekday < 7; weekday++) put(names.format(SUNDAY + weekday * DAY_MS), { weekday })
    }
  }
  return (words = new Map([...found].sort(([a], [b]) => b.length - a.length)))
}

const HAS_CLOCK = /\d{1,2} ?(?:[:.時时点點시h] ?)\d{2}|\d ?[ap]\.?m\b/iu
/** Time of a day alone: '15:04', '3:04 PM', '下午3:04'. */
function clockOf(text: string): Clock | null {
  const [before = ''] = /^\D*/u.exec(text) ?? []
  if (!HAS_CLOCK.test(text) || text.length > 24 || (before.trim() !== '' && !isHalfDay(before))) return null
  const stamp = readStamp(`2000-01-01 ${text}`)
  if (stamp?.kind !== 'date' || stamp.zone !== null) return null
  const { hour, minute, second } = stamp.clock
  return hour <= 24 && minute < 60 && second <= 60 ? stamp.clock : null
}

const LONGEST = 48
const YEARLESS = /^(\d{1,2})(?:[月월] ?|[/.-])(\d{1,2})(?:[日일号]|\.)?,? *(?:\(?\p{L}{1,4}\)?)? *(?=\S)/u

/** Time of a whole text, or null. */
export function shownTime(text: string): Shown | null {
  const written = text.trim()
  if (written.length > LONGEST || !/\d/.test(simplify(written))) return null
  const simple = simplify(written).replace(/ +/g, ' ').trim()
  if (!HAS_CLOCK.test(simple)) return null
  const stamp = readStamp(written)
  if (stamp?.kind === 'date') return stampAt(simple, 0)?.clocked === true ? { kind: 'stamp', stamp, written } : null
  const clock = clockOf(simple)
  const known = { kind: 'clock' as const, back: null, weekday: null, date: null, written }
  if (clock !== null) return { ...known, clock }
  const lower = simple.toLowerCase()
  for (const [word, day] of dayWords()) {
    if (!lower.startsWith(word)) continue
    const rest = simple.slice(word.length)
    // a Latin word ends at its border
    if (/^\p{L}/u.test(rest) && /[a-z\u00c0-\u024f\u0370-\u052f]$/u.test(word)) continue
    const time = clockOf(rest.replace(/^[.,]? *(?:(?:at|um|à|às|a las|alle|om|kl\.?|klo|w|в|о|a|la|в)\s+)?/iu, ''))
    if (time !== null) return { ...known, clock: time, ...day }
  }
  const [whole, month, day] = YEARLESS.exec(simple) ?? []
  const time = whole === undefined ? null : clockOf(simple.slice(whole.length))
  if (time === null) return null
  const [a, b] = [Number(month), Number(day)]
  const [first, second] = a > 12 ? [b, a] : [a, b]
  return first >= 1 && first <= 12 && second >= 1 && second <= 31 ? { ...known, clock: time, date: { month: first, day: second } } : null
}
