/** (t) Bytes between a client and its server, including TLS: sign-in, reconnection, idle, chat, catch-up. For docs/scale.md. */
import { randomUUID } from 'node:crypto'
import { connect, createServer, type AddressInfo } from 'node:net'
import { setTimeout as rest } from 'node:timers/promises'
import type { Jid } from '../src/contract/domain.ts'
import type { Engine } from '../src/engine/engine.ts'
import { Connection } from '../src/engine/xmpp/stream/connection.ts'
import { encodeMessage } from '../src/engine/xmpp/stanzas/message.ts'
import { corpus } from '../test/support/files.ts'
import { online, openEngine, startServer, testFolder, until, type TestServer } from '../test/support/server.ts'
import { table } from './table.ts'

/** Contacts in addition to the two of the test server, and groups with some history. */
const CONTACTS = 100
const GROUPS = 10
const IN_GROUP = 20
const TALK = 200
const NIGHT = 100
const WEEK = 1000
const REST_MS = Number(process.env['MNEMO_BENCH_REST_MS'] ?? 180_000)

interface Meter {
  port: number
  /** Bytes since the last call: up, down. */
  take(): [number, number]
  close(): void
}
/** Relay that counts bytes. */
async function meter(to: number): Promise<Meter> {
  let [up, down] = [0, 0]
  const server = createServer((client) => {
    const target = connect(to, '127.0.0.1')
    client.on('data', (data: Buffer) => void (up += data.length))
    target.on('data', (data: Buffer) => void (down += data.length))
    client.pipe(target).pipe(client)
    for (const [from, other] of [
      [client, target],
      [target, client]
    ] as const)
      from.on('error', () => other.destroy()).on('close', () => other.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    take() {
      const taken: [number, number] = [up, down]
      ;[up, down] = [0, 0]
      return taken
    },
    close: () => void server.close()
  }
}

/** Waits until no data has passed for a while. */
async function quiet(engine: Engine): Promise<void> {
  await online(engine)
  await rest(3000)
}

async function peer(server: TestServer): Promise<Connection> {
  const connection = new Connection(server.settings('bob'))
  const ready = new Promise<void>((resolve) => connection.once('ready', () => resolve()))
  connection.start()
  await ready
  return connection
}
async function say(bob: Connection, count: number): Promise<void> {
  const texts = corpus()
  let acked = 0
  const onAck = (): void => void acked++
  bob.on('acked', onAck)
  for (let i = 0; i < count; i++)
    await bob.send(encodeMessage('alice@localhost' as Jid, 'direct', { text: texts[i % texts.length]?.text ?? '', id: randomUUID() }))
  while (acked < count) await rest(10)
  bob.removeListener('acked', onAck)
}

export async function traffic(): Promise<void> {
  const server = await startServer()
  const counted = await meter(server.port)
  const rows: [string, number, number, number][] = []
  const note = (name: string, per = 1): void => {
    const [up, down] = counted.take()
    rows.push([name, up / per, down / per, (up + down) / per])
  }
  const owner = testFolder()
  const other = testFolder()
  const bob = await openEngine(other.path)
  await bob.signIn(server.settings('bob'))
  await online(bob)
  const rooms: Jid[] = []
  for (let group = 0; group < GROUPS; group++) {
    const room = await bob.groups.create({ account: undefined, name: `Group ${group}`, membersOnly: false, invite: [] })
    rooms.push(room.jid)
    for (let i = 0; i < IN_GROUP; i++) await bob.messages.send(room.id, corpus()[i]?.text ?? '')
  }
  await until(bob, async () => (await bob.store.read.queued({ after: 0, limit: 1 })).length === 0)
  await bob.close()

  const alice = await openEngine(owner.path)
  await alice.signIn({ ...server.settings('alice'), port: counted.port })
  await online(alice)
  for (let i = 0; i < CONTACTS; i++) await alice.people.rename(`friend${i}@example.org` as Jid, `Friend ${i}`).catch(() => undefined)
  for (const room of rooms) await alice.conversations.start(room, 'group', null)
  await quiet(alice)
  counted.take()

  const talker = await peer(server)
  const conversation = await alice.conversations.start('bob@localhost', 'direct', null)
  for (let i = 0; i < TALK; i++) await alice.messages.send(conversation.id, corpus()[i]?.text ?? '')
  await until(alice, async () => (await alice.store.read.queued({ after: 0, limit: 1 })).length === 0)
  await quiet(alice)
  note('a message sent', TALK)
  await say(talker, TALK)
  await quiet(alice)
  note('a message received, its receipt sent', TALK)
  // the archive position advances some seconds after live arrival
  await rest(3000)
  await say(talker, 1)
  await quiet(alice)
  counted.take()
  await rest(REST_MS)
  const [up, down] = counted.take()
  const hour = 3_600_000 / REST_MS
  rows.push([`an hour at rest (from ${REST_MS / 60_000} minutes; pings grow rarer as the network proves quiet)`, up * hour, down * hour, (up + down) * hour])

  await alice.close()
  const again = await openEngine(owner.path)
  counted.take()
  await again.connect()
  await quiet(again)
  note(`a start, nothing new, ${GROUPS} groups`)
  await again.close()
  for (const [name, count] of [
    ['a night', NIGHT],
    ['a week', WEEK]
  ] as const) {
    await say(talker, count)
    const back = await openEngine(owner.path)
    counted.take()
    await back.connect()
    await online(back)
    await until(back, async () => (await back.store.read.stats()).messages >= 0 && back.connection.status === 'online')
    await quiet(back)
    note(`a start after ${name}: ${count} messages`)
    await back.close()
  }
  const fresh = testFolder()
  const device = await openEngine(fresh.path)
  counted.take()
  await device.signIn({ ...server.settings('alice'), port: counted.port })
  await quiet(device)
  await rest(5000)
  note('a new device: sign-in, and all history')
  await device.close()
  await talker.stop()
  counted.close()
  await server.stop()
  for (const folder of [owner, other, fresh]) folder.remove()
  const kb = (bytes: number): string => (bytes / 1000).toFixed(bytes < 10_000 ? 2 : 1)
  table(
    `One client: bytes on the wire, TLS included, on a local ${process.env['MNEMO_TEST_SERVER'] ?? 'Prosody'}`,
    ['', 'up, kB', 'down, kB', 'both, kB'],
    rows.map(([name, a, b, both]) => [name, kb(a), kb(b), kb(both)])
  )
}
