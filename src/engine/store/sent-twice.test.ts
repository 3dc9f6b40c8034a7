/** Messages that an archive has twice, because their author sent them again after a broken stream: their place is that of the first copy, on every device. */
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Jid } from '../../contract/domain.ts'
import { openStore, temporaryFolder } from '../../../test/support/files.ts'
import { incoming, inGroup, ME, storedMessages } from '../../../test/support/messages.ts'
import type { Store } from '../threads/store.ts'
import type { IncomingMessage } from './types.ts'

let serial = 0
let ROOM = '' as Jid
beforeEach(() => void newRoom())
const newRoom = (): Jid => (ROOM = `group${++serial}@rooms.example.org` as Jid)
const NOW = 1_700_000_000_000
let folder: ReturnType<typeof temporaryFolder>
let store: Store
beforeEach(async () => {
  folder = temporaryFolder()
  store = await openStore(folder.path)
})
afterEach(async () => {
  await store.close()
  folder[Symbol.dispose]()
})

/** Entry of the group's archive: author, text, and position. */
interface Entry {
  nick: string
  text: string
  at: number
}
/** `ahead`: how far this device's clock is ahead of the server's, which gives live messages their times. */
const message = ({ nick, text, at }: Entry, time: number): IncomingMessage =>
  incoming(text, { ...inGroup(nick, ROOM), time, stanzaId: `s${at}`, originId: text, messageId: text })
const all = async (): Promise<string[]> => (await storedMessages(store, ROOM, 1000)).map(({ text }) => text)

/** Reads the archive page by page, as a device does that has all up to `from`. */
async function catchUp(archive: readonly Entry[], from: number, page: number): Promise<void> {
  for (let at = from; at < archive.length; at += page) {
    const entries = archive.slice(at, at + page)
    await store.write.record({
      account: ME,
      messages: entries.map((one) => message(one, NOW + one.at * 1000)),
      archive: { jid: ROOM, ...(at === 0 ? {} : { after: `s${at - 1}` }), lastId: `s${entries.at(-1)!.at}` },
      order: 'forward'
    })
  }
}

const entries = (...said: [nick: string, text: string][]): Entry[] => said.map(([nick, text], at) => ({ nick, text, at }))
/** The order of first copies. */
const firsts = (archive: readonly Entry[]): string[] => [...new Set(archive.map(({ text }) => text))]

test.each([
  ['right', 0],
  ['an hour behind', -3_600_000],
  ['an hour ahead', 3_600_000]
])('second copies that came live, while the silent archive was not waited for, give way to the first ones; the clock is %s', async (_, ahead) => {
  const archive = entries(
    ['bob', 'known'],
    ['bob', 'missed 1'],
    ['me', 'mine 1'],
    ['me', 'mine 2'],
    ...Array.from({ length: 6 }, (_, i): [string, string] => ['bob', `his ${i}`]),
    ['me', 'mine 1'],
    ['bob', 'between'],
    ['me', 'mine 2'],
    ['bob', 'last']
  )
  for (const page of [500, 3, 1]) {
    newRoom()
    await store.write.ensureConversation({ account: ME, jid: ROOM, kind: 'group', name: '', nick: 'me' })
    await catchUp(archive.slice(0, 1), 0, page)
    const { id } = (await store.read.conversationByJid(ROOM))!
    for (const text of ['mine 1', 'mine 2'])
      await store.write.queueMessage({ conversation: id, text, originId: text, sender: `${ROOM}/me` as Jid, time: NOW + ahead })
    for (const one of archive.slice(4)) await store.write.record({ account: ME, messages: [message(one, NOW + ahead)], archive: { jid: ROOM }, order: 'live' })
    await catchUp(archive, 1, page)
    expect(await all(), `pages of ${page}`).toEqual(firsts(archive))
  }
})

test('whatever comes live and whatever is missed, in whatever pages: the order is that of the first copies', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ own: fc.boolean(), text: fc.integer({ min: 0, max: 11 }) }), { minLength: 2, maxLength: 30 }),
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom(-3_600_000, 0, 3_600_000),
      fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
      async (said, page, ahead, live) => {
        newRoom()
        await store.write.ensureConversation({ account: ME, jid: ROOM, kind: 'group', name: '', nick: 'me' })
        const archive = said.map(({ own, text }, at) => ({ nick: own ? 'me' : 'bob', text: `${own ? 'mine' : 'his'} ${text}`, at }))
        await catchUp(archive.slice(0, 1), 0, page)
        for (const [i, one] of archive.entries())
          if (i > 0 && live[i] === true) await store.write.record({ account: ME, messages: [message(one, NOW + ahead)], archive: { jid: ROOM }, order: 'live' })
        await catchUp(archive, 1, page)
        // a second reading changes nothing
        await catchUp(archive, 1, page)
        expect(await all()).toEqual(firsts(archive))
      }
    ),
    { numRuns: 40 }
  )
})
