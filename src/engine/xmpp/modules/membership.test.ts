import { EventEmitter } from 'node:events'
import { expect, test, vi } from 'vitest'
import type { Jid } from '../../../contract/domain.ts'
import { JoinError } from './groups.ts'
import { Membership, type MembershipOptions } from './membership.ts'

const OWN = 'me@example.org' as Jid
const room = (n: number): Jid => `room${n}@rooms.example.org` as Jid

/** Groups by number: those in `dead` never answer, those in `missing` are refused by their server. */
function setUp(count: number, dead: number[], missing: number[]) {
  const joined = new Set<string>()
  const tried: string[] = []
  let [underway, most] = [0, 0]
  const groups = Object.assign(new EventEmitter(), {
    isJoined: (jid: Jid) => joined.has(jid),
    join: async (jid: Jid) => {
      tried.push(jid)
      most = Math.max(most, ++underway)
      if (dead.map(room).includes(jid)) await new Promise(() => undefined)
      await Promise.resolve()
      underway--
      if (missing.map(room).includes(jid)) throw new JoinError(jid, 'remote-server-not-found')
      joined.add(jid)
      return { name: '', nick: 'me' }
    }
  })
  const conversations = Array.from({ length: count }, (_, n) => ({ id: n + 1, jid: room(n), account: OWN, kind: 'group', nick: 'me', name: '', out: null }))
  const store = {
    read: {
      conversations: () => Promise.resolve(conversations),
      conversationByJid: (jid: Jid) => Promise.resolve(conversations.find((one) => one.jid === jid) ?? null)
    },
    write: { enterGroup: () => Promise.resolve({}) }
  }
  const nothing = (): undefined => undefined
  const options = {
    connection: { isReady: true },
    store,
    groups,
    inbox: { park: nothing, release: nothing },
    archives: Object.assign(new EventEmitter(), { read: () => Promise.resolve() }),
    personal: Object.assign(new EventEmitter(), { markAgain: () => undefined }),
    own: OWN,
    log: { info: nothing, warn: nothing },
    onEntered: nothing
  }
  return { membership: new Membership(options as unknown as MembershipOptions), options, joined, tried, most: () => most }
}

test('groups that never answer do not delay the others, and only a few are entered at once', async () => {
  const { membership, joined, most } = setUp(60, [0, 1, 2], [])
  void membership.enterAll()
  await expect.poll(() => joined.size).toBe(57)
  expect(most()).toBeGreaterThan(3)
  expect(most()).toBeLessThanOrEqual(8)
})

test('a group whose server is missing is tried again each time later, by itself', async () => {
  vi.useFakeTimers()
  try {
    const { membership, tried } = setUp(3, [], [1])
    await membership.enterAll()
    const triesAfter = async (ms: number): Promise<number> => {
      await vi.advanceTimersByTimeAsync(ms)
      return tried.filter((jid) => jid === room(1)).length
    }
    expect(await triesAfter(0)).toBe(1)
    expect(await triesAfter(30_000)).toBe(2)
    expect(await triesAfter(30_000)).toBe(2)
    expect(await triesAfter(30_000)).toBe(3)
    // within a day: every half hour at the end, not every 30 s
    expect(await triesAfter(86_400_000)).toBeLessThan(60)
    expect(tried.filter((jid) => jid !== room(1))).toHaveLength(2)
    membership.stop()
  } finally {
    vi.useRealTimers()
  }
})

test('once a full disk has space again, a group entered meanwhile is read, and its queued messages are sent', async () => {
  vi.useFakeTimers()
  try {
    const { membership, options } = setUp(2, [], [])
    let full = true
    const refuse = <T>(then: T): Promise<T> => (full ? Promise.reject(new Error('database or disk is full')) : Promise.resolve(then))
    const entered: Jid[] = []
    Object.assign(options, { onEntered: (group: Jid) => entered.push(group) })
    Object.assign(options.store.write, { enterGroup: () => refuse({}) })
    Object.assign(options.archives, { read: () => refuse(undefined) })
    const entering = membership.enterAll()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(entered).toEqual([])
    full = false
    await vi.advanceTimersByTimeAsync(60_000)
    await entering
    expect(entered.sort()).toEqual([room(0), room(1)])
    membership.stop()
  } finally {
    vi.useRealTimers()
  }
})
