/** Histories in lines of text: entries that begin with a time and may have several lines. One pass finds the order of the dates, one reads. */
import type { ImportFormat } from '../../../contract/history-files.ts'
import { beginning, ImportError, type ConversationHead, type ParsedMessage } from '../history.ts'
import { lines, type TextFile } from '../source.ts'
import type { Format, Probe } from './format.ts'
import type { Stamp } from './stamps.ts'
import { Orders, timeOf } from './times.ts'

export interface Entry {
  stamp: Stamp | null
  /** Written form of the time. */
  written: string
  /** Sender; null: a system message. */
  sender: string | null
  text: string
  outgoing?: boolean
  /** The line has blanks between its parts, not tabs. */
  spaced?: boolean
}
/** 'skip': the line is no part of a message. null: it continues the entry before it. */
export type LineRead = Entry | 'skip' | null

/** Reader of one file in a dialect, line after line; a new one for each pass. */
export interface TextReader {
  line(text: string, number: number): LineRead
  /** Conversation of the last entry. Always the same object for the same conversation. */
  head(): ConversationHead
  /** Content of an entry's whole text, including its last lines. */
  content?(text: string, entry: Entry): Partial<ParsedMessage> | 'notice'
  /** Owner, if the file names one. */
  self?(): string | null
}

export interface TextDialect {
  format: ImportFormat
  matches(probe: Probe): boolean
  open(file: TextFile): TextReader
}

interface Whole {
  entry: Entry
  head: ConversationHead
  number: number
}

async function* entriesOf(file: TextFile, reader: TextReader, onStray: (line: string) => void): AsyncIterable<Whole> {
  let last: Whole | null = null
  for await (const { text, number } of lines(file)) {
    const read = reader.line(text, number)
    if (read === 'skip') continue
    if (read === null) {
      if (last !== null) last.entry.text += `\n${text}`
      else if (text.trim() !== '') onStray(`${number}: ${beginning(text)}`)
      continue
    }
    if (last !== null) yield last
    last = { entry: read, head: reader.head(), number }
  }
  if (last !== null) yield last
}

/** Creates a text format. */
export function textHistory(dialect: TextDialect): Format {
  const { format } = dialect
  return {
    name: format,
    matches: (probe) => dialect.matches(probe),
    async read(file, options) {
      const orders = new Orders()
      const first = dialect.open(file)
      let found = 0
      for await (const { entry } of entriesOf(file, first, () => undefined)) {
        found++
        if (entry.stamp !== null) orders.add(entry.stamp)
      }
      if (found === 0) throw new ImportError(file.file, null, 'there are no messages in it', 'empty')
      const order = options.order === null ? orders.best() : { order: options.order, sure: true }
      return {
        format,
        self: first.self?.() ?? null,
        encoding: file.encoding,
        order,
        columns: null,
        async read(sink) {
          const reader = dialect.open(file)
          const last = new Map<ConversationHead, number>()
          let current: ConversationHead | null = null
          let count = 0
          for await (const { entry, head } of entriesOf(file, reader, (line) => sink.unread('line', line))) {
            if (++count % 2000 === 0) await sink.rest()
            const text = entry.text.replace(/\s+$/u, '')
            const content = entry.sender === null ? 'notice' : (reader.content?.(text, entry) ?? { text })
            if (content === 'notice' || entry.sender === null) {
              sink.notice()
              continue
            }
            const time = entry.stamp === null ? null : timeOf(entry.stamp, order.order, last.get(head) ?? -Infinity)
            if (time !== null) last.set(head, time)
            const message: ParsedMessage = { sender: entry.sender, time, text, ...content }
            if (entry.outgoing !== undefined) message.outgoing ??= entry.outgoing
            if (time === null) message.stamp = beginning(entry.written)
            // reactions need a message id, which most texts lack
            if (message.reactions !== undefined) message.id ??= `${entry.written} ${message.sender} ${message.text}`
            if (head !== current) sink.conversation((current = head))
            sink.message(message)
          }
          await sink.rest()
        }
      }
    }
  }
}
