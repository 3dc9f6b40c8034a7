/** Streaming JSON of any size: values at given paths, one after the other, without the whole in memory. */
import { JSONParser, type ParsedElementInfo } from '@streamparser/json'
import { beginning, ImportError } from '../history.ts'
import { lines, type TextFile } from '../source.ts'
import { JsonRepair, repairedText, TOO_LONG, type Repaired } from './json-repair.ts'
import { parseTime } from './times.ts'

/** `path`: keys and indices that lead to it; `root`: number of the top-level value, from 0. */
export type OnValue = (value: unknown, path: readonly (string | number)[], root: number) => void
/** Called where a file stops being JSON; values before were read. `kind`: the end is missing ('cut'), or the content is invalid ('broken'). */
export type OnBroken = (kind: 'cut' | 'broken', line: string) => void

export interface JsonPass {
  rest?: () => Promise<void>
  /** Absent: invalid content throws ImportError. */
  onBroken?: OnBroken
  /** Reads all top-level values; otherwise content after the first is reported as broken. */
  all?: boolean
}

/**
 * `paths`: such as '$.messages.*', '$' for the whole. Calls `rest` between pieces. Nearly valid JSON is repaired. Throws ImportError with the line that is no
 * JSON.
 */
export async function readJson(
  file: Pick<TextFile, 'file' | 'bytes' | 'pieces' | 'encoding'>,
  paths: readonly string[],
  onValue: OnValue,
  { rest, onBroken, all = false }: JsonPass = {}
): Promise<void> {
  const repair = new JsonRepair()
  let line = 1
  let root = 0
  let failed: Error | null = null
  const parserOf = (number: number): JSONParser => {
    const made = new JSONParser({ paths: [...paths], keepStack: false })
    made.onError = (error) => void (failed ??= error)
    made.onValue = ({ key, stack, value }: ParsedElementInfo) => {
      const path = stack.slice(1).map(({ key: step }) => step ?? '')
      if (key !== undefined) path.push(key)
      onValue(repair.tooLong === 0 ? value : withoutTooLong(value), path, number)
    }
    return made
  }
  const tell = (kind: 'cut' | 'broken', what: string, where: number): void => {
    if (onBroken === undefined) throw new ImportError(file.file, where, what, 'broken')
    onBroken(kind, `${where}: ${what}`)
  }
  let parser: JSONParser | null = null
  /** False: parsing cannot continue. */
  const take = (parts: readonly Repaired[]): boolean => {
    for (const part of parts) {
      if (part === 'end') {
        parser = null
        root++
        continue
      }
      // blanks between values, and strings that are prefixes
      if (parser === null) {
        const first = part.find((byte) => byte > 32)
        if (first !== 0x5b && first !== 0x7b) {
          if (first !== undefined) root--
          line += newlines(part)
          continue
        }
        if (root > 0 && !all) {
          tell('broken', 'after its end something else follows', line)
          return false
        }
        parser = parserOf(root)
      }
      try {
        parser.write(part)
      } catch (error) {
        failed ??= error instanceof Error ? error : new Error(String(error))
      }
      if (failed !== null) {
        tell('broken', `this is not JSON (${(failed as Error).message.split('\n')[0] ?? ''})`, line)
        return false
      }
      line += newlines(part)
    }
    return true
  }
  for await (const bytes of utf8Of(file)) {
    const before = repair.tooLong
    const parts = repair.write(bytes)
    if (repair.tooLong > before) {
      const what = 'a text in it is longer than any message'
      if (onBroken === undefined) throw new ImportError(file.file, line, what, 'too-large')
      onBroken('broken', `${line}: ${what}`)
    }
    if (!take(parts)) return
    await rest?.()
  }
  if (!take(repair.end())) return
  if (parser !== null) tell('cut', 'the file ends in the middle', line)
  else if (root === 0) tell('cut', 'there are no messages in it', line)
}

/** Value with overlong strings replaced by empty ones. */
function withoutTooLong(value: unknown): unknown {
  if (typeof value === 'string') return value.endsWith(TOO_LONG) ? '' : value
  if (Array.isArray(value)) return value.map(withoutTooLong)
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutTooLong(inner)])) : value
}

/** Complete elements of a broken or truncated list; `end`: where it breaks off, null: complete. */
export async function elementsIn(text: string): Promise<{ elements: unknown[]; end: string | null }> {
  const elements: unknown[] = []
  let end: string | null = null
  const bytes = async function* (): AsyncIterable<Buffer> {
    await Promise.resolve()
    yield Buffer.from(text)
  }
  const encoding = { name: 'utf-8' as const, sure: true, sample: '', damaged: 0 }
  const pieces = async function* (): AsyncIterable<string> {
    await Promise.resolve()
    yield text
  }
  const file = { file: '', bytes, pieces, encoding }
  await readJson(file, ['$.*'], (value) => void elements.push(value), { onBroken: (_, line) => void (end = line) })
  return { elements, end }
}

export interface LinePass {
  rest?: () => Promise<void>
  onBroken?: (line: string) => void
}
/** Values of JSON lines. Invalid lines are reported, and the rest is read. */
export async function eachLine(file: TextFile, onValue: OnValue, { rest, onBroken }: LinePass): Promise<void> {
  let root = 0
  for await (const { text, number } of lines(file)) {
    if (text.trim() === '') continue
    const values = valuesIn(text)
    if (values.length === 0 && !ONLY_SIGNS.test(text)) onBroken?.(`${number}: ${beginning(text)}`)
    for (const value of values) onValue(value, [number], root++)
    if (number % 2000 === 0) await rest?.()
  }
}
/** Line with only brackets of a list of one object per line, or a blank line. */
const ONLY_SIGNS = /^[\s[\](){},;\0\ufeff\u001e]*$/
/** Values in a line; empty: none. */
function valuesIn(text: string): unknown[] {
  try {
    return [JSON.parse(text)]
  } catch {
    try {
      return repairedText(text).map((value): unknown => JSON.parse(value))
    } catch {
      return []
    }
  }
}

/** Text as UTF-8; bytes in UTF-8 pass unchanged. */
async function* utf8Of(file: Pick<TextFile, 'bytes' | 'pieces' | 'encoding'>): AsyncIterable<Buffer> {
  if (file.encoding.name !== 'utf-8') {
    for await (const piece of file.pieces()) yield Buffer.from(piece)
    return
  }
  let first = true
  for await (const bytes of file.bytes()) {
    if (bytes.length === 0) continue
    // the first piece of a file is long enough to contain a whole byte order mark
    yield first && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
    first = false
  }
}

function newlines(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++
  return count
}

/** Beginning of a value as JSON; empty if it is nested too deeply. */
export function shown(value: unknown): string {
  try {
    return beginning(JSON.stringify(value) ?? '')
  } catch {
    return ''
  }
}

export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
/** Text, or a number as text; null for everything else and for an empty text. */
export const textOf = (value: unknown): string | null =>
  typeof value === 'string' ? (value === '' ? null : value) : typeof value === 'number' || typeof value === 'bigint' ? String(value) : null
export const numberOf = (value: unknown): number | null => {
  const number = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN
  return Number.isFinite(number) ? number : null
}
export const recordsOf = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isRecord) : [])
/** Time in ms from seconds, ms, µs or ns since 1970, or from a written time; null if invalid. */
export function instantOf(value: unknown): number | null {
  if (typeof value === 'number' && value > 1e12 && value < 1e14) return Math.floor(value)
  const time = parseTime(textOf(value) ?? '')
  return time === null || time <= 0 ? null : time
}
/** First non-empty text of these values. */
export const firstText = (...values: unknown[]): string | null => {
  for (const value of values) {
    const text = textOf(value)?.trim()
    if (text !== undefined && text !== '') return text
  }
  return null
}
/** Value at a path of keys. */
export function at(value: unknown, ...keys: string[]): unknown {
  let inner = value
  for (const key of keys) inner = isRecord(inner) ? inner[key] : undefined
  return inner
}
