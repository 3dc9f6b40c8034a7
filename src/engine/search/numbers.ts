/**
 * Numbers however they are grouped: a query for 13800138000 also finds 138 0013 8000 and 138-0013-8000, and the other way round. The
 * index has the digits of grouped numbers without the signs between them (native/src/tokenizer.h). Pure.
 */
import { asciiDigit } from '../../contract/digits.ts'
import type { Range } from '../../contract/search.ts'

/** Digits of a query that are looked for across signs; the same bounds as the index has. */
const SHORTEST = 5
const LONGEST = 20
/** Signs by which people group digits, between two of them; of those for thousands one alone. */
const GAP = "(?:[ \\-()/.]{0,3}|[,'·])"
/** First character of the index's terms of numbers. */
const NUMBER_MARK = '\u0002'

/** One character as folding leaves it, as far as numbers are concerned. */
function plain(character: string): string {
  const digit = asciiDigit(character)
  if (digit !== null) return digit
  if (/\s/u.test(character)) return ' '
  return /\p{Dash}/u.test(character) ? '-' : APOSTROPHES.includes(character) ? "'" : character.normalize('NFKC')
}
const APOSTROPHES = '\u2019\u2018\u02bc\uff07'
const plainText = (text: string): string => [...text].map(plain).join('')

/** Whether a word of a query is a part of a number. */
export const isNumberPart = (word: string): boolean => /^\+?[()]*\d[\d\-()/.,'·]*$/.test(plainText(word))

/** The digits of such words, or null where they are too few or too many to stand for one number. */
export function numberOf(words: readonly string[]): string | null {
  const digits = plainText(words.join('')).replaceAll(/\D/g, '')
  return digits.length >= SHORTEST && digits.length <= LONGEST ? digits : null
}

/** A number of four digits with and without a sign for thousands: 1000, 1,000, 1.000, 1 000, 1'000; null where these words are none. */
export function thousandsOf(words: readonly string[]): string[] | null {
  const found = words.length > 2 ? null : /^(\d)[,.' ]?(\d{3})$/.exec(plainText(words.join(' ')))
  return found === null || found[1] === '0' ? null : ['', ',', '.', "'", ' '].map((sign) => `${found[1]}${sign}${found[2]}`)
}

const patternOf = (digits: string): RegExp => new RegExp([...digits].join(GAP), 'g')

/** The FTS5 query for grouped numbers with these digits. */
export const groupedNumber = (digits: string): string => `"${NUMBER_MARK}${digits}" *`

/** Whether a folded text has the digits, whatever groups them. */
export const hasNumber = (folded: string, digits: string): boolean => patternOf(digits).test(folded)

/** Where a text has the digits, whatever groups them. */
export function numberRanges(text: string, digits: string): Range[] {
  let out = ''
  /** The place in `text` of each unit of `out`, and of its end. */
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
