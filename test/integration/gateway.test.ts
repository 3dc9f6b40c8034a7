/** Groups behind a gateway, which returns our own messages under ids that we never assigned. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import { Devices, messages, SERVER, startServer, until, type TestServer } from '../support/server.ts'

const folder = join(import.meta.dirname, '../support/prosody')
const room = 'gateway@rooms.localhost' as Jid

// the gateway is a module of Prosody
describe.skipIf(SERVER === 'ejabberd').each([{ groupsForget: false }, { groupsForget: true }])('a gateway, $groupsForget', (kind) => {
  let server: TestServer
  const devices = new Devices()
  beforeAll(async () => void (server = await startServer({ ...kind, modules: { names: [], folder }, groupModules: ['mnemo_gateway'] })))
  afterAll(async () => {
    await devices.end()
    await server.stop()
  })

  test('own messages are stored once, also equal ones, and after a reconnect', async () => {
    const [alice, bob] = [await devices.signIn(server, 'alice'), await devices.signIn(server, 'bob')]
    const group = await alice.conversations.start(room, 'group', 'alice')
    await bob.conversations.start(room, 'group', 'bob')
    const said = ['one', 'ok', 'ok', 'two']
    for (const text of said) await alice.messages.send(group.id, text)
    const own = async (): Promise<string[]> => (await messages(alice, room)).filter(({ outgoing }) => outgoing).map(({ text, state }) => `${text} ${state}`)
    await until(bob, async () => (await messages(bob, room)).length === said.length)
    await until(alice, async () => (await own()).every((one) => one.endsWith('sent')))
    const { id } = (await messages(bob, room))[0]!
    await bob.messages.send((await bob.store.read.conversationByJid(room))!.id, 'done')
    await until(alice, async () => (await messages(alice, room)).some(({ text }) => text === 'done'))
    expect(await own()).toEqual(said.map((text) => `${text} sent`))
    await alice.disconnect()
    await alice.connect()
    await bob.messages.send((await bob.store.read.conversationByJid(room))!.id, 'again')
    await until(alice, async () => (await messages(alice, room)).some(({ text }) => text === 'again'))
    expect((await messages(alice, room)).map(({ text }) => text)).toEqual([...said, 'done', 'again'])
    expect((await messages(bob, room))[0]?.id).toBe(id)
  })

  test('a message of another device of ours is a separate message', async () => {
    const [alice, phone] = [await devices.signIn(server, 'carol'), await devices.signIn(server, 'carol')]
    const other = 'shared@rooms.localhost' as Jid
    const group = await alice.conversations.start(other, 'group', 'carol')
    await phone.conversations.start(other, 'group', 'carol')
    await alice.messages.send(group.id, 'ok')
    await until(alice, async () => (await messages(alice, other)).some(({ text, state }) => text === 'ok' && state === 'sent'))
    await until(phone, async () => (await messages(phone, other)).length === 1)
    await phone.messages.send((await phone.store.read.conversationByJid(other))!.id, 'ok')
    await until(alice, async () => (await messages(alice, other)).length === 2)
    await until(phone, async () => (await messages(phone, other)).length === 2)
  })
})
