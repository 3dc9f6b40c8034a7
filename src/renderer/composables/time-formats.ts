/** Times and dates in a language, by Intl. Pure. */

export interface TimeFormats {
  /** 14:05 */
  clock(time: number): string
  /** For a list: the time today, the weekday within a week, otherwise the date, with the year if it differs. */
  brief(time: number): string
  /** For a separator: today, yesterday, or the full date. */
  day(time: number): string
  /** Day (today and yesterday by name) and clock, such as of a reminder. */
  moment(time: number): string
  /** Day with its year, without the weekday, such as of a certificate's end. */
  date(time: number): string
  full(time: number): string
}

const startOfDay = (time: number): number => new Date(time).setHours(0, 0, 0, 0)

/** 24 hours, midnight as 00:00; `hour12: false` makes it 24:00 in English. */
const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
const FORMATS = {
  clock: CLOCK,
  monthDay: { month: 'short', day: 'numeric' },
  yearMonthDay: { year: 'numeric', month: 'numeric', day: 'numeric' },
  weekday: { weekday: 'short' },
  weekdayDate: { weekday: 'long', month: 'long', day: 'numeric' },
  weekdayYear: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  moment: { weekday: 'short', month: 'short', day: 'numeric', ...CLOCK },
  momentYear: { year: 'numeric', month: 'short', day: 'numeric', ...CLOCK },
  date: { dateStyle: 'long' },
  full: { dateStyle: 'full', timeStyle: 'medium', hourCycle: 'h23' }
} as const satisfies Record<string, Intl.DateTimeFormatOptions>
type Formats = Record<keyof typeof FORMATS, Intl.DateTimeFormat>

const made = new Map<string, Formats>()
/** Formatters of a language, made once: every row shows times. */
export function formatsOf(locale: string): Formats {
  let formats = made.get(locale)
  if (formats === undefined) {
    formats = Object.fromEntries(Object.entries(FORMATS).map(([name, options]) => [name, new Intl.DateTimeFormat(locale, options)])) as Formats
    // a Japanese short weekday is one character, which beside times reads as 'month' or 'day'
    if (locale.startsWith('ja')) formats.weekday = new Intl.DateTimeFormat(locale, { weekday: 'long' })
    made.set(locale, formats)
  }
  return formats
}

/**
 * Formats times in a language.
 * @param words 'today' and 'yesterday' in that language
 * @param now milliseconds; a time after today is written as a date
 */
export function timeFormats(locale: string, words: { today: string; yesterday: string }, now: () => number = Date.now): TimeFormats {
  const { clock, monthDay, yearMonthDay, weekday, weekdayDate, weekdayYear, moment, momentYear, date, full } = formatsOf(locale)
  const sameYear = (time: number): boolean => new Date(time).getFullYear() === new Date(now()).getFullYear()
  const daysAgo = (time: number): number => Math.round((startOfDay(now()) - startOfDay(time)) / 86_400_000)
  return {
    clock: (time) => clock.format(time),
    brief: (time) => {
      const ago = daysAgo(time)
      if (ago === 0) return clock.format(time)
      if (ago === 1) return words.yesterday
      if (ago > 1 && ago < 7) return weekday.format(time)
      return sameYear(time) ? monthDay.format(time) : yearMonthDay.format(time)
    },
    day: (time) =>
      daysAgo(time) === 0 ? words.today : daysAgo(time) === 1 ? words.yesterday : sameYear(time) ? weekdayDate.format(time) : weekdayYear.format(time),
    moment: (time) => {
      const ago = daysAgo(time)
      if (ago === 0 || ago === 1) return `${ago === 0 ? words.today : words.yesterday} ${clock.format(time)}`
      return (sameYear(time) ? moment : momentYear).format(time)
    },
    date: (time) => date.format(time),
    full: (time) => full.format(time)
  }
}
