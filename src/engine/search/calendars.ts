/** Dates of the Islamic, Persian, Hebrew and Thai calendars, by the names of their months and holidays. Pure. */
import {
  CalendarDate,
  getLocalTimeZone,
  GregorianCalendar,
  HebrewCalendar,
  IslamicUmalquraCalendar,
  PersianCalendar,
  toCalendar,
  type Calendar
} from '@internationalized/date'
import { checkedDay, days, type Span } from './spans.ts'

const ISLAMIC = new IslamicUmalquraCalendar()
const PERSIAN = new PersianCalendar()
const HEBREW = new HebrewCalendar()
const GREGORIAN = new GregorianCalendar()

/** Names of months in lower case, without apostrophes and with one form of each letter (plain()); the first month first. */
const ISLAMIC_MONTHS = [
  'muharram|محرم',
  'safar|صفر',
  'rabi al-awwal|rabi al-awal|rabi i|rabi 1|ربيع الاول',
  'rabi al-thani|rabi ath-thani|rabi al-akhir|rabi ii|rabi 2|ربيع الثاني|ربيع الاخر',
  'jumada al-awwal|jumada al-ula|jumada i|jumada 1|جمادي الاولي|جمادي الاول',
  'jumada al-thani|jumada ath-thani|jumada al-akhirah|jumada al-akhira|jumada ii|jumada 2|جمادي الثانيه|جمادي الاخره|جمادي الثاني',
  'rajab|رجب',
  'shaban|شعبان',
  'ramadan|ramadhan|ramazan|رمضان|斋月|ラマダン',
  'shawwal|shawal|شوال',
  'dhu al-qadah|dhu al-qidah|dhul qadah|dhul-qadah|zilqad|ذو القعده|ذي القعده',
  'dhu al-hijjah|dhu al-hijja|dhul hijjah|dhul-hijjah|zilhijja|ذو الحجه|ذي الحجه'
]
const PERSIAN_MONTHS = [
  'farvardin|فروردين',
  'ordibehesht|ارديبهشت',
  'khordad|خرداد',
  'tir|تير',
  'mordad|مرداد',
  'shahrivar|شهريور',
  'mehr|مهر',
  'aban|ابان',
  'azar|اذر',
  'dey|دي',
  'bahman|بهمن',
  'esfand|اسفند'
]
const monthsOf = (locale: string, month: 'long' | 'short'): string[] => {
  const names = new Intl.DateTimeFormat(locale, { month, timeZone: 'UTC' })
  return Array.from({ length: 12 }, (_, at) => plain(names.format(Date.UTC(2024, at, 1))))
}

/** One form of letters and apostrophes. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/['’ʿʾʻ`\u064b-\u065f\u0670]/gu, '')
    .replaceAll(/[أإآٱ]/gu, 'ا')
    .replaceAll(/[ىی]/gu, 'ي')
    .replaceAll('ة', 'ه')
    .replace(/\s+/gu, ' ')
    .trim()
}

interface Month {
  calendar: Calendar
  /** 1 to 12. */
  month: number
}
const MONTHS = new Map<string, Month>()
for (const [calendar, list] of [
  [ISLAMIC, ISLAMIC_MONTHS],
  [PERSIAN, PERSIAN_MONTHS]
] as const)
  for (const [at, names] of list.entries()) for (const name of names.split('|')) MONTHS.set(name, { calendar, month: at + 1 })
for (const length of ['long', 'short'] as const)
  for (const [at, name] of monthsOf('th', length).entries()) MONTHS.set(name, { calendar: GREGORIAN, month: at + 1 })

/** First day, and number of days, of holidays. */
const HOLIDAYS = new Map<string, { calendar: Calendar; month: number; day: number; count: number }>()
const holiday = (names: string, calendar: Calendar, month: number, day: number, count: number): void => {
  for (const name of names.split('|')) HOLIDAYS.set(name, { calendar, month, day, count })
}
holiday('eid al-fitr|eid ul-fitr|eid ul fitr|eid al fitr|عيد الفطر|开斋节', ISLAMIC, 10, 1, 3)
holiday('eid al-adha|eid ul-adha|eid ul adha|eid al adha|bakrid|عيد الاضحي|古尔邦节|宰牲节', ISLAMIC, 12, 10, 4)
holiday('ashura|عاشوراء', ISLAMIC, 1, 10, 1)
holiday('mawlid|المولد النبوي', ISLAMIC, 3, 12, 1)
holiday('nowruz|norouz|nawruz|نوروز', PERSIAN, 1, 1, 13)
holiday('songkran|สงกรานต์|วันสงกรานต์', GREGORIAN, 4, 13, 3)
holiday('rosh hashanah|rosh hashana|ראש השנה', HEBREW, 1, 1, 2)
holiday('yom kippur|יום כיפור|יום כפור', HEBREW, 1, 10, 1)
holiday('sukkot|סוכות', HEBREW, 1, 15, 7)
holiday('hanukkah|chanukah|hanukah|חנוכה', HEBREW, 3, 25, 8)
holiday('passover|pesach|פסח', HEBREW, -7, 15, 8)
holiday('shavuot|שבועות', HEBREW, -9, 6, 2)

const YEAR = String.raw`(?: ?,? ?(?:of |in |ปี )?(?:(last year|this year)|(?:พ\.ศ\. ?)?(\d{2,4})(?: ?(?:ah|h|هـ|ه|sh|be))?))?`
const DATE = new RegExp(String.raw`^(?:(last|this) )?(?:(\d{1,2})(?:st|nd|rd|th)?(?: of)? )?(\D.*?)(?: (\d{1,2})(?:st|nd|rd|th)?(?=,| \d{4}|$))?${YEAR}$`, 'u')

/** First day of a date of a calendar in the Gregorian one. */
function dayOf(calendar: Calendar, year: number, month: number, day: number): Date | null {
  // months of leap years of the Hebrew calendar: a negative number counts as in a common year
  const count = calendar.getMonthsInYear(new CalendarDate(calendar, year, 1, 1))
  const at = month > 0 ? month : count - 12 - month
  const date = new CalendarDate(calendar, year, at, day)
  if (date.month !== at || date.day !== day) return null
  return toCalendar(date, GREGORIAN).toDate(getLocalTimeZone())
}
const lengthOf = (calendar: Calendar, year: number, month: number): number => calendar.getDaysInMonth(new CalendarDate(calendar, year, month, 1))
const yearAt = (calendar: Calendar, now: Date): number =>
  toCalendar(new CalendarDate(GREGORIAN, now.getFullYear(), now.getMonth() + 1, now.getDate()), calendar).year

/** Span of such a date in a year of its calendar, of the Gregorian one, or the latest that has begun. */
function spanIn(calendar: Calendar, year: number | null, now: Date, last: boolean, at: (year: number) => Span | null): Span | null {
  const current = yearAt(calendar, now)
  if (year === null) {
    for (let one = current + 1; one > current - 3; one--) {
      const span = at(one)
      if (span !== null && (last ? span.to : span.from) <= now.getTime()) return span
    }
    return null
  }
  const isOwn = calendar === GREGORIAN || (calendar === HEBREW ? year > 5000 : year < 1900)
  if (isOwn) return at(year)
  // a year of the Gregorian calendar: the first one that begins in it
  const near = yearAt(calendar, new Date(year, 0, 1))
  for (let one = near - 1; one < near + 3; one++) {
    const span = at(one)
    if (span !== null && new Date(span.from).getFullYear() === year) return span
  }
  return null
}

/** Buddhist years are 543 ahead. */
const gregorianYear = (year: number): number => (year < 100 ? (year > 50 ? year + 1957 : year + 2000) : year > 2400 ? year - 543 : year)

/** Numeric date in a year of Iran's (until 1409), Arabia's or Thailand's calendar. */
export function numericDay(year: number, month: number, day: number): Span | null {
  if (year > 2500 && year < 2700) return checkedDay(year - 543, month, day)
  const calendar = year >= 1360 && year < 1410 ? PERSIAN : year >= 1410 && year < 1500 ? ISLAMIC : null
  if (calendar === null || month < 1 || month > 12 || day < 1 || day > lengthOf(calendar, year, month)) return null
  const date = dayOf(calendar, year, month, day)
  return date === null ? null : days(date.getFullYear(), date.getMonth(), date.getDate())
}

/** Span of a word: 15 Ramadan 1445, Ramadan, Eid al-Fitr 2024, 3 พฤษภาคม 2567; null if it is none. */
export function otherCalendar(word: string, now: Date): Span | null {
  const [, which, before, name = '', behind, said, number] = DATE.exec(plain(word)) ?? []
  // after a day and a month comes a year, also a short one
  const short = before !== undefined && number === undefined
  const [after, figures] = short ? [undefined, behind] : [behind, number]
  const year =
    figures !== undefined ? Number(figures) : said === 'last year' ? now.getFullYear() - 1 : said === 'this year' || which === 'this' ? now.getFullYear() : null
  const festival = HOLIDAYS.get(name)
  if (festival !== undefined && before === undefined && after === undefined) {
    const { calendar, month, day, count } = festival
    return spanIn(calendar, year, now, which === 'last', (one) => {
      const first = dayOf(calendar, one, month, day)
      return first === null ? null : days(first.getFullYear(), first.getMonth(), first.getDate(), count)
    })
  }
  const found = MONTHS.get(name)
  if (found === undefined || (before !== undefined && after !== undefined)) return null
  const { calendar, month } = found
  const day = before ?? after
  const own = year !== null && calendar === GREGORIAN ? gregorianYear(year) : year
  return spanIn(calendar, own, now, which === 'last', (one) => {
    if (day !== undefined && !(Number(day) >= 1 && Number(day) <= lengthOf(calendar, one, month))) return null
    const first = dayOf(calendar, one, month, Number(day ?? 1))
    if (first === null || first.getFullYear() < 1970) return null
    return days(first.getFullYear(), first.getMonth(), first.getDate(), day === undefined ? lengthOf(calendar, one, month) : 1)
  })
}

/** Words of these dates, for texts of several words. */
export const CALENDAR_WORDS = new Set([...MONTHS.keys(), ...HOLIDAYS.keys()].flatMap((name) => name.split(/[ -]/)).filter((word) => word.length > 1))
