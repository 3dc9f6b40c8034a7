/** Floods under one id: thousands of messages, corrections or reactions cost little more than as many plain messages. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStore, temporaryFolder } from '../support/files.ts'
import { incoming, inGroup, ME } from '../support/messages.ts'
import type { Jid } from '../../src/contract/domain.ts'
import type { Store } from '../../src/engine/threads/store.ts'
import type { IncomingMessage } from '../../src/engine/store/types.ts'

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

const said = (i: number, more: Partial<IncomingMessage>): IncomingMessage => incoming(`${i}`, { time: 1_700_000_000_000 + i, ...more })
const SIZE = 100
let number = 0
/** Processor time for storing so many, ms; other programs do not count. */
async function cost(count: number, each: (i: number) => Partial<IncomingMessage>): Promise<number> {
  const begun = process.cpuUsage()
  for (let at = 0; at < count; at += SIZE) {
    const messages = Array.from({ length: SIZE }, () => said(++number, each(number)))
    await store.write.record({ account: ME, messages, archive: null, order: 'live' })
  }
  const { user, system } = process.cpuUsage(begun)
  return (user + system) / 1000
}

const inRoom = (nick: string): Partial<IncomingMessage> => ({ ...inGroup(nick), occupant: nick })
test.each<[string, (i: number) => Partial<IncomingMessage>]>([
  ['messages under one origin-id', () => ({ originId: 'same' })],
  ['messages under one id', () => ({ messageId: 'same' })],
  ['messages under one archive id', () => ({ stanzaId: 'same' })],
  [
    'messages whose ids end alike',
    (i) => ({ originId: `${i}-the-same-end`, messageId: `${i}-another-one`, stanzaId: `${i}-of-the-archive`, replyTo: `${i - 1}-the-same-end` })
  ],
  ['messages whose UUIDs end alike', (i) => ({ originId: `${i.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000` })],
  [
    'messages in as many conversations under one id',
    (i) => ({ ...inRoom('eve'), conversation: `room${i % 50}@rooms.example.org` as Jid, originId: 'same', text: `${i}` })
  ],
  ['messages in a group under one archive id', () => ({ ...inRoom('eve'), stanzaId: 'same' })],
  ['corrections of one message', (i) => ({ originId: `c${i}`, change: { kind: 'correction', target: 'first' } })],
  ['corrections under one id', () => ({ originId: 'c', change: { kind: 'correction', target: 'first' } })],
  ['corrections of what is not here', () => ({ originId: `c${number}`, change: { kind: 'correction', target: 'nothing' } })],
  ['corrections of corrections', (i) => ({ originId: `c${i}`, change: { kind: 'correction', target: `c${i - 1}` } })],
  ['retractions of one message', (i) => ({ originId: `c${i}`, change: { kind: 'retraction', target: 'first' } })],
  ['reactions of one person', (i) => ({ originId: `c${i}`, text: i % 2 === 0 ? '👍' : '👎', change: { kind: 'reactions', target: 'first' } })],
  ['reactions of as many people', (i) => ({ ...inRoom(`eve${i}`), originId: `c${i}`, text: '👍', change: { kind: 'reactions', target: 'first' } })]
])('%s cost little more than as many messages, however many there are', { timeout: 300_000 }, async (_, each) => {
  const first = { originId: 'first', text: 'x' }
  await store.write.record({ account: ME, messages: [said(0, first), said(0, { ...first, ...inRoom('me'), outgoing: true })], archive: null, order: 'live' })
  const plain = (i: number): Partial<IncomingMessage> => ({ originId: `o${i}` })
  await cost(500, plain)
  const few = await cost(1500, plain)
  await cost(1500, each)
  expect((await cost(1500, each)) / few).toBeLessThan(15)
})
