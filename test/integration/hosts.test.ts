/** Several hosts of one domain, as in clusters: found by SRV records, tried in turn, some of them dead, broken or moved. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Connection } from '../../src/engine/xmpp/stream/connection.ts'
import { startDns, type DnsServer, type Srv } from '../support/dns.ts'
import { hostileServer, type HostileServer } from '../support/hostile-server.ts'

const SRV = '_xmpps-client._tcp.evil.example'
let dns: DnsServer
let good: HostileServer
const closing: (() => void)[] = []
const connections: Connection[] = []

beforeEach(async () => {
  dns = await startDns()
  good = await hostileServer()
})
afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.stop()
  for (const close of closing.splice(0)) close()
  good.close()
  await dns[Symbol.asyncDispose]()
})

/** Starts a host and counts its connections. */
async function host(server: Server): Promise<{ port: number; count: () => number }> {
  let count = 0
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    count++
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, count: () => count }
}
const closesAtOnce = (): Promise<{ port: number; count: () => number }> => host(createServer((socket) => socket.destroy()))
const saysAtOnce = (error: string) =>
  host(
    createTlsServer({ key: good.key, cert: good.cert }, (socket: TLSSocket) => {
      socket.on('error', () => undefined)
      socket.once('data', () =>
        socket.write(
          `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='x' from='evil.example' version='1.0'><stream:error>${error}</stream:error>`
        )
      )
    })
  )
/** A port on which nothing listens. */
async function dead(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
/** SRV records of one domain, each host preferred to those after it. */
const inOrder = (...ports: number[]): Srv[] => ports.map((port, priority) => ({ name: '127.0.0.1', port, priority }))
const goodPort = (): number => good.settings.port ?? 0

function connect(): { connection: Connection; waits: () => number; opened: () => Promise<void> } {
  const connection = new Connection({ ...good.settings, host: null, port: null })
  connections.push(connection)
  let waits = 0
  connection.on('state', ({ status }) => (waits += status === 'waiting' ? 1 : 0))
  return { connection, waits: () => waits, opened: () => new Promise((resolve) => connection.once('ready', () => resolve())) }
}

test('hosts that are dead, end each connection or are shutting down are skipped at once, each tried once', async () => {
  const [closing, stopping, busy] = [
    await closesAtOnce(),
    await saysAtOnce(`<system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>`),
    await saysAtOnce(`<resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>`)
  ]
  dns.records.set(SRV, inOrder(await dead(), closing.port, await dead(), stopping.port, busy.port, await dead(), goodPort()))
  const { connection, waits, opened } = connect()
  const open = opened()
  connection.start()
  await open
  expect(waits()).toBe(0)
  expect([closing, stopping, busy].map(({ count }) => count())).toEqual([1, 1, 1])
})

test('a redirect of a host is followed; hosts that redirect to each other are given up', async () => {
  const ports: number[] = []
  const moved = (to: () => number) =>
    host(
      createTlsServer({ key: good.key, cert: good.cert }, (socket: TLSSocket) => {
        socket.on('error', () => undefined)
        socket.once('data', () =>
          socket.write(
            `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='x' from='evil.example' version='1.0'><stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>127.0.0.1:${to()}</see-other-host></stream:error>`
          )
        )
      })
    )
  const [one, two] = [await moved(() => ports[1] ?? 0), await moved(() => ports[0] ?? 0)]
  ports.push(one.port, two.port)
  dns.records.set(SRV, inOrder(one.port, goodPort()))
  const { connection, waits, opened } = connect()
  const open = opened()
  connection.start()
  await open
  expect([one.count(), two.count(), waits()]).toEqual([1, 1, 0])
})

test('a stream is resumed at the host that the server names', async () => {
  const other = await host(createServer((socket) => socket.destroy()))
  good.features = `<sm xmlns='urn:xmpp:sm:3'/>`
  good.enabled = `<enabled xmlns='urn:xmpp:sm:3' id='s1' resume='true' location='127.0.0.1:${other.port}'/>`
  dns.records.set(SRV, inOrder(goodPort()))
  const { connection, opened } = connect()
  const open = opened()
  connection.start()
  await open
  const again = opened()
  good.drop()
  await again
  // it did not hold the session, and the others were tried
  expect(other.count()).toBe(1)
})

test('if all hosts fail the user is told, and the next round tries all of them again', async () => {
  const closing = await closesAtOnce()
  dns.records.set(SRV, inOrder(await dead(), closing.port))
  const { connection, waits } = connect()
  const waiting = new Promise<void>((resolve) => connection.on('state', ({ status }) => status === 'waiting' && resolve()))
  connection.start()
  await waiting
  expect(closing.count()).toBe(1)
  expect(connection.state).toMatchObject({ status: 'waiting', problem: 'no-encryption' })
  const opened = new Promise<void>((resolve) => connection.once('ready', () => resolve()))
  dns.records.set(SRV, inOrder(closing.port, goodPort()))
  await opened
  expect(waits()).toBe(1)
})

test('a domain that declares that it offers no such service is believed', async () => {
  dns.records.set(SRV, [{ name: '.', port: 0 }])
  const { connection } = connect()
  const waiting = new Promise<void>((resolve) => connection.on('state', ({ status }) => status === 'waiting' && resolve()))
  connection.start()
  await waiting
  expect(connection.state).toMatchObject({ problem: 'unknown-host', detail: `evil.example does not offer this (${SRV} is ".")` })
})

test('a silent DNS server is waited for a few seconds only', async () => {
  dns.silent = true
  const { connection } = connect()
  const waiting = new Promise<void>((resolve) => connection.on('state', ({ status }) => status === 'waiting' && resolve()))
  connection.start()
  await waiting
})
