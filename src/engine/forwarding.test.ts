import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ConversationId, Jid } from '../contract/domain.ts'
import { openStore, temporaryFolder } from '../../test/support/files.ts'
import { forward } from './forwarding.ts'
import { GONE, MOST_TRIES, type NewAttachment } from './store/tables/attachment.ts'

const EVE = 'eve@example.org' as Jid
const HASH = 'a'.repeat(64)

test('every file is forwarded: local files are uploaded again, others go by their address; unavailable ones are named', async () => {
  using folder = temporaryFolder()
  const media = join(folder.path, 'media')
  mkdirSync(media)
  writeFileSync(join(media, 'here.png'), 'picture')
  const store = await openStore(folder.path)
  const file = (name: string, more: Partial<NewAttachment>): NewAttachment => ({
    kind: 'file',
    name,
    bytes: 7,
    stored: null,
    type: 'image/png',
    width: 3,
    height: 4,
    hash: HASH,
    preview: null,
    ...more
  })
  const { id: from } = await store.write.ensureConversation({ jid: EVE, kind: 'direct', name: 'Eve', nick: null })
  const attachments = [
    file('here.png', { stored: 'here.png', url: 'https://example.org/here.png' }),
    file('there.png', { url: 'https://example.org/there.png' }),
    file('lost here, still there.png', { stored: 'removed.png', url: 'https://example.org/still.png' }),
    file('gone.png', { url: 'https://example.org/gone.png', tries: GONE }),
    file('of an import.png', {}),
    file('not for everybody.png', { url: 'http://10.0.0.1/x' })
  ]
  const { messages } = await store.write.queueMessage({ conversation: from, text: 'look', originId: 'o', sender: EVE, time: 5000, attachments })
  const retracted = await store.write.queueMessage({ conversation: from, text: 'no', originId: 'p', sender: EVE, time: 6000 })
  await store.write.change({ id: retracted.messages[0]!.id, kind: 'retraction', text: '', originId: 'q', sender: EVE, time: 7000 })
  const sent: [number, string, NewAttachment | undefined][] = []
  const context = {
    store,
    folder: media,
    send: (conversation: ConversationId, text: string, more: { attachments?: readonly NewAttachment[] } = {}) =>
      Promise.resolve(void sent.push([conversation, text, more.attachments?.[0]]))
  }
  const ids = [retracted.messages[0]!.id, messages[0]!.id]
  const lost = ['gone.png', 'of an import.png', 'not for everybody.png']
  const files = [
    expect.objectContaining({ name: 'here.png', stored: 'here.png' }),
    expect.objectContaining({ name: 'there.png', stored: null, url: 'https://example.org/there.png', hash: HASH, width: 3, tries: MOST_TRIES }),
    expect.objectContaining({ name: 'lost here, still there.png', stored: null, url: 'https://example.org/still.png' })
  ]
  expect(await forward(context, ids, [7, 8] as ConversationId[], false)).toEqual(lost)
  expect(sent).toEqual([7, 8].flatMap((to) => [[to, 'look', undefined], ...files.map((one) => [to, '', one])]))
  // a file forwarded by its address is neither uploaded nor fetched unasked
  expect(sent.filter(([, , one]) => one?.stored === null).every(([, , one]) => (one?.tries ?? 0) >= MOST_TRIES)).toBe(true)
  sent.length = 0
  expect(await forward(context, ids, [7] as ConversationId[], true)).toEqual(lost)
  expect(sent.map(([, text, one]) => [text.includes('look'), one?.name])).toEqual([
    [true, undefined],
    [false, 'here.png'],
    [false, 'there.png'],
    [false, 'lost here, still there.png']
  ])
  await store.close()
})
