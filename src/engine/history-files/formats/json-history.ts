/** Histories in JSON or JSON lines: one pass for the values around the messages, and one for the messages, both as streams. */
import type { ImportFormat } from '../../../contract/history-files.ts'
import { ImportError, type ConversationHead, type ParsedMessage } from '../history.ts'
import type { TextFile } from '../source.ts'
import type { Format, Probe } from './format.ts'
import { eachLine, isRecord, readJson, shown, type OnValue } from './json-stream.ts'

type JsonPath = readonly (string | number)[]
/** `replies`: answers nested within the message. */
export type ReadMessage = { head: ConversationHead; message: ParsedMessage; replies?: ParsedMessage[] } | 'notice' | { unread: string }

/** Reader of one file in a dialect. */
export interface JsonReader {
  /** Called with values around the messages, before any message is read. */
  learn?(value: unknown, path: JsonPath): void
  /** Called with each message of the first pass, if `learns` is set, to learn names and ids. */
  look?(message: Record<string, unknown>, path: JsonPath): void
  /** Owner of the file, known after the first pass. */
  self?(): string | null
  read(message: Record<string, unknown>, path: JsonPath): ReadMessage
}

export interface JsonDialect {
  format: ImportFormat
  matches(probe: Probe): boolean
  /** Paths for readJson; none for JSON lines. */
  around?: readonly string[]
  messages: readonly string[] | 'lines'
  /** The reader needs a first pass over all messages. */
  learns?: boolean
  open(file: TextFile): JsonReader
}

/** Creates a JSON format. */
export function jsonHistory(dialect: JsonDialect): Format {
  const { format, around = [], messages, learns = false } = dialect
  return {
    name: format,
    matches: (probe) => dialect.matches(probe),
    async read(file) {
      const reader = dialect.open(file)
      const isMessage = pathTest(messages)
      if (around.length > 0 || learns) {
        const onValue: OnValue = (value, path) => {
          attempt(() => {
            if (!isMessage(path)) reader.learn?.(value, path)
            else if (isRecord(value)) reader.look?.(value, path)
            return 'notice'
          })
        }
        if (messages === 'lines') await eachLine(file, onValue, {})
        else await readJson(file, learns ? [...around, ...messages] : around, onValue, { onBroken: () => undefined })
      }
      return {
        format,
        self: reader.self?.() ?? null,
        encoding: file.encoding,
        order: null,
        columns: null,
        async read(sink) {
          let current: ConversationHead | null = null
          let found = 0
          const onValue: OnValue = (value, path) => {
            found++
            const read = isRecord(value) ? attempt(() => reader.read(value, path)) : { unread: 'message' }
            if (read === 'notice') sink.notice()
            else if ('unread' in read) sink.unread(read.unread, `${path.at(-1) ?? ''}: ${shown(value)}`)
            else {
              if (read.head !== current) sink.conversation((current = read.head))
              sink.message(read.message)
              for (const reply of read.replies ?? []) sink.message(reply)
            }
          }
          const rest = sink.rest.bind(sink)
          let end = ''
          if (messages === 'lines') await eachLine(file, onValue, { rest, onBroken: (line) => sink.unread('line', line) })
          else {
            const onBroken = (kind: string, line: string): void => {
              end = line
              if (found > 0) sink.unread(kind, line)
            }
            await readJson(file, messages, onValue, { rest, onBroken })
          }
          if (found === 0 && end !== '') throw new ImportError(file.file, null, end, 'broken')
          if (found === 0) throw new ImportError(file.file, null, 'there are no messages in it', 'empty')
          await sink.rest()
        }
      }
    }
  }
}

/** Reports a malformed message as unread instead of ending the import. */
function attempt(read: () => ReadMessage): ReadMessage {
  try {
    return read()
  } catch {
    return { unread: 'message' }
  }
}

/** Matches a path with patterns: '$' stands for the root, '*' for any key. */
function pathTest(patterns: readonly string[] | 'lines'): (path: JsonPath) => boolean {
  if (patterns === 'lines') return () => true
  const split = patterns.map((pattern) => pattern.split('.').slice(1))
  return (path) => split.some((steps) => steps.length === path.length && steps.every((step, index) => step === '*' || step === String(path[index])))
}

/** Conversation heads of a file by key. */
export class HeadsByKey {
  readonly #heads = new Map<string, ConversationHead>()
  /** `make`: creates a missing one. */
  get(key: string, make: () => ConversationHead): ConversationHead {
    let head = this.#heads.get(key)
    if (head === undefined) this.#heads.set(key, (head = make()))
    return head
  }
}
