/** Statements of the tables `message` and `message_index`. The index is written wherever the message is. */
import type { ConversationId, Jid, Message, MessageId, MessageState } from '../../../contract/domain.ts'
import { resource } from '../../../contract/address.ts'
import type { ReadableDB, WritableDB } from '../database.ts'
import { nextKey, previousKey } from '../order.ts'

export interface MessageRow {
  id: MessageId
  conversation: ConversationId
  sender: Jid
  outgoing: 0 | 1
  text: string
  time: number
  state: MessageState
  error: string | null
  stanza_id: string | null
  origin_id: string | null
  sender_name: string | null
}

/** Columns of a message with its sender's name; `m` is the message. */
export const COLUMNS = `m.id, m.conversation, m.sender, m.outgoing, m.text, m.time, m.state, m.error, m.stanza_id, m.origin_id,
  (SELECT name FROM contact WHERE jid = m.sender AND name <> '') AS sender_name`

export function toMessage(row: MessageRow): Message {
  return {
    id: row.id,
    key: row.origin_id === null ? `m${row.id}` : `o${row.origin_id}`,
    conversation: row.conversation,
    sender: row.sender,
    senderName: row.sender_name ?? (resource(row.sender) || (row.sender.split('@')[0] ?? row.sender)),
    outgoing: row.outgoing === 1,
    text: row.text,
    time: row.time,
    state: row.state,
    error: row.error
  }
}

export function messageReads(db: ReadableDB) {
  const select = (where: string): string => `SELECT ${COLUMNS} FROM message m WHERE ${where}`
  const byId = db.prepare<[number], MessageRow>(select('m.id = ?'))
  const before = db.prepare<[number, number, number], MessageRow>(
    `${select('m.conversation = ? AND m.id < ?')} ORDER BY m.id DESC LIMIT ?`
  )
  const after = db.prepare<[number, number, number], MessageRow>(`${select('m.conversation = ? AND m.id > ?')} ORDER BY m.id LIMIT ?`)
  const queued = db.prepare<[], MessageRow>(`${select("m.state = 'queued'")} ORDER BY m.id`)
  const count = db.prepare<[], number>('SELECT count(*) FROM message').pluck()
  const unreadCount = db
    .prepare<[number, number], number>('SELECT count(*) FROM message WHERE conversation = ? AND id > ? AND outgoing = 0')
    .pluck()
  const newest = db.prepare<[number], number | null>('SELECT max(id) FROM message WHERE conversation = ?').pluck()
  const newestSettled = db
    .prepare<[number], number>(
      'SELECT id FROM message WHERE conversation = ? AND NOT (outgoing = 1 AND stanza_id IS NULL) ORDER BY id DESC LIMIT 1'
    )
    .pluck()
  return {
    byId: (id: number) => byId.get(id),
    /** Newest first. */
    before: (conversation: number, id: number, limit: number) => before.all(conversation, id, limit),
    /** Oldest first. */
    after: (conversation: number, id: number, limit: number) => after.all(conversation, id, limit),
    queued: () => queued.all(),
    count: () => count.get() ?? 0,
    unreadCount: (conversation: number, readUpTo: number) => unreadCount.get(conversation, readUpTo) ?? 0,
    newest: (conversation: number) => newest.get(conversation) ?? null,
    /** The newest message whose place is final; own messages that no archive has confirmed are still to be placed. */
    newestSettled: (conversation: number) => newestSettled.get(conversation) ?? null
  }
}

export interface NewMessage {
  conversation: ConversationId
  sender: Jid
  outgoing: boolean
  text: string
  time: number
  state: MessageState
  stanzaId: string | null
  originId: string | null
}

const RUN = 256

export function messageWrites(db: WritableDB) {
  const reads = messageReads(db)
  const keysFrom = db.prepare<[number, number], number>('SELECT id FROM message WHERE id >= ? ORDER BY id LIMIT ?').pluck()
  const keysDownFrom = db.prepare<[number, number], number>('SELECT id FROM message WHERE id <= ? ORDER BY id DESC LIMIT ?').pluck()
  const oldestArchived = db
    .prepare<[number], number>('SELECT id FROM message WHERE conversation = ? AND stanza_id IS NOT NULL ORDER BY id LIMIT 1')
    .pluck()
  const insert = db.prepare(
    `INSERT INTO message (id, conversation, sender, outgoing, text, time, state, stanza_id, origin_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
  )
  const index = db.prepare('INSERT INTO message_index (rowid, text) VALUES (?, ?)')
  const unindex = db.prepare("INSERT INTO message_index (message_index, rowid, text) VALUES ('delete', ?, ?)")
  const remove = db.prepare('DELETE FROM message WHERE id = ?')
  const rekey = db.prepare('UPDATE message SET id = ?, time = ? WHERE id = ?')
  const settle = db.prepare('UPDATE message SET stanza_id = coalesce(?, stanza_id), state = ? WHERE id = ?')
  const setState = db.prepare('UPDATE message SET state = ?, error = ? WHERE id = ?')
  const byStanzaId = db.prepare<[number, string], MessageRow>(
    `SELECT ${COLUMNS} FROM message m WHERE m.conversation = ? AND m.stanza_id = ?`
  )
  const byOriginId = db.prepare<[number, string, string], MessageRow>(
    `SELECT ${COLUMNS} FROM message m WHERE m.conversation = ? AND m.sender = ? AND m.origin_id = ?`
  )
  const ownByOriginId = db.prepare<[number, string], MessageRow>(
    `SELECT ${COLUMNS} FROM message m WHERE m.conversation = ? AND m.outgoing = 1 AND m.origin_id = ?`
  )

  /** The far end of the unbroken run of used keys from `key` on, upwards (step 1) or downwards (step -1); null: it is free. */
  function runFrom(key: number, step: 1 | -1): number | null {
    const keys = step === 1 ? keysFrom : keysDownFrom
    let end: number | null = null
    for (let from = key; ; ) {
      const used = keys.all(from, RUN)
      for (const next of used) {
        if (next !== (end === null ? key : end + step)) return end
        end = next
      }
      if (used.length < RUN || end === null) return end
      from = end + step
    }
  }
  const runEnd = (key: number): number | null => runFrom(key, 1)

  return {
    ...reads,
    byStanzaId: (conversation: number, id: string) => byStanzaId.get(conversation, id),
    byOriginId: (conversation: number, sender: string, id: string) => byOriginId.get(conversation, sender, id),
    ownByOriginId: (conversation: number, id: string) => ownByOriginId.get(conversation, id),
    /** A key that comes after `after`. */
    keyAfter: (time: number, after: number): MessageId => nextKey(time, after, runEnd),
    /** A key that comes before `before`, none of `reserved`. */
    keyBefore: (time: number, before: number, reserved: ReadonlySet<number>): MessageId =>
      previousKey(time, before, (key) => {
        let start = runFrom(key, -1)
        while (reserved.has((start ?? key + 1) - 1)) start = (start ?? key + 1) - 1
        return start
      }),
    /** The oldest message of the conversation that an archive gave us, or Infinity. */
    oldestArchived: (conversation: number): number => oldestArchived.get(conversation) ?? Infinity,
    /** Stores and indexes under a free key. */
    insert(message: NewMessage, id: MessageId): MessageId {
      insert.run(
        id,
        message.conversation,
        message.sender,
        message.outgoing ? 1 : 0,
        message.text,
        message.time,
        message.state,
        message.stanzaId,
        message.originId
      )
      index.run(id, message.text)
      return id
    },
    /** Gives a message another time and the place in history that belongs to it. */
    move(row: MessageRow, time: number, after: number): MessageId {
      const id = nextKey(time, after, runEnd)
      unindex.run(row.id, row.text)
      rekey.run(id, time, row.id)
      index.run(id, row.text)
      return id
    },
    settle: (id: number, stanzaId: string | null, state: MessageState) => settle.run(stanzaId, state, id),
    setState: (id: number, state: MessageState, error: string | null) => setState.run(state, error, id),
    remove(row: MessageRow): void {
      unindex.run(row.id, row.text)
      remove.run(row.id)
    }
  }
}
