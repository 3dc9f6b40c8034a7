/**
 * Message keys: position in history as milliseconds since the epoch times 1024, plus a number that keeps messages of one millisecond distinct and in archive
 * order. A key is positive, and a safe integer until the year 2248.
 */
import type { MessageId } from '../../contract/domain.ts'

const PER_MS = 1024
/** Latest time, a year before keys stop being safe integers: leaves space for more messages than anybody has behind the last millisecond. */
export const LATEST_TIME = Math.floor(Number.MAX_SAFE_INTEGER / PER_MS) - 366 * 86_400_000

/** Largest key, a million below the largest safe integer. */
const LAST_KEY = Number.MAX_SAFE_INTEGER - 2 ** 20

/** Smallest key for a first message: a billion keys are left below it for older history. */
const FIRST_KEY = 2 ** 30

/** First key of a millisecond. Times outside 1970..2248 are moved to the nearest end. */
export function firstKeyAt(time: number): number {
  const safe = Number.isFinite(time) ? Math.trunc(time) : 0
  return Math.min(Math.max(safe, 0), LATEST_TIME) * PER_MS + 1
}

/** Time (ms) of a key. */
export const timeOf = (key: number): number => Math.floor(key / PER_MS)

/**
 * Key for a message of `time` (ms) that stands after the message `after` (0: none). `runEnd(key)` gives the last key of the unbroken run of used keys that
 * starts at `key`, or null if `key` is free.
 */
export function nextKey(time: number, after: number, runEnd: (key: number) => number | null): MessageId {
  // a key at the very end, which an older version gave to stamps of a far year, has no successor: ignore it
  const least = after >= 1 && after <= LAST_KEY ? Math.floor(after) + 1 : FIRST_KEY
  let key = Math.max(firstKeyAt(time), least)
  for (let end = runEnd(key); end !== null; end = runEnd(key)) {
    if (end >= Number.MAX_SAFE_INTEGER) throw new RangeError('no message key is left after the last message')
    key = end + 1
  }
  return key as MessageId
}

/**
 * Key for a message of `time` (ms) that stands before the message `before` (Infinity: none). `runStart(key)` gives the first key of the unbroken run of used
 * keys that ends at `key`, or null if `key` is free. Null: no key is left.
 */
export function previousKey(time: number, before: number, runStart: (key: number) => number | null): MessageId | null {
  // an invalid key has nothing below it
  const below = Number.isNaN(before) ? Infinity : before
  let key = Math.min(Math.max(firstKeyAt(time), FIRST_KEY) + PER_MS - 2, Math.ceil(below) - 1)
  for (let start = key < 1 ? null : runStart(key); start !== null && key >= 1; start = runStart(key)) key = start - 1
  return key < 1 ? null : (key as MessageId)
}
