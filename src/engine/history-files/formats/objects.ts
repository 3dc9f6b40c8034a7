/** Objects, one per message: JSON lines, such as Mnemo's own export, an array of such objects, or arrays anywhere within an object. */
import {
  kindOf,
  ImportError,
  beginning,
  type ConversationHead,
  type ParsedFile,
  type ParsedHistory,
  type ParsedMessage,
  type ReadOptions,
  type Sink
} from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { OWN_ID } from '../identity.ts'
import { columnOf, dayAndClock, findColumns, isOwn, isOwnName, type Column } from './columns.ts'
import type { Probe } from './format.ts'
import { eachLine, firstText, isRecord, readJson, recordsOf, shown, textOf } from './json-stream.ts'
import { leftOutOf } from './left-out.ts'
import { readStamp } from './stamps.ts'
import { Orders, timeOf } from './times.ts'

/** `within`: path in the file, for the name of its conversation. */
type OnObject = (value: unknown, place: string, within?: readonly (string | number)[]) => void
interface Pass {
  rest?: () => Promise<void>
  onBroken: (kind: string, line: string) => void
}
type Each = (file: TextFile, onObject: OnObject, pass: Pass) => Promise<void>

/**
 * Layout of the messages in a file: one object per line; consecutive values of any shape; a list; lists within an object; a table by columns; a table with
 * separate column names; objects by number.
 */
export type Layout =
  { kind: 'lines' | 'values' | 'list' | 'columns' | 'records' } | { kind: 'lists'; lists: readonly string[] } | { kind: 'split'; names: string; rows: string }

const linesOf: Each = (file, onObject, { rest, onBroken }) =>
  eachLine(file, (value, [number = 0]) => (Array.isArray(value) ? value.forEach((one) => onObject(one, String(number))) : onObject(value, String(number))), {
    ...(rest === undefined ? {} : { rest }),
    onBroken: (line) => onBroken('line', line)
  })

const valuesOf: Each = (file, onObject, pass) => readJson(file, ['$'], (value, _, root) => onObject(value, String(root + 1)), { ...pass, all: true })

/** Elements of an array; arrays with a heading, or with recognizable columns, are rows of a table. */
const elementsOf: Each = async (file, onObject, pass) => {
  let heading: readonly (string | null)[] | null = null
  let early: { cells: unknown[]; place: string }[] | null = []
  const row = (cells: readonly unknown[], place: string): void =>
    onObject(heading === null ? cells : Object.fromEntries(heading.flatMap((key, index) => (key === null ? [] : [[key, cells[index]]]))), place)
  const decide = (): void => {
    if (early === null || early.length === 0) return
    const texts = early.map(({ cells }) => cells.map((cell) => textOf(cell) ?? ''))
    const { found, headed, sure } = findColumns(texts)
    const known = Object.entries(found).flatMap(([column, at]) => (at === null ? [] : [[at, column] as const]))
    heading = headed
      ? (texts[0] ?? [])
      : sure || found.text !== null
        ? Array.from({ length: texts[0]?.length ?? 0 }, (_, index) => known.find(([at]) => at === index)?.[1] ?? null)
        : null
    for (const { cells, place } of early.slice(Number(headed))) row(cells, place)
    early = null
  }
  await readJson(
    file,
    ['$.*'],
    (value, path) => {
      const place = String(Number(path.at(-1)) + 1)
      if (!Array.isArray(value)) onObject(value, place)
      else if (early === null) row(value, place)
      else if (early.push({ cells: value, place }) >= SAMPLE_ROWS) decide()
    },
    pass
  )
  decide()
}
const SAMPLE_ROWS = 40

/** Table with separate column names, as pandas' orient="split". */
const splitOf =
  (names: string, rows: string): Each =>
  async (file, onObject, pass) => {
    let heading: string[] = []
    await readJson(file, [`$.${names}`], (value) => void (heading = Array.isArray(value) ? value.map(String) : heading), { onBroken: () => undefined })
    await readJson(
      file,
      [`$.${rows}.*`],
      (value, path) => {
        if (Array.isArray(value))
          onObject(Object.fromEntries(heading.map((key, index): [string, unknown] => [key, (value as unknown[])[index]])), String(Number(path.at(-1)) + 1))
      },
      pass
    )
  }

/** Table by columns, as pandas' orient="columns"; loaded completely. */
const columnsOf: Each = async (file, onObject, pass) => {
  if (file.size > LARGEST_TABLE) throw new ImportError(file.file, null, 'a table that is written column by column is read up to 200 MB', 'too-large')
  const columns = new Map<string, Record<string, unknown> | unknown[]>()
  await readJson(
    file,
    ['$.*'],
    (value, path) => {
      if (isRecord(value) || Array.isArray(value)) columns.set(String(path[0]), value)
    },
    pass
  )
  const places = new Set([...columns.values()].flatMap((column) => Object.keys(column)))
  for (const place of places)
    onObject(Object.fromEntries([...columns].map(([name, column]) => [name, (column as Record<string, unknown>)[place]])), String(Number(place) + 1 || place))
}
const LARGEST_TABLE = 200_000_000

/** Objects by number, or by another meaningless key. */
const recordsIn: Each = (file, onObject, pass) => readJson(file, ['$.*'], (value, path) => onObject(value, String(path[0])), pass)

/** Generic names of message lists, which are no conversation names. */
const LISTS =
  /^(?:messages?|msgs?|items|data|history|list|chats?|chat_?(?:messages|history|log)|conversations?|results?|records?|rows|entries|events|content|body|log|消息|聊天记录|messageList|msgList)$/i
/** Keys of a conversation's name beside its list of messages. */
const NAMES = [
  'name',
  'title',
  'chat',
  'chatName',
  'chat_name',
  'conversation',
  'conversationName',
  'displayName',
  'contact',
  'contactName',
  'groupName',
  'room',
  'channel',
  'talker',
  'nickName',
  'remark'
]

/** Paths of message lists within an object, from the beginning of a file; empty: none. */
function listsIn({ shape }: Probe): string[] {
  const keys = new Map<string, Set<Column>>()
  for (const path of shape ?? []) {
    const at = path.lastIndexOf('[].')
    const column = at < 0 || path.indexOf('.', at + 3) >= 0 || path.endsWith(']') ? undefined : columnOf(path.slice(at + 3))
    if (column !== undefined) keys.set(path.slice(0, at), (keys.get(path.slice(0, at)) ?? new Set()).add(column))
  }
  const lists = [...keys].flatMap(([path, columns]) =>
    path !== '' && !path.startsWith('[]') && columns.has('text') && (columns.has('time') || columns.has('sender')) ? [path] : []
  )
  // a list named after a person or a date has others beside it
  return [
    ...new Set(
      lists.map(
        (path) =>
          `$.${path
            .split('.')
            .map((step) => (LISTS.test(step.replace(/\[\]$/, '')) ? step.replace(/\[\]$/, '.*') : `*${step.endsWith('[]') ? '.*' : ''}`))
            .join('.')}.*`
      )
    )
  ]
}

/** Paths of objects that hold messages by their ids, as databases of apps export them. */
function mapsIn(shape: ReadonlySet<string>, isMessage: (prefix: string) => boolean): string[] {
  const found = new Set<string>()
  for (const path of shape) {
    const steps = path.split('.')
    if (steps.length < 2 || steps.length > 5 || path.includes('[') || !isMessage(`${path}.`)) continue
    found.add(
      `$.${steps
        .slice(0, -1)
        .map((step) => (LISTS.test(step) ? step : '*'))
        .join('.')}.*`
    )
  }
  return [...found]
}

/** Layout of the messages in a file of no app's format; null: no messages. */
export function layoutOf(probe: Probe): Layout | null {
  const { shape, head, jsonLines } = probe
  if (shape === null) return null
  if (jsonLines) return { kind: 'lines' }
  if (head.startsWith('[')) return { kind: 'list' }
  const named = (prefix: string): Set<Column> =>
    new Set([...shape].flatMap((path) => (path.startsWith(prefix) ? [columnOf(path.slice(prefix.length))].filter((column) => column !== undefined) : [])))
  const isMessage = (columns: ReadonlySet<Column>): boolean => columns.has('text') && (columns.has('time') || columns.has('sender'))
  const roots = [...shape].filter((path) => !path.includes('.') && !path.includes('['))
  if (isMessage(named(''))) {
    const held = roots.filter((path) => columnOf(path) !== undefined)
    // each column holds its cells
    if (held.every((path) => shape.has(`${path}[]`) || [...shape].some((one) => one.startsWith(`${path}.`)))) return { kind: 'columns' }
  }
  const rows = ['data', 'rows', 'values'].find((key) => shape.has(`${key}[]`) && !isMessage(named(`${key}[].`)))
  const names = ['columns', 'fields', 'headers', 'header'].find((key) => shape.has(`${key}[]`))
  if (rows !== undefined && names !== undefined) return { kind: 'split', names, rows }
  const lists = listsIn(probe)
  if (lists.length > 0) return { kind: 'lists', lists }
  if (isMessage(named(''))) return { kind: 'values' }
  if (roots.some((path) => isMessage(named(`${path}.`)))) return { kind: 'records' }
  const maps = mapsIn(shape, (prefix) => isMessage(named(prefix)))
  return maps.length > 0 ? { kind: 'lists', lists: maps } : null
}

const SHOWN_DATE = /^\d{4}-\d{2}-\d{2}|^\d+$/

/** Reads messages from lists within an object. */
function eachIn(lists: readonly string[]) {
  const names = new Map<string, string>()
  return {
    each: (file: TextFile, onObject: OnObject, pass: Pass): Promise<void> =>
      readJson(
        file,
        [...lists, ...lists.flatMap((list) => NAMES.map((name) => `${list.replace(/\.[^.]+\.\*$/, '')}.${name}`))],
        (value, path) => {
          const last = path.at(-1)
          if (typeof last !== 'string') onObject(value, String(Number(last) + 1), path)
          else if (isRecord(value) && !NAMES.includes(last)) onObject(value, last, path)
          else if (!names.has(path.slice(0, -1).join('/'))) {
            const name = textOf(isRecord(value) ? value['name'] : value)
            if (name !== null) names.set(path.slice(0, -1).join('/'), name)
          }
        },
        pass
      ),
    /** Name beside a list, or its key. */
    nameOf(path: readonly (string | number)[]): string | null {
      const list = path.at(-2)
      return names.get(path.slice(0, -2).join('/')) ?? (typeof list === 'string' && !LISTS.test(list) && !SHOWN_DATE.test(list) ? list : null)
    }
  }
}

/** Plain value of database JSON: MongoDB's $date and $numberLong, Firestore's seconds. */
function plainValue(value: unknown, depth = 0): unknown {
  if (!isRecord(value) || depth > DEEPEST) return value
  const inner =
    value['$date'] ??
    value['$numberLong'] ??
    value['$numberInt'] ??
    value['$numberDouble'] ??
    value['seconds'] ??
    value['_seconds'] ??
    value['iso'] ??
    value['$oid']
  return inner === undefined ? value : plainValue(inner, depth + 1)
}
const DEEPEST = 20
/** Text of a message: joined parts of a list, or the text within an object. */
function writtenIn(value: unknown, depth = 0): string | null {
  if (Array.isArray(value)) return depth > DEEPEST ? null : value.map((part) => writtenIn(part, depth + 1) ?? '').join('') || null
  return isRecord(value) ? firstText(value['text'], value['body'], value['content'], value['message'], value['plain']) : textOf(value)
}

/** True for a line of Mnemo's export, whose texts are as they were written. */
const isOwnExport = (row: Record<string, unknown>): boolean => typeof row['outgoing'] === 'boolean' && typeof row['conversation'] === 'string'

const KINDS = new Set(['image', 'video', 'voice', 'file'])

/** Throws ImportError. */
export async function readObjects(file: TextFile, options: ReadOptions, layout: Layout): Promise<ParsedHistory> {
  const nested = layout.kind === 'lists' ? eachIn(layout.lists) : null
  const each: Each =
    nested?.each ??
    (layout.kind === 'lines'
      ? linesOf
      : layout.kind === 'values'
        ? valuesOf
        : layout.kind === 'columns'
          ? columnsOf
          : layout.kind === 'records'
            ? recordsIn
            : layout.kind === 'split'
              ? splitOf(layout.names, layout.rows)
              : elementsOf)
  const orders = new Orders()
  const keys = new Map<string, Column | undefined>()
  const cellsOf = (row: Record<string, unknown>): Map<Column, unknown> => {
    const cells = new Map<Column, unknown>()
    for (const [key, value] of Object.entries(row)) {
      if (!keys.has(key)) keys.set(key, columnOf(key))
      const column = keys.get(key)
      if (column === undefined) continue
      const said = column === 'time' || column === 'clock' ? plainValue(value) : value
      const before = cells.get(column)
      const apart = column === 'time' && typeof before === 'string' && typeof said === 'string' ? dayAndClock(before, said) : null
      // the first non-empty value counts if two keys mean the same
      if (apart !== null) cells.set('time', apart.day).set('clock', apart.clock)
      else if ((before ?? '') === '') cells.set(column, said)
    }
    return cells
  }
  let readable = 0
  let end: string | null = null
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
    { onBroken: (_, line) => void (end ??= line) }
  )
  if (readable === 0 && end !== null) throw new ImportError(file.file, null, end, 'broken')
  if (readable === 0) throw new ImportError(file.file, 1, "expected objects with a time, a sender and a 'text'", 'other-format')
  const order = options.order === null ? orders.best() : { order: options.order, sure: true }
  return {
    format: layout.kind === 'lines' ? 'jsonl' : 'json',
    self: null,
    encoding: file.encoding,
    order,
    columns: null,
    async read(sink) {
      const heads = new Map<string, ConversationHead>()
      const last = new Map<string, number>()
      await each(file, (row, place, within) => build(row, place, sink, within ?? []), {
        rest: sink.rest.bind(sink),
        onBroken: (kind, line) => sink.unread(kind, line)
      })
      await sink.rest()

      function build(row: unknown, place: string, to: Sink, within: readonly (string | number)[]): void {
        const cells = isRecord(row) ? cellsOf(row) : new Map<Column, unknown>()
        const text = writtenIn(cells.get('text'))
        const files = filesOf(cells.get('files'), file)
        if (!isRecord(row) || (!cells.has('text') && files.length === 0)) {
          to.unread('object', `${place}: ${shown(row)}`)
          return
        }
        const told = cells.get('conversation')
        const name = textOf(isRecord(told) ? told['name'] : told) ?? nested?.nameOf(within) ?? file.name
        // Mnemo distinguishes conversations of the same name
        const id = textOf(row['conversationId'])
        const key = `${name}\n${id ?? ''}`
        let head = heads.get(key)
        if (head === undefined) heads.set(key, (head = { name, id: id === null ? null : OWN_ID + id }))
        to.conversation(head)
        const sender = cells.get('sender')
        const written = [textOf(cells.get('time')), textOf(cells.get('clock'))].filter((part) => part !== null).join(' ')
        const stamp = readStamp(written)
        const time = written === 'unknown' ? 0 : stamp === null ? null : timeOf(stamp, order.order, last.get(key))
        if (time !== null && time > 0) last.set(key, time)
        const message: ParsedMessage = {
          sender:
            (isRecord(sender)
              ? firstText(
                  sender['name'],
                  sender['displayName'],
                  sender['display_name'],
                  sender['nickname'],
                  sender['nickName'],
                  sender['username'],
                  sender['user'],
                  sender['id']
                )
              : textOf(sender)
            )?.trim() || '?',
          time,
          text: text ?? ''
        }
        if (time === null) message.stamp = beginning(written)
        const direction = cells.get('direction')
        const outgoing = typeof direction === 'boolean' ? direction : isOwn(textOf(direction) ?? '')
        if (outgoing !== undefined) message.outgoing = outgoing
        else if (isOwnName(message.sender)) message.outgoing = true
        for (const flag of ['edited', 'pinned', 'starred', 'mention', 'retracted'] as const) if (row[flag] === true) message[flag] = true
        const own = firstText(row['id'], row['message_id'], row['messageId'])
        if (own !== null) message.id = own
        const answered = firstText(row['replyTo'], row['reply_to'], row['replyToId'], row['reply_to_id'], row['reply_to_message_id'])
        if (answered !== null) message.replyTo = answered
        const reactions = recordsOf(row['reactions']).flatMap((one) => {
          const [by, emoji] = [textOf(one['sender']), textOf(one['emoji'])]
          return by === null || emoji === null ? [] : [{ sender: by, emoji }]
        })
        if (reactions.length > 0) message.reactions = reactions
        if (files.length > 0) message.files = files
        else if (!isOwnExport(row)) Object.assign(message, leftOutOf(message.text, file))
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
    const known = fileOf(file, path)
    return [{ ...known, kind: isRecord(one) ? kind : known.kind, bytes: bytes ?? known.bytes }]
  })
}
