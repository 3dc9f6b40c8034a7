import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Connection } from '../../src/engine/xmpp/stream/connection.ts'
import { messages, online, openEngine, startServer, testFolder, texts, until, type TestFolder, type TestServer } from '../support/server.ts'

let server: TestServer
let proxy: Server
let port = 0
const sockets = new Set<Socket>()
const folders: TestFolder[] = []

/** Cuts every stream without closing it, as a network does. */
function cut(): void {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
}

beforeAll(async () => {
  server = await startServer()
  proxy = createServer((client) => {
    const upstream = connect(server.port, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    }
    client.pipe(upstream).pipe(client)
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = proxy.address()
  port = typeof address === 'object' ? (address?.port ?? 0) : 0
})
afterAll(async () => {
  cut()
  proxy.close()
  await server.stop()
})

test('a stream that was cut is resumed', async () => {
  const connection = new Connection({ ...server.settings('carol'), port })
  const ready: boolean[] = []
  const next = (): Promise<void> => new Promise((resolve) => connection.once('ready', () => resolve()))
  connection.on('ready', (resumed) => ready.push(resumed))
  let arrived = next()
  connection.start()
  await arrived
  arrived = next()
  cut()
  await arrived
  expect(ready).toEqual([false, true])
  await connection.stop()
})

test('wherever a sign-in breaks off, the next one succeeds: no part of the previous one interferes', async () => {
  for (let pieces = 1; pieces <= 24; pieces++) {
    let left = pieces
    // passes that many pieces, and ends
    const breaking = createServer((client) => {
      const upstream = connect(server.port, '127.0.0.1')
      const pass = (from: Socket, to: Socket): void => {
        from.on('error', () => undefined)
        from.on('close', () => to.destroy())
        from.on('data', (piece: Buffer) => {
          to.write(piece)
          if (--left === 0) for (const socket of [client, upstream]) socket.destroySoon()
        })
      }
      pass(client, upstream)
      pass(upstream, client)
    })
    await new Promise<void>((resolve) => breaking.listen(0, '127.0.0.1', resolve))
    const connection = new Connection({ ...server.settings('carol'), port: (breaking.address() as AddressInfo).port })
    const problems: string[] = []
    connection.on('state', (state) => {
      if (state.status !== 'waiting') return
      problems.push(`${state.problem}: ${state.detail}`)
      expect(state.retryAt, `after ${pieces} pieces: ${problems.join('; ')}`).not.toBeNull()
      setImmediate(() => connection.retryNow())
    })
    const arrived = new Promise<void>((resolve) => connection.once('ready', () => resolve()))
    connection.start()
    await arrived
    // ends also if the stream breaks now
    await connection.stop()
    breaking.close()
  }
})

test('a stream that broke during its initial sync and was resumed finishes it: live messages arrive', async () => {
  const bob = await openEngine((folders[0] = testFolder()).path)
  await bob.signIn(server.settings('bob'))
  await online(bob)
  const toAlice = await bob.conversations.start('alice@localhost', 'direct', null)
  for (const [round, ms] of [0, 2, 5, 10, 20, 40].entries()) {
    const folder = testFolder()
    const first = await openEngine(folder.path)
    await first.store.write.saveAccount({ ...server.settings('alice'), port })
    await first.close()
    const again = await openEngine(folder.path)
    let cuts = 0
    const isCut = Promise.withResolvers<void>()
    again.live.on('change', () => {
      // as soon as stanzas may be sent, once
      if (again.connection.status === 'catching-up' && cuts++ === 0) {
        setTimeout(() => {
          cut()
          isCut.resolve()
        }, ms)
      }
    })
    await again.connect()
    await isCut.promise
    // its next stream
    await until(again, () => Promise.resolve(sockets.size > 0))
    await online(again)
    // only a live message can deliver this one now
    await until(again, async () => (await again.store.read.contacts()).length > 0)
    await bob.messages.send(toAlice.id, `live ${round}`)
    await until(again, async () => (await texts(again, 'bob@localhost')).includes(`live ${round}`))
    await again.close()
    folder.remove()
  }
  await bob.close()
  folders[0].remove()
})

test('messages that cross cuts arrive once and in order, both ways', async () => {
  const folders = [testFolder(), testFolder()]
  const alice = await openEngine(folders[0]!.path)
  const bob = await openEngine(folders[1]!.path)
  await alice.signIn({ ...server.settings('alice'), port })
  await bob.signIn(server.settings('bob'))
  await online(alice)
  const [toBob, toAlice] = [await alice.conversations.start('bob@localhost', 'direct', null), await bob.conversations.start('alice@localhost', 'direct', null)]
  const count = 120
  for (let i = 0; i < count; i++) {
    await alice.messages.send(toBob.id, `a${i}`)
    await bob.messages.send(toAlice.id, `b${i}`)
    if (i % 40 === 20) cut()
  }
  const numbered = (list: string[], letter: string): string[] => list.filter((text) => text.startsWith(letter))
  const expected = (letter: string): string[] => Array.from({ length: count }, (_, i) => `${letter}${i}`)
  await until(bob, async () => numbered(await texts(bob, 'alice@localhost'), 'a').length >= count)
  await until(alice, async () => numbered(await texts(alice, 'bob@localhost'), 'b').length >= count)
  await until(alice, async () => (await messages(alice, 'bob@localhost')).every((message) => message.state !== 'queued'))
  expect(numbered(await texts(bob, 'alice@localhost'), 'a')).toEqual(expected('a'))
  expect(numbered(await texts(alice, 'bob@localhost'), 'b')).toEqual(expected('b'))
  await alice.close()
  await bob.close()
  for (const folder of folders) folder.remove()
})
