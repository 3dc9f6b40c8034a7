import fc from 'fast-check'
import { expect, test } from 'vitest'
import { firstKeyAt, LATEST_TIME, nextKey, previousKey } from './order.ts'

const free = (): null => null
/** Sample time, ms. */
const AT = 1_700_000_000_000

test('keys rise with time and stay safe integers', () => {
  expect(nextKey(AT, 0, free)).toBeGreaterThan(nextKey(AT - 1, 0, free))
  for (const time of [NaN, -5, Infinity, LATEST_TIME * 4]) expect(Number.isSafeInteger(nextKey(time, 0, free))).toBe(true)
})

test('a key follows the previous one, whatever the clock says', () => {
  expect(nextKey(AT - 4000, firstKeyAt(AT), free)).toBe(firstKeyAt(AT) + 1)
  expect(previousKey(AT + 4000, firstKeyAt(AT), free)).toBe(firstKeyAt(AT) - 1)
})

test('before the first message of all, whatever its time, there is room for older history', () => {
  for (const time of [NaN, -5, 0, 1, AT]) {
    let before = nextKey(time, 0, free)
    for (let i = 0; i < 100; i++) {
      const key = previousKey(AT, before, free)!
      expect(key > 0 && key < before).toBe(true)
      before = key
    }
  }
})

test('a key at the very end is not followed: the next one has its own time', () => {
  for (const after of [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER + 2, Infinity]) expect(nextKey(AT, after, free)).toBe(firstKeyAt(AT))
  // thousands of messages in the last valid millisecond
  let last = 0
  for (let i = 0; i < 5000; i++) {
    const key = nextKey(Infinity, last, free)
    expect(key > last && Number.isSafeInteger(key)).toBe(true)
    last = key
  }
})

test('used keys are passed over', () => {
  const used = new Set([0, 1, 2, 3].map((i) => firstKeyAt(AT) + i))
  const runEnd = (key: number): number | null => {
    let end = key
    while (used.has(end)) end++
    return end === key ? null : end - 1
  }
  expect(nextKey(AT, 0, runEnd)).toBe(firstKeyAt(AT) + 4)
})

test('for any input a key is a positive safe integer, found at once', () => {
  const extremes = [
    NaN,
    Infinity,
    -Infinity,
    0,
    -0,
    -1,
    0.5,
    1e-300,
    1e300,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    2 ** 53 + 2,
    -(2 ** 60),
    LATEST_TIME,
    8.64e15,
    8.64e15 + 1
  ]
  const number = fc.oneof(fc.constantFrom(...extremes), fc.double(), fc.integer())
  fc.assert(
    fc.property(number, number, fc.array(number, { maxLength: 20 }), (time, place, taken) => {
      const used = new Set(taken.flatMap((at) => [firstKeyAt(at), firstKeyAt(at) + 1]))
      const run =
        (step: 1 | -1) =>
        (key: number): number | null => {
          let end = key
          while (used.has(end)) end += step
          return end === key ? null : end - step
        }
      const next = nextKey(time, place, run(1))
      const previous = previousKey(time, place, run(-1))
      for (const key of previous === null ? [next] : [next, previous]) expect(Number.isSafeInteger(key) && key > 0 && !used.has(key)).toBe(true)
      if (Number.isFinite(place) && place <= firstKeyAt(LATEST_TIME)) expect(next).toBeGreaterThan(place)
      if (previous !== null && !Number.isNaN(place)) expect(previous).toBeLessThan(place)
    })
  )
})

test('the end of all keys gives an error, and no endless search', () => {
  expect(() => nextKey(Infinity, 0, () => Number.MAX_SAFE_INTEGER)).toThrow(RangeError)
  expect(previousKey(0, 1, free)).toBeNull()
  expect(previousKey(0, Infinity, () => 1)).toBeNull()
})
