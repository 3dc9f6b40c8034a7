/** Decoding of stanzas that an older version did not understand. */
import { expect, test } from 'vitest'
import { openStore, temporaryFolder } from '../../../../test/support/files.ts'
import type { Jid } from '../../../contract/domain.ts'
import type { Self } from '../stanzas/message.ts'
import { DECODER } from '../stanzas/unknown.ts'
import type { IncomingMessage } from '../../store/types.ts'
import { decodeAgain } from './decode-again.ts'

const BOB = 'bob@example.org' as Jid
const self: Self = { jid: 'me@example.org' as Jid, nickIn: () => null }
const attributes = "xmlns='jabber:client' from='bob@example.org/x' to='me@example.org' type='chat'"

test('an upgrade shows and finds messages that were not understood, and leaves changed ones alone', async () => {
  using folder = temporaryFolder()
  const store = await openStore(folder.path)
  let clock = 1_700_000_000_000
  const message = (id: string, text: string, stanza: string | null, more: Partial<IncomingMessage> = {}): IncomingMessage => ({
    conversation: BOB,
    kind: 'direct',
    sender: BOB,
    outgoing: false,
    text,
    time: (clock += 1000),
    stanzaId: id,
    originId: id,
    replayed: false,
    raw: stanza === null ? null : { stanza, decoder: DECODER - 1 },
    ...more
  })
  const url = 'https://files.example.org/%E6%97%85%E8%A1%8C%E8%AE%A1%E5%88%92.pdf'
  const shared = (id: string): string => `<message ${attributes} id='${id}'><body>${url}</body><x xmlns='jabber:x:oob'><url>${url}</url></x></message>`
  const poll = `<message ${attributes} id='c'><body>Which day?</body><poll xmlns='urn:example:poll:0'/><unstyled xmlns='urn:xmpp:styling:0'/></message>`
  await store.write.record({
    messages: [message('a', url, shared('a')), message('b', 'wrong', shared('b')), message('c', 'Which day?', poll), message('d', 'after', null)],
    archive: null,
    order: 'live'
  })
  await store.write.record({ messages: [message('e', 'corrected', null, { change: { kind: 'correction', target: 'b' } })], archive: null, order: 'live' })

  const seen: string[] = []
  await decodeAgain(store, self, (changes) => seen.push(...changes.messages.map(({ key }) => key)))
  expect(seen).toEqual(['obob@example.org a', 'obob@example.org c'])
  const conversation = await store.read.conversationByJid(BOB)
  const { messages } = await store.read.page({ conversation: conversation!.id, anchor: { kind: 'newest' }, limit: 10 })
  expect(messages.map(({ text, attachments, styled }) => [text, attachments.map(({ name }) => name), styled])).toEqual([
    ['', ['旅行计划.pdf'], true],
    ['corrected', [], true],
    ['Which day?', [], false],
    ['after', [], true]
  ])
  expect((await store.find.search({ query: '旅行计划', limit: 5, total: true })).total).toBe(1)
  expect((await store.find.search({ query: 'files.example', limit: 5, total: true })).total).toBe(0)
  await store.write.checkIndex()
  // the poll is left to a later version, and not decoded again by this one
  expect(await store.read.rawStanzas({ decoder: DECODER, after: 0, limit: 10 })).toEqual([])
  expect(await store.read.rawStanzas({ decoder: DECODER + 1, after: 0, limit: 10 })).toHaveLength(1)
  await store.close()
})

test('fallback texts that were shown are removed, and so are key transport messages', async () => {
  using folder = temporaryFolder()
  const store = await openStore(folder.path)
  const fallback = "I sent you an OMEMO encrypted message but your client doesn't seem to support that."
  const encrypted = (payload: string): string =>
    `<message ${attributes} id='x'><encrypted xmlns='eu.siacs.conversations.axolotl'>${payload}</encrypted><body>${fallback}</body><store xmlns='urn:xmpp:hints'/></message>`
  const message = (id: string, text: string, stanza: string): IncomingMessage => ({
    conversation: BOB,
    kind: 'direct',
    sender: BOB,
    outgoing: false,
    text,
    time: 1_700_000_000_000,
    stanzaId: id,
    originId: id,
    replayed: false,
    raw: { stanza, decoder: DECODER - 1 }
  })
  await store.write.record({
    messages: [message('a', fallback, encrypted('<payload>aGk=</payload>')), message('b', '', encrypted('<header/>'))],
    archive: null,
    order: 'live'
  })
  await decodeAgain(store, self, () => undefined)
  const conversation = (await store.read.conversationByJid(BOB))!
  const { messages } = await store.read.page({ conversation: conversation.id, anchor: { kind: 'newest' }, limit: 10 })
  expect(messages.map((one) => [one.text, one.encrypted, one.unreadable])).toEqual([['', true, 'method']])
  expect(conversation).toMatchObject({ unread: 1, last: { text: '', unreadable: true } })
  expect((await store.find.search({ query: 'OMEMO', limit: 5, total: true })).total).toBe(0)
  await store.write.checkIndex()
  expect(await store.read.rawStanzas({ decoder: DECODER, after: 0, limit: 10 })).toEqual([])
  await store.close()
})
