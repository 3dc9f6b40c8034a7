/** Parsed history before import: a stream of conversations and their messages. */
import type { Readable } from 'node:stream'
import { unnamedPeople } from '../../contract/address.ts'
import type { AttachmentKind } from '../../contract/domain.ts'
import type { ImportColumns, ImportFormat, ImportProblem } from '../../contract/history-files.ts'
import type { Encoding, EncodingName } from './decoding.ts'
import type { DateOrder } from './formats/stamps.ts'
import type { FoundOrder } from './formats/times.ts'

export interface ParsedFile {
  kind: AttachmentKind
  name: string
  bytes: number | null
  /** Path relative to the imported file; null if the file is not included. */
  source: string | null
  /** The file has no name of its own: `name` has the app's words for a file that it left out. */
  placeholder?: true
}

export interface ParsedMessage {
  sender: string
  /** Time, ms; null: unreadable. */
  time: number | null
  text: string
  /** Set if the file tells the direction; otherwise the sender that is the user decides. */
  outgoing?: boolean
  edited?: boolean
  pinned?: boolean
  /** Used by Mnemo's own exports. */
  starred?: boolean
  mention?: boolean
  retracted?: boolean
  /** Id within the file, and id of the answered message. */
  id?: string
  replyTo?: string
  reactions?: { sender: string; emoji: string }[]
  files?: ParsedFile[]
  /** Written form of an unreadable time. */
  stamp?: string
}

export interface ConversationHead {
  name: string
  /** Id of the conversation in the file, the same in every export; null if the format has none. */
  id: string | null
  /** Sender that is the user in this conversation, if the file tells. */
  self?: string | null
  /** Format of this conversation, if a history has those of several apps. */
  format?: ImportFormat
}

/** Receiver of parsed data. All calls but `rest` return at once. */
export interface Sink {
  /** Starts or continues a conversation: the following messages belong to it. */
  conversation(head: ConversationHead): void
  message(message: ParsedMessage): void
  /** Reports a system message. */
  notice(): void
  /** Reports skipped content by kind; `line`: its beginning. */
  unread(kind: string, line: string): void
  /** Called regularly; resolves when everything so far has been processed. */
  rest(): Promise<void>
}

/** Columns of a table, found or to be confirmed by the user. */
export interface Columns {
  /** Column names of the heading; empty without one. */
  heading: string[]
  /** Sample rows. */
  rows: string[][]
  found: ImportColumns
  /** Columns are certain. */
  sure: boolean
  /** Hash shared by tables of this shape: of the heading, or of the contents' types. */
  shape: string
  /** Columns come from the user's choice for an earlier file of this shape. */
  remembered: boolean
}

export interface ParsedHistory {
  format: ImportFormat
  /** Owner of the file, or null. */
  self: string | null
  /** Encoding; null: the format has only one. */
  encoding: Encoding | null
  /** Order of dates; null: no ambiguous dates. */
  order: FoundOrder | null
  columns: Columns | null
  /** Reads the whole history, each time it is called. Throws ImportError. */
  read(sink: Sink): Promise<void>
}

export interface OpenHistory {
  history: ParsedHistory
  /** Opens a media file by the source in its message; null if it is missing. */
  open(source: string): Promise<Readable | null>
  close(): void
}

/** History without open questions: encoding, order of dates and columns are fixed. */
export const plainHistory = (known: Pick<ParsedHistory, 'format' | 'self' | 'read'>): ParsedHistory => ({
  encoding: null,
  order: null,
  columns: null,
  ...known
})

/** The user's choices for a file that is ambiguous; null: automatic. */
export interface ReadOptions {
  encoding: EncodingName | null
  order: DateOrder | null
  columns: ImportColumns | null
  /** Password of an encrypted file; of another app's backup, that of its account. Absent or null: unknown. */
  password?: string | null
  /** SQLite binary for database histories; absent or null: the package finds its own. */
  addon?: string | null
  /** The user's columns for an earlier file of this shape; null: none. */
  recall?(shape: string): ImportColumns | null
}
export const FOUND: ReadOptions = { encoding: null, order: null, columns: null }

/** Error of an invalid file, of which nothing was imported. `line` counts from 1. Windows translate `reason`. */
export class ImportError extends Error {
  readonly file: string
  readonly line: number | null
  readonly reason: ImportProblem
  constructor(file: string, line: number | null, what: string, reason: ImportProblem = 'unreadable') {
    super(`${file}${line === null ? '' : `, line ${line}`}: ${what}. Nothing was imported.`)
    this.name = 'ImportError'
    this.file = file
    this.line = line
    this.reason = reason
  }
}

/** Error of an import that the store stopped, with its `cause`: `imported` messages are stored, and repeating the import adds the others. */
export class ImportStopped extends Error {
  readonly imported: number
  readonly total: number
  constructor(imported: number, total: number, cause: unknown) {
    const count = (messages: number): string => messages.toLocaleString('en')
    super(
      `${cause instanceof Error ? cause.message : String(cause)}. ${count(imported)} of ${count(total)} messages were imported; import it again, and it goes on with the others.`,
      { cause }
    )
    this.name = 'ImportStopped'
    this.imported = imported
    this.total = total
  }
}

/** Error of a table with unknown columns. `heading`: its first row, if that is a heading; else empty. */
export const unclearColumns = (file: string, heading: readonly string[]): ImportError =>
  new ImportError(
    file,
    heading.length > 0 ? 1 : null,
    `which of its columns is the time and which the text is not clear; --columns time=${heading.length > 0 ? 'NAME,text=NAME' : '1,text=2'} says it${heading.length > 0 ? ` (there are: ${heading.slice(0, 30).join(', ')})` : ''}`,
    'columns'
  )

/** Reactions with an emoji: of the named people, and of the others by their number, where a file has no names. */
export function reactionsBy(emoji: string | null, people: readonly string[], count: number | null): NonNullable<ParsedMessage['reactions']> {
  if (emoji === null || emoji === '') return []
  const others = (count ?? 0) - people.length
  return [...people, ...(others > 0 ? [unnamedPeople(others)] : [])].map((sender) => ({ sender, emoji }))
}

const KINDS: [AttachmentKind, RegExp][] = [
  ['image', /\.(jpe?g|png|gif|webp|heic|bmp|avif|jfif|tiff?)$/i],
  ['video', /\.(mp4|mov|mkv|webm|3gp|avi|m4v)$/i],
  ['voice', /\.(opus|ogg|oga|m4a|mp3|aac|amr|wav|flac|silk)$/i]
]
export const kindOf = (name: string): AttachmentKind => KINDS.find(([, pattern]) => pattern.test(name))?.[0] ?? 'file'

const LONGEST_SAMPLE = 200
export const beginning = (line: string): string => line.slice(0, LONGEST_SAMPLE)
