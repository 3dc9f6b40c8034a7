/** Times and dates in the user's language, by Intl. */
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'

export interface TimeFormats {
  /** 14:05 */
  clock(time: number): string
  /** For a list: the clock today, otherwise the date, with the year where it is another one. */
  brief(time: number): string
  /** For a separator: today, yesterday, or the full date. */
  day(time: number): string
  full(time: number): string
}

const startOfDay = (time: number): number => new Date(time).setHours(0, 0, 0, 0)

const FORMATS = {
  clock: { hour: '2-digit', minute: '2-digit', hour12: false },
  monthDay: { month: 'short', day: 'numeric' },
  yearMonthDay: { year: 'numeric', month: 'numeric', day: 'numeric' },
  weekdayDate: { weekday: 'long', month: 'long', day: 'numeric' },
  weekdayYear: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  full: { dateStyle: 'full', timeStyle: 'medium' }
} as const satisfies Record<string, Intl.DateTimeFormatOptions>
type Formats = Record<keyof typeof FORMATS, Intl.DateTimeFormat>

const made = new Map<string, Formats>()
/** Of a language, made once: every row has times. */
function formatsOf(locale: string): Formats {
  let formats = made.get(locale)
  if (formats === undefined) {
    formats = Object.fromEntries(Object.entries(FORMATS).map(([name, options]) => [name, new Intl.DateTimeFormat(locale, options)])) as Formats
    made.set(locale, formats)
  }
  return formats
}
/** Reads a language's dates, which takes some 40 ms the first time, while the page is idle: before somebody opens a conversation. */
export const prepareTimes = (locale: string): Promise<void> =>
  new Promise((resolve) =>
    requestIdleCallback(
      () => {
        for (const format of Object.values(formatsOf(locale))) format.format(0)
        resolve()
      },
      // a page that is not seen is idle at long intervals
      { timeout: 1000 }
    )
  )

export function useTime(): ComputedRef<TimeFormats> {
  const { locale, t } = useI18n()
  return computed(() => {
    const { clock, monthDay, yearMonthDay, weekdayDate, weekdayYear, full } = formatsOf(locale.value)
    const sameYear = (time: number): boolean => new Date(time).getFullYear() === new Date().getFullYear()
    const daysAgo = (time: number): number => Math.round((startOfDay(Date.now()) - startOfDay(time)) / 86_400_000)
    return {
      clock: (time) => clock.format(time),
      brief: (time) => (daysAgo(time) === 0 ? clock.format(time) : daysAgo(time) === 1 ? t('thread.yesterday') : sameYear(time) ? monthDay.format(time) : yearMonthDay.format(time)),
      day: (time) => (daysAgo(time) === 0 ? t('thread.today') : daysAgo(time) === 1 ? t('thread.yesterday') : sameYear(time) ? weekdayDate.format(time) : weekdayYear.format(time)),
      full: (time) => full.format(time)
    }
  })
}
