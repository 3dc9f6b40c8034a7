/** Judged queries: which message must come first in the order 'best', and why. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Jid } from '../../contract/domain.ts'
import { openStore, temporaryFolder } from '../../../test/support/files.ts'
import { packRows } from '../store/import-rows.ts'
import type { Store } from '../store/store.ts'

const folder = temporaryFolder()
let store: Store
const NOW = Date.now()
const DAY = 86_400_000

interface Written {
  text: string
  /** Days ago. */
  age?: number
  /** In a group that I only read. */
  elsewhere?: boolean
}

/** For each query: the message that must come first, those that must come after it, and the reason. */
const JUDGED: { query: string; first: Written; then: Written[]; why: string }[] = [
  // whole words before accidental pieces
  { query: '华联', first: { text: '华联超市今天打折', age: 90 }, then: [{ text: '中华联合保险', age: 1 }], why: 'a word before a piece across words' },
  { query: '人民', first: { text: '人民的名义很好看', age: 60 }, then: [{ text: '本人民意调查员', age: 1 }], why: 'a word before a piece across words' },
  { query: '和服', first: { text: '她穿和服去京都', age: 60 }, then: [{ text: '产品和服务都不错', age: 1 }], why: '和|服务 is not 和服' },
  { query: '子女', first: { text: '子女教育问题', age: 60 }, then: [{ text: '那个瓶子女生都喜欢', age: 1 }], why: 'a word before a piece across words' },
  { query: '大学', first: { text: '大学同学聚会', age: 60 }, then: [{ text: '扩大学习范围', age: 1 }], why: '扩大|学习 is not 大学' },
  { query: '国家', first: { text: '国家规定的假期', age: 60 }, then: [{ text: '这是中国家具', age: 1 }], why: '中国|家具 is not 国家' },
  { query: '天气', first: { text: '天气真好', age: 60 }, then: [{ text: '今天气死我了', age: 1 }], why: '今天|气 is not 天气' },
  { query: '上海', first: { text: '上海见', age: 60 }, then: [{ text: '晚上海边散步吧', age: 1 }], why: '晚上|海边 is not 上海' },
  { query: '学生', first: { text: '学生证别忘带', age: 60 }, then: [{ text: '大学生活真有趣', age: 1 }], why: '大学|生活 is not 学生' },
  { query: '明天', first: { text: '明天见', age: 60 }, then: [{ text: '文明天下第一', age: 1 }], why: '文明|天下 is not 明天' },
  { query: 'cat', first: { text: 'the cat sleeps', age: 90 }, then: [{ text: 'education category', age: 1 }], why: 'a word before an inner piece' },
  { query: 'ten', first: { text: 'ten people came', age: 90 }, then: [{ text: 'listen, he often attends', age: 1 }], why: 'a word before an inner piece' },
  { query: 'art', first: { text: 'art exhibition', age: 90 }, then: [{ text: 'party started apart', age: 1 }], why: 'a word before an inner piece' },
  { query: 'ear', first: { text: 'my ear hurts', age: 90 }, then: [{ text: 'early this year dear', age: 1 }], why: 'a word before an inner piece' },
  { query: 'over', first: { text: 'game over', age: 90 }, then: [{ text: 'discovered covers', age: 1 }], why: 'a word before an inner piece' },
  { query: 'phone', first: { text: 'phone is dead', age: 90 }, then: [{ text: 'iphones and headphones', age: 1 }], why: 'a word before an inner piece' },
  { query: '2024', first: { text: 'budget 2024 draft', age: 90 }, then: [{ text: 'call 13920245566', age: 1 }], why: 'a number before a part of one' },
  { query: '110', first: { text: '拨打 110 报警', age: 90 }, then: [{ text: '单号 8811023', age: 1 }], why: 'a number before a part of one' },
  { query: 'go', first: { text: 'go now', age: 90 }, then: [{ text: 'good google ago', age: 1 }], why: 'a word before an inner piece' },
  { query: 'he', first: { text: 'he knows', age: 90 }, then: [{ text: 'there then other', age: 1 }], why: 'a word before an inner piece' },
  // how much of the text it is
  { query: '火锅', first: { text: '吃火锅', age: 10 }, then: [{ text: `火锅${'还有很多别的事情要慢慢说'.repeat(8)}`, age: 9 }], why: 'short texts before long ones' },
  { query: 'invoice', first: { text: 'invoice sent', age: 10 }, then: [{ text: `about many other things ${'and then more of it '.repeat(10)} invoice`, age: 9 }], why: 'short texts before long ones' },
  { query: '签证', first: { text: '签证办好了', age: 10 }, then: [{ text: `${'今天开会讨论了很多内容，'.repeat(8)}签证`, age: 9 }], why: 'short texts before long ones' },
  { query: 'umbrella', first: { text: 'umbrella, take your umbrella!', age: 10 }, then: [{ text: 'the umbrella is on your desk', age: 9 }], why: 'twice before once' },
  { query: '蛋糕', first: { text: '蛋糕蛋糕我要蛋糕', age: 10 }, then: [{ text: '他买了个蛋糕回来', age: 9 }], why: 'more often before once' },
  { query: 'zebra', first: { text: 'zebra zebra crossing', age: 10 }, then: [{ text: 'a zebra was crossing', age: 9 }], why: 'twice before once' },
  // recency among equals
  { query: '快递', first: { text: '快递到了吗', age: 2 }, then: [{ text: '快递到了吧', age: 700 }], why: 'the newer of equals' },
  { query: 'lunch', first: { text: 'lunch at noon', age: 1 }, then: [{ text: 'lunch at once', age: 900 }], why: 'the newer of equals' },
  { query: '机票', first: { text: '机票订了', age: 3 }, then: [{ text: '机票退了', age: 1500 }], why: 'the newer of equals' },
  { query: 'contract', first: { text: 'contract signed', age: 5 }, then: [{ text: 'contract voided', age: 2000 }], why: 'the newer of equals' },
  { query: '密码', first: { text: '密码改了', age: 4 }, then: [{ text: '密码忘了', age: 1100 }], why: 'the newer of equals' },
  // own conversations
  { query: '团建', first: { text: '团建去哪', age: 20 }, then: [{ text: '团建去吗', age: 19, elsewhere: true }], why: 'where I take part before what I only read' },
  { query: 'deadline', first: { text: 'deadline is near', age: 20 }, then: [{ text: 'deadline is here', age: 19, elsewhere: true }], why: 'where I take part before what I only read' },
  { query: '报销', first: { text: '报销单交了', age: 20 }, then: [{ text: '报销单呢？', age: 19, elsewhere: true }], why: 'where I take part before what I only read' },
  { query: 'release', first: { text: 'release tonight', age: 20 }, then: [{ text: 'release planned', age: 19, elsewhere: true }], why: 'where I take part before what I only read' },
  // several words
  { query: '苹果 发布', first: { text: '苹果发布会', age: 90 }, then: [{ text: '青苹果园发布告示说明年起水果涨价', age: 1 }], why: 'both words, in a short text' },
  { query: 'red car', first: { text: 'a red car', age: 90 }, then: [{ text: 'scared of carpets and credit cards', age: 1 }], why: 'both as words' },
  { query: 'pay bill', first: { text: 'pay the bill', age: 90 }, then: [{ text: 'paypal billion', age: 1 }], why: 'both as words' },
  { query: '会议 纪要', first: { text: '会议纪要已发', age: 90 }, then: [{ text: '会议室里他说这个世纪要变天了', age: 1 }], why: 'both as words' },
  { query: 'on time', first: { text: 'be on time', age: 90 }, then: [{ text: 'sometimes long sentiments', age: 1 }], why: 'both as words' },
  // either of two: the rare one says more
  { query: 'quokka OR pizza', first: { text: 'quokka photo', age: 30 }, then: [{ text: 'pizza again', age: 29 }, { text: 'pizza party', age: 28 }, { text: 'more pizza', age: 27 }], why: 'the rarer word weighs more' },
  { query: '水豚 OR 奶茶', first: { text: '水豚照片', age: 30 }, then: [{ text: '奶茶一杯', age: 29 }, { text: '奶茶两杯', age: 28 }, { text: '还是奶茶', age: 27 }], why: 'the rarer word weighs more' }
]

beforeAll(async () => {
  store = await openStore(folder.path)
  const all = JUDGED.flatMap(({ first, then }) => [first, ...then]).map((row, i) => ({ ...row, time: NOW - (row.age ?? 0) * DAY + i }))
  const put = (list: typeof all, room: string): Promise<unknown> =>
    store.write.importRows({ jid: `${room}@rooms.example.org` as Jid, name: room, self: 'me', rows: packRows([...list.map(({ text, time }) => ({ sender: 'someone', time, text })), ...(room === 'mine' ? [{ sender: 'me', time: NOW - 2000 * DAY, text: '我在' }] : [])]) })
  await put(all.filter(({ elsewhere }) => elsewhere !== true), 'mine')
  await put(all.filter(({ elsewhere }) => elsewhere === true), 'read')
})
afterAll(async () => {
  await store.close()
  folder[Symbol.dispose]()
})

test('there are at least forty of them', () => expect(JUDGED.length).toBeGreaterThanOrEqual(40))

test.each(JUDGED)('$query: $why', async ({ query, first, then }) => {
  const { hits } = await store.find.search({ query, limit: 20, order: 'best' })
  const texts = hits.map((hit) => hit.message.text)
  expect(texts[0]).toBe(first.text)
  for (const { text } of then) expect(texts).toContain(text)
})

test('under the exact hits stand messages with all the words in any order, then with most of them', async () => {
  const jid = 'related@rooms.example.org' as Jid
  const rows = ['我们周末一起去爬山吧', '爬山的话周末我们可以一起', '周末爬山累死了', '周末在家', 'the quick brown fox', 'brown and quick was the fox', 'quick fox', 'slow fox'].map((text, i) => ({ sender: 'a', time: NOW - 3000 * DAY + i * 1000, text }))
  await store.write.importRows({ jid, name: 'related', rows: packRows(rows), self: null })
  const related = async (query: string): Promise<string[]> => (await store.find.search({ query, limit: 20, suggest: true })).related.map((hit) => hit.message.text)
  const zh = await related('周末一起去爬山')
  expect(zh.slice(0, 1)).toEqual(['爬山的话周末我们可以一起'])
  expect(zh).not.toContain('我们周末一起去爬山吧')
  expect(await related('"quick brown fox"')).toEqual(['brown and quick was the fox', 'quick fox'])
})

test('a misspelt word is answered with one that the history knows', async () => {
  const rows = ['accommodation booked', 'the accommodation is fine', 'accommodation again', 'restaurant tonight', 'restaurant closed', 'see the restaurant'].map((text, i) => ({ sender: 'a', time: NOW - 4000 * DAY + i * 1000, text }))
  await store.write.importRows({ jid: 'words@rooms.example.org' as Jid, name: 'words', rows: packRows(rows), self: null })
  const meant = async (query: string): Promise<string | null> => (await store.find.search({ query, limit: 5, suggest: true })).didYouMean
  expect(await meant('acommodation')).toBe('accommodation')
  expect(await meant('Resturant tonight')).toBe('restaurant tonight')
  expect(await meant('restaurant')).toBeNull()
  expect(await meant('qwxyzzy')).toBeNull()
})
