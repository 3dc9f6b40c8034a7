import { xml } from '@xmpp/client'
import { afterEach, expect, test, vi } from 'vitest'
import { delayStamp, ServerTime } from './delay.ts'
import { NS } from './namespaces.ts'

const YEAR_MS = 365 * 86_400_000
afterEach(() => void vi.restoreAllMocks())
const stamped = (stamp: string, clock?: ServerTime): number | null => delayStamp(xml('message', {}, xml('delay', { xmlns: NS.delay, stamp })), clock)

test('a server whose clock is ahead is believed for its own account only, one that is off by thousands of years is not', () => {
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

test('the time is our server’s where this computer’s clock is wrong, and this computer’s where they agree or the server’s is impossible', () => {
  const HOUR_MS = 3_600_000
  const now = (ahead: number): number => {
    const clock = new ServerTime()
    clock.learn(Date.now() + ahead)
    return Math.round((clock.now - Date.now()) / 1000) * 1000
  }
  expect(new ServerTime().now - Date.now()).toBeLessThan(1000)
  for (const agreed of [0, 900, -59_000]) expect(now(agreed)).toBe(0)
  for (const wrong of [21 * HOUR_MS, 61_000, YEAR_MS / 2]) expect(now(wrong)).toBe(wrong)
  for (const impossible of [2 * YEAR_MS, Date.UTC(9999, 0, 1), Date.UTC(2020, 0, 1) - Date.now(), -Date.now()]) expect(now(impossible)).toBe(0)
  // this computer's clock is earlier than this code
  const real = Date.now()
  vi.spyOn(Date, 'now').mockReturnValue(0)
  const clock = new ServerTime()
  clock.learn(real)
  expect(clock.now).toBe(real)
  // this computer's clock is years ahead
  vi.spyOn(Date, 'now').mockReturnValue(real + 2 * YEAR_MS)
  clock.learn(real)
  expect(clock.now).toBe(real)
})
