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

test('a moment is told by its day and the clock; the first hour of a day is 00', () => {
  const moments = (locale: string): string[] => {
    const { moment } = timeFormats(locale, { today: 'TODAY', yesterday: 'YESTERDAY' }, () => NOW)
    return [new Date(2026, 0, 7, 0, 5), new Date(2026, 0, 6, 21, 0), new Date(2026, 0, 9, 8, 0), new Date(2024, 11, 3, 0, 5)].map((date) =>
      moment(date.getTime())
    )
  }
  expect(moments('en')).toEqual(['TODAY 00:05', 'YESTERDAY 21:00', 'Fri, Jan 9, 08:00', 'Dec 3, 2024, 00:05'])
  expect(moments('zh-CN')).toEqual(['TODAY 00:05', 'YESTERDAY 21:00', '1月9日周五 08:00', '2024年12月3日 00:05'])
  for (const locale of ['en', 'zh-CN', 'zh-TW', 'ja']) {
    const { clock, full } = timeFormats(locale, { today: '', yesterday: '' }, () => NOW)
    const midnight = new Date(2026, 0, 7, 0, 5).getTime()
    expect([locale, clock(midnight), /(^|\D)0?0:05:00/.test(full(midnight))]).toEqual([locale, '00:05', true])
  }
})
