import { xml } from '@xmpp/client'
import { expect, test } from 'vitest'
import { delayStamp, learnTime } from './delay.ts'
import { NS } from './namespaces.ts'

const YEAR_MS = 365 * 86_400_000
const stamped = (stamp: string): number | null => delayStamp(xml('message', {}, xml('delay', { xmlns: NS.delay, stamp })))

test('a server whose clock is ahead is believed, one that lies by thousands of years is not', () => {
  const month = new Date(Date.now() + YEAR_MS / 12)
  expect(stamped(month.toISOString())).toBeLessThan(month.getTime())
  learnTime(month.getTime())
  expect(stamped(month.toISOString())).toBe(month.getTime())
  learnTime(Date.UTC(9999, 0, 1))
  expect(stamped('9998-01-01T00:00:00Z')).toBeLessThan(Date.now() + 2 * YEAR_MS)
})
