import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Jid } from '../../contract/domain.ts'
import { openStore, temporaryFolder } from '../../../test/support/files.ts'
import { packRows } from '../store/import-rows.ts'
import type { Store } from '../threads/store.ts'
import type { IncomingMessage } from '../store/types.ts'

const folder = temporaryFolder()
let store: Store

const texts = [
  '中华联合保险公司给我打电话了',
  '我的iPhone手机没电了',
  'meeting with WeChat群 at 10:30, room B-2104',
  '尾号8899的卡消费了 ¥1,234.50',
  'Ｆｕｌｌ width ＴＥＸＴ and 繁體字，與簡體',
  'see budget_2024-v3.final.xlsx or https://example.org/a?q=1',
  '👍🏽 ok (^_^) ...',
  'the quick brown fox',
  'c++ and C# are "different"',
  'I don’t think so, it is state‑of‑the‑art',
  'ٱلسَّلَامُ عَلَيْكُمْ',
  'đi Đà Nẵng',
  'ラーメンを食べたい',
  '会议 3 点开始，髙橋さん',
  '🇩🇪🇫🇷'
]

beforeAll(async () => {
  store = await openStore(folder.path)
  await store.write.importRows({
    jid: 'fixed@import.invalid' as Jid,
    name: 'fixed',
    rows: packRows(texts.map((text, i) => ({ sender: 'a', time: 1000 * (i + 1), text }))),
    self: null
  })
})
afterAll(async () => {
  await store.close()
  folder[Symbol.dispose]()
})

const find = async (query: string, conversation: number | null = null) =>
  store.find.search({ query, conversation: conversation as never, limit: 50, total: true })
const found = async (query: string): Promise<string[]> => (await find(query)).hits.map((hit) => hit.message.text)

test.each([
  ['华联', 0],
  ['hone手机', 1],
  ['ECHAT群', 2],
  ['899的', 3],
  ['234', 3],
  ['full', 4],
  ['繁体字', 4],
  ['與简体', 4],
  ['get_2024', 5],
  ['xlsx', 5],
  ['ample.or', 5],
  ['👍', 6],
  ['(^_^)', 6],
  ['...', 6],
  ['fox', 7],
  ['uick bro', 7],
  ['c++', 8],
  ['B-2104', 2],
  ["don't", 9],
  ['state-of-the-art', 9],
  ['السلام عليكم', 10],
  ['di da nang', 11],
  ['らーめん', 12],
  ['ーメン', 12],
  ['会议3点', 13],
  ['高桥', 13],
  ['高橋', 13],
  ['🇫🇷', 14]
] as const)('%s is found', async (query, index) => {
  expect(await found(query)).toContain(texts[index])
})

test('punctuation counts', async () => {
  expect(await found('c--')).toEqual([])
  expect(await found('budget-2024')).toEqual([])
  expect(await found('🇪🇫')).toEqual([])
  expect(await found('"fox quick"')).toEqual([])
})

test('every range covers the typed text as written in the message', async () => {
  for (const query of ['华联', 'hone手机', 'full', '與简体', '👍']) {
    const { hits } = await find(query)
    expect(hits.length).toBeGreaterThan(0)
    for (const { message, ranges } of hits) {
      expect(ranges.length).toBeGreaterThan(0)
      for (const [start, end] of ranges) expect((await find(message.text.slice(start, end))).total).toBeGreaterThan(0)
    }
  }
  expect((await find('hone手机')).hits[0]?.ranges).toEqual([[4, 10]])
})

test('hits are newest first, page by page, and the total counts all', async () => {
  const all = await find('e')
  const ids = all.hits.map((hit) => hit.message.id)
  expect(ids).toEqual([...ids].sort((a, b) => b - a))
  for (const order of ['newest', 'oldest', 'best'] as const) {
    const whole = (await store.find.search({ query: 'e', order, limit: 50 })).hits.map((hit) => hit.message.id)
    const pages = [
      ...(await store.find.search({ query: 'e', order, limit: 2 })).hits,
      ...(await store.find.search({ query: 'e', order, limit: 2, offset: 2 })).hits
    ]
    expect(pages.map((hit) => hit.message.id)).toEqual(whole.slice(0, 4))
    expect(whole).toHaveLength(all.total ?? -1)
    if (order === 'oldest') expect(whole).toEqual(ids.toReversed())
  }
})

test('hostile queries are answered, not thrown', async () => {
  for (const query of ['"', '""', '*', 'AND', 'NEAR(a b)', "'; DROP TABLE message; --", '\u0000', 'a\u0000b', '^a', 'text:a', '\ud83d', '('.repeat(500)])
    expect((await find(query)).total).toBeGreaterThanOrEqual(0)
})

test('a cancelled search does not answer', async () => {
  const controller = new AbortController()
  const running = store.find.search({ query: 'e', limit: 5, total: true }, controller.signal)
  controller.abort()
  await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
})

test('older history is found as it arrives, page by page, below earlier results', async () => {
  using other = temporaryFolder()
  const history = await openStore(other.path)
  const conversation = 'history@example.org' as Jid
  const text = 'a rather long sentence to look for'
  const message = (i: number): IncomingMessage => ({
    conversation,
    kind: 'direct',
    sender: conversation,
    outgoing: false,
    text: `${text} ${i}`,
    time: 1_000_000 - i * 1000,
    stanzaId: `s${i}`,
    originId: null,
    replayed: false
  })
  await history.write.record({ messages: [message(0)], archive: null, order: 'live' })
  for (let i = 1; i < 6; i++) {
    await history.write.record({ messages: [message(i)], archive: null, order: 'backward' })
    expect(await history.find.search({ query: text, limit: 50, total: true, facets: true })).toMatchObject({ total: i + 1 })
  }
  await history.close()
})

test('a person with a new name of the same length is found under it', async () => {
  const contact = (name: string): Promise<unknown> =>
    store.write.saveContacts({ contacts: [{ jid: 'renamed@example.org' as Jid, name, subscription: 'both' }], complete: false })
  const people = async (text: string): Promise<string[]> => (await store.find.names({ text, limit: 5 })).map(({ name }) => name)
  await contact('Anna')
  expect(await people('anna')).toContain('Anna')
  await contact('Olga')
  expect(await people('olga')).toContain('Olga')
  expect((await find('in:olga')).problems).toEqual([])
})
