/** Statements of the tables `message`, `attachment`, `doc` and `message_index`. The index is written wherever the message is. */
import type { Attachment, AttachmentKind, ConversationId, Jid, Message, MessageId, MessageState, Quoted, Reaction } from '../../../contract/domain.ts'
import { localOf, resource } from '../../../contract/address.ts'
import { asBlob, NO_TEXT, textColumn, type TextColumn } from '../packing.ts'
import type { ReadableDB, WritableDB } from '../database.ts'
import { createDocNumbers } from '../doc-numbers.ts'
import type { PackedRows } from '../import-rows.ts'
import { firstKeyAt, nextKey, previousKey } from '../order.ts'

/** Bits of message.flags and doc.flags. */
export const FLAG = { image: 1, video: 2, voice: 4, file: 8, link: 16, mention: 32, starred: 64, edited: 128, retracted: 512, reacted: 1024 } as const
/** In doc.flags alone. */
export const OUTGOING = 256
export const ATTACHED = FLAG.image | FLAG.video | FLAG.voice | FLAG.file
const LINK = /https?:\/\/|www\.[^\s.]+\./i
export const hasLink = (text: string): boolean => LINK.test(text)

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
  message_id: string | null
  reply_to: string | null
  sender_name: string | null
  doc: number | null
  flags: number
  /** JSON: [id, kind, name, bytes, here] each */
  attachments: string | null
  /** JSON: [sender, sender's name, own, emoji separated by spaces] each */
  reactions: string | null
  /** JSON: [id, sender, sender's name, own, beginning of the text] */
  quoted: string | null
}

/** Of a message that is answered, so much is shown. */
const LONGEST_QUOTE = 300
/** Of those who reacted in one way, so many are named. */
const MOST_NAMES = 8

/** Columns of a message with its sender's name; `m` is the message. */
export const COLUMNS = `m.id, m.conversation, m.sender, m.outgoing, m.text, m.time, m.state, m.error, m.stanza_id, m.origin_id, m.message_id, m.reply_to, m.doc, m.flags,
  CASE WHEN m.flags & ${ATTACHED} THEN (SELECT json_group_array(json_array(id, kind, name, bytes, stored IS NOT NULL) ORDER BY id) FROM attachment WHERE message = m.id) END AS attachments,
  CASE WHEN m.flags & ${FLAG.reacted} THEN (SELECT json_group_array(json_array(sender, (SELECT name FROM contact WHERE jid = h.sender AND name <> ''), outgoing, text) ORDER BY h.id)
    FROM change h WHERE h.conversation = m.conversation AND h.kind = 'reactions' AND h.target IN (m.origin_id, m.message_id, m.stanza_id)) END AS reactions,
  CASE WHEN m.reply_to IS NOT NULL THEN (SELECT json_array(r.id, r.sender, (SELECT name FROM contact WHERE jid = r.sender AND name <> ''), r.outgoing, substr(r.text, 1, ${LONGEST_QUOTE}))
    FROM message r WHERE r.conversation = m.conversation AND (r.origin_id = m.reply_to OR r.message_id = m.reply_to OR r.stanza_id = m.reply_to) LIMIT 1) END AS quoted,
  (SELECT name FROM contact WHERE jid = m.sender AND name <> '') AS sender_name`

export function toMessage(row: MessageRow): Message {
  return {
    id: row.id,
    key: row.origin_id === null ? `m${row.id}` : `o${row.origin_id}`,
    conversation: row.conversation,
    sender: row.sender,
    senderName: nameOf(row.sender, row.sender_name),
    outgoing: row.outgoing === 1,
    text: row.text,
    time: row.time,
    state: row.state,
    error: row.error,
    starred: (row.flags & FLAG.starred) !== 0,
    edited: (row.flags & FLAG.edited) !== 0,
    retracted: (row.flags & FLAG.retracted) !== 0,
    changeable: (row.origin_id ?? row.message_id ?? row.stanza_id) !== null,
    attachments: row.attachments === null ? [] : toAttachments(row.attachments),
    reactions: row.reactions === null ? [] : toReactions(row.reactions),
    reply: row.reply_to === null ? null : toQuoted(row.quoted)
  }
}

const nameOf = (sender: string, contact: string | null): string => contact ?? (resource(sender) || localOf(sender))

function toReactions(json: string): Reaction[] {
  const found = new Map<string, Reaction>()
  for (const [sender, contact, outgoing, emoji] of JSON.parse(json) as [string, string | null, 0 | 1, string][])
    for (const one of emoji.split(' ')) {
      if (one === '') continue
      const reaction = found.get(one) ?? { emoji: one, count: 0, own: false, names: [] }
      reaction.count++
      if (outgoing === 1) reaction.own = true
      else if (reaction.names.length < MOST_NAMES) reaction.names.push(nameOf(sender, contact))
      found.set(one, reaction)
    }
  return [...found.values()]
}

function toQuoted(json: string | null): Quoted {
  if (json === null) return { id: null, senderName: '', outgoing: false, text: '' }
  const [id, sender, contact, outgoing, text] = JSON.parse(json) as [MessageId, string, string | null, 0 | 1, string]
  return { id, senderName: nameOf(sender, contact), outgoing: outgoing === 1, text }
}

function toAttachments(json: string): Attachment[] {
  const list = JSON.parse(json) as [number, AttachmentKind, string, number | null, 0 | 1][]
  return list.map(([id, kind, name, bytes, here]) => ({ id, kind, name, bytes, here: here === 1 }))
}

/** Starred ones stay, and those that are still to be sent. */
const EXPIRES = `m.id < ? AND m.flags & ${FLAG.starred} = 0 AND m.state NOT IN ('queued', 'failed')`

/** What others call a message. */
export interface ReceivedId {
  /** The id of its stanza. */
  id: string | null
  stanzaId: string | null
}

export function messageReads(db: ReadableDB) {
  const select = (where: string): string => `SELECT ${COLUMNS} FROM message m WHERE ${where}`
  const byId = db.prepare<[number], MessageRow>(select('m.id = ?'))
  const before = db.prepare<[number, number, number], MessageRow>(
    `${select('m.conversation = ? AND m.id < ?')} ORDER BY m.id DESC LIMIT ?`
  )
  const after = db.prepare<[number, number, number], MessageRow>(`${select('m.conversation = ? AND m.id > ?')} ORDER BY m.id LIMIT ?`)
  const queued = db.prepare<[number, number], MessageRow>(`${select(`${PENDING} AND m.state = 'queued' AND m.id > ?`)} ORDER BY m.id LIMIT ?`)
  const count = db.prepare<[], number>('SELECT count(*) FROM message').pluck()
  const unreadCount = db
    .prepare<[number, number], number>('SELECT count(*) FROM message WHERE conversation = ? AND id > ? AND outgoing = 0')
    .pluck()
  const expired = db.prepare<[number, number], MessageRow>(`${select(EXPIRES)} ORDER BY m.id LIMIT ?`)
  const expiringCount = db.prepare<[number], number>(`SELECT count(*) FROM message m WHERE ${EXPIRES}`).pluck()
  const unplaced = db
    .prepare<[], number>("SELECT 1 FROM message m JOIN conversation c ON c.id = m.conversation WHERE m.outgoing = 1 AND m.stanza_id IS NULL AND m.origin_id IS NOT NULL AND m.state <> 'failed' AND c.kind = 'direct' LIMIT 1")
    .pluck()
  const newestReceived = db.prepare<[number, number], ReceivedId>('SELECT coalesce(m.message_id, m.origin_id) AS id, m.stanza_id AS stanzaId FROM message m WHERE m.conversation = ? AND m.id <= ? AND m.outgoing = 0 ORDER BY m.id DESC LIMIT 1')
  const newest = db.prepare<[number], number | null>('SELECT max(id) FROM message WHERE conversation = ?').pluck()
  const newestSettled = db
    .prepare<[number, number], number>(
      'SELECT id FROM message WHERE conversation = ? AND id < ? AND NOT (outgoing = 1 AND stanza_id IS NULL) ORDER BY id DESC LIMIT 1'
    )
    .pluck()
  return {
    byId: (id: number) => byId.get(id),
    /** Newest first. */
    before: (conversation: number, id: number, limit: number) => before.all(conversation, id, limit),
    /** Oldest first. */
    after: (conversation: number, id: number, limit: number) => after.all(conversation, id, limit),
    /** Those still to be sent that come after a message, in order. */
    queued: (after: number, limit: number) => queued.all(after, limit),
    count: () => count.get() ?? 0,
    unreadCount: (conversation: number, readUpTo: number) => unreadCount.get(conversation, readUpTo) ?? 0,
    /** Messages from before a time (ms) that may go, oldest first. */
    expired: (before: number, limit: number) => expired.all(firstKeyAt(before), limit),
    expiringCount: (before: number) => expiringCount.get(firstKeyAt(before)) ?? 0,
    /** Whether an own message outside of groups waits for its archive to say where it stands. */
    hasUnplaced: (): boolean => unplaced.get() === 1,
    newestReceived: (conversation: number, upTo: number) => newestReceived.get(conversation, upTo) ?? null,
    newest: (conversation: number) => newest.get(conversation) ?? null,
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
  /** Some of FLAG; those of links and attachments are found here. */
  flags?: number
  attachments?: readonly NewAttachment[]
}

export interface NewAttachment {
  kind: AttachmentKind
  name: string
  bytes: number | null
  /** Its name in the media folder, or null. */
  stored: string | null
}

const RUN = 256
/** What makes use of the index message_pending. */
const PENDING = "(state = 'queued' OR doc IS NULL)"
export const WITHOUT_DOC = `${PENDING} AND doc IS NULL`

export function messageWrites(db: WritableDB) {
  const reads = messageReads(db)
  const keysFrom = db.prepare<[number, number], number>('SELECT id FROM message WHERE id >= ? ORDER BY id LIMIT ?').pluck()
  const keysDownFrom = db.prepare<[number, number], number>('SELECT id FROM message WHERE id <= ? ORDER BY id DESC LIMIT ?').pluck()
  const keysBetween = db.prepare<[number, number], number>('SELECT id FROM message WHERE id BETWEEN ? AND ?').pluck()
  const oldestArchived = db
    .prepare<[number], number>('SELECT id FROM message WHERE conversation = ? AND stanza_id IS NOT NULL ORDER BY id LIMIT 1')
    .pluck()
  const docs = createDocNumbers(db)
  const INSERT = 'INSERT INTO message (id, conversation, sender, outgoing, text, time, state, stanza_id, origin_id, doc, flags, message_id, reply_to) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
  const insert = db.prepare(INSERT)
  const insertAttachment = db.prepare('INSERT INTO attachment (message, kind, name, bytes, stored) VALUES (?, ?, ?, ?, ?)')
  const INSERT_DOC = 'INSERT INTO doc (doc, message, conversation, sender, flags, length) VALUES (?, ?, ?, ?, ?, ?)'
  const insertDoc = db.prepare(INSERT_DOC)
  const removeDoc = db.prepare('DELETE FROM doc WHERE doc = ?')
  const setDoc = db.prepare('UPDATE message SET doc = ? WHERE id = ?')
  const tellChange = db.prepare('INSERT INTO doc_change (doc) VALUES (?)')
  const INDEX = 'INSERT INTO message_index (rowid, text, files) VALUES (?, ?, ?)'
  const index = db.prepare(INDEX)
  const unindex = db.prepare("INSERT INTO message_index (message_index, rowid, text, files) VALUES ('delete', ?, ?, ?)")
  const filesOf = db.prepare<[number], string | null>('SELECT group_concat(name, char(10)) FROM attachment WHERE message = ?').pluck()
  const addressId = db.prepare<[string], number>('SELECT id FROM address WHERE jid = ?').pluck()
  const addAddress = db.prepare('INSERT INTO address (jid) VALUES (?)')
  const setText = db.prepare('UPDATE message SET text = ?, flags = ? WHERE id = ?')
  const setFlags = db.prepare('UPDATE message SET flags = ? WHERE id = ?')
  const setDocFlags = db.prepare('UPDATE doc SET flags = ?, length = ? WHERE doc = ?')
  const unindexed = db.prepare<[number], MessageRow>(`SELECT ${COLUMNS} FROM message m WHERE ${WITHOUT_DOC} ORDER BY m.id DESC LIMIT ?`)
  const unindexedCount = db.prepare<[], number>(`SELECT count(*) FROM message WHERE ${WITHOUT_DOC}`).pluck()
  const addresses = new Map<string, number>()
  const remove = db.prepare('DELETE FROM message WHERE id = ?')
  const rekey = db.prepare('UPDATE message SET id = ?, time = ? WHERE id = ?')
  const settle = db.prepare('UPDATE message SET stanza_id = coalesce(?, stanza_id), state = ? WHERE id = ?')
  const setState = db.prepare('UPDATE message SET state = ?, error = ? WHERE id = ?')
  const byStanzaId = db.prepare<[number, string], MessageRow>(
    `SELECT ${COLUMNS} FROM message m WHERE m.conversation = ? AND m.stanza_id = ?`
  )
  const byOriginId = db.prepare<[number, string, string], MessageRow>(
    `SELECT ${COLUMNS} FROM message m WHERE m.conversation = ? AND m.origin_id = ? AND m.sender = ?`
  )
  const ownByOriginId = db.prepare<[number, string], MessageRow>(
    `SELECT ${COLUMNS} FROM message m WHERE m.conversation = ? AND m.origin_id = ? AND m.outgoing = 1`
  )

  const byAnyId = db.prepare<[number, string, number, string, number, string], MessageRow>(
    `SELECT ${COLUMNS} FROM message m WHERE (m.conversation = ? AND m.origin_id = ?) OR (m.conversation = ? AND m.message_id = ?) OR (m.conversation = ? AND m.stanza_id = ?)`
  )
  const indexedFrom = db.prepare<[number, number], MessageRow>(`SELECT ${COLUMNS} FROM message m WHERE m.id >= ? AND m.doc IS NOT NULL ORDER BY m.id LIMIT ?`)
  const lastDoc = db.prepare<[number, number], { doc: number; message: number }>('SELECT doc, message FROM doc WHERE doc BETWEEN ? AND ? ORDER BY doc DESC LIMIT 1')
  const removeAttachments = db.prepare('DELETE FROM attachment WHERE message = ?')
  const tombstone = db.prepare('INSERT OR IGNORE INTO deleted (conversation, stanza_id) VALUES (?, ?)')
  const isDeleted = db.prepare<[number, string], number>('SELECT 1 FROM deleted WHERE conversation = ? AND stanza_id = ?').pluck()

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

  function addressOf(jid: string): number {
    const known = addresses.get(jid) ?? addressId.get(jid)
    const id = known ?? Number(addAddress.run(jid).lastInsertRowid)
    addresses.set(jid, id)
    return id
  }

  /** Runs a statement for many rows: see mnemo_insert. */
  function insertColumns(sql: string, count: number, types: string, ...columns: unknown[]): void {
    db.prepare(`SELECT mnemo_insert(?, ?, ?${', ?'.repeat(columns.length)})`).get(sql, count, types, ...columns)
  }

  type Indexed = Pick<MessageRow, 'conversation' | 'sender' | 'text' | 'flags'> & { id: number; outgoing: boolean | 0 | 1 }

  function addToIndex(doc: number, row: Indexed, files: string | null): void {
    insertDoc.run(doc, row.id, row.conversation, addressOf(row.sender), row.flags | (row.outgoing ? OUTGOING : 0), row.text.length)
    index.run(doc, row.text, files)
  }

  function takeFromIndex(row: MessageRow): void {
    if (row.doc === null) return
    unindex.run(row.doc, row.text, row.flags & ATTACHED ? filesOf.get(row.id) ?? null : null)
    removeDoc.run(row.doc)
    tellChange.run(row.doc)
  }

  return {
    ...reads,
    /** To be called at the end of each transaction, and after one that failed. */
    docs,
    forget(): void {
      docs.forget()
      addresses.clear()
    },
    byStanzaId: (conversation: number, id: string) => byStanzaId.get(conversation, id),
    byOriginId: (conversation: number, sender: string, id: string) => byOriginId.get(conversation, id, sender),
    ownByOriginId: (conversation: number, id: string) => ownByOriginId.get(conversation, id),
    /** Those that are known under an id: their sender's, or their archive's. */
    byAnyId: (conversation: number, id: string): MessageRow[] => byAnyId.all(conversation, id, conversation, id, conversation, id),
    /** A key that comes after `after`. */
    keyAfter: (time: number, after: number): MessageId => nextKey(time, after, runEnd),
    /** A key that comes before `before`, none of `reserved`. */
    keyBefore: (time: number, before: number, reserved: ReadonlySet<number>): MessageId =>
      previousKey(time, before, (key) => {
        let start = runFrom(key, -1)
        while (reserved.has((start ?? key + 1) - 1)) start = (start ?? key + 1) - 1
        return start
      }),
    /** Gives keys for messages that come in order of their times, from `first` to `last` (ms). */
    freeKeys(first: number, last: number): (time: number) => MessageId {
      const used = new Set(keysBetween.all(firstKeyAt(first), firstKeyAt(last + 1)))
      let before = 0
      return (time) => {
        let key = Math.max(firstKeyAt(time), before + 1)
        // beyond those that were looked up only where thousands share a millisecond
        while (used.has(key) || (key >= firstKeyAt(last + 1) && runEnd(key) !== null)) key++
        before = key
        return key as MessageId
      }
    },
    /** The oldest message of the conversation that an archive gave us, or Infinity. */
    oldestArchived: (conversation: number): number => oldestArchived.get(conversation) ?? Infinity,
    /** Stores and indexes under a free key. `doc`: its row id in the index where that is not simply the next one. */
    insert(message: NewMessage, id: MessageId, doc: number = docs.next(id)): MessageId {
      const { conversation, sender, outgoing, text, time, state, stanzaId, originId, messageId = null, replyTo = null, attachments = [] } = message
      let flags = (message.flags ?? 0) | (hasLink(text) ? FLAG.link : 0)
      for (const { kind } of attachments) flags |= FLAG[kind]
      insert.run(id, conversation, sender, outgoing ? 1 : 0, text, time, state, stanzaId, originId, doc, flags, messageId, replyTo)
      for (const { kind, name, bytes, stored } of attachments) insertAttachment.run(id, kind, name, bytes, stored)
      addToIndex(doc, { id, conversation, sender, outgoing, text, flags }, attachments.length === 0 ? null : attachments.map(({ name }) => name).join('\n'))
      return id
    },
    /**
     * Stores and indexes many of one conversation, each under the key that `keys` has for it; in order of history.
     * `self`: the sender that is oneself. Fast only where foreign keys are not enforced.
     */
    insertMany(conversation: ConversationId, addresses: readonly Jid[], self: number, rows: PackedRows, keys: Float64Array): void {
      const { times, texts, lengths, flags: flagged, sender, attachments } = rows
      const count = keys.length
      const doc = keys.map((key) => docs.next(key))
      const addressIds = addresses.map(addressOf)
      const senders = Float64Array.from(sender, (index) => addressIds[index] ?? 0)
      const outgoing = Uint32Array.from(sender, (index) => (index === self ? 1 : 0))
      const flags = Float64Array.from(flagged)
      const docFlags = flags.map((flag, i) => flag | (outgoing[i] === 1 ? OUTGOING : 0))
      const files = new Uint32Array(count).fill(NO_TEXT)
      const names = textColumn(attachments.map(([, list]) => list.map(({ name }) => name).join('\n')))
      for (const [i, [row]] of attachments.entries()) files[row] = i
      const text = [asBlob(texts.offsets), asBlob(texts.bytes)]
      const dictionary = (index: Uint32Array, list: TextColumn): Buffer[] => [asBlob(index), asBlob(list.offsets), asBlob(list.bytes)]
      const states: MessageState[] = ['received', 'sent']
      insertColumns(INSERT, count, 'ivditidvviivv', asBlob(keys), conversation, ...dictionary(sender, textColumn(addresses)), asBlob(Float64Array.from(outgoing)), ...text, asBlob(times), ...dictionary(outgoing, textColumn(states)), null, null, asBlob(doc), asBlob(flags), null, null)
      for (const [row, list] of attachments) for (const { kind, name, bytes, stored } of list) insertAttachment.run(keys[row], kind, name, bytes, stored)
      insertColumns(INSERT_DOC, count, 'iiviii', asBlob(doc), asBlob(keys), conversation, asBlob(senders), asBlob(docFlags), asBlob(lengths))
      insertColumns(INDEX, count, 'itd', asBlob(doc), ...text, ...dictionary(files, names))
    },
    /** Gives a message another time, and a free key as its place in history. */
    move(row: MessageRow, time: number, id: MessageId): MessageId {
      takeFromIndex(row)
      rekey.run(id, time, row.id)
      if (row.doc !== null) {
        const doc = docs.next(id)
        setDoc.run(doc, id)
        addToIndex(doc, { ...row, id }, row.flags & ATTACHED ? filesOf.get(id) ?? null : null)
      }
      return id
    },
    settle: (id: number, stanzaId: string | null, state: MessageState) => settle.run(stanzaId, state, id),
    setState: (id: number, state: MessageState, error: string | null) => setState.run(state, error, id),
    /** Another text in the same place. */
    edit(row: MessageRow, text: string): void {
      const files = row.flags & ATTACHED ? filesOf.get(row.id) ?? null : null
      const flags = (row.flags & ~FLAG.link) | FLAG.edited | (hasLink(text) ? FLAG.link : 0)
      if (row.doc !== null) {
        unindex.run(row.doc, row.text, files)
        index.run(row.doc, text, files)
        setDocFlags.run(flags | (row.outgoing ? OUTGOING : 0), text.length, row.doc)
        tellChange.run(row.doc)
      }
      setText.run(text, flags, row.id)
    },
    /** Takes back what it says: text, files and all. */
    retract(row: MessageRow): void {
      const files = row.flags & ATTACHED
      if (row.doc !== null) {
        unindex.run(row.doc, row.text, files ? filesOf.get(row.id) ?? null : null)
        index.run(row.doc, '', null)
      }
      if (files) removeAttachments.run(row.id)
      const flags = (row.flags & ~(ATTACHED | FLAG.link | FLAG.mention)) | FLAG.retracted
      setText.run('', flags, row.id)
      if (row.doc === null) return
      setDocFlags.run(flags | (row.outgoing ? OUTGOING : 0), 0, row.doc)
      tellChange.run(row.doc)
    },
    /** The user does not want it here: it does not come back from its archive. */
    bury: (row: MessageRow) => row.stanza_id !== null && tombstone.run(row.conversation, row.stanza_id),
    isBuried: (conversation: number, stanzaId: string): boolean => isDeleted.get(conversation, stanzaId) === 1,
    setFlag(row: MessageRow, flag: number, on: boolean): void {
      const flags = on ? row.flags | flag : row.flags & ~flag
      setFlags.run(flags, row.id)
      if (row.doc === null) return
      setDocFlags.run(flags | (row.outgoing ? OUTGOING : 0), row.text.length, row.doc)
      tellChange.run(row.doc)
    },
    remove(row: MessageRow): void {
      takeFromIndex(row)
      remove.run(row.id)
    },
    /** One run of docs for all that stands after the first message of the runs but the first; false where there was nothing to do, or more than `most` to move. */
    mergeRuns(most: number): boolean {
      const [first, ...rest] = docs.runs()
      if (first === undefined || rest.length === 0) return false
      const rows = indexedFrom.all(Math.min(...rest.map(({ oldest }) => oldest)), most + 1)
      if (rows.length > most) return false
      for (const row of rows) takeFromIndex(row)
      const left = lastDoc.get(first.first, first.last)
      docs.cut(left === undefined ? null : { ...first, last: left.doc, newest: left.message })
      for (const row of rows) {
        const doc = docs.next(row.id)
        setDoc.run(doc, row.id)
        addToIndex(doc, row, row.flags & ATTACHED ? filesOf.get(row.id) ?? null : null)
      }
      return true
    },
    unindexedCount: () => unindexedCount.get() ?? 0,
    /** Puts the newest `count` messages that are not in the index there; returns how many those were. */
    indexOlder(count: number): number {
      const rows = unindexed.all(count).reverse()
      const oldest = rows[0]
      const newest = rows.at(-1)
      if (oldest === undefined || newest === undefined) return 0
      let doc = docs.block(rows.length, oldest.id, newest.id)
      for (const row of rows) {
        setDoc.run(doc, row.id)
        addToIndex(doc++, row, row.flags & ATTACHED ? filesOf.get(row.id) ?? null : null)
      }
      return rows.length
    },
    /** Empties the index; every message is to be put there anew. */
    resetIndex(): void {
      db.exec("INSERT INTO message_index (message_index) VALUES ('delete-all'); DELETE FROM doc; UPDATE message SET doc = NULL WHERE doc IS NOT NULL")
      docs.reset()
      tellChange.run(0)
    }
  }
}
