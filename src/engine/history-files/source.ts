/** A history file as formats see it: its bytes and text, to be read again as often as needed, and what lies beside it. */
import { createReadStream } from 'node:fs'
import { decoded, encodingOf, type Bytes, type Encoding } from './decoding.ts'
import { ImportError, kindOf, type ParsedFile, type ReadOptions } from './history.ts'

export interface TextFile {
  /** For messages to the user. */
  file: string
  /** Its name without the extension. */
  name: string
  /** The name of the folder that it lies in; empty where it is not known. */
  folder: string
  size: number
  encoding: Encoding
  /** Its text in pieces, from the beginning; a mark of byte order is left out. */
  pieces(): AsyncIterable<string>
  bytes: Bytes
  /** A file that came along, by the path or name that a message gives it. */
  media(path: string): { bytes: number; source: string } | null
  /** A JSON file beside it, where the archive has one; undefined: there is none. */
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
  /** Counts from 1. */
  number: number
}
/** No message is so long, UTF-16 units: what has such a line was made to fill the memory. */
const LONGEST_LINE = 100_000_000
/** Throws ImportError where a line has no end. Of files without any LF lines end with CR, as on old Macs. */
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

/** The beginning of the text. */
export async function headOf({ pieces }: Pick<TextFile, 'pieces'>, units = 65_536): Promise<string> {
  let head = ''
  for await (const piece of pieces()) {
    head += piece
    if (head.length >= units) break
  }
  return head.slice(0, units)
}

/** A part of an address without its signs for letters; as it stands where they are broken. */
export function decodedAddress(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** A file that a message names: with its bytes where it came along. `name`: as people know it. */
export function fileOf(
  file: Pick<TextFile, 'media'>,
  path: string,
  given: { name?: string | null; bytes?: number | null; kind?: ParsedFile['kind'] } = {}
): ParsedFile {
  const plain = path.replace(/[?#].*$/, '')
  const local = path.replace(/^\.\//, '')
  // pages, and some exports in JSON, write names as addresses have them
  const there = /^[a-z]{2,}:/i.test(path) ? null : (file.media(local) ?? file.media(decodedAddress(local)))
  const name = given.name ?? (plain.split(/[\\/]/).at(-1) || plain || 'file')
  return { kind: given.kind ?? kindOf(name), name, bytes: there?.bytes ?? given.bytes ?? null, source: there?.source ?? null }
}

/** The first block of a file, by which archives and databases are known. */
export async function firstBytes(path: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of createReadStream(path, { end: 511 })) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
