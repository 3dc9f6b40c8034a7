import { expect, test } from 'vitest'
import { KeepAlive, LONGEST_MS, SHORTEST_MS } from './keep-alive.ts'
import { networkKey } from '../../net/network.ts'

test('the quiet time grows while it is survived, halves on a silent death, and stays in bounds', () => {
  const keepAlive = new KeepAlive({}, 'home')
  expect(keepAlive.interval).toBe(60_000)
  keepAlive.survived(30_000)
  expect(keepAlive.interval).toBe(60_000)
  keepAlive.survived(60_000)
  expect(keepAlive.interval).toBe(75_000)
  for (let i = 0; i < 50; i++) keepAlive.survived(LONGEST_MS)
  expect(keepAlive.interval).toBe(LONGEST_MS)
  keepAlive.died()
  expect(keepAlive.interval).toBe(LONGEST_MS / 2)
  for (let i = 0; i < 50; i++) keepAlive.died()
  expect(keepAlive.interval).toBe(SHORTEST_MS)
  keepAlive.network = 'elsewhere'
  expect(keepAlive.answer).toBeLessThanOrEqual(keepAlive.interval)
})

test('a server that is slow is waited for longer each time, up to a bound, and no longer once a stream has lived', () => {
  const keepAlive = new KeepAlive({}, 'home')
  const patience = (): number[] => [keepAlive.answer, keepAlive.owed, keepAlive.opening]
  const first = patience()
  // the server takes 50 s for each answer: eventually a stream waits long enough
  let deaths = 0
  while (keepAlive.owed < 50_000) {
    keepAlive.died()
    expect(++deaths).toBeLessThan(5)
  }
  keepAlive.lived(60_000)
  expect(keepAlive.owed).toBeGreaterThan(50_000)
  for (let i = 0; i < 50; i++) keepAlive.slow()
  for (const [i, ms] of patience().entries()) expect([i, ms <= 120_000, ms > (first[i] ?? 0)]).toEqual([i, true, true])
  keepAlive.lived(600_000)
  expect(patience()).toEqual(first)
})

test('each network has its own, and they are remembered', () => {
  const keepAlive = new KeepAlive({ train: 30_000 }, 'home')
  keepAlive.survived(60_000)
  keepAlive.network = 'train'
  expect(keepAlive.interval).toBe(30_000)
  keepAlive.died()
  expect(keepAlive.learnt).toEqual({ home: 75_000, train: SHORTEST_MS })
  expect(new KeepAlive(keepAlive.learnt, 'home').interval).toBe(75_000)
  expect(new KeepAlive({ broken: Number.NaN }, 'broken').interval).toBe(60_000)
  for (let i = 0; i < 100; i++) {
    keepAlive.network = `cafe ${i}`
    keepAlive.died()
  }
  expect(Object.keys(keepAlive.learnt)).toHaveLength(50)
})

test('a network is known by its addresses, whatever changes in them by itself', () => {
  const v4 = { address: '192.168.1.7', cidr: '192.168.1.7/24', family: 'IPv4' as const, internal: false, netmask: '', mac: '' }
  const v6 = (end: string) => ({ address: `2001:db8:1:2:${end}`, cidr: null, family: 'IPv6' as const, internal: false, netmask: '', mac: '', scopeid: 0 })
  const lo = { ...v4, address: '127.0.0.1', cidr: '127.0.0.1/8', internal: true }
  expect(networkKey({ lo: [lo] })).toBe('')
  expect(networkKey({ lo: [lo], wlan0: [v4, v6('a:b:c:d')] })).toBe(networkKey({ wlan0: [v6('1:2:3:4'), v4] }))
  expect(networkKey({ wlan0: [v4] })).not.toBe(networkKey({ wlan0: [{ ...v4, cidr: '10.0.0.2/8' }] }))
})
