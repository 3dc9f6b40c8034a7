import { expect, test } from 'vitest'
import { mediaRows } from './media-rows.ts'

const MONTHS = [
  { month: '2026-09', count: 4 },
  { month: '2026-11', count: 3 }
]

test('each month has its name and rows of its own, the newest first', () => {
  expect(mediaRows(7, MONTHS, 'newest', 3)).toEqual([
    { kind: 'month', key: '2026-11', month: '2026-11', count: 3 },
    { kind: 'cells', key: 'c0', from: 0, to: 3 },
    { kind: 'month', key: '2026-09', month: '2026-09', count: 4 },
    { kind: 'cells', key: 'c3', from: 3, to: 6 },
    { kind: 'cells', key: 'c6', from: 6, to: 7 }
  ])
  expect(mediaRows(7, MONTHS, 'oldest', 4).map(({ key }) => key)).toEqual(['2026-09', 'c0', '2026-11', 'c4'])
})

test('month names are left out if the counts do not cover all hits, or the order is not by time', () => {
  expect(mediaRows(8, MONTHS, 'newest', 4).map(({ key }) => key)).toEqual(['c0', 'c4'])
  expect(mediaRows(7, MONTHS, 'best', 4).map(({ key }) => key)).toEqual(['c0', 'c4'])
  expect(mediaRows(0, [], 'newest', 4)).toEqual([])
})
