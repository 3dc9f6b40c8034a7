/** Clocks that are hours off, on the server and on this computer, in both directions: nothing is lost, deleted or out of order. */
import { existsSync } from 'node:fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Devices, messages, online, SERVER, startServer, texts, until } from '../support/server.ts'

/** Library of Debian's package faketime (https://github.com/wolfcw/libfaketime). */
const LIBRARY = ['/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1', '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1'].find(existsSync)
const HOUR = 3_600_000
/** Starts a server whose clock is that many hours off. */
const off = (hours: number) =>
  startServer({ environment: { LD_PRELOAD: LIBRARY ?? '', FAKETIME: `${hours < 0 ? '' : '+'}${hours}h`, FAKETIME_DONT_FAKE_MONOTONIC: '1' } })

afterEach(() => void vi.restoreAllMocks())

describe.skipIf(LIBRARY === undefined || SERVER !== 'prosody')('clocks', () => {
  test.each([
    ['the server is 7 hours ahead, this computer 30 hours behind', 7, -30],
    ['the server is 7 hours behind, this computer two years ahead', -7, 2 * 365 * 24]
  ])('%s', async (_, serverHours, ownHours) => {
    const server = await off(serverHours)
    const devices = new Devices()
    try {
      const bob = await devices.signIn(server, 'bob')
      const real = Date.now.bind(Date)
      vi.spyOn(Date, 'now').mockImplementation(() => real() + ownHours * HOUR)
      let alice = await devices.signIn(server, 'alice')
      await alice.store.write.changeSettings({ keepDays: 30 })
      const toBob = (await alice.conversations.start('bob@localhost', 'direct', null)).id
      const toAlice = (await bob.conversations.start('alice@localhost', 'direct', null)).id
      const at = (text: string) => async (): Promise<boolean> => (await texts(alice, 'bob@localhost')).includes(text)
      await bob.messages.send(toAlice, 'one')
      await until(alice, at('one'))
      await alice.messages.send(toBob, 'two')
      await until(bob, async () => (await texts(bob, 'alice@localhost')).includes('two'))
      // deleted here; messages sent right after it stay, live and from the archive
      await alice.conversations.delete(toBob)
      await bob.messages.send(toAlice, 'three')
      await until(alice, at('three'))
      await alice.disconnect()
      await bob.messages.send(toAlice, 'four')
      const { id } = await bob.messages.send(toAlice, 'fiev')
      await bob.messages.change(id, 'correction', 'five')
      await until(
        bob,
        async () => (await messages(bob, 'alice@localhost')).every(({ state }) => state !== 'queued') && (await bob.store.read.queuedChanges()).length === 0
      )
      alice = await devices.again(alice)
      await alice.connect()
      await online(alice)
      await until(alice, at('five'))
      await alice.messages.send((await alice.store.read.conversationByJid('bob@localhost'))!.id, 'six')
      await until(alice, at('six'))
      expect(await texts(alice, 'bob@localhost')).toEqual(['three', 'four', 'five', 'six'])
      // no new message has expired, and none does
      alice.expire()
      expect(await alice.expiring(1)).toBe(0)
      expect(await texts(alice, 'bob@localhost')).toEqual(['three', 'four', 'five', 'six'])
      await until(bob, async () => (await texts(bob, 'alice@localhost')).includes('six'))
      expect(await texts(bob, 'alice@localhost')).toEqual(['one', 'two', 'three', 'four', 'five', 'six'])
    } finally {
      await devices.end()
      await server.stop()
    }
  })
})
