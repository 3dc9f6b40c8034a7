/** Histories in HTML or other markup: split into pieces of one message each, as a stream. */
import type { ImportFormat } from '../../../contract/history-files.ts'
import { beginning, ImportError, type ConversationHead, type ParsedMessage } from '../history.ts'
import type { TextFile } from '../source.ts'
import type { Format, Probe } from './format.ts'
import type { Stamp } from './stamps.ts'
import { Orders, timeOf } from './times.ts'

/**
 * Message with the written form of its time, 'notice', unreadable content, or null for an empty piece. `dated`: stamp whose order of day and month is found
 * from the whole file; then `time` is null.
 */
export type ReadChunk = (Omit<ParsedMessage, 'time'> & { time: number | null; dated?: Stamp | null; written?: string }) | 'notice' | { unread: string } | null

export interface ChunkReader {
  /** Called with the markup before the first message, or the whole file if there is none. */
  before?(markup: string): void
  read(chunk: string): ReadChunk
  head(): ConversationHead
  self?(): string | null
}
export interface ChunkDialect {
  format: ImportFormat
  matches(probe: Probe): boolean
  /** Strings that begin a message. */
  starts: readonly string[]
  open(file: TextFile): ChunkReader
}

/** Longest piece, UTF-16 units; longer ones are cut: web archives hold their pictures as text. */
const LONGEST = 2_000_000
const KEPT = 1_000_000

/** Pieces of a text that begin with one of these strings; the first piece is the text before them. */
export async function* chunksOf(file: Pick<TextFile, 'pieces'>, starts: readonly string[]): AsyncIterable<string> {
  const pattern = new RegExp(starts.map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g')
  const longest = Math.max(...starts.map((one) => one.length))
  let open = ''
  /** Beginning of an overlong piece, whose rest is skipped. */
  let held: string | null = null
  let from = 1
  for await (const piece of file.pieces()) {
    open += piece
    let begin = 0
    pattern.lastIndex = from
    for (let found = pattern.exec(open); found !== null; found = pattern.exec(open)) {
      yield held ?? open.slice(begin, found.index)
      held = null
      begin = found.index
    }
    open = open.slice(begin)
    if (held !== null || open.length > LONGEST) {
      held ??= open.slice(0, KEPT)
      // a start string may be split between two pieces
      open = open.slice(-longest)
      from = 0
    } else from = Math.max(1, open.length - longest)
  }
  yield held ?? open
}

/** Creates a markup format. */
export function chunkHistory(dialect: ChunkDialect): Format {
  const { format } = dialect
  return {
    name: format,
    matches: (probe) => dialect.matches(probe),
    async read(file, options) {
      const first = dialect.open(file)
      const orders = new Orders()
      let found = 0
      let dated = false
      for await (const chunk of chunksOf(file, dialect.starts)) {
        if (!startsWith(chunk, dialect.starts)) first.before?.(chunk)
        else {
          found++
          const read = first.read(chunk)
          if (read === null || typeof read === 'string' || 'unread' in read || read.dated === undefined || read.dated === null) continue
          dated = true
          orders.add(read.dated)
        }
      }
      if (found === 0) throw new ImportError(file.file, null, 'there are no messages in it', 'empty')
      const order = options.order === null ? orders.best() : { order: options.order, sure: true }
      return {
        format,
        self: first.self?.() ?? null,
        encoding: file.encoding,
        order: dated ? order : null,
        columns: null,
        async read(sink) {
          const reader = dialect.open(file)
          let current: ConversationHead | null = null
          let count = 0
          for await (const chunk of chunksOf(file, dialect.starts)) {
            if (!startsWith(chunk, dialect.starts)) {
              reader.before?.(chunk)
              continue
            }
            if (++count % 2000 === 0) await sink.rest()
            const read = reader.read(chunk)
            if (read === null) continue
            if (read === 'notice') sink.notice()
            else if ('unread' in read) sink.unread(read.unread, beginning(chunk))
            else {
              const { written, dated: stamp, ...message } = read
              if (stamp !== undefined && stamp !== null) message.time = timeOf(stamp, order.order)
              if (message.time === null) message.stamp = beginning(written ?? '')
              const head = reader.head()
              if (head !== current) sink.conversation((current = head))
              sink.message(message)
            }
          }
          await sink.rest()
        }
      }
    }
  }
}
const startsWith = (chunk: string, starts: readonly string[]): boolean => starts.some((start) => chunk.startsWith(start))
