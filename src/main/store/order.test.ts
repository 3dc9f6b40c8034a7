import { expect, test } from 'vitest'
import { firstKeyAt, LATEST_TIME, nextKey, previousKey } from './order.ts'

const free = (): null => null

test('keys rise with time and stay safe integers', () => {
  expect(nextKey(2000, 0, free)).toBeGreaterThan(nextKey(1999, 0, free))
  for (const time of [NaN, -5, Infinity, LATEST_TIME * 4]) expect(Number.isSafeInteger(nextKey(time, 0, free))).toBe(true)
})

test('a key stands after what came before it, whatever its clock says', () => {
  expect(nextKey(1000, firstKeyAt(5000), free)).toBe(firstKeyAt(5000) + 1)
  expect(previousKey(9000, firstKeyAt(5000), free)).toBe(firstKeyAt(5000) - 1)
})

test('used keys are passed over', () => {
  const used = new Set([0, 1, 2, 3].map((i) => firstKeyAt(1000) + i))
  const runEnd = (key: number): number | null => {
    let end = key
    while (used.has(end)) end++
    return end === key ? null : end - 1
  }
  expect(nextKey(1000, 0, runEnd)).toBe(firstKeyAt(1000) + 4)
})
