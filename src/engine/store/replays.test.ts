/** Groups without an archive have one order all the same: that of their broadcasts. */
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Jid } from '../../contract/domain.ts'
import { openStore, temporaryFolder } from '../../../test/support/files.ts'
import { incoming, inGroup, ME, ROOM, storedMessages } from '../../../test/support/messages.ts'
import type { Store } from '../threads/store.ts'
import type { IncomingMessage } from './types.ts'

const NOW = 1_700_000_000_000
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

let replay = 0
beforeEach(() => void replay++)
const tell = (nick: string, id: string, replayed = false): Promise<unknown> => {
  const message = incoming(id, { ...inGroup(nick), time: NOW, originId: id, messageId: id, replayed, replay })
  return store.write.record({ account: ME, messages: [message], archive: null, order: 'live' })
}
const all = async () => (await storedMessages(store, ROOM, 50)).map(({ text, state }) => `${text} ${state}`)

test.each([
  ['live', false],
  ['told again after an interruption', true]
])('own messages that cross with those of others stand where the group has put them: %s', async (_, replayed) => {
  const { id } = await store.write.ensureConversation({ account: ME, jid: ROOM, kind: 'group', name: '', nick: 'me' })
  for (const text of ['mine 1', 'mine 2', 'mine 3'])
    await store.write.queueMessage({ conversation: id, text, originId: text, sender: `${ROOM}/me` as Jid, time: NOW })
  await tell('bob', 'his 1', replayed)
  await tell('me', 'mine 1', replayed)
  await tell('bob', 'his 2', replayed)
  await tell('me', 'mine 2', replayed)
  // reflected messages count as sent, with or without the server's confirmation; others stay where they were written
  expect((await all()).filter((line) => !line.startsWith('mine 3'))).toEqual(['his 1 received', 'mine 1 sent', 'his 2 received', 'mine 2 sent'])
  expect(await all()).toContain('mine 3 queued')
  await tell('me', 'mine 3', replayed)
  const order = ['his 1 received', 'mine 1 sent', 'his 2 received', 'mine 2 sent', 'mine 3 sent']
  expect(await all()).toEqual(order)
  // a repeated replay moves nothing
  replay++
  for (const [nick, text] of [
    ['bob', 'his 1'],
    ['me', 'mine 1'],
    ['bob', 'his 2']
  ] as const)
    await tell(nick, text, true)
  expect(await all()).toEqual(order)
})

const said = (nick: string, text: string, id: string | null, time = NOW): IncomingMessage => incoming(text, { ...inGroup(nick), time, messageId: id })
const record = (messages: IncomingMessage[]): Promise<unknown> => store.write.record({ account: ME, messages, archive: null, order: 'live' })
/** Replays messages to a new occupant; `apart`: one packet per message. */
async function again(messages: IncomingMessage[], apart: boolean, ahead = 0): Promise<void> {
  replay++
  const told = messages.map((one) => ({ ...one, time: one.time + ahead, replayed: true, replay, ahead }))
  if (apart) for (const one of told) await record([one])
  else await record(told)
}
const now = async () => (await all()).map((line) => line.replace(/ \w+$/, ''))

test.each([true, false])('missed messages stand where the group replays them, %s', async (apart) => {
  await store.write.ensureConversation({ account: ME, jid: ROOM, kind: 'group', name: '', nick: 'me' })
  const list = [said('bob', 'b1', '1'), said('me', 'm1', '2'), said('bob', 'b2', '3'), said('me', 'm2', '4'), said('bob', 'b3', '5'), said('bob', 'b4', '6')]
  await record([list[1]!, list[4]!].map((one) => ({ ...one, originId: one.messageId ?? null })))
  for (let round = 0; round < 2; round++) {
    await again(list, apart)
    // the first message of a replay that arrives alone has no successor to stand before
    expect(apart ? (await now()).filter((text) => text !== 'b1') : await now()).toEqual(
      ['b1', 'm1', 'b2', 'm2', 'b3', 'b4'].filter((text) => !apart || text !== 'b1')
    )
    expect(await now()).toHaveLength(6)
  }
  await record([said('bob', 'b5', '7')])
  expect((await now()).at(-1)).toBe('b5')
})

test('a message that is broadcast again stands where everybody has it: at its last broadcast', async () => {
  await store.write.ensureConversation({ account: ME, jid: ROOM, kind: 'group', name: '', nick: 'me' })
  for (const [nick, text] of [
    ['bob', 'his 1'],
    ['me', 'mine 1'],
    ['eve', 'hers 1'],
    ['me', 'mine 2']
  ] as const)
    await tell(nick, text)
  // the group was started again, and had not told everybody
  await tell('bob', 'his 1')
  await tell('me', 'mine 1')
  expect(await now()).toEqual(['hers 1', 'mine 2', 'his 1', 'mine 1'])
  await tell('me', 'mine 1')
  expect(await now()).toEqual(['hers 1', 'mine 2', 'his 1', 'mine 1'])
  // an occupant does not bring back what was said long ago
  await record(Array.from({ length: 1000 }, (_, i) => said('bob', `later ${i}`, `later ${i}`)))
  await tell('eve', 'hers 1')
  expect((await now()).at(-1)).toBe('later 999')
})

test('a text sent twice without an id is two messages, and stays two', async () => {
  await store.write.ensureConversation({ account: ME, jid: ROOM, kind: 'group', name: '', nick: 'me' })
  const list = [
    said('bob', 'ok', null),
    said('eve', 'ok', null),
    said('bob', 'ok', null, NOW + 1000),
    said('bob', 'fine', null, NOW + 2000),
    said('bob', 'ok', null, NOW + 3000)
  ]
  for (let round = 0; round < 3; round++) {
    await again(list, round === 1)
    expect(await now()).toEqual(['ok', 'ok', 'ok', 'fine', 'ok'])
  }
})

test.each([7, -7])('with the server’s clock %i hours off, live messages are recognized in a replay', async (hours) => {
  await store.write.ensureConversation({ account: ME, jid: ROOM, kind: 'group', name: '', nick: 'me' })
  const list = [said('bob', 'ok', null), said('bob', 'yes', null, NOW + 1000), said('bob', 'ok', null, NOW + 2000)]
  await record(list)
  for (let round = 0; round < 2; round++) await again([...list, said('bob', 'new', null, NOW + 9000)], false, hours * 3_600_000)
  expect(await now()).toEqual(['ok', 'yes', 'ok', 'new'])
})

test('a client that restarts its id counter loses no messages in a group that replays', async () => {
  await store.write.ensureConversation({ account: ME, jid: ROOM, kind: 'group', name: '', nick: 'me' })
  const list = [said('bob', 'one', '1'), said('bob', 'two', '1'), said('me', 'mine', '1'), said('bob', 'three', '1')]
  for (let round = 0; round < 2; round++) await again(list, false)
  expect(await now()).toEqual(['one', 'two', 'mine', 'three'])
})

test('our own messages appear once, however the group reflects them', async () => {
  const { id } = await store.write.ensureConversation({ account: ME, jid: ROOM, kind: 'group', name: '', nick: 'me' })
  const queue = async (text: string, originId: string): Promise<void> => {
    await store.write.queueMessage({ conversation: id, text, originId, sender: `${ROOM}/me` as Jid, time: NOW })
    await store.write.transition({ account: ME, conversation: ROOM, originId, state: 'sent', error: null })
  }
  for (const [i, text] of ['same', 'other words', 'two  blanks and\nlines ', 'same'].entries()) await queue(text, `q${i}`)
  // with its id, with its id and another text, without an id and with other white space, with another id
  const told = [said('me', 'same', 'q0'), said('me', '** other words **', 'q1'), said('me', 'two blanks and lines', null), said('me', 'same', 'x')]
  await record(told)
  for (const apart of [true, false]) await again(told, apart)
  expect(await now()).toEqual(['same', 'other words', 'two  blanks and\nlines ', 'same'])
  expect((await all()).every((line) => line.endsWith(' sent'))).toBe(true)
})

test('a delivered message that a server without an archive held back is one message; the same text at another time is another', async () => {
  const bob = 'bob@example.org' as Jid
  const said = (text: string, id: string | null, time: number, replayed = false): IncomingMessage => ({
    ...said0,
    text,
    messageId: id,
    time: replayed ? time + 7_200_000 : time,
    ahead: 7_200_000,
    replayed
  })
  const said0 = { conversation: bob, kind: 'direct' as const, sender: bob, outgoing: false, stanzaId: null, originId: null }
  await record([said('ok', '1', NOW), said('yes', '2', NOW + 1000)])
  await record([
    said('ok', '1', NOW - 500, true),
    said('yes', '2', NOW + 500, true),
    said('other words', '2', NOW + 600, true),
    said('ok', '1', NOW + 86_400_000, true)
  ])
  const conversation = (await store.read.conversationByJid(bob))!.id
  expect((await store.read.page({ conversation, anchor: { kind: 'newest' }, limit: 50 })).messages.map(({ text }) => text)).toEqual([
    'ok',
    'yes',
    'other words',
    'ok'
  ])
})

test.each(['with ids', 'without ids'])(
  'a group that keeps its last few messages, left and entered again and again: each message once, in the group’s order, %s',
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ said: fc.integer({ min: 0, max: 6 }), own: fc.boolean(), kept: fc.integer({ min: 1, max: 8 }), apart: fc.boolean(), away: fc.boolean() }),
          {
            minLength: 2,
            maxLength: 8
          }
        ),
        async (visits) => {
          folder[Symbol.dispose]()
          await store.close()
          folder = temporaryFolder()
          store = await openStore(folder.path)
          await store.write.ensureConversation({ account: ME, jid: ROOM, kind: 'group', name: '', nick: 'me' })
          const history: IncomingMessage[] = []
          const heard = new Set<string>()
          let time = NOW
          for (const { said: count, own, kept, apart, away } of visits) {
            const fresh = Array.from({ length: count }, (_, i) => {
              const text = `m${history.length + i}`
              // messages without ids are told apart by their minute
              return said(own && !away && i % 3 === 1 ? 'me' : ['bob', 'eve'][i % 2]!, text, kind === 'with ids' ? `id ${text}` : null, (time += 70_000))
            })
            history.push(...fresh)
            if (!away) {
              for (const one of fresh) await record([one])
              for (const { text } of fresh) heard.add(text)
              continue
            }
            // entered again: what the group still keeps of its history
            const told = history.slice(-kept)
            await again(told, apart)
            for (const { text } of told) heard.add(text)
          }
          expect(await now()).toEqual(history.map(({ text }) => text).filter((text) => heard.has(text)))
        }
      ),
      {
        numRuns: 15,
        // the first message of a replay comes alone, and is older than what is here
        examples: [
          [
            [
              { said: 2, own: false, kept: 1, apart: false, away: true },
              { said: 0, own: false, kept: 2, apart: true, away: true },
              { said: 0, own: false, kept: 2, apart: false, away: true }
            ]
          ]
        ]
      }
    )
  }
)
