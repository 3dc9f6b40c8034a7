// Writes native/generated/fold_table.h: the folded form and the class of every code point. docs/folding.md has the rules, their sources and the exceptions.
// Run by the native build; Node's own Unicode data is a source, so it must run on the project's Node.
import { mkdirSync, writeFileSync } from 'node:fs'
import { simplify } from './han.mjs'

export const SEPARATOR = 0
export const RUN = 1
export const SINGLE = 2

// Ignored characters: Unicode's ignorable ones (variation selectors, joiners, bidi controls, Hangul fillers, inherent vowels of Khmer), annotation signs,
// skin tones, combining marks of Latin, Greek, Cyrillic and symbols; the points of Hebrew, Arabic, Syriac, Samaritan and Mandaic, which are optional;
// tatweel; tones of N'Ko, gemination of Ethiopic, accents of Vedic Sanskrit; the nukta of every script (canonical combining class 7). None of them makes a
// difference of the first level in CLDR's collation for search.
const IGNORED =
  /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u00ad\u034f\u0300-\u036f\u0483-\u0489\u061c\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\u2de0-\u2dff\ua66f-\ua67d\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\u{1f3fb}-\u{1f3ff}\u{e0000}-\u{e0fff}\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\ufb1e\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0898-\u089f\u08ca-\u08e1\u08e3-\u08ff\u0711\u0730-\u074a\u0816-\u0819\u081b-\u0823\u0825-\u0827\u0829-\u082d\u0859-\u085b\u07eb-\u07f3\u07fd\u135d-\u135f\u0951-\u0954\u1cd0-\u1ce0\u1ce2-\u1ce8\u1ced\u1cf4\u1cf7-\u1cf9\u093c\u09bc\u0a3c\u0abc\u0b3c\u0c3c\u0cbc\u{110ba}\u{11173}\u{111ca}\u{11236}\u{112e9}\u{1133b}\u{1133c}\u{11446}\u{114c3}\u{115c0}\u{116b7}\u{1183a}\u{11943}\u{11d42}\u{1e94a}]/u
const DIACRITICS = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}]/u
/** Stroke overlay: makes another sign where Unicode has that one (≠), else nothing. Composed in fold.cc. */
const STROKE = '\u0338'
const isNegated = (character) => [...character.normalize('NFD')].length > 1 && character.normalize('NFD').endsWith(STROKE) && !DIACRITICS.test(character)
/** Characters that stay composed: Hangul syllables, voiced kana, negated signs, Cyrillic й (CLDR: a separate letter, unlike ё). All others are decomposed. */
const isComposed = (character) => /[\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u0439]/u.test(character) || isNegated(character)

/** Characters that readers take as equal and Unicode does not: each of the first becomes the second. */
const twins = new Map()
const twin = (characters, one) => {
  for (const character of characters) twins.set(character, one)
}
// quotation marks and apostrophes, including Hebrew's, Armenian's and letters used as one
/** All characters with a Unicode property, with exceptions. */
function* having(property, ...but) {
  const pattern = new RegExp(`\\p{${property}}`, 'u')
  for (let code = 0; code < 0x30000; code++) {
    const character = String.fromCodePoint(code)
    if (pattern.test(character) && !but.includes(character)) yield character
  }
}
// corner brackets are the quotation marks of Chinese and Japanese
twin(having('Quotation_Mark', "'", '"'), '"')
twin(
  '\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u00b4\u1ffd\uff07\u0060\u055a\u05f3\u07f4\u07f5\ua78b\ua78c\u275b\u275c\u275f\u1fbd\u1fbf\u1fcd\u1fce\u1fcf\u0384',
  "'"
)
twin('\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u02ba\u02dd\u05f4\u301d\u301e\u301f\u275d\u275e\u2760\u2e42', '"')
// hyphens, dashes and the minus sign; the long mark of kana is a letter
twin(having('Dash', '-', '~', '\u301c', '\u3030', '\u2053'), '-')
twin('\u2043\ufe63\uff0d', '-')
// the stroke of fractions
twin('\u2044\u2215', '/')
twin('\u301c\u3030\u223c\u02dc\u2053', '~')
twin('\u2236\ua789', ':')
// middle dots: of names, of lists, of Catalan (UTS 39, confusables)
twin('\u30fb\uff65\u2022\u2027\u2219\u22c5\u0387\u16eb\u2e31\u{10101}', '\u00b7')
twin('\u2217\u204e', '*')
twin('\u00d7', 'x')
// full stops, commas and brackets of Chinese and Japanese, and the signs of Arabic (CLDR, Latin-ASCII and Arabic-Latin); lenticular brackets are on the same keys
for (const [one, signs] of Object.entries({
  '.': '。٫۔',
  ',': '、،٬',
  ';': '؛',
  '?': '؟',
  '%': '٪',
  '*': '٭',
  '<': '〈',
  '>': '〉',
  '<<': '《',
  '>>': '》',
  '[': '〔〘〚【〖',
  ']': '〕〙〛】〗'
}))
  twin(signs, one)
// circles in the place of the Chinese zero and of an omitted character
twin('○◯', '〇')
twin('\u22ef', '...')
// separate voicing marks of kana: composed in fold.cc with the kana before them, like the combining ones
twin('\u309b', '\u3099')
twin('\u309c', '\u309a')
// Latin letters with a stroke, ligatures and other letters that do not decompose (CLDR, Latin-ASCII)
for (const [one, letters] of Object.entries({
  a: 'ⱥᶏɐᴀɑ',
  aa: 'ꜳ',
  ae: 'æᴁ',
  ao: 'ꜵ',
  au: 'ꜷ',
  av: 'ꜹꜻ',
  ay: 'ꜽ',
  b: 'ƀɓƃʙᴃᵬᶀ',
  c: 'ȼƈɕᴄꞓ',
  d: 'đɖɗƌðȡᴅᴆᵭᶁᶑꝱꝺ',
  db: 'ȸ',
  dz: 'ʣʥ',
  e: 'ɇǝəɛᴇᶒᶓⱸ',
  f: 'ƒᵮᶂꜰꝼ',
  g: 'ǥɠɡɢʛᶃꞡ',
  h: 'ħɦⱨɧʜ',
  hv: 'ƕ',
  i: 'ıɨɩɪᵻᶖ',
  j: 'ȷɉɟʝᴊ',
  k: 'ƙⱪᴋᶄꝁꝃꝅꞣ',
  l: 'łƚɫⱡȴɬɭʟᴌᶅꝇꝉꝲ',
  ll: 'ỻ',
  ls: 'ʪ',
  lz: 'ʫ',
  m: 'ɱᴍᵯᶆꝳ',
  n: 'ŋɲƞȵɳɴᵰᶇꝴꞑꞥ',
  o: 'øɵɔᴏⱺꝋꝍ',
  oe: 'œɶ',
  oi: 'ƣ',
  oo: 'ꝏ',
  ou: 'ȣ',
  p: 'ƥᵽᴘᵱᶈꝑꝓꝕ',
  q: 'ɋʠĸꝗꝙ',
  qp: 'ȹ',
  r: 'ɍɽɼɾʀᵲᵳᶉꝵꝶꝛꞧ',
  s: 'ʂȿᵴᶊẜẝꜱꞩ',
  ss: 'ß',
  t: 'ŧƭʈⱦƫȶᴛᵵꝷꞇ',
  th: 'þᵺꝥꝧ',
  ts: 'ʦ',
  tz: 'ꜩ',
  u: 'ʉʊᴜᵾᶙ',
  ue: 'ᵫ',
  v: 'ʋᴠᶌỽⱱⱴꝟ',
  vy: 'ꝡ',
  w: 'ⱳᴡ',
  x: 'ᶍ',
  y: 'ƴɏʏỿ',
  z: 'ƶȥⱬɀʐʑᴢᵶᶎ'
}))
  twin(letters, one)
// Arabic letters in Arabic, Persian, Urdu and on phones: several code points per letter (Unicode 9.2, CLDR ar, fa, ur)
for (const [one, letters] of Object.entries({ ا: 'ٱٲٳٵ', و: 'ٶۄۊ', ي: 'ىیېۍےۓئ', ك: 'کڪګ', ه: 'ةەہۂۃھۀۿ', ء: 'ٴ' })) twin(letters, one)
// candrabindu and anusvara of Hindi, which are used interchangeably
twin('\u0901', '\u0902')
// tippi and bindi, the two nasal signs of Gurmukhi
twin('\u0a70', '\u0a02')
// г with an upturn, which Ukrainian wrote without it for most of a century
twin('ґ', 'г')
// Malayalam and Bengali letters without a vowel, which older keyboards write with a virama (Unicode 12.9, 12.2)
for (const [one, letter] of Object.entries({ ണ്: 'ൺ', ന്: 'ൻ', ര്: 'ർ', ല്: 'ൽ', ള്: 'ൾ', ക്: 'ൿ', ত্: 'ৎ' })) twin(letter, one)
// numbers in filled circles, which Unicode does not decompose (NamesList), and letters in them
for (const [first, number, count] of [
  [0x2776, 1, 10],
  [0x2780, 1, 10],
  [0x278a, 1, 10],
  [0x24ff, 0, 1],
  [0x24eb, 11, 10],
  [0x24f5, 1, 10],
  [0x1f10b, 0, 1],
  [0x1f10c, 0, 1]
])
  for (let i = 0; i < count; i++) twin(String.fromCodePoint(first + i), String(number + i))
// numerals of Suzhou
for (let i = 1; i < 10; i++) twin(String.fromCodePoint(0x3020 + i), String(i))
for (let i = 0; i < 26; i++) {
  twin(String.fromCodePoint(0x1f150 + i), String.fromCodePoint(0x61 + i))
  // letters in filled squares; fold.cc decides on those that are emoji
  const square = String.fromCodePoint(0x1f170 + i)
  if (!/\p{Emoji}/u.test(square)) twin(square, String.fromCodePoint(0x61 + i))
}
// ligatures of Yiddish
for (const [one, letter] of Object.entries({ וו: 'װ', וי: 'ױ', יי: 'ײ' })) twin(letter, one)
// final forms of Hebrew letters
for (const [one, letters] of Object.entries({ כ: 'ך', מ: 'ם', נ: 'ן', פ: 'ף', צ: 'ץ' })) twin(letters, one)

/** Value of a decimal digit of any script: the ten digits of a script are consecutive, and scripts begin at a multiple of ten (Unicode 4.6). */
function digitOf(character) {
  if (!/\p{Nd}/u.test(character)) return null
  let first = character.codePointAt(0)
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--
  return String((character.codePointAt(0) - first) % 10)
}

const SMALL = 'ぁぃぅぇぉっゃゅょゎゕゖㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ'
const LARGE = 'あいうえおつやゆよわかけくしすとぬはひふへほむらりるれろ'

/** Hiragana of katakana, and large kana of small ones (differences of the third level in CLDR ja, as case); half-width kana are composed by NFKC. */
function hiragana(character) {
  const code = character.codePointAt(0)
  const kana = (code >= 0x30a1 && code <= 0x30f6) || code === 0x30fd || code === 0x30fe ? String.fromCodePoint(code - 0x60) : character
  const small = SMALL.indexOf(kana)
  return small < 0 ? kana : LARGE[small]
}

// Scripts written without spaces between words, and symbols: each character is a token of its own.
const ALONE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\u3005-\u3007\u30fc\u3031-\u3035]/u

function foldOnce(char) {
  let out = ''
  if (/\s/u.test(char)) return ' '
  if (/\p{Cc}/u.test(char)) return '\ufffd'
  for (const composed of char.normalize('NFKC')) {
    const bare = DIACRITICS.test(composed) && !isComposed(composed.toLowerCase()) ? composed.normalize('NFD').replace(/\p{Mn}/gu, '') : composed
    for (const c of [...bare.toUpperCase().toLowerCase().normalize('NFKC')].flatMap((one) => (isComposed(one) ? one : [...one.normalize('NFD')]))) {
      if (IGNORED.test(c)) continue
      out += twins.get(c) ?? digitOf(c) ?? hiragana(simplify(c))
    }
  }
  return out
}

export function fold(char) {
  // composed in fold.cc with the sign before it; tags of flags and joiners of emoji are joined there
  if (char === STROKE) return char
  if (IGNORED.test(char)) return ''
  if (twins.has(char)) return twins.get(char)
  let before = char
  for (let i = 0; i < 4; i++) {
    const after = [...before].map(foldOnce).join('')
    if (after === before) break
    before = after
  }
  return before
}

export function classOf(char) {
  if (ALONE.test(char)) return SINGLE
  if (/[\p{L}\p{N}\p{M}_]/u.test(char)) return char === '_' ? SEPARATOR : RUN
  // Emoji and other pictographs; currency and mathematical signs stay separators like punctuation.
  if (/[\p{So}\p{Co}]/u.test(char)) return SINGLE
  return SEPARATOR
}

const pool = []
const foldPages = new Map()
const classPages = new Map()
const foldIndex = []
const classIndex = []
function page(pages, values) {
  const key = values.join(',')
  let found = pages.get(key)
  if (found === undefined) pages.set(key, (found = pages.size))
  return found
}
for (let high = 0; high < 0x110000; high += 256) {
  const folds = []
  const classes = []
  for (let cp = high; cp < high + 256; cp++) {
    if (cp >= 0xd800 && cp <= 0xdfff) {
      folds.push(0)
      classes.push(SEPARATOR)
      continue
    }
    const char = String.fromCodePoint(cp)
    const folded = [...fold(char)].map((c) => c.codePointAt(0))
    classes.push(classOf(char))
    if (folded.length === 1) folds.push(folded[0] === cp ? 0 : folded[0])
    else {
      // bit 31: a sequence; bits 24..30 its length, bits 0..23 its position in the pool
      folds.push((0x80000000 + folded.length * 0x1000000 + pool.length) >>> 0)
      pool.push(...folded)
    }
  }
  foldIndex.push(page(foldPages, folds))
  classIndex.push(page(classPages, classes))
}
const composed = []
for (let cp = 0; cp < 0x30000; cp++) {
  const whole = String.fromCodePoint(cp)
  const [first = '', mark = '', ...more] = whole.normalize('NFD')
  if (more.length > 0 || !(isNegated(whole) || mark === '\u3099' || mark === '\u309a')) continue
  const [before, one] = [fold(first), fold(whole)]
  if ([...before].length === 1 && [...one].length === 1) composed.push([before, mark, one].map((character) => character.codePointAt(0)))
}
// katakana and hiragana give the same pairs
const pairsOnce = [...new Map(composed.map((pair) => [pair.join(), pair])).values()]
/** Vowel of each kana from U+3041, for a long mark after it; 0 for none. */
const vowels = Array.from({ length: 0x56 }, (_, i) => {
  const kana = fold(String.fromCodePoint(0x3041 + i).normalize('NFD')[0])
  const row = ['あかさたなはまやらわ', 'いきしちにひみりゐ', 'うくすつぬふむゆる', 'えけせてねへめれゑ', 'おこそとのほもよろを'].findIndex((list) =>
    list.includes(kana)
  )
  return row < 0 ? 0 : 'あいうえお'.codePointAt(row)
})

const list = (values) => values.join(',')
const header = `// Generated by generate-fold-table.mjs with Unicode ${process.versions.unicode}; not edited by hand.
#pragma once
#include <cstdint>
namespace mnemo::table {
inline constexpr char kUnicodeVersion[] = "${process.versions.unicode}";
inline constexpr uint16_t kFoldIndex[] = {${list(foldIndex)}};
inline constexpr uint32_t kFold[] = {${[...foldPages.keys()].join(',\n')}};
inline constexpr uint32_t kPool[] = {${list(pool)}};
inline constexpr uint8_t kClassIndex[] = {${list(classIndex)}};
inline constexpr uint8_t kClass[] = {${[...classPages.keys()].join(',\n')}};
inline constexpr uint32_t kComposed[][3] = {${pairsOnce.map((pair) => `{${list(pair)}}`).join(',')}};
inline constexpr uint16_t kVowels[] = {${list(vowels)}};
}
`
if (classPages.size > 255) throw new Error('class pages no longer fit a byte')
mkdirSync(new URL('./generated/', import.meta.url), { recursive: true })
writeFileSync(new URL('./generated/fold_table.h', import.meta.url), header)
