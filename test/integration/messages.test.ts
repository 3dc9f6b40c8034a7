import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { Devices, messages, online, openEngine, startServer, testFolder, texts, until, type TestServer } from '../support/server.ts'

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

const signedIn = (user: string): Promise<Engine> => devices.signIn(server, user)

const again = (engine: Engine, meanwhile?: () => Promise<void>): Promise<Engine> => devices.again(engine, meanwhile)

async function write(engine: Engine, jid: string, text: string): Promise<void> {
  const conversation = await engine.conversations.start(jid, 'direct', null)
  await engine.messages.send(conversation.id, text)
}

test('a message arrives and is shown as delivered', async () => {
  const [alice, bob] = [await signedIn('alice'), await signedIn('bob')]
  await write(alice, 'bob@localhost', '你好 Bob 👋 <&> "quotes"\nsecond line')
  const [got] = await until(bob, async () => (await messages(bob, 'alice@localhost')).length === 1 && messages(bob, 'alice@localhost'))
  expect(got).toMatchObject({ text: '你好 Bob 👋 <&> "quotes"\nsecond line', outgoing: false, senderName: 'Alice' })
  await until(alice, async () => (await messages(alice, 'bob@localhost')).at(-1)?.state === 'delivered')
  expect((await bob.store.read.conversationByJid('alice@localhost'))?.unread).toBe(1)
})

test('a second device gets sent and received messages of the first, once', async () => {
  const [first, second, bob] = [await signedIn('alice'), await signedIn('alice'), await signedIn('bob')]
  await write(first, 'bob@localhost', 'from my phone')
  await until(second, async () => (await texts(second, 'bob@localhost')).includes('from my phone'))
  expect((await messages(second, 'bob@localhost')).find((m) => m.text === 'from my phone')?.outgoing).toBe(true)
  await write(bob, 'alice@localhost', 'to both')
  for (const device of [first, second]) await until(device, async () => (await texts(device, 'bob@localhost')).includes('to both'))
  const reopened = await again(first)
  await reopened.connect()
  await online(reopened)
  const list = await texts(reopened, 'bob@localhost')
  expect(new Set(list).size).toBe(list.length)
})

test('messages sent while we were offline arrive on the next connection, once and in order', async () => {
  const [alice, bob] = [await signedIn('alice'), await signedIn('bob')]
  await write(bob, 'alice@localhost', 'away 0')
  await until(alice, async () => (await texts(alice, 'bob@localhost')).includes('away 0'))
  const back = await again(alice, async () => {
    for (let i = 1; i <= 450; i++) await write(bob, 'alice@localhost', `away ${i}`)
    await until(bob, async () => (await messages(bob, 'alice@localhost')).every((m) => m.state !== 'queued'))
  })
  await back.connect()
  await online(back)
  const list = (await texts(back, 'bob@localhost')).filter((text) => text.startsWith('away'))
  expect(list).toEqual(Array.from({ length: 451 }, (_, i) => `away ${i}`))
  expect((await back.store.read.conversationByJid('bob@localhost'))?.unread).toBeGreaterThanOrEqual(450)
})

test('a new device fills its history from the archive, newest first, without counting it as unread', async () => {
  const bob = await signedIn('bob')
  for (let i = 0; i < 300; i++) await write(bob, 'carol@localhost', `old ${i}`)
  await until(bob, async () => (await messages(bob, 'carol@localhost')).every((m) => m.state !== 'queued'))
  const carol = await signedIn('carol')
  await until(carol, async () => (await texts(carol, 'bob@localhost')).length >= 300)
  expect((await texts(carol, 'bob@localhost')).filter((t) => t.startsWith('old'))).toEqual(Array.from({ length: 300 }, (_, i) => `old ${i}`))
  await until(carol, async () => (await carol.store.read.archiveProgress('carol@localhost')).hole === null)
  expect(await carol.store.read.missingHistory()).toEqual([])
})

test('with full history off, only viewed pages are fetched, until it is turned on', async () => {
  // a connected device receives them, so that the server stores none for the next one (XEP-0160)
  const [alice] = [await signedIn('alice'), await signedIn('carol')]
  const { id } = await alice.store.write.ensureConversation({ jid: 'carol@localhost' as Jid, kind: 'direct', name: '', nick: null })
  for (let i = 0; i < 720; i++) await alice.messages.send(id, `many ${i}`)
  await until(alice, async () => (await messages(alice, 'carol@localhost')).every((m) => m.state !== 'queued'))
  const folder = testFolder()
  const carol = await openEngine(folder.path)
  await carol.store.write.changeSettings({ keepHistory: false })
  await carol.signIn(server.settings('carol'))
  await online(carol)
  const conversation = (await carol.store.read.conversationByJid('alice@localhost'))!
  const many = async (): Promise<string[]> => (await texts(carol, 'alice@localhost')).filter((text) => text.startsWith('many'))
  // one page of the newest, however large the server makes it
  const newest = (count: number): string[] => Array.from({ length: count }, (_, i) => `many ${720 - count + i}`)
  const first = await many()
  expect(first.length).toBeGreaterThan(0)
  expect(first.length).toBeLessThan(720)
  expect(first).toEqual(newest(first.length))
  expect((await carol.store.read.missingHistory()).map(({ jid }) => jid)).toEqual(['carol@localhost'])
  expect(await carol.conversations.older(conversation.id)).toBe(true)
  const second = await many()
  expect(second.length).toBeGreaterThan(first.length)
  expect(second).toEqual(newest(second.length))
  await carol.store.write.changeSettings({ keepHistory: true })
  await carol.conversations.fillHistory()
  await until(carol, async () => (await many()).length === 720)
  await until(carol, async () => (await carol.store.read.missingHistory()).length === 0)
  expect(await carol.conversations.older(conversation.id)).toBe(false)
  expect(await many()).toEqual(Array.from({ length: 720 }, (_, i) => `many ${i}`))
  await carol.close()
  folder.remove()
})

test('a message typed offline survives a restart and is sent once when the server is back', async () => {
  const [alice, bob] = [await signedIn('alice'), await signedIn('bob')]
  await write(alice, 'bob@localhost', 'before')
  await until(bob, async () => (await texts(bob, 'alice@localhost')).includes('before'))
  await alice.disconnect()
  await write(alice, 'bob@localhost', 'typed offline 一')
  await write(alice, 'bob@localhost', 'typed offline 二')
  expect((await messages(alice, 'bob@localhost')).slice(-2).map((m) => m.state)).toEqual(['queued', 'queued'])
  const back = await again(alice)
  await back.connect()
  await online(back)
  await until(bob, async () => (await texts(bob, 'alice@localhost')).filter((t) => t.startsWith('typed offline')).length === 2)
  await until(back, async () => (await messages(back, 'bob@localhost')).every((m) => m.state !== 'queued'))
  expect((await texts(bob, 'alice@localhost')).filter((t) => t.startsWith('typed offline'))).toEqual(['typed offline 一', 'typed offline 二'])
})

test('a message that the server accepted without a confirmation is not sent twice', async () => {
  const [alice, bob] = [await signedIn('alice'), await signedIn('bob')]
  await write(alice, 'bob@localhost', 'only once')
  await until(bob, async () => (await texts(bob, 'alice@localhost')).includes('only once'))
  const conversation = await alice.store.read.conversationByJid('bob@localhost')
  const row = (await messages(alice, 'bob@localhost')).at(-1)
  expect(row?.text).toBe('only once')
  // the state that a crash between sending and acknowledgement leaves
  await alice.store.write.transition({ conversation: conversation!.jid, originId: row!.key.slice(1), state: 'queued', error: null })
  const back = await again(alice)
  await back.connect()
  await online(back)
  await until(back, async () => (await messages(back, 'bob@localhost')).every((m) => m.state !== 'queued'))
  await write(back, 'bob@localhost', 'and after')
  await until(bob, async () => (await texts(bob, 'alice@localhost')).includes('and after'))
  expect((await texts(bob, 'alice@localhost')).filter((t) => t === 'only once')).toHaveLength(1)
})

test('a group: joining, talking, catching up; own messages are stored once', async () => {
  const [alice, bob] = [await signedIn('alice'), await signedIn('bob')]
  const room = 'lunch@rooms.localhost'
  const a = await alice.conversations.start(room, 'group', 'alice')
  const b = await bob.conversations.start(room, 'group', 'bob')
  await alice.messages.send(a.id, '今天吃什么？')
  await until(bob, async () => (await texts(bob, room)).includes('今天吃什么？'))
  await bob.messages.send(b.id, 'noodles')
  await until(alice, async () => (await texts(alice, room)).includes('noodles'))
  await until(alice, async () => (await messages(alice, room)).every((m) => m.state !== 'queued'))
  // the roster's name, once the room has shown whose nickname it is
  await expect
    .poll(async () => (await messages(alice, room)).map((m) => [m.senderName, m.text, m.outgoing]))
    .toEqual([
      ['alice', '今天吃什么？', true],
      ['Bob', 'noodles', false]
    ])
  const back = await again(alice, async () => {
    await bob.messages.send(b.id, 'while you were away')
    await until(bob, async () => (await messages(bob, room)).every((m) => m.state !== 'queued'))
  })
  await back.connect()
  await until(back, async () => (await texts(back, room)).includes('while you were away'))
  expect(await texts(back, room)).toEqual(['今天吃什么？', 'noodles', 'while you were away'])
})

test('a message to nobody fails with the reason', async () => {
  const alice = await signedIn('alice')
  await write(alice, 'nobody@localhost', 'anyone?')
  const failed = await until(alice, async () => (await messages(alice, 'nobody@localhost')).find((m) => m.state === 'failed'))
  expect(failed.error).not.toBe('')
  await alice.messages.discard(failed.id)
  expect(await texts(alice, 'nobody@localhost')).toEqual([])
})
