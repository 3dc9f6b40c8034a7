/** Rows of any origin: CSV, TSV and JSON lines. A first row of names says which column is what; otherwise sender, time, text. */
import { CsvError } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import { ImportError, kindOf, type ParsedConversation, type ParsedHistory, type ParsedMessage } from '../history.ts'
import { parseTime } from './times.ts'

type Column = 'sender' | 'time' | 'text' | 'conversation' | 'files'

/** What columns are called. */
const NAMES: Record<Column, readonly string[]> = {
  time: ['time', 'date', 'datetime', 'timestamp', 'sent', 'sent at', 'created_at', '时间', '日期', '发送时间'],
  sender: ['sender', 'from', 'author', 'name', 'user', 'who', '发送者', '发送人', '发件人', '昵称', '姓名'],
  text: ['text', 'message', 'body', 'content', 'msg', '内容', '消息', '正文', '文本'],
  conversation: ['conversation', 'chat', 'channel', 'room', 'group', '会话', '聊天', '群', '群聊'],
  files: ['files', 'attachments', 'file', 'attachment', '附件', '文件']
}
const columnOf = (name: string): Column | undefined => (Object.keys(NAMES) as Column[]).find((column) => NAMES[column].includes(name.trim().toLowerCase()))

class Gathered {
  unreadableTimes = 0
  readonly #conversations = new Map<string, ParsedMessage[]>()
  add(conversation: string, sender: string, stamp: string, text: string, files: readonly string[]): void {
    const time = parseTime(stamp)
    if (time === null) this.unreadableTimes++
    const list = this.#conversations.get(conversation)
    const message: ParsedMessage = { sender: sender.trim() === '' ? '?' : sender, time: time ?? 0, text }
    if (files.length > 0) message.files = files.map((name) => ({ kind: kindOf(name), name, bytes: null, source: null }))
    if (list === undefined) this.#conversations.set(conversation, [message])
    else list.push(message)
  }
  result(format: ParsedHistory['format']): ParsedHistory {
    const conversations: ParsedConversation[] = [...this.#conversations].map(([name, messages]) => ({ name, messages }))
    return { format, conversations, self: null, notices: 0, unreadableTimes: this.unreadableTimes }
  }
}

/** Tab-separated: every line is one message, quotes are letters. */
export function parseTsv(text: string, file: string, name: string): ParsedHistory {
  const gathered = new Gathered()
  let header: (Column | undefined)[] | null = null
  for (const [index, line] of text.replace(/^\ufeff/, '').split(/\r?\n/).entries()) {
    if (line === '') continue
    const cells = line.split('\t')
    if (index === 0) {
      const columns = cells.map(columnOf)
      if (columns.includes('time') && columns.includes('text')) {
        header = columns
        continue
      }
    }
    if (cells.length < 3 && header === null) throw new ImportError(file, index + 1, 'expected sender, time and text separated by tabs')
    if (header !== null && cells.length < header.length) throw new ImportError(file, index + 1, `expected ${header.length} columns separated by tabs, found ${cells.length}`)
    const [sender = '', stamp = '', ...rest] = cells
    const cell = (column: Column): string => cells[header?.indexOf(column) ?? -1] ?? ''
    if (header === null) gathered.add(name, sender, stamp, rest.join('\t'), [])
    else gathered.add(cell('conversation') || name, cell('sender'), cell('time'), cell('text'), list(cell('files')))
  }
  return gathered.result('tsv')
}

const list = (files: string): string[] => files.split(/[;\n]/).map((one) => one.trim()).filter((one) => one !== '')

/** RFC 4180, with or without a row of names; ; as separator is seen, too. */
export function parseCsv(text: string, file: string, name: string): ParsedHistory {
  const first = text.slice(0, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n'))
  const delimiter = (first.match(/;/g)?.length ?? 0) > (first.match(/,/g)?.length ?? 0) ? ';' : ','
  let rows: { record: string[]; info: { lines: number } }[]
  try {
    rows = parse(text, { delimiter, bom: true, skip_empty_lines: true, info: true, relax_column_count: true }) as unknown as typeof rows
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new ImportError(file, Number((error as unknown as { lines?: number }).lines ?? 0) || null, `this is not CSV (${error.message})`)
  }
  const gathered = new Gathered()
  const columns = (rows[0]?.record ?? []).map(columnOf)
  const named = columns.includes('time') && columns.includes('text')
  const place = (column: Column): number => (named ? columns.indexOf(column) : ['sender', 'time', 'text'].indexOf(column))
  for (const { record, info } of rows.slice(named ? 1 : 0)) {
    if (record.length <= place('text') || record.length <= place('time')) throw new ImportError(file, info.lines, `expected at least ${Math.max(place('text'), place('time')) + 1} columns, found ${record.length}`)
    gathered.add(record[place('conversation')] || name, record[place('sender')] ?? '', record[place('time')] ?? '', record[place('text')] ?? '', list(record[place('files')] ?? ''))
  }
  return gathered.result('csv')
}

/** One JSON object a line, as Mnemo's own export has it. */
export function parseJsonLines(text: string, file: string, name: string): ParsedHistory {
  const gathered = new Gathered()
  for (const [index, line] of text.replace(/^\ufeff/, '').split(/\r?\n/).entries()) {
    if (line.trim() === '') continue
    let row: unknown
    try {
      row = JSON.parse(line)
    } catch (error) {
      throw new ImportError(file, index + 1, `this is not JSON (${error instanceof Error ? error.message : String(error)})`)
    }
    if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new ImportError(file, index + 1, 'expected a JSON object')
    const cells = new Map(Object.entries(row).map(([key, value]) => [columnOf(key), value as unknown]))
    const cell = (column: Column): string => {
      const value = cells.get(column)
      return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
    }
    if (typeof cells.get('text') !== 'string' && !cells.has('files')) throw new ImportError(file, index + 1, "there is no 'text'")
    const files = cells.get('files')
    const names = Array.isArray(files) ? files.flatMap((one: unknown) => (typeof one === 'string' ? [one] : typeof one === 'object' && one !== null && 'name' in one && typeof one.name === 'string' ? [one.name] : [])) : list(cell('files'))
    gathered.add(cell('conversation') || name, cell('sender'), cell('time'), cell('text'), names)
  }
  return gathered.result('jsonl')
}
