/** Spans by numbers, and English words for times of a day. */
import { expect, test } from 'vitest'
import { parseDate } from './dates.ts'

// a Friday
const NOW = new Date(2026, 10, 20, 15, 30).getTime()
const at = (text: string): number => new Date(text.includes('T') ? text : `${text}T00:00`).getTime()
const minute = (time: number): number => Math.floor(time / 60_000) * 60_000

test.each([
  'last 3 days',
  'the past three days',
  'in the last 3 days',
  '过去3天',
  '最近三天',
  '近三天',
  '这三天',
  '過去三天',
  '直近3日',
  '過去3日間',
  'ここ3日間',
  'この三日間'
])('%s include today', (text) => {
  expect(parseDate(text, NOW)).toEqual({ from: at('2026-11-18'), to: at('2026-11-21') })
})

test.each([
  'previous 3 days',
  'the previous three days',
  'in the preceding 3 days',
  'prior 3 days',
  '前3天',
  '前三天',
  '之前三天',
  '此前3天',
  '前3日間',
  '前の三日間'
])('%s end with yesterday', (text) => {
  expect(parseDate(text, NOW)).toEqual({ from: at('2026-11-17'), to: at('2026-11-20') })
})

test.each([
  ['previous week', '2026-11-09', '2026-11-16'],
  ['the previous month', '2026-10-01', '2026-11-01'],
  ['previous 2 weeks', '2026-11-06', '2026-11-20'],
  ['前两周', '2026-11-06', '2026-11-20'],
  ['previous 3 months', '2026-08-20', '2026-11-20'],
  ['前三个月', '2026-08-20', '2026-11-20'],
  ['the last few days', '2026-11-14', '2026-11-21'],
  ['过去几天', '2026-11-14', '2026-11-21'],
  ['previous few days', '2026-11-13', '2026-11-20'],
  ['前几天', '2026-11-13', '2026-11-20'],
  ['past couple of weeks', '2026-11-07', '2026-11-21'],
  ['last several weeks', '2026-10-24', '2026-11-21'],
  ['ここ数週間', '2026-10-24', '2026-11-21'],
  ['past half year', '2026-05-21', '2026-11-21'],
  ['last few months', '2026-05-21', '2026-11-21'],
  ['last 90 minutes', '2026-11-20T14:00', '2026-11-20T15:30'],
  ['最近三十分钟', '2026-11-20T15:00', '2026-11-20T15:30'],
  ['過去30分', '2026-11-20T15:00', '2026-11-20T15:30'],
  ['past half hour', '2026-11-20T15:00', '2026-11-20T15:30'],
  ['最近半小时', '2026-11-20T15:00', '2026-11-20T15:30'],
  ['last few hours', '2026-11-20T09:30', '2026-11-20T15:30'],
  ['a few days ago', '2026-11-13', '2026-11-20'],
  ['好几天前', '2026-11-13', '2026-11-20'],
  ['数日前', '2026-11-13', '2026-11-20'],
  ['several weeks ago', '2026-10-09', '2026-11-07'],
  ['数ヶ月前', '2026-05-01', '2026-10-01'],
  ['几年前', '2020-01-01', '2025-01-01'],
  ['2-3 days ago', '2026-11-17', '2026-11-19'],
  ['2 or 3 weeks ago', '2026-10-30', '2026-11-07'],
  ['两三天前', '2026-11-17', '2026-11-19'],
  ['三五天前', '2026-11-15', '2026-11-18'],
  ['2、3日前', '2026-11-17', '2026-11-19'],
  ['23日前', '2026-10-28', '2026-10-29'],
  ['前阵子', '2026-10-22', '2026-11-21'],
  ['二〇二四', '2024-01-01', '2025-01-01'],
  ['一九九八年', '1998-01-01', '1999-01-01'],
  ['明早', '2026-11-21T05:00', '2026-11-21T12:00'],
  ['后天下午', '2026-11-22T12:00', '2026-11-22T18:00'],
  ['今晨', '2026-11-20T05:00', '2026-11-20T12:00'],
  ['きのうの夜', '2026-11-19T18:00', '2026-11-20T06:00'],
  ['昨日の3時過ぎ', '2026-11-19T03:00', '2026-11-19T04:00'],
  ['half past three yesterday', '2026-11-19T03:30', '2026-11-19T03:31'],
  ['yesterday at quarter to four', '2026-11-19T03:45', '2026-11-19T03:46'],
  ['9 this morning', '2026-11-20T09:00', '2026-11-20T10:00'],
  ['nine yesterday evening', '2026-11-19T21:00', '2026-11-19T22:00'],
  ['yesterday 15h', '2026-11-19T15:00', '2026-11-19T16:00'],
  ['yesterday lunchtime', '2026-11-19T11:00', '2026-11-19T14:00'],
  ['early this morning', '2026-11-20T05:00', '2026-11-20T12:00'],
  ['late last night', '2026-11-19T18:00', '2026-11-20T06:00'],
  ['last night around midnight', '2026-11-20', '2026-11-20T01:00'],
  ['yesterday before noon', '2026-11-19', '2026-11-19T12:00'],
  ['yesterday after 5pm', '2026-11-19T17:00', '2026-11-20'],
  ['friday until 14:00', '2026-11-20', '2026-11-20T14:00'],
  ['yesterday between 3 and 5pm', '2026-11-19T15:00', '2026-11-19T18:00'],
  ['yesterday from 14:00 to 16:00', '2026-11-19T14:00', '2026-11-19T16:01'],
  ['this day last week', '2026-11-13', '2026-11-14'],
  ['yesterday this time', '2026-11-19T15:00', '2026-11-19T16:00']
])('%s is from %s to %s', (text, from, to) => {
  const span = parseDate(text, NOW, 'ymd')
  expect([span?.from, span === null ? null : minute(span.to)]).toEqual([at(from), at(to)])
})

test.each(['previous 0 days', '前0天', 'yesterday from 3 to 5', 'quarter past 99 yesterday', 'last 99999 days', '数前', '三两'])('%s is no date', (text) => {
  expect(parseDate(text, NOW)).toBeNull()
})
