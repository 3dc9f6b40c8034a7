/** Corrections, retractions and reactions: accepted authors, in every order of arrival. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ChangeKind, Jid, Message } from '../../contract/domain.ts'
import { openStore, temporaryFolder } from '../../../test/support/files.ts'
import { BOB, incoming, ME, ROOM, storedMessages } from '../../../test/support/messages.ts'
import type { Store } from '../threads/store.ts'
import type { IncomingMessage, Acknowledgement, RecordBatch } from './types.ts'

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

let clock = 1_700_000_000_000
const message = (text: string, id: string, more: Partial<IncomingMessage> = {}): IncomingMessage =>
  incoming(text, { time: (clock += 1000), stanzaId: `archive-${id}`, originId: id, ...more })
const change = (kind: ChangeKind, target: string, text: string, more: Partial<IncomingMessage> = {}): IncomingMessage =>
  message(text, `change-${++serial}`, { change: { kind, target }, ...more })
let serial = 0
const record = (messages: IncomingMessage[], order: RecordBatch['order'] = 'live', acknowledgements: Acknowledgement[] = []) =>
  store.write.record({ messages, acknowledgements, archive: null, order })
const all = (jid: Jid = BOB): Promise<Message[]> => storedMessages(store, jid, 100)
const total = async (query: string): Promise<number | null> => (await store.find.search({ query, limit: 0, total: true })).total

test('the last correction counts, in any order of arrival', async () => {
  const [one, two, three] = [message('helo', 'm'), change('correction', 'm', 'hello'), change('correction', 'm', 'hello there')]
  await record([three], 'backward')
  expect(await all()).toMatchObject([{ text: 'hello there', edited: false }])
  await record([one, two], 'backward')
  expect(await all()).toMatchObject([{ text: 'hello there', edited: true }])
  expect(await total('helo')).toBe(0)
  expect(await total('hello there')).toBe(1)
  // the archive sends them again
  await record([one, two, three], 'forward')
  expect((await all()).map(({ text }) => text)).toEqual(['hello there'])
})

test('a message is found by its stanza id, and in a group by its archive id', async () => {
  await record([message('from a client without origin-ids', 'x', { originId: null, messageId: 'stanza-1' })])
  await record([change('correction', 'stanza-1', 'corrected all the same')])
  expect(await all()).toMatchObject([{ text: 'corrected all the same' }])
  await store.write.ensureConversation({ jid: ROOM, kind: 'group', name: 'room', nick: 'me' })
  const carol = { conversation: ROOM, kind: 'group' as const, sender: `${ROOM}/carol` as Jid, occupant: 'C' }
  await record([message('secret plan', 'g', carol)])
  await record([change('retraction', 'archive-g', '', carol)])
  expect(await all(ROOM)).toMatchObject([{ text: '', retracted: true }])
  expect(await total('secret plan')).toBe(0)
})

test('nobody can change another person’s message', async () => {
  const room = (nick: string) => ({ conversation: ROOM, kind: 'group' as const, sender: `${ROOM}/${nick}` as Jid, occupant: nick })
  await record([message('mine', 'a', { outgoing: true, sender: ME }), message('theirs', 'b'), message('of carol', 'c', room('carol'))])
  await record([
    change('correction', 'a', 'forged'),
    change('retraction', 'a', ''),
    change('correction', 'b', 'forged', { outgoing: true, sender: ME }),
    change('correction', 'c', 'forged', room('mallory')),
    change('retraction', 'archive-c', '', room('mallory'))
  ])
  expect((await all()).map(({ text, retracted }) => [text, retracted])).toEqual([
    ['mine', false],
    ['theirs', false],
    ['', true],
    ['forged', false]
  ])
  expect(await all(ROOM)).toMatchObject([
    { text: 'of carol', retracted: false },
    { text: 'forged', sender: `${ROOM}/mallory` }
  ])
  // a group's moderators may retract: the group itself sends the retraction
  await record([change('retraction', 'archive-c', '', { ...room('carol'), sender: ROOM, occupant: null })])
  expect((await all(ROOM))[0]).toMatchObject({ text: '', retracted: true })
})

test('a retracted message stays retracted, and leaves nothing behind', async () => {
  await record([message('first version', 'm')])
  await record([change('correction', 'm', 'second version'), change('retraction', 'm', '')])
  await record([change('correction', 'm', 'third version')])
  expect(await all()).toMatchObject([{ text: '', retracted: true }])
  for (const text of ['first version', 'second version', 'third version']) expect(await total(`"${text}"`)).toBe(0)
  await store.write.checkIndex()
})

test('reactions: each person has one set of them, the latest', async () => {
  await record([message('good news', 'm', { outgoing: true, sender: ME })])
  await record([change('reactions', 'm', '👍 🎉')])
  await record([change('reactions', 'm', '👍', { outgoing: true, sender: ME })])
  expect((await all())[0]?.reactions).toEqual([
    { emoji: '👍', count: 2, own: true, names: ['bob'] },
    { emoji: '🎉', count: 1, own: false, names: ['bob'] }
  ])
  await record([change('reactions', 'm', '')])
  expect((await all())[0]?.reactions).toEqual([{ emoji: '👍', count: 1, own: true, names: [] }])
})

test('ten thousand reactions of one person are one', async () => {
  await record([message('spam me', 'm')])
  for (let i = 0; i < 10; i++) await record(Array.from({ length: 1000 }, (_, j) => change('reactions', 'm', j % 2 === 0 ? '👍' : '👎')))
  expect((await all())[0]?.reactions).toEqual([{ emoji: '👎', count: 1, own: false, names: ['bob'] }])
})

test('a reply shows the answered message, if that is stored', async () => {
  await record([
    message('lunch at noon?', 'q'),
    message('yes!', 'r', { replyTo: 'q', outgoing: true, sender: ME }),
    message('about something older', 's', { replyTo: 'lost' })
  ])
  const [question, answer, other] = await all()
  expect(answer?.reply).toEqual({ id: question?.id, person: BOB, senderName: 'bob', outgoing: false, text: 'lunch at noon?' })
  expect(other?.reply).toEqual({ id: null, person: null, senderName: '', outgoing: false, text: '' })
})

test('an own change is here at once, waits for the others, and is known again when its archive shows it', async () => {
  await record([message('tpyo', 'm', { outgoing: true, sender: ME })])
  const [own] = await all()
  const { messages } = await store.write.change({ id: own!.id, kind: 'correction', text: 'typo', originId: 'c1', sender: ME, time: (clock += 1000) })
  expect(messages).toMatchObject([{ text: 'typo', edited: true }])
  expect(await store.read.queuedChanges()).toEqual([
    { originId: 'c1', encrypted: 0, jid: BOB, conversationKind: 'direct', kind: 'correction', target: 'm', text: 'typo' }
  ])
  await store.write.transition({ conversation: BOB, originId: 'c1', state: 'sent', error: null })
  expect(await store.read.queuedChanges()).toEqual([])
  await record([message('typo', 'c1', { outgoing: true, sender: ME, change: { kind: 'correction', target: 'm' } })], 'forward')
  expect((await all()).map(({ text }) => text)).toEqual(['typo'])
  expect(
    (await store.write.change({ id: (await all())[0]!.id, kind: 'retraction', text: '', originId: 'c2', sender: ME, time: (clock += 1000) })).messages
  ).toMatchObject([{ retracted: true }])
  expect((await store.read.queuedChanges()).map(({ kind }) => kind)).toEqual(['retraction'])
})

test('a locally deleted message does not return from its archive', async () => {
  await record([message('keep', 'a'), message('delete me', 'b')])
  await store.write.remove([(await all())[1]!.id])
  await record([message('keep', 'a'), message('delete me', 'b')], 'backward')
  await record([message('delete me', 'b')], 'forward')
  expect((await all()).map(({ text }) => text)).toEqual(['keep'])
})

test('a marker of the peer sets their read position; one of our other devices sets ours', async () => {
  await record([message('to you 1', 'a', { outgoing: true, sender: ME }), message('to you 2', 'b', { outgoing: true, sender: ME }), message('to me', 'c')])
  const [first, second, third] = await all()
  const conversation = async () => (await store.read.conversationByJid(BOB))!
  await record([], 'live', [{ kind: 'displayed', conversation: BOB, id: 'b', own: false, nick: null }])
  expect((await conversation()).seenUpTo).toBe(second!.id)
  // a late marker, and a marker for an unknown message
  await record([], 'live', [{ kind: 'displayed', conversation: BOB, id: 'a', own: false, nick: null }])
  await record([], 'live', [{ kind: 'displayed', conversation: BOB, id: 'c', own: false, nick: null }])
  expect(await conversation()).toMatchObject({ seenUpTo: second!.id, unread: 1 })
  expect(first!.id).toBeLessThan(second!.id)
  await record([], 'live', [{ kind: 'displayed', conversation: BOB, id: 'c', own: true, nick: null }])
  expect(await conversation()).toMatchObject({ readUpTo: third!.id, unread: 0 })
})

test('an own message of another device that cannot be decrypted keeps its reason when it is delivered', async () => {
  await record([message('', 'mine', { outgoing: true, sender: ME, unreadable: 'session' })])
  await record([], 'live', [{ kind: 'delivered', conversation: BOB, id: 'mine', own: false, nick: null }])
  expect(await all()).toMatchObject([{ state: 'delivered', unreadable: 'session' }])
})

test('receipts and markers in an archive are stored with its messages', async () => {
  const acknowledge = (kind: Acknowledgement['kind'], id: string, own = false): Acknowledgement => ({ kind, conversation: BOB, id, own, nick: null })
  const messages = [
    message('to you 1', 'a', { outgoing: true, sender: ME }),
    message('to me 1', 'b'),
    message('to you 2', 'c', { outgoing: true, sender: ME }),
    message('to me 2', 'd'),
    message('to me 3', 'e')
  ]
  const acknowledgements = [
    acknowledge('delivered', 'a'),
    acknowledge('displayed', 'a'),
    acknowledge('displayed', 'd', true),
    acknowledge('delivered', 'nothing here'),
    acknowledge('displayed', 'nothing here')
  ]
  for (const order of ['forward', 'backward'] as const) {
    const changes = await record(messages, order, acknowledgements)
    const list = await all()
    expect(list.map(({ state }) => state)).toEqual(['delivered', 'received', 'sent', 'received', 'received'])
    expect(await store.read.conversationByJid(BOB)).toMatchObject({ seenUpTo: list[0]!.id, readUpTo: list[3]!.id, unread: 1 })
    // the event about the messages already says that they were read
    if (order === 'forward') expect(changes).toMatchObject({ added: 5, conversations: [{ unread: 1 }] })
  }
})

test('former texts of a message are kept, in order, until it is retracted', async () => {
  await record([message('frist', 'm')])
  const [id] = (await all()).map((one) => one.id)
  expect((await store.read.versions(id!)).map(({ text }) => text)).toEqual(['frist'])
  await record([change('correction', 'm', 'first'), change('correction', 'm', 'the first')])
  const versions = await store.read.versions(id!)
  expect(versions.map(({ text }) => text)).toEqual(['frist', 'first', 'the first'])
  expect(versions.map(({ time }) => time)).toEqual([...versions.map(({ time }) => time)].sort())
  await record([change('retraction', 'm', '')])
  expect((await store.read.versions(id!)).map(({ text }) => text)).toEqual([''])
})

test('pins: the latest first, removed when their message is retracted', async () => {
  await record([message('one', 'a'), message('two', 'b'), message('three', 'c')])
  const conversation = (await store.read.conversationByJid(BOB))!.id
  const [one, , three] = await all()
  for (const { id } of [one!, three!]) await store.write.pin({ id, on: true })
  expect((await store.read.pinned({ conversation })).map(({ text }) => text)).toEqual(['three', 'one'])
  expect((await all()).map(({ pinned }) => pinned)).toEqual([true, false, true])
  await store.write.pin({ id: one!.id, on: false })
  await record([change('retraction', 'c', '')])
  expect(await store.read.pinned({ conversation })).toEqual([])
})

test('a deleted conversation leaves nothing, and returns with new messages only, not from its archive', async () => {
  await store.write.saveAccount({ jid: ME, password: 'x', host: null, port: null, security: 'starttls', proxy: null, trustedFingerprint: null })
  const old = Array.from({ length: 120 }, (_, i) => message(`old ${i}`, `o${i}`))
  await record(old)
  const conversation = (await store.read.conversationByJid(BOB))!.id
  await store.write.saveDraft({ conversation, draft: 'begun' })
  const time = (clock += 1000)
  expect(await store.write.clearConversation({ conversation, time })).toMatchObject({ removedConversations: [conversation] })
  // messages that arrive meanwhile stay, and the removal resumes after any kind of end
  await record([message('meanwhile', 'w')])
  expect(await store.write.removeCleared(100)).toMatchObject({ left: true })
  await store.close()
  store = await openStore(folder.path)
  while ((await store.write.removeCleared(100)).left);
  expect((await all()).map(({ text }) => text)).toEqual(['meanwhile'])
  expect((await store.read.conversations()).map(({ unread }) => unread)).toEqual([1])
  await store.write.clearConversation({ conversation, time: (clock += 1000) })
  while ((await store.write.removeCleared(100)).left);
  expect(await store.read.conversations()).toEqual([])
  expect(await total('old')).toBe(0)
  await record(old, 'backward')
  await record(old, 'forward')
  expect(await all()).toEqual([])
  await record([message('new', 'n')])
  expect((await store.read.conversations()).map(({ draft, unread, last }) => [draft, unread, last?.text])).toEqual([['', 1, 'new']])
})

test('group events stand with its messages; readers are known by name', async () => {
  const said = (text: string, id: string): IncomingMessage => message(text, id, { conversation: ROOM, kind: 'group', sender: `${ROOM}/eve` as Jid })
  await record([said('one', '1'), said('two', '2')])
  await store.write.notice({ jid: ROOM, kind: 'joined', name: 'carol', text: '', time: (clock += 1000) })
  await record([said('three', '3')])
  const conversation = (await store.read.conversationByJid(ROOM))!.id
  await store.write.describe({ jid: ROOM, subject: 'as it was', by: null, time: clock })
  const told = await store.write.describe({ jid: ROOM, subject: 'lunch', by: 'carol', time: (clock += 1000) })
  expect(told.notices).toMatchObject([{ kind: 'subject', name: 'carol', text: 'lunch', conversation }])
  const page = await store.read.page({ conversation, anchor: { kind: 'newest' }, limit: 10 })
  expect(page.notices.map(({ kind }) => kind)).toEqual(['joined', 'subject'])
  const older = await store.read.page({ conversation, anchor: { kind: 'before', id: page.messages[2]!.id }, limit: 2 })
  expect(older.notices).toEqual([])
  await record([], 'live', [{ kind: 'displayed', conversation: ROOM, id: 'archive-2', own: false, nick: 'carol' }])
  await record([], 'live', [{ kind: 'displayed', conversation: ROOM, id: 'archive-1', own: false, nick: 'dave' }])
  await record([], 'live', [{ kind: 'displayed', conversation: ROOM, id: 'archive-1', own: false, nick: 'carol' }])
  const [one, two] = page.messages.map(({ id }) => id)
  expect(await store.read.groupReaders(conversation)).toEqual([
    { nick: 'carol', name: 'carol', person: null, upTo: two },
    { nick: 'dave', name: 'dave', person: null, upTo: one }
  ])
})

test('an id used before by another person means another message, in windows too', async () => {
  await record([message('mine', 'x', { sender: ME, outgoing: true, stanzaId: 'a' }), message('theirs', 'x', { stanzaId: 'b' })])
  await record([
    message('one', 'y', { conversation: ROOM, kind: 'group', sender: `${ROOM}/one` as Jid, stanzaId: 'c' }),
    message('two', 'y', { conversation: ROOM, kind: 'group', sender: `${ROOM}/two` as Jid, stanzaId: 'd' })
  ])
  for (const jid of [BOB, ROOM]) {
    const list = await all(jid)
    expect(list).toHaveLength(2)
    expect(new Set(list.map(({ key }) => key)).size).toBe(2)
  }
})

test('in a group with occupant ids the new owner of a nickname cannot change its former owner’s messages; after a nickname change the author still can', async () => {
  const said = (text: string, id: string, nick: string, occupant: string | null, more: Partial<IncomingMessage> = {}): IncomingMessage =>
    message(text, id, { conversation: ROOM, kind: 'group', sender: `${ROOM}/${nick}` as Jid, occupant, ...more })
  await record([said('one', 'm1', 'nick', 'a'), said('two', 'm2', 'nick', 'a'), said('three', 'm3', 'nick', null)])
  const forged = [
    said('forged', 'c1', 'nick', 'b', { change: { kind: 'correction', target: 'm1' } }),
    said('', 'c2', 'nick', 'b', { change: { kind: 'retraction', target: 'm2' } })
  ]
  const own = [
    said('one!', 'c3', 'new nick', 'a', { change: { kind: 'correction', target: 'm1' } }),
    said('three!', 'c4', 'nick', null, { change: { kind: 'correction', target: 'm3' } })
  ]
  await record([...forged, ...own])
  expect((await all(ROOM)).map(({ text, retracted }) => [text, retracted])).toEqual([
    ['one!', false],
    ['two', false],
    ['three', false],
    ['forged', false],
    ['three!', false]
  ])
  await record([said('', 'c5', 'new nick', 'a', { change: { kind: 'retraction', target: 'm2' } })])
  expect((await all(ROOM)).map(({ retracted }) => retracted)).toEqual([false, true, false, false, false])
})

const HOUR = 3_600_000
const now = async (): Promise<(string | undefined)[]> => (await all()).map(({ text }) => text)
const inArchive = (messages: IncomingMessage[], order: RecordBatch['order'], archive: Omit<NonNullable<RecordBatch['archive']>, 'jid'>) =>
  store.write.record({ account: ME, messages, archive: { jid: ME, ...archive }, order })
const correct = (text: string, more: Partial<IncomingMessage> = {}): IncomingMessage => change('correction', 'm', text, more)

test('of two corrections the later one in the archive counts, whatever their stamps', async () => {
  // this computer's clock was an hour ahead when the first message arrived live
  await inArchive([message('v0', 'm')], 'live', {})
  await inArchive([correct('v1', { time: clock + HOUR })], 'live', {})
  await inArchive([correct('v2')], 'live', {})
  expect(await now()).toEqual(['v2'])
  await inArchive([correct('v3', { time: clock - 10 * HOUR })], 'forward', { lastId: 'x' })
  expect(await now()).toEqual(['v3'])
  const [{ id } = { id: 0 }] = await all()
  expect((await store.read.versions(id as never)).map(({ text }) => text)).toEqual(['v0', 'v1', 'v2', 'v3'])
})

test('an own correction has the position of the archive, not of its local time', async () => {
  await inArchive([message('v0', 'm', { outgoing: true, sender: ME })], 'live', {})
  const [own] = await all()
  const ours = { outgoing: true, sender: ME }
  await store.write.change({ id: own!.id, kind: 'correction', text: 'of this computer', originId: 'here', sender: ME, time: clock + HOUR })
  const of = (text: string, origin: string): IncomingMessage => message(text, origin, { ...ours, change: { kind: 'correction', target: 'm' } })
  await inArchive([of('of the phone', 'phone')], 'live', {})
  expect(await now()).toEqual(['of the phone'])
  // the phone's message reached the server first
  await inArchive([of('of the phone', 'phone'), of('of this computer', 'here')], 'forward', { lastId: 'a' })
  expect(await now()).toEqual(['of this computer'])
  await inArchive([of('of this computer', 'here'), of('of the phone', 'phone')], 'forward', { lastId: 'b' })
  expect(await now()).toEqual(['of the phone'])
})

test('older history, and an archive started anew from its end, keep the order of corrections', async () => {
  await inArchive([message('v0', 'm'), correct('v1', { time: clock + 9 * HOUR })], 'forward', { lastId: 'old' })
  await store.write.forgetArchive({ account: ME, jid: ME })
  await inArchive([correct('v5', { time: clock - HOUR }), correct('v6', { time: clock - 2 * HOUR })], 'backward', {
    lastId: 'new',
    hole: { before: 'p', after: null }
  })
  expect(await now()).toEqual(['v6'])
  await inArchive([correct('v3', { time: clock + 5 * HOUR }), correct('v4', { time: clock + HOUR })], 'backward', { hole: { before: 'q', after: null } })
  await inArchive([correct('v2', { time: clock + 20 * HOUR })], 'backward', { hole: null })
  await inArchive([correct('v7', { time: 0 })], 'live', {})
  expect(await now()).toEqual(['v7'])
  const [{ id } = { id: 0 }] = await all()
  expect((await store.read.versions(id as never)).map(({ text }) => text)).toEqual(['v0', 'v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7'])
})

test('a correction without its message is shown at once, and merges with it on arrival', async () => {
  const [original, second] = [message('frist', 'm'), change('correction', 'm', 'first')]
  const ids = (list: Message[]): number[] => list.map(({ id }) => id)
  await record([second])
  const [shown] = await all()
  expect(shown).toMatchObject({ text: 'first', edited: false })
  expect((await store.read.conversationByJid(BOB))?.unread).toBe(1)
  await store.write.star({ id: shown!.id, on: true })
  // the archive sends it again, with another message of that id
  await record([second], 'forward')
  await record([change('correction', 'm', 'the first')])
  expect(await all()).toMatchObject([{ text: 'the first' }])
  const told = await record([original], 'backward')
  expect(told.removed).toEqual([{ conversation: shown!.conversation, id: shown!.id }])
  const list = await all()
  expect(list).toMatchObject([{ text: 'the first', edited: true, starred: true }])
  expect(ids(told.messages)).toEqual(ids(list))
  expect((await store.read.versions(list[0]!.id)).map(({ text }) => text)).toEqual(['frist', 'first', 'the first'])
  expect((await store.read.conversationByJid(BOB))?.unread).toBe(1)
  expect([await total('first'), await total('frist')]).toEqual([1, 0])
  await store.write.checkIndex()
})

test('a correction of a correction counts without origin-ids and in any order of arrival', async () => {
  const bare = (text: string, id: string, target?: string): IncomingMessage =>
    message(text, id, { originId: null, messageId: id, ...(target === undefined ? {} : { change: { kind: 'correction', target } }) })
  const chain = [bare('v1', 'a'), bare('v2', 'b', 'a'), bare('v3', 'c', 'b'), bare('v4', 'd', 'c')]
  const orders = [
    [0, 1, 2, 3],
    [3, 2, 1, 0],
    [2, 0, 3, 1],
    [1, 3, 0, 2]
  ]
  for (const [at, order] of orders.entries())
    for (const [kind, batches] of [
      ['live', order.map((i) => [i])],
      ['backward', [[0, 1, 2, 3]]],
      [
        'backward',
        [
          [2, 3],
          [0, 1]
        ]
      ],
      ['backward', [[3], [2], [1], [0]]],
      ['forward', [[0, 1, 2, 3]]]
    ] as const) {
      const peer = `peer${at}-${kind}-${batches.length}@example.org` as Jid
      for (const batch of batches)
        await record(
          batch.map((i) => ({ ...chain[i]!, conversation: peer, sender: peer })),
          kind
        )
      const list = await all(peer)
      expect(list, `${kind} ${JSON.stringify(batches)}`).toHaveLength(1)
      // live changes count in the order in which they arrived
      if (kind !== 'live' || at === 0) expect(list[0]).toMatchObject({ text: 'v4', edited: true })
    }
})

test('a person who retracts and then corrects another’s message has sent a new one', async () => {
  await record([message('mine', 'm', { outgoing: true, sender: ME })])
  await record([change('retraction', 'm', ''), change('correction', 'm', 'forged')])
  expect((await all()).map(({ text, retracted }) => [text, retracted])).toEqual([
    ['mine', false],
    ['forged', false]
  ])
})

test('a retraction or reaction that arrives before its message is applied to it', async () => {
  await record([change('correction', 'm', 'corrected'), change('reactions', 'm', '👍', { outgoing: true, sender: ME }), change('retraction', 'm', '')])
  expect(await all()).toMatchObject([{ text: '', retracted: true }])
  await record([message('original', 'm')], 'backward')
  expect(await all()).toMatchObject([{ text: '', retracted: true, reactions: [{ emoji: '👍' }] }])
  expect(await total('original')).toBe(0)
})

test('a correction by another or an unknown person is a separate message', async () => {
  const said = (text: string, id: string, nick: string, occupant: string | null, target?: string): IncomingMessage =>
    message(text, id, {
      conversation: ROOM,
      kind: 'group',
      sender: `${ROOM}/${nick}` as Jid,
      occupant,
      ...(target === undefined ? {} : { change: { kind: 'correction', target } })
    })
  await record([said('mine', 'm1', 'alice', 'A'), said('of nobody knows whom', 'm2', 'eve', null)])
  await record([
    said('forged', 'c1', 'mallory', 'M', 'm1'),
    said('forged too', 'c2', 'alice', 'N', 'm1'),
    said('and so', 'c3', 'eve', null, 'm2'),
    said('mine!', 'c4', 'alias', 'A', 'm1')
  ])
  const expected = ['mine!', 'of nobody knows whom', 'forged', 'forged too', 'and so']
  expect((await all(ROOM)).map(({ text }) => text)).toEqual(expected)
  // a sender who uses the id of a message still to come does not hide that message
  await record([said('taken', 'm9', 'mallory', 'M'), said('v2', 'c5', 'alice', 'A', 'm9')])
  await record([said('v1', 'm9', 'alice', 'A')], 'backward')
  expect((await all(ROOM)).map(({ text }) => text).sort()).toEqual([...expected, 'taken', 'v2'].sort())
})

test('messages that have one archive id between them are all kept, each once', async () => {
  const same = { stanzaId: 'once' }
  const group = { conversation: ROOM, kind: 'group' as const, ...same }
  const direct = [
    message('one', 'a', same),
    message('two', 'b', same),
    message('one', 'c', { ...same, originId: null, messageId: null }),
    message('three', 'd', { ...same, originId: null, messageId: null })
  ]
  const inGroup = [message('one', 'e', { ...group, sender: `${ROOM}/x` as Jid }), message('one', 'f', { ...group, sender: `${ROOM}/y` as Jid })]
  for (const order of ['live', 'forward', 'backward', 'live'] as const) {
    await record([...direct, ...inGroup], order)
    expect((await all()).map(({ text }) => text).sort(), order).toEqual(['one', 'three', 'two'])
    expect(
      (await all(ROOM)).map(({ text }) => text),
      order
    ).toEqual(['one', 'one'])
  }
  // the same holds for changes
  const [x, y] = [change('correction', 'a', 'one!', same), change('correction', 'b', 'two!', same)]
  for (const order of ['live', 'forward'] as const) await record([x, y], order)
  expect((await all()).map(({ text }) => text).sort()).toEqual(['one!', 'three', 'two!'])
})

test('a page that has a message twice is stored, and the message once', async () => {
  const twice = message('again and again', 'a', { originId: null, messageId: 'm' })
  for (const order of ['backward', 'forward'] as const) await record([twice, twice, message(`between ${order}`, order), twice], order)
  expect((await all()).filter(({ text }) => text === 'again and again')).toHaveLength(1)
})

test('a client that gives one origin-id to many messages loses none of them', async () => {
  const counted = [message('one', '1', { stanzaId: 'A' }), message('two', '1', { stanzaId: 'B' }), message('three', '1', { stanzaId: null })]
  for (const order of ['live', 'forward', 'backward'] as const) {
    await record(counted, order)
    expect((await all()).map(({ text }) => text).sort(), order).toEqual(['one', 'three', 'two'])
  }
  expect(new Set((await all()).map(({ key }) => key)).size).toBe(3)
  // a message that is sent again is one message
  await record([message('one', '1', { stanzaId: 'C' })])
  expect(await all()).toHaveLength(3)
})
