import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ConversationId, Jid } from '../../src/contract/domain.ts'
import { openThreads, storeFiles, temporaryFolder, TEST_KEY, WORKER } from '../support/files.ts'
import { openWritable, StoreOpenError } from '../../src/engine/store/database.ts'
import { NO_KEYRING, storeKey } from '../../src/engine/store/key.ts'
import { Store } from '../../src/engine/threads/store.ts'
import type { IncomingMessage } from '../../src/engine/store/types.ts'

let folder: ReturnType<typeof temporaryFolder>
let store: Store
const BOB = 'bob@example.org' as Jid

beforeEach(async () => {
  folder = temporaryFolder()
  store = await openThreads(folder.path)
})
afterEach(async () => {
  await store.close()
  folder[Symbol.dispose]()
})

const incoming = (text: string, change: Partial<IncomingMessage> = {}): IncomingMessage => ({
  conversation: BOB,
  kind: 'direct',
  sender: BOB,
  outgoing: false,
  text,
  time: 1_700_000_000_000,
  stanzaId: null,
  originId: null,
  replayed: false,
  ...change
})
const ARCHIVE = 'me@example.org' as Jid
async function texts(): Promise<string[]> {
  const conversation = await store.read.conversationByJid(BOB)
  return conversation === null
    ? []
    : (await store.read.page({ conversation: conversation.id, anchor: { kind: 'newest' }, limit: 200 })).messages.map((m) => m.text)
}

test('a repeated message is stored once, by stanza-id and by origin-id', async () => {
  await store.write.record({ messages: [incoming('a', { stanzaId: 's1' }), incoming('a', { stanzaId: 's1' })], archive: null, order: 'live' })
  await store.write.record({ messages: [incoming('b', { originId: 'o1' })], archive: null, order: 'live' })
  const again = await store.write.record({
    messages: [incoming('a', { stanzaId: 's1' }), incoming('b', { originId: 'o1', stanzaId: 's2' })],
    archive: null,
    order: 'forward'
  })
  expect(again.added).toBe(0)
  expect(await texts()).toEqual(['a', 'b'])
})

test('a message that its archive has twice stands at its first position, read forwards or backwards', async () => {
  const twice = [
    incoming('x', { originId: 'ox', stanzaId: 's1' }),
    incoming('y', { stanzaId: 's2' }),
    incoming('x', { originId: 'ox', stanzaId: 's3' }),
    incoming('z', { stanzaId: 's4' })
  ]
  await store.write.record({ messages: twice, archive: null, order: 'forward' })
  expect(await texts()).toEqual(['x', 'y', 'z'])
  await store.write.record({ messages: twice, archive: null, order: 'forward' })
  expect(await texts()).toEqual(['x', 'y', 'z'])
  for (const pages of [[twice], [twice.slice(2), twice.slice(0, 2)]]) {
    using other = temporaryFolder()
    const device = await openThreads(other.path)
    for (const page of pages) await device.write.record({ messages: page, archive: null, order: 'backward' })
    const { id } = (await device.read.conversationByJid(BOB))!
    expect((await device.read.page({ conversation: id, anchor: { kind: 'newest' }, limit: 9 })).messages.map(({ text }) => text)).toEqual(['x', 'y', 'z'])
    await device.close()
  }
})

test('if the later copy of a message sent twice arrives live before the archive is read, it stands where the archive has the first', async () => {
  const [first, y, second, z] = [
    incoming('x', { originId: 'ox', stanzaId: 's1' }),
    incoming('y', { stanzaId: 's2' }),
    incoming('x', { originId: 'ox', stanzaId: 's3' }),
    incoming('z', { stanzaId: 's4' })
  ]
  await store.write.record({ messages: [incoming('w', { stanzaId: 's0' })], archive: { jid: ARCHIVE, lastId: 's0' }, order: 'forward' })
  await store.write.record({ messages: [y, second, z], archive: { jid: ARCHIVE }, order: 'live' })
  expect(await texts()).toEqual(['w', 'y', 'x', 'z'])
  const page = { messages: [first, y, second, z], archive: { jid: ARCHIVE, after: 's0', lastId: 's4' }, order: 'forward' as const }
  await store.write.record(page)
  expect(await texts()).toEqual(['w', 'x', 'y', 'z'])
  // reading it again, whole or in part, moves nothing
  await store.write.record(page)
  await store.write.record({ ...page, messages: [second, z], archive: { jid: ARCHIVE, after: 's2', lastId: 's4' } })
  await store.write.record(page)
  expect(await texts()).toEqual(['w', 'x', 'y', 'z'])
})

test("another person's origin-id does not make a message a duplicate", async () => {
  const eve = 'room@rooms.example.org/eve' as Jid
  const room = 'room@rooms.example.org' as Jid
  const inRoom = { conversation: room, kind: 'group' as const, originId: 'same' }
  const changes = await store.write.record({
    messages: [incoming('hers', { ...inRoom, sender: eve }), incoming('his', { ...inRoom, sender: `${room}/bob` as Jid })],
    archive: null,
    order: 'live'
  })
  expect(changes.added).toBe(2)
})

test('messages of one second keep the order of their archive, read forwards or backwards', async () => {
  const page = (from: number, to: number): IncomingMessage[] =>
    Array.from({ length: to - from }, (_, i) => incoming(String(from + i), { stanzaId: `s${from + i}` }))
  await store.write.record({ messages: page(100, 150), archive: { jid: ARCHIVE, lastId: 's149', hole: { before: 's100', after: null } }, order: 'backward' })
  expect(await store.read.missingHistory()).toMatchObject([{ jid: ARCHIVE, name: '', since: 1_700_000_000_000 }])
  await store.write.record({ messages: page(150, 170), archive: { jid: ARCHIVE, lastId: 's169' }, order: 'forward' })
  await store.write.record({ messages: page(50, 100), archive: { jid: ARCHIVE, hole: { before: 's50', after: null } }, order: 'backward' })
  await store.write.record({ messages: page(0, 50), archive: { jid: ARCHIVE, hole: null }, order: 'backward' })
  expect(await texts()).toEqual(Array.from({ length: 170 }, (_, i) => String(i)))
  expect(await store.read.archiveProgress(ARCHIVE)).toEqual({ lastId: 's169', hole: null })
})

test('messages held back while we were away are stored at once, below stored ones, and only once when the archive is read', async () => {
  await store.write.record({
    messages: [incoming('new', { stanzaId: 's9' })],
    archive: { jid: ARCHIVE, lastId: 's9', hole: { before: 's9', after: null } },
    order: 'backward'
  })
  const held = { replayed: true, time: 1_600_000_000_000 }
  const early = await store.write.record({
    messages: [incoming('old', { stanzaId: 's1', ...held }), incoming('older', { stanzaId: 's0', ...held, time: held.time - 1 }), incoming('no id', held)],
    archive: { jid: ARCHIVE },
    order: 'live'
  })
  expect(early.added).toBe(3)
  expect(await texts()).toEqual(['older', 'old', 'no id', 'new'])
  // the stamp of a message that is not older than the stored ones changes nothing
  await store.write.record({
    messages: [incoming('late', { stanzaId: 's10', replayed: true, time: 1_700_000_001_000 })],
    archive: { jid: ARCHIVE },
    order: 'live'
  })
  await store.write.record({
    messages: [incoming('older', { stanzaId: 's0', time: held.time - 1 }), incoming('old', { stanzaId: 's1', time: held.time })],
    archive: { jid: ARCHIVE, hole: null },
    order: 'backward'
  })
  expect((await texts()).filter((text) => text !== 'no id')).toEqual(['older', 'old', 'new', 'late'])
})

test('an own message is placed and settled when its archive shows it, and its index entry moves along', async () => {
  await store.write.record({ messages: [incoming('hello', { stanzaId: 's1' })], archive: null, order: 'live' })
  const conversation = (await store.read.conversationByJid(BOB))!
  const sent = await store.write.queueMessage({ conversation: conversation.id, text: 'typed early', originId: 'o1', sender: ARCHIVE, time: 1_600_000_000_000 })
  expect(sent.messages[0]?.state).toBe('queued')
  expect(await texts()).toEqual(['hello', 'typed early'])
  await store.write.record({
    messages: [incoming('between', { stanzaId: 's2' }), incoming('typed early', { sender: ARCHIVE, outgoing: true, originId: 'o1', stanzaId: 's3' })],
    archive: { jid: ARCHIVE, lastId: 's3' },
    order: 'forward'
  })
  expect(await texts()).toEqual(['hello', 'between', 'typed early'])
  const { hits, total } = await store.find.search({ query: 'early', limit: 5, total: true })
  expect(total).toBe(1)
  expect(hits[0]?.message).toMatchObject({ state: 'sent', key: 'oo1' })
})

test('live messages are moved into archive order once that is read, and the index follows', async () => {
  const own = (n: number): Partial<IncomingMessage> => ({ sender: ARCHIVE, outgoing: true, originId: `o${n}` })
  await store.write.record({ messages: [incoming('first', { stanzaId: 's1' })], archive: { jid: ARCHIVE, lastId: 's1' }, order: 'live' })
  const { id: conversation } = (await store.read.conversationByJid(BOB))!
  const queue = (n: number) => store.write.queueMessage({ conversation, text: `own ${n}`, originId: `o${n}`, sender: ARCHIVE, time: 1_700_000_001_000 + n })
  await queue(1)
  await store.write.record({
    messages: [incoming('second', { stanzaId: 's3', time: 1_700_000_002_000 })],
    archive: { jid: ARCHIVE, lastId: 's3' },
    order: 'live'
  })
  await queue(2)
  await store.write.record({
    messages: [incoming('third', { stanzaId: 's4', time: 1_700_000_003_000 })],
    archive: { jid: ARCHIVE, lastId: 's4' },
    order: 'live'
  })
  await queue(3)
  // the archive has to be read again from before our own messages
  expect((await store.read.archiveProgress(ARCHIVE)).lastId).toBe('s1')
  const page = [
    incoming('own 2', { ...own(2), stanzaId: 's2' }),
    incoming('second', { stanzaId: 's3' }),
    incoming('third', { stanzaId: 's4' }),
    incoming('own 1', { ...own(1), stanzaId: 's5' }),
    incoming('unseen', { stanzaId: 's6' }),
    incoming('own 3', { ...own(3), stanzaId: 's7' })
  ]
  const { removed } = await store.write.record({ messages: page, archive: { jid: ARCHIVE, lastId: 's7' }, order: 'forward' })
  const order = ['first', 'own 2', 'second', 'third', 'own 1', 'unseen', 'own 3']
  expect(await texts()).toEqual(order)
  expect(removed.length).toBeGreaterThan(0)
  expect((await store.read.archiveProgress(ARCHIVE)).lastId).toBe('s7')
  // nothing moves a second time
  expect((await store.write.record({ messages: page, archive: { jid: ARCHIVE, lastId: 's7' }, order: 'forward' })).removed).toEqual([])
  const newest = async (): Promise<string[]> => (await store.find.search({ query: 'o', limit: 20 })).hits.map(({ message }) => message.text)
  const withO = order.filter((text) => text.includes('o')).reverse()
  expect(await newest()).toEqual(withO)
  expect(await store.write.mergeRuns(1)).toBe(false)
  expect(await store.write.mergeRuns(100)).toBe(true)
  expect(await store.write.mergeRuns(100)).toBe(false)
  expect(await newest()).toEqual(withO)
  expect((await store.find.search({ query: 'own', limit: 2, offset: 1, total: true })).hits.map(({ message }) => message.text)).toEqual(['own 1', 'own 2'])
  await store.write.checkIndex()
})

test('if no key is free between two others, later messages move along, including those of the next page', async () => {
  const clock = 1_700_000_000_000
  await store.write.record({ messages: [incoming('m0', { stanzaId: 's0' })], archive: { jid: ARCHIVE, lastId: 's0' }, order: 'forward' })
  const me = (await store.write.ensureConversation({ jid: BOB, kind: 'direct', name: '', nick: null })).id
  await store.write.queueMessage({ conversation: me, text: 'own', originId: 'own', sender: ARCHIVE, time: clock })
  await store.write.transition({ conversation: BOB, originId: 'own', state: 'sent', error: null })
  // all within one millisecond: their keys are consecutive
  const live = Array.from({ length: 12 }, (_, i) => incoming(`m${i + 1}`, { stanzaId: `s${i + 1}`, time: clock }))
  await store.write.record({ messages: live, archive: { jid: ARCHIVE }, order: 'live' })
  const own = incoming('own', { sender: ARCHIVE, outgoing: true, originId: 'own', stanzaId: 'own', time: clock })
  await store.write.record({
    messages: [...live.slice(0, 2), own, ...live.slice(2, 5)],
    archive: { jid: ARCHIVE, after: 's0', lastId: 's5' },
    order: 'forward'
  })
  await store.write.record({ messages: live.slice(5, 9), archive: { jid: ARCHIVE, after: 's5', lastId: 's9' }, order: 'forward' })
  await store.write.record({ messages: live.slice(9), archive: { jid: ARCHIVE, after: 's9', lastId: 's12' }, order: 'forward' })
  expect(await texts()).toEqual(['m0', 'm1', 'm2', 'own', ...Array.from({ length: 10 }, (_, i) => `m${i + 3}`)])
  // another reading from the start changes nothing
  await store.write.record({ messages: [...live.slice(0, 2), own, ...live.slice(2)], archive: { jid: ARCHIVE, after: 's0', lastId: 's12' }, order: 'forward' })
  expect(await texts()).toEqual(['m0', 'm1', 'm2', 'own', ...Array.from({ length: 10 }, (_, i) => `m${i + 3}`)])
})

test('unread counts rise with what arrives, not with older history, and fall by reading or answering', async () => {
  await store.write.record({ messages: [incoming('1', { stanzaId: 'a' }), incoming('2', { stanzaId: 'b' })], archive: null, order: 'live' })
  await store.write.record({ messages: [incoming('0', { stanzaId: 'z', time: 1 })], archive: null, order: 'backward' })
  const unread = async (): Promise<number> => (await store.read.conversationByJid(BOB))!.unread
  expect(await unread()).toBe(2)
  // remove one of them, and one that was never unread
  await store.write.record({ messages: [incoming('gone', { stanzaId: 'g' })], archive: null, order: 'live' })
  expect(await unread()).toBe(3)
  const before = await store.read.page({ conversation: (await store.read.conversationByJid(BOB))!.id, anchor: { kind: 'newest' }, limit: 10 })
  await store.write.remove(before.messages.filter(({ text }) => text === 'gone' || text === '0').map(({ id }) => id))
  expect(await unread()).toBe(2)
  await store.write.record({ messages: [incoming('-1', { stanzaId: 'y', time: 1 })], archive: null, order: 'backward' })
  const conversation = (await store.read.conversationByJid(BOB))!
  const { messages } = await store.read.page({ conversation: conversation.id, anchor: { kind: 'newest' }, limit: 10 })
  await store.write.markRead({ conversation: conversation.id, upTo: messages[1]!.id })
  expect(await unread()).toBe(1)
  await store.write.queueMessage({ conversation: conversation.id, text: 'answer', originId: 'o', sender: ARCHIVE, time: Date.now() })
  expect(await unread()).toBe(0)
})

test('a refused message stays refused when its acknowledgement arrives late, and is sent again only on request', async () => {
  await store.write.record({ messages: [incoming('x')], archive: null, order: 'live' })
  const { id } = (await store.read.conversationByJid(BOB))!
  await store.write.queueMessage({ conversation: id, text: 'no', originId: 'o', sender: ARCHIVE, time: Date.now() })
  const state = async (next: 'failed' | 'sent'): Promise<void> =>
    void (await store.write.transition({ conversation: BOB, originId: 'o', state: next, error: next === 'failed' ? 'forbidden' : null }))
  await state('failed')
  await state('sent')
  const failed = (await store.read.page({ conversation: id, anchor: { kind: 'newest' }, limit: 1 })).messages[0]!
  expect(failed).toMatchObject({ state: 'failed', error: 'forbidden' })
  await store.write.retry(failed.id)
  expect((await store.read.queued({ after: 0, limit: 9 })).map((q) => q.originId)).toEqual(['o'])
  await store.write.discard(failed.id)
  expect((await store.find.search({ query: 'no', limit: 1, total: true })).total).toBe(0)
})

test('pages go both ways and around a message, without a gap or a double', async () => {
  await store.write.record({ messages: Array.from({ length: 95 }, (_, i) => incoming(String(i), { time: i * 1000 })), archive: null, order: 'live' })
  const conversation = (await store.read.conversationByJid(BOB))!.id as ConversationId
  const newest = await store.read.page({ conversation, anchor: { kind: 'newest' }, limit: 30 })
  expect(newest).toMatchObject({ hasOlder: true, hasNewer: false })
  const older = await store.read.page({ conversation, anchor: { kind: 'before', id: newest.messages[0]!.id }, limit: 65 })
  expect([...older.messages, ...newest.messages].map((m) => m.text)).toEqual(Array.from({ length: 95 }, (_, i) => String(i)))
  expect(older.hasOlder).toBe(false)
  const around = await store.read.page({ conversation, anchor: { kind: 'around', id: older.messages[40]!.id }, limit: 11 })
  expect(around.messages.map((m) => Number(m.text))).toEqual([35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45])
})

test('a day is found by its time, and a month tells on which of its days something was written', async () => {
  const at = (day: number, hour: number): number => new Date(2024, 1, day, hour).getTime()
  const times = [at(1, 0), at(3, 12), at(3, 13), at(29, 23), new Date(2024, 2, 1).getTime()]
  await store.write.record({ messages: times.map((time, i) => incoming(String(i), { time })), archive: null, order: 'live' })
  const conversation = (await store.read.conversationByJid(BOB))!.id
  expect(await store.read.days({ conversation, month: '2024-02' })).toEqual([1, 3, 29])
  expect(await store.read.days({ conversation, month: '2024-03' })).toEqual([1])
  expect(await store.read.days({ conversation, month: '2023-02' })).toEqual([])
  const page = await store.read.page({ conversation, anchor: { kind: 'time', time: at(4, 0) }, limit: 2 })
  expect(page.messages.map(({ text }) => text)).toEqual(['2', '3'])
})

test('the file is encrypted: it holds no text, and another key does not open it', async () => {
  await store.write.record({ messages: [incoming('a very secret sentence')], archive: null, order: 'live' })
  await store.write.checkpoint()
  await store.close()
  const { file } = storeFiles(folder.path)
  const bytes = readFileSync(file)
  expect(bytes.subarray(0, 15).toString('latin1')).not.toBe('SQLite format 3')
  expect(bytes.includes('secret')).toBe(false)
  const wrong = { ...storeFiles(folder.path), key: TEST_KEY.replace('0', 'f'), worker: WORKER }
  await expect(Store.open(wrong)).rejects.toMatchObject({ name: 'StoreOpenError', code: 'wrong-key' })
  store = await openThreads(folder.path)
  expect(await texts()).toEqual(['a very secret sentence'])
})

test('a file that is no store, and a store of a newer Mnemo, are refused in a sentence', async () => {
  await store.close()
  const { file } = storeFiles(folder.path)
  const db = openWritable(storeFiles(folder.path))
  db.pragma('user_version = 999')
  db.close()
  await expect(openThreads(folder.path)).rejects.toMatchObject({ code: 'newer' })
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
  writeFileSync(file, 'this is not a database, '.repeat(500))
  await expect(openThreads(folder.path)).rejects.toBeInstanceOf(StoreOpenError)
  rmSync(file)
  store = await openThreads(folder.path)
})

test('a second Mnemo on the same profile is refused in a sentence, until the first has ended', async () => {
  await expect(openThreads(folder.path)).rejects.toMatchObject({ code: 'in-use', message: expect.stringContaining('running already') as string })
  await store.close()
  store = await openThreads(folder.path)
})

test('settings that two windows change at once are both kept', async () => {
  await Promise.all([store.write.changeSettings({ theme: 'dark' }), store.write.changeSettings({ language: 'zh-CN' })])
  expect(await store.read.settings()).toMatchObject({ theme: 'dark', language: 'zh-CN' })
})

test('the key is generated once, readable by its user only, and its loss is reported', () => {
  const made = storeKey(folder.path, NO_KEYRING, false)
  expect(made).toMatchObject({ protection: 'file', key: expect.stringMatching(/^[0-9a-f]{64}$/) as string })
  expect(storeKey(folder.path, NO_KEYRING, true)).toEqual(made)
  rmSync(join(folder.path, 'store-key'))
  expect(() => storeKey(folder.path, NO_KEYRING, true)).toThrow(/key of this profile is missing/)
})

test('a keychain keeps the key sealed', () => {
  const keyring = {
    isAvailable: () => true,
    seal: (text: string) => Buffer.from(text).reverse(),
    unseal: (sealed: Buffer) => Buffer.from(sealed).reverse().toString()
  }
  const made = storeKey(folder.path, keyring, false)
  expect(made.protection).toBe('keychain')
  expect(readFileSync(join(folder.path, 'store-key.sealed'), 'utf8')).not.toContain(made.key)
  expect(storeKey(folder.path, keyring, true)).toEqual(made)
  expect(() => storeKey(folder.path, NO_KEYRING, true)).toThrow(/keychain/)
})

test('a keychain that appears later receives the key, unless it cannot return it', () => {
  const { key } = storeKey(folder.path, NO_KEYRING, false)
  const keyring = {
    isAvailable: () => true,
    seal: (text: string) => Buffer.from(text).reverse(),
    unseal: (sealed: Buffer) => Buffer.from(sealed).reverse().toString()
  }
  for (const broken of [
    { ...keyring, unseal: () => 'something else' },
    {
      ...keyring,
      seal: () => {
        throw new Error('locked')
      }
    }
  ]) {
    expect(storeKey(folder.path, broken, true)).toEqual({ key, protection: 'file' })
    expect(readFileSync(join(folder.path, 'store-key'), 'utf8').trim()).toBe(key)
  }
  expect(storeKey(folder.path, keyring, true)).toEqual({ key, protection: 'keychain' })
  expect(existsSync(join(folder.path, 'store-key'))).toBe(false)
  expect(storeKey(folder.path, keyring, true)).toEqual({ key, protection: 'keychain' })
})

test('the search thread stops when unused, and starts again for a search', async () => {
  await store.write.record({ messages: [incoming('found all the same')], archive: null, order: 'live' })
  const total = async (): Promise<number | null> => (await store.find.search({ query: 'same', limit: 0, total: true })).total
  expect(await total()).toBe(1)
  expect(await store.restSearch(60_000)).toBe(false)
  expect(await store.restSearch(0)).toBe(true)
  expect(await store.restSearch(0)).toBe(false)
  await store.read.releaseMemory()
  expect(await Promise.all([total(), total(), store.restSearch(0), total()])).toEqual([1, 1, false, 1])
  await store.restSearch(0)
})
