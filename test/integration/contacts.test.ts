/** People to write to: the roster with its groups, members of our groups, and oneself. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import { Devices, messages, startServer, until, type TestServer } from '../support/server.ts'

let server: TestServer
const devices = new Devices()
beforeAll(async () => void (server = await startServer({ strangers: ['mallory'] })))
afterAll(async () => {
  await devices.end()
  await server.stop()
})
const alice = 'alice@localhost' as Jid
const bob = 'bob@localhost' as Jid

test('roster groups are the same on all devices, and survive renaming a contact', async () => {
  const [desk, laptop] = [await devices.signIn(server, 'alice'), await devices.signIn(server, 'alice')]
  const groups = async (engine: typeof desk): Promise<readonly string[]> => (await engine.store.read.contacts()).find(({ jid }) => jid === bob)?.groups ?? []
  await desk.people.setGroups(bob, ['爬山', 'Work'])
  await until(laptop, async () => (await groups(laptop)).join() === 'Work,爬山' || (await groups(laptop)).join() === '爬山,Work')
  await laptop.people.rename(bob, 'Bobby')
  await until(desk, async () => (await desk.store.read.conversationByJid(bob))?.name === 'Bobby')
  expect([...(await groups(desk))].sort()).toEqual(['Work', '爬山'])
  await laptop.people.rename(bob, '')
  await laptop.people.setGroups(bob, [])
  await until(desk, async () => (await groups(desk)).length === 0)
})

test('notes to self are stored once on each device, are sent, and add no contact', async () => {
  const [desk, laptop] = [await devices.signIn(server, 'alice'), await devices.signIn(server, 'alice')]
  const { id } = await desk.conversations.start(alice, 'direct', null)
  const [first, second] = [`note ${randomUUID()}`, `note ${randomUUID()}`]
  await desk.messages.send(id, first)
  const texts = async (engine: typeof desk): Promise<string[]> => (await messages(engine, alice)).map(({ text }) => text)
  await until(laptop, async () => (await texts(laptop)).includes(first))
  await laptop.messages.send((await laptop.store.read.conversationByJid(alice))!.id, second)
  await until(desk, async () => (await texts(desk)).includes(second))
  await until(desk, async () => (await messages(desk, alice)).every(({ state }) => state !== 'queued'))
  const later = await devices.signIn(server, 'alice')
  await until(later, async () => (await texts(later)).length > 0)
  for (const engine of [desk, laptop, later]) {
    expect(await texts(engine)).toEqual([first, second])
    expect((await messages(engine, alice)).every(({ outgoing, state }) => outgoing && (state === 'sent' || state === 'delivered'))).toBe(true)
    expect((await engine.store.read.conversationByJid(alice))?.unread).toBe(0)
    expect((await engine.store.read.contacts()).map(({ jid }) => jid)).not.toContain(alice)
  }
})

test('group members are found by name and initials beside contacts, once each, without the user', async () => {
  const [desk, stranger] = [await devices.signIn(server, 'alice'), await devices.signIn(server, 'mallory')]
  const group = await desk.groups.create({ name: 'Reading', membersOnly: true, invite: ['mallory@localhost' as Jid] })
  await until(stranger, async () => stranger.accounts.invitations.length > 0)
  await stranger.conversations.start(group.jid, 'group', '王小明')
  const found = async (text: string): Promise<string[]> =>
    (await desk.people.find({ text, limit: 50 })).map(({ jid, group: met }) => `${jid}${met === null ? '' : ` in ${met}`}`)
  await until(desk, async () => (await found('wxm')).length > 0)
  expect(await found('wxm')).toEqual([`mallory@localhost in ${group.jid}`])
  const all = await found('')
  expect(all).toEqual(expect.arrayContaining([bob, `mallory@localhost in ${group.jid}`]))
  expect(all.filter((one) => one.startsWith('alice@'))).toEqual([])
  // after a conversation they are no longer known from a group only
  await desk.conversations.start('mallory@localhost', 'direct', null)
  expect((await found('')).filter((one) => one.startsWith('mallory@'))).toEqual(['mallory@localhost'])
})
