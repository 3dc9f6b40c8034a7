/** Stores in which a sender's stamp has put messages into the far future are repaired. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import fc from 'fast-check'
import Database from 'better-sqlite3'
import type { Jid } from '../../contract/domain.ts'
import { openStore, storeFiles, temporaryFolder, TEST_KEY } from '../../../test/support/files.ts'
import { migrate, type WritableDB } from './database.ts'
import { packRows } from './import-rows.ts'
import { migrations } from './migrations/index.ts'

const DAY = 86_400_000
const BEFORE_REPAIR = 16
const at = (time: number): number => time * 1024 + 1
const FAR = at(Date.UTC(2200, 0, 1))
const START = Date.UTC(2026, 10, 1)

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => (folder = temporaryFolder()))
afterEach(() => folder[Symbol.dispose]())

/** Store as an older version left it; `rows`: conversation, key, time, text. */
function older(rows: readonly [number, number | bigint, number, string][], more = ''): void {
  const { file, extension, dictionary } = storeFiles(folder.path)
  const db = new Database(file)
  for (const pragma of ["cipher = 'sqlcipher'", 'legacy = 4', `key = "x'${TEST_KEY}'"`, 'journal_mode = WAL']) db.pragma(pragma)
  db.loadExtension(extension)
  db.prepare('SELECT mnemo_dictionary(?)').get(dictionary)
  migrate(db as WritableDB, migrations.slice(0, BEFORE_REPAIR))
  db.exec(`
    INSERT INTO account (jid, settings) VALUES ('me@example.org', '{}');
    INSERT INTO conversation (jid, kind, name, account) VALUES ('bob@example.org', 'direct', 'Bob', 'me@example.org'), ('eve@example.org', 'direct', 'Eve', 'me@example.org'), ('x@import.invalid', 'group', 'old chat', '')`)
  const insert = db.prepare(
    "INSERT INTO message (id, conversation, sender, outgoing, text, time, state, origin_id, doc) VALUES (?, ?, 'bob@example.org', 0, ?, ?, 'received', ?, ?)"
  )
  for (const [i, [conversation, key, time, text]] of rows.entries()) {
    insert.run(key, conversation, text, time, `o${i}`, i + 1)
    db.prepare('INSERT INTO doc (doc, message, conversation, sender, flags, length) VALUES (?, ?, ?, 1, 0, 1)').run(i + 1, key, conversation)
  }
  db.exec('UPDATE conversation SET last_message = (SELECT max(id) FROM message WHERE conversation = conversation.id)')
  db.exec(more)
  db.close()
}

const texts = async (store: Awaited<ReturnType<typeof openStore>>, jid: string): Promise<[string, number][]> => {
  const { id } = (await store.read.conversationByJid(jid))!
  return (await store.read.page({ conversation: id, anchor: { kind: 'newest' }, limit: 200 })).messages.map(({ text, time }) => [text, time])
}

test('messages after a stamp of 2200 get their own times, in the same order, and references follow', async () => {
  older(
    [
      [1, at(START), START, 'first'],
      [1, FAR, Date.UTC(2200, 0, 1), 'poison'],
      [1, FAR + 1, START + DAY, 'after'],
      [1, FAR + 2, START + DAY, 'same second'],
      [2, FAR + 3, START + 2 * DAY, 'to Eve, behind it in the archive'],
      [1, FAR + 4, START + 3 * DAY, 'last'],
      [3, at(Date.UTC(2100, 0, 1)), Date.UTC(2100, 0, 1), 'an import says so']
    ],
    `UPDATE conversation SET read_up_to = ${FAR + 2}, seen_up_to = ${FAR + 1} WHERE id = 1;
     UPDATE message SET flags = 8 WHERE id = ${FAR + 1};
     INSERT INTO attachment (message, kind, name, bytes, width) VALUES (${FAR + 1}, 'file', 'a.pdf', -5, 0);
     INSERT INTO archive (jid, account, last_id, last_key) VALUES ('me@example.org', 'me@example.org', 'x', ${FAR + 4});
     INSERT INTO archive_hole (jid, account, before_id, floor) VALUES ('me@example.org', 'me@example.org', 'y', ${FAR});
     INSERT INTO change (conversation, sender, outgoing, kind, target, text, time, state) VALUES (1, 'bob@example.org', 0, 'reactions', 'o0', 'x', ${Date.UTC(9999, 0, 1)}, 'received')`
  )
  const store = await openStore(folder.path)
  expect(await texts(store, 'bob@example.org')).toEqual([
    ['first', START],
    ['poison', START + DAY],
    ['after', START + DAY],
    ['same second', START + DAY],
    ['last', START + 3 * DAY]
  ])
  expect(await texts(store, 'eve@example.org')).toEqual([['to Eve, behind it in the archive', START + 2 * DAY]])
  expect(await texts(store, 'x@import.invalid')).toEqual([['an import says so', Date.UTC(2100, 0, 1)]])
  const bob = (await store.read.conversationByJid('bob@example.org'))!
  const { messages } = await store.read.page({ conversation: bob.id, anchor: { kind: 'newest' }, limit: 9 })
  expect(
    messages.map(({ text, attachments }) => [text, attachments.map(({ name, bytes, width }) => [name, bytes, width])]).filter(([, files]) => files!.length > 0)
  ).toEqual([['after', [['a.pdf', null, null]]]])
  expect(messages.find(({ id }) => id === bob.readUpTo)?.text).toBe('same second')
  expect(messages.find(({ id }) => id === bob.seenUpTo)?.text).toBe('after')
  expect((await store.read.missingHistory())[0]?.since).toBe(START + DAY)
  // new messages stand at their own time and are found by it
  const now = START + 4 * DAY
  const me = 'me@example.org' as Jid
  const jid = 'bob@example.org' as Jid
  await store.write.record({
    account: me,
    messages: [{ conversation: jid, kind: 'direct', sender: jid, outgoing: false, text: 'new', time: now, stanzaId: 's', originId: null, replayed: false }],
    archive: { jid: me, lastId: 's', after: 'x' },
    order: 'forward'
  })
  const newest = (await store.read.page({ conversation: bob.id, anchor: { kind: 'newest' }, limit: 1 })).messages[0]!
  expect([newest.text, Math.floor(newest.id / 1024)]).toEqual(['new', now])
  for (let left = 1; left > 0;) left = (await store.write.indexOlder(5000)).left
  await store.write.checkIndex()
  expect((await store.find.search({ query: 'second', limit: 5, total: true })).total).toBe(1)
  await store.close()
})

test('unsafe and negative keys, and whole conversations of them, are repaired', async () => {
  const beyond = 2n ** 53n + 5n
  older([
    [1, -3, -5, 'before all times'],
    [1, beyond, 8.64e15, 'a'],
    [1, beyond + 1n, 9e15, 'b'],
    ...Array.from({ length: 500 }, (_, i): [number, bigint, number, string] => [2, beyond + 10n + BigInt(i), START + i, `e${i}`])
  ])
  const store = await openStore(folder.path)
  expect((await texts(store, 'bob@example.org')).map(([text]) => text)).toEqual(['before all times', 'a', 'b'])
  const { id } = (await store.read.conversationByJid('eve@example.org'))!
  const page = await store.read.page({ conversation: id, anchor: { kind: 'newest' }, limit: 500 })
  expect(page.messages.map(({ text }) => text)).toEqual(Array.from({ length: 500 }, (_, i) => `e${i}`))
  for (const message of page.messages) expect(Number.isSafeInteger(message.id) && message.id > 0 && Math.floor(message.id / 1024) === message.time).toBe(true)
  await store.close()
})

test('for any times of messages, from any source: each gets a positive safe integer as its key, and an archive keeps its order', async () => {
  const { createWrites } = await import('./writer.ts')
  const { openWritable } = await import('./database.ts')
  const db = openWritable(storeFiles(folder.path))
  const writes = createWrites(db, () => null)
  const me = 'me@example.org' as Jid
  const time = fc.oneof(
    fc.constantFrom(0, -1, 1, 8.64e15, -8.64e15, 9e15, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, START),
    fc.integer({ min: START, max: START + 5000 })
  )
  let serial = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ order: fc.constantFrom('live', 'forward', 'backward'), times: fc.array(time, { minLength: 1, maxLength: 6 }), replayed: fc.boolean() }),
        { minLength: 1, maxLength: 6 }
      ),
      async (batches) => {
        const jid = `p${++serial}@example.org` as Jid
        let last: string | undefined
        for (const { order, times, replayed } of batches) {
          const messages = times.map((at) => ({
            conversation: jid,
            kind: 'direct' as const,
            sender: jid,
            outgoing: false,
            text: order,
            time: at,
            stanzaId: order === 'live' ? null : `s${++serial}`,
            originId: `o${++serial}`,
            replayed: order === 'live' && replayed
          }))
          const lastId = messages.at(-1)?.stanzaId ?? undefined
          writes.record({
            account: me,
            messages,
            archive: { jid: me, ...(order === 'forward' && lastId !== undefined ? { lastId, ...(last === undefined ? {} : { after: last }) } : {}) },
            order
          })
          if (order === 'forward') last = lastId
          const stored = db
            .prepare<[string], { id: number; origin: string }>(
              'SELECT m.id, m.origin_id AS origin FROM message m JOIN conversation c ON c.id = m.conversation WHERE c.jid = ? ORDER BY m.id'
            )
            .all(jid)
          for (const { id } of stored) expect(Number.isSafeInteger(id) && id > 0, String(id)).toBe(true)
          if (order === 'live') continue
          const own = new Set(messages.map(({ originId }) => originId))
          expect(stored.filter(({ origin }) => own.has(origin)).map(({ origin }) => origin)).toEqual(messages.map(({ originId }) => originId))
        }
      }
    ),
    {
      numRuns: 60,
      // an archive that begins at time 0, with older history behind it
      examples: [
        [
          [
            { order: 'forward', times: [0, START], replayed: false },
            { order: 'backward', times: [-1, START, START + 1, 9e15], replayed: false },
            { order: 'live', times: [-1, -1], replayed: true },
            { order: 'backward', times: [START, 0, -8.64e15, START + 5], replayed: false }
          ]
        ]
      ]
    }
  )
  // thousands of messages in the first second of all, read backwards
  const jid = 'old@example.org' as Jid
  for (let page = 0; page < 12; page++)
    writes.record({
      account: me,
      messages: Array.from({ length: 200 }, (_, i) => ({
        conversation: jid,
        kind: 'direct' as const,
        sender: jid,
        outgoing: false,
        text: '',
        time: 0,
        stanzaId: `old${9999 - page * 200 - 200 + i}`,
        originId: null,
        replayed: false
      })),
      archive: { jid: me },
      order: 'backward'
    })
  const order = db.prepare<[], string>("SELECT stanza_id FROM message WHERE stanza_id LIKE 'old%' ORDER BY id").pluck().all()
  expect(order).toEqual(order.toSorted())
  expect(db.prepare('SELECT min(id) FROM message').pluck().get()).toBeGreaterThan(0)
  db.close()
})

test('thousands of imported messages of one minute follow thousands of stored ones, each looked up once', async () => {
  const COUNT = 50_000
  const store = await openStore(folder.path)
  const bring = (part: string) =>
    store.write.importRows({
      jid: 'chat@import.invalid' as Jid,
      name: 'chat',
      self: null,
      rows: packRows(Array.from({ length: COUNT }, (_, i) => ({ sender: 'a', time: START, text: `${part} ${i}` })))
    })
  await bring('first')
  await bring('second')
  const { id } = (await store.read.conversations())[0]!
  const { messages } = await store.read.page({ conversation: id, anchor: { kind: 'newest' }, limit: 2 * COUNT })
  expect(messages.map(({ text }) => text)).toEqual(['first', 'second'].flatMap((part) => Array.from({ length: COUNT }, (_, i) => `${part} ${i}`)))
  await store.close()
})
