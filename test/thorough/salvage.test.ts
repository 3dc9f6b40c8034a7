/** Damaged file: the readable part is saved, the rest is fetched from the servers again, and the damaged file stays. */
import { closeSync, copyFileSync, existsSync, openSync, renameSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import { openThreads, seeded, storeFiles, temporaryFolder, WORKER } from '../support/files.ts'
import { packRows } from '../../src/engine/store/import-rows.ts'
import { openReadable, openWritable } from '../../src/engine/store/database.ts'
import { COPIED, LEFT_OUT, salvageNote, type Salvaged } from '../../src/engine/store/salvage.ts'
import { Store } from '../../src/engine/threads/store.ts'

const PAGE = 4096
const COUNT = 5000

/** Overwrites some pages with random bytes. */
function damage(file: string, pages: number[]): void {
  const random = seeded(7)
  const handle = openSync(file, 'r+')
  for (const page of pages) writeSync(handle, Buffer.from(Array.from({ length: PAGE }, () => Math.floor(random() * 256))), 0, PAGE, page * PAGE)
  closeSync(handle)
}

async function filled(folder: string): Promise<string> {
  const store = await openThreads(folder)
  await store.write.importRows({
    jid: 'room@rooms.example.org' as Jid,
    name: 'room',
    self: null,
    rows: packRows(Array.from({ length: COUNT }, (_, i) => ({ sender: 'a', time: 1_700_000_000_000 + i * 1000, text: `message ${i} 消息 ${'x'.repeat(40)}` })))
  })
  await store.write.changeSettings({ theme: 'dark' })
  await store.write.record({ messages: [], archive: { jid: 'me@example.org' as Jid, lastId: 'x' }, order: 'live' })
  await store.write.checkpoint()
  await store.close()
  return storeFiles(folder).file
}

/** Numbers of pages with messages and their index; without a schema page the others cannot be interpreted. */
function pagesOfMessages(folder: string): number[] {
  const db = openReadable(storeFiles(folder))
  const pages = db
    .prepare<[], number>("SELECT pageno FROM dbstat WHERE name IN ('message', 'message_index_data') AND pagetype = 'leaf' ORDER BY 1")
    .pluck()
    .all()
  db.close()
  return pages
}

const open = async (folder: string): Promise<{ store: Store; saved: Salvaged[] }> => {
  const saved: Salvaged[] = []
  return { store: await Store.open({ ...storeFiles(folder), worker: WORKER, onSalvage: (one) => saved.push(one) }), saved }
}

test.each([
  ['a page in the middle', [0.4]],
  ['several', [0.2, 0.5, 0.8]]
])('%s', async (_name, places) => {
  using folder = temporaryFolder()
  const file = await filled(folder.path)
  const pages = pagesOfMessages(folder.path)
  damage(
    file,
    places.map((place) => pages[Math.floor(pages.length * place)]! - 1)
  )
  let { store, saved } = await open(folder.path)
  expect(saved).toEqual([])
  expect(await store.read.isSound()).toBe(false)
  store.salvageNextTime()
  await store.close()
  ;({ store, saved } = await open(folder.path))
  expect(saved).toHaveLength(1)
  expect(saved[0]!.messages).toBeGreaterThan(COUNT * 0.95)
  expect(existsSync(saved[0]!.kept)).toBe(true)
  expect(await store.read.isSound()).toBe(true)
  for (let left = 1; left > 0;) left = (await store.write.indexOlder(3000)).left
  expect((await store.find.search({ query: '消息', limit: 1, total: true })).total).toBe(saved[0]!.messages)
  expect(await store.read.settings()).toMatchObject({ theme: 'dark' })
  // the archive is fetched again, including the lost messages
  expect((await store.read.archiveProgress('me@example.org')).lastId).toBeNull()
  await store.write.checkIndex()
  await store.close()
  // the salvage ran once
  ;({ store, saved } = await open(folder.path))
  expect(saved).toEqual([])
  await store.close()
})

test.each([
  ['its last page', (bytes: number) => bytes - PAGE, 0.99],
  ['its second half', (bytes: number) => Math.floor(bytes / 2), 0.2]
])('a file that was cut off and lacks %s is saved as far as it goes', async (_, length, least) => {
  using folder = temporaryFolder()
  const file = await filled(folder.path)
  truncateSync(file, length(statSync(file).size))
  const { store, saved } = await open(folder.path)
  expect(saved).toHaveLength(1)
  expect(saved[0]!.messages).toBeGreaterThanOrEqual(COUNT * least)
  expect(await store.read.isSound()).toBe(true)
  await store.close()
})

test('if the first page is unreadable, the file stays unchanged and an error says so', async () => {
  using folder = temporaryFolder()
  const file = await filled(folder.path)
  damage(file, [0])
  await expect(open(folder.path)).rejects.toMatchObject({ name: 'StoreOpenError' })
  expect(existsSync(file)).toBe(true)
})

test('every table is copied, or its reason not to be is known', async () => {
  using folder = temporaryFolder()
  await filled(folder.path)
  const db = openReadable(storeFiles(folder.path))
  const tables = db
    .prepare<[], string>("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite%'")
    .pluck()
    .all()
  db.close()
  expect(tables.sort()).toEqual([...COPIED, ...Object.keys(LEFT_OUT)].sort())
})

test('a scheduled message is saved, even if the answered one is not; so are reminders', async () => {
  using folder = temporaryFolder()
  const file = await filled(folder.path)
  const db = openWritable(storeFiles(folder.path))
  db.pragma('foreign_keys = OFF')
  db.exec(`INSERT INTO scheduled (conversation, text, reply, due, origin_id) SELECT id, 'happy new year', NULL, 9, 'a' FROM conversation;
    INSERT INTO scheduled (conversation, text, reply, due, origin_id) SELECT id, 'an answer', 12345, 9, 'b' FROM conversation;
    INSERT INTO reminder SELECT min(id), 9 FROM message`)
  db.close()
  writeFileSync(salvageNote(file), '')
  const { store } = await open(folder.path)
  await store.close()
  const after = openReadable(storeFiles(folder.path))
  expect(after.prepare('SELECT text, reply FROM scheduled ORDER BY id').all()).toEqual([
    { text: 'happy new year', reply: null },
    { text: 'an answer', reply: null }
  ])
  expect(after.prepare('SELECT count(*) FROM reminder').pluck().get()).toBe(1)
  after.close()
})

test('data of messages is saved with them: former texts, links, notices, read positions', async () => {
  using folder = temporaryFolder()
  const file = await filled(folder.path)
  const db = openWritable(storeFiles(folder.path))
  db.exec(`INSERT INTO former_text SELECT id, 'before' FROM message; INSERT INTO link (message, url, title, description, site) SELECT id, 'https://example.org', 'title', '', '' FROM message;
    INSERT INTO notice (conversation, kind, name, text, time) SELECT conversation, 'joined', 'a', '', time FROM message; INSERT INTO group_seen SELECT id, 'a', 1 FROM conversation`)
  db.close()
  writeFileSync(salvageNote(file), '')
  const { store, saved } = await open(folder.path)
  await store.close()
  expect(saved).toMatchObject([{ messages: COUNT, incomplete: false }])
  const after = openReadable(storeFiles(folder.path))
  for (const table of ['former_text', 'link', 'notice']) expect(after.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBe(COUNT)
  expect(after.prepare('SELECT count(*) FROM group_seen').pluck().get()).toBe(1)
  after.close()
})

test('a process that ended between the two moves of a salvage loses nothing: the next one makes the second', async () => {
  using folder = temporaryFolder()
  const file = await filled(folder.path)
  // state after the first move, with a log of the damaged file still there
  const kept = `${file}.damaged-x`
  copyFileSync(file, `${file}.saved`)
  renameSync(file, kept)
  writeFileSync(`${file}-wal`, 'log of the damaged file')
  writeFileSync(salvageNote(file), JSON.stringify({ kept, messages: COUNT, incomplete: false }))
  const { store, saved } = await open(folder.path)
  expect(saved).toEqual([{ kept, messages: COUNT, incomplete: false }])
  expect((await store.read.stats()).messages).toBe(COUNT)
  await store.close()
  expect(existsSync(kept)).toBe(true)
  expect(existsSync(salvageNote(file))).toBe(false)
})
