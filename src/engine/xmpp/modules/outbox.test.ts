import { EventEmitter } from 'node:events'
import type { Element } from '@xmpp/client'
import { expect, test } from 'vitest'
import type { ConversationId, Jid, LinkMetadata } from '../../../contract/domain.ts'
import { openStore, temporaryFolder } from '../../../../test/support/files.ts'
import type { Connection } from '../stream/connection.ts'
import { Outbox } from './outbox.ts'

/** Stream that acknowledges each stanza shortly after it was sent, at any point of the outbox's work. */
class Stream extends EventEmitter {
  readonly sent: string[] = []
  readonly stanzas: Element[] = []
  readonly isReady = true
  readonly hasAcks = true
  async send(stanza: Element): Promise<void> {
    this.sent.push(stanza.attrs['id'] ?? '')
    this.stanzas.push(stanza)
    setTimeout(() => this.emit('acked', stanza), Math.random() * 4)
    await Promise.resolve()
  }
}

/** Encryption stub: nobody has devices. */
const PLAIN = {
  hasLooked: () => true,
  isPrepared: () => true,
  prepare: () => Promise.resolve(),
  learn: () => Promise.resolve(),
  wants: () => Promise.resolve(false),
  encrypt: (message: Element) => Promise.resolve(message)
}

test('each message is sent once, in order, however often the outbox is flushed while acknowledgements arrive', async () => {
  using folder = temporaryFolder()
  const store = await openStore(folder.path)
  const { id } = await store.write.ensureConversation({ account: 'me@example.org' as Jid, jid: 'bob@example.org' as Jid, kind: 'direct', name: '', nick: null })
  const stream = new Stream()
  const warnings: string[] = []
  const outbox = new Outbox({
    connection: stream as unknown as Connection,
    store,
    own: 'me@example.org' as Jid,
    uploads: { put: () => undefined },
    encryption: PLAIN,
    onChanges: () => undefined,
    maySendTo: async () => true,
    nicksIn: () => [],
    callsAll: () => false,
    onTaken: () => undefined,
    warn: (warning) => warnings.push(warning)
  })
  outbox.open(false)
  const expected = Array.from({ length: 400 }, (_, i) => `id-${i}`)
  for (const originId of expected) {
    await store.write.queueMessage({ conversation: id, text: 'x', originId, sender: 'me@example.org' as Jid, time: Date.now() })
    outbox.flush()
    if (Math.random() < 0.5) outbox.flush()
  }
  await expect.poll(async () => (await store.read.queued({ after: 0, limit: 1000 })).length).toBe(0)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(stream.sent).toEqual(expected)
  expect(warnings).toEqual([])
  await store.close()
})

test('an acknowledged message is sent once and leaves the queue, even if the disk was full at that time, and nothing else is sent', async () => {
  using folder = temporaryFolder()
  const store = await openStore(folder.path)
  const { id } = await store.write.ensureConversation({
    account: 'me@example.org' as Jid,
    jid: 'bob@example.org' as Jid,
    kind: 'direct',
    name: '',
    nick: null
  })
  for (let i = 0; i < 150; i++)
    await store.write.queueMessage({ conversation: id, text: 'x', originId: `id-${i}`, sender: 'me@example.org' as Jid, time: Date.now() })
  let failing = 130
  const full = (): Promise<never> => Promise.reject(new Error('database or disk is full'))
  const write = new Proxy(store.write, { get: (all, name) => (name === 'transition' && failing-- > 0 ? full : Reflect.get(all, name)) })
  let unread = 2
  const read = new Proxy(store.read, { get: (all, name) => (name === 'queued' && unread-- > 0 ? full : Reflect.get(all, name)) })
  const stream = new Stream()
  const outbox = new Outbox({
    connection: stream as unknown as Connection,
    store: { write, read } as unknown as typeof store,
    own: 'me@example.org' as Jid,
    uploads: { put: () => undefined },
    encryption: PLAIN,
    onChanges: () => undefined,
    maySendTo: async () => true,
    nicksIn: () => [],
    callsAll: () => false,
    onTaken: () => undefined,
    warn: () => undefined,
    againMs: 20
  })
  outbox.open(false)
  await expect.poll(async () => (await store.read.queued({ after: 0, limit: 1000 })).length).toBe(0)
  expect(stream.sent).toEqual(Array.from({ length: 150 }, (_, i) => `id-${i}`))
  await store.close()
})

test('a reply names the author of the answered message, in a group by the occupant’s address (XEP-0461 section 3)', async () => {
  using folder = temporaryFolder()
  const store = await openStore(folder.path)
  const [me, bob, room] = ['me@example.org', 'bob@example.org', 'room@rooms.example.org'] as [Jid, Jid, Jid]
  const direct = await store.write.ensureConversation({ account: me, jid: bob, kind: 'direct', name: '', nick: null })
  const group = await store.write.ensureConversation({ account: me, jid: room, kind: 'group', name: '', nick: 'mimi' })
  const said = (conversation: Jid, kind: 'direct' | 'group', sender: Jid, id: string, outgoing = false) => ({
    conversation,
    kind,
    sender,
    outgoing,
    text: id,
    time: 1_700_000_000_000,
    stanzaId: `s-${id}`,
    originId: id,
    replayed: false
  })
  const { messages } = await store.write.record({
    account: me,
    messages: [
      said(bob, 'direct', bob, 'a'),
      said(bob, 'direct', me, 'b', true),
      said(room, 'group', `${room}/bobby` as Jid, 'c'),
      said(room, 'group', `${room}/mimi` as Jid, 'd', true)
    ],
    archive: null,
    order: 'live'
  })
  const stream = new Stream()
  const outbox = new Outbox({
    connection: stream as unknown as Connection,
    store,
    own: me,
    uploads: { put: () => undefined },
    encryption: PLAIN,
    onChanges: () => undefined,
    maySendTo: async () => true,
    nicksIn: () => [],
    callsAll: () => false,
    onTaken: () => undefined,
    warn: () => undefined
  })
  const answers = [
    [direct.id, 'a', bob],
    [direct.id, 'b', me],
    [group.id, 'c', `${room}/bobby`],
    [group.id, 'd', `${room}/mimi`]
  ] as const
  for (const [conversation, text] of answers)
    await store.write.queueMessage({
      conversation,
      text: 'answer',
      originId: `to-${text}`,
      sender: me,
      time: Date.now(),
      reply: messages.find((message) => message.text === text)!.id
    })
  outbox.open(false)
  await expect.poll(() => stream.stanzas.length).toBe(answers.length)
  expect(stream.stanzas.map((stanza) => stanza.getChild('reply', 'urn:xmpp:reply:0')?.attrs['to'])).toEqual(answers.map(([, , to]) => to))
  await expect.poll(async () => (await store.read.queued({ after: 0, limit: 10 })).length).toBe(0)
  await store.close()
})

test('an encrypted conversation whose recipients are looked up slowly holds up no other, and keeps its order', async () => {
  using folder = temporaryFolder()
  const store = await openStore(folder.path)
  const me = 'me@example.org' as Jid
  const [slow, quick] = ['slow@example.org', 'quick@example.org'] as [Jid, Jid]
  const ids = new Map<Jid, ConversationId>()
  for (const jid of [slow, quick]) ids.set(jid, (await store.write.ensureConversation({ account: me, jid, kind: 'direct', name: '', nick: null })).id)
  const stream = new Stream()
  const looked = new Map<Jid, PromiseWithResolvers<void>>()
  const prepared = new Set<Jid>([quick])
  const outbox = new Outbox({
    connection: stream as unknown as Connection,
    store,
    own: me,
    uploads: { put: () => undefined },
    encryption: {
      ...PLAIN,
      isPrepared: ({ jid }) => prepared.has(jid),
      prepare: async ({ jid }) => {
        const look = Promise.withResolvers<void>()
        looked.set(jid, look)
        await look.promise
        prepared.add(jid)
      }
    },
    onChanges: () => undefined,
    maySendTo: async () => true,
    nicksIn: () => [],
    callsAll: () => false,
    onTaken: () => undefined,
    warn: () => undefined
  })
  outbox.open(false)
  for (const [jid, originId] of [
    [slow, 's1'],
    [quick, 'q1'],
    [slow, 's2'],
    [quick, 'q2']
  ] as const) {
    await store.write.queueMessage({ conversation: ids.get(jid)!, text: 'x', originId, sender: me, time: Date.now(), encrypted: true })
    outbox.flush()
  }
  await expect.poll(() => stream.sent).toEqual(['q1', 'q2'])
  expect([...looked.keys()]).toEqual([slow])
  looked.get(slow)!.resolve()
  await expect.poll(() => stream.sent).toEqual(['q1', 'q2', 's1', 's2'])
  await store.close()
})

test("a link's card gives way to its text: first the picture, then all of it", async () => {
  using folder = temporaryFolder()
  const store = await openStore(folder.path)
  const outgoing = { most: null as number | null, bytesOf: (stanza: Element) => Buffer.byteLength(stanza.toString()) }
  const outbox = new Outbox({
    connection: Object.assign(new Stream(), { outgoing }) as unknown as Connection,
    store,
    own: 'me@example.org' as Jid,
    uploads: { put: () => undefined },
    encryption: PLAIN,
    onChanges: () => undefined,
    maySendTo: async () => true,
    nicksIn: () => [],
    callsAll: () => false,
    onTaken: () => undefined,
    warn: () => undefined
  })
  const card = { url: 'https://example.org/', title: '黄山', description: '', site: '', image: `data:image/jpeg;base64,${'A'.repeat(5000)}` }
  const plain = { ...card, image: undefined }
  for (const encryption of [null, 'on'] as const) {
    const to = { jid: 'bob@example.org' as Jid, kind: 'direct' as const, encryption }
    const text = `${card.url} ${'长'.repeat(2000)}`
    const size = (link: LinkMetadata | null): number => {
      outgoing.most = 1_000_000
      let [low, high] = [0, 1_000_000]
      while (low < high) {
        outgoing.most = (low + high) >> 1
        if (outbox.takes(to, text, link)) high = outgoing.most
        else low = outgoing.most + 1
      }
      return low
    }
    const [whole, unpictured, alone] = [size(card), size(plain), size(null)]
    expect(whole).toBeGreaterThan(unpictured + 5000)
    for (const [most, expected] of [
      [null, card],
      [whole, card],
      [whole - 1, plain],
      [unpictured, plain],
      [unpictured - 1, null],
      [alone, null]
    ] as const) {
      outgoing.most = most
      expect([encryption, most, outbox.cardBeside(to, text, card)]).toEqual([encryption, most, expected])
    }
  }
})
