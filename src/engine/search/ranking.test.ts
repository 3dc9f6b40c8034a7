/** Order 'best' over judged queries, and suggestions below the hits. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Jid } from '../../contract/domain.ts'
import { openStore, temporaryFolder } from '../../../test/support/files.ts'
import { JUDGED } from '../../../test/support/judged.ts'
import { packRows } from '../store/import-rows.ts'
import type { Store } from '../threads/store.ts'

const folder = temporaryFolder()
let store: Store
const NOW = Date.now()
const DAY = 86_400_000

beforeAll(async () => {
  store = await openStore(folder.path)
  const all = JUDGED.flatMap(({ first, then }) => [first, ...then]).map((row, i) => ({ ...row, time: NOW - (row.age ?? 0) * DAY + i }))
  const put = (list: typeof all, room: string): Promise<unknown> =>
    store.write.importRows({
      jid: `${room}@rooms.example.org` as Jid,
      name: room,
      self: 'me',
      rows: packRows([
        ...list.map(({ text, time }) => ({ sender: 'someone', time, text })),
        ...(room === 'mine' ? [{ sender: 'me', time: NOW - 2000 * DAY, text: '我在' }] : [])
      ])
    })
  await put(
    all.filter(({ elsewhere }) => elsewhere !== true),
    'mine'
  )
  await put(
    all.filter(({ elsewhere }) => elsewhere === true),
    'read'
  )
})
afterAll(async () => {
  await store.close()
  folder[Symbol.dispose]()
})

test('there are at least 120 judged queries, each one once', () => {
  expect(JUDGED.length).toBeGreaterThanOrEqual(120)
  expect(new Set(JUDGED.map(({ query }) => query)).size).toBe(JUDGED.length)
})

test.each(JUDGED)('$query: $why', async ({ query, first, then }) => {
  const { hits } = await store.find.search({ query, limit: 20, order: 'best' })
  const texts = hits.map((hit) => hit.message.text)
  expect(texts[0]).toBe(first.text)
  for (const { text } of then) expect(texts).toContain(text)
})

test('after the exact hits come messages with all words in any order, then with most of them', async () => {
  const jid = 'related@rooms.example.org' as Jid
  const rows = [
    '我们周末一起去爬山吧',
    '爬山的话周末我们可以一起',
    '周末爬山累死了',
    '周末在家',
    'the quick brown fox',
    'brown and quick was the fox',
    'quick fox',
    'slow fox'
  ].map((text, i) => ({ sender: 'a', time: NOW - 3000 * DAY + i * 1000, text }))
  await store.write.importRows({ jid, name: 'related', rows: packRows(rows), self: null })
  const related = async (query: string): Promise<string[]> =>
    (await store.find.search({ query, limit: 20, suggest: true })).related.map((hit) => hit.message.text)
  const zh = await related('周末一起去爬山')
  expect(zh.slice(0, 1)).toEqual(['爬山的话周末我们可以一起'])
  expect(zh).not.toContain('我们周末一起去爬山吧')
  expect(await related('"quick brown fox"')).toEqual(['brown and quick was the fox', 'quick fox'])
})

test('a number is related to messages with that number, not with its digits within a longer one', async () => {
  const rows = ['我的新手机号 13838700569', 'Order #537135600273 shipped', '房间 13 改到 00 点', '航班 CA0013 延误'].map((text, i) => ({
    sender: 'a',
    time: NOW - 5000 * DAY + i * 1000,
    text
  }))
  await store.write.importRows({ jid: 'numbers@rooms.example.org' as Jid, name: 'numbers', rows: packRows(rows), self: null })
  const { related } = await store.find.search({ query: '13:00', limit: 20, suggest: true })
  expect(related.map((hit) => hit.message.text)).toEqual(['房间 13 改到 00 点'])
})

test('for a misspelt word a word of the history is offered', async () => {
  const rows = [
    'accommodation booked',
    'the accommodation is fine',
    'accommodation again',
    'restaurant tonight',
    'restaurant closed',
    'see the restaurant',
    'dinner with O’Brien',
    "Sean hadn't known"
  ].map((text, i) => ({ sender: 'a', time: NOW - 4000 * DAY + i * 1000, text }))
  await store.write.importRows({ jid: 'words@rooms.example.org' as Jid, name: 'words', rows: packRows(rows), self: null })
  const meant = async (query: string): Promise<string | null> => (await store.find.search({ query, limit: 5, suggest: true })).didYouMean
  expect(await meant('acommodation')).toBe('accommodation')
  expect(await meant('Resturant tonight')).toBe('restaurant tonight')
  expect(await meant('restaurant')).toBeNull()
  // as the history spells it
  expect(await meant('obrien')).toBe('O’Brien')
  expect(await meant('dinner OBrien')).toBe('dinner O’Brien')
  expect(await meant('hadnt')).toBe("hadn't")
  expect(await meant('qwxyzzy')).toBeNull()
})
