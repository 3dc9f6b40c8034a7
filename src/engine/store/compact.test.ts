/** Messages of an older store stay the same in the compact schema: every id, time, state and sender. */
import { writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openStore, storeFiles, temporaryFolder, TEST_KEY } from '../../../test/support/files.ts'
import { migrate, openReadable, openWritable, type WritableDB } from './database.ts'
import { packId } from './ids.ts'
import { migrations } from './migrations/index.ts'
import { salvageNote } from './salvage.ts'

/** Schema version before the compact one. */
const BEFORE = 28
const IDS = [
  null,
  '',
  'a',
  '01234567-89ab-cdef-0123-456789abcdef',
  '01234567-89AB-cdef-0123-456789abcdef',
  '0123456-789ab-cdef-0123-456789abcdef',
  '01234567-89ab-cdef-0123-456789abcdeg',
  '--------------------------------0000',
  '0123456789abcdef0123456789abcdef',
  '1717147800123456',
  '171714780012345',
  '12345',
  '01234',
  '1234',
  '99999999999999999999',
  '12 345',
  '١٢٣٤٥٦',
  'x'.repeat(300),
  'id with\nline break',
  'é-ü'
]
const STATES = ['received', 'sent', 'queued', 'delivered', 'failed']
const ALL =
  'SELECT id, conversation, SENDER AS sender, outgoing, text, time, state, error, stanza_id, origin_id, message_id, reply_to, doc, flags, occupant, home FROM message m ORDER BY id'

/** Store in the older schema, with a message for each id in each column. */
function older(folder: string): unknown[] {
  const { file, extension, dictionary } = storeFiles(folder)
  const db = new Database(file)
  for (const pragma of ["cipher = 'sqlcipher'", 'legacy = 4', `key = "x'${TEST_KEY}'"`, 'journal_mode = WAL']) db.pragma(pragma)
  db.loadExtension(extension)
  db.prepare('SELECT mnemo_dictionary(?)').get(dictionary)
  migrate(db as WritableDB, migrations.slice(0, BEFORE))
  db.exec(
    "INSERT INTO conversation (jid, kind, name, account) VALUES ('room@rooms.example.org', 'group', 'room', ''), ('bob@example.org', 'direct', 'Bob', '')"
  )
  const insert = db.prepare(
    'INSERT INTO message (id, conversation, sender, outgoing, text, time, state, error, stanza_id, origin_id, message_id, reply_to, flags, occupant) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
  )
  db.transaction(() => {
    for (const [i, id] of IDS.entries())
      for (const place of [0, 1, 2, 3]) {
        const time = [0, 1_700_000_000_000, 1_700_000_000_123, 5][i % 4] ?? 0
        const key = (1_700_000_000_000 + (i % 3 === 0 ? 0 : time - 1_700_000_000_000)) * 1024 + i * 4 + place + 1
        const ids = [0, 1, 2, 3].map((at) => (at === place ? id : null))
        const outgoing = place === 1 ? 1 : 0
        insert.run(
          Math.max(1, key),
          1 + (place % 2),
          place % 2 === 0 ? `room@rooms.example.org/成员 ${i}` : 'bob@example.org',
          outgoing,
          `text ${i}`,
          time,
          STATES[(i + place) % 5],
          i % 7 === 0 ? 'an error' : null,
          ...ids,
          i % 2 === 0 ? 64 : 0,
          place === 2 ? 'occupant' : null
        )
      }
  })()
  db.exec("INSERT INTO attachment (message, kind, name) SELECT id, 'file', 'a.pdf' FROM message; INSERT INTO former_text SELECT id, 'before' FROM message")
  const rows = db.prepare(ALL.replace('SENDER', 'sender')).all()
  db.close()
  return rows
}
const now = (db: Pick<WritableDB, 'prepare'>): unknown[] => db.prepare(ALL.replace('SENDER', '(SELECT jid FROM address WHERE id = m.sender_id)')).all()

test('an older store keeps all data, and ids are found in their original form', () => {
  using folder = temporaryFolder()
  const before = older(folder.path)
  expect(before).toHaveLength(IDS.length * 4)
  const db = openWritable(storeFiles(folder.path))
  expect(now(db)).toEqual(before)
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(db.pragma('foreign_key_check')).toEqual([])
  expect(db.prepare('SELECT count(*) FROM attachment a JOIN former_text f ON f.message = a.message').pluck().get()).toBe(IDS.length * 4)
  // packId packs as the migration packed
  for (const id of IDS)
    for (const column of ['stanza', 'origin', 'message', 'reply'])
      if (id !== null)
        expect(db.prepare<[unknown], number>(`SELECT count(*) FROM message WHERE ${column}_key = ?`).pluck().get(packId(id)), `${column} ${id}`).toBe(1)
  db.close()
})

test('a damaged store of before is salvaged with all that its messages had', async () => {
  using folder = temporaryFolder()
  const before = older(folder.path)
  writeFileSync(salvageNote(storeFiles(folder.path).file), '')
  const store = await openStore(folder.path)
  await store.close()
  const db = openReadable(storeFiles(folder.path))
  expect(now(db).map((row) => ({ ...(row as object), doc: null }))).toEqual(before.map((row) => ({ ...(row as object), doc: null })))
  db.close()
})
