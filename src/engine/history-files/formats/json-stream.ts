/** JSON of any size as a stream: values at some paths, one after the other, without the whole in memory. */
import { JSONParser, type ParsedElementInfo } from '@streamparser/json'
import { ImportError } from '../history.ts'
import type { TextFile } from '../source.ts'
import { parseTime } from './times.ts'

/** `path`: keys and indices that lead to it. */
export type OnValue = (value: unknown, path: readonly (string | number)[]) => void

/** `paths`: as '$.messages.*'. Calls `rest` between pieces. Throws ImportError with the line that is not JSON. */
export async function readJson(file: TextFile, paths: readonly string[], onValue: OnValue, rest: () => Promise<void> = () => Promise.resolve()): Promise<void> {
  let line = 1
  let offset = 0
  const parser = new JSONParser({ paths: [...paths], keepStack: false })
  let failed: Error | null = null
  parser.onError = (error) => void (failed ??= error)
  parser.onValue = ({ key, stack, value }: ParsedElementInfo) => {
    const path = stack.slice(1).map(({ key: step }) => step ?? '')
    if (key !== undefined) path.push(key)
    onValue(value, path)
  }
  for await (const bytes of utf8Of(file)) {
    try {
      parser.write(bytes)
    } catch (error) {
      failed ??= error instanceof Error ? error : new Error(String(error))
    }
    if (failed !== null) {
      const message = (failed as Error).message
      const at = Number(/position "?(\d+)/.exec(message)?.[1] ?? NaN)
      const within = Number.isNaN(at) ? bytes : bytes.subarray(0, Math.max(0, at - offset))
      throw new ImportError(file.file, line + newlines(within), `this is not JSON (${message.split('\n')[0] ?? ''})`, 'broken')
    }
    line += newlines(bytes)
    offset += bytes.length
    await rest()
  }
  if (!parser.isEnded) throw new ImportError(file.file, line, 'this is not JSON (it ends early)', 'broken')
}

/** The text as UTF-8; bytes that are so already go through as they are. */
async function* utf8Of(file: TextFile): AsyncIterable<Buffer> {
  if (file.encoding.name !== 'utf-8') {
    for await (const piece of file.pieces()) yield Buffer.from(piece)
    return
  }
  let first = true
  for await (const bytes of file.bytes()) {
    if (bytes.length === 0) continue
    // a mark of byte order is never cut by the first piece of a file, which is longer
    yield first && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
    first = false
  }
}

function newlines(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++
  return count
}

export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
/** A text, or what a number says; null for all else and for nothing. */
export const textOf = (value: unknown): string | null =>
  typeof value === 'string' ? (value === '' ? null : value) : typeof value === 'number' || typeof value === 'bigint' ? String(value) : null
export const numberOf = (value: unknown): number | null => {
  const number = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN
  return Number.isFinite(number) ? number : null
}
export const recordsOf = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isRecord) : [])
/** ms of seconds, ms, µs or ns since 1970, or of a written time; null where it is none. */
export function instantOf(value: unknown): number | null {
  if (typeof value === 'number' && value > 1e12 && value < 1e14) return Math.floor(value)
  const time = parseTime(textOf(value) ?? '')
  return time === null || time <= 0 ? null : time
}
/** The first of these that says something. */
export const firstText = (...values: unknown[]): string | null => {
  for (const value of values) {
    const text = textOf(value)?.trim()
    if (text !== undefined && text !== '') return text
  }
  return null
}
/** The value at some keys within each other. */
export function at(value: unknown, ...keys: string[]): unknown {
  let inner = value
  for (const key of keys) inner = isRecord(inner) ? inner[key] : undefined
  return inner
}
