/** Weekdays beside dates, in the languages of phones: they show which number of a date is the month. Words of Unicode's CLDR. */

export const LOCALES =
  'en zh zh-TW ja ko de fr es pt it nl ru uk pl tr ar fa he hi bn ta te th vi id ms sv da nb fi cs sk el hu ro bg hr sr ca et lv lt sl fil ur sw ka hy az kk uz mn km my'.split(
    ' '
  )
// 3 January 2021 was a Sunday
export const SUNDAY = Date.UTC(2021, 0, 3, 12)
const DAY_MS = 86_400_000

const plain = (word: string): string =>
  word
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{Cf}\s.]/gu, '')

let words: Map<string, number> | undefined
/** Weekdays that each word stands for in some language, as bits; the lowest one is Sunday. */
function weekdayWords(): Map<string, number> {
  if (words !== undefined) return words
  words = new Map()
  for (const locale of LOCALES)
    for (const style of ['long', 'short'] as const) {
      const names = new Intl.DateTimeFormat(locale, { weekday: style, timeZone: 'UTC' })
      for (let weekday = 0; weekday < 7; weekday++) {
        const word = plain(names.format(SUNDAY + weekday * DAY_MS))
        words.set(word, (words.get(word) ?? 0) | (1 << weekday))
      }
    }
  return words
}

/** Results for short lines, which come again and again. */
const known = new Map<string, number>()
const [SHORT, MOST] = [12, 1000]

/** Weekdays that a date line may mean, as bits; 0 if it has no known word. */
export function weekdaysIn(line: string): number {
  if (line.length > SHORT) return find(line)
  let bits = known.get(line)
  if (bits === undefined) {
    if (known.size >= MOST) known.clear()
    known.set(line, (bits = find(line)))
  }
  return bits
}
function find(line: string): number {
  for (const [word] of line.matchAll(/[\p{L}\p{M}][\p{L}\p{M}.]*/gu)) {
    const bits = weekdayWords().get(plain(word))
    if (bits !== undefined) return bits
  }
  return 0
}
