/** Imported histories joined with other conversations, and separated again. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ConversationId, Jid, MessageId } from '../../contract/domain.ts'
import { storeFiles, temporaryFolder } from '../../../test/support/files.ts'
import { createSearchEngine } from '../search/engine.ts'
import { openReadable, openWritable } from './database.ts'
import { packRows } from './import-rows.ts'
import { createReads } from './reader.ts'
import { createWrites, type Writes } from './writer.ts'

const ME = 'me@example.org' as Jid
const BOB = 'bob@example.org' as Jid
const WHATSAPP = 'whatsapp@import.invalid' as Jid
const HOUR = 3_600_000
const T = Date.UTC(2024, 0, 1)

let folder: ReturnType<typeof temporaryFolder>
let writable: ReturnType<typeof openWritable>
let readable: ReturnType<typeof openReadable>
let write: Writes
let read: ReturnType<typeof createReads>
let find: ReturnType<typeof createSearchEngine>
beforeEach(() => {
  folder = temporaryFolder()
  const files = storeFiles(folder.path)
  writable = openWritable(files)
  write = createWrites(writable, () => null)
  readable = openReadable(files)
  read = createReads(readable)
  find = createSearchEngine(readable)
  write.saveAccount({ jid: ME, password: 'x', host: null, port: null, security: 'starttls', proxy: null, trustedFingerprint: null })
})
afterEach(() => {
  readable.close()
  writable.close()
  folder[Symbol.dispose]()
})

const incoming = (text: string, time: number, n: number) => ({
  conversation: BOB,
  kind: 'direct' as const,
  name: 'Bob',
  sender: BOB,
  outgoing: false,
  text,
  stanzaId: `s${n}`,
  originId: `o${n}`,
  messageId: `o${n}`,
  change: null,
  replyTo: null,
  files: [],
  link: null,
  time,
  replayed: false,
  mentioned: false,
  unstyled: false,
  encrypted: false,
  raw: null
})
/** Conversation received by XMPP: two messages, the second one unread. */
function live(): ConversationId {
  const conversation = write.ensureConversation({ account: ME, jid: BOB, kind: 'direct', name: 'Bob', nick: null }).id
  const record = (text: string, time: number, n: number) =>
    write.record({ account: ME, archive: ME, messages: [incoming(text, time, n)], acknowledgements: [] } as unknown as Parameters<Writes['record']>[0])
  record('live one', T + 2 * HOUR, 1)
  const first = texts(conversation)[0]
  if (first === undefined) throw new Error('no message')
  write.markRead({ conversation, upTo: first.id })
  record('live two', T + 4 * HOUR, 2)
  return conversation
}
function imported(rows: [string, string, number][], jid = WHATSAPP): ConversationId {
  const { conversations } = write.importRows({
    jid,
    name: 'Bob B.',
    rows: packRows(
      rows.map(([sender, text, time], i) => ({
        sender,
        text,
        time,
        id: `${jid}-${i}`,
        reactions: i === 0 ? [{ sender: 'Bob B.', outgoing: false, emoji: '👍' }] : []
      }))
    ),
    self: 'Me'
  })
  return conversations[0]?.id ?? (0 as ConversationId)
}
const texts = (conversation: ConversationId) => read.page({ conversation, anchor: { kind: 'newest' }, limit: 200 }).messages
const found = (query: string, conversation: ConversationId | null = null): string[] =>
  find
    .search({ query, limit: 20, conversation })
    .hits.map(({ message }) => `${message.conversation}: ${message.text}`)
    .sort()
const HISTORY: [string, string, number][] = [
  ['Bob B.', 'old one', T],
  ['Me', 'old two', T + HOUR],
  ['Bob B.', 'old three', T + 3 * HOUR],
  ['Me', 'live two', T + 5 * HOUR]
]

test('a joined history appears in order among the other messages, and is found there; separation restores everything', () => {
  const bob = live()
  const old = imported(HISTORY)
  const before = { list: read.conversations(), old: texts(old), bob: texts(bob), hits: found('one') }
  const joined = write.joinHistories({ from: old, into: bob })
  expect(joined.removedConversations).toEqual([old])
  expect(texts(bob).map(({ text }) => text)).toEqual(['old one', 'old two', 'live one', 'old three', 'live two', 'live two'])
  expect(texts(bob)[0]?.reactions).toMatchObject([{ emoji: '👍', count: 1 }])
  expect(read.conversations().map(({ id, unread, last }) => [id, unread, last?.text])).toEqual([[bob, 1, 'live two']])
  expect(read.joined(bob)).toEqual([{ id: old, name: 'Bob B.', messages: 4 }])
  expect(found('one')).toEqual([`${bob}: live one`, `${bob}: old one`])
  expect(found('three', bob)).toEqual([`${bob}: old three`])
  // reading further counts XMPP messages only
  write.markRead({ conversation: bob, upTo: texts(bob)[2]?.id as MessageId })
  expect(read.conversation(bob)?.unread).toBe(1)
  expect(read.newestReceived({ conversation: bob, upTo: texts(bob)[3]?.id as MessageId })).toMatchObject({ stanzaId: 's1' })

  write.partHistory(old)
  expect(read.joined(bob)).toEqual([])
  expect(read.conversations()).toEqual(before.list)
  expect(texts(old)).toEqual(before.old)
  expect(texts(bob)).toEqual(before.bob)
  expect(found('one')).toEqual(before.hits)
})

test('messages imported again go where the history is shown, and leave with it', () => {
  const bob = live()
  const old = imported(HISTORY)
  write.joinHistories({ from: old, into: bob })
  imported([['Bob B.', 'later', T + 6 * HOUR]])
  expect(texts(bob).at(-1)?.text).toBe('later')
  expect(read.conversation(bob)).toMatchObject({ unread: 1 })
  expect(read.conversations().map(({ id }) => id)).toEqual([bob])
  write.partHistory(old)
  expect(texts(old).at(-1)?.text).toBe('later')
  expect(texts(bob).map(({ text }) => text)).toEqual(['live one', 'live two'])
})

test('imported histories can be joined; they move along with the one they were joined into', () => {
  const bob = live()
  const one = imported(HISTORY)
  const two = imported([['Bob B.', 'wechat', T + 30]], 'wechat@import.invalid' as Jid)
  write.joinHistories({ from: two, into: one })
  write.joinHistories({ from: one, into: bob })
  expect(read.joined(bob).map(({ id, messages }) => [id, messages])).toEqual([
    [one, 4],
    [two, 1]
  ])
  write.partHistory(one)
  expect(texts(bob).map(({ text }) => text)).toEqual(['wechat', 'live one', 'live two'])
  write.partHistory(two)
  expect(texts(two).map(({ text }) => text)).toEqual(['wechat'])
})

test('impossible joins change nothing: with itself, a conversation of an account, a joined one', () => {
  const bob = live()
  const old = imported(HISTORY)
  for (const [from, into] of [
    [old, old],
    [bob, old],
    [old, 999],
    [999, bob]
  ])
    expect(write.joinHistories({ from: from as ConversationId, into: into as ConversationId })).toMatchObject({ conversations: [], removedConversations: [] })
  write.joinHistories({ from: old, into: bob })
  const other = imported([['A', 'x', T]], 'other@import.invalid' as Jid)
  expect(write.joinHistories({ from: other, into: old }).conversations).toEqual([])
  expect(write.partHistory(other).conversations).toEqual([])
  expect(texts(bob)).toHaveLength(6)
})

test('later messages stand at the end, whatever was imported; a reaction to an imported message is not sent', () => {
  const bob = live()
  const old = imported([['Me', '好', Date.now() - 1000]])
  write.joinHistories({ from: old, into: bob })
  const {
    messages: [sent]
  } = write.queueMessage({ conversation: bob, text: '好', originId: 'mine', sender: ME, time: Date.now() - 5000 })
  expect(texts(bob).at(-1)?.id).toBe(sent?.id)
  const import_ = texts(bob).find(({ text, id }) => text === '好' && id !== sent?.id)
  expect(write.change({ id: import_?.id as MessageId, kind: 'reactions', text: '👍', originId: 'r', sender: ME, time: Date.now() }).messages).toEqual([])
  expect(read.queuedChanges(ME)).toEqual([])
})

test('deleting a conversation also deletes the histories joined into it', () => {
  const bob = live()
  const old = imported(HISTORY)
  write.joinHistories({ from: old, into: bob })
  write.clearConversation({ conversation: bob, time: Date.now() })
  while (write.removeCleared(100).left);
  expect(read.conversation(old)).toBeNull()
  expect(found('one')).toEqual([])
})
