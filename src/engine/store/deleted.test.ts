/** Locally deleted messages stay deleted, whatever ids they have and whatever clocks say; new messages arrive. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Jid } from '../../contract/domain.ts'
import { openStore, storeFiles, temporaryFolder } from '../../../test/support/files.ts'
import { BOB, incoming, ME, storedMessages } from '../../../test/support/messages.ts'
import { openReadable } from './database.ts'
import type { Store } from '../threads/store.ts'
import { QUEUED } from './tables/message-reads.ts'
import type { IncomingMessage, RecordBatch } from './types.ts'

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
const message = (text: string, time: number, more: Partial<IncomingMessage> = {}): IncomingMessage => incoming(text, { time, stanzaId: `s-${text}`, ...more })
const texts = async (): Promise<string[]> => (await storedMessages(store)).map(({ text }) => text)
const forward = (messages: IncomingMessage[]) =>
  store.write.record({ account: ME, messages, archive: { jid: ME, lastId: messages.at(-1)!.stanzaId! }, order: 'forward' })
const removeAll = async (): Promise<void> => {
  while ((await store.write.removeCleared(300)).left);
}

/** Difference between the server's clock and ours, ms. */
test.each([0, 2 * 3_600_000, -2 * 3_600_000, 1000 * 86_400_000])(
  'a conversation deleted where the server’s clock differs by %i ms: old ones stay away, new ones come',
  async (difference) => {
    const now = Date.now()
    const old = Array.from({ length: 5 }, (_, i) => message(`old ${i}`, now + difference - 10_000 + i))
    await forward(old)
    const { id } = (await store.read.conversationByJid(BOB))!
    await store.write.clearConversation({ conversation: id, time: now })
    await removeAll()
    expect(await texts()).toEqual([])
    // fetched again from an older position, and from the archive's end
    await forward([...old, message('new', now + difference + 1000)])
    expect(await texts()).toEqual(['new'])
    await store.write.forgetArchive({ account: ME, jid: ME })
    const end = { jid: ME, lastId: 's-newer', hole: { before: 's-old 3', after: null } }
    await store.write.record({
      account: ME,
      messages: [...old.slice(3), message('new', now + difference + 1000), message('newer', now + difference + 2000)],
      archive: end,
      order: 'backward'
    })
    await store.write.record({
      account: ME,
      messages: [message('very old', now + difference - 99_000_000), ...old.slice(0, 3)],
      archive: { jid: ME, hole: null },
      order: 'backward'
    })
    expect(await texts()).toEqual(['new', 'newer'])
  }
)

test('a message deleted before its archive gave it an id does not return with one; another with the same id does', async () => {
  const { id } = await store.write.ensureConversation({ account: ME, jid: BOB, kind: 'direct', name: '', nick: null })
  const own = await store.write.queueMessage({ conversation: id, text: 'mine', originId: 'o1', sender: ME, time: 1000 })
  await store.write.transition({ account: ME, conversation: BOB, originId: 'o1', state: 'sent', error: null })
  const his = await store.write.record({
    account: ME,
    messages: [message('his', 2000, { stanzaId: null, originId: 'o2' }), message('with an id', 3000, { stanzaId: null, messageId: 'm1' })],
    archive: null,
    order: 'live'
  })
  await store.write.remove([...own.messages, ...his.messages].map((one) => one.id))
  const again = [
    message('mine', 1000, { originId: 'o1', outgoing: true, sender: ME }),
    message('his', 2000, { originId: 'o2' }),
    message('with an id', 3000, { messageId: 'm1' })
  ]
  await forward(again)
  await store.write.record({ account: ME, messages: again, archive: { jid: ME, lastId: 'x', hole: null }, order: 'backward' })
  expect(await texts()).toEqual([])
  await forward([message('his, not mine', 4000, { originId: 'o1' })])
  expect(await texts()).toEqual(['his, not mine'])
})

test('a deleted message stays deleted, and another message with the same id of a broken client arrives', async () => {
  const said = (text: string, id: string | null): IncomingMessage => message(text, 1000, { stanzaId: null, messageId: id })
  const told = await store.write.record({ account: ME, messages: [said('first', 'm1'), said('corrected', 'm2')], archive: null, order: 'live' })
  await store.write.record({
    account: ME,
    messages: [message('corrected!', 2000, { stanzaId: null, change: { kind: 'correction', target: 'm2' } })],
    archive: null,
    order: 'live'
  })
  await store.write.remove(told.messages.map((one) => one.id))
  await store.write.record({
    account: ME,
    messages: [said('first', 'm1'), said('corrected', 'm2'), said('another one', 'm1'), said('and another', 'm2')],
    archive: null,
    order: 'live'
  })
  expect(await texts()).toEqual(['another one', 'and another'])
})

test('deleted messages without an id stay deleted when their group replays them, and the sender’s others arrive', async () => {
  const now = Date.now()
  const said = (text: string, time: number, replay?: number): IncomingMessage =>
    message(text, time, {
      kind: 'group',
      sender: `${BOB}/eve` as Jid,
      stanzaId: null,
      ...(replay === undefined ? {} : { replayed: true, replay, ahead: 7_200_000 })
    })
  const live = await store.write.record({ account: ME, messages: [said('ok', now - 100_000), said('yes', now - 90_000)], archive: null, order: 'live' })
  await store.write.remove(live.messages.map((one) => one.id))
  const ahead = 7_200_000
  for (const replay of [1, 2])
    await store.write.record({
      account: ME,
      messages: [said('ok', now - 101_000 + ahead, replay), said('yes', now - 91_000 + ahead, replay), said('ok', now + 600_000 + ahead, replay)],
      archive: null,
      order: 'live'
    })
  expect(await texts()).toEqual(['ok'])
})

test('after an absence longer than the archive keeps, new messages are unread, and stand below the stored ones', async () => {
  const now = Date.now()
  await forward([message('before', now - 100_000)])
  const { id } = (await store.read.conversationByJid(BOB))!
  await store.write.markRead({ conversation: id, upTo: (await store.read.page({ conversation: id, anchor: { kind: 'newest' }, limit: 1 })).messages[0]!.id })
  await store.write.forgetArchive({ account: ME, jid: ME })
  const missed = [message('missed 1', now - 5000), message('mine', now - 4000, { outgoing: true, sender: ME }), message('missed 2', now - 3000)]
  await store.write.record({ account: ME, messages: missed, archive: { jid: ME, lastId: 's-missed 2', hole: null }, order: 'backward', missed: true })
  expect(await texts()).toEqual(['before', 'missed 1', 'mine', 'missed 2'])
  expect((await store.read.conversation(id))?.unread).toBe(2)
})

test('all pages of missed messages are unread and news, also from unknown people; older history on a new device is neither', async () => {
  const now = Date.now()
  await forward([message('before', now - 100_000)])
  const { id } = (await store.read.conversationByJid(BOB))!
  await store.write.markRead({ conversation: id, upTo: (await store.read.page({ conversation: id, anchor: { kind: 'newest' }, limit: 1 })).messages[0]!.id })
  await store.write.forgetArchive({ account: ME, jid: ME })
  const eve = 'eve@example.org' as Jid
  const page = (texts: string[], hole: { before: string; after: null } | null, more: Partial<RecordBatch>) =>
    store.write.record({
      account: ME,
      messages: texts.flatMap((text) => [message(text, now - 5000), message(`${text} of Eve`, now - 5000, { conversation: eve, sender: eve })]),
      archive: { jid: ME, ...(more.missed === undefined ? {} : { lastId: 's-last' }), hole },
      order: 'backward',
      ...more
    })
  expect((await page(['missed 5', 'missed 6'], { before: 's-missed 5', after: null }, { missed: true })).old).toBeUndefined()
  expect((await page(['missed 3', 'missed 4'], { before: 's-missed 3', after: null }, {})).old).toBeUndefined()
  await page(['missed 1', 'missed 2'], null, {})
  for (const jid of [BOB, eve]) expect((await store.read.conversationByJid(jid))?.unread).toBe(6)
  mkdirSync(join(folder.path, 'device'))
  const device = await openStore(join(folder.path, 'device'))
  const first = await device.write.record({
    account: ME,
    messages: [message('history', now)],
    archive: { jid: ME, lastId: 's-history', hole: { before: 's-history', after: null } },
    order: 'backward',
    missed: false
  })
  const older = await device.write.record({ account: ME, messages: [message('older', now - 9000)], archive: { jid: ME, hole: null }, order: 'backward' })
  expect([first.old, older.old, (await device.read.conversationByJid(BOB))?.unread]).toEqual([true, true, 0])
  await device.close()
})

test('a conversation that turns out to be a group is one', async () => {
  await store.write.record({ account: ME, messages: [message('invited', 1000)], archive: null, order: 'live' })
  await store.write.enterGroup({ account: ME, jid: BOB, name: 'Party', nick: 'me', password: null })
  expect(await store.read.conversationByJid(BOB)).toMatchObject({ kind: 'group', nick: 'me' })
})

test('queued messages are found by their state, not by reading every message', () => {
  const db = openReadable(storeFiles(folder.path))
  const plan = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN SELECT m.id FROM message m WHERE ${QUEUED} ORDER BY m.id LIMIT 1`).all(0, null)
  db.close()
  expect(plan[0]?.detail).toContain('USING INDEX message_queued')
})
