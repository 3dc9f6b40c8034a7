import { expect, test } from 'vitest'
import type { Jid, Notice } from '../../../contract/domain.ts'
import { NoticeLimit } from './notice-limit.ts'

const GROUP = 'room@rooms.example.org' as Jid
const MINUTE = 60_000

test('a flood is cut off, each minute lets one more in, a quiet hour restores the limit, and each group has its own', () => {
  const limit = new NoticeLimit()
  const taken = (count: number, now: number, kind: Notice['kind'] = 'joined', group = GROUP): number =>
    Array.from({ length: count }, () => limit.take(group, kind, now)).filter((one) => one).length
  expect(taken(1000, 0)).toBe(30)
  expect(taken(1000, MINUTE - 1)).toBe(0)
  expect(taken(1000, MINUTE)).toBe(1)
  expect(taken(1000, 3.5 * MINUTE, 'renamed')).toBe(2)
  // half a minute was left over
  expect(taken(1000, 4 * MINUTE, 'left')).toBe(1)
  expect(taken(10, 4 * MINUTE, 'kicked')).toBe(10)
  expect(taken(1000, 4 * MINUTE, 'joined', 'other@rooms.example.org' as Jid)).toBe(30)
  expect(taken(1000, 64 * MINUTE)).toBe(30)
})
