/** Index maintenance: the index follows every change, keeps nothing of deleted messages, and can be rebuilt at any time. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Jid, MessageId } from '../../contract/domain.ts'
import { openStore, storeFiles, temporaryFolder } from '../../../test/support/files.ts'
import { STORE_IN_PROCESS } from '../../../test/support/in-process.ts'
import { migrate, openWritable, type WritableDB } from '../store/database.ts'
import { packRows, type ImportRow } from '../store/import-rows.ts'
import { migrations } from '../store/migrations/index.ts'
import { Store } from './store.ts'
import { expiryOf, Upkeep } from './upkeep.ts'
import type { IncomingMessage, StoreChanges } from '../store/types.ts'
import Database from 'better-sqlite3'

let folder: ReturnType<typeof temporaryFolder>
let store: Store
const ROOM = 'room@rooms.example.org' as Jid
const rows = (texts: string[], from = 1_700_000_000_000) => texts.map((text, i) => ({ sender: `s${i % 3}`, time: from + i * 1000, text }))
const add = (texts: string[], from?: number) => store.write.importRows({ jid: ROOM, name: 'room', rows: packRows(rows(texts, from)), self: null })
/** Incoming messages, each with its text as its id. */
const incoming = (text: string, time: number): IncomingMessage => ({
  conversation: ROOM,
  kind: 'group',
  sender: `${ROOM}/s` as Jid,
  outgoing: false,
  text,
  time,
  stanzaId: null,
  originId: text,
  replayed: false,
  occupant: 's'
})
const say = (texts: string[], from = 1_700_000_000_000) =>
  store.write.record({ messages: texts.map((text, i) => incoming(text, from + i * 1000)), archive: null, order: 'live' })
const correct = (target: string, text: string) =>
  store.write.record({ messages: [{ ...incoming(text, Date.now()), originId: null, change: { kind: 'correction', target } }], archive: null, order: 'live' })
const total = async (query: string): Promise<number | null> => (await store.find.search({ query, limit: 0, total: true })).total
const newest = async (query: string, limit = 20): Promise<string[]> => (await store.find.search({ query, limit })).hits.map((hit) => hit.message.text)
const idOf = async (query: string): Promise<MessageId> => (await store.find.search({ query, limit: 1 })).hits[0]!.message.id

beforeEach(async () => {
  folder = temporaryFolder()
  store = await openStore(folder.path)
})
afterEach(async () => {
  await store.close()
  folder[Symbol.dispose]()
})

test('an edit changes what is found, in place', async () => {
  await say(['first draft', 'second draft', 'third draft'])
  await correct('second draft', '改好的版本 https://example.org')
  expect(await total('second')).toBe(0)
  expect(await newest('draft')).toEqual(['third draft', 'first draft'])
  expect(await newest('has:link')).toEqual(['改好的版本 https://example.org'])
  expect(await total('is:edited')).toBe(1)
  expect((await store.find.search({ query: '版本', limit: 1 })).hits[0]?.message).toMatchObject({ edited: true })
  await store.write.checkIndex()
})

test('a star, a move and a removal are seen by the next search', async () => {
  await add(['alpha one', 'alpha two', 'alpha three'])
  expect(await total('alpha is:starred')).toBe(0)
  await store.write.star({ id: await idOf('two'), on: true })
  expect(await newest('alpha is:starred')).toEqual(['alpha two'])
  await store.write.remove([await idOf('three')])
  expect(await newest('alpha')).toEqual(['alpha two', 'alpha one'])
  expect((await store.find.search({ query: 'alpha', limit: 5, total: true, facets: true })).facets?.conversations[0]?.count).toBe(2)
  await store.write.checkIndex()
})

test('messages added, changed or removed since a search are seen by the next, including long texts', async () => {
  await say(Array.from({ length: 500 }, (_, i) => (i % 50 === 0 ? `the quick brown fox ${i} 今天晚上吃什么` : `filler quick ${i}`)))
  for (const query of ['"quick brown fox"', '今天晚上吃']) expect(await total(query)).toBe(10)
  await add(['a quick brown fox came later, 今天晚上吃什么'], 1_800_000_000_000)
  for (const query of ['"quick brown fox"', '今天晚上吃']) expect(await total(query)).toBe(11)
  expect(await newest('"quick brown fox"', 1)).toEqual(['a quick brown fox came later, 今天晚上吃什么'])
  await correct('filler quick 499', 'now a quick brown fox, too')
  expect(await total('"quick brown fox"')).toBe(12)
  await store.write.remove([await idOf('came later')])
  expect(await total('"quick brown fox"')).toBe(11)
  expect(await total('今天晚上吃')).toBe(10)
})

test('older history that arrives later is found in its place', async () => {
  await add(['tea at noon', 'tea at one'], 1_700_000_000_000)
  await add(['tea long ago', 'tea a bit later'], 1_600_000_000_000)
  await add(['tea in between'], 1_650_000_000_000)
  const order = ['tea at one', 'tea at noon', 'tea in between', 'tea a bit later', 'tea long ago']
  expect(await newest('tea')).toEqual(order)
  expect(await newest('tea', 2)).toEqual(order.slice(0, 2))
  expect((await store.find.search({ query: 'tea', limit: 2, offset: 2, total: true })).hits.map((hit) => hit.message.text)).toEqual(order.slice(2, 4))
  expect((await store.find.search({ query: 'tea', limit: 9, order: 'oldest' })).hits.map((hit) => hit.message.text)).toEqual(order.toReversed())
})

test('deleted and overwritten texts leave nothing in the file', async () => {
  await store.close()
  const files = { ...storeFiles(folder.path), file: join(folder.path, 'plain.db'), key: null }
  store = await Store.open({ ...files, worker: STORE_IN_PROCESS })
  const noise = Array.from({ length: 3000 }, (_, i) => `ordinary message number ${i} 普通消息`)
  await say([...noise.slice(0, 1500), 'the codeword is xylophonequartz 绝密暗号龘靐', ...noise.slice(1500), 'plain text with jabberwocky inside'])
  await store.write.remove([await idOf('xylophone')])
  await correct('plain text with jabberwocky inside', 'plain text')
  while (await store.write.mergeIndex(100));
  await store.close()
  const db = openWritable(files)
  expect(() => db.exec("INSERT INTO message_index (message_index, rank) VALUES ('integrity-check', 1)")).not.toThrow()
  db.exec("CREATE VIRTUAL TABLE temp.words USING fts5vocab ('main', 'message_index', 'row')")
  const terms = db.prepare("SELECT term FROM temp.words WHERE term GLOB '*xyl*' OR term GLOB '*jabb*' OR term IN ('龘', '靐', 'xy', 'qz', 'zq', 'bw')").pluck()
  expect(terms.all()).toEqual([])
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
  // the index alone: pages of its table, as they are in the file
  const bytes = readFileSync(files.file)
  for (const left of ['xylophonequartz', 'xylo', 'jabberwocky', 'jabb', '龘', '靐']) expect(indexBytes(files.file, bytes).includes(left), left).toBe(false)
  store = await Store.open({ ...files, worker: STORE_IN_PROCESS })
  expect(await total('ordinary')).toBe(3000)
})

/** Bytes of the index's pages and of free pages. */
function indexBytes(file: string, bytes: Buffer): Buffer {
  const db = new Database(file, { readonly: true })
  const size = Number(db.pragma('page_size', { simple: true }))
  const others = new Set(db.prepare("SELECT pageno FROM dbstat WHERE name NOT LIKE 'message_index%'").pluck().all() as number[])
  db.close()
  return Buffer.concat(
    Array.from({ length: bytes.length / size }, (_, i) => i + 1)
      .filter((page) => !others.has(page))
      .map((page) => bytes.subarray((page - 1) * size, page * size))
  )
}

/** Store of the first schema, with an index by its own rules. */
function oldStore(texts: string[]): void {
  const db = new Database(storeFiles(folder.path).file)
  db.pragma("cipher = 'sqlcipher'")
  db.pragma('legacy = 4')
  db.pragma(`key = "x'${storeFiles(folder.path).key ?? ''}'"`)
  db.loadExtension(storeFiles(folder.path).extension)
  migrate(db as WritableDB, migrations.slice(0, 1))
  db.exec(`INSERT INTO conversation (id, jid, kind, name) VALUES (1, '${ROOM}', 'group', 'room')`)
  const insert = db.prepare(
    "INSERT INTO message (id, conversation, sender, outgoing, text, time, state) VALUES (?, 1, 'room@rooms.example.org/a', 0, ?, ?, 'received')"
  )
  db.transaction(() => texts.forEach((text, i) => insert.run((1_700_000_000_000 + i) * 1024 + 1, text, 1_700_000_000_000 + i)))()
  db.close()
}

test('a store of an older Mnemo is indexed again, newest first, and answers meanwhile', async () => {
  await store.close()
  const fresh = temporaryFolder()
  folder[Symbol.dispose]()
  folder = fresh
  oldStore(Array.from({ length: 5000 }, (_, i) => `message ${i} ${i % 2 === 0 ? '华联超市' : 'supermarket'}`))
  store = await openStore(folder.path)
  const before = await store.find.search({ query: '联超', limit: 3, total: true })
  expect(before.notIndexed).toBe(5000)
  expect(before.hits.map((hit) => hit.message.text)).toEqual([4998, 4996, 4994].map((i) => `message ${i} 华联超市`))
  expect(await store.write.indexOlder(1000)).toEqual({ indexed: 1000, left: 4000 })
  await add(['brand new 华联超市'], 1_800_000_000_000)
  const meanwhile = await store.find.search({ query: '联超', limit: 600 })
  expect(meanwhile.hits).toHaveLength(600)
  expect(meanwhile.hits[0]?.message.text).toBe('brand new 华联超市')
  expect(meanwhile.hits[599]?.message.text).toBe('message 3802 华联超市')
  for (let left = 4000; left > 0;) left = (await store.write.indexOlder(1500)).left
  expect(await total('联超')).toBe(2501)
  expect(await newest('supermarket', 2)).toEqual(['message 4999 supermarket', 'message 4997 supermarket'])
  await store.write.checkIndex()
})

test('messages older than the settings allow are deleted, also from the index and the media folder; starred and queued ones stay', async () => {
  const DAY = 86_400_000
  const media = join(folder.path, 'media')
  mkdirSync(media)
  const [old, recent, foreign] = [`${'a'.repeat(64)}.png`, `${'b'.repeat(64)}.png`, 'thesis.docx']
  for (const name of [old, recent, foreign]) writeFileSync(join(media, name), 'picture')
  const at = (daysAgo: number, text: string, stored: string | null = null): ImportRow => ({
    sender: 'a',
    time: Date.now() - daysAgo * DAY,
    text,
    ...(stored === null ? {} : { attachments: [{ kind: 'image' as const, name: stored, bytes: 7, stored }] })
  })
  await store.write.importRows({
    jid: ROOM,
    name: 'room',
    self: null,
    rows: packRows([at(400, 'ancient one', old), at(300, 'ancient but starred'), at(40, 'ancient, too'), at(2, 'recent', recent)])
  })
  await store.write.star({ id: await idOf('starred'), on: true })
  await store.write.queueMessage({
    conversation: (await store.read.conversationByJid(ROOM))!.id,
    text: 'ancient and still waiting',
    originId: 'o',
    sender: ROOM,
    time: Date.now() - 100 * DAY
  })
  expect(await store.read.expiring(expiryOf(30))).toBe(2)
  const told: StoreChanges[] = []
  const upkeep = new Upkeep(store, media, { warn: () => undefined }, { indexing: () => undefined, changes: (changes) => told.push(changes) })
  await store.write.changeSettings({ keepDays: 30 })
  upkeep.start()
  // an unused file is deleted when it is found unused for the second time
  const again = setInterval(() => upkeep.expire(), 100)
  await expect.poll(() => existsSync(join(media, old))).toBe(false)
  clearInterval(again)
  upkeep.stop()
  await upkeep.stopped
  expect(await total('ancient')).toBe(2)
  expect(told.flatMap(({ removed }) => removed)).toHaveLength(2)
  expect(readdirSync(media)).toEqual([recent, foreign])
  await store.write.checkIndex()
})

test('the engine repairs an index that answers with damage', async () => {
  await add(Array.from({ length: 300 }, (_, i) => `message ${i}`))
  await store.close()
  const db = openWritable(storeFiles(folder.path))
  db.unsafeMode(true)
  db.exec('UPDATE message_index_data SET block = zeroblob(length(block)) WHERE id > 100')
  db.close()
  store = await openStore(folder.path)
  const upkeep = new Upkeep(store, folder.path, { warn: () => undefined }, { indexing: () => undefined, changes: () => undefined })
  upkeep.start()
  await store.find.search({ query: 'message', limit: 5, total: true }).catch(() => undefined)
  await expect.poll(() => total('message').catch(() => null)).toBe(300)
  upkeep.stop()
  await upkeep.stopped
  await store.write.checkIndex()
})

test('a damaged index is noticed, and rebuilt without losing a message', async () => {
  await add(['one fine message', 'another message'])
  const db = openWritable(storeFiles(folder.path))
  db.exec("INSERT INTO message_index (message_index, rowid, text, files) VALUES ('delete', 1, 'something else', NULL)")
  db.close()
  await expect(store.write.checkIndex()).rejects.toMatchObject({ code: 'SQLITE_CORRUPT_VTAB' })
  await store.write.resetIndex()
  await store.write.indexOlder(100)
  await store.write.checkIndex()
  expect(await newest('message')).toEqual(['another message', 'one fine message'])
})

test('nothing is prepared for a search while an import runs, which needs the memory', async () => {
  const upkeep = new Upkeep(store, folder.path, { warn: () => undefined }, { indexing: () => undefined, changes: () => undefined })
  upkeep.start()
  await store.restSearch(0)
  store.imports++
  await upkeep.prepareSearch()
  expect(await store.restSearch(0)).toBe(false)
  store.imports--
  await upkeep.prepareSearch()
  expect(await store.restSearch(0)).toBe(true)
  upkeep.stop()
  await upkeep.stopped
})
