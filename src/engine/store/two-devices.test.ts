/** Two devices of one account, each online now and then: both end with the same messages, in one order, read up to the same one. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Jid } from '../../contract/domain.ts'
import { openStore, temporaryFolder } from '../../../test/support/files.ts'
import type { Store } from '../threads/store.ts'
import type { Acknowledgement, IncomingMessage, RecordBatch } from './types.ts'

const BOB = 'bob@example.org' as Jid

type Entry = { kind: 'message'; id: string; own: boolean } | { kind: 'marker'; of: string }

/** Server of an account: its archive, and the read position (XEP-0490) that its devices share. */
class Server {
  readonly archive: Entry[] = []
  mark: string | null = null
  readonly devices: Device[] = []
  said = 0
  readonly account: Jid
  constructor(account: Jid) {
    this.account = account
  }

  stanzaId = (id: string): string => `s-${id}`
  /** Adds to the archive, and gives it to the devices online, each in its own time. */
  add(entry: Entry, by: Device | null): void {
    this.archive.push(entry)
    for (const device of this.devices) if (device !== by && device.online) device.waiting.push({ entry })
  }
  publish(mark: string, by: Device): void {
    this.mark = mark
    for (const device of this.devices) if (device !== by && device.online) device.waiting.push({ mark })
  }
}

class Device {
  online = false
  readonly server: Server
  readonly store: Store
  /** Stanzas on their way to it. */
  waiting: ({ entry: Entry } | { mark: string })[] = []
  /** Number of archive entries read. */
  read = 0
  /** Messages written offline. */
  unsent: string[] = []
  /** Read positions that nobody was told yet. */
  untold = false
  constructor(server: Server, store: Store) {
    this.server = server
    this.store = store
    server.devices.push(this)
  }

  #message({ id, own }: Entry & { kind: 'message' }, archived: boolean): IncomingMessage {
    const number = Number(id.slice(1))
    return {
      conversation: BOB,
      kind: 'direct',
      sender: own ? this.server.account : BOB,
      outgoing: own,
      text: id,
      time: 1_700_000_000_000 + number * 1000 + (archived ? 0 : 300),
      stanzaId: this.server.stanzaId(id),
      originId: id,
      replayed: false
    }
  }
  /** As decodeAcknowledgements and `onMark` in session.ts do. */
  #seen = (id: string): Acknowledgement => ({ kind: 'displayed', conversation: BOB, id, own: true, nick: null })

  async #record(entries: readonly Entry[], order: RecordBatch['order'], archive: RecordBatch['archive']): Promise<void> {
    const messages = entries.flatMap((one) => (one.kind === 'message' ? [this.#message(one, order !== 'live')] : []))
    const acknowledgements = entries.flatMap((one) => (one.kind === 'marker' ? [this.#seen(one.of)] : []))
    await this.store.write.record({ account: this.server.account, messages, acknowledgements, archive, order })
  }

  /** One stanza arrives. */
  async arrive(): Promise<void> {
    const next = this.waiting.shift()
    if (next === undefined) return
    if ('entry' in next) await this.#record([next.entry], 'live', { jid: this.server.account })
    else await this.#mark(next.mark)
  }
  async #mark(id: string): Promise<void> {
    await this.store.write.record({ account: this.server.account, messages: [], acknowledgements: [this.#seen(id)], archive: null, order: 'live' })
  }

  async goOnline(): Promise<void> {
    if (this.online) return
    this.online = true
    this.waiting = []
    await this.catchUp()
    if (this.server.mark !== null) await this.#mark(this.server.mark)
    for (const id of this.unsent.splice(0)) this.#send(id)
    await this.#tell()
  }
  async catchUp(): Promise<void> {
    const entries = this.server.archive.slice(this.read)
    this.read = this.server.archive.length
    await this.#record(entries, 'forward', { jid: this.server.account, lastId: `at-${this.read}` })
  }
  goOffline(): void {
    this.online = false
    this.waiting = []
  }

  async write(): Promise<void> {
    const id = `m${++this.server.said}`
    const conversation = await this.store.write.ensureConversation({ account: this.server.account, jid: BOB, kind: 'direct', name: '', nick: null })
    await this.store.write.queueMessage({
      conversation: conversation.id,
      text: id,
      originId: id,
      sender: this.server.account,
      time: 1_700_000_000_000 + this.server.said * 1000
    })
    if (this.online) this.#send(id)
    else this.unsent.push(id)
  }
  #send(id: string): void {
    this.server.add({ kind: 'message', id, own: true }, this)
  }

  /** The user reads what is here. */
  async look(): Promise<void> {
    const conversation = await this.store.read.conversationByJid(BOB, this.server.account)
    if (conversation === null || conversation.last === null) return
    await this.store.write.markRead({ conversation: conversation.id, upTo: conversation.last.id, tell: true })
    this.untold = true
    if (this.online) await this.#tell()
  }
  /** As in errands.ts: the marker for the peer, and the position for our devices. */
  async #tell(): Promise<void> {
    const [errand] = await this.store.read.errands(this.server.account)
    if (errand === undefined) return
    await this.store.write.errandDone(errand.id)
    const conversation = (await this.store.read.conversationByJid(BOB, this.server.account))!
    const newest = await this.store.read.newestReceived({ conversation: conversation.id, upTo: conversation.readUpTo as never })
    if (newest === null) return
    if (newest.id !== null) this.server.add({ kind: 'marker', of: newest.id }, this)
    if (newest.stanzaId !== null) this.server.publish(newest.stanzaId, this)
  }

  async state() {
    const conversation = await this.store.read.conversationByJid(BOB, this.server.account)
    if (conversation === null) return { texts: [], unread: 0, read: null, after: 0 }
    const { messages } = await this.store.read.page({ conversation: conversation.id, anchor: { kind: 'newest' }, limit: 500 })
    const received = messages.filter(({ outgoing }) => !outgoing)
    return {
      texts: messages.map(({ text }) => text),
      unread: conversation.unread,
      read: received.findLast(({ id }) => id <= conversation.readUpTo)?.text ?? null,
      after: received.filter(({ id }) => id > conversation.readUpTo).length
    }
  }
}

const step = fc.record({
  who: fc.nat(1),
  what: fc.constantFrom('bob', 'bob', 'arrive', 'arrive', 'arrive', 'look', 'write', 'online', 'offline')
})
type Steps = { who: number; what: string }[]

/** Stores of the devices: each life has an account of its own in them. */
const folders = [temporaryFolder(), temporaryFolder()]
let stores: Store[] = []
let lives = 0
beforeAll(async () => {
  stores = await Promise.all(folders.map(({ path }) => openStore(path)))
})
afterAll(async () => {
  for (const store of stores) await store.close()
  for (const folder of folders) folder[Symbol.dispose]()
})

/** Runs the steps, then brings both devices online and up to date. `crossing`: people also write before they have seen what is there. */
async function live(steps: Steps, crossing: boolean, check: (server: Server, devices: readonly [Device, Device]) => Promise<void>): Promise<void> {
  const server = new Server(`me-${++lives}@example.org` as Jid)
  const devices = [new Device(server, stores[0]!), new Device(server, stores[1]!)] as const
  const account = { jid: server.account, password: '', host: null, port: null, security: 'starttls' as const, proxy: null, trustedFingerprint: null }
  for (const device of devices) await device.store.write.saveAccount(account)
  for (const { who, what } of steps) {
    const device = devices[who as 0 | 1]
    if (what === 'bob') server.add({ kind: 'message', id: `m${++server.said}`, own: false }, null)
    else if (what === 'arrive') await device.arrive()
    else if (what === 'look') await device.look()
    else if (what === 'online') await device.goOnline()
    else if (what === 'offline') device.goOffline()
    else if (crossing) await device.write()
    else if (device.online) {
      while (device.waiting.length > 0) await device.arrive()
      await device.look()
      await device.write()
    }
  }
  for (const device of devices) await device.goOnline()
  await settle(devices)
  await check(server, devices)
}
async function settle(devices: readonly Device[]): Promise<void> {
  for (let left = 3; left > 0; left--)
    for (const device of devices) {
      while (device.waiting.length > 0) await device.arrive()
      await device.catchUp()
    }
}
const textsOf = ({ archive }: Server): string[] => archive.flatMap((entry) => (entry.kind === 'message' ? entry.id : []))

test('whatever is read where, and in whatever order it is told: both devices show the same as read', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) =>
      live(steps, false, async (server, [one, other]) => {
        expect(await other.state()).toEqual(await one.state())
        const { texts, unread, after } = await one.state()
        expect([texts, unread]).toEqual([textsOf(server), after])
      })
    ),
    { numRuns: 25 }
  )
})

test(
  'messages that cross, or were written offline: what is unread stands after what is read, and is read everywhere once it is read on one device',
  { timeout: 300_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), fc.nat(1), (steps, reader) =>
        live(steps, true, async (server, devices) => {
          for (const device of devices) {
            const { texts, unread, after } = await device.state()
            expect([texts, unread]).toEqual([textsOf(server), after])
          }
          await devices[reader as 0 | 1].look()
          await settle(devices)
          for (const device of devices) expect(await device.state()).toMatchObject({ unread: 0, after: 0 })
        })
      ),
      { numRuns: 25 }
    )
  }
)
