/**
 * Numbers and codes in any grouping: a query for 13800138000 also finds 138 0013 8000 and 138-0013-8000, and vice versa; one for DE8937040044 finds DE89 3704
 * 0044. The index has the digits of grouped numbers without separators (native/src/tokenizer.h). Pure.
 */
import { asciiDigit } from '../../contract/digits.ts'
import type { Range } from '../../contract/search.ts'

/** Digits of a query that are searched across separators; the same bounds as in the index. */
const SHORTEST = 5
const LONGEST = 20
/** Separators between two digits; of those for thousands only one. */
const GAP = "(?:[ \\-()/.]{0,3}|[,'·])"
/** First character of the index's number terms. */
const NUMBER_MARK = '\u0002'

/** Folded form of a character, as far as numbers are concerned. */
function plain(character: string): string {
  const digit = asciiDigit(character)
  if (digit !== null) return digit
  if (/\s/u.test(character)) return ' '
  return /\p{Dash}/u.test(character) ? '-' : APOSTROPHES.includes(character) ? "'" : character.normalize('NFKC')
}
const APOSTROPHES = '\u2019\u2018\u02bc\uff07'
const plainText = (text: string): string => [...text].map(plain).join('')

/** Number with the sign or the unit of a currency: ¥1299, US$1,299, 1299€, 1299元. */
const AMOUNT = /^((?:[a-z]{0,3}\p{Sc})?)(.*?)((?:\p{Sc}|[元圆圓円块塊원])?)$/iu
function amountOf(word: string): { before: string; number: string; after: string } {
  const [, before = '', number = '', after = ''] = AMOUNT.exec(plainText(word)) ?? []
  return { before, number, after }
}

/** True if a word of a query can be part of a number, apart from a currency. */
export const isNumberPart = (word: string): boolean => /^\+?[()]*\d[\d\-()/.,'·]*$/.test(amountOf(word).number)

/** True if a number ends between two words of a query: at the currency of an amount. */
export const isAmountBorder = (word: string, next: string): boolean => amountOf(word).after !== '' || amountOf(next).before !== ''

/** Digits of these words, or null if they are too few or too many for one number. */
export function numberOf(words: readonly string[]): string | null {
  const digits = plainText(words.join('')).replaceAll(/\D/g, '')
  return digits.length >= SHORTEST && digits.length <= LONGEST ? digits : null
}

/**
 * National digits of an international phone number (+ or 00 before the country code, ITU E.164), or of a national one without its leading 0, which is dropped
 * abroad; null for other words.
 */
export function nationalOf(words: readonly string[]): string | null {
  const text = plainText(words.join('')).replaceAll(/[^\d+]/g, '')
  const abroad = /^(?:\+|00)([1-9]\d{8,14})$/.exec(text)?.[1]
  if (abroad !== undefined) return abroad.slice(COUNTRY.exec(abroad)?.[0].length ?? 3)
  return /^0[1-9]\d{7,10}$/.test(text) ? text.slice(1) : null
}
/** Country codes of one and two digits; all others have three. */
const COUNTRY = /^(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/

/** Word of Latin letters and digits, such as an account number; `digits`: its longest run of digits. */
export function codeOf(word: string): { whole: string; digits: string } | null {
  const whole = plainText(word).replaceAll('-', '').toLowerCase()
  if (!/^(?=.*[a-z])[a-z\d]{6,40}$/.test(whole)) return null
  const [digits = ''] = (whole.match(/\d+/g) ?? []).sort((a, b) => b.length - a.length)
  return digits.length < SHORTEST ? null : { whole, digits: digits.slice(0, LONGEST) }
}

/**
 * Four-digit number with and without a thousands separator: 1000, 1,000, 1.000, 1 000, 1'000; or a fraction with the other separator: 3.14, 3,14; null for
 * other words. An amount keeps its currency only without a separator: four bare digits can be a year.
 */
export function thousandsOf(words: readonly string[]): string[] | null {
  const { before, number, after } = amountOf(words.join(' '))
  const fraction = words.length > 1 ? null : /^(\d{1,3})([.,])(\d{1,2})$/.exec(number)
  if (fraction !== null) return [`${before}${fraction[1]}${fraction[2] === '.' ? ',' : '.'}${fraction[3]}${after}`]
  const found = words.length > 2 ? null : /^(\d)[,.' ]?(\d{3})$/.exec(number)
  if (found?.[1] === undefined || found[1] === '0') return null
  return [`${before}${found[1]}${found[2]}${after}`, ...[',', '.', "'", ' '].map((sign) => `${found[1]}${sign}${found[2]}`)]
}

const patternOf = (digits: string): RegExp => new RegExp([...digits].join(GAP), 'gi')

/** FTS5 query for grouped numbers with these digits. */
export const groupedNumber = (digits: string): string => `"${NUMBER_MARK}${digits}" *`

/** True if a folded text has the digits or the code, in any grouping. */
export const hasNumber = (folded: string, digits: string): boolean => patternOf(digits).test(folded)

/** Ranges of the digits or the code in a text, in any grouping. */
export function numberRanges(text: string, digits: string): Range[] {
  let out = ''
  /** Position in `text` of each unit of `out`, and of its end. */
  const places: number[] = []
  let at = 0
  for (const character of text) {
    const one = plain(character)
    for (let i = 0; i < one.length; i++) places.push(at)
    out += one
    at += character.length
  }
  places.push(at)
  return [...out.matchAll(patternOf(digits))].map(({ index, 0: found }) => [places[index] ?? 0, places[index + found.length] ?? at])
}
