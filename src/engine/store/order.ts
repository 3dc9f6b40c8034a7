/**
 * A message's key is its place in history: milliseconds since the epoch times 1024, plus a number that keeps those of
 * one millisecond apart and in their archive's order. It is positive, and a safe integer until the year 2248.
 */
import type { MessageId } from '../../contract/domain.ts'

const PER_MS = 1024
/** A year before keys would no longer be safe integers: more messages than anybody has fit behind the last millisecond. */
export const LATEST_TIME = Math.floor(Number.MAX_SAFE_INTEGER / PER_MS) - 366 * 86_400_000

/** A million keys before they would no longer be safe integers. */
const LAST_KEY = Number.MAX_SAFE_INTEGER - 2 ** 20

/** What nothing stands before begins here or later: a milliard keys are left below it for what is older still. */
const FIRST_KEY = 2 ** 30

/** The first key of a millisecond. Times outside 1970..2248 are moved to the nearest end. */
export function firstKeyAt(time: number): number {
  const safe = Number.isFinite(time) ? Math.trunc(time) : 0
  return Math.min(Math.max(safe, 0), LATEST_TIME) * PER_MS + 1
}

/** The time (ms) that a key begins with. */
export const timeOf = (key: number): number => Math.floor(key / PER_MS)

/**
 * The key for a message of `time` (ms) that stands after the message `after` (0: none). `runEnd(key)` gives the last key
 * of the unbroken run of used keys that starts at `key`, or null where `key` is free.
 */
export function nextKey(time: number, after: number, runEnd: (key: number) => number | null): MessageId {
  // no key comes after one at the very end, which an older version gave where a stranger named a year: it is not followed
  const least = after >= 1 && after <= LAST_KEY ? Math.floor(after) + 1 : FIRST_KEY
  let key = Math.max(firstKeyAt(time), least)
  for (let end = runEnd(key); end !== null; end = runEnd(key)) {
    if (end >= Number.MAX_SAFE_INTEGER) throw new RangeError('history has no room left behind its last message')
    key = end + 1
  }
  return key as MessageId
}

/**
 * The key for a message of `time` (ms) that stands before the message `before` (Infinity: none). `runStart(key)` gives
 * the first key of the unbroken run of used keys that ends at `key`, or null where `key` is free. Null: none is left.
 */
export function previousKey(time: number, before: number, runStart: (key: number) => number | null): MessageId | null {
  // nothing is below a key that no message can have
  const below = Number.isNaN(before) ? Infinity : before
  let key = Math.min(Math.max(firstKeyAt(time), FIRST_KEY) + PER_MS - 2, Math.ceil(below) - 1)
  for (let start = key < 1 ? null : runStart(key); start !== null && key >= 1; start = runStart(key)) key = start - 1
  return key < 1 ? null : (key as MessageId)
}
