import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seeded } from '../../../../test/support/files.ts'
import { bySrv, FAILURE_MS, hostAndPort, Hosts, type Host } from './hosts.ts'

const record = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  port: fc.integer({ min: 1, max: 65_535 }),
  priority: fc.integer({ min: 0, max: 3 }),
  weight: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 65_535 }))
})
const chance = fc.integer().map(seeded)
const host = (n: number): Host => ({ host: `n${n}`, port: 5222, address: `127.0.0.${n}` })

test('each record comes once, and none before one of a lower priority', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 12 }), chance, (records, random) => {
      const ordered = bySrv(records, random)
      expect(new Set(ordered)).toEqual(new Set(records))
      expect(ordered).toHaveLength(records.length)
      for (const [i, { priority }] of ordered.entries()) expect(priority).toBeGreaterThanOrEqual(ordered[i - 1]?.priority ?? 0)
    })
  )
})

test('clients are spread over the hosts as their weights say', () => {
  const random = seeded(1)
  const weights = [60, 30, 10]
  const records = weights.map((weight, i) => ({ name: `n${i}`, port: 5222, priority: 5, weight }))
  const first = [0, 0, 0]
  for (let i = 0; i < 10_000; i++) first[Number(bySrv(records, random)[0]?.name.slice(1))]!++
  for (const [i, weight] of weights.entries()) expect(Math.abs((first[i] ?? 0) / 100 - weight)).toBeLessThan(3)
})

test('a host of weight 0 has its turn where all have, and hardly one beside others', () => {
  const random = seeded(2)
  const firsts = (weights: number[]): Set<string> =>
    new Set(
      Array.from(
        { length: 500 },
        () =>
          bySrv(
            weights.map((weight, i) => ({ name: `n${i}`, port: 1, priority: 0, weight })),
            random
          )[0]?.name ?? ''
      )
    )
  expect(firsts([0, 100])).toEqual(new Set(['n0', 'n1']))
  expect(firsts([0, 0])).toContain('n0')
})

test('each host of a round is tried once, then all again, those that failed longest ago first', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 4 }), (count, rounds) => {
      const all = Array.from({ length: count }, (_, i) => host(i + 1))
      const hosts = new Hosts()
      let now = 0
      for (let round = 0; round < rounds; round++)
        for (let i = 0; i < count; i++) {
          const [next] = hosts.next(all, now)
          expect(next).toEqual(all[i])
          hosts.failed(next as Host, (now += 1000))
          expect(hosts.hasMore).toBe(i < count - 1)
        }
    })
  )
})

test('however servers fail, as many attempts as there are hosts follow each other at most', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.record({ at: fc.nat(5), ms: fc.nat(FAILURE_MS), opens: fc.boolean() }), { maxLength: 60 }),
      (count, events) => {
        const all = Array.from({ length: count }, (_, i) => host(i + 1))
        const hosts = new Hosts()
        let now = 0
        let inARow = 0
        for (const { at, ms, opens } of events) {
          const ways = hosts.next(all, (now += ms))
          expect(ways.length).toBeGreaterThan(0)
          const chosen = ways[at % ways.length] as Host
          // a stream that opens and ends before it has lasted is a failure like any other
          if (opens) hosts.prefer([chosen])
          hosts.failed(chosen, now)
          inARow = hosts.hasMore ? inARow + 1 : 0
          expect(inARow).toBeLessThan(count)
        }
      }
    )
  )
})

test('a failed host comes last, until the failure is forgotten, or a stream to it has lasted', () => {
  const [a, b] = [host(1), host(2)] as const
  const hosts = new Hosts()
  hosts.next([a, b], 0)
  hosts.failed(a, 0)
  hosts.lasted(b)
  expect(hosts.next([a, b], 1)).toEqual([b, a])
  expect(hosts.next([a, b], FAILURE_MS)).toEqual([a, b])
  hosts.failed(a, FAILURE_MS)
  hosts.lasted(a)
  expect(hosts.next([a, b], FAILURE_MS)).toEqual([a, b])
  hosts.failed(a, FAILURE_MS)
  hosts.forget()
  expect(hosts.next([a, b], FAILURE_MS)).toEqual([a, b])
})

test('the host that holds our session comes first, unless it fails; an address shared by two names is one host', () => {
  const [a, b] = [host(1), host(2)] as const
  const hosts = new Hosts()
  hosts.prefer([b])
  expect(hosts.next([a, b], 0)).toEqual([b, a])
  hosts.failed(b, 0)
  expect(hosts.next([a, b], 0)).toEqual([a])
  expect(new Hosts().next([a, { ...a, host: 'other' }], 0)).toHaveLength(1)
})

test.each([
  ['node2.example.org', { host: 'node2.example.org', port: 5222 }],
  ['node2.example.org:5269', { host: 'node2.example.org', port: 5269 }],
  ['[2001:db8::1]:5269', { host: '2001:db8::1', port: 5269 }],
  ['[2001:db8::1]', { host: '2001:db8::1', port: 5222 }],
  ['2001:db8::1', { host: '2001:db8::1', port: 5222 }],
  ['192.0.2.1:1', { host: '192.0.2.1', port: 1 }],
  ['', null],
  [':5222', null],
  ['a:0', null],
  ['a:65536', null],
  ['a b', null],
  ['user@host', null],
  ['https://host/', null],
  ['[host]', null]
])('%s names %j', (text, expected) => {
  expect(hostAndPort(text, 5222)).toEqual(expected)
})
