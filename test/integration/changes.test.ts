/** Changes to sent messages, through a server: by us, by our other device, and with a foreign client. */
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Jid, Message } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { foreignClient } from '../support/foreign.ts'
import { Devices, messages, online, startServer, until, type TestServer } from '../support/server.ts'

let server: TestServer
let devices: Devices

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())
beforeEach(() => {
  devices = new Devices()
})
afterEach(() => devices.end())

const signedIn = (user: string): Promise<Engine> => devices.signIn(server, user)
async function write(engine: Engine, jid: string, text: string, reply: Message | null = null): Promise<Message> {
  const conversation = await engine.conversations.start(jid, 'direct', null)
  const message = await engine.messages.send(conversation.id, text, { reply: reply?.id ?? null })
  await until(engine, async () => (await messages(engine, jid)).every(({ state }) => state !== 'queued'))
  return (await messages(engine, jid)).find(({ key }) => key.endsWith(message.key.slice(1)))!
}
const find = (engine: Engine, jid: string, wanted: (message: Message) => boolean): Promise<Message> =>
  until(engine, async () => (await messages(engine, jid)).find(wanted))

test('corrections, replies, reactions and retractions reach the other person and our second device', async () => {
  const [alice, phone, bob] = [await signedIn('alice'), await signedIn('alice'), await signedIn('bob')]
  const sent = await write(alice, 'bob@localhost', 'see you at sevn')
  const got = await find(bob, 'alice@localhost', ({ text }) => text === 'see you at sevn')
  await alice.messages.change(sent.id, 'correction', 'see you at seven')
  for (const [engine, jid] of [
    [bob, 'alice@localhost'],
    [phone, 'bob@localhost']
  ] as const)
    await find(engine, jid, ({ text, edited }) => text === 'see you at seven' && edited)
  expect((await bob.store.find.search({ query: 'sevn', limit: 1, total: true })).total).toBe(0)
  await write(bob, 'alice@localhost', 'fine', got)
  const answer = await find(alice, 'bob@localhost', ({ text }) => text === 'fine')
  expect(answer.reply).toMatchObject({ id: sent.id, text: 'see you at seven', outgoing: true })
  await bob.messages.change(got.id, 'reactions', '👍')
  for (const engine of [alice, phone])
    expect((await find(engine, 'bob@localhost', ({ reactions }) => reactions.length > 0)).reactions).toEqual([
      { emoji: '👍', count: 1, own: false, names: ['Bob'] }
    ])
  await bob.messages.change(got.id, 'reactions', '')
  await until(alice, async () => (await messages(alice, 'bob@localhost')).every(({ reactions }) => reactions.length === 0))
  await alice.messages.change(sent.id, 'retraction', '')
  for (const [engine, jid] of [
    [bob, 'alice@localhost'],
    [phone, 'bob@localhost']
  ] as const)
    await find(engine, jid, ({ retracted }) => retracted)
  // a device that signs in later gets the same from the archive
  const late = await signedIn('bob')
  await until(late, async () => (await messages(late, 'alice@localhost')).some(({ text }) => text === 'fine'))
  expect((await messages(late, 'alice@localhost')).map(({ text, retracted }) => [text, retracted])).toEqual([
    ['', true],
    ['fine', false]
  ])
})

test("in a group, replies, reactions and retractions refer to the archive's ids", async () => {
  const [alice, bob] = [await signedIn('alice'), await signedIn('bob')]
  const room = `changes-${randomUUID()}@rooms.localhost`
  const a = await alice.conversations.start(room, 'group', 'alice')
  const b = await bob.conversations.start(room, 'group', 'bob')
  await alice.messages.send(a.id, '晚饭吃什么')
  const got = await find(bob, room, ({ text }) => text === '晚饭吃什么')
  await bob.messages.send(b.id, '火锅', { reply: got.id })
  await bob.messages.change(got.id, 'reactions', '🎉')
  const own = await find(alice, room, ({ reactions, state }) => reactions.length === 1 && state !== 'queued')
  expect((await find(alice, room, ({ text }) => text === '火锅')).reply).toMatchObject({ id: own.id, text: '晚饭吃什么' })
  await alice.messages.change(own.id, 'correction', '晚饭吃什么？')
  await find(bob, room, ({ text }) => text === '晚饭吃什么？')
  await alice.messages.change(own.id, 'retraction', '')
  await find(bob, room, ({ retracted }) => retracted)
})

test('changes made offline wait, also across a restart, and are sent once', async () => {
  const [alice, bob] = [await signedIn('alice'), await signedIn('bob')]
  const sent = await write(alice, 'bob@localhost', 'offline edit me')
  await find(bob, 'alice@localhost', ({ text }) => text === 'offline edit me')
  await alice.disconnect()
  await alice.messages.change(sent.id, 'correction', 'edited while offline')
  expect((await messages(alice, 'bob@localhost')).at(-1)).toMatchObject({ text: 'edited while offline', edited: true })
  const back = await devices.again(alice)
  await back.connect()
  await find(bob, 'alice@localhost', ({ text }) => text === 'edited while offline')
  await until(back, async () => (await back.store.read.queuedChanges()).length === 0)
})

test('read markers and typing notifications are sent', async () => {
  const [alice, bob, tablet] = [await signedIn('alice'), await signedIn('bob'), await signedIn('bob')]
  const sent = await write(alice, 'bob@localhost', 'have you read this?')
  const got = await find(bob, 'alice@localhost', ({ text }) => text === 'have you read this?')
  await find(tablet, 'alice@localhost', ({ text }) => text === 'have you read this?')
  const conversation = (await bob.store.read.conversationByJid('alice@localhost'))!
  const typing = new Promise<readonly string[]>((resolve) =>
    alice.live.on('change', ({ typing }) => typing?.['bob@localhost'] !== undefined && resolve(typing['bob@localhost']))
  )
  await bob.messages.type(conversation.id, true)
  expect(await typing).toEqual(['Bob'])
  await bob.messages.markRead(conversation.id, got.id)
  // the archive may move a message: it is identified by its key
  const seen = async (key: string): Promise<boolean> =>
    ((await alice.store.read.conversationByJid('bob@localhost'))?.seenUpTo ?? 0) >=
    ((await messages(alice, 'bob@localhost')).find((message) => message.key === key)?.id ?? Infinity)
  await until(alice, () => seen(sent.key))
  await until(tablet, async () => (await tablet.store.read.conversationByJid('alice@localhost'))?.unread === 0)
  // with read markers off, nobody is told
  await bob.store.write.changeSettings({ tellRead: false, tellTyping: false })
  const second = await write(alice, 'bob@localhost', 'and this?')
  const unread = await find(bob, 'alice@localhost', ({ text }) => text === 'and this?')
  await bob.messages.markRead(conversation.id, unread.id)
  await write(bob, 'alice@localhost', 'something after it')
  await find(alice, 'bob@localhost', ({ text }) => text === 'something after it')
  expect(await seen(second.key)).toBe(false)
  expect(alice.accounts.typing.size).toBe(0)
})

test('a read position of one device reaches another that connects later, also in groups', async () => {
  const [bob, carol] = [await signedIn('bob'), await signedIn('carol')]
  const room = `read-${randomUUID()}@rooms.localhost`
  const c = await carol.conversations.start(room, 'group', 'carol')
  await bob.conversations.start(room, 'group', 'bob')
  for (let i = 0; i < 3; i++) await carol.messages.send(c.id, `news ${i}`)
  await write(carol, 'bob@localhost', 'privately')
  const phone = await signedIn('bob')
  await phone.conversations.start(room, 'group', 'bob_phone')
  await phone.disconnect()
  await carol.messages.send(c.id, 'news 3')
  for (const jid of [room, 'carol@localhost']) {
    const last = jid === room ? 'news 3' : 'privately'
    const newest = await find(bob, jid, ({ text }) => text === last)
    await bob.messages.markRead(newest.conversation, newest.id)
  }
  await phone.connect()
  await online(phone)
  for (const jid of [room, 'carol@localhost'])
    await until(phone, async () => {
      const conversation = await phone.store.read.conversationByJid(jid)
      return conversation?.unread === 0 && conversation.readUpTo >= (conversation.last?.id ?? Infinity)
    })
})

test('messages read on the phone while the app was closed are read after its start', async () => {
  const [alice, bob] = [await signedIn('alice'), await signedIn('bob')]
  const group = await alice.groups.create({ name: '周末', membersOnly: true, invite: ['bob@localhost' as Jid] })
  await until(bob, () => Promise.resolve(bob.accounts.invitations.some((invitation) => invitation.group === group.jid)))
  await bob.groups.answerInvitation(group.jid, true)
  const asked = await write(alice, 'bob@localhost', '看到了吗')
  await alice.messages.send(group.id, '大家看到了吗')
  // private read markers: none are published in a node of the account
  const phone = await foreignClient(server, 'alice')
  try {
    const got = await find(bob, 'alice@localhost', ({ text }) => text === '看到了吗')
    const said = await find(bob, group.jid, ({ text }) => text === '大家看到了吗')
    await alice.disconnect()
    for (const one of [got, said]) await bob.messages.markRead(one.conversation, one.id)
    await phone.waitFor(({ event, id }) => event === 'displayed' && id === asked.key.slice(1))
    await write(bob, 'alice@localhost', '看到了')
    const answer = await phone.waitFor(({ event, body }) => event === 'message' && body === '看到了')
    await phone.tell(
      {
        do: 'raw',
        xml: `<message to='bob@localhost' type='chat'><displayed xmlns='urn:xmpp:chat-markers:0' id='${answer.id ?? ''}'/><store xmlns='urn:xmpp:hints'/></message>`
      },
      'done'
    )
    await until(bob, async () => ((await bob.store.read.conversationByJid('alice@localhost'))?.seenUpTo ?? 0) > got.id)
    await alice.connect()
    await find(alice, 'bob@localhost', ({ text }) => text === '看到了')
    const conversation = (await alice.store.read.conversationByJid('bob@localhost'))!
    expect(conversation).toMatchObject({ unread: 0, readUpTo: conversation.last?.id })
    expect(conversation.seenUpTo).toBeGreaterThanOrEqual((await find(alice, 'bob@localhost', ({ key }) => key.endsWith(asked.key.slice(1)))).id)
    const own = await find(alice, group.jid, ({ text }) => text === '大家看到了吗')
    await until(alice, async () =>
      (await alice.store.read.groupReaders(own.conversation)).some(({ person, upTo }) => person === 'bob@localhost' && upTo >= own.id)
    )
  } finally {
    await phone.quit()
  }
})

test('a foreign client and Mnemo understand each other', async () => {
  const alice = await signedIn('alice')
  const carol = await foreignClient(server, 'carol')
  try {
    const sent = await write(alice, 'carol@localhost', 'hello slixmpp')
    await carol.waitFor(({ event, body }) => event === 'message' && body === 'hello slixmpp')
    await until(alice, async () => (await messages(alice, 'carol@localhost')).at(-1)?.state === 'delivered')
    await alice.messages.change(sent.id, 'correction', 'hello, slixmpp!')
    expect(await carol.waitFor(({ event }) => event === 'correction')).toMatchObject({ body: 'hello, slixmpp!', id: sent.key.slice(1) })
    await alice.messages.change(sent.id, 'reactions', '🙏')
    expect(await carol.waitFor(({ event }) => event === 'reactions')).toMatchObject({ values: ['🙏'] })
    await carol.tell({ do: 'raw', xml: `<message to='alice@localhost' type='chat' id='f1'><body>frist</body></message>` }, 'done')
    await find(alice, 'carol@localhost', ({ text }) => text === 'frist')
    await carol.tell({ do: 'correct', to: 'alice@localhost', id: 'f1', body: 'first' }, 'done')
    await find(alice, 'carol@localhost', ({ text, edited }) => text === 'first' && edited)
    await carol.tell({ do: 'react', to: 'alice@localhost', id: sent.key.slice(1), emoji: ['😂', '👍'] }, 'done')
    const reacted = await find(alice, 'carol@localhost', ({ key, reactions }) => key.endsWith(sent.key.slice(1)) && reactions.length === 3)
    expect(reacted.reactions.map(({ emoji, own }) => [emoji, own])).toEqual([
      ['🙏', true],
      ['😂', false],
      ['👍', false]
    ])
    await carol.tell(
      {
        do: 'raw',
        xml: `<message to='alice@localhost' type='chat' id='f2'><apply-to xmlns='urn:xmpp:fasten:0' id='f1'><retract xmlns='urn:xmpp:message-retract:0'/></apply-to><body>retracted</body><store xmlns='urn:xmpp:hints'/></message>`
      },
      'done'
    )
    await find(alice, 'carol@localhost', ({ retracted }) => retracted)
    // forged: carol corrects a message that alice wrote
    await carol.tell({ do: 'correct', to: 'alice@localhost', id: sent.key.slice(1), body: 'I owe carol money' }, 'done')
    await carol.tell({ do: 'send', to: 'alice@localhost', bodies: ['after the forgery'] }, 'sent')
    await find(alice, 'carol@localhost', ({ text }) => text === 'after the forgery')
    expect((await messages(alice, 'carol@localhost')).find(({ key }) => key.endsWith(sent.key.slice(1)))?.text).toBe('hello, slixmpp!')
  } finally {
    await carol.quit()
  }
})
