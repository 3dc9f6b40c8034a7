/** Pages of archives that contradict each other or themselves: nothing is lost or doubled, and the first place of a message counts. */
import { EventEmitter } from 'node:events'
import { xml, type Element } from '@xmpp/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStore, temporaryFolder } from '../../../../test/support/files.ts'
import { BOB, ME, storedMessages } from '../../../../test/support/messages.ts'
import type { Store } from '../../threads/store.ts'
import { NS } from '../stanzas/namespaces.ts'
import type { Connection } from '../stream/connection.ts'
import { ArchiveResults } from './archive-results.ts'
import { catchUp, fillPage, type CatchUpContext } from './catch-up.ts'

let folder: ReturnType<typeof temporaryFolder>
let store: Store
beforeEach(async () => {
  folder = temporaryFolder()
  store = await openStore(folder.path)
})
afterEach(async () => {
  await store.close()
  folder[Symbol.dispose]()
})

interface Kept {
  id: string
  text?: string
  /** Seconds; null: no stamp. */
  at?: number | null
}
interface Query {
  after: string | null
  before: string | null
  max: number
}
interface Answer {
  page: readonly Kept[]
  complete?: boolean
}

/** Catch-up with an archive that answers so. */
function archive(answer: (query: Query) => Answer): { context: CatchUpContext; asked: Query[] } {
  const asked: Query[] = []
  const results = new ArchiveResults(ME, () => false)
  const request = (iq: Element): Promise<Element> => {
    const query = iq.getChild('query')!
    const set = query.getChild('set')!
    const one = { after: set.getChildText('after'), before: set.getChild('before')?.text() ?? null, max: Number(set.getChildText('max')) }
    asked.push(one)
    const { page, complete = false } = answer(one)
    for (const { id, text = `message ${id}`, at = Number(/\d+/.exec(id)?.[0] ?? 0) } of page) {
      const message = xml('message', { xmlns: 'jabber:client', from: `${BOB}/x`, to: ME, type: 'chat' }, xml('body', {}, text))
      const delay = at === null ? [] : [xml('delay', { xmlns: NS.delay, stamp: new Date(1_700_000_000_000 + at * 1000).toISOString() })]
      const result = xml('result', { xmlns: NS.mam, queryid: query.attrs['queryid'] as string, id }, xml('forwarded', { xmlns: NS.forward }, ...delay, message))
      const stanza = xml('message', { from: ME }, result)
      results.message({ stanza, message: stanza, copied: null })
    }
    const ends = page.length === 0 ? [] : [xml('first', {}, page[0]!.id), xml('last', {}, page.at(-1)!.id)]
    return Promise.resolve(
      xml('iq', { type: 'result' }, xml('fin', { xmlns: NS.mam, ...(complete ? { complete: 'true' } : {}) }, xml('set', { xmlns: NS.rsm }, ...ends)))
    )
  }
  const connection = Object.assign(new EventEmitter(), { account: { jid: ME }, isReady: true, request }) as unknown as Connection
  return { asked, context: { connection, store, self: { jid: ME, nickIn: () => null }, results, onChanges: () => undefined, onInvitation: () => undefined } }
}
const all = () => storedMessages(store, BOB, 5000)
const texts = async (): Promise<string[]> => (await all()).map(({ text }) => text.replace('message ', ''))
const list = (from: number, to: number): Kept[] => Array.from({ length: to - from + 1 }, (_, i) => ({ id: `s${from + i}` }))
const ids = (...numbers: number[]): Kept[] => numbers.map((n) => ({ id: `s${n}` }))
/** Archive of these messages, with an ending by its own rule. */
const paged =
  (most: number, isComplete: (page: readonly Kept[], isLast: boolean) => boolean) =>
  ({ after, before, max }: Query): Answer => {
    const [from, to] =
      before === null
        ? [Number(after?.slice(1) ?? 0) + 1, Number(after?.slice(1) ?? 0) + max]
        : before === ''
          ? [most - max + 1, most]
          : [Number(before.slice(1)) - max, Number(before.slice(1)) - 1]
    const page = list(Math.max(1, from), Math.min(most, to))
    return { page, complete: isComplete(page, before === null ? to >= most : from <= 1) }
  }

/** Begins at s1..s3 as an archive with a known end. */
async function begun(): Promise<void> {
  await store.write.record({ account: ME, messages: [], archive: { jid: ME, lastId: 's0' }, order: 'forward' })
}

test('messages of earlier pages that come again on later ones keep their first place', async () => {
  await begun()
  const pages = new Map<string | null, number[]>([
    ['s0', [1, 2, 3]],
    ['s3', [4, 2, 5]],
    ['s5', [1, 6, 3, 7, 7]]
  ])
  const { context } = archive(({ after, before }) => ({ page: before === null ? ids(...(pages.get(after) ?? [])) : [], complete: !pages.has(after) }))
  await catchUp(context, null)
  expect(await texts()).toEqual(['s1', 's2', 's3', 's4', 's5', 's6', 's7'])
  // its next answer changes nothing
  await begun()
  pages.set('s3', [5, 4, 3])
  await catchUp(context, null)
  expect((await texts()).toSorted()).toEqual(['s1', 's2', 's3', 's4', 's5', 's6', 's7'])
})

test('an archive that calls each page the last one is read to its end, forwards and backwards', async () => {
  const { context, asked } = archive(paged(1300, () => true))
  await begun()
  await catchUp(context, null)
  expect(await texts()).toEqual(list(1, 1300).map(({ id }) => id))
  expect(asked.length).toBeLessThan(6)
})

test('the newest page that calls itself the whole archive, and is full, is asked for what is before it', async () => {
  const { context, asked } = archive(paged(1300, () => true))
  await catchUp(context, null)
  for (let left = 20; left > 0 && (await fillPage(context, null)) !== null; left--);
  expect(await texts()).toEqual(list(1, 1300).map(({ id }) => id))
  expect(asked.length).toBeLessThan(10)
})

test('a message without a stamp has the time of its neighbour, in every page, and its place', async () => {
  const page: Kept[] = [{ id: 's1', at: null }, { id: 's2' }, { id: 's3', at: null }, { id: 's4' }, { id: 's5', at: null }]
  const { context } = archive(({ before, after }) => ({ page: before === '' || after === 's0' ? page : [], complete: true }))
  const expected = [2, 2, 2, 4, 4].map((second) => 1_700_000_000_000 + second * 1000)
  await catchUp(context, null)
  expect([await texts(), (await all()).map(({ time }) => time)]).toEqual([['s1', 's2', 's3', 's4', 's5'], expected])
  // read again, they stay as they are
  await begun()
  await catchUp(context, null)
  expect([await texts(), (await all()).map(({ time }) => time)]).toEqual([['s1', 's2', 's3', 's4', 's5'], expected])
})

test('one id for other content is another message; an id that is too long ends no reading, and its message is here once', async () => {
  const long = (letter: string): string => letter.repeat(100_000)
  const pages: Kept[][] = [
    [{ id: 's1' }, { id: 's1', text: 'other words' }, { id: long('x'), text: 'long' }, { id: 's2' }, { id: long('y'), text: 'long at the end' }],
    [{ id: 's1', text: 'third' }, { id: 's3' }, { id: long('z'), text: 'and again' }]
  ]
  const { context } = archive(({ after, before }) => ({
    page: before !== null ? [] : (pages[after === 's0' ? 0 : after === 's2' ? 1 : 2] ?? []),
    complete: after === 's3'
  }))
  const expected = ['s1', 'other words', 'long', 's2', 'long at the end', 'third', 's3', 'and again']
  for (let round = 0; round < 2; round++) {
    await begun()
    await catchUp(context, null)
    expect(await texts()).toEqual(expected)
  }
})

test.each(['forwards', 'backwards'])('a page of more results than anybody asked for is read in parts, %s', async (way) => {
  if (way === 'forwards') await begun()
  const most = 11_000
  const { context, asked } = archive(({ after, before }) => ({
    page: before === null ? list(Number(after?.slice(1)) + 1, most) : list(1, before === '' ? most : Number(before.slice(1)) - 1),
    complete: true
  }))
  await catchUp(context, null)
  for (let left = 5; left > 0 && (await fillPage(context, null)) !== null; left--);
  const { id } = (await store.read.conversationByJid(BOB))!
  const { messages } = await store.read.page({ conversation: id, anchor: { kind: 'newest' }, limit: 20_000 })
  expect(messages.map(({ text }) => text)).toEqual(list(1, most).map((one) => `message ${one.id}`))
  expect(asked.length).toBeLessThan(8)
})
