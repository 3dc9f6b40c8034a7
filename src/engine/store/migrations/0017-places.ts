/**
 * Moves messages that an older version placed in the far future, because of a sender's stamp or this computer's clock, to their proper position: later
 * messages stood behind them, were not found by date and never expired. The order within a conversation stays.
 */
import type { WritableDB } from '../handles.ts'

/** As in order.ts when this was written: a key is milliseconds times this, plus a number within. */
const PER_MS = 1024
const DAY_MS = 86_400_000
/** Date of this migration, ms: an earlier clock is wrong, and does not make stored times a future. */
const WRITTEN = Date.UTC(2026, 10, 25)
/** Tolerance for times earlier than those of messages before them: clocks differ, ms. */
const SLACK_MS = 60_000

interface Misplaced {
  n: number
  conversation: number
  time: number
  /** 1: the message's own stamp is impossible. */
  wrong: 0 | 1
}

/** Moves misplaced messages, then updates all references to their keys. Runs without foreign keys enforced. */
export function migrate(db: WritableDB): void {
  const latest = Math.max(Date.now(), WRITTEN) + DAY_MS
  const limit = latest * PER_MS
  // dates of an import are those of its file
  db.exec(`
    CREATE TABLE misplaced AS SELECT row_number() OVER (ORDER BY m.id) AS n, m.id AS old, 0 AS new, m.conversation, m.time, m.time > ${latest} AS wrong
    FROM message m JOIN conversation c ON c.id = m.conversation
    WHERE m.id NOT BETWEEN 1 AND iif(c.jid LIKE '%.invalid', ${2 ** 53 - 1}, ${limit})`)
  db.exec('CREATE UNIQUE INDEX misplaced_by_n ON misplaced (n); CREATE INDEX misplaced_by_old ON misplaced (old)')
  if (db.prepare('SELECT count(*) FROM misplaced').pluck().get() !== 0) {
    place(db, latest)
    follow(db, limit)
    // index rows are in order of keys: the index is rebuilt in the background
    db.exec(
      "INSERT INTO message_index (message_index) VALUES ('delete-all'); DELETE FROM doc; DELETE FROM doc_run; UPDATE message SET doc = NULL; INSERT INTO doc_change (doc) VALUES (0)"
    )
  }
  db.exec('DROP TABLE misplaced')
  // only the stamps change
  const clamp = `max(0, min(time, ${latest}))`
  for (const table of ['message', 'change', 'notice'])
    db.exec(
      `UPDATE ${table} SET time = ${clamp} WHERE time <> ${clamp}${table === 'change' ? '' : " AND conversation NOT IN (SELECT id FROM conversation WHERE jid LIKE '%.invalid')"}`
    )
  db.exec(`UPDATE conversation SET used_at = min(used_at, ${latest}), cleared = min(cleared, ${latest}), uses = iif(uses BETWEEN 0 AND 1e9, uses, 1)`)
  // sizes that nobody measured
  db.exec(
    'UPDATE attachment SET bytes = iif(bytes < 0, NULL, bytes), width = iif(width BETWEEN 1 AND 100000, width, NULL), height = iif(height BETWEEN 1 AND 100000, height, NULL)'
  )
}

function place(db: WritableDB, latest: number): void {
  const rows = db.prepare<[], Misplaced>('SELECT n, conversation, time, wrong FROM misplaced ORDER BY n').all()
  const byConversation = Map.groupBy(rows, ({ conversation }) => conversation)
  const before = db.prepare<[number, number], number | null>('SELECT max(id) FROM message WHERE conversation = ? AND id BETWEEN 1 AND ?').pluck()
  const isTaken = db.prepare<[number], number>('SELECT 1 FROM message WHERE id = ?').pluck()
  const setNew = db.prepare('UPDATE misplaced SET new = ?, time = ? WHERE n = ?')
  const given = new Set<number>()
  for (const [conversation, list] of byConversation) {
    const newest = before.get(conversation, latest * PER_MS) ?? 0
    // a message without a valid stamp comes shortly before the next one with a valid stamp, or else after all stored messages
    let next = list.findLast(({ wrong }) => wrong === 0)?.time ?? Math.min(Math.floor(newest / PER_MS), latest)
    const times = list
      .toReversed()
      .map(({ time, wrong }) => (next = wrong === 1 ? next : time))
      .reverse()
    let last = 0
    for (const [i, { n }] of list.entries()) {
      const time = Math.max(0, Math.min(times[i] ?? next, latest))
      let key = Math.max(time * PER_MS + 1, last + 1, (before.get(conversation, (time + SLACK_MS) * PER_MS) ?? 0) + 1)
      while (given.has(key) || isTaken.get(key) === 1) key++
      given.add(key)
      last = key
      setNew.run(key, time, n)
    }
  }
  db.exec(`
    CREATE INDEX misplaced_by_new ON misplaced (new);
    UPDATE message SET time = (SELECT time FROM misplaced WHERE old = message.id) WHERE id IN (SELECT old FROM misplaced);
    UPDATE message SET id = (SELECT new FROM misplaced WHERE old = message.id) WHERE id IN (SELECT old FROM misplaced)`)
}

/** Updates references to moved messages. */
function follow(db: WritableDB, limit: number): void {
  for (const table of ['attachment', 'raw', 'former_text', 'link'])
    db.exec(`UPDATE ${table} SET message = (SELECT new FROM misplaced WHERE old = ${table}.message) WHERE message IN (SELECT old FROM misplaced)`)
  const newest = (value: string, where: string): string => `coalesce((SELECT new FROM misplaced WHERE old <= ${value}${where} ORDER BY old DESC LIMIT 1), 0)`
  const ofThat = ' AND misplaced.conversation = conversation.id'
  for (const column of ['read_up_to', 'seen_up_to', 'cleared_key'])
    db.exec(
      `UPDATE conversation SET ${column} = max((SELECT coalesce(max(id), 0) FROM message WHERE conversation = conversation.id AND id <= ${limit} AND NOT EXISTS (SELECT 1 FROM misplaced WHERE new = message.id)), ${newest(`conversation.${column}`, ofThat)}) WHERE ${column} > ${limit}`
    )
  db.exec(`
    UPDATE group_seen SET up_to = ${newest('group_seen.up_to', ' AND misplaced.conversation = group_seen.conversation')} WHERE up_to > ${limit};
    UPDATE archive SET last_key = ${newest('archive.last_key', '')} WHERE last_key > ${limit};
    UPDATE archive_hole SET floor = (SELECT new FROM misplaced WHERE old >= archive_hole.floor ORDER BY old LIMIT 1) WHERE floor > ${limit};
    UPDATE conversation SET last_message = (SELECT max(id) FROM message WHERE conversation = conversation.id)`)
}
