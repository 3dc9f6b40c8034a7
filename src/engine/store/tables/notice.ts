/** Statements of the tables `notice` and `group_seen`: what happens in groups beside their messages. */
import type { Notice } from '../../../contract/domain.ts'
import type { ReadableDB, WritableDB } from '../database.ts'
import { firstKeyAt } from '../order.ts'

/** Of one stretch of history, the latest. */
const MOST = 300

export function noticeReads(db: ReadableDB) {
  const between = db.prepare<[number, number, number, number], Notice>(
    'SELECT * FROM (SELECT id, kind, name, text, time FROM notice WHERE conversation = ? AND time >= ? AND time <= ? ORDER BY time DESC, id DESC LIMIT ?) ORDER BY time, id'
  )
  const readers = db.prepare<[number, number], string>('SELECT nick FROM group_seen WHERE conversation = ? AND up_to >= ? ORDER BY nick').pluck()
  return {
    /** From one time to another, ms; oldest first. */
    noticesBetween: (conversation: number, from: number, to: number): Notice[] => between.all(conversation, from, to, MOST),
    /** Who in a group has read up to a message or further. */
    readers: (conversation: number, message: number): string[] => readers.all(conversation, message)
  }
}

export function noticeWrites(db: WritableDB) {
  const insert = db.prepare('INSERT INTO notice (conversation, kind, name, text, time) VALUES (?, ?, ?, ?, ?)')
  const seen = db.prepare(
    'INSERT INTO group_seen (conversation, nick, up_to) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET up_to = excluded.up_to WHERE excluded.up_to > up_to'
  )
  const clear = db.prepare('DELETE FROM notice WHERE conversation = ? AND time <= ?')
  const clearSeen = db.prepare('DELETE FROM group_seen WHERE conversation = ? AND up_to < ?')
  return {
    ...noticeReads(db),
    add(conversation: number, { kind, name, text, time }: Omit<Notice, 'id'>): Notice {
      return { id: Number(insert.run(conversation, kind, name, text, time).lastInsertRowid), kind, name, text, time }
    },
    /** False: that was known. */
    see: (conversation: number, nick: string, upTo: number): boolean => seen.run(conversation, nick, upTo).changes > 0,
    /** Forgets what happened and was read up to a time, ms. */
    clear(conversation: number, time: number): void {
      clear.run(conversation, time)
      clearSeen.run(conversation, firstKeyAt(time + 1))
    }
  }
}
