import Database from 'better-sqlite3'
import nodejieba from 'nodejieba'
import { expect, test } from 'vitest'
import { corpus, hasCorpus, seeded, storeFiles } from '../../test/support/files.ts'

const { extension, dictionary } = storeFiles('/')
const db = new Database(':memory:')
db.loadExtension(extension)
const one = (sql: string, ...args: unknown[]): unknown => db.prepare(sql).pluck().get(...args)
const fold = (text: string): unknown => one('SELECT mnemo_fold(?)', text)
const ranges = (text: string, piece: string): string[] =>
  String(one('SELECT mnemo_ranges(?, ?)', text, piece))
    .split(';')
    .filter((range) => range !== '')
    .map((range) => text.slice(...(range.split(',').map(Number) as [number, number])))

test('folding ignores case, width, compatibility forms, diacritics and traditional or simplified', () => {
  expect(fold('ＦＵＬＬ Ｗidth ﬁ ㎏ Straße İstanbul Ǆ')).toBe('full width fi kg strasse istanbul dz')
  expect(fold('髮 頭發 裡 後 臺灣 乾')).toBe(fold('发 头发 里 后 台湾 干'))
  expect(fold('é')).toBe(fold('e\u0301'))
  expect(fold('Ёлка')).toBe('елка')
  expect(fold('ｶﾞ か\u3099 が')).toBe('ガ が が')
  expect(fold('\u1112\u1161\u11ab')).toBe('한')
})

test('skin tones, joiners and variation selectors do not hide an emoji', () => {
  expect(ranges('good 👍🏽 job', '👍')).toEqual(['👍🏽'])
  expect(ranges('❤️ and ❤', '❤')).toEqual(['❤️', '❤'])
})

test('ranges point into the original text where folding changes its length', () => {
  expect(ranges('the ﬁrst 10㎏ of ＡＢＣ', 'fi')).toEqual(['ﬁ'])
  expect(ranges('the ﬁrst 10㎏ of ＡＢＣ', 'kg of a')).toEqual(['㎏ of Ａ'])
  expect(ranges('👨‍👩‍👧 家庭 𠮷野家', '野家')).toEqual(['野家'])
  expect(ranges('aaaa', 'aa')).toEqual(['aa', 'aa'])
})

test('a phrase is marked exact only where the index alone can tell', () => {
  expect(one('SELECT mnemo_phrase(?)', 'hon')).toBe('="hon" *')
  expect(one('SELECT mnemo_phrase(?)', '机')).toBe('="机"')
  expect(one('SELECT mnemo_phrase(?)', 'hone手机')).toBe('"hone手机"')
  expect(one('SELECT mnemo_phrase(?)', '(^_^)')).toBeNull()
  expect(one('SELECT mnemo_phrase(?)', 'a"b\u0000c')).toBe('"a b c" *')
})

test('bytes of any kind are survived', () => {
  const random = seeded(7)
  for (let i = 0; i < 2000; i++) {
    const bytes = Buffer.from(Array.from({ length: Math.floor(random() * 60) }, () => Math.floor(random() * 256)))
    const text = 'CAST(? AS TEXT)'
    expect(typeof one(`SELECT mnemo_fold(${text})`, bytes)).toBe('string')
    one(`SELECT mnemo_phrase(${text})`, bytes)
    one(`SELECT mnemo_ranges(${text}, ${text})`, bytes, bytes)
  }
})

test('a run of 100,000 characters is indexed and found by any piece of up to 32 characters', () => {
  const table = new Database(':memory:')
  table.loadExtension(extension)
  table.exec("CREATE VIRTUAL TABLE t USING fts5 (text, content = '', tokenize = 'mnemo')")
  const random = seeded(3)
  const long = Array.from({ length: 100_000 }, () => 'abcdefghijklmnopqrstuvwxyz0123456789'.charAt(Math.floor(random() * 36))).join('')
  table.prepare('INSERT INTO t (rowid, text) VALUES (1, ?)').run(long)
  for (let i = 0; i < 200; i++) {
    const start = Math.floor(random() * (long.length - 32))
    const piece = long.slice(start, start + 1 + Math.floor(random() * 32))
    const phrase = String(table.prepare('SELECT mnemo_phrase(?)').pluck().get(piece)).replace(/^=/, '')
    expect(table.prepare('SELECT count(*) FROM t WHERE t MATCH ?').pluck().get(phrase)).toBe(1)
  }
})

test('a folder without dictionaries is an error, not an end of the process', () => {
  expect(() => one('SELECT mnemo_dictionary(?)', '/nowhere')).toThrow(/dictionaries/)
})

test.skipIf(!hasCorpus)('words are those of nodejieba on the corpus', () => {
  one('SELECT mnemo_dictionary(?)', dictionary)
  const han = /[\u4e00-\u9fff\u3400-\u4dbf]{2,}/gu
  let compared = 0
  for (const { text } of corpus().slice(0, 3000)) {
    for (const [segment] of String(fold(text)).matchAll(han)) {
      const expected = nodejieba.cutForSearch(segment, true).filter((word) => [...word].length >= 2)
      expect(String(one('SELECT mnemo_words(?)', segment)).split(' ').filter((w) => w !== '').sort()).toEqual(expected.sort())
      compared++
    }
  }
  expect(compared).toBeGreaterThan(1000)
})
