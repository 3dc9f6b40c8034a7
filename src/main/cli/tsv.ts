/** Tab-separated messages: sender, time, text. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { StoreOpenError } from '../store/database.ts'
import type { ImportRow } from '../store/writer.ts'

export interface TsvFile {
  rows: ImportRow[]
  /** Lines whose time nobody can read; they are kept, at the very beginning of history. */
  unreadableTimes: number
}

/** Throws StoreOpenError 'io' with the file and line where it cannot be read. */
export function readTsv(file: string): TsvFile {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes)
  } catch (error) {
    throw new StoreOpenError('io', `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  const rows: ImportRow[] = []
  let unreadableTimes = 0
  for (const [index, line] of bytes.toString('utf8').split(/\r?\n/).entries()) {
    if (line === '') continue
    const [sender = '', stamp = '', ...rest] = line.split('\t')
    if (rest.length === 0)
      throw new StoreOpenError('io', `${file}, line ${index + 1}: expected sender, time and text separated by tabs. Nothing was imported.`)
    const time = parseTime(stamp)
    if (time === null) unreadableTimes++
    rows.push({ sender: sender.trim() === '' ? '?' : sender, time: time ?? 0, text: rest.join('\t') })
  }
  return { rows, unreadableTimes }
}

/**
 * ms since the epoch (local time where no zone is given), 0 for 'unknown', null where it is no time. Reads
 * 2024.05.31 09:30[:15], the same with - or / , 5/31/2024 9:30:15 AM, ISO 8601 and milliseconds.
 */
export function parseTime(text: string): number | null {
  const trimmed = text.replace(/[\s\u00a0]+/g, ' ').trim()
  if (trimmed === 'unknown' || trimmed === '') return 0
  if (/^\d{10,14}$/.test(trimmed)) return Number(trimmed)
  if (/^\d{4}-\d\d-\d\dT/.test(trimmed)) {
    const time = Date.parse(trimmed)
    return Number.isNaN(time) ? null : time
  }
  const [, ...parts] = /^(\d{1,4})[./-](\d{1,2})[./-](\d{4}|\d{1,2}) ?(?:(\d{1,2}):(\d{2})(?::(\d{2}))?)? ?([AP]M)?\D?$/i.exec(trimmed) ?? []
  if (parts.length === 0) return null
  const [a = 0, b = 0, c = 0, hour = 0, minute = 0, second = 0] = parts.slice(0, 6).map((part) => Number(part ?? 0))
  const half = parts[6]?.toUpperCase()
  const [year, month, day] = c > 999 ? [c, a, b] : [a, b, c]
  const hour24 = half === 'PM' ? (hour % 12) + 12 : half === 'AM' ? hour % 12 : hour
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour24 > 23 || minute > 59 || second > 59) return null
  return new Date(year, month - 1, day, hour24, minute, second).getTime()
}
