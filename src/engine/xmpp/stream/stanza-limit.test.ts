import { xml, type Element } from '@xmpp/client'
import { expect, test } from 'vitest'
import { ALWAYS, StanzaLimit, UNKNOWN } from './stanza-limit.ts'

const message = (id: string): Element => xml('message', { id, to: 'bob@localhost' })
const VIOLATION = { condition: 'policy-violation' }
const DAY = 86_400_000

test('an announced limit is trusted, except for sizes that every server accepts', () => {
  const limit = new StanzaLimit()
  expect(limit.most(0)).toBeNull()
  expect(limit.announce(262_144)).toBe(true)
  expect(limit.announce(262_144)).toBe(false)
  expect(limit.most(0)).toBe(262_144)
  for (const odd of [0, -1, 1.5, NaN, Infinity, 2 ** 60]) expect(limit.announce(odd)).toBe(false)
  limit.announce(1)
  expect(limit.most(0)).toBe(ALWAYS)
})

test('a stream that ends over a long stanza teaches the limit; only that stanza is given up', () => {
  const limit = new StanzaLimit()
  const [small, long, longer, after] = [message('a'), message('b'), message('c'), message('d')]
  limit.begin(small, 200)
  limit.begin(long, 250_000)
  limit.begin(longer, 300_000)
  limit.begin(after, 200)
  expect(limit.ended(VIOLATION, true, 1000)).toMatchObject({ stanza: longer, reason: 'too-large' })
  expect(limit.most(1000)).toBe(299_999)
  limit.done(small, true)
  expect(limit.ended(VIOLATION, true, 2000)).toMatchObject({ stanza: long, reason: 'too-large' })
  expect(limit.most(2000)).toBe(249_999)
  // the remaining stanza is no longer than every server must accept
  expect(limit.ended(VIOLATION, true, 3000)).toBeNull()
  // the limit is stored, and expires after a week
  const next = new StanzaLimit(limit.limit)
  expect(next.most(2000 + 6 * DAY)).toBe(249_999)
  expect(next.most(2000 + 8 * DAY)).toBeNull()
})

test('a stanza that gets through now and then is never given up, however often the network breaks', () => {
  const limit = new StanzaLimit()
  for (let attempt = 1; attempt <= 100; attempt++) {
    const stanza = message('same')
    limit.begin(stanza, 100)
    if (attempt % 9 === 0) limit.done(stanza, true)
    expect(limit.ended('silent', true, 0)).toBeNull()
  }
})

test('an acknowledged stanza is not blamed', () => {
  const limit = new StanzaLimit(UNKNOWN)
  const [first, second] = [message('a'), message('b')]
  limit.begin(first, 200_000)
  const mark = limit.begin(second, 20_000)
  limit.done(first, true)
  limit.answered(mark)
  expect(limit.ended(VIOLATION, true, 0)).toBeNull()
})

test('tries are counted for each: a stanza that ends its stream again and again is given up, whatever is before or after it', () => {
  const limit = new StanzaLimit()
  for (let attempt = 1; attempt <= 3; attempt++) {
    const [before, poison, after] = [message(`before-${attempt}`), message('poison'), message(`after-${attempt}`)]
    for (const stanza of [before, poison, after]) limit.begin(stanza, 100)
    limit.done(before, true)
    const given = limit.ended({ condition: 'not-well-formed' }, true, 0)
    if (attempt < 3) expect(given).toBeNull()
    else expect(given).toMatchObject({ stanza: poison, reason: 'ends-the-stream' })
    limit.done(poison, false)
    limit.done(after, false)
  }
  expect(limit.most(0)).toBeNull()
})

test('a network that breaks without a word blames a short one after ten times, a long one after five, and no limit is learnt from that', () => {
  const limit = new StanzaLimit()
  const [short, long] = [message('short'), message('long')]
  for (let attempt = 1; attempt <= 10; attempt++) {
    limit.begin(short, 9000)
    limit.begin(message(`after-${attempt}`), 100)
    const given = limit.ended('silent', false, 0)
    if (attempt < 10) expect(given).toBeNull()
    else expect(given).toMatchObject({ stanza: short, reason: 'ends-the-stream' })
  }
  for (let attempt = 1; attempt <= 5; attempt++) {
    limit.begin(long, 50_000)
    const given = limit.ended('silent', false, 0)
    if (attempt < 5) expect(given).toBeNull()
    else expect(given).toMatchObject({ stanza: long, reason: 'ends-the-stream' })
  }
  expect(limit.most(0)).toBeNull()
})

test.each(['system-shutdown', 'conflict', 'reset', 'connection-timeout'])('a stream that ends by %s is blamed on no stanza', (condition) => {
  const limit = new StanzaLimit()
  limit.begin(message('a'), 500_000)
  for (let i = 0; i < 10; i++) expect(limit.ended({ condition }, true, 0)).toBeNull()
})
