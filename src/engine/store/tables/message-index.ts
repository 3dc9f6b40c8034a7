/** Statements of the tables `doc` and `message_index`: the search data of each message. */
import type { WritableDB } from '../database.ts'
import type { DocNumbers } from '../doc-numbers.ts'
import { CODE } from '../ids.ts'
import { asBlob, type TextColumn } from '../packing.ts'
import { ATTACHED, COLUMNS, MESSAGES, OUTGOING, type MessageRow } from './message-row.ts'

/** Condition that makes use of the index message_pending. */
export const PENDING = `(state_code = ${CODE.queued} OR doc IS NULL)`
export const WITHOUT_DOC = `${PENDING} AND doc IS NULL`

export type Indexed = Pick<MessageRow, 'conversation' | 'sender' | 'text' | 'flags'> & { id: number; outgoing: boolean | 0 | 1 }

/** Columns of many messages, as `mnemo_insert` takes them; one entry per message. */
export interface IndexColumns {
  keys: Float64Array
  docs: Float64Array
  conversation: number
  /** Address ids. */
  senders: Float64Array
  flags: Float64Array
  /** Lengths of the texts, UTF-16 units. */
  lengths: Float64Array
  texts: TextColumn
  /** Names of attached files: an index into `fileNames`, or NO_TEXT. */
  files: Uint32Array
  fileNames: TextColumn
}

export function createMessageIndex(db: WritableDB, docs: DocNumbers) {
  const INSERT_DOC = 'INSERT INTO doc (doc, message, conversation, sender, flags, length) VALUES (?, ?, ?, ?, ?, ?)'
  const INDEX = 'INSERT INTO message_index (rowid, text, files) VALUES (?, ?, ?)'
  const insertDoc = db.prepare(INSERT_DOC)
  const removeDoc = db.prepare('DELETE FROM doc WHERE doc = ?')
  const setDoc = db.prepare('UPDATE message SET doc = ? WHERE id = ?')
  const setDocFlags = db.prepare('UPDATE doc SET flags = ?, length = ? WHERE doc = ?')
  const tellChange = db.prepare('INSERT INTO doc_change (doc) VALUES (?)')
  const index = db.prepare(INDEX)
  const unindex = db.prepare("INSERT INTO message_index (message_index, rowid, text, files) VALUES ('delete', ?, ?, ?)")
  const namesOf = db.prepare<[number], string | null>('SELECT group_concat(name, char(10)) FROM attachment WHERE message = ?').pluck()
  const addressId = db.prepare<[string], number>('SELECT id FROM address WHERE jid = ?').pluck()
  const addAddress = db.prepare('INSERT INTO address (jid) VALUES (?)')
  const unindexed = db.prepare<[number], MessageRow>(`SELECT ${COLUMNS} FROM ${MESSAGES} WHERE ${WITHOUT_DOC} ORDER BY m.id DESC LIMIT ?`)
  const unindexedCount = db.prepare<[], number>(`SELECT count(*) FROM message WHERE ${WITHOUT_DOC}`).pluck()
  const indexedFrom = db.prepare<[number, number], MessageRow>(`SELECT ${COLUMNS} FROM ${MESSAGES} WHERE m.id >= ? AND m.doc IS NOT NULL ORDER BY m.id LIMIT ?`)
  const lastDoc = db.prepare<[number, number], { doc: number; message: number }>(
    'SELECT doc, message FROM doc WHERE doc BETWEEN ? AND ? ORDER BY doc DESC LIMIT 1'
  )
  const addresses = new Map<string, number>()

  function addressOf(jid: string): number {
    const known = addresses.get(jid) ?? addressId.get(jid)
    const id = known ?? Number(addAddress.run(jid).lastInsertRowid)
    addresses.set(jid, id)
    return id
  }

  /** Names of a message's files, one per line. */
  const fileNames = (row: { id: number; flags: number }): string | null => (row.flags & ATTACHED ? (namesOf.get(row.id) ?? null) : null)

  function setFlags(doc: number, row: Pick<Indexed, 'outgoing' | 'text' | 'flags'>): void {
    setDocFlags.run(row.flags | (row.outgoing ? OUTGOING : 0), row.text.length, doc)
    tellChange.run(doc)
  }

  function add(doc: number, row: Indexed, files: string | null): void {
    insertDoc.run(doc, row.id, row.conversation, addressOf(row.sender), row.flags | (row.outgoing ? OUTGOING : 0), row.text.length)
    index.run(doc, row.text, files)
  }

  /** Indexes a message under the next doc. */
  function place(row: MessageRow, doc = docs.next(row.id)): void {
    setDoc.run(doc, row.id)
    add(doc, row, fileNames(row))
  }

  function take(row: MessageRow): void {
    if (row.doc === null) return
    unindex.run(row.doc, row.text, fileNames(row))
    removeDoc.run(row.doc)
    tellChange.run(row.doc)
  }

  /** Runs a statement for many rows: see mnemo_insert. */
  function insertColumns(sql: string, count: number, types: string, ...columns: unknown[]): void {
    db.prepare(`SELECT mnemo_insert(?, ?, ?${', ?'.repeat(columns.length)})`).get(sql, count, types, ...columns)
  }

  return {
    addressOf,
    insertColumns,
    forget: () => addresses.clear(),
    /** Indexes a message that was just stored; `files`: names of its files, one per line. */
    add,
    place,
    take,
    /** Updates text and flags in the index; `files`: whether its files stay. Must be called before the message row is changed. */
    change(row: MessageRow, text: string, flags: number, files = true): void {
      if (row.doc === null) return
      const names = fileNames(row)
      unindex.run(row.doc, row.text, names)
      index.run(row.doc, text, files ? names : null)
      setFlags(row.doc, { outgoing: row.outgoing, text, flags })
    },
    setFlags(row: MessageRow, flags: number): void {
      if (row.doc !== null) setFlags(row.doc, { ...row, flags })
    },
    addMany({ keys, docs: numbers, conversation, senders, flags, lengths, texts, files, fileNames: names }: IndexColumns): void {
      const count = keys.length
      insertColumns(INSERT_DOC, count, 'iiviii', asBlob(numbers), asBlob(keys), conversation, asBlob(senders), asBlob(flags), asBlob(lengths))
      insertColumns(INDEX, count, 'icd', asBlob(numbers), asBlob(texts.offsets), asBlob(texts.bytes), asBlob(files), asBlob(names.offsets), asBlob(names.bytes))
    },
    /** Merges later runs into the first: moves all messages from the oldest of theirs on; false if there is nothing to do, or more than `most` would move. */
    mergeRuns(most: number): boolean {
      const [first, ...rest] = docs.runs()
      if (first === undefined || rest.length === 0) return false
      const rows = indexedFrom.all(Math.min(...rest.map(({ oldest }) => oldest)), most + 1)
      if (rows.length > most) return false
      for (const row of rows) take(row)
      const left = lastDoc.get(first.first, first.last)
      docs.cut(left === undefined ? null : { ...first, last: left.doc, newest: left.message })
      for (const row of rows) place(row)
      return true
    },
    unindexedCount: () => unindexedCount.get() ?? 0,
    /** Indexes the newest `count` messages that are not indexed; returns their number. */
    indexOlder(count: number): number {
      const rows = unindexed.all(count).reverse()
      const oldest = rows[0]
      const newest = rows.at(-1)
      if (oldest === undefined || newest === undefined) return 0
      let doc = docs.block(rows.length, oldest.id, newest.id)
      for (const row of rows) place(row, doc++)
      return rows.length
    },
    /** Empties the index; every message has to be indexed again. */
    reset(): void {
      db.exec("INSERT INTO message_index (message_index) VALUES ('delete-all'); DELETE FROM doc; UPDATE message SET doc = NULL WHERE doc IS NOT NULL")
      docs.reset()
      tellChange.run(0)
    }
  }
}
