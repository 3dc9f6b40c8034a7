/** docs/folding.md against the table: its examples are true, and each folded character belongs to one of its rows. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { ROOT, storeFiles } from '../../test/support/files.ts'

const db = new Database(':memory:')
db.loadExtension(storeFiles('/').extension)
const folded = db.prepare<[string], string>('SELECT mnemo_fold(?)').pluck()
const fold = (text: string): string => folded.get(text) ?? ''

const [ignored = '', distinct = ''] = readFileSync(join(ROOT, 'docs/folding.md'), 'utf8').split('## Distinct characters')
/** Cells of the rows of a table, without its heading. */
const rowsOf = (part: string): string[][] =>
  part
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim())
    )
/** Groups of examples in a cell. */
const examples = (cell: string): string[][] =>
  cell
    .replaceAll('` and `', '` `')
    .replaceAll('` is not in `', '` `')
    .split('`, `')
    .map((group) => [...`\`${group}\``.matchAll(/(?<=`)[^`]+(?=`)/gu)].map(([text]) => text).filter((text) => text.trim() !== ''))
    .filter((group) => group.length > 1)

test('the examples of equal forms are equal, those of distinct ones are not', () => {
  const equal = rowsOf(ignored).flatMap(([, cell = '']) => examples(cell))
  expect(equal.filter((group) => new Set(group.map(fold)).size > 1)).toEqual([])
  expect(equal.length).toBeGreaterThan(70)
  const apart = rowsOf(distinct).flatMap(([cell = '']) => examples(cell))
  expect(apart.filter((group) => new Set(group.map(fold)).size < group.length)).toEqual([])
  expect(apart.length).toBeGreaterThan(20)
})

const lower = (text: string): string => text.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC')
const marks = (pattern: RegExp) => (character: string, to: string) =>
  pattern.test(character.normalize('NFD')) && to === fold([...character.normalize('NFD')][0] ?? '')
const among = (signs: string) => (character: string) => signs.includes(character)
/** Characters that each row is about; several rows may be about one character. */
const ROWS: Record<string, (character: string, to: string) => boolean> = {
  'case, width, compatibility forms': (character, to) => (lower(character) !== character && fold(lower(character)) === to) || to === character.normalize('NFD'),
  'invisible characters': (character, to) => to === '' && /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/u.test(character),
  'blanks of any width, line breaks; control characters': (character, to) => (to === ' ' ? /\p{White_Space}/u : /\p{Cc}/u).test(character),
  'accents of Latin, Greek and Cyrillic': (character, to) =>
    /[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u2de0-\u2dff\ua66f-\ua67d\ua69e\ua69f\ufe20-\ufe2f\u{1d242}-\u{1d244}\u{1e08f}]/u.test(
      character.normalize('NFD')
    ) && to === fold(character.normalize('NFD').replaceAll(/\p{M}/gu, '')),
  'Latin letters with a stroke, hook or tail, ligatures, small capitals': (character, to) => /\p{Script=Latin}/u.test(character) && /^[a-z]{1,2}$/.test(to),
  'Latin letters of Africa and Azerbaijan that ordinary keyboards lack; phonetic letters': (character, to) => /[ɐɑɔəǝɵʊɩʒ]/u.test(character) && to.length === 1,
  'apostrophes and quotation marks': (_, to) => to === "'" || to === '"',
  'numbers and letters in filled circles and squares, numerals of Suzhou, the stroke of fractions': (character, to) =>
    /[\p{No}\p{Nl}\u{1f150}-\u{1f189}\u2044\u2215]/u.test(character) && /^(?:\d{1,2}|[a-z]|\/)$/.test(to),
  'hyphens, dashes, minus': (character, to) => to === '-' && /[\p{Dash}\u2043]/u.test(character),
  'wave dashes': (_, to) => to === '~',
  'middle dots': (_, to) => to === '·',
  'the colon of ratios, the sign of multiplication, other asterisks, dots at middle height': among('∶꞉×∗⁎⋯'),
  'full stops, commas and brackets of Chinese and Japanese': (character, to) => /[\u3001-\u301b]/u.test(character) && /^(?:[.,[\]<>]|<<|>>)$/.test(to),
  'signs of Arabic': (character, to) => /\p{scx=Arab}/u.test(character) && /^[.,;?%*]$/.test(to),
  'circles in place of a zero or an omitted character': among('○◯'),
  'points of Hebrew, Arabic and Syriac; tatweel': (character, to) =>
    /[\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u0711\u0730-\u074a\u0890-\u08ff\u{10efa}-\u{10eff}\ufb1e]/u.test(character) && to === '',
  'letters of Arabic scripts that keyboards mix': (character, to) => /\p{Script=Arabic}/u.test(character) && /^\p{Script=Arabic}$/u.test(to),
  'final forms of Hebrew, ligatures of Yiddish': (character, to) => /\p{Script=Hebrew}/u.test(character) && /^\p{Script=Hebrew}{1,2}$/u.test(to),
  'nukta of all Indian scripts': marks(
    /[\u093c\u09bc\u0a3c\u0abc\u0b3c\u0c3c\u0cbc\u{110ba}\u{11173}\u{111ca}\u{11236}\u{112e9}\u{1133b}\u{1133c}\u{11446}\u{114c3}\u{115c0}\u{116b7}\u{1183a}\u{11943}\u{11d42}\u{1e94a}]/u
  ),
  'candrabindu and anusvara of Hindi, tippi and bindi of Gurmukhi': among('ँੰ'),
  "accents of Vedic Sanskrit, tones of N'Ko, gemination of Ethiopic, points of Samaritan and Mandaic": (character, to) =>
    /[\u0951-\u0954\u1cd0-\u1cf9\u07eb-\u07fd\u0816-\u082d\u0859-\u085b\u135d-\u135f]/u.test(character) && to === '',
  'letters of Malayalam and Bengali without a vowel': among('ൺൻർൽൾൿৎ'),
  'upturn of the Ukrainian г': among('ґ'),
  'hiragana and katakana, of either width': (character, to) => /[\p{Script=Katakana}]/u.test(character) && /\p{Script=Hiragana}/u.test(to),
  'small kana': (character, to) => /[\p{Script=Katakana}\p{Script=Hiragana}]/u.test(character) && /\p{Script=Hiragana}/u.test(to),
  'separate voicing marks': among('゛゜'),
  'traditional, Japanese and regional forms of a Chinese character': (character, to) => /\p{Script=Han}/u.test(character) && /^\p{Script=Han}$/u.test(to),
  'characters that one country writes where another has its own': among('著甚瞭藉覆沈餘锺託讬揹薰伕甯甦鎗燄妳牠彷髣徬彿髴'),
  'digits of any script': (character, to) => /\p{Nd}/u.test(character) && /^\d$/.test(to),
  'skin tones, variation selectors': (character, to) => /[\p{Emoji_Modifier}\p{Variation_Selector}]/u.test(character) && to === ''
}
/** Rows about neighbours: their examples show them. */
const NEIGHBOURS = [
  'order of marks in Thai and Lao; two sara e',
  'da and ta of Khmer below a consonant',
  'long mark and the vowel it stands for; repeated long marks; a wave dash in its place',
  'iteration marks and the repeated characters',
  'blanks between Chinese, kana and anything else'
]

test('each folded character belongs to a row of the page, and each row is about one', () => {
  const unexplained: string[] = []
  const used = new Set<string>()
  for (let code = 0x80; code < 0x110000; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue
    const character = String.fromCodePoint(code)
    const to = fold(character)
    if (to === character) continue
    const rows = Object.keys(ROWS).filter((row) => ROWS[row]?.(character, to))
    if (rows.length === 0) unexplained.push(`${code.toString(16)} ${character} ${to}`)
    for (const row of rows) used.add(row)
  }
  expect(unexplained).toEqual([])
  expect([...used, ...NEIGHBOURS].sort()).toEqual(
    rowsOf(ignored)
      .map(([row]) => row)
      .sort()
  )
})
