/** Numbers in any grouping, in the real index. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore, seeded, storeFiles, temporaryFolder } from '../../../test/support/files.ts'
import type { Jid } from '../../contract/domain.ts'
import { openReadable, type ReadableDB } from '../store/database.ts'
import { packRows } from '../store/import-rows.ts'
import type { Store } from '../threads/store.ts'
import { createSearchEngine, type SearchEngine } from './engine.ts'
import { numberRanges } from './numbers.ts'

const folder = temporaryFolder()
let store: Store
let db: ReadableDB
let engine: SearchEngine

const random = seeded(7)
const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
const digits = (count: number): string => Array.from({ length: count }, () => one([...'0123'])).join('')
const written = [
  'call 138 0013 8000 please',
  '13800138000',
  '电话138-0013-8000，急',
  '+86 138.0013.8000',
  '(010) 6234-5678',
  '01062345678',
  '１３８　００１３　８０００',
  '١٣٨ ٠٠١٣ ٨٠٠٠',
  'DE12 5001 0517 0648 4898 90',
  '138, 0013, 8000',
  '138    0013    8000',
  'tel 138–0013–8000',
  'it costs 1,234,567',
  'it costs 1’234’567',
  'for 1,000 of them',
  'for 1000 of them',
  'an iPhone 15 case',
  'an iPhone15 case',
  'GB29 NWBK 6016 1331 9268 19',
  'gb29nwbk60161331926819',
  'parcel RR 474 124 829 CN',
  'parcel rr474124829cn',
  'flight CA1831 from gate A4',
  'flight CA 1831 from gate A 4',
  'flight CA-1831 from gate A-4',
  'pi is 3.14',
  'pi is 3,14',
  'total 1.234.567,89',
  'total 1 234 567.89',
  'London 020 7946 0958',
  'London +44 20 7946 0958',
  'London +44 (0)20 7946 0958'
]
const amounts = [
  '¥1299 paid',
  '￥1,299.50',
  '$1,299',
  'US$1 299 due',
  '1.299€ due',
  '1,299元',
  '价1299元',
  'in the year 1299',
  '£98,765',
  '98 765 EUR',
  '₩98765',
  '£7.25',
  '£7,25'
]
/** Few digits, so that pieces repeat often; separators of every kind between them. */
const texts = [
  ...written,
  ...amounts,
  ...Array.from({ length: 1500 }, () =>
    Array.from({ length: 6 }, () => digits(1 + Math.floor(random() * 4)) + one(['', ' ', '-', ') ', ' (', '/', '.', ', ', '    ', 'x', ':', '点'])).join('')
  )
]
const times = (at: number): number => 1_000_000 + at * 1000

beforeAll(async () => {
  store = await openStore(folder.path)
  await store.write.importRows({
    jid: 'numbers@import.invalid' as Jid,
    name: 'numbers',
    rows: packRows(texts.map((text, at) => ({ sender: 'a', time: times(at), text }))),
    self: null
  })
  db = openReadable(storeFiles(folder.path))
  engine = createSearchEngine(db)
})
afterAll(async () => {
  db.close()
  await store.close()
  folder[Symbol.dispose]()
})

const found = (query: string): string[] => engine.search({ query, limit: 50, order: 'oldest' }).hits.map(({ message }) => message.text)

test.each([
  ['13800138000', ['13800138000', written[0], written[2], written[3], written[6], written[7], written[11]]],
  ['38000', ['13800138000', written[0], written[2], written[3], written[6], written[7], written[11]]],
  ['138-0013-8000', [written[2], written[11], written[0], written[1], written[3], written[6], written[7]]],
  ['+86138-0013-8000', [written[0], written[1], written[2], written[3], written[6], written[7], written[11]]],
  ['01062345678', [written[5], written[4]]],
  ['(010) 6234-5678', [written[4], written[5]]],
  ['DE12500105170648489890', [written[8]]],
  ['de12 5001 0517 0648 4898 90', [written[8]]],
  ['GB29NWBK60161331926819', [written[19], written[18]]],
  ['gb29 nwbk 6016 1331 9268 19', [written[18], written[19]]],
  ['RR474124829CN', [written[21], written[20]]],
  ['rr 474 124 829 cn', [written[20], written[21]]],
  ['"RR474124829CN"', [written[21]]],
  ['RR474124829DE', []],
  ['CA1831', [written[22], written[23], written[24]]],
  ['ca-1831', [written[24], written[22], written[23]]],
  ['CA 1831', [written[22], written[23], written[24]]],
  ['gate A4', [written[22], written[23], written[24]]],
  ['3.14', [written[25], written[26]]],
  ['3,14', [written[26], written[25]]],
  ['1,234,567.89', [written[27], written[28]]],
  ['1234567.89', [written[27], written[28]]],
  ['1’234’567.89', [written[27], written[28]]],
  ['02079460958', [written[29], written[30], written[31]]],
  ['+442079460958', [written[29], written[30], written[31]]],
  ['0044 20 7946 0958', [written[29], written[30], written[31]]],
  ['+8613800138000', [written[0], written[1], written[2], written[3], written[6], written[7], written[11]]],
  ['008613800138000', [written[0], written[1], written[2], written[3], written[6], written[7], written[11]]],
  ['"13800138000"', [written[1]]],
  ['tel 13800138000', [written[11]]],
  ['1234567', [written[12], written[13], written[27], written[28]]],
  ["1'234'567", [written[13], written[12], written[27], written[28]]],
  ['1000', [written[15], written[14]]],
  ['1,000', [written[14], written[15]]],
  ['"1000"', [written[15]]],
  ['iphone15', [written[17], written[16]]],
  ['"iphone15"', [written[17]]]
])('%s finds the number in every grouping, as it was typed first', (query, expected) => {
  expect(found(query).filter((text) => written.includes(text))).toEqual(expected)
})

test.each([
  ['¥1299', ['¥1299 paid', '￥1,299.50', '$1,299', 'US$1 299 due', '1.299€ due', '1,299元']],
  ['￥1299', ['¥1299 paid', '￥1,299.50', '$1,299', 'US$1 299 due', '1.299€ due', '1,299元']],
  ['$1299', ['￥1,299.50', '$1,299', 'US$1 299 due', '1.299€ due', '1,299元']],
  ['US$1,299', ['￥1,299.50', '$1,299', 'US$1 299 due', '1.299€ due', '1,299元']],
  ['¥1,299', ['¥1299 paid', '￥1,299.50', '$1,299', 'US$1 299 due', '1.299€ due', '1,299元']],
  ['¥1,299.50', ['￥1,299.50']],
  ['¥1299.50', ['￥1,299.50']],
  ['1299€', ['￥1,299.50', '$1,299', 'US$1 299 due', '1.299€ due', '1,299元']],
  ['1299元', ['￥1,299.50', '$1,299', 'US$1 299 due', '1.299€ due', '1,299元', '价1299元']],
  ['$1 299', ['￥1,299.50', '$1,299', 'US$1 299 due', '1.299€ due', '1,299元']],
  ['1299', ['¥1299 paid', '￥1,299.50', '$1,299', 'US$1 299 due', '1.299€ due', '1,299元', '价1299元', 'in the year 1299']],
  ['£98765', ['£98,765', '98 765 EUR', '₩98765']],
  ['98,765₩', ['£98,765', '98 765 EUR', '₩98765']],
  ['£7.25', ['£7.25', '£7,25']],
  ['"¥1299"', ['¥1299 paid']],
  ['¥1299 ¥500', []]
])('%s is an amount, which is found in every grouping', (query, expected) => {
  expect(found(query).sort()).toEqual([...expected].sort())
})

test('words of digits find them together and apart', () => {
  // the texts with commas and with many blanks contain all three words, too
  expect(found('138 0013 8000').slice(0, written.length)).toEqual([...written.slice(0, 4), ...written.slice(6, 8), ...written.slice(9, 12)])
})

test('hits are marked from the first digit to the last', () => {
  const marked = (text: string, query: string): string[] => numberRanges(text, query).map(([start, end]) => text.slice(start, end))
  expect(marked(written[0]!, '13800138000')).toEqual(['138 0013 8000'])
  expect(marked(written[4]!, '01062345678')).toEqual(['010) 6234-5678'])
  expect(marked(written[6]!, '00138000')).toEqual(['００１３　８０００'])
  expect(marked(written[7]!, '38000')).toEqual(['٣ ٨٠٠٠'])
  expect(engine.search({ query: '13800138000', limit: 1, order: 'oldest' }).hits[0]?.ranges).toEqual([[0, 11]])
})

test('the index finds the same as a scan of every text', () => {
  const conversation = engine.search({ query: 'call', limit: 1 }).hits[0]?.message.conversation ?? null
  fc.assert(
    fc.property(fc.stringMatching(/^[1-3]?[0-3][1-3][0-3]{3,9}$/), (query) => {
      // the leading 0 of a national number is dropped in international form
      const digits = /^0[1-9]\d{7,10}$/.test(query) ? query.slice(1) : query
      const pattern = new RegExp([...digits].join("(?:[ \\-()/.]{0,3}|[,'])"))
      const plain = (text: string): string =>
        text
          .normalize('NFKC')
          .replaceAll('–', '-')
          .replaceAll(/[٠-٩]/g, (digit) => String(digit.codePointAt(0)! - 0x660))
          .replaceAll(/ *点 */g, '点')
      const expected = texts.flatMap((text, at) => (pattern.test(plain(text)) ? [times(at)] : []))
      expect(engine.ids({ query, conversation: null }).map((id) => Math.floor(id / 1024))).toEqual(expected)
      // within a conversation few messages are compared one by one, in order of time
      const within = engine.search({ query, conversation, limit: 50, order: 'oldest', total: true })
      expect([within.total, within.hits.map(({ message }) => message.time)]).toEqual([expected.length, expected.slice(0, 50)])
    }),
    { numRuns: 150 }
  )
})
