/** Reading statements of the table `message`. */
import type { Jid, MessageId } from '../../../contract/domain.ts'
import type { ReadableDB } from '../database.ts'
import { CODE } from '../ids.ts'
import { firstKeyAt, timeOf } from '../order.ts'
import { COLUMNS, FLAG, MESSAGES, type MessageRow } from './message-row.ts'

/** Condition of messages that may expire: starred and unsent ones stay. */
const EXPIRES = `m.id < ? AND m.flags & ${FLAG.starred} = 0 AND m.state_code NOT IN (${CODE.queued}, ${CODE.failed})`

/** Ids of a message as its sender knows it. */
export interface ReceivedId {
  key: MessageId
  /** Id of its stanza. */
  id: string | null
  stanzaId: string | null
}

/** '+': search by state, not by conversations, which have all messages. */
export const QUEUED = `m.state_code = ${CODE.queued} AND m.id > ? AND +m.conversation IN (SELECT id FROM conversation WHERE account = coalesce(?, account))`

export function messageReads(db: ReadableDB) {
  const select = (where: string): string => `SELECT ${COLUMNS} FROM ${MESSAGES} WHERE ${where}`
  const byId = db.prepare<[number], MessageRow>(select('m.id = ?'))
  const before = db.prepare<[number, number, number], MessageRow>(`${select('m.conversation = ? AND m.id < ?')} ORDER BY m.id DESC LIMIT ?`)
  const after = db.prepare<[number, number, number], MessageRow>(`${select('m.conversation = ? AND m.id > ?')} ORDER BY m.id LIMIT ?`)
  const queued = db.prepare<[number, string | null, number], MessageRow>(`${select(QUEUED)} ORDER BY m.id LIMIT ?`)
  const count = db.prepare<[], number>('SELECT count(*) FROM message').pluck()
  const unreadCount = db
    .prepare<[number, number], number>('SELECT count(*) FROM message WHERE conversation = ? AND id > ? AND outgoing = 0 AND home IS NULL')
    .pluck()
  const firstUnread = db
    .prepare<[number, number, number], number>(
      'SELECT id FROM message WHERE conversation = ? AND id > ? AND outgoing = 0 AND home IS NULL ORDER BY id DESC LIMIT 1 OFFSET ?'
    )
    .pluck()
  const expired = db.prepare<[number, number], MessageRow>(`${select(EXPIRES)} ORDER BY m.id LIMIT ?`)
  const expiringCount = db.prepare<[number], number>(`SELECT count(*) FROM message m WHERE ${EXPIRES}`).pluck()
  const unplaced = db
    .prepare<[string | null], number>(
      `SELECT 1 FROM message m JOIN conversation c ON c.id = m.conversation WHERE m.outgoing = 1 AND m.stanza_key IS NULL AND m.origin_key IS NOT NULL AND m.state_code <> ${CODE.failed} AND c.kind = 'direct' AND c.account = coalesce(?, c.account) LIMIT 1`
    )
    .pluck()
  const untold = db
    .prepare<[string, string, number, number], string>(
      `SELECT m.origin_id FROM message m WHERE m.outgoing = 1 AND m.stanza_key IS NULL AND m.origin_key IS NOT NULL AND m.state_code <> ${CODE.failed} AND m.state_code = ${CODE.sent}
        AND m.message_key IS NULL AND m.home IS NULL AND m.flags & ${FLAG.retracted} = 0 AND m.conversation = (SELECT id FROM conversation WHERE jid = ? AND account = ? AND kind = 'group')
        AND m.id >= ? AND m.id < ? ORDER BY m.id LIMIT 200`
    )
    .pluck()
  const newestReceived = db.prepare<[number, number], ReceivedId>(
    'SELECT m.id AS key, coalesce(m.message_id, m.origin_id) AS id, m.stanza_id AS stanzaId FROM message m WHERE m.conversation = ? AND m.id <= ? AND m.outgoing = 0 AND m.home IS NULL ORDER BY m.id DESC LIMIT 1'
  )
  const upTo = db.prepare<[number, number, number], MessageRow>(`${select('m.conversation = ? AND m.id <= ?')} ORDER BY m.id LIMIT ?`)
  const pinned = db.prepare<[number], MessageRow>(
    `SELECT ${COLUMNS} FROM ${MESSAGES.replace('message m', 'message m INDEXED BY message_pinned')} WHERE m.conversation = ? AND m.flags & ${FLAG.pinned} ORDER BY m.id DESC LIMIT 100`
  )
  const formerText = db.prepare<[number], string>('SELECT text FROM former_text WHERE message = ?').pluck()
  const anyBetween = db.prepare<[number, number, number], number>('SELECT 1 FROM message WHERE conversation = ? AND id >= ? AND id < ? LIMIT 1').pluck()
  const anyReceived = db
    .prepare<[number, number, number], number>('SELECT 1 FROM message WHERE conversation = ? AND id > ? AND id <= ? AND outgoing = 0 LIMIT 1')
    .pluck()
  const newest = db.prepare<[number], number | null>('SELECT max(id) FROM message WHERE conversation = ?').pluck()
  const sendersIn = db.prepare<[number, number], { sender: Jid; occupant: string | null }>(
    'SELECT DISTINCT a.jid AS sender, m.occupant FROM (SELECT sender_id, occupant FROM message WHERE conversation = ? ORDER BY id DESC LIMIT ?) m JOIN address a ON a.id = m.sender_id'
  )
  const newestKept = db.prepare<[], number | null>(`SELECT max(id) FROM message WHERE state_code NOT IN (${CODE.queued}, ${CODE.failed})`).pluck()
  const newestReplayable = db
    .prepare<[number], number>(
      'SELECT id FROM message WHERE conversation = ? AND home IS NULL AND NOT (outgoing = 1 AND message_key IS NULL AND stanza_key IS NULL) ORDER BY id DESC LIMIT 1'
    )
    .pluck()
  const replayableBeside = (comparison: string, order: string): ReturnType<typeof db.prepare<[number, number], number>> =>
    db
      .prepare<[number, number], number>(
        `SELECT id FROM message WHERE conversation = ? AND id ${comparison} ? AND home IS NULL AND NOT (outgoing = 1 AND message_key IS NULL AND stanza_key IS NULL) ORDER BY id ${order} LIMIT 1`
      )
      .pluck()
  const [replayableAfter, replayableBefore] = [replayableBeside('>', 'ASC'), replayableBeside('<', 'DESC')]
  const countAfter = db
    .prepare<[number, number, number], number>('SELECT count(*) FROM (SELECT 1 FROM message WHERE conversation = ? AND id > ? LIMIT ?)')
    .pluck()
  const newestSettled = db
    .prepare<[number, number], number>(
      'SELECT id FROM message WHERE conversation = ? AND id < ? AND home IS NULL AND NOT (outgoing = 1 AND stanza_key IS NULL) ORDER BY id DESC LIMIT 1'
    )
    .pluck()
  return {
    byId: (id: number) => byId.get(id),
    /** Messages before a key, newest first. */
    before: (conversation: number, id: number, limit: number) => before.all(conversation, id, limit),
    /** Messages after a key, oldest first. */
    after: (conversation: number, id: number, limit: number) => after.all(conversation, id, limit),
    /** Queued messages after a given one, in order. */
    queued: (after: number, limit: number, account?: string) => queued.all(after, account ?? null, limit),
    count: () => count.get() ?? 0,
    unreadCount: (conversation: number, readUpTo: number) => unreadCount.get(conversation, readUpTo) ?? 0,
    /** Oldest of `unread` unread messages; null if there are fewer. */
    firstUnread: (conversation: number, readUpTo: number, unread: number) => firstUnread.get(conversation, readUpTo, unread - 1) ?? null,
    /** Messages of a conversation up to a given one, oldest first. */
    upTo: (conversation: number, last: number, limit: number) => upTo.all(conversation, last, limit),
    /** Messages from before a time (ms) that may expire, oldest first. */
    expired: (before: number, limit: number) => expired.all(firstKeyAt(before), limit),
    expiringCount: (before: number) => expiringCount.get(firstKeyAt(before)) ?? 0,
    /** True if an own message outside of groups still waits for its archive position. */
    hasUnplaced: (account?: string): boolean => unplaced.get(account ?? null) === 1,
    /** Origin ids, in order, of own messages within a time range (ms) that the server accepted and the group has never reflected. */
    untold: (group: string, account: string, from: number, before: number) => untold.all(group, account, firstKeyAt(from), firstKeyAt(before)),
    newestReceived: (conversation: number, upTo: number) => newestReceived.get(conversation, upTo) ?? null,
    /** Pinned messages, newest first. */
    pinned: (conversation: number) => pinned.all(conversation),
    /** Text before the first correction, or null. */
    formerText: (id: number): string | null => formerText.get(id) ?? null,
    /** True if there is a message in the key range [from, before). */
    anyBetween: (conversation: number, from: number, before: number): boolean => anyBetween.get(conversation, from, before) === 1,
    /** True if there is a message of others in the key range (after, upTo]. */
    anyReceived: (conversation: number, after: number, upTo: number): boolean => anyReceived.get(conversation, after, upTo) === 1,
    newest: (conversation: number) => newest.get(conversation) ?? null,
    /** Senders of the newest `most` messages. */
    sendersIn: (conversation: number, most: number) => sendersIn.all(conversation, most),
    /** Time of the newest message of all, ms. */
    newestTime: (): number | null => {
      const id = newestKept.get() ?? null
      return id === null ? null : timeOf(id)
    },
    /** Newest message that a group without an archive has sent us: its position is final, as is that of our own once reflected. */
    newestReplayable: (conversation: number) => newestReplayable.get(conversation) ?? null,
    /** Next message after or before a key that a group without an archive has sent us. */
    replayableBeside: (conversation: number, key: number, side: 'after' | 'before') =>
      (side === 'after' ? replayableAfter : replayableBefore).get(conversation, key) ?? null,
    /** True if fewer than `most` messages of a conversation stand after a key. */
    isAmongLast: (conversation: number, key: number, most: number): boolean => (countAfter.get(conversation, key, most) ?? 0) < most,
    /** Newest message before a key whose position is final; own messages not confirmed by an archive have none yet. */
    newestSettled: (conversation: number, before: number) => newestSettled.get(conversation, Math.min(before, Number.MAX_SAFE_INTEGER)) ?? null
  }
}
