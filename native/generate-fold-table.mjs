// Writes native/generated/fold_table.h: for every code point its folded form and its class. The rules, their sources and what
// stays apart are told in docs/folding.md. Run by the native build; Node's own Unicode data is a source, so it must run on the
// project's Node.
import { mkdirSync, writeFileSync } from 'node:fs'
import hongKong from '../node_modules/opencc-js/dist/esm-lib/dict/HKVariants.js'
import japanese from '../node_modules/opencc-js/dist/esm-lib/dict/JPShinjitaiCharacters.js'
import ts from '../node_modules/opencc-js/dist/esm-lib/dict/TSCharacters.js'
import taiwanese from '../node_modules/opencc-js/dist/esm-lib/dict/TWVariants.js'

export const SEPARATOR = 0
export const RUN = 1
export const SINGLE = 2

const pairs = (dictionary) => dictionary.split('|').map((pair) => pair.split(' ').slice(0, 2))

// Found with and without them: variation selectors, joiners, bidi controls, skin tones, combining marks of Latin, Greek and
// Cyrillic and of symbols; the points of Hebrew, Arabic and Syriac, which readers know without; tatweel; the nukta of Devanagari.
const IGNORED =
  /[\u00ad\u034f\u0300-\u036f\u0483-\u0489\u061c\u180e\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\u{1f3fb}-\u{1f3ff}\u{e0000}-\u{e0fff}\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\ufb1e\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0898-\u089f\u08ca-\u08e1\u08e3-\u08ff\u0711\u0730-\u074a\u093c]/u
const DIACRITICS = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}]/u

/** Characters that readers take as one and Unicode does not: each of the first is the second. */
const twins = new Map()
const twin = (characters, one) => {
  for (const character of characters) twins.set(character, one)
}
// quotation marks and apostrophes, among them Hebrew's, Armenian's and the letters that stand for one
twin('\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u00b4\u0060\u055a\u05f3\u07f4\u07f5\ua78b\ua78c\u275b\u275c\u275f', "'")
twin('\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u02ba\u02dd\u05f4\u301d\u301e\u301f\u275d\u275e\u2760\u2e42', '"')
// hyphens, dashes and the minus sign; the long mark of kana is a letter
twin('\u058a\u05be\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e17\u2e3a\u2e3b\u2e40\ufe31\ufe32\ufe58\ufe63\uff0d\u{10ead}', '-')
twin('\u301c\u3030\u223c\u02dc', '~')
// letters with a stroke, joined letters and other letters of Latin that do not decompose (CLDR, Latin-ASCII)
for (const [one, letters] of Object.entries({
  a: 'ⱥᶏɐ', ae: 'æ', av: 'ꜹ', b: 'ƀɓƃ', c: 'ȼƈ', d: 'đɖɗƌð', e: 'ɇǝə', f: 'ƒ', g: 'ǥɠ', h: 'ħɦⱨ', hv: 'ƕ', i: 'ıɨɩ', j: 'ȷɉ', k: 'ƙⱪĸ', l: 'łƚɫⱡ',
  m: 'ɱ', n: 'ŋɲƞ', o: 'øɵɔ', oe: 'œ', ou: 'ȣ', p: 'ƥᵽ', q: 'ɋʠ', r: 'ɍɽ', s: 'ʂȿ', ss: 'ß', t: 'ŧƭʈⱦ', th: 'þ', u: 'ʉʊ', v: 'ʋ', w: 'ⱳ', y: 'ƴɏ', z: 'ƶȥⱬ', oi: 'ƣ'
}))
  twin(letters, one)
// Arabic as it is written in Arabic, Persian, Urdu and on phones: one letter, several code points (Unicode 9.2, CLDR ar, fa, ur)
for (const [one, letters] of Object.entries({ ا: 'ٱٲٳٵ', و: 'ٶۄۊ', ي: 'ىیېۍےۓئ', ك: 'کڪګ', ه: 'ةەہۂۃھۀۿ', ء: 'ٴ' })) twin(letters, one)
// the forms of Hebrew letters at the end of a word
for (const [one, letters] of Object.entries({ כ: 'ך', מ: 'ם', נ: 'ן', פ: 'ף', צ: 'ץ' })) twin(letters, one)

// Chinese characters: traditional to simplified, and forms of one character to the form that mainland China uses
const han = new Map(pairs(ts))
const simplify = (character) => han.get(character) ?? character
// the 6763 characters of GB 2312: each is in use there for itself
const inUse = new Set()
const gb2312 = new TextDecoder('gb18030')
for (let row = 0xb0; row <= 0xf7; row++) for (let cell = 0xa1; cell <= 0xfe; cell++) inUse.add(gb2312.decode(Uint8Array.of(row, cell)))
for (const [one, other] of [...pairs(hongKong), ...pairs(taiwanese), ...pairs(japanese), ...pairs('髙 高|﨑 崎|邉 边|𠮷 吉|栁 柳|冨 富|嶌 岛|嶋 岛|槗 桥|濵 滨|黒 黑|凛 凛|戸 户|戶 户|斎 斋|斉 齐|昻 昂|晧 皓|栄 荣|桒 桑|渕 渊|渊 渊|淸 清|靑 青|淨 净|淵 渊|眞 真|禎 祯|羽 羽|絕 绝|緖 绪|衞 卫|諸 诸|郞 郎|都 都|鄕 乡|錄 录|鍊 炼|閱 阅|隆 隆|頻 频|巢 巢|內 内|兌 兑|產 产|戲 戏|敎 教|卽 即|旣 既|槪 概|屛 屏|幷 并|彥 彦|悅 悦|戾 戾|搖 摇|毀 毁|溫 温|狀 状|瑤 瑶|硏 研|稅 税|臺 台|說 说|銳 锐|靜 静|顏 颜|飮 饮|麼 么')]) {
  const [a, b] = [simplify(one), simplify(other)]
  if (a === b) continue
  // of two forms that are both in use each stays
  if (inUse.has(a) === inUse.has(b)) continue
  const [from, to] = inUse.has(b) ? [a, b] : [b, a]
  if (!han.has(from)) han.set(from, to)
  for (const character of [one, other]) if (character !== to && !inUse.has(character)) han.set(character, to)
}

/** The digit of a decimal number of any script (Unicode 4.6): the ten of a script follow each other. */
function digitOf(character) {
  if (!/\p{Nd}/u.test(character)) return null
  let zero = character.codePointAt(0)
  while (character.codePointAt(0) - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
  // scripts whose digits follow another's at once begin at a multiple of ten of the whole row
  const first = String.fromCodePoint(zero)
  return /^[0-9]$/.test(first.normalize('NFKC')) && first.normalize('NFKC') !== '0' ? null : String((character.codePointAt(0) - zero) % 10)
}

/** Katakana is hiragana for search; its half width is composed by NFKC. */
function hiragana(character) {
  const code = character.codePointAt(0)
  return (code >= 0x30a1 && code <= 0x30f6) || code === 0x30fd || code === 0x30fe ? String.fromCodePoint(code - 0x60) : character
}

// Scripts written without spaces between words, and symbols: each character is a token of its own.
const ALONE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\u3005-\u3007\u30fc\u3031-\u3035]/u

function foldOnce(char) {
  let out = ''
  if (/\s/u.test(char)) return ' '
  if (/\p{Cc}/u.test(char)) return '\ufffd'
  for (const composed of char.normalize('NFKC')) {
    const bare = DIACRITICS.test(composed) ? composed.normalize('NFD').replace(/\p{Mn}/gu, '') : composed
    for (const c of bare.toUpperCase().toLowerCase().normalize('NFKC')) {
      if (IGNORED.test(c)) continue
      out += twins.get(c) ?? digitOf(c) ?? hiragana(simplify(c))
    }
  }
  return out
}

export function fold(char) {
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
  // Emoji and other pictographs; currency and mathematical signs stay separators, as punctuation does.
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
      // bit 31: a sequence; bits 24..30 its length, bits 0..23 its place in the pool
      folds.push((0x80000000 + folded.length * 0x1000000 + pool.length) >>> 0)
      pool.push(...folded)
    }
  }
  foldIndex.push(page(foldPages, folds))
  classIndex.push(page(classPages, classes))
}
const voiced = []
for (let cp = 0x3040; cp <= 0x30ff; cp++)
  for (const mark of [0x3099, 0x309a]) {
    const composed = String.fromCodePoint(cp, mark).normalize('NFC')
    if ([...composed].length === 1) voiced.push([cp, mark, composed.codePointAt(0)])
  }

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
inline constexpr uint32_t kVoiced[][3] = {${voiced.map((v) => `{${list(v)}}`).join(',')}};
}
`
if (classPages.size > 255) throw new Error('class pages no longer fit a byte')
mkdirSync(new URL('./generated/', import.meta.url), { recursive: true })
writeFileSync(new URL('./generated/fold_table.h', import.meta.url), header)
