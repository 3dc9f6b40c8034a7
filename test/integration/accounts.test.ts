/** Several accounts in one profile: a stream each, one list, one search. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Conversation, Jid } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { Devices, messages, online, openEngine, startServer, testFolder, until, type TestServer } from '../support/server.ts'

const [ALICE, BOB, CAROL] = ['alice@localhost', 'bob@localhost', 'carol@localhost'] as Jid[] as [Jid, Jid, Jid]
let server: TestServer
const devices = new Devices()
beforeAll(async () => void (server = await startServer({ strangers: ['stranger'] })))
afterAll(async () => {
  await devices.end()
  await server.stop()
})

const of = async (engine: Engine, account: Jid, jid: Jid): Promise<Conversation | null> => engine.store.read.conversationByJid(jid, account)
const said = async (engine: Engine, account: Jid, jid: Jid): Promise<string[]> => {
  const conversation = await of(engine, account, jid)
  return conversation === null
    ? []
    : (await engine.store.read.page({ conversation: conversation.id, anchor: { kind: 'newest' }, limit: 200 })).messages.map(
        ({ text, sender, outgoing }) => `${outgoing ? `(${sender}) ` : ''}${text}`
      )
}
const allOnline = (engine: Engine, count: number): Promise<boolean> =>
  until(engine, () => Promise.resolve(engine.accounts.list.length === count && engine.accounts.list.every(({ connection }) => connection.status === 'online')))

test('two accounts side by side: messages to one belong to that one, and a search covers both', async () => {
  const engine = await devices.signIn(server, 'alice')
  expect((await engine.signIn({ ...server.settings('carol'), password: 'wrong' })).status).toBe('waiting')
  expect(engine.accounts.list.map(({ jid }) => jid)).toEqual([ALICE])
  await engine.signIn(server.settings('carol'))
  await allOnline(engine, 2)
  const bob = await devices.signIn(server, 'bob')
  for (const [to, text] of [
    [ALICE, '给 alice 的火锅'],
    [CAROL, '给 carol 的火锅']
  ] as const)
    await bob.messages.send((await bob.conversations.start(to, 'direct', null)).id, text)
  await until(engine, async () => (await said(engine, ALICE, BOB)).length === 1 && (await said(engine, CAROL, BOB)).length === 1)
  expect(await said(engine, ALICE, BOB)).toEqual(['给 alice 的火锅'])
  expect(await said(engine, CAROL, BOB)).toEqual(['给 carol 的火锅'])

  // each account answers under its own address
  for (const [account, text] of [
    [ALICE, 'alice answers'],
    [CAROL, 'carol answers']
  ] as const)
    await engine.messages.send((await of(engine, account, BOB))!.id, text)
  await until(bob, async () => (await messages(bob, ALICE)).length === 2 && (await messages(bob, CAROL)).length === 2)
  expect((await messages(bob, ALICE)).map(({ text }) => text)).toEqual(['给 alice 的火锅', 'alice answers'])
  expect((await messages(bob, CAROL)).map(({ text }) => text)).toEqual(['给 carol 的火锅', 'carol answers'])
  expect(await said(engine, CAROL, BOB)).toEqual(['给 carol 的火锅', `(${CAROL}) carol answers`])
  expect((await engine.store.find.search({ query: '火锅', limit: 10, total: true })).total).toBe(2)

  // the two accounts may write to each other, too
  await engine.messages.send((await engine.conversations.start(CAROL, 'direct', null, null, ALICE)).id, 'to myself')
  await until(engine, async () => (await said(engine, CAROL, ALICE)).length === 1)
  expect(await said(engine, ALICE, CAROL)).toEqual([`(${ALICE}) to myself`])
  expect(await said(engine, CAROL, ALICE)).toEqual(['to myself'])
})

test('messages written before there was an account are sent by the first one that signs in', async () => {
  const folder = testFolder()
  const engine = await openEngine(folder.path)
  const { id } = await engine.conversations.start(BOB, 'direct', null)
  await engine.messages.send(id, 'typed before signing in')
  // a wrong password is not stored
  expect((await engine.signIn({ ...server.settings('alice'), password: 'wrong' })).status).toBe('waiting')
  await engine.signIn(server.settings('carol'))
  const bob = devices.engines[1]!
  await until(bob, async () => (await messages(bob, CAROL)).some(({ text }) => text === 'typed before signing in'))
  expect((await messages(bob, ALICE)).some(({ text }) => text === 'typed before signing in')).toBe(false)
  expect((await engine.store.read.conversation(id))?.account).toBe(CAROL)
  await engine.close()
  folder.remove()
})

test('both accounts in one group; contacts, blocking and requests are separate per account', async () => {
  const engine = devices.engines[0]!
  const room = `both-${randomUUID()}@rooms.localhost` as Jid
  const group = await engine.conversations.start(room, 'group', 'alice', null, ALICE)
  const same = await engine.conversations.start(room, 'group', 'carol', null, CAROL)
  expect(same.id).not.toBe(group.id)
  await engine.messages.send(group.id, 'from alice')
  await until(engine, async () => (await said(engine, CAROL, room)).length === 1)
  await engine.messages.send(same.id, 'from carol')
  for (const account of [ALICE, CAROL]) await until(engine, async () => (await said(engine, account, room)).length === 2)
  expect(await said(engine, CAROL, room)).toEqual(['from alice', `(${room}/carol) from carol`])

  await engine.people.block(BOB, true, CAROL)
  expect(engine.accounts.blocked).toEqual([{ account: CAROL, jid: BOB }])
  const bob = devices.engines[1]!
  for (const to of [CAROL, ALICE]) await bob.messages.send((await bob.conversations.start(to, 'direct', null)).id, `are you there, ${to}?`)
  await until(engine, async () => (await said(engine, ALICE, BOB)).includes(`are you there, ${ALICE}?`))
  expect(await said(engine, CAROL, BOB)).not.toContain(`are you there, ${CAROL}?`)
  await engine.people.block(BOB, false, CAROL)

  const stranger = await devices.signIn(server, 'stranger')
  await stranger.conversations.start(CAROL, 'direct', null)
  await until(engine, () => Promise.resolve(engine.accounts.requests.length > 0))
  expect(engine.accounts.requests).toEqual([{ account: CAROL, jid: 'stranger@localhost' }])
  await engine.people.answerRequest('stranger@localhost' as Jid, true, CAROL)
  expect((await engine.store.read.contacts(ALICE)).map(({ jid }) => jid)).not.toContain('stranger@localhost')
})

test('both accounts return after a restart; signing out keeps the history, and nothing more is sent from that account', async () => {
  const engine = await devices.again(devices.engines[0]!)
  const { id } = (await of(engine, CAROL, BOB))!
  await engine.messages.send(id, 'typed offline')
  await engine.connect()
  await allOnline(engine, 2)
  const bob = devices.engines[1]!
  await until(bob, async () => (await messages(bob, CAROL)).some(({ text }) => text === 'typed offline'))
  await engine.signOut(CAROL)
  expect(engine.accounts.list.map(({ jid }) => jid)).toEqual([ALICE])
  expect((await said(engine, CAROL, BOB)).at(-1)).toBe(`(${CAROL}) typed offline`)
  expect((await engine.store.find.search({ query: '火锅', limit: 10, total: true })).total).toBe(2)
  await bob.messages.send((await bob.conversations.start(CAROL, 'direct', null)).id, 'nobody is there')
  await bob.messages.send((await bob.conversations.start(ALICE, 'direct', null)).id, 'but you are')
  await until(engine, async () => (await said(engine, ALICE, BOB)).includes('but you are'))
  expect(await said(engine, CAROL, BOB)).not.toContain('nobody is there')
  // signed in again, it continues where it was
  await engine.signIn(server.settings('carol'))
  await until(engine, async () => (await said(engine, CAROL, BOB)).includes('nobody is there'))
  expect((await said(engine, CAROL, BOB)).filter((text) => text.includes('carol answers'))).toHaveLength(1)
  await online(engine)
})
