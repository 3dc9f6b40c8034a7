/** Archives with invalid answers: nothing is lost or doubled, and no query repeats endlessly. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/engine.ts'
import { hostileServer, type HostileServer, type Request } from '../support/hostile-server.ts'
import { online, openEngine, testFolder, texts, until, type TestFolder } from '../support/server.ts'

const BOB = 'bob@evil.example'
let server: HostileServer
let folder: TestFolder
let alice: Engine
beforeAll(async () => void (server = await hostileServer()))
afterAll(() => server.close())
beforeEach(() => {
  folder = testFolder()
})
afterEach(async () => {
  await alice.close()
  folder.remove()
  server.answer = null
})

interface Kept {
  id: string
  text: string
  /** Additional content of its message. */
  more?: string
}
interface Query {
  id: string
  queryid: string
  after: string | null
  /** Id before which to read; '' requests the last page. */
  before: string | null
}
const page = ({ queryid }: Query, kept: readonly Kept[], from = 'alice@evil.example'): string =>
  kept
    .map(
      ({ id, text, more = '' }, i) =>
        `<message from='${from}' to='alice@evil.example/r'><result xmlns='urn:xmpp:mam:2' queryid='${queryid}' id='${id}'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2024-01-01T00:00:${String(i % 60).padStart(2, '0')}Z'/><message xmlns='jabber:client' from='${BOB}/x' to='alice@evil.example' type='chat'><body>${text}</body>${more}</message></forwarded></result></message>`
    )
    .join('')
const end = ({ id }: Query, set: string, complete: boolean | null = null, from = ''): string =>
  `<iq type='result' id='${id}'${from}><fin xmlns='urn:xmpp:mam:2'${complete === null ? '' : ` complete='${complete}'`}><set xmlns='http://jabber.org/protocol/rsm'>${set}</set></fin></iq>`
const error = ({ id }: Query, condition: string): string =>
  `<iq type='error' id='${id}'><error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`
const ends = (kept: readonly Kept[]): string => (kept.length === 0 ? '' : `<first index='0'>${kept[0]?.id}</first><last>${kept.at(-1)?.id}</last>`)

/** Queries to our own archive. */
let asked: Query[] = []
function archive(answer: (query: Query) => string): void {
  asked = []
  server.answer = ({ id, xml }: Request) => {
    if (!xml.includes('urn:xmpp:mam:2')) return null
    const value = (name: string): string | null => (xml.includes(`<${name}/>`) ? '' : (new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? null))
    const query = { id, queryid: /queryid="([^"]+)"/.exec(xml)?.[1] ?? '', after: value('after'), before: value('before') }
    asked.push(query)
    return answer(query)
  }
}
const signIn = async (): Promise<void> => {
  alice = await openEngine(folder.path)
  await alice.signIn(server.settings)
  await online(alice)
}
let fences = 0
/** Waits until everything before was processed, and no query is pending. */
async function settled(): Promise<void> {
  const text = `fence ${++fences}`
  server.say(`<message from='fence@evil.example/x' to='alice@evil.example/r' type='chat'><body>${text}</body></message>`)
  await until(alice, async () => (await texts(alice, 'fence@evil.example')).includes(text))
  for (let before = -1; before !== asked.length; await new Promise((resolve) => setTimeout(resolve, 300))) before = asked.length
}
const list = (from: number, to: number): Kept[] => Array.from({ length: to - from + 1 }, (_, i) => ({ id: `a${from + i}`, text: `message ${from + i}` }))
const wanted = (from: number, to: number): string[] => list(from, to).map(({ text }) => text)
/** An archive of messages 1 to `most`, a few per page; `ending` returns the end of a page. */
const paged =
  (most: number, ending: (kept: Kept[], complete: boolean, query: Query) => string, size = 3) =>
  (query: Query): string => {
    const at = (id: string | null): number => Number(id?.slice(1))
    const all = list(1, most)
    const [from, to] =
      query.after !== null && query.before === null
        ? [at(query.after), at(query.after) + size]
        : query.before === ''
          ? [most - size, most]
          : [Math.max(0, at(query.before) - 1 - size), at(query.before) - 1]
    const kept = all.slice(Math.max(0, from), Math.max(0, to))
    return page(query, kept) + ending(kept, query.after === null ? from <= 0 : to >= most, query)
  }

test('all pages are read without their first and last ids', async () => {
  archive(paged(10, (_, complete, query) => end(query, '', complete)))
  await signIn()
  await until(alice, async () => (await texts(alice, BOB)).length === 10)
  await settled()
  expect(await texts(alice, BOB)).toEqual(wanted(1, 10))
  // and messages received in the meantime
  await alice.disconnect()
  archive(paged(20, (_, complete, query) => end(query, '', complete)))
  await alice.connect()
  await until(alice, async () => (await texts(alice, BOB)).length === 20)
  expect(await texts(alice, BOB)).toEqual(wanted(1, 20))
})

test('pages without a completeness flag are read until there are no more', async () => {
  archive(paged(7, (kept, _, query) => end(query, ends(kept))))
  await signIn()
  await settled()
  expect(await texts(alice, BOB)).toEqual(wanted(1, 7))
  expect(asked.length).toBeLessThan(12)
})

test.each([
  ['one page again and again', (query: Query): string => page(query, list(1, 3)) + end(query, ends(list(1, 3)), false)],
  [
    'two pages in turn',
    (query: Query): string => {
      const kept = asked.length % 2 === 0 ? list(1, 3) : list(4, 6)
      return page(query, kept) + end(query, ends(kept), false)
    }
  ],
  ['nothing, and never an end', (query: Query): string => end(query, '', false)],
  ['nothing, and always another place', (query: Query): string => end(query, `<first>x${asked.length}</first><last>y${asked.length}</last>`, false)],
  [
    'pages that go backwards',
    (query: Query): string => {
      const kept = asked.length % 2 === 1 ? list(4, 6) : list(1, 3)
      return page(query, kept) + end(query, ends(kept), false)
    }
  ],
  [
    'counts that lie',
    (query: Query): string => page(query, list(1, 6)) + end(query, `<first index='-5'>a1</first><last>a6</last><count>99999999999999999999</count>`, true)
  ]
])('%s', async (_, answer) => {
  archive(answer)
  await signIn()
  await settled()
  const first = asked.length
  expect(first).toBeLessThan(60)
  await alice.disconnect()
  await alice.connect()
  await online(alice)
  await settled()
  expect(asked.length - first).toBeLessThan(60)
  const found = await texts(alice, BOB)
  expect(new Set(found).size).toBe(found.length)
  expect(wanted(1, 6)).toEqual(expect.arrayContaining(found))
})

test('an archive that is suddenly empty is queried again before that is believed', async () => {
  const all = paged(10, (kept, complete, query) => end(query, ends(kept), complete))
  const emptied = new Set<string>()
  archive((query) => {
    const question = `${query.after}/${query.before}`
    if (emptied.has(question)) return all(query)
    emptied.add(question)
    return end(query, '', false)
  })
  await signIn()
  await until(alice, async () => (await texts(alice, BOB)).length === 10)
  expect(await texts(alice, BOB)).toEqual(wanted(1, 10))
})

test('an id that the archive no longer knows is not queried again', async () => {
  const all = paged(10, (kept, complete, query) => end(query, ends(kept), complete))
  archive((query) => (query.before !== null && query.before !== '' ? error(query, 'item-not-found') : all(query)))
  await signIn()
  await settled()
  expect(await texts(alice, BOB)).toEqual(wanted(8, 10))
  expect(await alice.store.read.missingHistory('alice@evil.example')).toEqual([])
})

test('one archive id for several messages, missing ids, and one message several times', async () => {
  const kept: Kept[] = [
    { id: 'same', text: 'one' },
    { id: 'same', text: 'two' },
    { id: '', text: 'three' },
    { id: '', text: 'four' },
    { id: 'b', text: 'five' },
    { id: 'b', text: 'five' },
    { id: 'x'.repeat(5000), text: 'six' }
  ]
  archive((query) => page(query, query.after === null ? kept : []) + end(query, query.after === null ? '<first>same</first><last>z</last>' : '', true))
  await signIn()
  await until(alice, async () => (await texts(alice, BOB)).length >= 6)
  await settled()
  expect(await texts(alice, BOB)).toEqual(['one', 'two', 'three', 'four', 'five', 'six'])
})

test('results of another query, from another entity or in other people’s names are ignored', async () => {
  const forged = (text: string): Kept[] => [{ id: text, text }]
  archive(
    (query) =>
      page({ ...query, queryid: 'guessed' }, forged('guessed')) +
      page(query, forged('of bob'), BOB) +
      page(query, forged('of a server'), 'evil.example') +
      page(query, list(1, 1)) +
      `<iq type='result' id='${query.id}' from='${BOB}'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>` +
      page(query, list(2, 2)) +
      end(query, ends(list(1, 2)), true)
  )
  await signIn()
  await until(alice, async () => (await texts(alice, BOB)).length === 2)
  await settled()
  expect(await texts(alice, BOB)).toEqual(wanted(1, 2))
})
