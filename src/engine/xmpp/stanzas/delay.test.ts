import { xml } from '@xmpp/client'
import { expect, test } from 'vitest'
import { delayStamp, ServerTime } from './delay.ts'
import { NS } from './namespaces.ts'

const YEAR_MS = 365 * 86_400_000
const stamped = (stamp: string, clock?: ServerTime): number | null => delayStamp(xml('message', {}, xml('delay', { xmlns: NS.delay, stamp })), clock)

test('a server whose clock is ahead is believed for its own account alone, one that lies by thousands of years is not', () => {
  const [ahead, other, liar] = [new ServerTime(), new ServerTime(), new ServerTime()]
  const month = new Date(Date.now() + YEAR_MS / 12)
  expect(stamped(month.toISOString(), ahead)).toBeLessThan(month.getTime())
  ahead.learn(month.getTime())
  expect(stamped(month.toISOString(), ahead)).toBe(month.getTime())
  expect(stamped(month.toISOString(), other)).toBeLessThan(month.getTime())
  expect(stamped(month.toISOString())).toBeLessThan(month.getTime())
  liar.learn(Date.UTC(9999, 0, 1))
  expect(stamped('9998-01-01T00:00:00Z', liar)).toBeLessThan(Date.now() + 2 * YEAR_MS)
})
