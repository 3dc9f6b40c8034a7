/** Free pages of the file are given back. */
import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStore, storeFiles, temporaryFolder, TEST_KEY } from '../../../test/support/files.ts'
import type { Jid } from '../../contract/domain.ts'
import type { Store } from '../threads/store.ts'
import { openReadable, openWritable } from './database.ts'

const BOB = 'bob@example.org' as Jid
const COUNT = 3000
let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => (folder = temporaryFolder()))
afterEach(() => folder[Symbol.dispose]())

async function fill(store: Store): Promise<void> {
  for (let from = 0; from < COUNT; from += 1000) {
    const messages = Array.from({ length: 1000 }, (_, i) => ({
      conversation: BOB,
      kind: 'direct' as const,
      sender: BOB,
      outgoing: false,
      text: `message ${from + i} 今天去超市买东西 ${'long '.repeat(150)}`,
      time: 1_700_000_000_000 + from + i,
      stanzaId: `s${from + i}`,
      originId: null,
      replayed: false
    }))
    await store.write.record({ messages, archive: null, order: 'live' })
  }
}
async function removeMost(store: Store): Promise<void> {
  const { id } = (await store.read.conversationByJid(BOB))!
  const { messages } = await store.read.page({ conversation: id, anchor: { kind: 'newest' }, limit: COUNT })
  await store.write.remove(messages.slice(0, COUNT - 100).map((message) => message.id))
}
async function settle(store: Store): Promise<void> {
  while (await store.write.mergeIndex(2000));
  while (await store.write.releasePages(500));
  await store.write.checkpoint()
}
const bytes = (): number => statSync(storeFiles(folder.path).file).size
const left = async (store: Store): Promise<(number | null)[]> =>
  Promise.all(['超市', 'message'].map(async (query) => (await store.find.search({ query, limit: 0, total: true })).total))

test('deleted content leaves the file', async () => {
  const store = await openStore(folder.path)
  await fill(store)
  await settle(store)
  const full = bytes()
  await removeMost(store)
  await settle(store)
  // a few free pages are kept for the next messages
  const reader = openReadable(storeFiles(folder.path))
  expect(reader.pragma('freelist_count', { simple: true })).toBeLessThanOrEqual(128)
  reader.close()
  expect(bytes()).toBeLessThan(full * 0.7)
  expect(await left(store)).toEqual([100, 100])
  await store.write.checkIndex()
  expect(await store.read.isSound()).toBe(true)
  await store.close()
})

/** Rewrites the file as an older Mnemo wrote it, without auto_vacuum. */
function asBefore(): void {
  const db = new Database(storeFiles(folder.path).file)
  for (const pragma of ["cipher = 'sqlcipher'", 'legacy = 4', `key = "x'${TEST_KEY}'"`]) db.pragma(pragma)
  db.loadExtension(storeFiles(folder.path).extension)
  db.pragma('journal_mode = DELETE')
  db.pragma('auto_vacuum = NONE')
  db.exec('VACUUM')
  db.close()
}

test('a file of an older Mnemo with much free space is rewritten when it is opened; a full one is not', async () => {
  let store = await openStore(folder.path)
  await fill(store)
  await settle(store)
  await store.close()
  asBefore()
  const full = bytes()
  store = await openStore(folder.path)
  expect(await store.write.releasePages(500)).toBe(false)
  await removeMost(store)
  await settle(store)
  expect(bytes()).toBeGreaterThanOrEqual(full)
  await store.close()
  store = await openStore(folder.path)
  await store.write.checkpoint()
  expect(bytes()).toBeLessThan(full / 2)
  expect(await left(store)).toEqual([100, 100])
  await store.write.checkIndex()
  expect(await store.read.isSound()).toBe(true)
  await store.close()
})

test('every referenced table has an explicit row number: rewriting the file renumbers all others (https://sqlite.org/lang_vacuum.html)', () => {
  openWritable(storeFiles(folder.path)).close()
  const db = openReadable(storeFiles(folder.path))
  const tables = db
    .prepare<[], { name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    )
    .all()
  expect(tables.length).toBeGreaterThan(25)
  const unnumbered: string[] = []
  for (const { name, sql } of tables) {
    const isNumbered = db.prepare<[string], number>("SELECT count(*) FROM pragma_table_info(?) WHERE pk = 1 AND type = 'INTEGER'").pluck().get(name) === 1
    if (!isNumbered && !/WITHOUT ROWID/i.test(sql)) unnumbered.push(name)
  }
  // no statement refers to rows of these tables by rowid
  expect(unnumbered).toEqual(['name_change'])
  db.close()
})
