// Writes native/han-variants.txt: rare forms of Chinese characters beside the common one, chosen from data only. Run by hand when one of
// its sources has a new version:
//   node native/pick-han-variants.mjs UNIHAN CJKVI
// UNIHAN: a folder with Unihan_Variants.txt, Unihan_Readings.txt and Unihan_OtherMappings.txt (unicode.org); CJKVI: one with
// jinmei-variants.txt, joyo-variants.txt, hyogai-variants.txt and koseki-variants.txt (github.com/cjkvi/cjkvi-variants).
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { common, inUse } from './han.mjs'

const [unihan, cjkvi] = process.argv.slice(2)
const range = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i)
/** Chinese characters of a double-byte character set. */
function charactersOf(label, rows, cells) {
  const decoder = new TextDecoder(label)
  const all = rows.flatMap((row) => cells.map((cell) => decoder.decode(Uint8Array.of(row, cell))))
  return new Set(all.filter((text) => /^\p{Script=Han}$/u.test(text)))
}
const high = range(0xa1, 0xfe)
const [jis1, jis2] = [charactersOf('euc-jp', range(0xb0, 0xcf), high), charactersOf('euc-jp', range(0xd0, 0xf4), high)]
const korean = charactersOf('euc-kr', range(0xca, 0xfd), high)
const big5 = charactersOf('big5', range(0xa4, 0xc6), [...range(0x40, 0x7e), ...high])
/** Number of countries in which a character is common. */
const commonness = (character) => [inUse, jis1, korean, big5].filter((set) => set.has(character)).length

const fields = (file) =>
  readFileSync(join(unihan, file), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [code, field, value] = line.split('\t')
      return value === undefined ? [] : [[String.fromCodePoint(Number.parseInt(code.slice(2), 16)), field, value]]
    })
const readings = new Map()
for (const [character, field, value] of fields('Unihan_Readings.txt')) {
  if (!['kMandarin', 'kHanyuPinyin', 'kXHC1983', 'kHanyuPinlu'].includes(field)) continue
  for (const [reading] of value.normalize('NFC').matchAll(/[\p{L}\p{M}]+/gu)) readings.set(character, (readings.get(character) ?? new Set()).add(reading))
}
const soundAlike = (a, b) => [...(readings.get(a) ?? [])].some((reading) => readings.get(b)?.has(reading))
const listed = (...names) => new Set(fields('Unihan_OtherMappings.txt').flatMap(([character, field]) => (names.includes(field) ? [character] : [])))
/** Characters in China's and Japan's tables for general use, where they are separate characters. */
const [china, japan] = [listed('kTGH'), listed('kJoyoKanji', 'kJinmeiyoKanji')]

/** Forms related to a form by some source. `sure`: the two differ in shape only. */
const related = new Map()
function relate(a, b, sure) {
  for (const [one, other] of [
    [a, b],
    [b, a]
  ])
    related.set(one, [...(related.get(one) ?? []), { other, sure }])
}
for (const [character, field, value] of fields('Unihan_Variants.txt')) {
  if (field !== 'kZVariant' && field !== 'kSemanticVariant') continue
  for (const one of value.split(' ')) relate(character, String.fromCodePoint(Number.parseInt(one.slice(2).split('<')[0], 16)), field === 'kZVariant')
}
for (const [name, sure] of [
  ['jinmei', true],
  ['joyo', true],
  ['hyogai', true],
  ['koseki', false]
])
  for (const line of readFileSync(join(cjkvi, `${name}-variants.txt`), 'utf8').split('\n')) {
    const [one, kind = '', other = ''] = line.split(',')
    if (kind.startsWith(name) && kind.endsWith('/variant')) relate(one, other.trim(), sure)
  }

const chosen = new Map()
for (const [form, others] of related) {
  if (!/^\p{Script=Han}$/u.test(form) || form.normalize('NFKC') !== form || common(form) !== form) continue
  if (inUse.has(form) || china.has(form)) continue
  const known = jis1.has(form) || japan.has(form) || korean.has(form) || big5.has(form)
  const found = new Set()
  for (const { other, sure } of others) {
    const one = common(other.normalize('NFKC'))
    if (one === form || commonness(one) === 0 || (form.codePointAt(0) > 0xffff && !sure)) continue
    // a character in common use somewhere counts as a variant only if just the shape differs, any other also if it sounds alike
    if (known ? sure && commonness(one) > commonness(form) : sure || soundAlike(form, other) || soundAlike(form, one)) found.add(one)
  }
  const best = [...found].sort((a, b) => commonness(b) - commonness(a))
  if (best.length === 1 || (best.length > 1 && commonness(best[0]) > commonness(best[1]))) chosen.set(form, best[0])
}
const lines = new Map()
for (const [form, one] of chosen) lines.set(one, [...(lines.get(one) ?? []), form])
const list = [...lines].map(([one, forms]) => one + forms.sort().join('')).sort()
writeFileSync(
  new URL('./han-variants.txt', import.meta.url),
  [
    '# The common form, then rare ones. Written by pick-han-variants.mjs from Unihan (Unicode License) and the tables of jinmei, joyo, hyogai and',
    '# koseki characters of Japan (cjkvi-variants); not edited by hand.',
    ...list,
    ''
  ].join('\n')
)
console.log(`${chosen.size} forms of ${list.length} characters`)
