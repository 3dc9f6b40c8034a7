/** `urn:xmpp:omemo:2` (XEP-0384 0.8) with python3-twomemo on slixmpp, with Mnemo, and between devices that support one version each. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConversationId, Jid, Message } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { foreignOmemo, hasForeignOmemo, type Foreign } from '../support/foreign.ts'
import { Devices, messages, startServer, until, type TestServer } from '../support/server.ts'

const ALICE = 'alice@localhost' as Jid
const BOB = 'bob@localhost' as Jid
let server: TestServer
const devices = new Devices()
beforeAll(async () => {
  server = await startServer({ strangers: ['dave', 'erin', 'frank', 'grace', 'heidi', 'ivan'] })
})
afterAll(async () => {
  await devices.end()
  await server.stop()
})
const find = (engine: Engine, jid: string, wanted: (message: Message) => boolean): Promise<Message> =>
  until(engine, async () => (await messages(engine, jid)).find(wanted))
const conversationWith = async (engine: Engine, jid: Jid): Promise<ConversationId> =>
  (await engine.store.write.ensureConversation({ account: engine.account!.jid, jid, kind: 'direct', name: '', nick: null })).id
const targets = (engine: Engine, jid: Jid) => engine.store.write.encryptionTargets({ account: engine.account!.jid, jids: [jid] })

/** Devices that an account announces. */
async function announced(client: Foreign, of: Jid): Promise<number[]> {
  await client.tell({ do: 'devices', of }, 'devices')
  return client.events.findLast(({ event }) => event === 'devices')?.ids ?? []
}

describe.skipIf(!hasForeignOmemo)('python3-twomemo', () => {
  let alice: Engine
  let bob: Foreign
  beforeAll(async () => {
    alice = await devices.signIn(server, 'alice', true)
    bob = await foreignOmemo(server, 'bob', join(server.folder, 'bob-2.json'), 'omemo:2')
    await until(alice, async () => (await announced(bob, ALICE)).length > 0)
  })
  afterAll(() => bob.quit())

  test('both begin, both read, turn after turn', async () => {
    await bob.tell({ do: 'send', to: ALICE, text: '你好 from twomemo <&> 👋' }, 'sent')
    expect(await find(alice, BOB, ({ text }) => text === '你好 from twomemo <&> 👋')).toMatchObject({ encrypted: true, unreadable: null, outgoing: false })
    expect((await alice.store.find.search({ query: 'twomemo', limit: 5, total: true })).total).toBe(1)
    const id = await conversationWith(alice, BOB)
    await alice.messages.send(id, '一个秘密的 <回答> & 👋')
    const got = await bob.waitFor(({ text }) => text === '一个秘密的 <回答> & 👋')
    expect(got.affixes).toMatchObject({ from: ALICE, to: BOB, rpad: expect.anything() })
    // nothing beside the envelope reveals that it is a text
    expect(got.beside?.filter((tag) => /body|reply|fallback/.test(tag))).toEqual([])
    for (let turn = 0; turn < 5; turn++) {
      await bob.tell({ do: 'send', to: ALICE, text: `theirs ${turn}` }, 'sent')
      await find(alice, BOB, ({ text }) => text === `theirs ${turn}`)
      await alice.messages.send(id, `ours ${turn}`)
      await bob.waitFor(({ text }) => text === `ours ${turn}`)
    }
    expect(bob.events.filter(({ refused }) => refused !== undefined)).toEqual([])
    expect(bob.events.filter(({ event, encrypted }) => event === 'message' && encrypted !== true)).toEqual([])
    expect((await messages(alice, BOB)).filter(({ unreadable, encrypted }) => unreadable !== null || !encrypted)).toEqual([])
  })

  test('reactions, corrections, retractions and replies are encrypted content on both sides', async () => {
    const id = await conversationWith(alice, BOB)
    const sent = await alice.messages.send(id, 'react to this')
    const { id: named } = await bob.waitFor(({ text }) => text === 'react to this')
    await bob.tell({ do: 'send', to: ALICE, content: `<reactions xmlns='urn:xmpp:reactions:0' id='${named}'><reaction>🎉</reaction></reactions>` }, 'sent')
    expect(await find(alice, BOB, ({ key, reactions }) => key === sent.key && reactions.length > 0)).toMatchObject({ reactions: [{ emoji: '🎉' }] })
    const body = (text: string): string => `<body xmlns='jabber:client'>${text}</body>`
    await bob.tell({ do: 'send', to: ALICE, id: 'first-words', content: body('frist words') }, 'sent')
    const theirs = await find(alice, BOB, ({ text }) => text === 'frist words')
    await bob.tell({ do: 'send', to: ALICE, content: `${body('first words')}<replace xmlns='urn:xmpp:message-correct:0' id='first-words'/>` }, 'sent')
    expect(await find(alice, BOB, ({ text }) => text === 'first words')).toMatchObject({ key: theirs.key, edited: true, encrypted: true })
    await bob.tell({ do: 'send', to: ALICE, content: `${body('an answer')}<reply xmlns='urn:xmpp:reply:0' id='${named}' to='${ALICE}'/>` }, 'sent')
    expect(await find(alice, BOB, ({ text }) => text === 'an answer')).toMatchObject({ reply: { text: 'react to this' } })
    await bob.tell({ do: 'send', to: ALICE, content: "<retract xmlns='urn:xmpp:message-retract:1' id='first-words'/>" }, 'sent')
    expect(await find(alice, BOB, ({ key, retracted }) => key === theirs.key && retracted)).toMatchObject({ text: '' })
    // and our own
    const before = bob.events.length
    await alice.messages.change((await find(alice, BOB, ({ key }) => key === sent.key)).id, 'correction', 'react to that')
    expect((await bob.waitFor(({ text }) => text === 'react to that')).content).toContain('urn:xmpp:message-correct:0')
    await alice.messages.change((await find(alice, BOB, ({ text }) => text === 'an answer')).id, 'reactions', '👍')
    expect((await bob.waitFor(({ content }) => content?.includes('👍') === true)).beside?.filter((tag) => /reactions|body/.test(tag))).toEqual([])
    await alice.messages.change((await find(alice, BOB, ({ key }) => key === sent.key)).id, 'retraction', '')
    expect(
      (await bob.waitFor(({ content }) => content?.includes('message-retract') === true)).beside?.filter((tag) => /retract|fasten|body/.test(tag))
    ).toEqual([])
    expect(bob.events.slice(before).filter(({ event, encrypted }) => event === 'message' && encrypted !== true)).toEqual([])
  })

  test('content meant for another conversation or from another sender is ignored; empty content leaves nothing', async () => {
    const before = (await messages(alice, BOB)).length
    await bob.tell({ do: 'send', to: ALICE, text: 'I am Dave', from: 'dave@localhost' }, 'sent')
    await find(alice, BOB, ({ unreadable }) => unreadable === 'damaged')
    await bob.tell({ do: 'send', to: ALICE, content: "<active xmlns='http://jabber.org/protocol/chatstates'/>" }, 'sent')
    await bob.tell({ do: 'send', to: ALICE, text: 'the end of it' }, 'sent')
    await find(alice, BOB, ({ text }) => text === 'the end of it')
    expect((await messages(alice, BOB)).slice(before).map(({ text, unreadable }) => unreadable ?? text)).toEqual(['damaged', 'the end of it'])
  })

  test('a client that returns without its keys: both read on', async () => {
    await bob.quit()
    bob = await foreignOmemo(server, 'bob', join(server.folder, 'bob-2-anew.json'), 'omemo:2')
    await bob.tell({ do: 'send', to: ALICE, text: 'from a new device' }, 'sent')
    await find(alice, BOB, ({ text }) => text === 'from a new device')
    await alice.messages.send(await conversationWith(alice, BOB), 'to the new device')
    await bob.waitFor(({ text }) => text === 'to the new device')
    expect(bob.events.filter(({ refused }) => refused !== undefined)).toEqual([])
  })
})

test.skipIf(!hasForeignOmemo)('devices that support one version each read the same message', async () => {
  const alice = devices.engines[0] ?? (await devices.signIn(server, 'alice', true))
  const dave = 'dave@localhost' as Jid
  const clients = [
    await foreignOmemo(server, 'dave', join(server.folder, 'dave-old.json'), 'axolotl'),
    await foreignOmemo(server, 'dave', join(server.folder, 'dave-new.json'), 'omemo:2')
  ]
  for (const [i, client] of clients.entries()) {
    await client.tell({ do: 'send', to: ALICE, text: `hello from ${i}` }, 'sent')
    expect(await find(alice, dave, ({ text }) => text === `hello from ${i}`)).toMatchObject({ encrypted: true, unreadable: null })
  }
  await until(alice, async () => (await targets(alice, dave)).devices.filter(({ jid }) => jid === dave).length === 2)
  await alice.messages.send(await conversationWith(alice, dave), 'for both of them')
  for (const client of clients) await client.waitFor(({ text }) => text === 'for both of them')
  expect((await targets(alice, dave)).modern).toBe(false)
  for (const client of clients) await client.quit()
})

describe('Mnemo with Mnemo', () => {
  let alice: Engine
  let carol: Engine
  const CAROL = 'carol@localhost' as Jid
  beforeAll(async () => {
    alice = devices.engines[0] ?? (await devices.signIn(server, 'alice', true))
    carol = await devices.signIn(server, 'carol', true)
    for (const [one, other] of [
      [alice, CAROL],
      [carol, ALICE]
    ] as const)
      await until(one, async () => (await targets(one, other)).modern)
  })

  test('all texts and changes are encrypted content; nothing is plain in transit, including files and their names', async () => {
    const seen: string[] = []
    for (const [engine, jid] of [
      [carol, CAROL],
      [alice, ALICE]
    ] as const)
      engine.accounts.of(jid)?.connection.on('stanza', (stanza) => stanza.name === 'message' && seen.push(stanza.toString()))
    const id = await conversationWith(alice, CAROL)
    const sent = await alice.messages.send(id, 'the first word')
    const got = await find(carol, ALICE, ({ text }) => text === 'the first word')
    expect(got).toMatchObject({ encrypted: true })
    await alice.messages.change(sent.id, 'correction', 'the first secret')
    expect(await find(carol, ALICE, ({ text }) => text === 'the first secret')).toMatchObject({ encrypted: true, edited: true, key: got.key })
    await carol.messages.change(got.id, 'reactions', '🎈')
    expect(await find(alice, CAROL, ({ key, reactions }) => key === sent.key && reactions.length > 0)).toMatchObject({ reactions: [{ emoji: '🎈' }] })
    // the second reaction replaces the first, on both sides
    await carol.messages.change(got.id, 'reactions', '🚀')
    expect(await find(alice, CAROL, ({ key, reactions }) => key === sent.key && reactions[0]?.emoji === '🚀')).toMatchObject({ reactions: [{ emoji: '🚀' }] })
    const answer = await carol.messages.send(await conversationWith(carol, ALICE), 'an answer to it', { reply: got.id })
    expect(await find(alice, CAROL, ({ text }) => text === 'an answer to it')).toMatchObject({ encrypted: true, reply: { text: 'the first secret' } })
    await carol.messages.change((await find(carol, ALICE, ({ key }) => key === answer.key)).id, 'retraction', '')
    await find(alice, CAROL, ({ retracted }) => retracted)
    const content = randomBytes(70_000)
    const token = alice.media.staging.begin({ name: '机密 plan.bin', bytes: content.length, type: 'application/octet-stream' })
    await alice.media.staging.append(token, content)
    await alice.messages.sendFile(id, token)
    const file = await find(carol, ALICE, ({ attachments }) => attachments[0]?.where === 'here')
    expect(file).toMatchObject({ encrypted: true, text: '', attachments: [{ name: '机密 plan.bin', bytes: 70_000 }] })
    expect(readFileSync((await carol.files.attachment(file.attachments[0]!.id))?.path ?? '')).toEqual(content)
    expect(
      seen.filter((stanza) => /the first|secret|answer|plan\.bin|aesgcm|https:|🎈|🚀|reactions:0|message-correct|message-retract|urn:xmpp:reply/.test(stanza))
    ).toEqual([])
    expect((await messages(alice, CAROL)).filter(({ unreadable, encrypted }) => unreadable !== null || !encrypted)).toEqual([])
  })

  test('changes that an archive or a second device repeats do not become unreadable messages', async () => {
    const id = await conversationWith(alice, CAROL)
    const sent = await alice.messages.send(id, 'reacted to often')
    const got = await find(carol, ALICE, ({ text }) => text === 'reacted to often')
    for (const emoji of ['1️⃣', '2️⃣', '3️⃣']) {
      await carol.messages.change(got.id, 'reactions', emoji)
      await find(alice, CAROL, ({ key, reactions }) => key === sent.key && reactions[0]?.emoji === emoji)
    }
    carol = await devices.again(carol, async () => {
      await alice.messages.change((await find(alice, CAROL, ({ key }) => key === sent.key)).id, 'reactions', '👀')
      await until(alice, async () => (await alice.store.read.queuedChanges(ALICE)).length === 0)
    })
    await carol.connect()
    expect(await find(carol, ALICE, ({ text, reactions }) => text === 'reacted to often' && reactions.length === 2)).toMatchObject({ encrypted: true })
    const second = await devices.signIn(server, 'carol', true)
    await until(alice, async () => (await targets(alice, CAROL)).devices.filter(({ jid }) => jid === CAROL).length === 2)
    await alice.messages.send(id, 'for two devices of Carol')
    for (const engine of [carol, second]) await find(engine, ALICE, ({ text }) => text === 'for two devices of Carol')
    const there = await find(carol, ALICE, ({ text }) => text === 'for two devices of Carol')
    await carol.messages.change(there.id, 'reactions', '✌️')
    await find(second, ALICE, ({ text, reactions }) => text === 'for two devices of Carol' && reactions.length === 1)
    expect((await messages(carol, ALICE)).filter(({ unreadable }) => unreadable !== null)).toEqual([])
  })
})

test('a private group: texts, reactions and replies are encrypted content; mentions notify', async () => {
  const people: [Engine, Jid][] = []
  for (const user of ['grace', 'heidi', 'ivan']) people.push([await devices.signIn(server, user, true), `${user}@localhost` as Jid])
  const [[grace, GRACE], [heidi, HEIDI], [ivan, IVAN]] = people as [[Engine, Jid], [Engine, Jid], [Engine, Jid]]
  const group = await grace.groups.create({ name: 'secrets', membersOnly: true, invite: [HEIDI, IVAN] })
  for (const engine of [heidi, ivan]) await engine.conversations.start(group.jid, 'group', null)
  await grace.conversations.set({ conversation: group.id, encryption: 'on' })
  await until(grace, async () => {
    const { on, possible, without } = await grace.messages.secrecy(group.id)
    return on && possible && without.length === 0
  })
  const seen: string[] = []
  heidi.accounts.of(HEIDI)?.connection.on('stanza', (stanza) => stanza.name === 'message' && seen.push(stanza.toString()))
  const sent = await grace.messages.send(group.id, '大家好, @heidi in secret')
  const got = await find(heidi, group.jid, ({ text }) => text === '大家好, @heidi in secret')
  expect(got).toMatchObject({ encrypted: true, outgoing: false })
  await find(ivan, group.jid, ({ text }) => text === '大家好, @heidi in secret')
  await find(grace, group.jid, ({ key, state }) => key === sent.key && state !== 'queued')
  await ivan.messages.change((await find(ivan, group.jid, ({ text }) => text.includes('secret'))).id, 'reactions', '🤫')
  for (const engine of [grace, heidi]) await find(engine, group.jid, ({ text, reactions }) => text.includes('secret') && reactions[0]?.emoji === '🤫')
  await heidi.messages.send((await heidi.store.read.conversationByJid(group.jid))!.id, 'an answer of Heidi', { reply: got.id })
  for (const engine of [grace, ivan])
    expect(await find(engine, group.jid, ({ text }) => text === 'an answer of Heidi')).toMatchObject({ reply: { text: '大家好, @heidi in secret' } })
  expect(seen.filter((stanza) => /secret'?<|🤫|reactions:0|urn:xmpp:reply|answer of/.test(stanza))).toEqual([])
  expect(await targets(grace, HEIDI)).toMatchObject({ modern: true })
  expect(GRACE).not.toBe(HEIDI)
  for (const engine of [grace, heidi, ivan]) expect((await messages(engine, group.jid)).filter(({ unreadable }) => unreadable !== null)).toEqual([])
})
