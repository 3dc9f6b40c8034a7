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

export function useTime(): ComputedRef<TimeFormats> {
  const { locale, t } = useI18n()
  return computed(() => {
    const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => new Intl.DateTimeFormat(locale.value, options)
    const clock = format({ hour: '2-digit', minute: '2-digit', hour12: false })
    const monthDay = format({ month: 'short', day: 'numeric' })
    const yearMonthDay = format({ year: 'numeric', month: 'numeric', day: 'numeric' })
    const weekdayDate = format({ weekday: 'long', month: 'long', day: 'numeric' })
    const weekdayYear = format({ weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' })
    const full = format({ dateStyle: 'full', timeStyle: 'medium' })
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
