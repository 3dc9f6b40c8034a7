/** Objects, one a message: JSON lines, as Mnemo's own export has them, and an array of the same. */
import { kindOf, ImportError, beginning, type ConversationHead, type ParsedFile, type ParsedHistory, type ParsedMessage, type ReadOptions, type Sink } from '../history.ts'
import { lines, type TextFile } from '../source.ts'
import { columnOf, isOwn, type Column } from './columns.ts'
import { isRecord, readJson, textOf } from './json-stream.ts'
import { readStamp } from './stamps.ts'
import { Orders, timeOf } from './times.ts'

type OnObject = (value: unknown, place: string) => void

async function eachLine(file: TextFile, onObject: OnObject, rest: () => Promise<void>): Promise<void> {
  for await (const { text, number } of lines(file)) {
    if (text.trim() === '') continue
    let row: unknown
    try {
      row = JSON.parse(text)
    } catch (error) {
      throw new ImportError(file.file, number, `this is not JSON (${error instanceof Error ? error.message : String(error)})`, 'broken')
    }
    onObject(row, String(number))
    if (number % 2000 === 0) await rest()
  }
}
const eachElement = (file: TextFile, onObject: OnObject, rest: () => Promise<void>): Promise<void> => readJson(file, ['$.*'], (value, path) => onObject(value, String(Number(path.at(-1)) + 1)), rest)

const KINDS = new Set(['image', 'video', 'voice', 'file'])

/** `array`: one array of all, not a line each. Throws ImportError. */
export async function readObjects(file: TextFile, options: ReadOptions, array: boolean): Promise<ParsedHistory> {
  const each = array ? eachElement : eachLine
  const orders = new Orders()
  const keys = new Map<string, Column | undefined>()
  const cellsOf = (row: Record<string, unknown>): Map<Column, unknown> => {
    const cells = new Map<Column, unknown>()
    for (const [key, value] of Object.entries(row)) {
      if (!keys.has(key)) keys.set(key, columnOf(key))
      const column = keys.get(key)
      // of two keys for the same the first that says something
      if (column !== undefined && (cells.get(column) ?? '') === '') cells.set(column, value)
    }
    return cells
  }
  let readable = 0
  await each(
    file,
    (row) => {
      if (!isRecord(row)) return
      const cells = cellsOf(row)
      if (!cells.has('text') && !cells.has('files')) return
      readable++
      const stamp = readStamp(textOf(cells.get('time')) ?? '')
      if (stamp !== null) orders.add(stamp)
    },
    () => Promise.resolve()
  )
  if (readable === 0) throw new ImportError(file.file, 1, "expected objects with a time, a sender and a 'text'", 'other-format')
  const order = options.order === null ? orders.best() : { order: options.order, sure: true }
  return {
    format: array ? 'json' : 'jsonl',
    self: null,
    encoding: file.encoding,
    order,
    columns: null,
    async read(sink) {
      const heads = new Map<string, ConversationHead>()
      const last = new Map<string, number>()
      await each(file, (row, place) => build(row, place, sink), sink.rest.bind(sink))
      await sink.rest()

      function build(row: unknown, place: string, to: Sink): void {
        const cells = isRecord(row) ? cellsOf(row) : new Map<Column, unknown>()
        const text = textOf(cells.get('text'))
        const files = filesOf(cells.get('files'), file)
        if (!isRecord(row) || (!cells.has('text') && files.length === 0)) {
          to.unread('object', `${place}: ${beginning(JSON.stringify(row))}`)
          return
        }
        const name = textOf(cells.get('conversation')) ?? file.name
        // Mnemo tells conversations of one name apart
        const id = textOf(row['conversationId'])
        const key = `${name}\n${id ?? ''}`
        let head = heads.get(key)
        if (head === undefined) heads.set(key, (head = { name, id: id === null ? null : `mnemo:${id}` }))
        to.conversation(head)
        const sender = cells.get('sender')
        const written = [textOf(cells.get('time')), textOf(cells.get('clock'))].filter((part) => part !== null).join(' ')
        const stamp = readStamp(written)
        const time = written === 'unknown' ? 0 : stamp === null ? null : timeOf(stamp, order.order, last.get(key))
        if (time !== null && time > 0) last.set(key, time)
        const message: ParsedMessage = { sender: (isRecord(sender) ? (textOf(sender['name']) ?? textOf(sender['nickname']) ?? textOf(sender['id'])) : textOf(sender))?.trim() || '?', time, text: text ?? '' }
        if (time === null) message.stamp = beginning(written)
        const direction = cells.get('direction')
        const outgoing = typeof direction === 'boolean' ? direction : isOwn(textOf(direction) ?? '')
        if (outgoing !== undefined) message.outgoing = outgoing
        if (row['edited'] === true) message.edited = true
        if (row['pinned'] === true) message.pinned = true
        if (files.length > 0) message.files = files
        to.message(message)
      }
    }
  }
}

function filesOf(value: unknown, file: TextFile): ParsedFile[] {
  const list = Array.isArray(value) ? (value as unknown[]) : typeof value === 'string' ? value.split(/[;\n]/).map((one) => one.trim()) : []
  return list.flatMap((one): ParsedFile[] => {
    const path = isRecord(one) ? textOf(one['name']) : textOf(one)
    if (path === null) return []
    const kind = isRecord(one) && typeof one['kind'] === 'string' && KINDS.has(one['kind']) ? (one['kind'] as ParsedFile['kind']) : kindOf(path)
    const bytes = isRecord(one) && typeof one['bytes'] === 'number' ? one['bytes'] : null
    return [{ kind, name: path.split(/[\\/]/).at(-1) ?? path, bytes, source: file.media(path)?.source ?? null }]
  })
}
