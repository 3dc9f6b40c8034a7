/**
 * Query plans of every statement of store and search (https://sqlite.org/eqp.html), without statistics, as in a store of many years: no statement scans a
 * table that grows with the history, or all rows of a conversation, or sorts more than a page, unless it is listed here with a reason.
 */
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeFiles, temporaryFolder } from '../../../test/support/files.ts'
import { createSearchEngine } from '../search/engine.ts'
import { openReadable, openWritable, type ReadableDB, type WritableDB } from './database.ts'
import { createReads } from './reader.ts'
import { createWrites } from './writer.ts'

/** Tables with a row per message or more; all others have at most one row per person or conversation. */
const GROWING = ['message', 'doc', 'doc_change', 'change', 'attachment', 'notice', 'raw', 'link', 'former_text', 'deleted', 'avatar', 'thumbnail']

/** Allowed exceptions: beginning of the statement, line of its plan, reason. */
const ALLOWED: readonly { statement: RegExp; plan: RegExp; reason: string }[] = [
  {
    statement: /^(UPDATE doc SET conversation|INSERT INTO doc_change|UPDATE message SET conversation|UPDATE change SET conversation)/,
    plan: /conversation=\?/,
    reason: 'a history that is joined with another one, or parted from it, by hand'
  },
  {
    statement: /./,
    plan: /INDEX (change_queued|message_unplaced|message_pending)\b/,
    reason: 'a partial index of what waits: sent, placed or indexed, it is gone from there'
  },
  { statement: /./, plan: /TEMP B-TREE FOR json_group_array/, reason: 'the files of one message' },
  { statement: /SELECT count\(\*\) FROM message$/, plan: /COVERING INDEX/, reason: 'the storage page, asked for by hand' },
  { statement: /SELECT conversation, count\(\*\) FROM message GROUP BY conversation/, plan: /COVERING INDEX/, reason: 'the storage page' },
  { statement: /SELECT m\.conversation, count\(\*\) AS files/, plan: /SCAN/, reason: 'the storage page' },
  { statement: /SELECT coalesce\(sum\(length\(CAST\(text AS BLOB/, plan: /SCAN message/, reason: 'statistics of the command line' },
  { statement: /SELECT a\.id, a\.message, a\.stored, coalesce\(a\.bytes, 0\)/, plan: /SCAN a$/, reason: 'files that the user clears away, once' },
  {
    statement: /SELECT stored FROM attachment WHERE stored IS NOT NULL UNION/,
    plan: /./,
    reason: 'files that nobody has any more, looked for once after the start, in a reader'
  },
  { statement: /SELECT jid, hash, stored FROM avatar$/, plan: /SCAN avatar/, reason: 'all pictures, for a window that opens' },
  {
    statement: /SELECT DISTINCT conversation FROM change$/,
    plan: /COVERING INDEX/,
    reason: 'read once at the start, to leave out conversations without changes'
  },
  { statement: /SELECT text FROM message ORDER BY id DESC LIMIT/, plan: /SCAN message/, reason: 'from the newest on, as many as asked' },
  { statement: /^SELECT c\.id, c\.jid, c\.account, c\.used_at/, plan: /TEMP B-TREE/, reason: 'the list of conversations' },
  { statement: /^SELECT n\.id, n\.kind, .* FROM notice o WHERE conversation/s, plan: /./, reason: 'the notices of one page of history' },
  {
    statement: /^(DELETE FROM|INSERT INTO) conversation\b/,
    plan: /^SEARCH/,
    reason: 'references of a conversation that is removed; one that is made has none'
  },
  { statement: /SELECT max\((id|place)\) FROM/, plan: /COVERING INDEX/, reason: 'the last of the index' },
  { statement: /m\.flags & 4096 ORDER BY/, plan: /INDEX message_pinned/, reason: 'a partial index of what is pinned' },
  {
    statement:
      /SELECT id FROM message WHERE conversation = \? AND (stanza_key IS NOT NULL ORDER BY id|home IS NULL AND NOT \(outgoing = 1 AND message_key IS NULL AND stanza_key IS NULL\) ORDER BY id DESC) LIMIT 1/,
    plan: /message_by_conversation/,
    reason: 'the first that is met'
  },
  {
    statement:
      /SELECT (text, time|id, conversation, sender, occupant, outgoing, kind, target, text, time, place, stanza_id, origin_id, encrypted) FROM change WHERE/,
    plan: /TEMP B-TREE/,
    reason: 'what was done to one message'
  },
  {
    statement:
      /SELECT DISTINCT a\.jid AS sender, m\.occupant FROM \(SELECT sender_id, occupant FROM message WHERE conversation = \? ORDER BY id DESC LIMIT \?\)/,
    plan: /./,
    reason: 'the newest of a group, as many as asked'
  },
  { statement: /SELECT DISTINCT doc FROM doc_change WHERE serial >/, plan: /DISTINCT/, reason: 'those since the last look' }
]

const seen = new Map<string, ReadableDB>()
const folder = temporaryFolder()
const { prepare } = Database.prototype
let writable: WritableDB
let readable: ReadableDB

beforeAll(() => {
  // record every statement prepared from here on
  Database.prototype.prepare = function (this: ReadableDB, sql: string) {
    seen.set(sql.replace(/\s+/g, ' ').trim(), this)
    return prepare.call(this, sql)
  } as typeof prepare
  const files = storeFiles(folder.path)
  writable = openWritable(files)
  seen.clear()
  createWrites(writable, () => null)
  readable = openReadable(files)
  const reads = createReads(readable)
  reads.usage()
  reads.stats()
  createSearchEngine(readable)
})
afterAll(() => {
  Database.prototype.prepare = prepare
  readable.close()
  writable.close()
  folder[Symbol.dispose]()
})

/** Plan line that reads all rows of a conversation. */
const WALK = /^SEARCH (\w+) USING .*\(conversation=\?\)$/

/** Plan lines that scan a growing table, read all of a conversation's rows in it, or sort. */
function costly(sql: string, db: ReadableDB): string[] {
  const statement = prepare.call(db, `EXPLAIN QUERY PLAN ${sql}`) as Database.Statement<unknown[]>
  const named = [...sql.matchAll(/[:@$](\w+)/g)].map(([, name = '']) => [name, null] as const)
  const unnamed = [...sql.matchAll(/\?/g)].map(() => null)
  const parameters: unknown[] = named.length > 0 ? [...unnamed, Object.fromEntries(named)] : unnamed
  const plan = statement.all(...parameters) as { detail: string }[]
  const aliases = new Map(
    [...sql.matchAll(/\b(?:FROM|JOIN|UPDATE|,)\s+(\w+)(?:\s+(?:AS\s+)?(?!WHERE|ORDER|JOIN|LEFT|CROSS|ON|SET|GROUP|LIMIT|UNION)(\w+))?/gi)].flatMap(
      ([, table = '', alias]) => [[table, table], ...(alias === undefined ? [] : [[alias, table]])] as [string, string][]
    )
  )
  return plan
    .map(({ detail }) => detail)
    .filter((detail) => {
      const scanned = /^SCAN (\w+)/.exec(detail)?.[1] ?? WALK.exec(detail)?.[1]
      return detail.includes('TEMP B-TREE') ? sorts(sql) : scanned !== undefined && GROWING.includes(aliases.get(scanned) ?? scanned)
    })
}
/** Sorting a list of people or conversations is cheap. */
const sorts = (sql: string): boolean => GROWING.some((table) => new RegExp(`\\b(FROM|JOIN|UPDATE)\\s+${table}\\b`, 'i').test(sql))

test('no statement reads or sorts a whole history', () => {
  expect(seen.size).toBeGreaterThan(180)
  const found = [...seen]
    .filter(([sql]) => /^(SELECT|UPDATE|DELETE|INSERT|WITH)\b/i.test(sql))
    .flatMap(([sql, db]) => costly(sql, db).map((plan) => ({ sql, plan })))
  const bad = found.filter(({ sql, plan }) => !ALLOWED.some((one) => one.statement.test(sql) && one.plan.test(plan)))
  expect(bad.map(({ sql, plan }) => `${plan}: ${sql.slice(0, 300)}`)).toEqual([])
  // every exception in the list is needed
  expect(
    ALLOWED.filter((one) => !found.some(({ sql, plan }) => one.statement.test(sql) && one.plan.test(plan))).map(({ statement }) => String(statement))
  ).toEqual([])
})

test('a statement that does is found', () => {
  expect(costly('SELECT m.id FROM message m WHERE m.text = ?', writable)).toEqual(['SCAN m'])
  expect(costly('SELECT m.id FROM message m WHERE m.conversation = ? AND m.text = ?', writable).length).toBeGreaterThan(0)
  expect(
    costly("SELECT m.id FROM message m JOIN conversation c ON c.id = m.conversation WHERE m.state = 'queued' ORDER BY m.text", writable).length
  ).toBeGreaterThan(0)
})
