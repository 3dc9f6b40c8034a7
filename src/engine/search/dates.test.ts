/** Dates as people write and say them. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longDate, parseDate, systemOrder } from './dates.ts'
import { parseQuery } from './query.ts'

// a Friday
const NOW = new Date(2026, 10, 20, 15, 30).getTime()
const days = (from: string, to: string) => ({ from: new Date(`${from}T00:00`).getTime(), to: new Date(`${to}T00:00`).getTime() })

test.each([
  ['today', '2026-11-20', '2026-11-21'],
  ['昨天', '2026-11-19', '2026-11-20'],
  ['前天', '2026-11-18', '2026-11-19'],
  ['this week', '2026-11-16', '2026-11-23'],
  ['last-week', '2026-11-09', '2026-11-16'],
  ['上个月', '2026-10-01', '2026-11-01'],
  ['this year', '2026-01-01', '2027-01-01'],
  ['去年', '2025-01-01', '2026-01-01'],
  ['2024', '2024-01-01', '2025-01-01'],
  ['2024.5', '2024-05-01', '2024-06-01'],
  ['2024/02/29', '2024-02-29', '2024-03-01'],
  ['5月', '2026-05-01', '2026-06-01'],
  ['12月1日', '2025-12-01', '2025-12-02'],
  ['monday', '2026-11-16', '2026-11-17'],
  ['周日', '2026-11-15', '2026-11-16'],
  ['最近7天', '2026-11-14', '2026-11-21'],
  ['last 2 weeks', '2026-11-07', '2026-11-21'],
  ['3个月', '2026-08-21', '2026-11-21'],
  ['may 2024', '2024-05-01', '2024-06-01'],
  ['2024-05-03..2024-06', '2024-05-03', '2024-07-01'],
  ['去年..', '2025-01-01', '2248-01-01'],
  ['3 may 2024', '2024-05-03', '2024-05-04']
])('%s is a date', (word, from, to) => {
  expect(parseDate(word, NOW)).toEqual(days(from, to))
})
test.each([
  '',
  'never',
  '2024-13',
  '2024-02-30',
  '13月',
  '0',
  '99999',
  'mon key',
  '1h',
  '..',
  '2025..2024',
  '2024..x',
  '1..2..3',
  '2023-02-29',
  '2024-00-10',
  '5月32日',
  '第60周',
  'Q5',
  '99/99'
])('%j is no date', (word) => {
  expect(parseDate(word, NOW)).toBeNull()
})

// a Saturday; the cases were found by a day of use
const JUNE = new Date(2024, 5, 15, 12, 0).getTime()
test.each([
  ['03.05.2024', '2024-05-03', '2024-05-04'],
  ['3.5.2024', '2024-05-03', '2024-05-04'],
  ['5/13/2024', '2024-05-13', '2024-05-14'],
  ['13/5/2024', '2024-05-13', '2024-05-14'],
  ['20240503', '2024-05-03', '2024-05-04'],
  ['２０２４年５月３日', '2024-05-03', '2024-05-04'],
  ['２０２４／０５／０３', '2024-05-03', '2024-05-04'],
  ['二〇二四年五月三日', '2024-05-03', '2024-05-04'],
  ['令和6年5月3日', '2024-05-03', '2024-05-04'],
  ['may', '2024-05-01', '2024-06-01'],
  ['July', '2023-07-01', '2023-08-01'],
  ['3 May', '2024-05-03', '2024-05-04'],
  ['May 3', '2024-05-03', '2024-05-04'],
  ['May 3rd 2024', '2024-05-03', '2024-05-04'],
  ['3rd of May', '2024-05-03', '2024-05-04'],
  ['1 July', '2023-07-01', '2023-07-02'],
  ['feb 29', '2024-02-29', '2024-03-01'],
  ['last may', '2024-05-01', '2024-06-01'],
  ['the 3rd', '2024-06-03', '2024-06-04'],
  ['20号', '2024-05-20', '2024-05-21'],
  ['2 weeks ago', '2024-06-01', '2024-06-02'],
  ['two weeks ago', '2024-06-01', '2024-06-02'],
  ['3 days ago', '2024-06-12', '2024-06-13'],
  ['a month ago', '2024-05-01', '2024-06-01'],
  ['the day before yesterday', '2024-06-13', '2024-06-14'],
  ['last friday', '2024-06-14', '2024-06-15'],
  ['last saturday', '2024-06-08', '2024-06-09'],
  ['past week', '2024-06-09', '2024-06-16'],
  ['上周五', '2024-06-07', '2024-06-08'],
  ['上週五', '2024-06-07', '2024-06-08'],
  ['上个星期天', '2024-06-09', '2024-06-10'],
  ['上上周', '2024-05-27', '2024-06-03'],
  ['这周三', '2024-06-12', '2024-06-13'],
  ['三天前', '2024-06-12', '2024-06-13'],
  ['兩週前', '2024-06-01', '2024-06-02'],
  ['三个月前', '2024-03-01', '2024-04-01'],
  ['大前天', '2024-06-12', '2024-06-13'],
  ['去年五月三号', '2023-05-03', '2023-05-04'],
  ['上个月3号', '2024-05-03', '2024-05-04'],
  ['最近三天', '2024-06-13', '2024-06-16'],
  ['先週', '2024-06-03', '2024-06-10'],
  ['先週の金曜日', '2024-06-07', '2024-06-08'],
  ['先々週', '2024-05-27', '2024-06-03'],
  ['先月', '2024-05-01', '2024-06-01'],
  ['一昨日', '2024-06-13', '2024-06-14'],
  ['おととい', '2024-06-13', '2024-06-14'],
  ['きのう', '2024-06-14', '2024-06-15'],
  ['金曜日', '2024-06-14', '2024-06-15'],
  ['3か月前', '2024-03-01', '2024-04-01'],
  ['一昨年', '2022-01-01', '2023-01-01'],
  ['5月3日から5月8日まで', '2024-05-03', '2024-05-09'],
  ['5月3日到5月8日', '2024-05-03', '2024-05-09'],
  ['yesterday to today', '2024-06-14', '2024-06-16'],
  ['周末', '2024-06-15', '2024-06-17'],
  ['上一周', '2024-06-03', '2024-06-10'],
  ['上上上周', '2024-05-20', '2024-05-27'],
  ['上个月底', '2024-05-21', '2024-06-01'],
  ['先月末', '2024-05-21', '2024-06-01'],
  ['月初', '2024-06-01', '2024-06-11'],
  ['五月份', '2024-05-01', '2024-06-01'],
  ['5月上旬', '2024-05-01', '2024-05-11'],
  ['mid-May', '2024-05-11', '2024-05-21'],
  ['24年5月3日', '2024-05-03', '2024-05-04'],
  ['2024年5月3日 星期五', '2024-05-03', '2024-05-04'],
  ['2024–05–03', '2024-05-03', '2024-05-04'],
  ['240503', '2024-05-03', '2024-05-04'],
  ['一百天前', '2024-03-07', '2024-03-08'],
  ['近半年', '2023-12-16', '2024-06-16'],
  ['去年四季度', '2023-10-01', '2024-01-01'],
  ['上季度', '2024-01-01', '2024-04-01'],
  ['q4 2023', '2023-10-01', '2024-01-01'],
  ['last quarter', '2024-01-01', '2024-04-01'],
  ['2023年上半年', '2023-01-01', '2023-07-01'],
  ['下半年', '2023-07-01', '2024-01-01'],
  ['last summer', '2023-06-01', '2023-09-01'],
  ['去年夏天', '2023-06-01', '2023-09-01'],
  ['2024-W20', '2024-05-13', '2024-05-20'],
  ['第20周', '2024-05-13', '2024-05-20'],
  ['the week before last', '2024-05-27', '2024-06-03'],
  ['previous month', '2024-05-01', '2024-06-01'],
  ['last two weeks', '2024-06-02', '2024-06-16'],
  ['friday last week', '2024-06-07', '2024-06-08'],
  ['may last year', '2023-05-01', '2023-06-01'],
  ['in may', '2024-05-01', '2024-06-01'],
  ['5月3日至8日', '2024-05-03', '2024-05-09'],
  ['5月3日-5月8日', '2024-05-03', '2024-05-09'],
  ['5月3日〜5月8日', '2024-05-03', '2024-05-09'],
  ['2023年12月到2月', '2023-12-01', '2024-03-01'],
  ['5月到6月', '2024-05-01', '2024-07-01'],
  ['2023-2024', '2023-01-01', '2025-01-01'],
  ['5/3-5/8', '2024-05-03', '2024-05-09'],
  ['may 3-8', '2024-05-03', '2024-05-09'],
  ['3-8 may', '2024-05-03', '2024-05-09'],
  ['between may 3 and may 8', '2024-05-03', '2024-05-09']
])('%s is a date, seen from 15 June 2024', (word, from, to) => {
  expect(parseDate(word, JUNE, 'mdy')).toEqual(days(from, to))
})

const at = (text: string): number => new Date(text).getTime()
test.each([
  ['yesterday 3pm', '2024-06-14T15:00', '2024-06-14T16:00'],
  ['yesterday at 3:15 pm', '2024-06-14T15:15', '2024-06-14T15:16'],
  ['May 3, 3pm', '2024-05-03T15:00', '2024-05-03T16:00'],
  ['2024-05-03 15:00', '2024-05-03T15:00', '2024-05-03T15:01'],
  ['9am', '2024-06-15T09:00', '2024-06-15T10:00'],
  ['3pm', '2024-06-14T15:00', '2024-06-14T16:00'],
  ['2 hours ago', '2024-06-15T10:00', '2024-06-15T11:00'],
  ['last night', '2024-06-14T18:00', '2024-06-15T06:00'],
  ['this morning', '2024-06-15T05:00', '2024-06-15T12:00'],
  ['昨晚', '2024-06-14T18:00', '2024-06-15T06:00'],
  ['昨晚11点半', '2024-06-14T23:30', '2024-06-14T23:31'],
  ['昨天下午三點', '2024-06-14T15:00', '2024-06-14T16:00'],
  ['周五下午', '2024-06-14T12:00', '2024-06-14T18:00'],
  ['5月3日15点', '2024-05-03T15:00', '2024-05-03T16:00'],
  ['今早', '2024-06-15T05:00', '2024-06-15T12:00'],
  ['昨日の午後3時', '2024-06-14T15:00', '2024-06-14T16:00'],
  ['昨夜', '2024-06-14T18:00', '2024-06-15T06:00'],
  ['３時間前', '2024-06-15T09:00', '2024-06-15T10:00'],
  ['friday evening', '2024-06-14T18:00', '2024-06-15T06:00'],
  ['may 3 in the morning', '2024-05-03T05:00', '2024-05-03T12:00'],
  ['昨天下午3点一刻', '2024-06-14T15:15', '2024-06-14T15:16'],
  ['昨日の午前', '2024-06-14T00:00', '2024-06-14T12:00']
])('%s is a time', (word, from, to) => {
  expect(parseDate(word, JUNE, 'mdy')).toMatchObject({ from: at(from), to: at(to) })
})

test.each([
  ['en-US', '3/5/2024', '2024-03-05'],
  ['en-GB', '3/5/2024', '2024-05-03'],
  ['de-DE', '3/5', '2024-05-03'],
  ['zh-CN', '5/3', '2024-05-03'],
  ['zh-CN', '24/5/3', '2024-05-03'],
  ['ja-JP', '5.3', '2024-05-03'],
  ['en-GB', '3/5/24', '2024-05-03']
])('in %s %s is read in the order of the language', (locale, text, from) => {
  expect(parseDate(text, JUNE, systemOrder(locale))?.from).toBe(at(`${from}T00:00`))
})

test('every day is found by each of the ways to write it', () => {
  const fields = { year: fc.integer({ min: 1970, max: 2247 }), month: fc.integer({ min: 1, max: 12 }), date: fc.integer({ min: 1, max: 28 }) }
  fc.assert(
    fc.property(fc.record(fields), ({ year: y, month: m, date: d }) => {
      const span = { from: new Date(y, m - 1, d).getTime(), to: new Date(y, m - 1, d + 1).getTime() }
      const two = (n: number): string => String(n).padStart(2, '0')
      const long = (locale: string, options: Intl.DateTimeFormatOptions = { dateStyle: 'long' }): string =>
        new Intl.DateTimeFormat(locale, options).format(span.from)
      for (const text of [
        `${y}-${two(m)}-${two(d)}`,
        `${y}/${m}/${d}`,
        `${y}.${m}.${d}`,
        `${y}${two(m)}${two(d)}`,
        `${d}.${m}.${y}`,
        `${y}年${m}月${d}日`,
        `${y}年${m}月${d}号`,
        long('en-US'),
        long('en-GB'),
        long('zh-CN'),
        long('zh-TW'),
        long('ja')
      ]) {
        expect([text, parseDate(text, JUNE, 'mdy')]).toEqual([text, span])
      }
      expect(parseDate(`${m}/${d}/${y}`, JUNE, 'mdy')).toEqual(span)
      expect(parseDate(`${d}/${m}/${y}`, JUNE, 'dmy')).toEqual(span)
      // without a year: the latest that has begun
      for (const text of [`${m}月${d}日`, long('en-US', { month: 'long', day: 'numeric' }), long('en-GB', { month: 'short', day: 'numeric' })]) {
        const found = parseDate(text, JUNE, 'mdy')
        expect(
          found === null
            ? null
            : [new Date(found.from).getMonth() + 1, new Date(found.from).getDate(), found.from <= JUNE && found.from > JUNE - 366 * 86_400_000]
        ).toEqual([m, d, true])
      }
    })
  )
})

test('names that every object has are no words', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
    expect(parseDate(name, JUNE)).toBeNull()
    for (const operator of ['on', 'has', 'is', 'type']) expect(parseQuery(`${operator}:${name}`, JUNE).problems, name).toMatchObject([{ value: name }])
  }
})

test('any text is read without an error, and a stretch has its ends in order', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[0-9一二三半上先昨今前周月日年号点时の午後前晚 .\/:-]{0,12}$/u)), (text) => {
      const span = parseDate(text, JUNE)
      if (span !== null) expect(span.from).toBeLessThan(span.to)
    })
  )
})

test.each([
  ['yesterday 3pm hello', 'yesterday 3pm'],
  ['2 weeks ago pizza', '2 weeks ago'],
  ['may 3 apples', 'may 3'],
  ['3 may 2024 hello', '3 may 2024'],
  ['last friday foo', 'last friday'],
  ['昨天 下午3点 会议', '昨天 下午3点'],
  ['monday 12 monkeys', null],
  ['today hello', null],
  ['2024 3 things', null],
  ['q1 2024 results', 'q1 2024'],
  ['friday evening pizza', 'friday evening'],
  ['last quarter review', 'last quarter']
])('of "%s" an operator takes "%s"', (text, taken) => {
  expect(longDate(text)).toBe(taken)
})

test('after a day means from the next one on, after an hour from then on', () => {
  const from = (query: string): unknown => {
    const { node } = parseQuery(query, JUNE)
    return node?.kind === 'filter' && node.filter.by === 'time' ? node.filter.from : null
  }
  expect(from('after:yesterday')).toBe(at('2024-06-15T00:00'))
  expect(from('after:yesterday 3pm')).toBe(at('2024-06-14T15:00'))
})
