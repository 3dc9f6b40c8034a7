import { EventEmitter } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { xml, type Element } from '@xmpp/client'
import { expect, test } from 'vitest'
import { fillDisk, mountSmallDisk, unmount } from '../../../../test/support/disk.ts'
import { openStore, temporaryFolder } from '../../../../test/support/files.ts'
import type { Jid } from '../../../contract/domain.ts'
import type { Connection } from '../stream/connection.ts'
import { fileLog } from '../../../main/desktop/log.ts'
import { NS } from '../stanzas/namespaces.ts'
import type { Store } from '../../threads/store.ts'
import type { IncomingMessage } from '../../store/types.ts'
import { ArchiveResults } from './archive-results.ts'
import { Archives } from './archives.ts'
import { Inbox } from './inbox.ts'
import type { Log } from '../../log.ts'

const ME = 'me@example.org' as Jid
const ROOM = 'room@rooms.example.org' as Jid
const OTHER = 'other@rooms.example.org' as Jid
const live = (conversation: Jid, n: number): IncomingMessage => ({
  conversation,
  kind: 'group',
  sender: `${conversation}/a` as Jid,
  outgoing: false,
  text: `message ${n}`,
  time: n * 1000,
  stanzaId: `s${n}`,
  originId: null,
  replayed: false
})

/** Fake connection: archives in `silent` never answer, those in `broken` answer nonsense, all others have the messages in `held`. */
class Server extends EventEmitter {
  account = { jid: ME }
  isReady = true
  readonly silent = new Set<string>()
  readonly broken = new Set<string>()
  readonly held = new Map<string, number[]>()
  /** Longest page that it can answer in time, and the pages asked for. */
  longest = Infinity
  readonly asked: number[] = []
  /** Text appended to each message. */
  large = ''

  request(iq: Element): Promise<Element> {
    const archive = iq.attrs['to'] ?? ME
    if (this.silent.has(archive)) return new Promise(() => undefined)
    if (this.broken.has(archive)) return Promise.reject(new TypeError('no archive answers so'))
    const query = iq.getChild('query')
    const max = Number(/<max>(\d+)<\/max>/.exec(String(iq))?.[1])
    this.asked.push(max)
    if (max > this.longest) return Promise.reject(Object.assign(new Error('no answer in time'), { name: 'TimeoutError' }))
    const after = /<after>s(\d+)<\/after>/.exec(String(iq))?.[1]
    const page = (this.held.get(archive) ?? []).filter((n) => n > Number(after ?? 0)).slice(0, max)
    for (const n of page) {
      const stamp = new Date(n * 1000).toISOString()
      const [from, type] = archive === ME ? ['bob@example.org/x', 'chat'] : [`${archive}/a`, 'groupchat']
      const message = xml('message', { xmlns: 'jabber:client', from, type }, xml('body', {}, `message ${n}${this.large}`))
      this.emit(
        'stanza',
        xml(
          'message',
          { from: archive },
          xml(
            'result',
            { xmlns: NS.mam, queryid: query?.attrs['queryid'] ?? '', id: `s${n}` },
            xml('forwarded', { xmlns: 'urn:xmpp:forward:0' }, xml('delay', { xmlns: 'urn:xmpp:delay', stamp }), message)
          )
        )
      )
    }
    const ends = page.length === 0 ? [] : [xml('first', {}, `s${page[0]}`), xml('last', {}, `s${page.at(-1)}`)]
    return Promise.resolve(
      xml(
        'iq',
        { type: 'result', ...(iq.attrs['to'] === undefined ? {} : { from: archive }) },
        xml('fin', { xmlns: NS.mam, complete: 'true' }, xml('set', { xmlns: 'http://jabber.org/protocol/rsm' }, ...ends))
      )
    )
  }
}

/** `patience`: how long an archive may be silent, ms; by default longer than any test. */
function setUp(
  store: Store,
  patience = 600_000,
  log: Log = { info: () => undefined, warn: () => undefined }
): { server: Server; inbox: Inbox; archives: Archives; texts(jid: Jid): Promise<string[]>; mark(jid: Jid): Promise<string | null> } {
  const server = new Server()
  // as in session.ts
  const inbox = new Inbox(store, ME, () => undefined)
  const results = new ArchiveResults(ME, (address) => [ROOM, OTHER].includes(address as Jid))
  server.on('stanza', (stanza: Element) => results.message({ stanza, message: stanza, copied: null }))
  const self = { jid: ME, nickIn: (group: Jid) => (group === ROOM || group === OTHER ? 'me' : null), isGroup: (jid: Jid) => jid === ROOM || jid === OTHER }
  const context = { connection: server as unknown as Connection, store, self, results, onChanges: () => undefined }
  const archives = new Archives({ context, inbox, own: ME, log, patience })
  const texts = async (jid: Jid): Promise<string[]> => {
    await inbox.idle()
    const conversation = await store.read.conversationByJid(jid, ME)
    return conversation === null
      ? []
      : (await store.read.page({ conversation: conversation.id, anchor: { kind: 'newest' }, limit: 50 })).messages.map(({ text }) => text)
  }
  return { server, inbox, archives, texts, mark: async (jid) => (await store.read.archiveProgress(jid, ME)).lastId }
}

for (const kind of ['silent', 'broken'] as const)
  test(`a ${kind} archive withholds nothing that comes live, delays no other, and is read once it answers: nothing is lost, doubled or out of order`, async () => {
    using folder = temporaryFolder()
    const store = await openStore(folder.path)
    const before = setUp(store)
    before.server.held.set(ROOM, [1, 2])
    await before.archives.read(ROOM)
    const { server, inbox, archives, texts, mark } = setUp(store, 1)
    expect(await mark(ROOM)).toBe('s2')
    server[kind].add(ROOM)
    inbox.park(ROOM)
    inbox.add(ROOM, live(ROOM, 5))
    await archives.read(ROOM)
    inbox.add(ROOM, live(ROOM, 6))
    expect(await texts(ROOM)).toEqual(['message 1', 'message 2', 'message 5', 'message 6'])
    // the archive's newer messages are still missing
    expect(await mark(ROOM)).toBe('s2')
    server.held.set(OTHER, [1])
    await archives.read(OTHER)
    await expect.poll(() => texts(OTHER)).toEqual(['message 1'])
    const now = setUp(store)
    now.server.held.set(ROOM, [1, 2, 3, 4, 5, 6])
    await now.archives.read(ROOM)
    expect(await texts(ROOM)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `message ${n}`))
    expect(await mark(ROOM)).toBe('s6')
    now.inbox.add(ROOM, live(ROOM, 7))
    expect(await now.texts(ROOM)).toHaveLength(7)
    expect(await mark(ROOM)).toBe('s7')
    archives.stop()
    await store.close()
  })

test('an archive that is too slow for long pages is read in shorter ones, from where the reading is', { timeout: 60_000 }, async () => {
  using folder = temporaryFolder()
  const store = await openStore(folder.path)
  const { server, archives, texts, mark } = setUp(store)
  server.held.set(ROOM, [1])
  await archives.read(ROOM)
  server.held.set(
    ROOM,
    Array.from({ length: 200 }, (_, i) => i + 1)
  )
  server.asked.length = 0
  server.longest = 300
  await archives.read(ROOM)
  await expect.poll(() => mark(ROOM)).toBe('s200')
  expect(server.asked).toEqual([500, 250])
  expect((await texts(ROOM)).at(-1)).toBe('message 200')
  archives.stop()
  await store.close()
})

test('a message missing in a page of our own archive that arrives live later stands at its archive position, and is not skipped', async () => {
  using folder = temporaryFolder()
  const store = await openStore(folder.path)
  const { server, inbox, archives, texts, mark } = setUp(store)
  const bob = 'bob@example.org' as Jid
  const all = Array.from({ length: 20 }, (_, i) => i + 1)
  server.held.set(
    ME,
    all.filter((n) => n !== 18)
  )
  await archives.read(ME)
  // ten seconds before the newest
  expect(await mark(ME)).toBe('s10')
  let unsure = 0
  inbox.on('unsure', () => unsure++)
  const came = (n: number): void => inbox.add(ME, { ...live(bob, n), kind: 'direct', sender: bob, stanzaId: `s${n}` })
  came(21)
  expect(await texts(bob)).toHaveLength(20)
  expect(unsure).toBe(0)
  came(18)
  expect(await texts(bob)).toEqual([...all.filter((n) => n !== 18), 21, 18].map((n) => `message ${n}`))
  expect(unsure).toBe(1)
  server.held.set(ME, [...all, 21])
  await archives.read(ME)
  expect(await texts(bob)).toEqual([...all, 21].map((n) => `message ${n}`))
  archives.stop()
  await store.close()
})

test('a silent archive of our own account withholds nothing either', async () => {
  using folder = temporaryFolder()
  const store = await openStore(folder.path)
  const { server, inbox, archives, texts, mark } = setUp(store, 1)
  server.silent.add(ME)
  inbox.park(ME)
  const bob = 'bob@example.org' as Jid
  inbox.add(ME, { ...live(bob, 1), kind: 'direct', sender: bob })
  await archives.read(ME)
  expect(await texts(bob)).toEqual(['message 1'])
  expect(await mark(ME)).toBeNull()
  archives.stop()
  await store.close()
})

test('a full disk, with the log on it: whatever part of the sync fails, nothing throws, and all is here once there is room', async ({ skip }) => {
  using folder = temporaryFolder()
  const disk = join(folder.path, 'disk')
  if (!mountSmallDisk(disk, 12)) return skip('that takes root')
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  try {
    const store = await openStore(disk)
    const { warn, info } = fileLog(join(disk, 'logs', 'mnemo.log'))
    let warned = 0
    const log = { info, warn: (line: string): void => void (warned++, warn(line)) }
    const { server, inbox, archives, texts, mark } = setUp(store, 600_000, log)
    server.held.set(ROOM, [1, 2])
    await archives.read(ROOM)
    fillDisk(join(disk, 'filler'))
    // older archive messages, a live message, a receipt, a subject and a marker arrive while the disk is full
    const large = 'x'.repeat(200_000)
    server.held.set(ROOM, [1, 2, 3, 4, 5])
    server.large = large
    await archives.read(ROOM).catch(() => undefined)
    inbox.add(ROOM, { ...live(ROOM, 6), text: `message 6${large}` })
    inbox.acknowledge(ROOM, { kind: 'displayed', conversation: ROOM, id: 's2', own: true, nick: null })
    inbox.add(OTHER, { ...live(OTHER, 1), text: `message 1${large}` })
    await expect.poll(() => warned).toBeGreaterThan(1)
    await inbox.idle()
    expect(await mark(ROOM)).toBe('s2')
    rmSync(join(disk, 'filler'))
    server.held.set(ROOM, [1, 2, 3, 4, 5, 6])
    server.held.set(OTHER, [1])
    // without another request
    await expect.poll(async () => (await texts(ROOM)).length, { timeout: 60_000 }).toBe(6)
    await expect.poll(async () => (await texts(OTHER)).length, { timeout: 60_000 }).toBe(1)
    expect(await mark(ROOM)).toBe('s6')
    expect(unhandled).toEqual([])
    archives.stop()
    await store.close()
  } finally {
    process.off('unhandledRejection', note)
    unmount(disk)
  }
})
