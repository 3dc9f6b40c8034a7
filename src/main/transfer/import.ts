/** From a history file into the store: what is new of it, in batches, undone where it is cancelled. */
import { createHash } from 'node:crypto'
import type { ImportPreview, ImportSummary, Jid, MessageId } from '../../contract/domain.ts'
import { keep, type Kept } from '../media/folder.ts'
import { openReadable, type StoreFiles } from '../store/database.ts'
import type { NewAttachment } from '../store/tables/attachment.ts'
import { ATTACHED } from '../store/tables/message-row.ts'
import { packRows, type ImportRow, type PackedRows } from '../store/import-rows.ts'
import type { ImportFormat, ParsedConversation, ParsedMessage } from './history.ts'
import { readHistory, type OpenHistory } from './read.ts'
import type { WriteCall } from './worker.ts'

export interface ImportTask {
  path: string
  /** null: find out */
  format: ImportFormat | null
  /** The person in the file that is oneself; null: whom the file names as its owner. */
  self: string | null
  /** Other names for people in the file. */
  names: Record<string, string>
  /** The name to give the conversation, where the file holds only one. */
  conversation: string | null
}

export interface TransferContext {
  files: StoreFiles
  media: string
  write: WriteCall
  signal: AbortSignal
  progress(done: number, total: number): void
  changed(changes: unknown): void
}

/** Messages of one transaction: a message that comes in meanwhile waits no longer than that. */
const BATCH = 10_000
const SAMPLES = 6

/** The address under which a conversation of a file is kept: the same for the same name, so that it comes together. */
const importAddress = (name: string): Jid => `${createHash('sha256').update(name).digest('hex').slice(0, 16)}@import.invalid` as Jid

export async function previewHistory(path: string, format: ImportFormat | null): Promise<ImportPreview> {
  const { history, close } = await readHistory(path, format)
  close()
  const people = new Map<string, number>()
  for (const { messages } of history.conversations) for (const { sender } of messages) people.set(sender, (people.get(sender) ?? 0) + 1)
  const first = history.conversations[0]
  return {
    format: history.format,
    self: history.self,
    notices: history.notices,
    unreadableTimes: history.unreadableTimes,
    people: [...people].map(([name, messages]) => ({ name, messages })).sort((a, b) => b.messages - a.messages),
    conversations: history.conversations.map(({ name, messages }) => ({ name, messages: messages.length, files: messages.reduce((sum, message) => sum + (message.files?.length ?? 0), 0), first: messages.reduce((least, { time }) => Math.min(least, time), Infinity), last: messages.reduce((most, { time }) => Math.max(most, time), 0) })).map((one) => ({ ...one, first: Number.isFinite(one.first) ? one.first : 0 })),
    samples: (first?.messages ?? []).slice(0, SAMPLES).map(({ sender, time, text, files = [] }) => ({ sender, time, text: text.slice(0, 300), files: files.map(({ name }) => name) }))
  }
}

/** Throws ImportError; where it is cancelled, after what was added is gone again. */
export async function importHistory(task: ImportTask, context: TransferContext): Promise<ImportSummary> {
  const source = await readHistory(task.path, task.format)
  const { history } = source
  const total = history.conversations.reduce((sum, { messages }) => sum + messages.length, 0)
  const self = task.self ?? history.self
  const added: { jid: Jid; ids: MessageId[] }[] = []
  let known = 0
  let done = 0
  try {
    for (const conversation of history.conversations) {
      const name = history.conversations.length === 1 ? (task.conversation ?? conversation.name) : conversation.name
      const jid = importAddress(name)
      const fresh = unknown(conversation, jid, context.files)
      known += conversation.messages.length - fresh.length
      done += conversation.messages.length - fresh.length
      fresh.sort((a, b) => a.time - b.time)
      const ids: MessageId[] = []
      added.push({ jid, ids })
      // a batch is made ready while the one before it is stored
      let storing: Promise<void> = Promise.resolve()
      const store = async (rows: PackedRows): Promise<void> => {
        const changes = await context.write('importRows', { jid, name, rows, self: self === null ? null : (task.names[self] ?? self) })
        for (const id of changes.ids) ids.push(id as MessageId)
        context.changed({ ...changes, ids: [] })
        done += changes.added
        context.progress(done, total)
      }
      try {
        for (let at = 0; at < fresh.length; at += BATCH) {
          const rows: ImportRow[] = []
          for (const message of fresh.slice(at, at + BATCH)) rows.push(await toRow(message, task.names, source, context))
          const packed = packRows(rows)
          await storing
          context.signal.throwIfAborted()
          storing = store(packed)
        }
      } finally {
        // what is on its way is stored before anything is undone
        await storing
      }
    }
    context.signal.throwIfAborted()
  } catch (error) {
    for (const { jid, ids } of added) context.changed(await context.write('undoImport', { jid, ids }))
    throw error
  } finally {
    source.close()
  }
  return { added: added.reduce((sum, { ids }) => sum + ids.length, 0), known, conversations: history.conversations.length, notices: history.notices, unreadableTimes: history.unreadableTimes }
}

/** The messages that the store does not have: by time, text and files, each as often as it is there. */
function unknown({ messages }: ParsedConversation, jid: Jid, files: StoreFiles): ParsedMessage[] {
  const db = openReadable(files)
  try {
    const stored = db
      .prepare<[string], [number, string, string | null]>(
        `SELECT m.time, m.text, CASE WHEN m.flags & ${ATTACHED} THEN (SELECT group_concat(name, char(10)) FROM attachment WHERE message = m.id) END
         FROM message m JOIN conversation c ON c.id = m.conversation WHERE c.jid = ?`
      )
      .raw()
    const counts = new Map<string, number>()
    for (const [time, text, names] of stored.iterate(jid) as IterableIterator<[number, string, string | null]>) {
      const key = `${time}\n${names ?? ''}\n${text}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    if (counts.size === 0) return [...messages]
    return messages.filter(({ time, text, files: attached = [] }) => {
      const key = `${time}\n${attached.map(({ name }) => name).join('\n')}\n${text}`
      const left = counts.get(key) ?? 0
      if (left > 0) counts.set(key, left - 1)
      return left === 0
    })
  } finally {
    db.close()
  }
}

async function toRow(message: ParsedMessage, names: Record<string, string>, source: OpenHistory, context: TransferContext): Promise<ImportRow> {
  const { sender, time, text, edited, files = [] } = message
  const row: ImportRow = { sender: names[sender] ?? sender, time, text }
  if (edited === true) row.edited = true
  if (files.length === 0) return row
  const attachments: NewAttachment[] = []
  for (const { kind, name, bytes, source: path } of files) {
    const kept = path === null ? null : await copy(path, name, source, context)
    attachments.push({ kind, name, bytes: kept?.bytes ?? bytes, stored: kept?.stored ?? null })
  }
  row.attachments = attachments
  return row
}

/** Copies a file into the media folder. */
async function copy(path: string, name: string, source: OpenHistory, { media, signal }: TransferContext): Promise<Kept | null> {
  const stream = await source.open(path)
  return stream === null ? null : keep(media, stream, name, { signal })
}
