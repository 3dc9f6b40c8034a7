import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ArchiveIds, CROSSING_MS, settledIn } from './archive-order.ts'

const page = (...times: number[]) => times.map((time) => ({ archiveId: `s${time}`, time }))

test('a page is settled up to messages old enough relative to its newest one', () => {
  expect(settledIn(page(1, 2, 3, CROSSING_MS + 2, CROSSING_MS + 3))).toBe('s3')
  expect(settledIn(page(1, 2, 3))).toBeNull()
  expect(settledIn([])).toBeNull()
  // stamps of a clock that went back do not settle later messages
  expect(settledIn(page(1, 90_000, 2, 3, 80_000))).toBe('s1')
  expect(settledIn([{ archiveId: 's0', time: 0 }, { archiveId: '', time: 1 }, ...page(90_000)])).toBe('s0')
})

test('with rising ids a late message is recognized by its id, whatever its kind', () => {
  for (const first of [9n, 1_795_713_757_334_729n]) {
    const id = (n: number): string => (first + BigInt(n)).toString(first === 9n ? 10 : 32)
    const ids = new ArchiveIds()
    ids.learn([0, 1, 2, 4, 5, 6, 7, 8].map(id))
    expect([9, 3, 10, 8].map((n) => ids.came(id(n)))).toEqual([false, true, false, true])
  }
})

test('ids that do not count, or are few, say nothing', () => {
  const ids = new ArchiveIds()
  ids.learn(['b', 'a', ...Array.from({ length: 50 }, () => randomUUID())])
  expect(Array.from({ length: 50 }, () => ids.came(randomUUID())).some(Boolean)).toBe(false)
  const few = new ArchiveIds()
  few.learn(['1', '2', '5'])
  expect(few.came('3')).toBe(false)
})

test('whatever ids an archive has, a message in their order never counts as late', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.bigInt({ min: 0n, max: 10n ** 20n }), { minLength: 9, maxLength: 40 }), fc.nat(), (numbers, cut) => {
      const sorted = numbers.sort((a, b) => (a < b ? -1 : 1)).map(String)
      const at = 8 + (cut % (sorted.length - 8))
      const ids = new ArchiveIds()
      ids.learn(sorted.slice(0, at))
      expect(sorted.slice(at).some((id) => ids.came(id))).toBe(false)
    })
  )
})
