import { expect, test } from 'vitest'
import { parseDate } from './dates.ts'
import { parseQuery } from './query.ts'

const JUNE = new Date(2024, 5, 15, 12, 0).getTime()
const at = (text: string): number => new Date(text).getTime()
const FORMS = ['2024-05-03', '2024.5.3', '2024/5/3', '2024年5月3日', '20240503', '240503', '03.05.2024', '5/3', '5.3', '5-3', '5月3日', '2024-05-03(金)']
const PARTS_OF_DAY: [string, string, string][] = [
  ['下午', '2024-05-03T12:00', '2024-05-03T18:00'],
  ['的下午', '2024-05-03T12:00', '2024-05-03T18:00'],
  ['早上', '2024-05-03T05:00', '2024-05-03T12:00'],
  ['下午3点', '2024-05-03T15:00', '2024-05-03T16:00'],
  ['上午9点半', '2024-05-03T09:30', '2024-05-03T09:31'],
  ['半夜', '2024-05-03T22:00', '2024-05-04T06:00'],
  ['下午3点到5点', '2024-05-03T15:00', '2024-05-03T18:00'],
  ['下午3-5点', '2024-05-03T15:00', '2024-05-03T18:00'],
  ['午後', '2024-05-03T12:00', '2024-05-03T18:00'],
  ['の午後', '2024-05-03T12:00', '2024-05-03T18:00'],
  ['午後3時', '2024-05-03T15:00', '2024-05-03T16:00'],
  ['夜', '2024-05-03T18:00', '2024-05-04T06:00'],
  ['afternoon', '2024-05-03T12:00', '2024-05-03T18:00'],
  ['in the morning', '2024-05-03T05:00', '2024-05-03T12:00'],
  ['at night', '2024-05-03T18:00', '2024-05-04T06:00'],
  ['at noon', '2024-05-03T11:00', '2024-05-03T14:00'],
  ['3pm', '2024-05-03T15:00', '2024-05-03T16:00'],
  ['at 3:15 pm', '2024-05-03T15:15', '2024-05-03T15:16'],
  ['15:00', '2024-05-03T15:00', '2024-05-03T15:01']
]
test.each(FORMS)('a part of the day after %s belongs to it', (form) => {
  for (const [part, from, to] of PARTS_OF_DAY)
    for (const text of [`${form} ${part}`, ...(/^[\p{Script=Han}\p{Script=Hiragana}]/u.test(part) ? [`${form}${part}`] : [])]) {
      expect([text, parseDate(text, JUNE, 'ymd')]).toMatchObject([text, { from: at(from), to: at(to) }])
      // after an operator, without quotes, and before other words
      expect([text, parseQuery(`日期:${text} xyz`, JUNE)]).toMatchObject([text, { texts: ['xyz'], problems: [], filters: [{ value: text }] }])
    }
})
