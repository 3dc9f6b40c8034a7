/** Texts longer than the server accepts, at its default limits: each fails alone, and all others pass. */
import { xml } from '@xmpp/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Conversation, Message } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { EngineError } from '../../src/engine/scope.ts'
import { hostileServer } from '../support/hostile-server.ts'
import { Devices, messages, online, openEngine, startServer, testFolder, texts, until, type TestServer } from '../support/server.ts'

let server: TestServer
const devices = new Devices()
let alice: Engine
let bob: Engine
let toBob: Conversation
beforeAll(async () => {
  server = await startServer()
  alice = await devices.signIn(server, 'alice')
  bob = await devices.signIn(server, 'bob')
  toBob = await alice.conversations.start('bob@localhost', 'direct', null)
})
afterAll(async () => {
  await devices.end()
  await server.stop()
})

/** Text of 300,000 bytes in UTF-8; the servers accept 262,144. */
const LONG = '长'.repeat(100_000)
const own = async (engine: Engine): Promise<Message[]> => (await messages(engine, 'bob@localhost')).filter((message) => message.outgoing)
const stateOf = async (engine: Engine, text: string): Promise<Message | undefined> => (await own(engine)).find((message) => message.text === text)

test('a text that is too long fails once, with its reason; those before and after it are sent in order, and the next one is refused before sending', async () => {
  let lost = 0
  alice.accounts.sessions[0]?.connection.on('lost', () => lost++)
  await alice.messages.send(toBob.id, 'before')
  await alice.messages.send(toBob.id, LONG)
  for (let i = 0; i < 20; i++) await alice.messages.send(toBob.id, `after ${i}`)
  const wanted = ['before', ...Array.from({ length: 20 }, (_, i) => `after ${i}`)]
  await until(bob, async () => (await texts(bob, 'alice@localhost')).length === wanted.length)
  expect(await texts(bob, 'alice@localhost')).toEqual(wanted)
  await until(alice, async () => (await stateOf(alice, LONG))?.state === 'failed')
  expect(await stateOf(alice, LONG)).toMatchObject({ state: 'failed', error: 'too-large' })
  // learning the limit cost one stream; a TCP reset may overtake the server's error, up to three times
  const price = lost
  expect(price).toBeGreaterThan(0)
  expect(price).toBeLessThanOrEqual(3)
  await expect(alice.messages.send(toBob.id, LONG)).rejects.toThrow(EngineError)
  // sent again unchanged, it fails at once and costs no stream
  await alice.messages.retry((await stateOf(alice, LONG))!.id)
  await until(alice, async () => (await stateOf(alice, LONG))?.state === 'failed')
  expect(lost).toBe(price)
  await until(alice, async () => (await own(alice)).every(({ text, state }) => text === LONG || state === 'sent' || state === 'delivered'))
})

test('it is sent as a file, complete', async () => {
  await alice.messages.sendAsFile(toBob.id, LONG)
  const file = await until(
    bob,
    async () => (await messages(bob, 'alice@localhost')).find(({ attachments }) => attachments[0]?.name === 'text.txt')?.attachments[0]
  )
  expect(file.bytes).toBe(300_000)
})

test('the learned limit survives a restart, and counts bytes', async () => {
  alice = await devices.again(alice)
  await alice.connect()
  await expect(alice.messages.send(toBob.id, LONG)).rejects.toThrow('longer')
  // as many characters, a third of the bytes
  const latin = 'a'.repeat(100_000)
  await alice.messages.send(toBob.id, latin)
  await until(bob, async () => (await texts(bob, 'alice@localhost')).includes(latin))
  // a correction does not circumvent the limit
  await until(alice, async () => (await stateOf(alice, latin))?.state === 'delivered')
  await expect(alice.messages.change((await stateOf(alice, latin))!.id, 'correction', LONG)).rejects.toThrow('longer')
})

test('several long texts queued offline fail alone', async () => {
  const carol = await devices.signIn(server, 'carol')
  const { id } = await carol.conversations.start('bob@localhost', 'direct', null)
  await carol.disconnect()
  const long = [1, 2, 3].map((i) => `${i}${'长'.repeat(90_000 + i * 10_000)}`)
  for (const [i, text] of long.entries()) {
    await carol.messages.send(id, text)
    await carol.messages.send(id, `short ${i}`)
  }
  await carol.connect()
  await until(bob, async () => (await texts(bob, 'carol@localhost')).filter((text) => text.startsWith('short')).length === 3)
  await until(carol, async () => (await own(carol)).filter(({ state }) => state === 'failed').length === 3)
  expect((await own(carol)).map(({ text, state, error }) => [text.slice(0, 7), state === 'failed', error])).toEqual(
    long.flatMap((text, i) => [
      [text.slice(0, 7), true, 'too-large'],
      [`short ${i}`, false, null]
    ])
  )
})

test('any request that is too long is refused, and the stream stays', async () => {
  const [session] = alice.accounts.sessions
  await until(alice, () => Promise.resolve(session?.connection.isReady))
  const stanza = xml('iq', { type: 'set' }, xml('query', { xmlns: 'jabber:iq:private' }, LONG + LONG))
  await expect(session?.connection.request(stanza)).rejects.toMatchObject({ condition: 'too-large' })
  expect(session?.connection.isReady).toBe(true)
})

test('a limit announced by the server (XEP-0478) applies from the first message on', async () => {
  const announcing = await hostileServer()
  announcing.features = `<limits xmlns='urn:xmpp:stream-limits:0'><max-bytes>20000</max-bytes></limits>`
  const folder = testFolder()
  const engine = await openEngine(folder.path)
  await engine.signIn(announcing.settings)
  await online(engine)
  const { id } = await engine.conversations.start('bob@evil.example', 'direct', null)
  await expect(engine.messages.send(id, '长'.repeat(6800))).rejects.toThrow('longer')
  expect(await engine.messages.send(id, '长'.repeat(6200))).toMatchObject({ state: 'queued' })
  expect(announcing.streams).toBe(1)
  // known before the next stream, and forgotten when the server no longer announces it
  await engine.disconnect()
  await engine.connect()
  await online(engine)
  await expect(engine.messages.send(id, '长'.repeat(6800))).rejects.toThrow('longer')
  announcing.features = ''
  await engine.disconnect()
  await engine.connect()
  await online(engine)
  expect(await engine.messages.send(id, '长'.repeat(6800))).toMatchObject({ state: 'queued' })
  await engine.close()
  folder.remove()
  announcing.close()
})

test('a message that ends its stream each time is given up after three attempts, and only that one; the wait grows meanwhile', async () => {
  const hostile = await hostileServer()
  hostile.poison = 'poison'
  const folder = testFolder()
  const engine = await openEngine(folder.path)
  await engine.signIn(hostile.settings)
  await online(engine)
  const waits: number[] = []
  engine.accounts.sessions[0]?.connection.on('state', (state) => {
    if (state.status === 'waiting') waits.push((state.retryAt ?? 0) - Date.now())
  })
  const { id } = await engine.conversations.start('bob@evil.example', 'direct', null)
  for (const text of ['one', 'poison', 'two', 'three']) await engine.messages.send(id, text)
  const all = await until(
    engine,
    async () => {
      const now = await messages(engine, 'bob@evil.example')
      return now.every(({ state }) => state !== 'queued') && now
    },
    60_000
  )
  expect(all.map(({ text, state, error }) => [text, state, error])).toEqual([
    ['one', 'sent', null],
    ['poison', 'failed', 'ends-the-stream'],
    ['two', 'sent', null],
    ['three', 'sent', null]
  ])
  expect(hostile.streams).toBe(4)
  expect(waits).toHaveLength(3)
  // each wait is between half and all of 1, 2 and 4 s
  expect(waits[1]).toBeGreaterThan(900)
  expect(waits[2]).toBeGreaterThan(1900)
  await engine.close()
  folder.remove()
  hostile.close()
})
