/** A history as it is read from a file, before anything of it is stored: a stream of conversations and their messages. */
import type { Readable } from 'node:stream'
import type { AttachmentKind } from '../../contract/domain.ts'
import type { ImportColumns, ImportFormat, ImportProblem } from '../../contract/history-files.ts'
import type { Encoding, EncodingName } from './decoding.ts'
import type { DateOrder } from './formats/stamps.ts'
import type { FoundOrder } from './formats/times.ts'

export interface ParsedFile {
  kind: AttachmentKind
  name: string
  bytes: number | null
  /** Where it lies, relative to the imported file; null where it did not come along. */
  source: string | null
}

export interface ParsedMessage {
  sender: string
  /** ms; null: nobody can read it */
  time: number | null
  text: string
  /** Where the file says whose it is; otherwise the sender that is oneself decides. */
  outgoing?: boolean
  edited?: boolean
  pinned?: boolean
  /** Of Mnemo's own exports. */
  starred?: boolean
  mention?: boolean
  retracted?: boolean
  /** The file's own name for it, and of the one that it answers. */
  id?: string
  replyTo?: string
  reactions?: { sender: string; emoji: string }[]
  files?: ParsedFile[]
  /** What stands in the file where the time should be; for those that have none. */
  stamp?: string
}

export interface ConversationHead {
  name: string
  /** The file's own name for the conversation, the same in every export; null where the format has none. */
  id: string | null
  /** Who is oneself in this one, where the file says so. */
  self?: string | null
  /** Where a history has those of several apps: its own. */
  format?: ImportFormat
}

/** Who listens while a file is read. All but `rest` return at once. */
export interface Sink {
  /** The messages that follow are of this one. The same head again goes on with it. */
  conversation(head: ConversationHead): void
  message(message: ParsedMessage): void
  /** Something that no person wrote. */
  notice(): void
  /** Something that is left out, of a kind; `line`: its beginning. */
  unread(kind: string, line: string): void
  /** Called now and then; what was told so far is worked off when it resolves. */
  rest(): Promise<void>
}

/** A table whose columns were found, or are to be asked for. */
export interface Columns {
  /** What its first row calls them; empty where it has no such row. */
  heading: string[]
  /** Some rows. */
  rows: string[][]
  found: ImportColumns
  /** They are understood. */
  sure: boolean
  /** What files like this one have in common: a hash of what the first row calls the columns, or of what stands in them. */
  shape: string
  /** They are as the user said for an earlier file of this shape. */
  remembered: boolean
}

export interface ParsedHistory {
  format: ImportFormat
  /** The person that the file says is its owner, or null. */
  self: string | null
  /** null: the format knows only one. */
  encoding: Encoding | null
  /** null: no times whose order is open. */
  order: FoundOrder | null
  columns: Columns | null
  /** Reads all of it, as often as it is called. Throws ImportError. */
  read(sink: Sink): Promise<void>
}

export interface OpenHistory {
  history: ParsedHistory
  /** A media file by the source its message names; null where it is not there. */
  open(source: string): Promise<Readable | null>
  close(): void
}

/** A history whose bytes leave nothing open: neither encoding nor order of dates nor columns. */
export const plainHistory = (known: Pick<ParsedHistory, 'format' | 'self' | 'read'>): ParsedHistory => ({
  encoding: null,
  order: null,
  columns: null,
  ...known
})

/** What the user said of a file that does not say it itself; null: as it is found. */
export interface ReadOptions {
  encoding: EncodingName | null
  order: DateOrder | null
  columns: ImportColumns | null
  /** Of the account that an encrypted backup is of; absent or null: not known. */
  password?: string | null
  /** SQLite's binary, for histories that are databases; absent or null: its package finds its own. */
  addon?: string | null
  /** What the user said of the columns of an earlier file of a shape; null: nothing. */
  recall?(shape: string): ImportColumns | null
}
export const FOUND: ReadOptions = { encoding: null, order: null, columns: null }

/** A file that is not what it should be; nothing of it was imported. `line` counts from 1. The windows put `reason` into words. */
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

/** The store took no more, for `cause`: `imported` of the messages are there, and what is imported again goes on with the others. */
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

/** A table of which nobody has said what its columns are. `headed`: its first row names them. */
export const unclearColumns = (file: string, headed: boolean): ImportError =>
  new ImportError(file, headed ? 1 : null, 'which of its columns is the time and which the text is not clear; say it, and it can be imported', 'columns')

const KINDS: [AttachmentKind, RegExp][] = [
  ['image', /\.(jpe?g|png|gif|webp|heic|bmp|avif|jfif|tiff?)$/i],
  ['video', /\.(mp4|mov|mkv|webm|3gp|avi|m4v)$/i],
  ['voice', /\.(opus|ogg|oga|m4a|mp3|aac|amr|wav|flac|silk)$/i]
]
export const kindOf = (name: string): AttachmentKind => KINDS.find(([, pattern]) => pattern.test(name))?.[0] ?? 'file'

const LONGEST_SAMPLE = 200
export const beginning = (line: string): string => line.slice(0, LONGEST_SAMPLE)
