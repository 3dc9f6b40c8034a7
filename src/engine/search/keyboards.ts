/** Text of the same keys on another keyboard layout. Pure. */

/** Keys of an American keyboard, and the characters of other layouts in this order. */
const KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
const LAYOUTS = {
  ru: 'йцукенгшщзхъфывапролджэячсмитьбюё',
  uk: 'йцукенгшщзхїфівапролджєячсмитьбюґ',
  el: ";ςερτυθιοπ[]ασδφγηξκλ΄'ζχψωβνμ,.`",
  he: "/'קראטוןםפ][שדגכעיחלךף,זסבהנמצתץ;",
  ar: 'ضصثقفغعهخحجدشسيبلاتنمكطئءؤرﻻىةوزذ',
  fa: 'ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدپو.`',
  th: 'ๆไำพะัีรนยบลฟหกดเ้่าสวงผปแอิืทมใ_'
}

/** Latin layouts, beside the American keys that differ: German, French, Spanish. */
const LATIN: readonly (readonly [string, string])[] = [
  ["yz[;'-", 'zyüöäß'],
  ["qwazm;'1234567890,", 'azqw,mù&é"\'(-è_çà;'],
  [';', 'ñ']
]
/** Signs with shift where other layouts have letters. */
const SHIFTED = '~{}:"<>'
const PLAIN = "`[];',."

/** Keys of the Korean two-set layout (KS X 5002), then those with shift. */
const KOREAN_KEYS = 'qwertyuiopasdfghjklzxcvbnmQWERTOP'
const KOREAN = 'ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㅃㅉㄸㄲㅆㅒㅖ'
/** Jamo in the order of syllables (Unicode 3.12), joined ones as the two that are typed. */
const INITIALS = [...'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ']
const VOWELS = ['ㅏ', 'ㅐ', 'ㅑ', 'ㅒ', 'ㅓ', 'ㅔ', 'ㅕ', 'ㅖ', 'ㅗ', 'ㅗㅏ', 'ㅗㅐ', 'ㅗㅣ', 'ㅛ', 'ㅜ', 'ㅜㅓ', 'ㅜㅔ', 'ㅜㅣ', 'ㅠ', 'ㅡ', 'ㅡㅣ', 'ㅣ']
const FINALS = [
  '',
  'ㄱ',
  'ㄲ',
  'ㄱㅅ',
  'ㄴ',
  'ㄴㅈ',
  'ㄴㅎ',
  'ㄷ',
  'ㄹ',
  'ㄹㄱ',
  'ㄹㅁ',
  'ㄹㅂ',
  'ㄹㅅ',
  'ㄹㅌ',
  'ㄹㅍ',
  'ㄹㅎ',
  'ㅁ',
  'ㅂ',
  'ㅂㅅ',
  'ㅅ',
  'ㅆ',
  'ㅇ',
  'ㅈ',
  'ㅊ',
  'ㅋ',
  'ㅌ',
  'ㅍ',
  'ㅎ'
]
const [FIRST_SYLLABLE, LAST_SYLLABLE] = [0xac00, 0xd7a3]
/** Joined vowels and finals as separate characters. */
const JOINED: Record<string, string> = {
  ㅘ: 'ㅗㅏ',
  ㅙ: 'ㅗㅐ',
  ㅚ: 'ㅗㅣ',
  ㅝ: 'ㅜㅓ',
  ㅞ: 'ㅜㅔ',
  ㅟ: 'ㅜㅣ',
  ㅢ: 'ㅡㅣ',
  ㄳ: 'ㄱㅅ',
  ㄵ: 'ㄴㅈ',
  ㄶ: 'ㄴㅎ',
  ㄺ: 'ㄹㄱ',
  ㄻ: 'ㄹㅁ',
  ㄼ: 'ㄹㅂ',
  ㄽ: 'ㄹㅅ',
  ㄾ: 'ㄹㅌ',
  ㄿ: 'ㄹㅍ',
  ㅀ: 'ㄹㅎ',
  ㅄ: 'ㅂㅅ'
}

const through = (text: string, from: string, to: string): string =>
  [...text].map((character) => (from.includes(character) ? ([...to][[...from].indexOf(character)] ?? character) : character)).join('')
/** Longest list entry that the text has at a position. */
const longest = (list: readonly string[], text: string, at: number): string =>
  list.reduce((best, one) => (one.length > best.length && text.startsWith(one, at) ? one : best), '')

/** Syllables from jamo in typing order; a consonant before a vowel begins the next syllable. */
function syllables(jamo: string): string {
  let out = ''
  for (let at = 0; at < jamo.length;) {
    const initial = jamo[at] ?? ''
    const vowel = INITIALS.includes(initial) ? longest(VOWELS, jamo, at + 1) : ''
    if (vowel === '') {
      out += initial
      at++
      continue
    }
    at += 1 + vowel.length
    let final = longest(FINALS, jamo, at)
    while (final !== '' && longest(VOWELS, jamo, at + final.length) !== '') final = final.slice(0, -1)
    at += final.length
    out += String.fromCodePoint(FIRST_SYLLABLE + (INITIALS.indexOf(initial) * VOWELS.length + VOWELS.indexOf(vowel)) * FINALS.length + FINALS.indexOf(final))
  }
  return out
}

/** Jamo of syllables, one per key. */
const jamoOf = (text: string): string =>
  [...text]
    .map((character) => {
      const index = (character.codePointAt(0) ?? 0) - FIRST_SYLLABLE
      if (index < 0 || index > LAST_SYLLABLE - FIRST_SYLLABLE) return JOINED[character] ?? character
      const [vowels, finals] = [VOWELS.length, FINALS.length]
      return `${INITIALS[Math.floor(index / (vowels * finals))] ?? ''}${VOWELS[Math.floor(index / finals) % vowels] ?? ''}${FINALS[index % finals] ?? ''}`
    })
    .join('')

/** A Latin text on each other layout; any other text on the American one. */
export function onOtherKeyboards(text: string): string[] {
  const written = text.toLowerCase()
  const latin = /[a-z]/.test(written)
  const lower = latin ? through(written, SHIFTED, PLAIN) : written
  const found = Object.values(LAYOUTS).map((layout) =>
    latin
      ? through(lower, KEYS, layout)
      : [...lower].every((character) => character === ' ' || layout.includes(character))
        ? through(lower, layout, KEYS)
        : lower
  )
  if (latin) found.push(...LATIN.flatMap(([keys, other]) => [through(lower, keys, other), through(lower, other, keys)]))
  if (latin) found.push(syllables(through(/[QWERTOP]/.test(text) && /[a-z]/.test(text) ? text : lower, KOREAN_KEYS, KOREAN)))
  else if (/^[\p{Script=Hangul} ]+$/u.test(lower)) found.push(through(jamoOf(lower), KOREAN, KOREAN_KEYS))
  return [...new Set(found)].filter((one) => one !== lower && one !== written && /\p{L}/u.test(one))
}
