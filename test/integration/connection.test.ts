import { createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { Connection } from '../../src/engine/xmpp/stream/connection.ts'
import { SecureSocket } from '../../src/engine/xmpp/stream/secure-socket.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { itemsQuery } from '../../src/engine/xmpp/stanzas/pubsub.ts'
import { freePort } from '../../src/demo/prosody.ts'
import { online, openEngine, startServer, testFolder, until, type TestFolder, type TestServer } from '../support/server.ts'

let server: TestServer
let folder: TestFolder
let engine: Engine

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())
beforeEach(async () => {
  folder = testFolder()
  engine = await openEngine(folder.path)
})
afterEach(async () => {
  await engine.close()
  folder.remove()
})

test('signs in over STARTTLS with SCRAM and remembers the account', async () => {
  await engine.signIn(server.settings('alice'))
  await online(engine)
  expect(engine.account?.jid).toBe('alice@localhost')
  await engine.close()
  engine = await openEngine(folder.path)
  await engine.connect()
  await online(engine)
})

test('signs in over direct TLS', async () => {
  await engine.signIn({ ...server.settings('alice'), port: server.tlsPort, security: 'direct-tls' })
  await online(engine)
})

test('the roster and presence of contacts arrive', async () => {
  const other = testFolder()
  const bob = await openEngine(other.path)
  await bob.signIn(server.settings('bob'))
  await engine.signIn(server.settings('alice'))
  await online(engine)
  await until(engine, () => Promise.resolve(engine.accounts.presence.get('bob@localhost') === 'online'))
  expect((await engine.store.read.conversationByJid('bob@localhost'))?.name).toBe('Bob')
  await bob.close()
  await until(engine, () => Promise.resolve(engine.accounts.presence.get('bob@localhost') === undefined))
  other.remove()
})

const problem = async (change: Partial<ReturnType<TestServer['settings']>>): Promise<string> => {
  const state = await engine.signIn({ ...server.settings('alice'), ...change })
  return state.status === 'waiting' ? state.problem : state.status
}

test('a wrong password is reported and stores no account', async () => {
  expect(await problem({ password: 'wrong' })).toBe('wrong-password')
  expect(await engine.store.read.accounts()).toEqual([])
})

test('an untrusted certificate is refused, with the details needed for a decision', async () => {
  const state = await engine.signIn({ ...server.settings('alice'), trustedFingerprint: null })
  expect(state).toMatchObject({
    status: 'waiting',
    problem: 'certificate',
    retryAt: null,
    certificate: { fingerprint: server.fingerprint, subject: 'localhost' }
  })
})

test('a certificate other than the accepted one is refused', async () => {
  expect(await problem({ trustedFingerprint: server.fingerprint.replace(/^../, (pair) => (pair === '00' ? '01' : '00')) })).toBe('certificate-changed')
})

test('an unknown host, a refused connection and a server of another kind are distinct problems', async () => {
  expect(await problem({ host: 'no-such-host.invalid' })).toBe('unknown-host')
  expect(await problem({ port: await freePort() })).toBe('refused')
  const web = createServer((peer) => peer.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1')
  await new Promise((resolve) => web.once('listening', resolve))
  const address = web.address()
  expect(await problem({ port: typeof address === 'object' ? (address?.port ?? 0) : 0 })).toBe('not-xmpp')
  web.close()
})

test('a server without encryption is refused', async () => {
  let heard = ''
  const plain = createServer((peer) => {
    peer.on('error', () => undefined)
    peer.on('data', (chunk) => {
      heard += chunk.toString()
      peer.write(
        `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'><stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>`
      )
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => plain.once('listening', resolve))
  const address = plain.address()
  expect(await problem({ port: typeof address === 'object' ? (address?.port ?? 0) : 0 })).toBe('no-encryption')
  expect(heard).not.toContain('<auth')
  plain.close()
})

test('reconnects automatically after the server was away', async () => {
  await engine.signIn(server.settings('alice'))
  await online(engine)
  await server.stop()
  await until(engine, () => Promise.resolve(engine.connection.status === 'waiting'))
  await server.restart()
  await online(engine)
})

test('an error that arrives before its request is known to be written answers it, without an unhandled rejection', async () => {
  const { write } = SecureSocket.prototype
  const heard: unknown[] = []
  const onUnhandled = (reason: unknown): void => void heard.push(reason)
  process.on('unhandledRejection', onUnhandled)
  const connection = new Connection(server.settings('alice'))
  try {
    const ready = new Promise((resolve) => connection.once('ready', resolve))
    connection.start()
    await ready
    SecureSocket.prototype.write = function slow(data, done) {
      write.call(this, data, (error) => setTimeout(() => done?.(error), 300))
    }
    await expect(connection.request(itemsQuery('urn:mnemo:no-such-node'))).rejects.toMatchObject({ name: 'StanzaError', condition: 'item-not-found' })
    expect(heard).toEqual([])
  } finally {
    SecureSocket.prototype.write = write
    process.removeListener('unhandledRejection', onUnhandled)
    await connection.stop()
  }
})
