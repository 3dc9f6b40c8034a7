/** Every older store is migrated, even if the migration is killed at any moment. */
import { spawn } from 'node:child_process'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openStore, program, storeFiles, temporaryFolder, TEST_KEY } from '../support/files.ts'
import { migrate, openWritable, type WritableDB } from '../../src/engine/store/database.ts'
import { migrations } from '../../src/engine/store/migrations/index.ts'

const COUNT = 1500
/** First schema with several accounts. */
const ACCOUNTS = 9
/** Moments at which migrations are killed, ms after the start: two per schema, so that each moment is tried on many schemas. */
const MOMENTS = [0, 2, 5, 10, 20, 40]
/** Last schema that stores ids, senders and states as text: stores older than a later schema are written in this one, then migrated. */
const WORDS = 28

/** Store as an older Mnemo left it. */
function older(folder: string, version: number): void {
  const { file, extension, dictionary } = storeFiles(folder)
  const db = new Database(file)
  db.pragma("cipher = 'sqlcipher'")
  db.pragma('legacy = 4')
  db.pragma(`key = "x'${TEST_KEY}'"`)
  db.pragma('journal_mode = WAL')
  db.loadExtension(extension)
  db.prepare('SELECT mnemo_dictionary(?)').get(dictionary)
  migrate(db as WritableDB, migrations.slice(0, Math.min(version, WORDS)))
  const own = version >= ACCOUNTS ? [', account', ", 'me@example.org'", ", ''"] : ['', '', '']
  db.exec(`
    INSERT INTO account (jid, settings) VALUES ('me@example.org', '{}');
    INSERT INTO conversation (jid, kind, name${own[0]}) VALUES ('bob@example.org', 'direct', 'Bob'${own[1]}), ('x@import.invalid', 'group', 'old chat'${own[2]});
    INSERT INTO contact (jid, name, subscription${own[0]}) VALUES ('bob@example.org', 'Bob', 'both'${own[1]});
    INSERT INTO archive (jid, last_id${own[0]}) VALUES ('me@example.org', 'last'${own[1]})`)
  const insert = db.prepare(
    "INSERT INTO message (id, conversation, sender, outgoing, text, time, state, origin_id) VALUES (?, 1, 'bob@example.org', 0, ?, ?, 'received', ?)"
  )
  db.transaction(() => {
    for (let i = 1; i <= COUNT; i++) insert.run(i * 1024 + 1, `old message ${i}`, i, `o${i}`)
  })()
  migrate(db as WritableDB, migrations.slice(0, version))
  db.close()
}

/** Kills a migration `ms` after its start; returns whether it had finished. */
function killed(folder: string, ms: number): Promise<boolean> {
  const child = spawn(process.execPath, [program('migrate'), folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  let done = false
  child.stdout.on('data', (chunk: Buffer) => {
    const said = chunk.toString()
    if (said.includes('done')) done = true
    if (said.includes('go')) setTimeout(() => child.kill('SIGKILL'), ms)
  })
  return new Promise((resolve) => child.once('exit', () => resolve(done)))
}

test.each(migrations.slice(1).map((_, i) => i + 1))('from schema %i, killed on the way', async (version) => {
  using folder = temporaryFolder()
  older(folder.path, version)
  for (const at of [version, version + 3]) if (await killed(folder.path, MOMENTS[at % MOMENTS.length]!)) break
  const db = openWritable(storeFiles(folder.path))
  expect(db.pragma('user_version', { simple: true })).toBe(migrations.length)
  expect(db.prepare('SELECT count(*) FROM message').pluck().get()).toBe(COUNT)
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(db.pragma('foreign_key_check')).toEqual([])
  // all data belongs to the only account; imports belong to none
  expect(db.prepare('SELECT jid, account FROM conversation ORDER BY id').raw().all()).toEqual([
    ['bob@example.org', 'me@example.org'],
    ['x@import.invalid', '']
  ])
  expect(db.prepare('SELECT jid, account, name FROM contact').raw().all()).toEqual([['bob@example.org', 'me@example.org', 'Bob']])
  expect(db.prepare('SELECT jid, account, last_id FROM archive').raw().all()).toEqual([['me@example.org', 'me@example.org', 'last']])
  db.close()
  const store = await openStore(folder.path)
  for (let left = 1; left > 0;) left = (await store.write.indexOlder(5000)).left
  expect((await store.find.search({ query: 'old message', limit: 1, total: true })).total).toBe(COUNT)
  await store.close()
})
