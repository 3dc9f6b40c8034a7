/** A group without an archive has one order all the same: that in which it tells. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Jid } from '../../contract/domain.ts'
import { openStore, temporaryFolder } from '../../../test/support/files.ts'
import type { Store } from '../threads/store.ts'
import type { IncomingMessage } from './types.ts'

const ROOM = 'forgetful@rooms.example.org' as Jid
const ME = 'me@example.org' as Jid
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

const tell = (nick: string, id: string, replayed = false): Promise<unknown> => {
  const message: IncomingMessage = { conversation: ROOM, kind: 'group', sender: `${ROOM}/${nick}` as Jid, outgoing: nick === 'me', text: id, time: NOW, stanzaId: null, originId: id, messageId: id, replayed }
  return store.write.record({ account: ME, messages: [message], archive: null, order: 'live' })
}
const all = async () => (await store.read.page({ conversation: (await store.read.conversationByJid(ROOM))!.id, anchor: { kind: 'newest' }, limit: 50 })).messages.map(({ text, state }) => `${text} ${state}`)

test.each([['live', false], ['told again after an interruption', true]])('own messages that cross with those of others stand where the group has put them: %s', async (_, replayed) => {
  const { id } = await store.write.ensureConversation({ account: ME, jid: ROOM, kind: 'group', name: '', nick: 'me' })
  for (const text of ['mine 1', 'mine 2', 'mine 3']) await store.write.queueMessage({ conversation: id, text, originId: text, sender: `${ROOM}/me` as Jid, time: NOW })
  await tell('bob', 'his 1', replayed)
  await tell('me', 'mine 1', replayed)
  await tell('bob', 'his 2', replayed)
  await tell('me', 'mine 2', replayed)
  // what the group has told was sent, with or without the server's word; what it has not told stands where it was written
  expect((await all()).filter((line) => !line.startsWith('mine 3'))).toEqual(['his 1 received', 'mine 1 sent', 'his 2 received', 'mine 2 sent'])
  expect(await all()).toContain('mine 3 queued')
  await tell('me', 'mine 3', replayed)
  const order = ['his 1 received', 'mine 1 sent', 'his 2 received', 'mine 2 sent', 'mine 3 sent']
  expect(await all()).toEqual(order)
  // told once more, nothing moves
  for (const [nick, text] of [['bob', 'his 1'], ['me', 'mine 1'], ['bob', 'his 2']] as const) await tell(nick, text, true)
  expect(await all()).toEqual(order)
})
