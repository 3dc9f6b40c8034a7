/** Times as accounts of every language have them in Google's Takeout and in other exports. */
import { expect, test } from 'vitest'
import { parseTime } from './times.ts'

test.each([
  'Friday, May 31, 2024  9:30:05 AM UTC',
  'Freitag, 31. Mai 2024 um 09:30:05 UTC',
  'viernes, 31 de mayo de 2024, 9:30:05 UTC',
  'sexta-feira, 31 de maio de 2024 às 09:30:05 UTC',
  'vendredi 31 mai 2024 à 09:30:05 UTC',
  'пятница, 31 мая 2024 г. в 09:30:05 UTC',
  'venerdì 31 maggio 2024 alle ore 09:30:05 UTC',
  '2024年5月31日金曜日 9時30分05秒 UTC',
  '2024年5月31日星期五 09:30:05 UTC',
  '2024년 5월 31일 금요일 오전 9시 30분 5초 UTC',
  '2024-05-31T09:30:05Z',
  '2024-05-31 17:30:05+08:00',
  '1717147805'
])('%s', (text) => {
  expect(parseTime(text)).toBe(Date.UTC(2024, 4, 31, 9, 30, 5))
})

test('the usual stamps are read the same whether a zone, a half of the day or nothing follows', () => {
  expect(parseTime('31/05/2024, 09:30')).toBe(new Date(2024, 4, 31, 9, 30).getTime())
  expect(parseTime('5/31/2024, 9:30 PM')).toBe(new Date(2024, 4, 31, 21, 30).getTime())
  expect(parseTime('2024-05-31 09:30:05')).toBe(new Date(2024, 4, 31, 9, 30, 5).getTime())
  expect(parseTime('2024-05-31 09:30:05 +0200')).toBe(Date.UTC(2024, 4, 31, 7, 30, 5))
  expect(parseTime('31.05.2024 25:30')).toBeNull()
  expect(parseTime('31.13.2024 09:30')).toBeNull()
})
