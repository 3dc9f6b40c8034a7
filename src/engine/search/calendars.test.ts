/** Dates of other calendars. Expected days by the tables of Umm al-Qura, of Iran's calendar and of the Hebrew one. */
import { expect, test } from 'vitest'
import { longDate, parseDate } from './dates.ts'
import { parseQuery } from './query.ts'

// a Friday
const NOW = new Date(2026, 10, 20, 15, 30).getTime()
const days = (from: string, to: string) => ({ from: new Date(`${from}T00:00`).getTime(), to: new Date(`${to}T00:00`).getTime() })

test.each([
  ['Ramadan', '2026-02-18', '2026-03-20'],
  ['Ramadan 2024', '2024-03-11', '2024-04-10'],
  ['last Ramadan', '2026-02-18', '2026-03-20'],
  ['Ramadan last year', '2025-03-01', '2025-03-30'],
  ['Eid al-Fitr 2024', '2024-04-10', '2024-04-13'],
  ['Eid al-Adha', '2026-05-27', '2026-05-31'],
  ['15 Ramadan 1445', '2024-03-25', '2024-03-26'],
  ['1 Muharram 1446', '2024-07-07', '2024-07-08'],
  ['Rabi al-awwal 1446', '2024-09-04', '2024-10-04'],
  ["15 Rabi' al-Awwal 1446", '2024-09-18', '2024-09-19'],
  ['١٥ رمضان ١٤٤٥', '2024-03-25', '2024-03-26'],
  ['ربيع الأول', '2026-08-14', '2026-09-12'],
  ['ربيع الأول ١٤٤٦', '2024-09-04', '2024-10-04'],
  ['رمضان', '2026-02-18', '2026-03-20'],
  ['1403/02/14', '2024-05-03', '2024-05-04'],
  ['۱۴۰۳/۰۲/۱۴', '2024-05-03', '2024-05-04'],
  ['14 Ordibehesht 1403', '2024-05-03', '2024-05-04'],
  ['۱۴ اردیبهشت ۱۴۰۳', '2024-05-03', '2024-05-04'],
  ['Nowruz 2024', '2024-03-20', '2024-04-02'],
  ['1445/09/15', '2024-03-25', '2024-03-26'],
  ['2567-05-03', '2024-05-03', '2024-05-04'],
  ['3 พฤษภาคม 2567', '2024-05-03', '2024-05-04'],
  ['3 พ.ค. 67', '2024-05-03', '2024-05-04'],
  ['พฤษภาคม 2567', '2024-05-01', '2024-06-01'],
  ['สงกรานต์', '2026-04-13', '2026-04-16'],
  ['Rosh Hashanah 2024', '2024-10-03', '2024-10-05'],
  ['Hanukkah 2024', '2024-12-26', '2025-01-03'],
  ['Passover 2024', '2024-04-23', '2024-05-01'],
  ['pesach', '2026-04-02', '2026-04-10'],
  ['斋月', '2026-02-18', '2026-03-20'],
  ['开斋节', '2026-03-20', '2026-03-23'],
  ['15/09/1445', '2024-03-25', '2024-03-26'],
  ['١٥/٠٥/٢٠٢٤', '2024-05-15', '2024-05-16']
])('%s is a date', (word, from, to) => {
  expect(parseDate(word, NOW, 'dmy')).toEqual(days(from, to))
  if (word.includes(' ')) expect(longDate(word)).toBe(word)
  expect(parseQuery(`on:${word}`, NOW).problems).toEqual([])
})

test.each(['32 Ramadan 1445', '30 Shawwal 1445', 'Ramadan 99', '1403/13/01', '1403/07/31', '1445/01/31'])('%j is no date', (word) => {
  expect(parseDate(word, NOW)).toBeNull()
})
