/** History file as formats see it: its bytes and text, which can be read repeatedly, and the files beside it. */
import { createReadStream } from 'node:fs'
import { decoded, encodingOf, type Bytes, type Encoding } from './decoding.ts'
import { ImportError, kindOf, type ParsedFile, type ReadOptions } from './history.ts'

export interface TextFile {
  /** Path in messages to the user. */
  file: string
  /** Name without the extension. */
  name: string
  /** Name of its folder; empty if unknown. */
  folder: string
  size: number
  /** Time at which the file was last written, ms; absent: unknown. */
  saved?: number
  encoding: Encoding
  /** Text in pieces from the start, without a byte order mark. */
  pieces(): AsyncIterable<string>
  bytes: Bytes
  /** Attached file by the path or name in a message. */
  media(path: string): { bytes: number; source: string } | null
  /** JSON file beside it in the archive; undefined: none. */
  beside?(name: string): unknown
}

export async function openText(given: Omit<TextFile, 'encoding' | 'pieces'>, options: Pick<ReadOptions, 'encoding'>): Promise<TextFile> {
  const encoding = await encodingOf(given.bytes, options.encoding)
  const pieces = async function* (): AsyncIterable<string> {
    let first = true
    for await (const piece of decoded(given.bytes, encoding.name)) {
      if (piece === '') continue
      yield first ? piece.replace(/^\ufeff/, '') : piece
      first = false
    }
  }
  return { ...given, encoding, pieces }
}

export interface Line {
  text: string
  /** Line number, from 1. */
  number: number
}
/** Longest line, UTF-16 units: no message is that long, only a file made to fill the memory. */
const LONGEST_LINE = 100_000_000
/** Throws ImportError for an endless line. In files without any LF, lines end with CR, as on old Macs. */
export async function* lines({ file, pieces }: Pick<TextFile, 'file' | 'pieces'>): AsyncIterable<Line> {
  let number = 0
  let open = ''
  let ends: string | null = null
  for await (const piece of pieces()) {
    if (open.length > LONGEST_LINE) throw new ImportError(file, number + 1, 'the line is longer than any message', 'too-large')
    ends ??= piece.includes('\n') ? '\n' : /\r[^\n]/.test(piece) ? '\r' : null
    const parts = piece.split(ends ?? '\n')
    parts[0] = open + (parts[0] ?? '')
    open = parts.pop() ?? ''
    for (const part of parts) yield { text: part.endsWith('\r') ? part.slice(0, -1) : part, number: ++number }
  }
  if (open !== '') yield { text: open, number: ++number }
}

/** Beginning of the text. */
export async function headOf({ pieces }: Pick<TextFile, 'pieces'>, units = 65_536): Promise<string> {
  let head = ''
  for await (const piece of pieces()) {
    head += piece
    if (head.length >= units) break
  }
  return head.slice(0, units)
}

/** Part of a URL, percent-decoded; unchanged if the encoding is invalid. */
export function decodedAddress(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Attachment of a message; with its bytes if the file is included. `name`: display name. */
export function fileOf(
  file: Pick<TextFile, 'media'>,
  path: string,
  given: { name?: string | null; bytes?: number | null; kind?: ParsedFile['kind'] } = {}
): ParsedFile {
  const plain = path.replace(/[?#].*$/, '')
  const local = path.replace(/^\.\//, '')
  // pages, and some JSON exports, write names percent-encoded
  const there = /^[a-z]{2,}:/i.test(path) ? null : (file.media(local) ?? file.media(decodedAddress(local)))
  const name = given.name ?? (plain.split(/[\\/]/).at(-1) || plain || 'file')
  return { kind: given.kind ?? kindOf(name), name, bytes: there?.bytes ?? given.bytes ?? null, source: there?.source ?? null }
}

/** First block of a file, by which archives and databases are recognized. */
export async function firstBytes(path: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of createReadStream(path, { end: 511 })) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
