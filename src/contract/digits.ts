/** Digits of any script. Pure. */

const DIGIT = /\p{Nd}/u
const known = new Map<string, string>()

/** The ASCII digit that a character is, or null where it is none. The ten of a script follow each other, and scripts begin at a ten (Unicode 4.6). */
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
