/** Stanzas of a hostile server or peer: nothing forged is believed, nothing is lost, and the app keeps working. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { hostileServer, type HostileServer } from '../support/hostile-server.ts'
import { empty, LARGE_GROUP, letIn, nickOf } from '../support/large-group.ts'
import { messages, online, openEngine, testFolder, until, type TestFolder } from '../support/server.ts'

let server: HostileServer
let folder: TestFolder
let alice: Engine
beforeAll(async () => void (server = await hostileServer()))
afterAll(() => server.close())
beforeEach(async () => {
  folder = testFolder()
  alice = await openEngine(folder.path)
  await alice.signIn(server.settings)
  await online(alice)
})
afterEach(async () => {
  await alice.close()
  folder.remove()
})

const from = "from='bob@evil.example/x' to='alice@evil.example/r' type='chat'"
const chat = (id: string, body: string, more = ''): string => `<message ${from} id='${id}'><body>${body}</body>${more}</message>`
const all = async (): Promise<string[]> => (await messages(alice, 'bob@evil.example')).map(({ text }) => text)
/** Waits for a message: everything before it has been processed then. */
async function said(text: string): Promise<void> {
  server.say(chat(`end-${text}`, text))
  await until(alice, async () => (await all()).includes(text))
}
/** Waits until the stream has ended and another one has replaced it. */
const comesBack = async (before: number): Promise<void> => {
  await until(alice, async () => server.streams > before && alice.connection.status === 'online')
}

test('entities, processing instructions and a document type end the stream, not the app', async () => {
  await said('before')
  for (const evil of [
    `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>${chat('laugh', '&lol2;')}`,
    chat('entity', '&unknown;'),
    '</stream:stream></stream:stream>'
  ]) {
    const before = server.streams
    server.say(evil)
    // either it is refused and the stream restarts, or it is text without meaning
    await Promise.race([comesBack(before), said(`after ${evil.slice(0, 20).replace(/[<&]/g, '')}`).catch(() => undefined)])
    await online(alice)
  }
  const list = await all()
  expect(list.some((text) => text.includes('lollollol'))).toBe(false)
  expect(list).toContain('before')
})

test('elements nested 20,000 deep and a stanza of many megabytes are survived', async () => {
  const deep = `${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}`
  const before = server.streams
  server.say(chat('deep', 'deep', deep))
  server.say(chat('large', '大'.repeat(1_500_000)))
  server.say(chat('wide', 'wide', '<x/>'.repeat(100_000)))
  await Promise.race([said('after it'), comesBack(before)])
  await online(alice)
  for (const text of await all()) expect(text.length).toBeLessThanOrEqual(1_000_000)
})

test('messages with an invalid sender, or not permitted to theirs, are ignored', async () => {
  const stanza = (attributes: string, inside: string): string => `<message ${attributes} type='chat'>${inside}</message>`
  const forwarded = `<forwarded xmlns='urn:xmpp:forward:0'><message from='bob@evil.example/x' to='alice@evil.example' type='chat' id='f'><body>forged</body></message></forwarded>`
  for (const evil of [
    stanza("from='@@@'", '<body>nobody</body>'),
    stanza("from='a b@evil.example'", '<body>nobody</body>'),
    stanza(`from='${'x'.repeat(5000)}@evil.example'`, '<body>nobody</body>'),
    // a carbon that is not from our account, and an archive result that was not requested
    stanza("from='mallory@evil.example'", `<received xmlns='urn:xmpp:carbons:2'>${forwarded}</received>`),
    stanza("from='mallory@evil.example'", `<sent xmlns='urn:xmpp:carbons:2'>${forwarded}</sent>`),
    stanza("from='alice@evil.example'", `<result xmlns='urn:xmpp:mam:2' queryid='guessed' id='1'>${forwarded}</result>`),
    // a group that we are not in
    `<message from='room@rooms.evil.example/x' type='groupchat'><body>forged</body></message>`
  ])
    server.say(evil)
  await said('the end')
  const everything = await alice.store.find.search({
    query: 'forged OR nobody',
    conversation: null,
    order: 'newest',
    offset: 0,
    limit: 10,
    total: true,
    facets: false,
    suggest: false
  })
  expect(everything.total).toBe(0)
})

test('nobody changes messages of others, and a repeated stanza is one message', async () => {
  server.say(chat('m1', 'mine'))
  server.say(chat('m1-again', 'once', `<origin-id xmlns='urn:xmpp:sid:0' id='o1'/>`).repeat(3))
  server.say(
    `<message from='mallory@evil.example/x' to='alice@evil.example' type='chat' id='c1'><body>forged</body><replace xmlns='urn:xmpp:message-correct:0' id='m1'/></message>`
  )
  server.say(
    `<message from='mallory@evil.example/x' to='alice@evil.example' type='chat' id='c2'><retract xmlns='urn:xmpp:message-retract:1' id='m1'/></message>`
  )
  await said('the end')
  expect(await all()).toEqual(['mine', 'once', 'the end'])
})

test('a stanza-id counts only from the archive that assigned it', async () => {
  // the sender claims an id of our archive in another entity's name
  server.say(chat('s1', 'first', `<stanza-id xmlns='urn:xmpp:sid:0' by='mallory@evil.example' id='A1'/>`))
  server.say(chat('s2', 'second', `<stanza-id xmlns='urn:xmpp:sid:0' by='mallory@evil.example' id='A1'/>`))
  await said('the end')
  expect(await all()).toEqual(['first', 'second', 'the end'])
})

test('10,000 reactions to one message stay few', async () => {
  server.say(chat('r0', 'react to me'))
  let text = ''
  for (let i = 0; i < 10_000; i++)
    text += `<message ${from} id='r${i + 1}'><reactions xmlns='urn:xmpp:reactions:0' id='r0'><reaction>👍</reaction><reaction>${String.fromCodePoint(0x1f600 + (i % 60))}</reaction></reactions></message>`
  server.say(text)
  await said('the end')
  const [message] = await messages(alice, 'bob@evil.example')
  // only a person's latest reactions count
  expect(message?.reactions).toHaveLength(2)
  server.say(
    `<message ${from} id='many'><reactions xmlns='urn:xmpp:reactions:0' id='r0'>${Array.from({ length: 10_000 }, (_, i) => `<reaction>${String.fromCodePoint(0x1f600 + (i % 80))}${i}</reaction>`).join('')}</reactions></message>`
  )
  await said('really the end')
  expect((await messages(alice, 'bob@evil.example'))[0]?.reactions.length).toBeLessThanOrEqual(16)
})

test('direction overrides and control characters are removed from names, and look-alike addresses stay distinct', async () => {
  server.say(
    `<iq type='set' id='p1' from='alice@evil.example'><query xmlns='jabber:iq:roster'><item jid='eve@evil.example' name='\u202Egnp.knab\u202C Bank\u0007' subscription='both'/></query></iq>`
  )
  await until(alice, async () => (await alice.store.read.conversationByJid('eve@evil.example')) !== null)
  const name = (await alice.store.read.conversationByJid('eve@evil.example'))?.name ?? ''
  expect(name).not.toMatch(/[\u202a-\u202e\u2066-\u2069\p{Cc}]/u)
  // an address that only looks like another is a different one
  server.say(`<message from='b\u043eb@evil.example/x' to='alice@evil.example' type='chat' id='h1'><body>I am not Bob</body></message>`)
  await until(alice, async () => (await messages(alice, 'b\u043eb@evil.example')).length === 1)
  expect(await all()).toEqual([])
})

test('2,000 stanzas a second from one contact are stored, and reading stays quick', async () => {
  const rounds = 5
  const each = 2000
  let slowest = 0
  let running = true
  const reading = (async () => {
    while (running) {
      const started = performance.now()
      await alice.store.read.conversations()
      slowest = Math.max(slowest, performance.now() - started)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  for (let round = 0; round < rounds; round++) {
    const started = performance.now()
    let text = ''
    for (let i = 0; i < each; i++) text += chat(`f${round}-${i}`, `flood ${round} ${i}`)
    server.say(text)
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 1000 - (performance.now() - started))))
  }
  await until(alice, async () => (await alice.store.read.stats()).messages >= rounds * each)
  running = false
  await reading
  // calls of a window are answered: no speed is tested, only that nothing blocks
  expect(slowest).toBeLessThan(2000)
})

test('a vCard’s picture is shown only if it matches the hash in the presence (XEP-0153)', async () => {
  const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
  const hash = createHash('sha1').update(picture).digest('hex')
  const bob = 'bob@evil.example' as Jid
  const announce = (photo: string): void =>
    server.say(`<presence from='${bob}/x' to='alice@evil.example/r'><x xmlns='vcard-temp:x:update'><photo>${photo}</photo></x></presence>`)
  /** Answers the next vCard request. */
  const answer = async (type: string, data: Buffer): Promise<void> => {
    const asked = (): string[] => [...server.heard.matchAll(/<iq [^>]*id="([^"]+)"[^>]*><vCard/g)].map(([, id]) => id ?? '')
    const before = asked().length
    await until(alice, () => Promise.resolve(asked().length > before || asked().length > answered))
    answered++
    // somebody else answers first: entities that were not asked are ignored
    for (const other of ['mallory@evil.example', `${bob}/x`, 'evil.example', 'alice@evil.example'])
      server.say(
        `<iq type='result' from='${other}' id='${asked().at(-1)}'><vCard xmlns='vcard-temp'><PHOTO><TYPE>image/png</TYPE><BINVAL>${Buffer.from('forged').toString('base64')}</BINVAL></PHOTO></vCard></iq>`
      )
    server.say(
      `<iq type='error' from='mallory@evil.example' id='${asked().at(-1)}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`
    )
    server.say(
      `<iq type='result' from='${bob}' id='${asked().at(-1)}'><vCard xmlns='vcard-temp'><PHOTO><TYPE>${type}</TYPE><BINVAL>${data.toString('base64')}</BINVAL></PHOTO></vCard></iq>`
    )
  }
  let answered = 0
  server.vcards = true
  announce('ab'.repeat(20))
  await answer('image/png', picture)
  await said('after the lying one')
  expect(await alice.store.read.avatar(bob)).toBeNull()
  announce('cd'.repeat(20))
  await answer('image/svg+xml', Buffer.from('<svg/>'))
  await said('after the one that is a program')
  expect(await alice.store.read.avatar(bob)).toBeNull()
  announce(hash)
  await answer('image/png', picture)
  await until(alice, () => alice.store.read.avatar(bob))
  expect(readFileSync((await alice.people.avatarFile(bob))!)).toEqual(picture)
  announce('')
  await until(alice, async () => (await alice.store.read.avatar(bob)) === null)
})

test('a group of 10,000 is joined, and half of it leaves: all are counted, and windows get few events', async () => {
  const COUNT = 10_000
  let told = 0
  alice.live.on('change', ({ occupants }) => void (occupants !== undefined && told++))
  const started = performance.now()
  const entering = alice.conversations.start(LARGE_GROUP, 'group', 'alice')
  await letIn(server, COUNT)
  const group = await entering
  const here = async (): Promise<number> =>
    (await alice.groups.inside(group.id, (groups, jid) => groups.members(jid))).members.filter((member) => member.here).length
  expect(await here()).toBe(COUNT + 1)
  server.say(`<message from='${LARGE_GROUP}/${nickOf(7777)}' to='alice@evil.example/r' type='groupchat' id='g1'><body>大家好 @alice</body></message>`)
  await until(alice, async () => (await messages(alice, LARGE_GROUP)).length === 1)
  expect((await messages(alice, LARGE_GROUP))[0]).toMatchObject({ senderName: nickOf(7777), mention: true })
  empty(server, COUNT / 2)
  await until(alice, async () => (await here()) === COUNT / 2 + 1)
  // at most twice a second
  expect(told).toBeLessThanOrEqual(2 + (performance.now() - started) / 500)
})
