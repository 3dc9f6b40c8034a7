/**
 * Written times of phones and programs in every language: digits of any script, words for parts of the day and for months (time-words.ts), the numbers of a
 * date in any order. Pure. A stamp is the written form; times.ts converts it to a time.
 */
import { asciiDigit } from '../../../contract/digits.ts'
import { HALVES, MONTHS } from './time-words.ts'
import { weekdaysIn } from './weekdays.ts'

export interface Clock {
  hour: number
  minute: number
  second: number
  /** Fraction of a second, ms. */
  fraction: number
}
export type Stamp =
  | { kind: 'instant'; time: number }
  /**
   * `numbers`: of the date, in written order; `month`: 1 to 12 if it is a word, then numbers are the two others. `zone`: minutes east of Greenwich; null:
   * local time. `weekdays`: those that a word beside the date may mean, as bits; the lowest one is Sunday.
   */
  | { kind: 'date'; numbers: readonly number[]; month: number | null; clock: Clock; zone: number | null; hint: DateOrder; weekdays?: number }

export type DateOrder = 'ymd' | 'dmy' | 'mdy'

/** Bits of hours or months by word, as normalized by plain(). */
const table = (rows: string): ReadonlyMap<string, number> =>
  new Map(rows.split('|').map((row) => [row.slice(0, row.lastIndexOf('=')), parseInt(row.slice(row.lastIndexOf('=') + 1), 16)]))
const halves = table(HALVES)
const plain = (word: string): string =>
  word
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{Cf}\s.’'ʼ"״׳]/gu, '')

const DAY_MS = 86_400_000
/** Months of Iran's calendar, whose years times.ts knows. */
const persian = (['fa', 'en'] as const).flatMap((locale) => {
  const names = new Intl.DateTimeFormat(`${locale}-u-ca-persian`, { month: 'long', timeZone: 'UTC' })
  // 21 April 2024 was the 2nd of Ordibehesht, the second month
  return Array.from({ length: 12 }, (_, index): [string, number] => [plain(names.format(Date.UTC(2024, 3 + index, 21))), 1 << ((index + 1) % 12)])
})
/** Months of Arabia's calendar. */
const islamic = (['ar', 'en'] as const).flatMap((locale) => {
  const names = new Intl.DateTimeFormat(`${locale}-u-ca-islamic-umalqura`, { month: 'long', timeZone: 'UTC' })
  // 20 July 2023 was the 2nd of Muharram, the first month; a month has 29.5 days
  return Array.from({ length: 12 }, (_, index): [string, number] => [plain(names.format(Date.UTC(2023, 6, 30) + index * 29.5 * DAY_MS)), 1 << index])
})
const months = new Map([...persian, ...islamic, ...table(MONTHS)])

const MARKS = /[\p{Cf}\ufeff\r]/gu

/** Simplified text with one character for each of the original except marks: digits become ASCII, blanks spaces, signs single-width. */
export const simplify = (text: string): string =>
  text
    .replace(MARKS, '')
    .replace(
      /[^\x00-\x7f]/gu,
      (character) => asciiDigit(character) ?? (/\s/u.test(character) ? ' ' : (SIGNS[character] ?? (character.length > 1 ? '\ufffc' : character)))
    )
const SIGNS: Record<string, string> = {
  '،': ',',
  '၊': ',',
  '、': ',',
  '፣': ',',
  '۔': '.',
  '，': ',',
  '：': ':',
  '∶': ':',
  '．': '.',
  '／': '/',
  '－': '-',
  '‐': '-',
  '‑': '-',
  '٫': '.',
  '［': '[',
  '］': ']',
  '（': '(',
  '）': ')',
  '・': '.'
}

const WORD = String.raw`[\p{L}\p{M}][\p{L}\p{M}.’'ʼ״׳-]*(?:"[\p{L}\p{M}]+)?(?: [\p{L}\p{M}.’'ʼ״׳-]+){0,3}`
const NUMERIC = /(\d{1,4})(?: ?[-./年년] ?)(\d{1,2})(?: ?[-./月월] ?)(\d{1,4})(?!\d)(?: ?(?:日|일|г\.?|\.))?/uy
/** Years of Japanese eras and of the Republic of China, as written by phones with these calendars. */
const ERA = /(令和|平成|昭和|民國|民国|[RHS]) ?(\d{1,3}|元)[-./年] ?(\d{1,2})[-./月] ?(\d{1,2})日?/uy
const ERAS: Record<string, number> = { 令和: 2018, 平成: 1988, 昭和: 1925, 民國: 1911, 民国: 1911, R: 2018, H: 1988, S: 1925 }
const COMPACT = /((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)/uy
// 31 May 2024; May 31, 2024; 2024 May 31, with their particles: 31 de mayo de 2024, 31st of May
const DAY_FIRST =
  /(\d{1,2})(?:st|nd|rd|th)?[.]?(?:[ -](?:de|of|d’|d'))?[ -]?([\p{L}\p{M}][\p{L}\p{M}.’'ʼ]*(?: [\p{L}\p{M}ʻ’'-]+)??)[.,]?[ -](?:(?:de|del) )?(\d{4}|\d{2})(?!\d)(?: ?г\.?| ?р\.?| ?هـ| AH\b)?/uy
const MONTH_FIRST = /([\p{L}\p{M}][\p{L}\p{M}’'ʼ]*)[.]? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?!\d)/uy
const YEAR_FIRST = /(\d{4})\.?[ -]([\p{L}\p{M}][\p{L}\p{M}’'ʼ]*)\.?[ -](\d{1,2})(?!\d)\.?/uy
const WEEKDAY = /\(?[\p{L}\p{M}]+(?:-[\p{L}\p{M}]+)?[.]?\)?,? +/uy
const CLOCK = new RegExp(
  String.raw`(?:(${WORD}) ?)?(\d{1,2})(?: ?[:.時时点點시h] ?)(\d{2}|\d(?= ?[分분]))(?!\d)(?:(?: ?[:.分분] ?)(\d{2}|\d(?= ?[秒초]))(?!\d)(?:[.,:](\d{1,9}))?)?(?: ?[分분秒초](?![\p{L}]))?`,
  'uy'
)
const HALF = new RegExp(String.raw` ?(${WORD})`, 'uy')
const ZONE = / ?(Z|UTC|GMT)?(?:([-+−])(\d{2}|(?<=(?:UTC|GMT)[-+−])\d):?(\d{2})?)?(?![\p{L}\d])/uy
const BETWEEN = /[,T]?(?: ?(?:[\p{L}\p{M}]{1,8}\.?|\([\p{L}\p{M}.]{1,4}\)),? (?=\d))? ?/uy
/** Words that may follow a time and have no meaning. */
const SILENT = new Set(['uhr', 'ч', 'h', 'hrs', 'น', 'klo', 'kl', 'hs', 'ώρα', 'uur'])

/** Number of digits; a four-digit 0024 is not the year 2024. */
const numberIn = (digits = ''): number => (digits.length === 4 && digits.startsWith('00') ? 99_999 : Number(digits))

interface Found<T> {
  value: T
  end: number
}
function at(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from
  return pattern.exec(text)
}

type Day = Pick<Extract<Stamp, { kind: 'date' }>, 'numbers' | 'month'> & { cjk: boolean; slash: boolean }

function dayAt(text: string, from: number): Found<Day> | null {
  const numeric = at(NUMERIC, text, from)
  if (numeric !== null)
    return {
      value: { numbers: numeric.slice(1, 4).map(numberIn), month: null, cjk: /[年년]/u.test(numeric[0]), slash: numeric[0].includes('/') },
      end: from + numeric[0].length
    }
  const era = at(ERA, text, from)
  if (era !== null) {
    const [whole, name = '', year = '', month, date] = era
    return {
      value: { numbers: [(ERAS[name] ?? 0) + (year === '元' ? 1 : Number(year)), Number(month), Number(date)], month: null, cjk: true, slash: false },
      end: from + whole.length
    }
  }
  const compact = at(COMPACT, text, from)
  if (compact !== null) return { value: { numbers: compact.slice(1, 4).map(Number), month: null, cjk: false, slash: false }, end: from + compact[0].length }
  for (const [pattern, word, first, second] of [
    [DAY_FIRST, 2, 1, 3],
    [MONTH_FIRST, 1, 2, 3],
    [YEAR_FIRST, 2, 1, 3]
  ] as const) {
    const found = at(pattern, text, from)
    const bits = found === null ? undefined : months.get(plain(found[word] ?? ''))
    // a word for different months in two languages is ambiguous
    if (found === null || bits === undefined || (bits & (bits - 1)) !== 0) continue
    return {
      value: { numbers: [Number(found[first]), Number(found[second])], month: 32 - Math.clz32(bits), cjk: false, slash: false },
      end: from + found[0].length
    }
  }
  return null
}

/** True for a word for a part of the day. */
export const isHalfDay = (word: string): boolean => halves.has(plain(word))

/** Hour of 24 for an hour with a word for a part of the day: of the two possible hours the one within that part, or nearer to it. */
function hourIn(bits: number, hour: number): number {
  const early = hour % 12
  // a word for the morning only never means noon: 12:05 e paradites
  if ((bits & 0xfff000) === 0) return early
  const distance = (candidate: number): number => {
    for (let away = 0; away < 12; away++) if ((bits >> ((candidate + away) % 24)) & 1 || (bits >> ((candidate + 24 - away) % 24)) & 1) return away
    return 24
  }
  const [morning, evening] = [distance(early), distance(early + 12)]
  // equally near: a word for the afternoon only means the later one
  return evening < morning || (evening === morning && (bits & 0xfff) === 0) ? early + 12 : early
}

function clockAt(text: string, from: number): Found<{ clock: Clock; zone: number | null; half: string | null }> | null {
  const found = at(CLOCK, text, from)
  if (found === null) return null
  const [whole, before, hour = '', minute = '', second = '0', fraction = ''] = found
  let end = from + whole.length
  let half = before === undefined ? null : (halves.get(plain(before)) ?? halves.get(plain(before.split(' ').at(-1) ?? '')) ?? null)
  let word = half === null ? null : (before ?? null)
  const after = at(HALF, text, end)
  if (after !== null) {
    // the longest meaningful sequence of words: 'p. m. UTC'
    const words = (after[1] ?? '').split(' ')
    for (let count = words.length; count > 0; count--) {
      const run = words.slice(0, count).join(' ')
      const bits = halves.get(plain(run))
      if (bits === undefined && !SILENT.has(plain(run))) continue
      if (half === null && bits !== undefined && Number(hour) <= 12) {
        half = bits
        word = run
      }
      end += after[0].length - (after[1] ?? '').length + run.length
      if (bits !== undefined || !SILENT.has(plain(run))) break
      break
    }
  }
  const [zoned = '', name, sign, hours = '0', minutes = '0'] = at(ZONE, text, end) ?? []
  const zone = name === undefined && sign === undefined ? null : (sign === '+' || sign === undefined ? 1 : -1) * (Number(hours) * 60 + Number(minutes))
  if (zone !== null) end += zoned.length
  const clock = {
    hour: half !== null && Number(hour) <= 12 ? hourIn(half, Number(hour)) : Number(hour),
    minute: Number(minute),
    second: Number(second),
    fraction: Math.floor(Number(`0.${fraction || '0'}`) * 1000)
  }
  return { value: { clock, zone, half: word }, end }
}

const hintOf = (day: Day, half: string | null): DateOrder => {
  if ((day.numbers[0] ?? 0) > 31 || day.cjk || (half !== null && /[\p{Script=Han}\p{Script=Hangul}]/u.test(half))) return 'ymd'
  return day.slash && half !== null && /^[ap]\.? ?m\.?$/i.test(half) ? 'mdy' : 'dmy'
}
const MIDNIGHT: Clock = { hour: 0, minute: 0, second: 0, fraction: 0 }

/** Most common numeric stamp, followed by neither word nor zone: by the end, a bracket, or a dash or colon with a blank after it. */
const USUAL = /(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:, ?| |T)(\d{1,2}):(\d{2})(?::(\d{2}))?(?=$|\]|:? ?[-–—] |: )/y
function usualAt(text: string, from: number): Found<Stamp> | null {
  const found = at(USUAL, text, from)
  if (found === null) return null
  const [whole, a, mark, b, c, hour, minute, second = '0'] = found
  const numbers = [numberIn(a), Number(b), numberIn(c)]
  const hint = hintOf({ numbers, month: null, cjk: false, slash: mark === '/' }, null)
  return {
    value: { kind: 'date', numbers, month: null, clock: { hour: Number(hour), minute: Number(minute), second: Number(second), fraction: 0 }, zone: null, hint },
    end: from + whole.length
  }
}

/** Stamp at `from` of a simplified text, date and time in either order; `end`: position after it. */
export function stampAt(text: string, from: number): (Found<Stamp> & { clocked: boolean }) | null {
  const usual = usualAt(text, from)
  if (usual !== null) return { ...usual, clocked: true }
  let day = dayAt(text, from)
  let weekdays = 0
  if (day === null) {
    const weekday = at(WEEKDAY, text, from)
    if (weekday !== null) day = dayAt(text, from + weekday[0].length)
    if (day !== null && day.value.month === null) weekdays = weekdaysIn(weekday?.[0] ?? '')
  }
  const beside = weekdays === 0 ? {} : { weekdays }
  if (day !== null) {
    const [between = ''] = at(BETWEEN, text, day.end) ?? []
    // a word before the time may be a part of the day, or meaningless
    const clock = clockAt(text, day.end + (/^[,T]? ?/u.exec(text.slice(day.end, day.end + 2))?.[0].length ?? 0)) ?? clockAt(text, day.end + between.length)
    if (clock === null)
      return {
        value: { kind: 'date', numbers: day.value.numbers, month: day.value.month, clock: MIDNIGHT, zone: null, hint: hintOf(day.value, null), ...beside },
        end: day.end,
        clocked: false
      }
    return {
      value: {
        kind: 'date',
        numbers: day.value.numbers,
        month: day.value.month,
        clock: clock.value.clock,
        zone: clock.value.zone,
        hint: hintOf(day.value, clock.value.half),
        ...beside
      },
      end: clock.end,
      clocked: true
    }
  }
  const clock = clockAt(text, from)
  if (clock === null) return null
  const [between = ''] = at(BETWEEN, text, clock.end) ?? []
  const late = dayAt(text, clock.end + between.length)
  if (late === null) return null
  return {
    value: {
      kind: 'date',
      numbers: late.value.numbers,
      month: late.value.month,
      clock: clock.value.clock,
      zone: clock.value.zone,
      hint: hintOf(late.value, clock.value.half)
    },
    end: late.end,
    clocked: true
  }
}

/** Seconds, ms, µs or ns since 1970 by their number of digits; dates without separators; days since 1900 as in spreadsheets. */
function fromNumber(text: string): Stamp | null {
  const date = (year: number, month: number, day: number, hour = 0, minute = 0, second = 0): Stamp => ({
    kind: 'date',
    numbers: [year, month, day],
    month: null,
    clock: { hour, minute, second, fraction: 0 },
    zone: null,
    hint: 'ymd'
  })
  const [, ...parts] = /^((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:([01]\d|2[0-3])([0-5]\d)([0-5]\d)?)?$/.exec(text) ?? []
  if (parts.length > 0 && text.length !== 13) {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) => Number(part ?? 0))
    return date(year, month, day, hour, minute, second)
  }
  const plain = /^\d(?:\.\d+)?e\+?\d{1,2}$/i.test(text) ? String(Number(text)) : text
  const [, whole = ''] = /^(\d{5,19})(?:\.\d+)?$/.exec(plain) ?? []
  const number = Number(plain)
  const time =
    whole.length >= 17
      ? fromLong(number)
      : whole.length >= 15
        ? fromMicroseconds(number)
        : whole.length >= 12
          ? number
          : whole.length >= 9
            ? number * 1000
            : whole.length === 5 && number > 25_569 && number < 80_000
              ? (number - 25_569) * 86_400_000
              : null
  return time === null ? null : whole.length === 5 ? local(time) : { kind: 'instant', time: Math.floor(time) }
}
/** Epochs of other systems, 1601 and year 1, in ms before 1970; and Apple's of 2001 in ms after it. */
const [SINCE_1601, SINCE_1, SINCE_2001] = [11_644_473_600_000, 62_135_596_800_000, 978_307_200_000]
/** True for plausible times of messages, ms. */
const isRecent = (time: number): boolean => time > Date.UTC(1995, 0) && time < Date.UTC(2100, 0)
const firstRecent = (...times: number[]): number => times.find(isRecent) ?? times[0] ?? 0
/** µs since 1970, or since 1601 (WebKit). */
const fromMicroseconds = (number: number): number => firstRecent(number / 1000, number / 1000 - SINCE_1601)
/** ns since 1970 or 2001 (Apple), µs since 1601, or 100 ns since 1601 (Windows) or the year 1 (.NET). ns since 1970 only if the result is later than 2001. */
function fromLong(number: number): number {
  const [nano, tenth] = [number / 1e6, number / 1e4]
  if (nano > Date.UTC(2001, 8)) return nano
  return firstRecent(number / 1000 - SINCE_1601, tenth - SINCE_1601, tenth - SINCE_1, nano + SINCE_2001, nano)
}
/** Stamp of a day count, which is local time. */
function local(time: number): Stamp {
  const date = new Date(Math.round(time / 1000) * 1000)
  return {
    kind: 'date',
    numbers: [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()],
    month: null,
    clock: { hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds(), fraction: 0 },
    zone: null,
    hint: 'ymd'
  }
}

/** Printed times of programs: 'Fri May 31 09:30:00 UTC 2024' (C), 'Fri May 31 2024 09:30:00 GMT+0200 (CEST)' (JavaScript), '20240531T093000Z' (ISO 8601). */
function plainOrder(text: string): string {
  const [, month, day, clock, zone = '', year] = /^\p{L}{3},? (\p{L}{3,9}) (\d{1,2}) (\d{1,2}:\d{2}:\d{2})( [A-Z]{1,5}| [-+]\d{4})? (\d{4})$/u.exec(text) ?? []
  if (year !== undefined) return `${month} ${day}, ${year} ${clock}${/UTC|GMT|Z|[-+]/.test(zone) ? zone : ''}`
  const [, date, hour, minute, second = '00', rest = ''] = /^(\d{8})T(\d{2}):?(\d{2}):?(\d{2})?((?:\.\d+)?(?:Z|[-+]\d{2}:?\d{2})?)$/.exec(text) ?? []
  if (date !== undefined) return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${hour}:${minute}:${second}${rest}`
  return text.replace(/^\p{L}{3} (?=\p{L}{3} \d{1,2} \d{4} )/u, '').replace(/ \([^()]*\)$/, '')
}

/** Stamp of a whole text, or null. */
export function readStamp(text: string): Stamp | null {
  const usual = usualAt(text, 0)
  if (usual !== null && usual.end === text.length) return usual.value
  const simple = plainOrder(simplify(text).replace(/ +/g, ' ').trim())
  const number = fromNumber(simple)
  if (number !== null) return number
  const found = stampAt(simple, 0)
  return found !== null && /^ ?[.,)]?$/.test(simple.slice(found.end)) ? found.value : null
}
