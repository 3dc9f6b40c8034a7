/** A history as it was read from a file, before anything of it is stored. */
import type { AttachmentKind } from '../../contract/domain.ts'

export interface ParsedFile {
  kind: AttachmentKind
  name: string
  bytes: number | null
  /** Where it lies, relative to the imported file; null where it did not come along. */
  source: string | null
}

export interface ParsedMessage {
  sender: string
  /** ms */
  time: number
  text: string
  edited?: boolean
  files?: ParsedFile[]
}

export interface ParsedConversation {
  name: string
  messages: ParsedMessage[]
}

export interface ParsedHistory {
  format: ImportFormat
  conversations: ParsedConversation[]
  /** The person that the file says is its owner, or null. */
  self: string | null
  /** Lines that no person wrote ('… joined the group'); they are left out. */
  notices: number
  /** Messages whose time nobody can read; they stand at the very beginning. */
  unreadableTimes: number
}

export const IMPORT_FORMATS = ['whatsapp', 'telegram', 'slack', 'csv', 'tsv', 'jsonl'] as const
export type ImportFormat = (typeof IMPORT_FORMATS)[number]

/** A file that is not what it should be; nothing of it was imported. `line` counts from 1. */
export class ImportError extends Error {
  readonly line: number | null
  constructor(file: string, line: number | null, what: string) {
    super(`${file}${line === null ? '' : `, line ${line}`}: ${what}. Nothing was imported.`)
    this.name = 'ImportError'
    this.line = line
  }
}

const KINDS: [AttachmentKind, RegExp][] = [
  ['image', /\.(jpe?g|png|gif|webp|heic|bmp|avif)$/i],
  ['video', /\.(mp4|mov|mkv|webm|3gp|avi)$/i],
  ['voice', /\.(opus|ogg|oga|m4a|mp3|aac|amr|wav)$/i]
]
export const kindOf = (name: string): AttachmentKind => KINDS.find(([, pattern]) => pattern.test(name))?.[0] ?? 'file'
