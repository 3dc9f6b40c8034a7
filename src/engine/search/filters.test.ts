/** Filters on a history: oneself and people with similar names are kept apart, and queries without filters. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore, temporaryFolder } from '../../../test/support/files.ts'
import type { Jid } from '../../contract/domain.ts'
import type { Store } from '../threads/store.ts'

const START = Date.UTC(2024, 4, 1, 12)
const folder = temporaryFolder()
let store: Store

beforeAll(async () => {
  store = await openStore(folder.path)
  const message = (i: number, jid: string, outgoing: boolean, text: string) => ({
    conversation: jid as Jid,
    kind: 'direct' as const,
    sender: (outgoing ? 'home@example.org' : jid) as Jid,
    outgoing,
    text,
    time: START + i * 60_000,
    stanzaId: `s${i}`,
    originId: null,
    replayed: false
  })
  await store.write.saveContacts({
    contacts: [
      ['mehta@example.org', 'James Mehta'],
      ['me@example.org', 'Me'],
      ['women@example.org', '我们的小组'],
      ['other@example.org', 'Olga']
    ].map(([jid, name]) => ({ jid: jid as Jid, name: name ?? '', subscription: 'both' as const })),
    complete: false
  })
  await store.write.record({
    messages: [
      message(1, 'mehta@example.org', false, 'from mehta'),
      message(2, 'me@example.org', false, 'from somebody called me'),
      message(3, 'women@example.org', false, '来自小组'),
      message(4, 'other@example.org', false, 'look https://example.org/a'),
      message(5, 'other@example.org', true, 'mine, with https://example.org/b'),
      message(6, 'mehta@example.org', true, 'mine')
    ],
    archive: null,
    order: 'live'
  })
})
afterAll(async () => {
  await store.close()
  folder[Symbol.dispose]()
})

const found = async (query: string): Promise<number[]> => {
  const { hits, total, problems, facets } = await store.find.search({ query, limit: 50, total: true, facets: true })
  expect([query, problems]).toEqual([query, []])
  expect(total).toBe(hits.length)
  expect(facets?.senders.reduce((sum, { count }) => sum + count, 0)).toBe(total)
  const paged = await store.find.search({ query, limit: 50 })
  expect(paged.hits.map(({ message }) => message.id)).toEqual(hits.map(({ message }) => message.id))
  return hits.map(({ message }) => (message.time - START) / 60_000).toReversed()
}

test.each(['from:me', 'from:ME', 'from:myself', '来自:我', '來自:自己', '从:本人', 'from:私', 'from:自分'])('%s means the user only', async (query) => {
  expect(await found(query)).toEqual([5, 6])
  expect(await found(`-${query}`)).toEqual([1, 2, 3, 4])
  expect(await found(`mine ${query}`)).toEqual([5, 6])
})

test.each([
  ['from:"Me"', [2]],
  ['from:me@example.org', [2]],
  ['from:mehta', [1]],
  ['来自:"我"', [3]],
  ['to:"Me"', []],
  ['to:me', [1, 2, 3, 4]],
  ['-to:me', [5, 6]],
  ['-has:link', [1, 2, 3, 6]],
  ['-有:链接', [1, 2, 3, 6]],
  ['-has:link -from:me', [1, 2, 3]],
  ['-has:link -from:me -in:mehta', [2, 3]],
  ['-has:link OR -from:me', [1, 2, 3, 4, 6]],
  ['-mine -has:link', [1, 2, 3]],
  ['-has:image', [1, 2, 3, 4, 5, 6]],
  ['-file:budget', [1, 2, 3, 4, 5, 6]],
  ['-mine', []]
] as const)('%s finds the messages %j', async (query, numbers) => {
  expect(await found(query)).toEqual(numbers)
})
