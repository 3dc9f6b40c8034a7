import { expect, test } from 'vitest'
import { timeFormats } from './time-formats.ts'

/** A Wednesday early in a year: the week before lies in the previous year. */
const NOW = new Date(2026, 0, 7, 9, 30).getTime()
const daysBefore = (days: number, hour = 23): number => new Date(2026, 0, 7 - days, hour, 59).getTime()
const brief = (locale: string): string[] => {
  const formats = timeFormats(locale, { today: 'TODAY', yesterday: 'YESTERDAY' }, () => NOW)
  return [0, 1, 2, 6, 7, 400].map((days) => formats.brief(daysBefore(days, days === 0 ? 8 : 23)))
}

test('a list shows the clock today, the weekday within a week, then the date', () => {
  expect(brief('en')).toEqual(['08:59', 'YESTERDAY', 'Mon', 'Thu', '12/31/2025', '12/3/2024'])
  expect(brief('zh-CN').slice(2, 4)).toEqual(['周一', '周四'])
  expect(brief('zh-TW').slice(2, 4)).toEqual(['週一', '週四'])
  expect(brief('ja').slice(2, 4)).toEqual(['月曜日', '木曜日'])
})

test('the same weekday of last week, or of a future time, is not shown as a weekday', () => {
  const { brief: at } = timeFormats('en', { today: 'TODAY', yesterday: 'YESTERDAY' }, () => NOW)
  expect(at(new Date(2026, 0, 7 - 7, 9, 30).getTime())).toBe('12/31/2025')
  expect(at(new Date(2026, 0, 9, 0, 1).getTime())).toBe('Jan 9')
})
