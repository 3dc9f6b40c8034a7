/** Statements of the table `message`. Its files and its index entry are written with it. */
import type { ConversationId, Jid, LinkMetadata, MessageId, MessageState } from '../../../contract/domain.ts'
import { asBlob, NO_TEXT, textColumn, type TextColumn } from '../packing.ts'
import type { ReadableDB, WritableDB } from '../database.ts'
import { createDocNumbers } from '../doc-numbers.ts'
import { CODE, packId, stampOf, stateCode, withKey, type PackedId } from '../ids.ts'
import type { PackedRows } from '../import-rows.ts'
import { firstKeyAt, nextKey, previousKey, timeOf } from '../order.ts'
import { attachmentWrites, type NewAttachment } from './attachment.ts'
import { deletedWrites, TOLD_MS } from './deleted.ts'
import { createMessageIndex } from './message-index.ts'
import type { IncomingMessage } from '../types.ts'
import { ATTACHED, COLUMNS, COLUMNS_FOUND, FLAG, hasLink, MESSAGES, OUTGOING, type MessageRow } from './message-row.ts'
import { MOST_SHARING } from './change.ts'
import { rawWrites } from './raw.ts'

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
  const newestTold = db
    .prepare<[number], number>(
      'SELECT id FROM message WHERE conversation = ? AND home IS NULL AND NOT (outgoing = 1 AND message_key IS NULL AND stanza_key IS NULL) ORDER BY id DESC LIMIT 1'
    )
    .pluck()
  const toldBeside = (comparison: string, order: string): ReturnType<typeof db.prepare<[number, number], number>> =>
    db
      .prepare<[number, number], number>(
        `SELECT id FROM message WHERE conversation = ? AND id ${comparison} ? AND home IS NULL AND NOT (outgoing = 1 AND message_key IS NULL AND stanza_key IS NULL) ORDER BY id ${order} LIMIT 1`
      )
      .pluck()
  const [toldAfter, toldBefore] = [toldBeside('>', 'ASC'), toldBeside('<', 'DESC')]
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
    newestTold: (conversation: number) => newestTold.get(conversation) ?? null,
    /** Next message after or before a key that a group without an archive has sent us. */
    toldBeside: (conversation: number, key: number, side: 'after' | 'before') => (side === 'after' ? toldAfter : toldBefore).get(conversation, key) ?? null,
    /** True if fewer than `most` messages of a conversation stand after a key. */
    isAmongLast: (conversation: number, key: number, most: number): boolean => (countAfter.get(conversation, key, most) ?? 0) < most,
    /** Newest message before a key whose position is final; own messages not confirmed by an archive have none yet. */
    newestSettled: (conversation: number, before: number) => newestSettled.get(conversation, Math.min(before, Number.MAX_SAFE_INTEGER)) ?? null
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
  messageId?: string | null
  replyTo?: string | null
  occupant?: string | null
  /** Bits of FLAG; those of links and attachments are added here. */
  flags?: number
  attachments?: readonly NewAttachment[]
  link?: LinkMetadata | null
}

const RUN = 256
/** Longest time until a group reflects our own message, ms; clocks differ. */
const REFLECTED_MS = 86_400_000
/** Number of unreflected own messages that are compared. */
const MOST_UNREFLECTED = 200
const plain = (text: string): string => text.normalize('NFC').replace(/\s+/gu, ' ').trim()

export function messageWrites(db: WritableDB) {
  const reads = messageReads(db)
  const keysFrom = db.prepare<[number, number], number>('SELECT id FROM message WHERE id >= ? ORDER BY id LIMIT ?').pluck()
  const keysDownFrom = db.prepare<[number, number], number>('SELECT id FROM message WHERE id <= ? ORDER BY id DESC LIMIT ?').pluck()
  const keysBetween = db.prepare<[number, number], number>('SELECT id FROM message WHERE id BETWEEN ? AND ?').pluck()
  const oldestArchived = db.prepare<[number], number>('SELECT id FROM message WHERE conversation = ? AND stanza_key IS NOT NULL ORDER BY id LIMIT 1').pluck()
  const docs = createDocNumbers(db)
  const index = createMessageIndex(db, docs)
  const FIELDS = 'id, conversation, sender_id, outgoing, text, stamp, state_code, stanza_key, origin_key, doc, flags, message_key, reply_key'
  // for many rows, parameter numbers select the columns of values; a time implied by the key is not stored
  const INSERT = `INSERT INTO message (${FIELDS}) VALUES (${FIELDS.split(', ')
    .map((field, at) => (field === 'stamp' ? `nullif(?${at + 1}, ?1 / 1024)` : `?${at + 1}`))
    .join(', ')})`
  const insert = db.prepare(`INSERT INTO message (${FIELDS}, occupant) VALUES (${FIELDS.replace(/\w+/g, '?')}, ?)`)
  const files = attachmentWrites(db)
  const raw = rawWrites(db)
  const deleted = deletedWrites(db)
  const setReply = db.prepare('UPDATE message SET reply_key = ? WHERE id = ?')
  const setText = db.prepare('UPDATE message SET text = ?, flags = ? WHERE id = ?')
  const setFlags = db.prepare('UPDATE message SET flags = ? WHERE id = ?')
  const keepText = db.prepare('INSERT OR IGNORE INTO former_text (message, text) VALUES (?, ?)')
  const forgetText = db.prepare('DELETE FROM former_text WHERE message = ?')
  const putLink = db.prepare('INSERT OR REPLACE INTO link (message, url, title, description, site, image) VALUES (?, ?, ?, ?, ?, ?)')
  const forgetLink = db.prepare('DELETE FROM link WHERE message = ?')
  const remove = db.prepare('DELETE FROM message WHERE id = ?')
  const rekey = db.prepare('UPDATE message SET id = ?, stamp = ? WHERE id = ?')
  const settle = db.prepare('UPDATE message SET stanza_key = coalesce(?, stanza_key), state_code = ? WHERE id = ?')
  const setState = db.prepare('UPDATE message SET state_code = ?, error = ? WHERE id = ?')
  const byStanzaId = db.prepare<[{ conversation: number; key: PackedId }], MessageRow>(
    `SELECT ${COLUMNS} FROM ${MESSAGES} WHERE ${withKey('m.', 'stanza', ':key', ':conversation')} LIMIT ${MOST_SHARING}`
  )
  const byOriginId = db.prepare<[{ conversation: number; key: PackedId; sender: string }], MessageRow>(
    `SELECT ${COLUMNS} FROM ${MESSAGES} WHERE ${withKey('m.', 'origin', ':key', ':conversation')} AND s.jid = :sender`
  )
  const ownByOriginId = db.prepare<[{ conversation: number; key: PackedId }], MessageRow>(
    `SELECT ${COLUMNS} FROM ${MESSAGES} WHERE ${withKey('m.', 'origin', ':key', ':conversation')} AND m.outgoing = 1`
  )

  const byAnyId = db.prepare<[{ conversation: number; key: PackedId }], MessageRow>(
    `SELECT ${COLUMNS_FOUND} FROM ${MESSAGES} WHERE ${(['origin', 'message', 'stanza'] as const).map((id) => `(${withKey('m.', id, ':key', ':conversation')})`).join(' OR ')} LIMIT ${MOST_SHARING}`
  )
  const toldAt = db.prepare<[number, string, number, number], MessageRow>(
    `SELECT ${COLUMNS} FROM ${MESSAGES} WHERE m.conversation = ? AND s.jid = ? AND m.id BETWEEN ? AND ? ORDER BY m.id`
  )
  const unreflected = db.prepare<[number, number, string], MessageRow>(
    `SELECT ${COLUMNS} FROM ${MESSAGES} WHERE m.conversation = ? AND m.id >= ? AND m.outgoing = 1 AND m.stanza_key IS NULL AND m.message_key IS NULL AND m.origin_key IS NOT NULL AND m.home IS NULL
      AND (m.state_code = ${CODE.sent} OR m.origin_id IN (SELECT value FROM json_each(?))) ORDER BY m.id LIMIT ${MOST_UNREFLECTED}`
  )
  const stand = db.prepare('INSERT INTO stand_in (message) VALUES (?)')
  const isStandIn = db.prepare<[number], number>('SELECT 1 FROM stand_in WHERE message = ?').pluck()
  const anyStandIn = db.prepare<[], number>('SELECT 1 FROM stand_in LIMIT 1').pluck()
  let standIns: boolean | null = null
  const setMessageId = db.prepare('UPDATE message SET message_key = ? WHERE id = ?')

  /** Far end of the unbroken run of used keys from `key` on, upwards (step 1) or downwards (step -1); null: `key` is free. */
  function runFrom(key: number, step: 1 | -1): number | null {
    const keys = step === 1 ? keysFrom : keysDownFrom
    let end: number | null = null
    for (let from = key; ;) {
      const used = keys.all(from, RUN)
      for (const next of used) {
        if (next !== (end === null ? key : end + step)) return end
        end = next
      }
      if (used.length < RUN || end === null) return end
      from = end + step
    }
  }
  function describe(id: number, link: LinkMetadata | null): void {
    if (link !== null) putLink.run(id, link.url, link.title, link.description, link.site, link.image ?? null)
  }
  const runEnd = (key: number): number | null => runFrom(key, 1)

  return {
    ...reads,
    /** Doc numbers; must be flushed at the end of each transaction. */
    docs,
    index,
    files,
    raw,
    deleted,
    forget(): void {
      docs.forget()
      index.forget()
      standIns = null
    },
    /** Messages with an archive id: one, unless the archive is broken. */
    byStanzaId: (conversation: number, id: string): MessageRow[] => byStanzaId.all({ conversation, key: packId(id) }),
    /** Marks a message as a stand-in made from a correction. */
    standIn(id: number): void {
      stand.run(id)
      standIns = true
    },
    /** Stand-ins for a missing message that would have one of these ids. */
    standInsFor(conversation: number, ids: readonly (string | null)[]): MessageRow[] {
      standIns ??= anyStandIn.get() === 1
      if (!standIns) return []
      return [...new Set(ids)].flatMap((id) =>
        id === null ? [] : byAnyId.all({ conversation, key: packId(id) }).filter((row) => row.message_id === id && isStandIn.get(row.id) === 1)
      )
    },
    byOriginId: (conversation: number, sender: string, id: string) => byOriginId.get({ conversation, key: packId(id), sender }),
    ownByOriginId: (conversation: number, id: string) => ownByOriginId.get({ conversation, key: packId(id) }),
    /** Messages that a group without an archive may be replaying now: by the sender's id, otherwise by sender, text and stamp. */
    toldBefore(conversation: number, { messageId = null, originId, sender, text, time, ahead = 0 }: IncomingMessage): MessageRow[] {
      const id = originId ?? messageId
      if (id !== null) return byAnyId.all({ conversation, key: packId(id) }).filter((row) => row.sender === sender)
      // a live message has this computer's time, a replayed one the server's
      return [...new Set([time, time - ahead])].flatMap((at) =>
        toldAt.all(conversation, sender, firstKeyAt(at - TOLD_MS), firstKeyAt(at + TOLD_MS)).filter((row) => plain(row.text) === plain(text))
      )
    },
    /** True if the stamp of another message matches a message's arrival, in the server's or this computer's time. */
    isAtTime: (row: MessageRow, { time, ahead = 0 }: IncomingMessage): boolean => [time, time - ahead].some((at) => Math.abs(row.time - at) <= TOLD_MS),
    /** Oldest recent own message with that text that its group has not reflected. Gateways change white space. */
    unreflected: (conversation: number, { text, time, onTheWay = [] }: IncomingMessage): MessageRow | undefined =>
      unreflected.all(conversation, firstKeyAt(time - REFLECTED_MS), JSON.stringify(onTheWay)).find((row) => plain(row.text) === plain(text)),
    setMessageId: (id: number, messageId: string | null) => setMessageId.run(packId(messageId), id),
    /** Messages with an id given by their sender or archive. */
    byAnyId: (conversation: number, id: string): MessageRow[] => byAnyId.all({ conversation, key: packId(id) }),
    /** Free key after `after`. */
    keyAfter: (time: number, after: number): MessageId => nextKey(time, after, runEnd),
    /** Free key before `before`, none of `reserved`. */
    keyBefore(time: number, before: number, reserved: ReadonlySet<number>): MessageId {
      const key = previousKey(time, before, (from) => {
        let start = runFrom(from, -1)
        while (reserved.has((start ?? from + 1) - 1)) start = (start ?? from + 1) - 1
        return start
      })
      // the first free key is used if thousands claim the first second of 1970
      return key ?? nextKey(0, Math.max(0, ...reserved), runEnd)
    },
    /** Assigns free keys to messages in order of their times, from `first` to `last` (ms). */
    freeKeys(first: number, last: number): (time: number) => MessageId {
      const beyond = firstKeyAt(last + 1)
      const used = new Set(keysBetween.all(firstKeyAt(first), beyond))
      let before = 0
      return (time) => {
        let key = Math.max(firstKeyAt(time), before + 1)
        while (used.has(key)) key++
        // outside the range looked up only if thousands share a millisecond
        before = key < beyond ? key : nextKey(time, key - 1, runEnd)
        return before as MessageId
      }
    },
    /** Oldest message of the conversation that came from an archive, or Infinity. */
    oldestArchived: (conversation: number): number => oldestArchived.get(conversation) ?? Infinity,
    /** Stores and indexes under a free key. `doc`: row id in the index if it is not the next one. */
    insert(message: NewMessage, id: MessageId, doc: number = docs.next(id)): MessageId {
      const {
        conversation,
        sender,
        outgoing,
        text,
        time,
        state,
        stanzaId,
        originId,
        messageId = null,
        replyTo = null,
        occupant = null,
        attachments = [],
        link = null
      } = message
      let flags = (message.flags ?? 0) | (hasLink(text) ? FLAG.link : 0)
      for (const { kind } of attachments) flags |= FLAG[kind]
      insert.run(
        id,
        conversation,
        index.addressOf(sender),
        outgoing ? 1 : 0,
        text,
        stampOf(id, time),
        stateCode(state),
        packId(stanzaId),
        packId(originId),
        doc,
        flags,
        packId(messageId),
        packId(replyTo),
        occupant
      )
      for (const file of attachments) files.insert(file, id)
      describe(id, link)
      index.add(doc, { id, conversation, sender, outgoing, text, flags }, attachments.length === 0 ? null : attachments.map(({ name }) => name).join('\n'))
      return id
    },
    /**
     * Stores and indexes many messages of one conversation, each under its key in `keys`; in order of history. `self`: the sender that is the user. Fast only
     * if foreign keys are not enforced.
     */
    insertMany(conversation: ConversationId, addresses: readonly Jid[], self: number, rows: PackedRows, keys: Float64Array): void {
      const { times, texts, lengths, flags: flagged, sender, outgoing: said, ids, replies, attachments } = rows
      const count = keys.length
      const doc = keys.map((key) => docs.next(key))
      const addressIds = addresses.map(index.addressOf)
      const senders = Float64Array.from(sender, (at) => addressIds[at] ?? 0)
      const outgoing = Uint32Array.from(sender, (at, i) => (said[i] === 2 ? (at === self ? 1 : 0) : (said[i] ?? 0)))
      const flags = Float64Array.from(flagged)
      const docFlags = flags.map((flag, i) => flag | (outgoing[i] === 1 ? OUTGOING : 0))
      const named = new Uint32Array(count).fill(NO_TEXT)
      for (const [i, [row]] of attachments.entries()) named[row] = i
      const text = [asBlob(texts.offsets), asBlob(texts.bytes)]
      const dictionary = (at: Uint32Array, list: TextColumn): Buffer[] => [asBlob(at), asBlob(list.offsets), asBlob(list.bytes)]
      index.insertColumns(
        INSERT,
        count,
        'iviitiivviidd',
        asBlob(keys),
        conversation,
        asBlob(senders),
        asBlob(Float64Array.from(outgoing)),
        ...text,
        asBlob(times),
        // received, or sent
        asBlob(Float64Array.from(outgoing)),
        null,
        null,
        asBlob(doc),
        asBlob(flags),
        ...dictionary(ids.at, ids.texts),
        ...dictionary(replies.at, replies.texts)
      )
      for (const [row, list] of attachments) for (const file of list) files.insert(file, keys[row] ?? 0)
      const fileNames = textColumn(attachments.map(([, list]) => list.map(({ name }) => name).join('\n')))
      index.addMany({ keys, docs: doc, conversation, senders, flags: docFlags, lengths, texts, files: named, fileNames })
    },
    /** Moves a message to another time and a free key. */
    move(row: MessageRow, time: number, id: MessageId): MessageId {
      index.take(row)
      rekey.run(id, stampOf(id, time), row.id)
      if (row.doc !== null) index.place({ ...row, id })
      return id
    },
    settle: (id: number, stanzaId: string | null, state: MessageState) => settle.run(packId(stanzaId), stateCode(state), id),
    setState: (id: number, state: MessageState, error: string | null) => setState.run(stateCode(state), error, id),
    /** Replaces the text; a plain text clears the encrypted flag. */
    edit(row: MessageRow, text: string, encrypted: boolean): void {
      const flags = (row.flags & ~(FLAG.link | FLAG.unreadable | (encrypted ? 0 : FLAG.encrypted))) | FLAG.edited | (hasLink(text) ? FLAG.link : 0)
      keepText.run(row.id, row.text)
      index.change(row, text, flags)
      setText.run(text, flags, row.id)
      raw.remove(row.id)
    },
    /** Completes a message that is understood only now; `flags`: further bits of FLAG. */
    complete(
      row: MessageRow,
      {
        text,
        replyTo,
        attachments,
        link,
        flags: more
      }: { text: string; replyTo: string | null; attachments: readonly NewAttachment[]; link: LinkMetadata | null; flags: number }
    ): void {
      index.take(row)
      if (row.flags & ATTACHED) files.removeOf(row.id)
      for (const file of attachments) files.insert(file, row.id)
      describe(row.id, link)
      const flags = attachments.reduce((all, { kind }) => all | FLAG[kind], (row.flags & ~(ATTACHED | FLAG.link)) | more | (hasLink(text) ? FLAG.link : 0))
      setText.run(text, flags, row.id)
      setReply.run(packId(replyTo), row.id)
      if (row.doc !== null) index.place({ ...row, text, flags }, row.doc)
    },
    /** Removes the content of a retracted message: text and files. */
    retract(row: MessageRow): void {
      const flags = (row.flags & ~(ATTACHED | FLAG.link | FLAG.mention | FLAG.pinned | FLAG.unreadable)) | FLAG.retracted
      index.change(row, '', flags, false)
      if (row.flags & ATTACHED) files.removeOf(row.id)
      setText.run('', flags, row.id)
      forgetText.run(row.id)
      forgetLink.run(row.id)
      raw.remove(row.id)
    },
    setFlag(row: MessageRow, flag: number, on: boolean): void {
      const flags = on ? row.flags | flag : row.flags & ~flag
      setFlags.run(flags, row.id)
      index.setFlags(row, flags)
    },
    remove(row: MessageRow): void {
      index.take(row)
      remove.run(row.id)
    }
  }
}
