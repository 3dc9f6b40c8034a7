/**
 * Writes src/engine/history-files/formats/time-words.ts: words for halves and parts of the day, and for months, in every language
 * of CLDR, as Node's own ICU has them. Run it with the Node of node_modules: node tools/tables/time-words.mjs
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz']
const two = LETTERS.flatMap((a) => LETTERS.map((b) => a + b))
const languages = [...two, ...two.flatMap((pair) => LETTERS.map((c) => pair + c))].filter((code) => Intl.DateTimeFormat.supportedLocalesOf(code).length > 0)
const regions = two.map((pair) => pair.toUpperCase())
const locales = languages.flatMap((language) => {
  const own = (tag) => {
    try {
      return new Intl.DateTimeFormat(tag).resolvedOptions().locale === tag
    } catch {
      return false
    }
  }
  return [
    language,
    ...['Latn', 'Cyrl', 'Arab', 'Hant', 'Hans', 'Deva', 'Guru', 'Beng', 'Tfng', 'Adlm', 'Vaii', 'Olck', 'Telu', 'Hmnp'].map(
      (script) => `${language}-${script}`
    ),
    ...regions.map((region) => `${language}-${region}`)
  ].filter(own)
})

/** Normalises a word for look-up: no direction marks, one kind of blank and apostrophe, lower case, no dots, no blanks. */
const plain = (word) =>
  word
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{Cf}\s.’'ʼ"״׳]/gu, '')
const add = (table, word, bit) => {
  const key = plain(word)
  if (key !== '' && !/\d/u.test(key) && !/^\p{N}+$/u.test(key)) table.set(key, (table.get(key) ?? 0) | (1 << bit))
}
const halves = new Map()
const months = new Map()
for (const locale of locales) {
  for (let hour = 0; hour < 24; hour++) {
    const date = new Date(Date.UTC(2024, 0, 1, hour))
    const shapes = [{ hour: 'numeric', hour12: true }, ...['long', 'short', 'narrow'].map((dayPeriod) => ({ hour: 'numeric', hour12: true, dayPeriod }))]
    for (const shape of shapes) {
      for (const calendar of ['']) {
        const parts = new Intl.DateTimeFormat(`${locale}-u-ca-gregory-nu-latn${calendar}`, { ...shape, timeZone: 'UTC' }).formatToParts(date)
        for (const { type, value } of parts) if (type === 'dayPeriod') add(halves, value, hour)
      }
    }
  }
  for (let month = 0; month < 12; month++) {
    const date = new Date(Date.UTC(2024, month, 10))
    for (const width of ['long', 'short']) {
      for (const shape of [{ month: width }, { month: width, day: 'numeric' }, { dateStyle: width === 'long' ? 'long' : 'medium' }]) {
        const parts = new Intl.DateTimeFormat(`${locale}-u-ca-gregory-nu-latn`, { ...shape, timeZone: 'UTC' }).formatToParts(date)
        for (const { type, value } of parts) if (type === 'month' && /\p{L}/u.test(value)) add(months, value, month)
      }
    }
  }
}
// a word for different months in two languages means the month of the language that more people write
for (const language of ['it', 'tr', 'id', 'ru', 'de', 'pt', 'fr', 'es', 'en']) {
  for (let month = 0; month < 12; month++) {
    for (const width of ['long', 'short']) {
      const word = plain(
        new Intl.DateTimeFormat(`${language}-u-ca-gregory`, { month: width, day: 'numeric', timeZone: 'UTC' })
          .formatToParts(new Date(Date.UTC(2024, month, 10)))
          .find(({ type }) => type === 'month').value
      )
      if (/\p{L}/u.test(word)) months.set(word, 1 << month)
    }
  }
}
// a word for both halves, in two languages, has the meaning of the language that more people write
for (const language of ['fi', 'sv', 'de', 'en'])
  for (const [hours, sample] of [
    [0xfff, 9],
    [0xfff000, 21]
  ]) {
    const word = plain(
      new Intl.DateTimeFormat(`${language}-u-ca-gregory`, { hour: 'numeric', hour12: true, timeZone: 'UTC' })
        .formatToParts(new Date(Date.UTC(2024, 0, 1, sample)))
        .find(({ type }) => type === 'dayPeriod')?.value ?? ''
    )
    if (word !== '') halves.set(word, hours)
  }
// words for halves of the day that ICU has only in other widths, or that older systems wrote: Persian, Thai, Bulgarian, Hebrew
for (const [word, hours] of [
  ['قبل از ظهر', 0xfff],
  ['بعد از ظهر', 0xfff000],
  ['ก่อนเที่ยง', 0xfff],
  ['หลังเที่ยง', 0xfff000],
  ['преди обяд', 0xfff],
  ['след обяд', 0xfff000],
  ['пр. об.', 0xfff],
  ['сл. об.', 0xfff000],
  ['לפנה״צ', 0xfff],
  ['אחה״צ', 0xfff000],
  ['সকাল', 0xfff],
  ['রাত', 0xfc003f]
])
  halves.set(plain(word), hours)
// words for halves of the day of older phones, in languages whose newer systems write others
for (const [morning, evening] of [
  ['முற்பகல்', 'பிற்பகல்'],
  ['పూర్వాహ్నం', 'అపరాహ్నం'],
  ['ಪೂರ್ವಾಹ್ನ', 'ಅಪರಾಹ್ನ'],
  ['म.पू.', 'म.उ.'],
  ['পূর্বাহ্ণ', 'অপরাহ্ণ'],
  ['પૂર્વાહ્ન', 'અપરાહ્ન'],
  ['ព្រឹក', 'ល្ងាច'],
  ['قبل دوپہر', 'بعد دوپہر'],
  ['ق.د.', 'ب.د.'],
  ['ԿԱ', 'ԿՀ'],
  ['ԿԱ․', 'ԿՀ․'],
  ['صباحا', 'مساء'],
  ['قبل الظهر', 'بعد الظهر'],
  ['ਪੂ.ਦੁ.', 'ਬਾ.ਦੁ.'],
  ['ପୂର୍ବାହ୍ନ', 'ଅପରାହ୍ନ'],
  ['enne keskpäeva', 'pärast keskpäeva'],
  ['до полудня', 'после полудня'],
  ['mattina', 'sera'],
  ['Vormittag', 'Nachmittag'],
  ['Früh', 'Abend'],
  ['ಬೆಳಿಗ್ಗೆ', 'ಸಂಜೆ'],
  ['सकाळी', 'संध्याकाळी']
])
  for (const [word, hours] of [
    [morning, 0xfff],
    [evening, 0xfff000]
  ])
    halves.set(plain(word), hours)
// spoken words that ICU does not write by itself, and old names of phones' systems
for (const [word, from, to] of [
  ['早上', 4, 11],
  ['早晨', 4, 10],
  ['清晨', 4, 8],
  ['凌晨', 0, 5],
  ['傍晚', 16, 20],
  ['深夜', 0, 4],
  ['半夜', 0, 4],
  ['午夜', 0, 2],
  ['夜里', 20, 27],
  ['夜裡', 20, 27],
  ['黄昏', 17, 20],
  ['黃昏', 17, 20],
  ['拂晓', 4, 7],
  ['拂曉', 4, 7],
  ['正午', 11, 13],
  ['午前', 0, 11],
  ['午後', 12, 23]
])
  for (let hour = from; hour <= to; hour++) add(halves, word, hour % 24)

const rows = (table) => [...table].sort(([a], [b]) => (a < b ? -1 : 1)).map(([word, mask]) => `${word}=${mask.toString(16)}`)
const wrapped = (list) => {
  const lines = ['']
  for (const one of list) {
    if (lines.at(-1).length + one.length > 140) lines.push('')
    lines[lines.length - 1] += `${lines.at(-1) === '' ? '' : '|'}${one}`
  }
  return lines
}
const write = (name, about, table) =>
  `/** ${about} */\nexport const ${name} = [\n${wrapped(rows(table))
    .map((line) => `  ${JSON.stringify(line).replace(/^"|"$/g, "'").replaceAll('\\"', '"')}`)
    .join(',\n')}\n].join('|')\n`
const head = `/**\n * Words of time of ${languages.length} languages, from CLDR ${process.versions.cldr} (https://cldr.unicode.org, licence Unicode-3.0), through Node's ICU.\n * Written by tools/tables/time-words.mjs; do not change it by hand. Words are as times.ts looks them up: small, without blanks and points.\n */\n`
writeFileSync(
  join(import.meta.dirname, '../../src/engine/history-files/formats/time-words.ts'),
  head +
    write('HALVES', 'Halves and parts of the day: word=hours in hexadecimal, the lowest bit for midnight to one.', halves) +
    write('MONTHS', 'Months: word=months in hexadecimal, the lowest bit for January.', months)
)
console.log(locales.length, 'locales', halves.size, 'halves', months.size, 'months', [...months.values()].filter((m) => m & (m - 1)).length, 'ambiguous')
