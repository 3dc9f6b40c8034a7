import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { inTurn } from './dns.ts'
import { race } from './race.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

interface Way {
  /** Time until it opens, or fails, ms. */
  ms: number
  opens: boolean
}

/** Runs a race to its end; returns the start times, the failures and the open connections. */
async function run(ways: Way[], pause = 250) {
  const began: number[] = []
  const failed: number[] = []
  const settled = new Set<number>()
  const start = Date.now()
  const open = new Set<number>()
  const result = race<Way & { at: number }, number>(
    ways.map((way, at) => ({ ...way, at })),
    {
      open: ({ ms, opens, at }, signal) => {
        began.push(Date.now() - start)
        open.add(at)
        return new Promise((resolve, reject) => {
          const timer = setTimeout(() => {
            settled.add(at)
            if (!opens) open.delete(at)
            if (opens) resolve(at)
            else reject(new Error(`way ${at}`))
          }, ms)
          signal.addEventListener('abort', () => {
            clearTimeout(timer)
            if (!settled.has(at)) open.delete(at)
            reject(new Error('ended'))
          })
        })
      },
      pause: () => pause,
      drop: (at) => open.delete(at),
      onFailed: ({ at }) => failed.push(at)
    }
  ).then(
    ({ way, socket }) => ({ won: way.at, socket, after: Date.now() - start }),
    (error: unknown) => ({ error: String(error), after: Date.now() - start })
  )
  await vi.runAllTimersAsync()
  return { result: await result, began, failed, open: [...open] }
}

test('a way that fails is followed at once, a silent one after the pause', async () => {
  const { result, began } = await run([
    { ms: 10, opens: false },
    { ms: 60_000, opens: true },
    { ms: 30, opens: true }
  ])
  expect(began).toEqual([0, 10, 260])
  expect(result).toEqual({ won: 2, socket: 2, after: 290 })
})

test('if all ways fail, the first error is reported', async () => {
  const { result, failed } = await run([
    { ms: 400, opens: false },
    { ms: 10, opens: false }
  ])
  expect(result).toEqual({ error: 'Error: way 1', after: 400 })
  expect(failed).toEqual([1, 0])
})

test('the first connection to open wins, all others are closed, and it takes no longer than that and the pauses before it', async () => {
  const way = fc.record({ ms: fc.nat(2000), opens: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(way, { minLength: 1, maxLength: 6 }), async (ways) => {
      const { result, began, open } = await run(ways)
      if ('error' in result) {
        expect(ways.every(({ opens }) => !opens)).toBe(true)
        expect(open).toEqual([])
        expect(began).toHaveLength(ways.length)
        return
      }
      expect(ways[result.won]?.opens).toBe(true)
      const best = Math.min(...ways.map(({ ms, opens }, i) => (opens ? ms + 250 * i : Infinity)))
      // a timer of the fake clock takes at least one ms
      expect(result.after).toBeLessThanOrEqual(best + 1)
      for (const [i, at] of began.entries()) expect(at).toBeLessThanOrEqual(250 * i)
      expect(open).toEqual([result.won])
    })
  )
})

test('an abort ends all ways', async () => {
  const ends = new AbortController()
  let ended = 0
  const racing = race([1, 2], {
    open: (_, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => (ended++, reject(new Error('ended'))))),
    pause: () => 10,
    drop: () => undefined,
    signal: ends.signal
  })
  const outcome = expect(racing).rejects.toThrow('aborted')
  await vi.advanceTimersByTimeAsync(20)
  ends.abort()
  await outcome
  expect(ended).toBe(2)
})

test('address families alternate, starting with the first one', () => {
  const of = (...addresses: string[]): string[] => inTurn(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })))
  expect(of('::1', '::2', '::3', '1.1.1.1')).toEqual(['::1', '1.1.1.1', '::2', '::3'])
  expect(of('1.1.1.1', '::1', '::2', '::3')).toEqual(['1.1.1.1', '::1', '::2', '::3'])
  expect(of()).toEqual([])
})
