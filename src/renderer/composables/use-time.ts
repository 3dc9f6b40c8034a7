/** Times and dates in the user's language. */
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { formatsOf, timeFormats, type TimeFormats } from './time-formats.ts'

/**
 * Prepares a language's date formats, which takes about 40 ms the first time, while the page is idle: before a conversation
 * is opened.
 */
export const prepareTimes = (locale: string): Promise<void> =>
  new Promise((resolve) =>
    requestIdleCallback(
      () => {
        for (const format of Object.values(formatsOf(locale))) format.format(0)
        resolve()
      },
      // a hidden page is idle only at long intervals
      { timeout: 1000 }
    )
  )

export function useTime(): ComputedRef<TimeFormats> {
  const { locale, t } = useI18n()
  return computed(() => timeFormats(locale.value, { today: t('thread.today'), yesterday: t('thread.yesterday') }))
}
