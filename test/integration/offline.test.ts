/** An evening offline: typed messages are sent promptly afterwards. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { messages, online, openEngine, SERVER, startServer, testFolder, texts, until, type TestServer } from '../support/server.ts'

let server: TestServer
const folders = [testFolder(), testFolder()]
beforeAll(async () => {
  server = await startServer()
})
afterAll(async () => {
  await server.stop()
  for (const folder of folders) folder.remove()
})

/** Number of messages; ejabberd's archive in Mnesia gets slower the more it holds. */
const COUNT = SERVER === 'ejabberd' ? 500 : 2000

test('many messages typed offline arrive once and in order, and the queue is empty afterwards', async () => {
  const [alice, bob] = [await openEngine(folders[0]!.path), await openEngine(folders[1]!.path)]
  await alice.signIn(server.settings('alice'))
  await bob.signIn(server.settings('bob'))
  await online(bob)
  const { id } = await alice.conversations.start('bob@localhost', 'direct', null)
  await alice.disconnect()
  const expected = Array.from({ length: COUNT }, (_, i) => `offline ${i}`)
  for (const text of expected) await alice.messages.send(id, text)
  await alice.connect()
  await until(bob, async () => ((await bob.store.read.conversationByJid('alice@localhost'))?.unread ?? 0) >= COUNT, 90_000)
  await until(alice, async () => (await alice.store.read.queued({ after: 0, limit: 1 })).length === 0)
  expect(await texts(bob, 'alice@localhost')).toEqual(expected)
  await until(alice, async () => (await messages(alice, 'bob@localhost')).every(({ state }) => state === 'sent' || state === 'delivered'))
  await alice.close()
  await bob.close()
})
