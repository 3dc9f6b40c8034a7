/** Statements of the table `message`. Its files and its place in the index are written with it. */
import { createHash } from 'node:crypto'
import type { ConversationId, Jid, LinkMetadata, MessageId, MessageState } from '../../../contract/domain.ts'
import { asBlob, NO_TEXT, textColumn, type TextColumn } from '../packing.ts'
import type { ReadableDB, WritableDB } from '../database.ts'
import { createDocNumbers } from '../doc-numbers.ts'
import { CODE, packId, stampOf, stateCode, withKey, type PackedId } from '../ids.ts'
import type { PackedRows } from '../import-rows.ts'
import { firstKeyAt, nextKey, previousKey, timeOf } from '../order.ts'
import { attachmentWrites, type NewAttachment } from './attachment.ts'
import { createMessageIndex } from './message-index.ts'
import type { IncomingMessage } from '../types.ts'
import { ATTACHED, COLUMNS, FLAG, hasLink, MESSAGES, OUTGOING, type MessageRow } from './message-row.ts'
import { rawWrites } from './raw.ts'

/** Starred ones stay, and those that are still to be sent. */
const EXPIRES = `m.id < ? AND m.flags & ${FLAG.starred} = 0 AND m.state_code NOT IN (${CODE.queued}, ${CODE.failed})`

/** What others call a message. */
export interface ReceivedId {
  /** The id of its stanza. */
  id: string | null
  stanzaId: string | null
}

/** '+': by the index of their state, not by their conversations: those have all messages. */
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
    'SELECT coalesce(m.message_id, m.origin_id) AS id, m.stanza_id AS stanzaId FROM message m WHERE m.conversation = ? AND m.id <= ? AND m.outgoing = 0 AND m.home IS NULL ORDER BY m.id DESC LIMIT 1'
  )
  const upTo = db.prepare<[number, number, number], MessageRow>(`${select('m.conversation = ? AND m.id <= ?')} ORDER BY m.id LIMIT ?`)
  const pinned = db.prepare<[number], MessageRow>(
    `SELECT ${COLUMNS} FROM ${MESSAGES.replace('message m', 'message m INDEXED BY message_pinned')} WHERE m.conversation = ? AND m.flags & ${FLAG.pinned} ORDER BY m.id DESC LIMIT 100`
  )
  const formerText = db.prepare<[number], string>('SELECT text FROM former_text WHERE message = ?').pluck()
  const anyBetween = db.prepare<[number, number, number], number>('SELECT 1 FROM message WHERE conversation = ? AND id >= ? AND id < ? LIMIT 1').pluck()
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
  const newestSettled = db
    .prepare<[number, number], number>(
      'SELECT id FROM message WHERE conversation = ? AND id < ? AND home IS NULL AND NOT (outgoing = 1 AND stanza_key IS NULL) ORDER BY id DESC LIMIT 1'
    )
    .pluck()
  return {
    byId: (id: number) => byId.get(id),
    /** Newest first. */
    before: (conversation: number, id: number, limit: number) => before.all(conversation, id, limit),
    /** Oldest first. */
    after: (conversation: number, id: number, limit: number) => after.all(conversation, id, limit),
    /** Those still to be sent that come after a message, in order. */
    queued: (after: number, limit: number, account?: string) => queued.all(after, account ?? null, limit),
    count: () => count.get() ?? 0,
    unreadCount: (conversation: number, readUpTo: number) => unreadCount.get(conversation, readUpTo) ?? 0,
    /** The oldest of `unread` messages that were not read; null where there are not so many. */
    firstUnread: (conversation: number, readUpTo: number, unread: number) => firstUnread.get(conversation, readUpTo, unread - 1) ?? null,
    /** Those of a conversation up to one of them, the oldest first. */
    upTo: (conversation: number, last: number, limit: number) => upTo.all(conversation, last, limit),
    /** Messages from before a time (ms) that may go, oldest first. */
    expired: (before: number, limit: number) => expired.all(firstKeyAt(before), limit),
    expiringCount: (before: number) => expiringCount.get(firstKeyAt(before)) ?? 0,
    /** Whether an own message outside of groups waits for its archive to say where it stands. */
    hasUnplaced: (account?: string): boolean => unplaced.get(account ?? null) === 1,
    /** Own messages of a time, ms, that the server took and the group has never told: the origin-ids, in order. */
    untold: (group: string, account: string, from: number, before: number) => untold.all(group, account, firstKeyAt(from), firstKeyAt(before)),
    newestReceived: (conversation: number, upTo: number) => newestReceived.get(conversation, upTo) ?? null,
    /** The latest first. */
    pinned: (conversation: number) => pinned.all(conversation),
    /** What it said before it was first corrected, or null. */
    formerText: (id: number): string | null => formerText.get(id) ?? null,
    /** Whether there is one from a key on and before another. */
    anyBetween: (conversation: number, from: number, before: number): boolean => anyBetween.get(conversation, from, before) === 1,
    newest: (conversation: number) => newest.get(conversation) ?? null,
    /** Who has said the newest `most` messages. */
    sendersIn: (conversation: number, most: number) => sendersIn.all(conversation, most),
    /** When the newest message of all was said, ms. */
    newestTime: (): number | null => {
      const id = newestKept.get() ?? null
      return id === null ? null : timeOf(id)
    },
    /** The newest message that a group without an archive has told us: its place is final, as that of our own is once they are told. */
    newestTold: (conversation: number) => newestTold.get(conversation) ?? null,
    /** The next message after or before a key that a group without an archive has told us. */
    toldBeside: (conversation: number, key: number, side: 'after' | 'before') => (side === 'after' ? toldAfter : toldBefore).get(conversation, key) ?? null,
    /** The newest message before a key whose place is final; own messages that no archive has confirmed are still to be placed. */
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
  /** Some of FLAG; those of links and attachments are found here. */
  flags?: number
  attachments?: readonly NewAttachment[]
  link?: LinkMetadata | null
}

const RUN = 256
/** A group tells us our own message within this time, ms; clocks differ. */
const REFLECTED_MS = 86_400_000
/** A group's stamp and the time at which the same message came live differ by no more, ms, where no id tells. */
const TOLD_MS = 60_000
/** Own messages that a group has not told us, of which so many are looked through. */
const MOST_UNREFLECTED = 200
const plain = (text: string): string => text.normalize('NFC').replace(/\s+/gu, ' ').trim()
/** Under which a message is known as deleted before its archive has given it an id. A stanza-id has no line break. */
const sendersId = (sender: string, outgoing: boolean, id: string): string => `${outgoing ? '' : sender}\n${id}`
/** As sendersId, for one text alone, of which nothing is kept. */
const sendersWords = (sender: string, outgoing: boolean, id: string, text: string): string =>
  `${sendersId(sender, outgoing, id)}\n${createHash('sha256').update(`${sender}\n${id}\n${text}`).digest('base64')}`
/** In place of an id, for words that have none, in a group that tells them again. */
const minuteOf = (time: number): string => `minute ${Math.floor(time / TOLD_MS)}`

export function messageWrites(db: WritableDB) {
  const reads = messageReads(db)
  const keysFrom = db.prepare<[number, number], number>('SELECT id FROM message WHERE id >= ? ORDER BY id LIMIT ?').pluck()
  const keysDownFrom = db.prepare<[number, number], number>('SELECT id FROM message WHERE id <= ? ORDER BY id DESC LIMIT ?').pluck()
  const keysBetween = db.prepare<[number, number], number>('SELECT id FROM message WHERE id BETWEEN ? AND ?').pluck()
  const oldestArchived = db.prepare<[number], number>('SELECT id FROM message WHERE conversation = ? AND stanza_key IS NOT NULL ORDER BY id LIMIT 1').pluck()
  const docs = createDocNumbers(db)
  const index = createMessageIndex(db, docs)
  const FIELDS = 'id, conversation, sender_id, outgoing, text, stamp, state_code, stanza_key, origin_key, doc, flags, message_key, reply_key'
  // of many at once the numbers of parameters say which column of values each is; a time that the place tells is not kept
  const INSERT = `INSERT INTO message (${FIELDS}) VALUES (${FIELDS.split(', ')
    .map((field, at) => (field === 'stamp' ? `nullif(?${at + 1}, ?1 / 1024)` : `?${at + 1}`))
    .join(', ')})`
  const insert = db.prepare(`INSERT INTO message (${FIELDS}, occupant) VALUES (${FIELDS.replace(/\w+/g, '?')}, ?)`)
  const files = attachmentWrites(db)
  const raw = rawWrites(db)
  const setReply = db.prepare('UPDATE message SET reply_key = ? WHERE id = ?')
  const setText = db.prepare('UPDATE message SET text = ?, flags = ? WHERE id = ?')
  const setFlags = db.prepare('UPDATE message SET flags = ? WHERE id = ?')
  const keepText = db.prepare('INSERT OR IGNORE INTO former_text (message, text) VALUES (?, ?)')
  const forgetText = db.prepare('DELETE FROM former_text WHERE message = ?')
  const putLink = db.prepare('INSERT OR REPLACE INTO link (message, url, title, description, site) VALUES (?, ?, ?, ?, ?)')
  const forgetLink = db.prepare('DELETE FROM link WHERE message = ?')
  const remove = db.prepare('DELETE FROM message WHERE id = ?')
  const rekey = db.prepare('UPDATE message SET id = ?, stamp = ? WHERE id = ?')
  const settle = db.prepare('UPDATE message SET stanza_key = coalesce(?, stanza_key), state_code = ? WHERE id = ?')
  const setState = db.prepare('UPDATE message SET state_code = ?, error = ? WHERE id = ?')
  const byStanzaId = db.prepare<[{ conversation: number; key: PackedId }], MessageRow>(
    `SELECT ${COLUMNS} FROM ${MESSAGES} WHERE ${withKey('m.', 'stanza', ':key', ':conversation')}`
  )
  const byOriginId = db.prepare<[{ conversation: number; key: PackedId; sender: string }], MessageRow>(
    `SELECT ${COLUMNS} FROM ${MESSAGES} WHERE ${withKey('m.', 'origin', ':key', ':conversation')} AND s.jid = :sender`
  )
  const ownByOriginId = db.prepare<[{ conversation: number; key: PackedId }], MessageRow>(
    `SELECT ${COLUMNS} FROM ${MESSAGES} WHERE ${withKey('m.', 'origin', ':key', ':conversation')} AND m.outgoing = 1`
  )

  const byAnyId = db.prepare<[{ conversation: number; key: PackedId }], MessageRow>(
    `SELECT ${COLUMNS} FROM ${MESSAGES} WHERE ${(['origin', 'message', 'stanza'] as const).map((id) => `(${withKey('m.', id, ':key', ':conversation')})`).join(' OR ')}`
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
  const tombstone = db.prepare('INSERT OR IGNORE INTO deleted (conversation, stanza_id) VALUES (?, ?)')
  const isDeleted = db.prepare<[number, string], number>('SELECT 1 FROM deleted WHERE conversation = ? AND stanza_id = ?').pluck()

  /** The far end of the unbroken run of used keys from `key` on, upwards (step 1) or downwards (step -1); null: it is free. */
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
    if (link !== null) putLink.run(id, link.url, link.title, link.description, link.site)
  }
  const runEnd = (key: number): number | null => runFrom(key, 1)

  return {
    ...reads,
    /** Its numbers are to be flushed at the end of each transaction. */
    docs,
    index,
    files,
    raw,
    forget(): void {
      docs.forget()
      index.forget()
      standIns = null
    },
    /** What an archive gave us under that id: one message, where the archive is not broken. */
    byStanzaId: (conversation: number, id: string): MessageRow[] => byStanzaId.all({ conversation, key: packId(id) }),
    /** Marks a message as made of a correction. */
    standIn(id: number): void {
      stand.run(id)
      standIns = true
    },
    /** Those that stand in for a message that is not here and would have one of these ids. */
    standInsFor(conversation: number, ids: readonly (string | null)[]): MessageRow[] {
      standIns ??= anyStandIn.get() === 1
      if (!standIns) return []
      return [...new Set(ids)].flatMap((id) =>
        id === null ? [] : byAnyId.all({ conversation, key: packId(id) }).filter((row) => row.message_id === id && isStandIn.get(row.id) === 1)
      )
    },
    byOriginId: (conversation: number, sender: string, id: string) => byOriginId.get({ conversation, key: packId(id), sender }),
    ownByOriginId: (conversation: number, id: string) => ownByOriginId.get({ conversation, key: packId(id) }),
    /** Those that a group without an archive may tell again as this one: by its sender's id, otherwise by sender, text and stamp. */
    toldBefore(conversation: number, { messageId = null, originId, sender, text, time, ahead = 0 }: IncomingMessage): MessageRow[] {
      const id = originId ?? messageId
      if (id !== null) return byAnyId.all({ conversation, key: packId(id) }).filter((row) => row.sender === sender)
      // what came live has this computer's time, what was told again the server's
      return [...new Set([time, time - ahead])].flatMap((at) =>
        toldAt.all(conversation, sender, firstKeyAt(at - TOLD_MS), firstKeyAt(at + TOLD_MS)).filter((row) => plain(row.text) === plain(text))
      )
    },
    /** Whether a message came when another one is stamped, in the server's or in this computer's time. */
    isAtTime: (row: MessageRow, { time, ahead = 0 }: IncomingMessage): boolean => [time, time - ahead].some((at) => Math.abs(row.time - at) <= TOLD_MS),
    /** The oldest own message of that text that was sent lately and that its group has not told us. Gateways change white space. */
    unreflected: (conversation: number, { text, time, onTheWay = [] }: IncomingMessage): MessageRow | undefined =>
      unreflected.all(conversation, firstKeyAt(time - REFLECTED_MS), JSON.stringify(onTheWay)).find((row) => plain(row.text) === plain(text)),
    setMessageId: (id: number, messageId: string | null) => setMessageId.run(packId(messageId), id),
    /** Those that are known under an id: their sender's, or their archive's. */
    byAnyId: (conversation: number, id: string): MessageRow[] => byAnyId.all({ conversation, key: packId(id) }),
    /** A key that comes after `after`. */
    keyAfter: (time: number, after: number): MessageId => nextKey(time, after, runEnd),
    /** A key that comes before `before`, none of `reserved`. */
    keyBefore(time: number, before: number, reserved: ReadonlySet<number>): MessageId {
      const key = previousKey(time, before, (from) => {
        let start = runFrom(from, -1)
        while (reserved.has((start ?? from + 1) - 1)) start = (start ?? from + 1) - 1
        return start
      })
      // where thousands are said to be of 1970's first second, the first free place has to do
      return key ?? nextKey(0, Math.max(0, ...reserved), runEnd)
    },
    /** Gives keys for messages that come in order of their times, from `first` to `last` (ms). */
    freeKeys(first: number, last: number): (time: number) => MessageId {
      const beyond = firstKeyAt(last + 1)
      const used = new Set(keysBetween.all(firstKeyAt(first), beyond))
      let before = 0
      return (time) => {
        let key = Math.max(firstKeyAt(time), before + 1)
        while (used.has(key)) key++
        // beyond those that were looked up only where thousands share a millisecond
        before = key < beyond ? key : nextKey(time, key - 1, runEnd)
        return before as MessageId
      }
    },
    /** The oldest message of the conversation that an archive gave us, or Infinity. */
    oldestArchived: (conversation: number): number => oldestArchived.get(conversation) ?? Infinity,
    /** Stores and indexes under a free key. `doc`: its row id in the index where that is not simply the next one. */
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
     * Stores and indexes many of one conversation, each under the key that `keys` has for it; in order of history.
     * `self`: the sender that is oneself. Fast only where foreign keys are not enforced.
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
    /** Gives a message another time, and a free key as its place in history. */
    move(row: MessageRow, time: number, id: MessageId): MessageId {
      index.take(row)
      rekey.run(id, stampOf(id, time), row.id)
      if (row.doc !== null) index.place({ ...row, id })
      return id
    },
    settle: (id: number, stanzaId: string | null, state: MessageState) => settle.run(packId(stanzaId), stateCode(state), id),
    setState: (id: number, state: MessageState, error: string | null) => setState.run(stateCode(state), error, id),
    /** Another text in the same place; a plain one takes the lock from what was encrypted. */
    edit(row: MessageRow, text: string, encrypted: boolean): void {
      const flags = (row.flags & ~(FLAG.link | FLAG.unreadable | (encrypted ? 0 : FLAG.encrypted))) | FLAG.edited | (hasLink(text) ? FLAG.link : 0)
      keepText.run(row.id, row.text)
      index.change(row, text, flags)
      setText.run(text, flags, row.id)
      raw.remove(row.id)
    },
    /** What it was all the time, understood only now; `flags`: some of FLAG that it has, too. */
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
    /** Takes back what it says: text, files and all. */
    retract(row: MessageRow): void {
      const flags = (row.flags & ~(ATTACHED | FLAG.link | FLAG.mention | FLAG.pinned | FLAG.unreadable)) | FLAG.retracted
      index.change(row, '', flags, false)
      if (row.flags & ATTACHED) files.removeOf(row.id)
      setText.run('', flags, row.id)
      forgetText.run(row.id)
      forgetLink.run(row.id)
      raw.remove(row.id)
    },
    /** The user does not want it here: it does not come back from its archive. */
    bury(row: MessageRow): void {
      if (row.stanza_id !== null) tombstone.run(row.conversation, row.stanza_id)
      const own = row.outgoing === 1
      const texts = new Set([row.text, reads.formerText(row.id) ?? row.text])
      const ids = [row.origin_id, row.message_id].filter((id) => id !== null)
      for (const id of ids) {
        // our own ids are given once, and what was encrypted comes without its text
        if (own || (row.flags & FLAG.encrypted) !== 0) tombstone.run(row.conversation, sendersId(row.sender, own, id))
        else for (const text of texts) tombstone.run(row.conversation, sendersWords(row.sender, own, id, text))
      }
      if (ids.length > 0 || row.stanza_id !== null) return
      for (const text of texts)
        for (const at of [-1, 0, 1]) tombstone.run(row.conversation, sendersWords(row.sender, own, minuteOf(row.time + at * TOLD_MS), text))
    },
    /** What we have said under that id, encrypted, is not kept: it cannot be opened when an archive or a group tells it again. */
    buryOwn: (conversation: number, originId: string) => tombstone.run(conversation, sendersId('', true, originId)),
    /** By any of its ids; those that its sender gave count for that sender alone, and with their words, for some give one twice. `ahead`: of a group that tells again, see IncomingMessage. */
    isBuried(
      conversation: number,
      {
        stanzaId,
        originId,
        messageId = null,
        sender,
        outgoing,
        text,
        time,
        ahead = 0,
        replayed
      }: Pick<IncomingMessage, 'stanzaId' | 'originId' | 'messageId' | 'sender' | 'outgoing' | 'text' | 'time' | 'ahead' | 'replayed'>
    ): boolean {
      const given = [originId, messageId].filter((id) => id !== null)
      const ids = given.flatMap((id) => [sendersId(sender, outgoing, id), sendersWords(sender, outgoing, id, text)])
      const told =
        replayed && stanzaId === null && given.length === 0 ? [time, time - ahead].map((at) => sendersWords(sender, outgoing, minuteOf(at), text)) : []
      return [...(stanzaId === null ? [] : [stanzaId]), ...ids, ...told].some((id) => isDeleted.get(conversation, id) === 1)
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
