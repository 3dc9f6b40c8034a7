/** Statements of the tables `notice` and `group_seen`: group events beside messages. */
import type { GroupReader, Notice } from '../../../contract/domain.ts'
import type { ReadableDB, WritableDB } from '../database.ts'
import { firstKeyAt } from '../order.ts'
import { contactOf, personOf } from './name.ts'

/** Limit of events in one range, the newest ones. */
const MOST = 300

export function noticeReads(db: ReadableDB) {
  // people in events have their usual names
  const named = (where: string): string =>
    `SELECT n.id, n.kind, coalesce((SELECT name FROM contact WHERE jid = n.name AND name <> ''), ${contactOf('n')}, n.name) AS name, n.text, n.time FROM
      (SELECT o.*, (SELECT jid FROM conversation WHERE id = o.conversation) || '/' || o.name AS sender, NULL AS occupant FROM notice o WHERE ${where}) n`
  const between = db.prepare<[number, number, number, number], Notice>(
    `${named('conversation = ? AND time >= ? AND time <= ? ORDER BY time DESC, id DESC LIMIT ?')} ORDER BY n.time, n.id`
  )
  const byId = db.prepare<[number], Notice>(named('id = ?'))
  const readers = db.prepare<[number], GroupReader>(
    `SELECT s.nick, coalesce(${contactOf('s')}, s.nick) AS name, ${personOf('s')} AS person, s.up_to AS upTo FROM
      (SELECT g.*, (SELECT jid FROM conversation WHERE id = g.conversation) || '/' || g.nick AS sender, NULL AS occupant FROM group_seen g WHERE conversation = ?) s ORDER BY s.nick`
  )
  return {
    notice: (id: number): Notice | undefined => byId.get(id),
    /** Events of a time range, ms; oldest first. */
    noticesBetween: (conversation: number, from: number, to: number): Notice[] => between.all(conversation, from, to, MOST),
    /** Read position of each occupant who sends markers. */
    readers: (conversation: number): GroupReader[] => readers.all(conversation)
  }
}

export function noticeWrites(db: WritableDB) {
  const insert = db.prepare('INSERT INTO notice (conversation, kind, name, text, time) VALUES (?, ?, ?, ?, ?)')
  const seen = db.prepare(
    'INSERT INTO group_seen (conversation, nick, up_to) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET up_to = excluded.up_to WHERE excluded.up_to > up_to'
  )
  const clear = db.prepare('DELETE FROM notice WHERE conversation = ? AND time <= ?')
  const clearSeen = db.prepare('DELETE FROM group_seen WHERE conversation = ? AND up_to < ?')
  const reads = noticeReads(db)
  return {
    ...reads,
    add(conversation: number, { kind, name, text, time }: Omit<Notice, 'id'>): Notice {
      const id = Number(insert.run(conversation, kind, name, text, time).lastInsertRowid)
      return reads.notice(id) ?? { id, kind, name, text, time }
    },
    /** False: unchanged. */
    see: (conversation: number, nick: string, upTo: number): boolean => seen.run(conversation, nick, upTo).changes > 0,
    /** Removes events and read positions up to a time, ms. */
    clear(conversation: number, time: number): void {
      clear.run(conversation, time)
      clearSeen.run(conversation, firstKeyAt(time + 1))
    }
  }
}
