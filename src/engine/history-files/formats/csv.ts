/**
 * Streaming CSV parser (RFC 4180) for files of any program: escaped quotes, line breaks in cells, and unclosed quotes, which do not swallow the rest of the
 * file.
 */
import type { TextFile } from '../source.ts'
import { lines, type Line } from '../source.ts'
import { readStamp } from './stamps.ts'

export interface CsvDialect {
  separator: string
  /** Opening and closing quote of a cell with special characters; null: no quoting. */
  quotes: readonly [string, string] | null
  /** Escape of a quote within quotes: another quote, or a backslash. */
  escape: '"' | '\\'
}
export const PLAIN_CSV: CsvDialect = { separator: ',', quotes: ['"', '"'], escape: '"' }

export interface CsvRow {
  cells: string[]
  /** First line of the row, from 1. */
  line: number
}

/** Longest quoted cell, UTF-16 units; a longer one is emitted in pieces, or was never closed. */
const MOST_UNITS = 8_000_000

/** Incomplete row. */
interface Open {
  cells: string[]
  /** Open cell, and its start in the line. */
  cell: string
  began: number
}

/** Continues or starts a row; it is complete if nothing is open. */
function scan(text: string, { separator, quotes, escape }: CsvDialect, before: Open | null): { cells: string[]; open: Open | null } {
  const cells = before?.cells ?? []
  let at = 0
  let cell = before === null ? null : `${before.cell}\n`
  let began = before?.began ?? 0
  for (;;) {
    if (cell === null) {
      began = at
      let first = at
      while (text[first] === ' ' && separator !== ' ') first++
      if (quotes !== null && text[first] === quotes[0]) {
        cell = ''
        at = first + 1
      } else {
        const next = text.indexOf(separator, at)
        cells.push(text.slice(at, next < 0 ? text.length : next))
        if (next < 0) return { cells, open: null }
        at = next + separator.length
        continue
      }
    }
    // within quotes
    const close = quotes?.[1] ?? '"'
    const end = text.indexOf(close, at)
    const slash = escape === '\\' ? text.indexOf('\\', at) : -1
    if (slash >= 0 && (end < 0 || slash < end) && slash + 1 < text.length) {
      cell += text.slice(at, slash) + (text[slash + 1] === close || text[slash + 1] === '\\' ? text[slash + 1] : text.slice(slash, slash + 2))
      at = slash + 2
      continue
    }
    if (end < 0) return { cells, open: { cells, cell: cell + text.slice(at), began } }
    cell += text.slice(at, end)
    at = end + 1
    if (escape === '"' && text[at] === close) {
      cell += close
      at++
      continue
    }
    let after = at
    while (text[after] === ' ') after++
    if (after >= text.length) return { cells: [...cells, cell], open: null }
    if (text.startsWith(separator, after)) {
      cells.push(cell)
      cell = null
      at = after + separator.length
      continue
    }
    // a quote in the middle of a cell is an ordinary character
    cell += close
  }
}

/** Cells of a separate line: an unclosed quote is an ordinary character. */
function alone(text: string, dialect: CsvDialect): string[] {
  const { cells, open } = scan(text, dialect, null)
  if (open === null) return cells
  const { cells: rest } = scan(text.slice(open.began), { ...dialect, quotes: null }, null)
  return [...cells, ...rest]
}

/** Converts lines to rows. An unclosed quote ends where the next line looks like the rows before it. */
export class CsvReader {
  readonly #dialect: CsvDialect
  #open: Open | null = null
  #waiting: Line[] = []
  #units = 0
  /** Cells before the open one in its row, if a piece of it was emitted already. */
  #before: string[] | null = null
  /** Previous row: number of cells, and index of the time. */
  #width = 0
  #time = -1

  constructor(dialect: CsvDialect) {
    this.#dialect = dialect
  }
  line(line: Line): CsvRow[] {
    const { text } = line
    if (this.#open === null && text === '') return []
    if (this.#open !== null && this.#isRow(alone(text, this.#dialect))) return [...this.#giveUp(), ...this.line(line)]
    if (this.#open !== null && this.#units + text.length > MOST_UNITS) return [...this.#giveMuch(this.#open), ...this.line(line)]
    const { cells, open } = scan(text, this.#dialect, this.#open)
    this.#open = open
    if (open !== null) {
      this.#waiting.push(line)
      this.#units += text.length
      return []
    }
    const number = this.#waiting[0]?.number ?? line.number
    this.#clear()
    return [this.#row(cells, number)]
  }
  end(): CsvRow[] {
    return this.#open === null ? [] : this.#giveUp()
  }

  #row(cells: string[], line: number): CsvRow {
    this.#width = cells.length
    this.#time = cells.findIndex((cell) => cell.length > 7 && cell.length < 40 && readStamp(cell) !== null)
    return { cells, line }
  }
  #isRow(cells: readonly string[]): boolean {
    return this.#width > 1 && this.#time >= 0 && cells.length === this.#width && readStamp(cells[this.#time] ?? '') !== null
  }
  #clear(): void {
    this.#open = null
    this.#waiting = []
    this.#units = 0
    this.#before = null
  }
  /** Treats the quote as an ordinary character: each line is a separate row if it looks like one, and otherwise continues the cell before it. */
  #giveUp(): CsvRow[] {
    const [first, ...others] = this.#waiting
    const before = this.#before
    this.#clear()
    if (first === undefined) return []
    const rows = [this.#row(before === null ? alone(first.text, this.#dialect) : [...before, first.text], first.number)]
    for (const { text, number } of others) {
      const cells = alone(text, this.#dialect)
      const last = rows.at(-1)
      // no cell opened on a later line was closed: that would have closed the first
      if (this.#width < 2 || this.#isRow(cells) || (this.#time < 0 && cells.length === this.#width)) rows.push(this.#row(cells, number))
      else if (last !== undefined) last.cells.push(`${last.cells.pop() ?? ''}\n${text}`)
    }
    return rows
  }
  /** Emits the collected part of a long cell in which no line looks like a row, and continues it. */
  #giveMuch(open: Open): CsvRow[] {
    const rows = this.#giveUp()
    const [row] = rows
    if (row === undefined || rows.length > 1) return rows
    this.#open = { ...open, cells: [...open.cells], cell: '' }
    this.#before = open.cells
    return [{ cells: [...open.cells, open.cell], line: row.line }]
  }
}

export async function* csvRows(file: TextFile, dialect: CsvDialect): AsyncIterable<CsvRow> {
  const reader = new CsvReader(dialect)
  for await (const line of lines(file)) yield* reader.line(line)
  yield* reader.end()
}

/** Rows of a text. */
export function csvIn(text: string, dialect: CsvDialect): string[][] {
  const reader = new CsvReader(dialect)
  const rows = text.split(/\r\n?|\n/).flatMap((line, index) => reader.line({ text: line, number: index + 1 }))
  return [...rows, ...reader.end()].map(({ cells }) => cells)
}
