/** Nothing is lost or misplaced: groups without an archive, invitations and private messages received while offline, subjects. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { foreignClient, type Foreign } from '../support/foreign.ts'
import type { Jid } from '../../src/contract/domain.ts'
import { Devices, messages, online, startServer, texts, until, type TestServer } from '../support/server.ts'

let server: TestServer
let devices: Devices
let bob: Foreign
beforeAll(async () => {
  server = await startServer()
  bob = await foreignClient(server, 'bob')
})
afterAll(async () => {
  await bob.quit()
  await server.stop()
})
beforeEach(() => {
  devices = new Devices()
})
afterEach(() => devices.end())

const field = (name: string, value: string): string => `<field var='${name}'><value>${value}</value></field>`
const raw = (xml: string): Promise<void> => bob.tell({ do: 'raw', xml }, 'done')
const configure = (room: string, fields: string): Promise<void> =>
  raw(
    `<iq type='set' id='c-${room}' to='${room}'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>${field('FORM_TYPE', 'http://jabber.org/protocol/muc#roomconfig')}${fields}</x></query></iq>`
  )
/** Sends to everyone in a group, without an id if the client sets none. */
const say = (room: string, text: string, id: string | null = text): Promise<void> =>
  raw(`<message type='groupchat' to='${room}'${id === null ? '' : ` id='${id}'`}><body>${text}</body></message>`)

test('a group without an archive resends messages missed while offline, and they are stored once', async () => {
  const room = 'nolog@rooms.localhost'
  await bob.tell({ do: 'join', room, nick: 'bob' }, 'joined')
  await configure(
    room,
    field('muc#roomconfig_enablearchiving', '0') + field('muc#roomconfig_persistentroom', '1') + field('muc#roomconfig_historylength', '100')
  )
  await say(room, 'h1')
  await bob.waitFor(({ body }) => body === 'h1')
  let alice = await devices.signIn(server, 'alice')
  const group = await alice.conversations.start(room, 'group', 'alice')
  await until(alice, async () => (await texts(alice, room)).includes('h1'))
  await say(room, 'h2')
  await say(room, 'no id', null)
  await until(alice, async () => (await texts(alice, room)).includes('no id'))
  await alice.messages.send(group.id, 'mine')
  await until(alice, async () => (await texts(alice, room)).length === 4 && (await messages(alice, room)).every(({ state }) => state !== 'queued'))
  // more than a room sends unasked
  const missed = Array.from({ length: 40 }, (_, i) => `missed ${i}`)
  alice = await devices.again(alice, async () => {
    for (const text of [...missed, 'h3']) await say(room, text)
    await bob.waitFor(({ body }) => body === 'h3')
  })
  for (let round = 0; round < 2; round++) {
    await alice.connect()
    await online(alice)
    await until(alice, async () => (await texts(alice, room)).includes('h3'))
    await say(room, `live ${round}`)
    await until(alice, async () => (await texts(alice, room)).includes(`live ${round}`))
    await alice.disconnect()
  }
  expect(await texts(alice, room)).toEqual(['h1', 'h2', 'no id', 'mine', ...missed, 'h3', 'live 0', 'live 1'])
})

test('an invitation that was received while offline remains, also after another restart, and the messages of its group arrive', async () => {
  const room = 'party@rooms.localhost'
  const carol = await devices.signIn(server, 'carol')
  let later = await devices.again(carol, async () => {
    await bob.tell({ do: 'join', room, nick: 'bob' }, 'joined')
    await configure(room, field('muc#roomconfig_membersonly', '1'))
    await raw(`<message to='${room}'><x xmlns='http://jabber.org/protocol/muc#user'><invite to='carol@localhost'><reason>come</reason></invite></x></message>`)
    await say(room, 'welcome')
    await bob.waitFor(({ body }) => body === 'welcome')
  })
  await later.connect()
  await online(later)
  await until(later, () => Promise.resolve(later.accounts.invitations.length > 0))
  expect(await later.store.read.conversationByJid(room)).toBeNull()
  later = await devices.again(later)
  await later.connect()
  await online(later)
  expect(later.accounts.invitations).toMatchObject([{ group: room, reason: 'come' }])
  await later.groups.answerInvitation(room as Jid, true, 'carol@localhost' as Jid)
  const group = (await later.store.read.conversationByJid(room))!
  expect(group).toMatchObject({ kind: 'group', nick: 'carol' })
  await later.messages.send(group.id, 'hello from carol')
  await bob.waitFor(({ body, type }) => body === 'hello from carol' && type === 'groupchat')
  expect(later.accounts.invitations).toEqual([])
})

test('private messages in a group are in a conversation with the occupant, also on a device that does not know the group, and so is the reply', async () => {
  const room = 'pm@rooms.localhost'
  await bob.tell({ do: 'join', room, nick: 'bobby' }, 'joined')
  const first = await devices.signIn(server, 'alice')
  await first.conversations.start(room, 'group', 'alice')
  for (const [text, mark] of [
    ['psst', "<x xmlns='http://jabber.org/protocol/muc#user'/>"],
    ['unmarked', '']
  ] as const)
    await raw(`<message type='chat' to='${room}/alice' id='${text}'><body>${text}</body>${mark}</message>`)
  await until(first, async () => (await texts(first, `${room}/bobby`)).length === 2)
  const second = await devices.signIn(server, 'alice')
  await until(second, async () => (await texts(second, `${room}/bobby`)).length === 2)
  await until(second, async () => (await second.store.read.conversationByJid(room))?.kind === 'group')
  expect(await texts(second, room)).toEqual([])
  const private_ = (await second.store.read.conversationByJid(`${room}/bobby`))!
  await second.messages.send(private_.id, 'psst yourself')
  await bob.waitFor(({ body, type }) => body === 'psst yourself' && type === 'chat')
  // to an occupant who has left: refused, and shown as such
  await bob.tell({ do: 'raw', xml: `<presence type='unavailable' to='${room}/bobby'/>` }, 'done')
  await second.messages.send(private_.id, 'are you there?')
  await until(second, async () => (await messages(second, `${room}/bobby`)).at(-1)?.state === 'failed')
})

test('a subject is the first line of a message, or a message by itself', async () => {
  const alice = await devices.signIn(server, 'alice')
  await raw(`<message to='alice@localhost'><subject>Build 812 failed</subject><body>see the log</body></message>`)
  await raw(`<message to='alice@localhost'><subject>Server restarts at nine</subject></message>`)
  await until(alice, async () => (await texts(alice, 'bob@localhost')).includes('Server restarts at nine'))
  expect(await texts(alice, 'bob@localhost')).toContain('Build 812 failed\nsee the log')
  await until(alice, async () => (await alice.store.find.search({ query: '"Build 812"', limit: 1, total: true })).total === 1)
})

test('the text of an invitation is also a message', async () => {
  const alice = await devices.signIn(server, 'alice')
  await raw(
    `<message to='alice@localhost' type='chat' id='tea'><body>come along, bring tea</body><x xmlns='jabber:x:conference' jid='tea@rooms.localhost'/></message>`
  )
  await until(alice, async () => (await texts(alice, 'bob@localhost')).includes('come along, bring tea'))
  expect(alice.accounts.invitations).toMatchObject([{ group: 'tea@rooms.localhost', from: 'bob@localhost' }])
})
