/** Writing statements of the table `message`. Its files and its index entry are written with it. */
import type { ConversationId, Jid, LinkMetadata, MessageId, MessageState } from '../../../contract/domain.ts'
import { asBlob, NO_TEXT, textColumn, type TextColumn } from '../packing.ts'
import type { WritableDB } from '../database.ts'
import { createDocNumbers } from '../doc-numbers.ts'
import { CODE, packId, stampOf, stateCode, withKey, type PackedId } from '../ids.ts'
import type { PackedRows } from '../import-rows.ts'
import { firstKeyAt, nextKey, previousKey } from '../order.ts'
import { attachmentWrites, type NewAttachment } from './attachment.ts'
import { deletedWrites, TOLD_MS } from './deleted.ts'
import { createMessageIndex } from './message-index.ts'
import { messageReads } from './message-reads.ts'
import type { IncomingMessage } from '../types.ts'
import { ATTACHED, COLUMNS, COLUMNS_FOUND, FLAG, hasLink, MESSAGES, OUTGOING, type MessageRow } from './message-row.ts'
import { MOST_SHARING } from './change.ts'
import { rawWrites } from './raw.ts'

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
    replayableBefore(conversation: number, { messageId = null, originId, sender, text, time, ahead = 0 }: IncomingMessage): MessageRow[] {
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
