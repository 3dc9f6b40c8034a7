/** Other transports: WebSocket, proxies, and signing in with a token of the server instead of the password. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AccountSettings } from '../../src/contract/domain.ts'
import { CREDENTIALS, httpProxy, socksProxy } from '../support/proxies.ts'
import { Devices, messages, MODERN, online, openEngine, SERVER, startServer, testFolder, until, type TestServer } from '../support/server.ts'

let server: TestServer
const devices = new Devices()
beforeAll(async () => void (server = await startServer(MODERN)))
afterAll(async () => {
  await devices.end()
  await server.stop()
})

const webSocket = (): string => `wss://localhost:${server.webPort}/${SERVER === 'ejabberd' ? 'ws' : 'xmpp-websocket'}`

/** Signs alice in with those settings, exchanges messages with Bob, and reconnects. */
async function talks(change: Partial<AccountSettings>): Promise<void> {
  const folder = testFolder()
  const alice = await openEngine(folder.path)
  const bob = await devices.signIn(server, 'bob')
  try {
    expect(await alice.signIn({ ...server.settings('alice'), ...change })).toMatchObject({ status: expect.stringMatching(/^(catching-up|online)$/) })
    await online(alice)
    const text = `by ${JSON.stringify(change)} 你好`
    const to = await alice.conversations.start('bob@localhost', 'direct', null)
    await alice.messages.send(to.id, text)
    await until(bob, async () => (await messages(bob, 'alice@localhost')).some((message) => message.text === text))
    const back = await bob.store.read.conversationByJid('alice@localhost')
    await bob.messages.send(back!.id, `answer to ${text}`)
    await until(alice, async () => (await messages(alice, 'bob@localhost')).some((message) => message.text === `answer to ${text}`))
    await alice.disconnect()
    await alice.connect()
    await online(alice)
  } finally {
    await alice.close()
    folder.remove()
  }
}

test('WebSocket at a given address', () => talks({ security: 'websocket', host: webSocket(), port: null }))

test('WebSocket at the address announced by the server (XEP-0156)', () => talks({ security: 'websocket', host: null, port: server.webPort }))

test('an untrusted certificate of a WebSocket is shown, and the connection not used', async () => {
  const folder = testFolder()
  const alice = await openEngine(folder.path)
  const state = await alice.signIn({ ...server.settings('alice'), security: 'websocket', host: webSocket(), port: null, trustedFingerprint: null })
  expect(state).toMatchObject({ status: 'waiting', problem: 'certificate', certificate: { fingerprint: server.fingerprint } })
  await alice.close()
  folder.remove()
})

test.each([
  ['HTTP', httpProxy, 'http'],
  ['SOCKS5', socksProxy, 'socks5']
] as const)('through a proxy: %s, which resolves the name itself', async (_name, start, scheme) => {
  const proxy = await start()
  const secret = encodeURIComponent(CREDENTIALS.password)
  await talks({ host: 'localhost', proxy: `${scheme}://${CREDENTIALS.user}:${secret}@127.0.0.1:${proxy.port}` })
  expect(new Set(proxy.asked)).toEqual(new Set([`localhost:${server.port}`]))
  // a wrong proxy password is no reason to bypass the proxy
  const folder = testFolder()
  const alice = await openEngine(folder.path)
  const state = await alice.signIn({ ...server.settings('alice'), host: 'localhost', proxy: `${scheme}://${CREDENTIALS.user}:wrong@127.0.0.1:${proxy.port}` })
  expect(state).toMatchObject({ status: 'waiting', problem: 'refused', detail: expect.stringContaining('proxy') })
  await alice.close()
  folder.remove()
  proxy.close()
})

test.skipIf(SERVER === 'ejabberd')('the second sign-in does not send the password (XEP-0484)', async () => {
  const folder = testFolder()
  let alice = await openEngine(folder.path)
  await alice.signIn(server.settings('alice'))
  await online(alice)
  // proof: the password stored now would be refused
  await alice.disconnect()
  await alice.store.write.saveAccount({ ...server.settings('alice'), password: 'not the password' })
  await alice.close()
  alice = await openEngine(folder.path)
  await alice.connect()
  await online(alice)
  await alice.close()
  // without the token it is refused
  alice = await openEngine(folder.path)
  await alice.store.write.remember({ name: 'sign-in:alice@localhost', json: 'null' })
  await alice.connect()
  await until(alice, () => Promise.resolve(alice.connection.status === 'waiting' && alice.connection.problem === 'wrong-password'))
  await alice.close()
  folder.remove()
})
