/** Times in Google's Takeout and other exports, in every language. */
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

test.each([
  ['fi', '9:15 ap.', '9:15 ip.'],
  ['fa', '9:15 قبل‌ازظهر', '9:15 بعدازظهر'],
  ['fa, in short', '۹:۱۵ ق.ظ.', '۹:۱۵ ب.ظ.'],
  ['he', '9:15 לפנה״צ', '9:15 אחה״צ'],
  ['he, typed', '9:15 לפנה"צ', '9:15 אחה"צ'],
  ['th', '9:15 ก่อนเที่ยง', '9:15 หลังเที่ยง'],
  ['bg', '9:15 преди обяд', '9:15 след обяд'],
  ['bg, in short', '9:15 пр.об.', '9:15 сл.об.'],
  ['ar', '9:15 ص', '9:15 م'],
  ['el', '9:15 π.μ.', '9:15 μ.μ.'],
  ['sq', '9:15 e paradites', '9:15 e pasdites'],
  ['vi', '9:15 SA', '9:15 CH'],
  ['ko', '오전 9:15', '오후 9:15'],
  ['zh', '上午9:15', '下午9:15'],
  ['ja', '午前9:15', '午後9:15'],
  ['es', '9:15 a. m.', '9:15 p. m.'],
  ['ta', 'முற்பகல் 9:15', 'பிற்பகல் 9:15'],
  ['kn', '9:15 ಪೂರ್ವಾಹ್ನ', '9:15 ಅಪರಾಹ್ನ'],
  ['ur', '9:15 قبل دوپہر', '9:15 بعد دوپہر'],
  ['ar, in words', '9:15 قبل الظهر', '9:15 بعد الظهر'],
  ['km', '9:15 ព្រឹក', '9:15 ល្ងាច']
])('halves of the day: %s', (_, morning, evening) => {
  const at = (hour: number): number => new Date(2023, 11, 31, hour, 15).getTime()
  expect([parseTime(`31/12/2023, ${morning}`), parseTime(`31/12/2023, ${evening}`)]).toEqual([at(9), at(21)])
})

test.each([
  ['1/1/24, 12:05 e paradites', 2024, 0, 1, 0],
  ['1/1/2024 午夜12:05', 2024, 0, 1, 0],
  ['1/1/2024 中午12:05', 2024, 0, 1, 12],
  // two-digit years: of Thailand's calendar, and of the last century
  ['31/12/66 21:05', 2023, 11, 31, 21],
  ['31/12/98 21:05', 1998, 11, 31, 21],
  ['R6/01/01 0:05', 2024, 0, 1, 0],
  ['令和6年1月1日 0:05', 2024, 0, 1, 0],
  ['平成元年1月8日 0:05', 1989, 0, 8, 0]
])('%s', (text, year, month, day, hour) => {
  expect(parseTime(text)).toBe(new Date(year, month, day, hour, 5).getTime())
})

test.each([
  ['۱۱ خرداد ۱۴۰۳،‏ ۲۱:۱۵', 2024, 4, 31],
  ['11 Khordad 1403 21:15', 2024, 4, 31],
  ['۱ فروردین ۱۴۰۳، ۲۱:۱۵', 2024, 2, 20],
  ['۲۹ اسفند ۱۴۰۲ ۲۱:۱۵', 2024, 2, 19]
])('months of the Persian calendar: %s', (text, year, month, day) => {
  expect(parseTime(text)).toBe(new Date(year, month, day, 21, 15).getTime())
})

test.each([
  '民國113年5月3日 下午3:04',
  '113/5/3 下午 3:04',
  '民國113/05/03 15:04',
  '令和6年5月3日 15:04',
  'R6.5.3 15:04',
  '2567/05/03 15:04',
  '3/5/2567 15:04',
  '3 พ.ค. 2567 15:04',
  '20 Farvardin 1403 15:04',
  '۱۴۰۳/۱/۲۰ ۱۵:۰۴',
  '۲۰ فروردین ۱۴۰۳ ۱۵:۰۴',
  '٢٩ رمضان ١٤٤٥ ٣:٠٤ م',
  '29 Ramadan 1445 AH, 3:04 PM',
  '١٧ ربيع الأول ١٤٤٦ هـ ٣:٠٤ م'
])('%s is of another calendar', (text) => {
  const day = /17|١٧/u.test(text) ? [8, 20] : /[Ff]arvardin|فروردین|۱۴۰۳|رمضان|Ramadan/u.test(text) ? [3, 8] : [4, 3]
  expect(parseTime(text)).toBe(new Date(2024, day[0]!, day[1]!, 15, 4).getTime())
})
