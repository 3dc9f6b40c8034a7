import { expect, test } from 'vitest'
import { generateHistory, unreadFrom } from './history.ts'

const HOUR = 3_600_000

test.each(Array.from({ length: 24 }, (_, hour) => hour))('opened at %i o\'clock for the first time, some of it is unread and most is not', (hour) => {
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
