import { expect, test } from 'vitest'
import { generateHistory, unreadFrom } from './history.ts'

const HOUR = 3_600_000

test.each(Array.from({ length: 24 }, (_, hour) => hour))("opened at %i o'clock for the first time, some of it is unread and most is not", (hour) => {
  const now = Date.UTC(2026, 10, 22) + (hour + 0.3) * HOUR
  const history = generateHistory(20_000, now)
  const unread = unreadFrom(history)
  expect(unread.size).toBe(3)
  for (const [conversation, from] of unread) {
    const last = history.findLast((message) => message.conversation === conversation)
    expect(last?.outgoing).toBe(false)
    expect(last?.time).toBeGreaterThan(from)
  }
  expect(history.at(-1)?.time).toBeLessThan(now)
})

test('the list of conversations has the same order at every hour', () => {
  const order = (now: number): string[] => {
    const last = new Map(generateHistory(20_000, now).map(({ conversation, time }) => [conversation, time]))
    return [...last].sort((a, b) => b[1] - a[1]).map(([conversation]) => conversation)
  }
  const midnight = Date.UTC(2026, 10, 22)
  const noon = order(midnight + 12 * HOUR)
  for (const hour of [0.02, 1, 7, 11.3, 18, 23.98]) expect(order(midnight + hour * HOUR)).toEqual(noon)
})

test('each message has ids of its own, as live ones have: it can be answered and reacted to', () => {
  const history = generateHistory(20_000, Date.UTC(2026, 10, 22))
  for (const which of ['stanzaId', 'originId'] as const) {
    const ids = history.map((message) => message[which])
    expect(new Set(ids).size).toBe(20_000)
    expect(ids[0]).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}$/)
  }
})
