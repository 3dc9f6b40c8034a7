/** Digits of any script. Pure. */

const DIGIT = /\p{Nd}/u
const known = new Map<string, string>()

/**
 * ASCII digit of a character, or null if it is no digit. The ten digits of a script are consecutive, and a script starts at a code point
 * divisible by ten (Unicode 4.6).
 */
export function asciiDigit(character: string): string | null {
  if (!DIGIT.test(character)) return null
  let digit = known.get(character)
  if (digit === undefined) {
    const code = character.codePointAt(0) ?? 0
    let first = code
    while (DIGIT.test(String.fromCodePoint(first - 1))) first--
    known.set(character, (digit = String((code - first) % 10)))
  }
  return digit
}
