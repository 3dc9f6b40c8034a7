/** A message shown as delivered is stored at the other side, whatever happens to the streams and whatever its time stamp. */
import { xml } from '@xmpp/client'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { Connection } from '../../src/engine/xmpp/stream/connection.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { FaultyProxy } from '../faults/proxy.ts'
import { foreignClient } from '../support/foreign.ts'
import { Devices, messages, online, openEngine, startServer, testFolder, texts, until, type TestServer } from '../support/server.ts'

let server: TestServer
let devices: Devices
beforeAll(async () => {
  server = await startServer({ strangers: ['mallory'] })
  // more than one page of an archive: there is a gap below the newest page
  const carol = await foreignClient(server, 'carol')
  await carol.tell({ do: 'send', to: 'alice@localhost', bodies: Array.from({ length: 520 }, (_, i) => `n${i}`) }, 'sent')
  await carol.quit()
})
afterAll(() => server.stop())
beforeEach(() => {
  devices = new Devices()
})
afterEach(() => devices.end())

/** A device that does not fetch all history, so that a gap in its archive remains. */
async function aliceWithHole(): Promise<Engine> {
  const folder = testFolder()
  devices.folders.push(folder)
  const alice = await openEngine(folder.path)
  devices.engines.push(alice)
  await alice.store.write.changeSettings({ keepHistory: false })
  await alice.signIn(server.settings('alice'))
  await online(alice)
  expect((await alice.store.read.archiveProgress('alice@localhost', 'alice@localhost')).hole).not.toBeNull()
  return alice
}

async function connected(user: string): Promise<Connection> {
  const connection = new Connection(server.settings(user))
  const ready = new Promise<void>((resolve) => connection.once('ready', () => resolve()))
  connection.start()
  await ready
  await connection.send(xml('presence'))
  return connection
}

const has = (engine: Engine, peer: string, text: string): Promise<true> => until(engine, async () => (await texts(engine, peer)).includes(text))

test('a live message is stored whatever its delay stamp: by its sender, our server, nobody, in the past or in the future', async () => {
  const alice = await aliceWithHole()
  const mallory = await connected('mallory')
  const stamps = ['2010-01-01T00:00:00Z', new Date(Date.now() - 5000).toISOString(), '2099-01-01T00:00:00Z', 'yesterday']
  const by = [{ from: 'mallory@localhost/x' }, { from: 'localhost' }, { from: 'alice@localhost' }, {}]
  const sent: string[] = []
  for (const stamp of stamps)
    for (const from of by) {
      sent.push(`held ${sent.length}`)
      await mallory.send(
        xml(
          'message',
          { to: 'alice@localhost', type: 'chat', id: sent.at(-1) },
          xml('body', {}, sent.at(-1) ?? ''),
          xml('delay', { xmlns: 'urn:xmpp:delay', stamp, ...from })
        )
      )
    }
  await mallory.send(xml('message', { to: 'alice@localhost', type: 'chat' }, xml('body', {}, 'last')))
  await has(alice, 'mallory@localhost', 'last')
  expect((await texts(alice, 'mallory@localhost')).filter((text) => text.startsWith('held')).sort()).toEqual([...sent].sort())
  await mallory.stop()
})

test('with a short network failure between two clients, every message shown as delivered is stored on the other side', async () => {
  const alice = await aliceWithHole()
  const proxy = new FaultyProxy(server.port)
  await proxy.start()
  const bob = await devices.signIn({ ...server, settings: (user) => ({ ...server.settings(user), port: proxy.port }) }, 'bob')
  const toAlice = await bob.conversations.start('alice@localhost', 'direct', null)
  await bob.messages.send(toAlice.id, 'one')
  await has(alice, 'bob@localhost', 'one')
  proxy.stall(true)
  await bob.messages.send(toAlice.id, 'two, into a stream that is dead')
  proxy.stall(false)
  proxy.cut()
  await bob.messages.send(toAlice.id, 'three')
  await has(alice, 'bob@localhost', 'three')
  await until(bob, async () => (await messages(bob, 'alice@localhost')).every(({ state }) => state === 'delivered'))
  expect(await texts(alice, 'bob@localhost')).toEqual(await texts(bob, 'alice@localhost'))
  const back = await devices.again(alice)
  await back.connect()
  await online(back)
  expect(await texts(back, 'bob@localhost')).toEqual(await texts(bob, 'alice@localhost'))
  proxy.stop()
})
