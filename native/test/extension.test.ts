import Database from 'better-sqlite3'
import nodejieba from 'nodejieba'
import { expect, test } from 'vitest'
import { corpus, hasCorpus, seeded, storeFiles } from '../../test/support/files.ts'

const { extension, dictionary } = storeFiles('/')
const db = new Database(':memory:')
db.loadExtension(extension)
const one = (sql: string, ...args: unknown[]): unknown =>
  db
    .prepare(sql)
    .pluck()
    .get(...args)
const fold = (text: string): string => String(one('SELECT mnemo_fold(?)', text))
const ranges = (text: string, piece: string): string[] =>
  String(one('SELECT mnemo_ranges(?, ?)', text, piece))
    .split(';')
    .filter((range) => range !== '')
    .map((range) => text.slice(...(range.split(',').map(Number) as [number, number])))

/** Texts as mnemo_insert takes them: offsets, bytes. */
function column(list: readonly string[]): [Buffer, Buffer] {
  const offsets = new Uint32Array(list.length + 1)
  for (const [i, text] of list.entries()) offsets[i + 1] = (offsets[i] ?? 0) + Buffer.byteLength(text)
  return [Buffer.from(offsets.buffer), Buffer.from(list.join(''))]
}

test('folding ignores case, width, compatibility forms, diacritics and traditional or simplified', () => {
  expect(fold('ＦＵＬＬ Ｗidth ﬁ ㎏ Straße İstanbul Ǆ')).toBe('full width fi kg strasse istanbul dz')
  expect(fold('髮 頭發 裡 後 臺灣 乾')).toBe(fold('发 头发 里 后 台湾 干'))
  expect(fold('é')).toBe(fold('e\u0301'))
  expect(fold('Ёлка')).toBe('елка')
  expect(fold('ｶﾞ か\u3099 が ガ')).toBe('が が が が')
  expect(fold('\u1112\u1161\u11ab')).toBe('한')
})

/** Rows of texts that readers take as equal. */
test.each([
  [
    'apostrophes and quotes',
    ['don\'t "so"', 'don’t “so”', 'don‘t „so‟', 'donʼt «so»', 'don`t ″so″', 'don＇t ＂so＂', 'don’t 「so」', 'don’t 『so』', 'don’t ｢so｣', 'don’t 〝so〟']
  ],
  ['dashes', ['e-mail -5', 'e‑mail −5', 'e–mail —5', 'e‐mail ―5', 'e－mail ﹣5', 'e⁃mail ⸺5', 'e⹝mail ゠5', 'e\u{10d6e}mail ⸻5']],
  ['wave dashes', ['3~5', '3〜5', '3～5']],
  ['points of Arabic, and tatweel', ['السلام عليكم', 'ٱلسَّلَامُ عَلَيْكُمْ', 'الســلام عليكم']],
  ['letters of Arabic and Persian', ['احمد اسلام اب علي كتاب مدرسه', 'أحمد إسلام آب على كتاب مدرسة', 'احمد اسلام اب علی کتاب مدرسہ']],
  ['points and final letters of Hebrew', ['שלום ספר', 'שָׁלוֹם סֵפֶר', 'שלומ ספר']],
  ['the nukta of Devanagari', ['कलम जरूर', 'क़लम ज़रूर', 'क\u093cलम ज\u093cरूर']],
  ['the nukta of Punjabi, Bengali and Odia', ['ਸਹਿਰ জ বড ଓଡିଆ', 'ਸ਼ਹਿਰ জ় বড় ଓଡ଼ିଆ']],
  ['candrabindu and anusvara of Hindi', ['चांद', 'चाँद']],
  ['letters with a stroke', ['da nang duong lodz oresund hal', 'Đà Nẵng Đường Łódź Øresund Ħal']],
  ['joined letters', ['aesop oeuvre thorn strasse fi', 'Æsop Œuvre Þorn Straße ﬁ', 'ǣsop œuvre þorn STRASSE ﬁ']],
  ['the i of Turkish', ['isi istanbul', 'ısı İstanbul', 'ISI ISTANBUL']],
  ['letters of phonetics and of old books', ['tegeri ll to', 'tɛɡɛrɪ łƚ ꞇꝋ', 'TƐƓERƖ ŁȽ TO']],
  ['small kana, which are as case', ['きやのん ういるす ふいるむ 一け月', 'キヤノン ウイルス フイルム 一ケ月', 'キャノン ウィルス フィルム 一ヶ月']],
  ['long marks, which are the vowel before them', ['らあめん こおひい すごおい', 'ラーメン コーヒー すごーーい', 'らーめん こーひー スゴオイ']],
  ['kana', ['らーめん が ぱ ゔ ゝ', 'ラーメン ガ パ ヴ ヽ', 'ﾗｰﾒﾝ ｶﾞ ﾊﾟ ｳﾞ ヽ']],
  [
    'forms of Chinese characters',
    [
      '高桥 崎山 户 斋藤 渡边 黑泽 广岛 里 群 台 吉野 樱 吴 村 横滨',
      '髙橋 﨑山 戸 斎藤 渡邊 黒沢 広島 裏 羣 臺 𠮷野 桜 呉 邨 横浜',
      '高橋 崎山 戶 齋藤 渡邉 黑澤 廣島 裡 群 台 吉野 櫻 吳 村 橫濱'
    ]
  ],
  ['digits', ['2024 138', '２０２４ １３８', '٢٠٢٤ ١٣٨', '۲۰۲۴ ۱۳۸', '२०२४ १३८', '๒๐๒๔ ๑๓๘', '𝟚𝟘𝟚𝟜 𝟙𝟛𝟠']],
  ['iteration marks', ['佐佐木 时时 こころ いすず づつ', '佐々木 時々 こゝろ いすゞ づゝ', '佐々木 时々 コヽロ イスヾ ヅヽ']],
  ['old forms of Japan and Korea', ['举 涩 矿 窗 斗 污 乡 铺 姊', '擧 澁 鑛 窓 闘 汚 郷 舗 姉', '挙 渋 鉱 窻 鬭 污 鄉 鋪 姊']],
  ['radicals', ['民 西 龟 金 讠', '⺠ ⻄ ⻱ ⾦ ⻈']],
  ['the upturn of Ukrainian', ['ганок грати', 'ґанок ґрати', 'ҐАНОК ҐРАТИ']],
  ['letters without a vowel of Malayalam and Bengali', ['ന്‍ ല്‍ ത্', 'ൻ ൽ ത্', 'ന് ല് ത্']],
  ['numbers in circles and fractions', ['1 10 20 1/2 3/4', '① ⑩ ⑳ ½ ¾', '❶ ❿ ⓴ 1⁄2 3∕4']],
  ['blanks between Chinese and Latin', ['会议3点 开start了', '会议 3 点 开 start 了', '会议3 点 开  start\n了', ' 会议 3点 开start 了 ']],
  ['blanks between Chinese and signs', ['c++语言 50%的人 好😀', 'c++ 语言 50% 的人 好 😀', 'C++　语言 50%\n的人 好  😀']]
] as const)('%s make no difference', (_, [first, ...others]) => {
  for (const other of others) expect(fold(other)).toBe(fold(first))
})

test('forms that readers distinguish stay distinct', () => {
  // voiced kana, a long mark and none, the vowels and nasals of Devanagari, tones of Thai
  for (const [a, b] of [
    ['は', 'ば'],
    ['ビル', 'ビール'],
    ['की', 'कि'],
    ['है', 'हैं'],
    ['มา', 'ม่า'],
    ['芸', '艺'],
    ['=', '≠'],
    ['今天 晚上', '今天晚上'],
    ['see you', 'seeyou'],
    ['한국 어', '한국어'],
    ['c++', 'c--']
  ] as const)
    expect(fold(a)).not.toBe(fold(b))
})

test('folding twice changes nothing for every code point, and digits become ASCII', () => {
  const wrong: string[] = []
  // one row at a time, separated by a character that joins nothing
  for (let row = 0; row < 0x110000; row += 256) {
    if (row >= 0xd800 && row < 0xe000) continue
    const characters = Array.from({ length: 256 }, (_, at) => String.fromCodePoint(row + at))
    const once = fold(characters.join('☃'))
    if (fold(once) !== once) wrong.push(`${row.toString(16)}: not at once`)
    for (const [at, folded] of once.split('☃').entries())
      if (/\p{Nd}/u.test(characters[at] ?? '') && !/^\d$/.test(folded)) wrong.push(`${(row + at).toString(16)}: ${folded}`)
  }
  expect(wrong).toEqual([])
})

test('a character and its canonical decomposition fold to the same', () => {
  const wrong: string[] = []
  for (let code = 0; code < 0x30000; code++) {
    if (code >= 0xd800 && code < 0xe000) continue
    const character = String.fromCodePoint(code)
    const forms = (['NFC', 'NFD'] as const).map((form) => character.normalize(form)).filter((form) => form !== character)
    for (const form of forms)
      if (fold(`x${form}`) !== fold(`x${character}`)) wrong.push(`${code.toString(16)}: ${fold(`x${character}`)} and ${fold(`x${form}`)}`)
  }
  expect(wrong).toEqual([])
})

test('emoji of several signs end at their own borders', () => {
  expect(ranges('👨‍👩‍👧 👩‍💻 👩', '👩')).toEqual(['👩'])
  expect(ranges('👩🏽‍💻 and 👩‍💻', '👩‍💻')).toEqual(['👩🏽‍💻', '👩‍💻'])
  expect(ranges('👩‍💻', '👩‍🚀')).toEqual([])
  expect(ranges('❤️‍🔥 ❤', '❤️')).toEqual(['❤'])
  expect(ranges('🏳️‍🌈 🏳️', '🏳')).toEqual(['🏳️'])
  const [england, scotland] = ['🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}', '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}']
  expect(ranges(`${england}${scotland}🏴`, scotland)).toEqual([scotland])
  expect(ranges(`${england}${scotland}🏴`, '🏴')).toEqual(['🏴'])
  // a private-use code point is no flag
  expect(ranges('\u{10f800}', '🇦🇦')).toEqual([])
})

test('a flag is two halves, and no more', () => {
  expect(ranges('🇩🇪🇫🇷', '🇫🇷')).toEqual(['🇫🇷'])
  expect(ranges('🇩🇪🇫🇷', '🇪🇫')).toEqual([])
  expect(ranges('🇩🇪🇫🇷 🇩', '🇩')).toEqual(['🇩'])
})

test('ranges are exact where blanks do not count', () => {
  expect(ranges('会议 3 点开始', '会议3点')).toEqual(['会议 3 点'])
  expect(ranges('会议3点 ok', '点 o')).toEqual(['点 o'])
  expect(ranges('到 ok', '到')).toEqual(['到'])
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

test('a phrase is a query for exactly the texts that contain it', () => {
  expect(one('SELECT mnemo_phrase(?)', 'hon')).toBe('"hon"')
  expect(one('SELECT mnemo_phrase(?)', '机')).toBe('"机"')
  // a letter may be followed by any other
  expect(one('SELECT mnemo_phrase(?)', 'e')).toBe('"e" *')
  expect(one('SELECT mnemo_phrase(?)', '机e')).toBe('"机e" *')
  expect(one('SELECT mnemo_phrase(?)', '(^_^)')).toBe('"(^_^)"')
  expect(one('SELECT mnemo_phrase(?)', 'a"b')).toBe('"a""b"')
  expect(one('SELECT mnemo_phrase(?)', '')).toBeNull()
  expect(one('SELECT mnemo_phrase(?)', '\u200d')).toBeNull()
})

test('the terms of a phrase equal those of the index', () => {
  const terms = (piece: string): string[] | null => (one('SELECT mnemo_terms(?)', piece) as string | null)?.split('\u001f') ?? null
  expect(terms('你好')).toEqual(['你', '好'])
  expect(terms('hone手机')).toEqual(['ho', 'on', 'ne', 'e', '手', '机'])
  expect(terms('a b')).toEqual(['a ', ' b'])
  // an open end is a prefix, not a term
  expect(terms('机e')).toBeNull()
  expect(terms('')).toBeNull()
})

/** Rows of `texts` (from 1) that contain the piece according to the index. */
function matches(texts: string[], piece: string): number[] {
  const table = new Database(':memory:')
  table.loadExtension(extension)
  table.exec("CREATE VIRTUAL TABLE t USING fts5 (text, content = '', columnsize = 0, tokenize = 'mnemo')")
  for (const [i, text] of texts.entries()) table.prepare('INSERT INTO t (rowid, text) VALUES (?, ?)').run(i + 1, text)
  const phrase = table.prepare<[string], string>('SELECT mnemo_phrase(?)').pluck().get(piece) ?? null
  return phrase === null ? [] : (table.prepare('SELECT rowid FROM t WHERE t MATCH ?').pluck().all(phrase) as number[])
}

test('characters between words are part of a phrase', () => {
  const texts = ['a-b', 'a b', 'ab', 'a - b', '给 我', '给我', '给，我', 'a.', '.', '...', '我a', 'a我', '😀a😀']
  expect(matches(texts, 'a b')).toEqual([2])
  expect(matches(texts, 'a-b')).toEqual([1])
  expect(matches(texts, '给我')).toEqual([6])
  expect(matches(texts, '给 我')).toEqual([5])
  expect(matches(texts, '给,')).toEqual([7])
  expect(matches(texts, '.')).toEqual([8, 9, 10])
  expect(matches(texts, '..')).toEqual([10])
  expect(matches(texts, 'a')).toEqual([1, 2, 3, 4, 8, 11, 12, 13])
  expect(matches(texts, 'a😀')).toEqual([13])
})

test('the bit set of a phrase is its rows', () => {
  const table = new Database(':memory:')
  table.loadExtension(extension)
  table.exec("CREATE VIRTUAL TABLE t USING fts5 (text, content = '', columnsize = 0, tokenize = 'mnemo')")
  for (let i = -70; i < 130; i++) table.prepare('INSERT INTO t (rowid, text) VALUES (?, ?)').run(i, i % 3 === 0 ? `fizz ${i}` : `buzz ${i}`)
  const bits = table.prepare('SELECT mnemo_hits(t, ?, ?) FROM t WHERE t MATCH ? LIMIT 1').pluck().get(-128, 320, '"fizz" OR "zz 1"') as Buffer
  const rows = (from: number): number[] =>
    Array.from({ length: 320 }, (_, n) => n)
      .filter((n) => ((bits[from + (n >> 3)] ?? 0) >> (n & 7)) & 1)
      .map((n) => n - 128)
  const all = Array.from({ length: 200 }, (_, n) => n - 70)
  expect(rows(0)).toEqual(all.filter((i) => i % 3 === 0))
  expect(rows(40)).toEqual(all.filter((i) => String(i).startsWith('1')))
  const gathered = (match: string): unknown => table.prepare('SELECT mnemo_bits(rowid, ?, ?) FROM t WHERE t MATCH ?').pluck().get(-128, 320, match)
  expect(gathered('"fizz"')).toEqual(bits.subarray(0, 40))
  expect(gathered('"nothing"')).toBeNull()
  expect(() => table.prepare('SELECT mnemo_hits(t, 0, 63) FROM t WHERE t MATCH ?').pluck().get('fizz')).toThrow(/multiple of 64/)
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

const pages = (table: Database.Database): number => Number(table.pragma('page_count', { simple: true })) * Number(table.pragma('page_size', { simple: true }))

test('a run of 100,000 characters is indexed and found by any piece of up to 32 characters', () => {
  const table = new Database(':memory:')
  table.loadExtension(extension)
  table.exec("CREATE VIRTUAL TABLE t USING fts5 (text, content = '', tokenize = 'mnemo')")
  const random = seeded(3)
  const before = pages(table)
  const long = Array.from({ length: 100_000 }, () => 'abcdefghijklmnopqrstuvwxyz0123456789'.charAt(Math.floor(random() * 36))).join('')
  table.prepare('INSERT INTO t (rowid, text) VALUES (1, ?)').run(long)
  expect((pages(table) - before) / long.length).toBeLessThan(10)
  for (let i = 0; i < 200; i++) {
    const start = Math.floor(random() * (long.length - 32))
    const piece = long.slice(start, start + 1 + Math.floor(random() * 32))
    const phrase = table.prepare('SELECT mnemo_phrase(?)').pluck().get(piece)
    expect(table.prepare('SELECT count(*) FROM t WHERE t MATCH ?').pluck().get(phrase)).toBe(1)
  }
})

test('a file that is no dictionary is an error, not an end of the process', () => {
  expect(() => one('SELECT mnemo_dictionary(?)', '/nowhere')).toThrow(/nowhere|dictionary/)
  expect(() => one('SELECT mnemo_dictionary(?)', import.meta.filename)).toThrow(/dictionary/)
})

test('every name counts as a word in queries once it is known', () => {
  one('SELECT mnemo_dictionary(?)', dictionary)
  const words = (text: string): string[] => String(one('SELECT mnemo_words(?)', text)).split('\u001f')
  expect(words('今天跟欧阳锋吃饭')).not.toContain('欧阳锋吃')
  one('SELECT mnemo_user_words(?)', ['欧阳锋吃', 'x'].join('\ufffd'))
  expect(words('今天跟欧阳锋吃饭')).toContain('欧阳锋吃')
  one('SELECT mnemo_user_words(?)', '')
  expect(words('OK, 我们明天 see you')).toEqual(['ok', '我们', '明天', 'see', 'you'])
})

test.skipIf(!hasCorpus)('words equal those of nodejieba on the whole corpus', () => {
  one('SELECT mnemo_dictionary(?)', dictionary)
  const cut = db.prepare<[string], string>('SELECT mnemo_cut(?)').pluck()
  const differing: string[] = []
  for (const { text } of corpus()) {
    const characters = [...text]
    const words = (cut.get(text) ?? '')
      .split(';')
      .filter((span) => span !== '')
      .map((span) => {
        const [first = 0, length = 0] = span.split(',').map(Number)
        return characters.slice(first, first + length).join('')
      })
    if (words.join('\n') !== nodejieba.cutForSearch(text, true).join('\n')) differing.push(text)
  }
  expect(differing).toEqual([])
})

test('many rows are stored from columns, and columns that do not fit are refused', () => {
  db.exec('CREATE TABLE many (id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT, same INTEGER)')
  const INSERT = 'INSERT INTO many VALUES (?, ?, ?, ?)'
  const words = (...list: string[]): Buffer[] => column(list)
  const ids = Buffer.from(Float64Array.of(3, 2 ** 50).buffer)
  const kinds = Buffer.from(Uint32Array.of(1, 0xffffffff).buffer)
  const insert = (count: number, types: string, ...columns: unknown[]): unknown =>
    one(`SELECT mnemo_insert(?, ?, ?${', ?'.repeat(columns.length)})`, INSERT, count, types, ...columns)
  expect(insert(2, 'itdv', ids, ...words('一二', ''), kinds, ...words('a', 'b'), 7)).toBe(2)
  expect(db.prepare('SELECT * FROM many').all()).toEqual([
    { id: 3, name: '一二', kind: 'b', same: 7 },
    { id: 2 ** 50, name: '', kind: null, same: 7 }
  ])
  expect(() => insert(2, 'itdv', ids, ...words('x', 'y'), kinds, ...words('a', 'b'), 7)).toThrow(/UNIQUE/)
  for (const [count, types, ...columns] of [
    [3, 'itdv', ids, ...words('x', 'y'), kinds, ...words('a', 'b'), 7],
    [2, 'itdv', ids, ...words('x'), kinds, ...words('a', 'b'), 7],
    [2, 'itdv', ids, ...words('x', 'y'), kinds, ...words('a'), 7],
    [2, 'itd', ids, ...words('x', 'y'), kinds, ...words('a', 'b')],
    [2, 'itdv', ids, Buffer.from(Uint32Array.of(0, 900, 1000).buffer), Buffer.from('xy'), kinds, ...words('a', 'b'), 7],
    [2, 'itdv', ids, Buffer.from(Uint32Array.of(2, 1, 2).buffer), Buffer.from('xy'), kinds, ...words('a', 'b'), 7],
    [2, 'itd?', ids, ...words('x', 'y'), kinds, ...words('a', 'b'), 7],
    [-1, '', null]
  ] as [number, string, ...unknown[]][])
    expect(() => insert(count, types, ...columns)).toThrow('do not fit')
  expect(one('SELECT count(*) FROM many')).toBe(2)
})

test('terms cut ahead equal terms cut on demand', () => {
  db.exec(
    "CREATE VIRTUAL TABLE plain USING fts5 (text, files, tokenize = 'mnemo'); CREATE VIRTUAL TABLE ahead USING fts5 (text, files, tokenize = 'mnemo'); CREATE TABLE once (id INTEGER PRIMARY KEY, text TEXT)"
  )
  const random = seeded(7)
  const pieces = [
    '今天晚上去吃饭',
    'see you at 8pm',
    '',
    '重庆火锅🌶️',
    'ﬁle Ｆｕｌｌ',
    '한국어',
    'http://a.example/b?c=1',
    '\ud800',
    'a\u0000b',
    '…',
    '華聯'.repeat(200)
  ]
  const texts = hasCorpus
    ? corpus()
        .slice(0, 2500)
        .map((row) => row.text)
    : []
  while (texts.length < 4000)
    texts.push(
      [1, 2, 3]
        .map(() => pieces[Math.floor(random() * pieces.length)] ?? '')
        .join(' ')
        .trim()
    )
  texts[300] = ''
  texts[1000] = '0123456789 '.repeat(3000)
  // a file name that equals the next message's text
  const names = texts.map((_, i) => (i % 100 === 7 ? (texts[i + 1] ?? '') : 'photo.jpg'))
  const ids = Float64Array.from(texts, (_, i) => i + 1)
  const insert = (sql: string, types: string, ...columns: unknown[]): unknown =>
    one(`SELECT mnemo_insert(?, ?, ?${', ?'.repeat(columns.length)})`, sql, texts.length, types, ...columns)
  for (const [table, types] of [
    ['plain', 'itt'],
    ['ahead', 'ict']
  ] as const)
    insert(`INSERT INTO ${table} (rowid, text, files) VALUES (?, ?, ?)`, types, Buffer.from(ids.buffer), ...column(texts), ...column(names))
  for (const table of ['plain', 'ahead']) {
    db.exec(`INSERT INTO ${table} (${table}) VALUES ('integrity-check'); CREATE VIRTUAL TABLE ${table}_term USING fts5vocab (${table}, instance)`)
  }
  const terms = (table: string): unknown => db.prepare(`SELECT count(*) AS terms, sum(doc * 7 + offset) AS places FROM ${table}_term`).get()
  expect(terms('ahead')).toEqual(terms('plain'))
  expect(one('SELECT count(*) FROM (SELECT * FROM plain_term EXCEPT SELECT * FROM ahead_term)')).toBe(0)
  // aborts in the middle
  ids[2500] = 7
  expect(() => insert('INSERT INTO once VALUES (?, ?)', 'ic', Buffer.from(ids.buffer), ...column(texts))).toThrow(/UNIQUE/)
})
