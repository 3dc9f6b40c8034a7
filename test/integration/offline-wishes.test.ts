/** Actions made offline are sent on the next connection: to the account's other devices and to the people concerned, once, also after a restart. */
import { xml } from '@xmpp/client'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/engine.ts'
import type { Jid } from '../../src/contract/domain.ts'
import { NS } from '../../src/engine/xmpp/stanzas/namespaces.ts'
import { itemsOf, itemsQuery, publish } from '../../src/engine/xmpp/stanzas/pubsub.ts'
import { Devices, messages, online, startServer, texts, until, type TestServer } from '../support/server.ts'

let server: TestServer
let devices: Devices
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())
beforeEach(() => {
  devices = new Devices()
})
afterEach(() => devices.end())

const at = (engine: Engine, jid: string) => engine.store.read.conversationByJid(jid)
const waiting = async (engine: Engine, account: string): Promise<number> => (await engine.store.read.errands(account as Jid)).length

test('reading, leaving, blocking and renaming while offline reach the other device and the sender, also across a restart, and once', async () => {
  const [desk, phone, bob] = [await devices.signIn(server, 'alice'), await devices.signIn(server, 'alice'), await devices.signIn(server, 'bob')]
  const toAlice = await bob.conversations.start('alice@localhost', 'direct', null)
  await bob.messages.send(toAlice.id, 'have you read this?')
  const group = await desk.groups.create({ name: 'To be left', membersOnly: false, invite: [] })
  await until(phone, async () => (await at(phone, group.jid))?.nick === 'alice' && (await texts(phone, 'bob@localhost')).length > 0)
  await until(desk, async () => (await messages(desk, 'bob@localhost')).length > 0)
  expect((await at(phone, 'bob@localhost'))?.unread).toBe(1)

  await desk.disconnect()
  const [got] = await messages(desk, 'bob@localhost')
  await desk.messages.markRead(got!.conversation, got!.id)
  await desk.groups.leave(group.id)
  await desk.people.block('carol@localhost' as Jid, true)
  await desk.people.rename('bob@localhost' as Jid, 'Robert')
  expect(await waiting(desk, 'alice@localhost')).toBe(4)
  expect((await at(bob, 'alice@localhost'))?.seenUpTo ?? 0).toBe(0)

  const again = await devices.again(desk)
  await again.connect()
  await online(again)
  const seen = async (): Promise<boolean> => ((await at(bob, 'alice@localhost'))?.seenUpTo ?? 0) > 0
  await until(bob, seen)
  await until(phone, async () => (await at(phone, 'bob@localhost'))?.unread === 0)
  await until(phone, async () => (await at(phone, group.jid))?.nick === null)
  await until(phone, async () => (await at(phone, 'bob@localhost'))?.name === 'Robert')
  await expect.poll(() => phone.accounts.blocked.map(({ jid }) => jid)).toEqual(['carol@localhost'])
  await expect.poll(() => waiting(again, 'alice@localhost')).toBe(0)
  expect((await at(again, group.jid))?.nick ?? null).toBeNull()

  // nothing is sent twice: later changes of the other device stay
  await phone.people.block('carol@localhost' as Jid, false)
  await phone.people.rename('bob@localhost' as Jid, 'Bob')
  await until(again, async () => (await at(again, 'bob@localhost'))?.name === 'Bob')
  const third = await devices.again(again)
  await third.connect()
  await online(third)
  await until(third, async () => (await at(third, 'bob@localhost'))?.name === 'Bob')
  await expect.poll(() => waiting(third, 'alice@localhost')).toBe(0)
  expect(phone.accounts.blocked).toEqual([])
  expect((await at(phone, 'bob@localhost'))?.name).toBe('Bob')
})

test('reading on a device where an own message of another one was read past already reaches that one and the sender', async () => {
  const [desk, first, bob] = [await devices.signIn(server, 'alice'), await devices.signIn(server, 'alice'), await devices.signIn(server, 'bob')]
  const toAlice = await bob.conversations.start('alice@localhost', 'direct', null)
  const known = await bob.messages.send(toAlice.id, 'known to all')
  for (const device of [desk, first]) {
    await until(device, async () => (await texts(device, 'bob@localhost')).includes(known.text))
    const [got] = await messages(device, 'bob@localhost')
    await device.messages.markRead(got!.conversation, got!.id)
  }
  let phone = first
  for (const [word, isRestarted] of [
    ['while online', false],
    ['after a restart, offline', true]
  ] as const) {
    // written offline, before the other one's message arrives that stands before it in the archive
    await desk.disconnect()
    const answer = await desk.messages.send((await desk.conversations.start('bob@localhost', 'direct', null)).id, `said ${word}`)
    // archives may stamp whole seconds
    await expect.poll(() => Date.now()).toBeGreaterThan(answer.time + 1000)
    const said = await bob.messages.send(toAlice.id, `asked ${word}`)
    await until(phone, async () => (await texts(phone, 'bob@localhost')).includes(said.text))
    await desk.connect()
    await until(desk, async () => (await at(desk, 'bob@localhost'))?.unread === 1)
    await until(phone, async () => (await texts(phone, 'bob@localhost')).at(-1) === answer.text && (await at(phone, 'bob@localhost'))?.unread === 0)
    if (isRestarted) phone = await devices.again(phone)
    const newest = (await messages(phone, 'bob@localhost')).at(-1)!
    await phone.messages.markRead(newest.conversation, newest.id)
    await phone.connect()
    await until(desk, async () => (await at(desk, 'bob@localhost'))?.unread === 0)
    const key = (await messages(bob, 'alice@localhost')).find(({ text }) => text === said.text)!.id
    await until(bob, async () => ((await at(bob, 'alice@localhost'))?.seenUpTo ?? 0) >= key)
    await expect.poll(() => waiting(phone, 'alice@localhost')).toBe(0)
    // told once
    await online(phone)
    await phone.messages.markRead(newest.conversation, newest.id)
    expect(await waiting(phone, 'alice@localhost')).toBe(0)
  }
})

test('a group that is deleted offline is left on all devices, and does not come back', async () => {
  const [desk, phone] = [await devices.signIn(server, 'carol'), await devices.signIn(server, 'carol')]
  const group = await desk.groups.create({ name: 'To be deleted', membersOnly: false, invite: [] })
  await until(phone, async () => (await at(phone, group.jid))?.nick === 'carol')
  await desk.disconnect()
  await desk.conversations.delete(group.id)
  await desk.connect()
  await online(desk)
  await until(phone, async () => (await at(phone, group.jid))?.nick === null)
  await expect.poll(() => waiting(desk, 'carol@localhost')).toBe(0)
  expect((await desk.store.read.conversations()).some(({ jid }) => jid === group.jid)).toBe(false)
})

test('names, extensions and roster groups set by other clients are kept', async () => {
  const desk = await devices.signIn(server, 'bob')
  const { connection } = desk.accounts.of('bob@localhost' as Jid)!
  const group = await desk.groups.create({ name: 'Named by us', membersOnly: false, invite: [] })
  const theirs = xml(
    'conference',
    { xmlns: NS.bookmarks, autojoin: 'true', name: 'Named by another program', 'x-color': 'red' },
    xml('nick', {}, 'bob'),
    xml('extensions', {}, xml('pinned', { xmlns: 'urn:example:pinned' }))
  )
  const kept = async (): Promise<string> => String(itemsOf(await connection.request(itemsQuery(NS.bookmarks, null, group.jid)))[0]?.payload)
  // ours is there first
  await expect.poll(() => kept().catch(String)).toContain('Named by us')
  await connection.request(publish(NS.bookmarks, group.jid, theirs, 'private'))
  await desk.groups.leave(group.id)
  await expect.poll(kept).toContain('autojoin="false"')
  for (const piece of ['Named by another program', 'urn:example:pinned', 'x-color="red"', '<nick>bob</nick>']) expect(await kept()).toContain(piece)
  await desk.conversations.start(group.jid, 'group', null)
  await expect.poll(kept).toContain('autojoin="true"')
  for (const piece of ['Named by another program', 'urn:example:pinned', 'x-color="red"']) expect(await kept()).toContain(piece)

  const rosterItem = async (): Promise<string> =>
    String(
      (await connection.request(xml('iq', { type: 'get' }, xml('query', { xmlns: NS.roster }))))
        .getChild('query')
        ?.getChildren('item')
        .find((item) => item.attrs['jid'] === 'alice@localhost')
    )
  await connection.request(
    xml(
      'iq',
      { type: 'set' },
      xml('query', { xmlns: NS.roster }, xml('item', { jid: 'alice@localhost', name: 'Alice' }, xml('group', {}, 'Family'), xml('group', {}, '同学')))
    )
  )
  await expect.poll(rosterItem).toContain('Family')
  await desk.people.rename('alice@localhost' as Jid, 'Lis')
  await expect.poll(rosterItem).toContain('Lis')
  for (const piece of ['Family', '同学']) expect(await rosterItem()).toContain(piece)
})
