/** A nickname's new owner in a group is not its previous one (XEP-0421). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import { foreignClient, type Foreign } from '../support/foreign.ts'
import { Devices, messages, online, SERVER, startServer, texts, until, type TestServer } from '../support/server.ts'

// ejabberd has occupant-ids from 23.10 on
const STAMPS = SERVER !== 'ejabberd'
const room = 'open@rooms.localhost' as Jid
let server: TestServer
let mallory: Foreign
const devices = new Devices()
beforeAll(async () => {
  if (!STAMPS) return
  server = await startServer()
  mallory = await foreignClient(server, 'carol')
})
afterAll(async () => {
  if (!STAMPS) return
  await mallory.quit()
  await devices.end()
  await server.stop()
})

test.skipIf(!STAMPS)('the new owner of a nickname cannot write as its former owner, nor correct or retract their messages', async () => {
  let alice = await devices.signIn(server, 'alice')
  const bob = await devices.signIn(server, 'bob')
  const group = await alice.conversations.start(room, 'group', 'alice')
  await bob.conversations.start(room, 'group', 'bob')
  for (const text of ['mine', 'mine too']) await alice.messages.send(group.id, text)
  await until(bob, async () => (await texts(bob, room)).length === 2)
  const [first, second] = await messages(bob, room)
  const ids = [first!, second!].map(({ key }) => key.split(' ').at(-1)!)

  alice = await devices.again(alice, async () => {
    await mallory.tell({ do: 'join', room, nick: 'alice' }, 'joined')
    const say = (inner: string): Promise<void> =>
      mallory.tell({ do: 'raw', xml: `<message type='groupchat' to='${room}' id='${Math.random()}'>${inner}</message>` }, 'done')
    await say('<body>I am alice</body>')
    await say(`<body>forged</body><replace xmlns='urn:xmpp:message-correct:0' id='${ids[0]}'/>`)
    await say(`<retract xmlns='urn:xmpp:message-retract:1' id='${ids[1]}'/><store xmlns='urn:xmpp:hints'/>`)
    await say(`<occupant-id xmlns='urn:xmpp:occupant-id:0' id='mine'/><body>stamped by herself</body>`)
    await say('<body>the end</body>')
    await until(bob, async () => (await texts(bob, room)).includes('the end'))
    await mallory.tell({ do: 'raw', xml: `<presence type='unavailable' to='${room}/alice'/>` }, 'done')
  })
  await alice.connect()
  await online(alice)
  await until(alice, async () => (await texts(alice, room)).includes('the end'))
  const expected = [
    ['mine', true],
    ['mine too', true],
    ['I am alice', false],
    ['forged', false],
    ['stamped by herself', false],
    ['the end', false]
  ]
  expect((await messages(alice, room)).map(({ text, outgoing }) => [text, outgoing])).toEqual(expected)
  expect((await alice.store.read.conversationByJid(room))?.unread).toBe(4)
  expect((await messages(bob, room)).map(({ text, edited, retracted }) => [text, edited, retracted])).toEqual(expected.map(([text]) => [text, false, false]))

  // back under another nickname: her messages are still hers, and hers to correct
  const own = (await messages(alice, room))[0]!
  await alice.messages.change(own.id, 'correction', 'mine, put right')
  await until(bob, async () => (await texts(bob, room)).includes('mine, put right'))

  // a look-alike of her nickname is reported as soon as somebody takes it
  await mallory.tell({ do: 'join', room, nick: 'b\u043eb' }, 'joined')
  await expect.poll(() => alice.groups.lookAlikes(group.id)).toEqual({ bob: ['b\u043eb'], 'b\u043eb': ['bob'] })
})
