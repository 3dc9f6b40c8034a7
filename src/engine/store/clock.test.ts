import { expect, test } from 'vitest'
import type { Jid } from '../../contract/domain.ts'
import { openStore, temporaryFolder } from '../../../test/support/files.ts'
import { TrustedClock } from './clock.ts'
import type { IncomingMessage } from './types.ts'
import { Upkeep } from '../threads/upkeep.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 25)
const ME = 'me@example.org' as Jid

/** Computer whose clock can be set, with a steady clock of its own. */
class Computer {
  wallNow = NOW
  steadyNow = 5000
  readonly clock = new TrustedClock({ wall: () => this.wallNow, steady: () => this.steadyNow })
  pass(ms: number): void {
    this.wallNow += ms
    this.steadyNow += ms
  }
}

test('while the time is unknown, nothing may be deleted', () => {
  const { clock } = new Computer()
  expect(clock.now).toBeNull()
  clock.begin(NaN)
  expect(clock.now).toBeNull()
})

test('a clock that jumps ahead is not followed; time that passes is', () => {
  const computer = new Computer()
  computer.clock.begin(NOW)
  computer.wallNow += 800 * DAY
  expect(computer.clock.now).toBe(NOW)
  computer.pass(3 * DAY)
  expect(computer.clock.now).toBe(NOW + 3 * DAY)
})

test('a clock that falls behind holds back, and is caught up with when it is right again', () => {
  const computer = new Computer()
  computer.clock.begin(NOW)
  computer.wallNow -= 5000 * DAY
  expect(computer.clock.now).toBe(NOW - 5000 * DAY)
  expect(computer.clock.known).toBe(NOW)
  computer.wallNow = NOW + DAY
  computer.steadyNow += DAY
  expect(computer.clock.now).toBe(NOW + DAY)
})

test('a server that agrees with this computer is believed; if they differ the earlier time counts', () => {
  const computer = new Computer()
  computer.clock.begin(NOW - 400 * DAY)
  computer.clock.say('a', NOW)
  expect(computer.clock.now).toBe(NOW)
  computer.clock.say('a', NOW + 900 * DAY)
  expect(computer.clock.now).toBe(NOW)
  computer.clock.say('b', NOW - 7 * 3_600_000)
  expect(computer.clock.now).toBe(NOW - 7 * 3_600_000)
  // an archive's stamp is a lower bound of the time
  const other = new Computer()
  other.clock.begin(NOW - 400 * DAY)
  other.clock.stamped(NOW - DAY)
  expect(other.clock.now).toBe(NOW - DAY)
  other.clock.stamped(NOW + 900 * DAY)
  expect(other.clock.now).toBe(NOW)
})

test('with a clock two years ahead nothing of the last days goes, in this run and the next; when the server says the time, what has expired goes', async () => {
  using folder = temporaryFolder()
  const store = await openStore(folder.path)
  const bob = 'bob@example.org' as Jid
  const said = (daysAgo: number): IncomingMessage => ({
    conversation: bob,
    kind: 'direct',
    sender: bob,
    outgoing: false,
    text: `${daysAgo} days`,
    time: NOW - daysAgo * DAY,
    stanzaId: `s${daysAgo}`,
    originId: null,
    replayed: false
  })
  await store.write.record({ account: ME, messages: [400, 100, 20, 1, 0].map(said), archive: null, order: 'forward' })
  await store.write.changeSettings({ keepDays: 90 })
  const { id } = (await store.read.conversationByJid(bob))!
  const left = async (): Promise<string[]> =>
    (await store.read.page({ conversation: id, anchor: { kind: 'newest' }, limit: 9 })).messages.map(({ text }) => text)
  const upkeepOf = (computer: Computer): Upkeep =>
    new Upkeep(store, folder.path, { warn: () => undefined }, { indexing: () => undefined, changes: () => undefined }, computer.clock)
  /** One run of the app, until expired messages are gone. */
  async function run(computer: Computer, expected: string[]): Promise<void> {
    const upkeep = upkeepOf(computer)
    upkeep.start()
    const hurry = setInterval(() => upkeep.expire(), 50)
    await expect.poll(left).toEqual(expected)
    clearInterval(hurry)
    upkeep.stop()
    await upkeep.stopped
    expect(await left()).toEqual(expected)
  }
  const ahead = new Computer()
  ahead.wallNow += 730 * DAY
  expect(await upkeepOf(ahead).expiring(90)).toBe(2)
  await run(ahead, ['20 days', '1 days', '0 days'])
  // an own message is stamped by the wrong clock; the app restarts with the clock still wrong
  await store.write.queueMessage({ conversation: id, text: 'mine', originId: 'o', sender: ME, time: ahead.wallNow })
  await store.write.transition({ account: ME, conversation: bob, originId: 'o', state: 'sent', error: null })
  const again = new Computer()
  again.wallNow += 730 * DAY
  expect(await upkeepOf(again).expiring(90)).toBe(0)
  const right = new Computer()
  right.pass(80 * DAY)
  right.clock.say(ME, right.wallNow)
  await run(right, ['1 days', '0 days', 'mine'])
  await store.close()
})
