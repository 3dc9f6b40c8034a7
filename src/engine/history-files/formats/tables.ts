/** Tables: CSV with any separator, and TSV. A heading tells the columns; otherwise they are sender, time, text, or chosen by the user. */
import type { ImportColumns } from '../../../contract/history-files.ts'
import {
  beginning,
  ImportError,
  unclearColumns,
  type ConversationHead,
  type ParsedHistory,
  type ParsedMessage,
  type ReadOptions,
  type Sink
} from '../history.ts'
import { fileOf, headOf, type TextFile } from '../source.ts'
import { csvIn, csvRows, type CsvDialect, type CsvRow } from './csv.ts'
import { findColumns, fits, isContact, isNotice, isOwn, isOwnName, isUtc, shapeOf, type FoundColumns } from './columns.ts'
import { dingTalkCell } from './dingtalk.ts'
import { bareOf, kindNamed, leftOutOf, notHere } from './left-out.ts'
import { plainText } from './markup.ts'
import { readStamp, type Stamp } from './stamps.ts'
import { Orders, timeOf } from './times.ts'

interface Dialect extends CsvDialect {
  /** The file has a first line 'sep=;', as Excel understands it. */
  told: boolean
}
const QUOTES: readonly (readonly [string, string])[] = [
  ['"', '"'],
  ["'", "'"],
  ['“', '”'],
  ['„', '“']
]
const SEPARATORS = [',', ';', '\t', '|', '^', '，', '；', '\u0001', '\u001f']
const WIDE = /[，；]/
/** Quoting of a table: the quotes at both ends of most cells that contain one. */
function quotesOf(head: string, separator: string): Pick<Dialect, 'quotes' | 'escape'> {
  const escape = /[^\\]\\"/.test(head) && !/[^,;|\t\n\r]""[^,;|\t\n\r]/.test(head) ? '\\' : '"'
  const cells = head
    .slice(0, 20_000)
    .split(/\r\n?|\n/)
    .flatMap((line) => line.split(separator))
  const often = (open: string, close: string): number =>
    cells.filter((cell) => cell.trim().length > 1 && cell.trim().startsWith(open) && cell.trim().endsWith(close)).length
  const [quotes = ['"', '"'] as const] = QUOTES.toSorted((a, b) => often(...b) - often(...a))
  return { quotes: often(...quotes) === 0 && WIDE.test(separator) ? ['“', '”'] : quotes, escape }
}
type Row = CsvRow

const SAMPLE_ROWS = 40
const SHOWN_ROWS = 5

/** Rows at the beginning of a text, parsed in a dialect. */
function rowsOf(head: string, dialect: CsvDialect, whole: boolean): string[][] {
  const cut = whole ? head : head.slice(0, head.lastIndexOf(head.includes('\n') ? '\n' : '\r') + 1)
  return csvIn(cut.slice(0, 100_000), dialect).slice(0, SAMPLE_ROWS)
}
/** Share of rows with the most common number of cells, and that number. */
function evenness(rows: readonly string[][]): { share: number; cells: number } {
  const counts = new Map<number, number>()
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1)
  const [[cells, often] = [0, 0]] = [...counts].sort(([, a], [, b]) => b - a)
  return { share: often / Math.max(1, rows.length), cells }
}

function dialectOf(head: string, whole: boolean, tsv: boolean): Dialect {
  const told = /^\ufeff?"?sep=(.)"?(?:\r\n?|\n)/i.exec(head)
  if (told !== null) return { separator: told[1] ?? ',', told: true, ...quotesOf(head, told[1] ?? ',') }
  if (tsv) {
    const quotes = quotesOf(head, '\t')
    const plain = rowsOf(head, { separator: '\t', quotes: null, escape: '"' }, whole)
    const quoted = rowsOf(head, { separator: '\t', ...quotes }, whole)
    // quotes are syntax if the table is more even that way, and ordinary characters otherwise
    const better =
      plain.length > 1 &&
      evenness(quoted).cells > 2 &&
      (evenness(quoted).share > evenness(plain).share || (evenness(quoted).share === 1 && plain.flat().some((cell) => /^".*"$/s.test(cell))))
    return { separator: '\t', told: false, ...quotes, quotes: better ? quotes.quotes : null }
  }
  let best: { separator: string; share: number; cells: number } = { separator: ',', share: 0, cells: 1 }
  for (const separator of SEPARATORS) {
    const found = rowsOf(head, { separator, ...quotesOf(head, separator) }, whole)
    if (found.length === 0) continue
    const { share, cells } = evenness(found)
    if (cells > 1 && (best.cells === 1 || share > best.share || (share === best.share && cells > best.cells))) best = { separator, share, cells }
  }
  return { separator: best.separator, told: false, ...quotesOf(head, best.separator) }
}

async function* rows(file: TextFile, dialect: Dialect): AsyncIterable<Row> {
  let first = dialect.told
  for await (const row of csvRows(file, dialect)) {
    if (first) first = false
    else yield row
  }
}

const list = (files: string): string[] =>
  files
    .split(/[;\n]/)
    .map((one) => one.trim())
    .filter((one) => one !== '')

/** `tsv`: separated by tabs; quotes may be ordinary characters. Throws ImportError. */
export async function readTable(file: TextFile, options: ReadOptions, tsv: boolean): Promise<ParsedHistory> {
  const format = tsv ? 'tsv' : 'csv'
  const head = await headOf(file, 200_000)
  const dialect = dialectOf(head, head.length < 200_000, tsv)
  const sample: string[][] = []
  for await (const { cells } of rows(file, dialect)) if (sample.push(cells) >= SAMPLE_ROWS) break
  if (sample.length === 0) throw new ImportError(file.file, null, 'there is nothing in it', 'empty')
  const { found, headed, sure, above } = headingIn(sample)
  sample.splice(0, above)
  const skip = above + Number(headed)
  const shape = shapeOf(sample, headed)
  const earlier = options.columns === null ? (options.recall?.(shape) ?? null) : null
  const remembered = earlier !== null && fits(sample.slice(headed ? 1 : 0), earlier)
  const known = sure || options.columns !== null || remembered
  const positional = tsv && !headed && !known && (sample[0]?.length ?? 0) < 3
  if (positional) throw new ImportError(file.file, 1, 'expected sender, time and text separated by tabs', 'other-format')
  const columns = options.columns ?? (remembered ? earlier : found)
  const asked = { heading: headed ? (sample[0] ?? []) : [], rows: sample.slice(headed ? 1 : 0, SHOWN_ROWS + 1), found: columns, sure: known, shape, remembered }
  const orders = new Orders()
  if (asked.sure) {
    let passed = 0
    for await (const { cells } of rows(file, dialect)) {
      if (passed++ < skip) continue
      const stamp = readStamp(stampOf(cells, columns))
      if (stamp !== null) orders.add(stamp)
    }
  }
  const order = options.order === null ? orders.best() : { order: options.order, sure: true }
  return {
    format,
    self: null,
    encoding: file.encoding,
    order,
    columns: asked,
    async read(sink) {
      if (!asked.sure) throw unclearColumns(file.file, asked.heading)
      const last = headed ? (sample[0]?.length ?? 0) - 1 : 2
      const utc = isUtc(asked.heading[columns.time ?? -1] ?? '')
      const contact = columns.direction !== null && columns.sender !== null && isContact(asked.heading[columns.sender] ?? '')
      const build = builder(file, columns, {
        rest: columns.text === last ? dialect.separator : null,
        padded: isPadded(asked.rows),
        contact,
        kakao: asked.heading.join() === 'Date,User,Message'
      })
      let count = 0
      for await (const row of rows(file, dialect)) {
        if (count++ < skip || row.cells.every((cell) => cell.trim() === '')) continue
        if (count % 2000 === 0) await sink.rest()
        build(row, sink, (stamp, after) => timeOf(utc && stamp.kind === 'date' && stamp.zone === null ? { ...stamp, zone: 0 } : stamp, order.order, after))
      }
      await sink.rest()
    }
  }
}

/** Largest number of rows above the heading, such as a title or the search terms. */
const MOST_ABOVE = 5
/** Row of the heading, which may follow a title. */
function headingIn(sample: readonly string[][]): FoundColumns & { above: number } {
  const first = findColumns(sample)
  for (let above = 1; !first.sure && above <= MOST_ABOVE && above < sample.length - 1; above++) {
    const found = findColumns(sample.slice(above))
    if (found.headed && found.sure) return { ...found, above }
  }
  return { ...first, above: 0 }
}

const stampOf = (cells: readonly string[], { time, clock }: ImportColumns): string =>
  [time, clock]
    .map((index) => (index === null ? '' : (cells[index] ?? '').trim()))
    .filter((part) => part !== '')
    .join(' ')

/** True if a blank follows each separator: 'time | sender | text'. */
function isPadded(rows: readonly string[][]): boolean {
  const cells = rows.flatMap(([, ...others]) => others).filter((cell) => cell !== '')
  return cells.length > 0 && cells.every((cell) => cell.startsWith(' '))
}

/** Text that is one element of HTML, as Teams and others write it. */
const MARKUP = /^\s*<(p|div|span)\b[^<>]*>[\s\S]*<\/\1>\s*$/i
/** Longest message, UTF-16 units. */
const LONGEST_CELL = 20_000_000
/** File in place of an empty text, if a cell of the row names a kind; null: none does. */
function ofKind(cells: readonly string[]): Pick<ParsedMessage, 'files'> | null {
  for (const cell of cells) {
    const kind = cell.length > 0 && cell.length < 20 ? kindNamed(cell.replace(/^\[|\]$/g, '')) : null
    if (kind !== null) return { files: [notHere(kind, cell.replace(/^\[|\]$/g, ''))] }
  }
  return null
}
/**
 * Creates messages from rows. `rest`: further cells belong to the text, joined by this string. `padded`: cells have blanks at their ends. `contact`: the
 * sender's column has the other side of each message. `kakao`: words alone stand for files, as in KakaoTalk's tables.
 */
function builder(
  file: TextFile,
  columns: ImportColumns,
  { rest, padded, contact, kakao }: { rest: string | null; padded: boolean; contact: boolean; kakao: boolean }
): (row: Row, sink: Sink, resolve: (stamp: Stamp, after: number) => number | null) => void {
  const heads = new Map<string, ConversationHead>()
  const last = new Map<string, number>()
  const cell = (cells: readonly string[], column: keyof ImportColumns): string => {
    const index = columns[column]
    return index === null ? '' : (cells[index] ?? '')
  }
  return ({ cells, line }, sink, resolve) => {
    if (cells.length <= Math.max(columns.text ?? 0, columns.time ?? 0) || cells.some((one) => one.length > LONGEST_CELL)) {
      sink.unread('row', `${line}: ${beginning(cells.join(' '))}`)
      return
    }
    if (isNotice(cell(cells, 'direction'))) {
      sink.notice()
      return
    }
    const name = cell(cells, 'conversation').trim() || (contact ? cell(cells, 'sender').trim() : '') || file.name
    let head = heads.get(name)
    if (head === undefined) heads.set(name, (head = { name, id: null }))
    sink.conversation(head)
    const written = stampOf(cells, columns)
    const stamp = readStamp(written)
    // an 'unknown' time in the file: these messages come first
    const time = written === 'unknown' ? 0 : stamp === null ? null : resolve(stamp, last.get(name) ?? -Infinity)
    if (time !== null && time > 0) last.set(name, time)
    const beyond = rest !== null && cells.slice((columns.text ?? 0) + 1).some((one) => one.trim() !== '')
    const said = beyond ? cells.slice(columns.text ?? 0).join(rest) : cell(cells, 'text')
    const unpadded = padded ? said.replace(/^ | $/g, '') : said
    const text = MARKUP.test(unpadded) ? plainText(unpadded) : unpadded
    const outgoing = isOwn(cell(cells, 'direction'))
    const sender = contact && outgoing === true ? '' : cell(cells, 'sender').trim()
    const message: ParsedMessage = { sender: sender || (outgoing === true ? 'Me' : '?'), time, text }
    if (time === null) message.stamp = beginning(written)
    if (outgoing !== undefined && columns.direction !== null) message.outgoing = outgoing
    else if (isOwnName(sender)) message.outgoing = true
    const files = list(cell(cells, 'files'))
    if (files.length > 0) message.files = files.map((path) => fileOf(file, path))
    else if (text === '') Object.assign(message, ofKind(cells))
    else Object.assign(message, dingTalkCell(text, file) ?? leftOutOf(text, file) ?? (kakao ? bareOf(text, file) : null))
    sink.message(message)
  }
}
