/** Servers and groups with invalid answers, and groups that remove us: messages arrive, and the reason of a removal is known. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Engine } from '../../src/engine/engine.ts'
import { seeded } from '../support/files.ts'
import { hostileServer, type HostileServer } from '../support/hostile-server.ts'
import { messages, online, openEngine, testFolder, texts, until, type TestFolder } from '../support/server.ts'

const BOB = 'bob@evil.example'
const ME = 'alice@evil.example'
const MUC = 'http://jabber.org/protocol/muc'
let server: HostileServer
let folder: TestFolder
let alice: Engine
const faults: string[] = []
const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)
beforeAll(async () => {
  server = await hostileServer()
  process.on('unhandledRejection', note)
})
afterAll(() => {
  process.off('unhandledRejection', note)
  server.close()
})
beforeEach(async () => {
  faults.length = unhandled.length = 0
  folder = testFolder()
  alice = await openEngine(folder.path, { info: () => undefined, warn: (line) => void (line.includes('not understood') && faults.push(line)) })
})
afterEach(async () => {
  await alice.close()
  folder.remove()
  server.answer = null
})
const signIn = async (): Promise<void> => {
  await alice.signIn(server.settings)
  await online(alice)
}
const from = (sender: string, inside: string, more = "type='chat'"): void => server.say(`<message from='${sender}' to='${ME}/r' ${more}>${inside}</message>`)
let fences = 0
async function settled(): Promise<void> {
  const text = `fence ${++fences}`
  from('fence@evil.example/x', `<body>${text}</body>`)
  await until(alice, async () => (await texts(alice, 'fence@evil.example')).includes(text))
}

test('random answers to every request do not prevent writing', async () => {
  const random = seeded(7)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const names = [
    'query',
    'item',
    'identity',
    'feature',
    'x',
    'field',
    'value',
    'pubsub',
    'items',
    'conference',
    'nick',
    'password',
    'storage',
    'fin',
    'set',
    'first',
    'last',
    'count',
    'blocklist',
    'vCard',
    'PHOTO',
    'BINVAL',
    'TYPE',
    'slot',
    'put',
    'get',
    'header',
    'utc',
    'tzo',
    'time',
    'displayed',
    'stanza-id',
    'list',
    'devices',
    'device',
    'bundle',
    'error',
    'text'
  ]
  const spaces = [
    '',
    '',
    'jabber:iq:roster',
    `${MUC}#admin`,
    `${MUC}#owner`,
    'http://jabber.org/protocol/disco#info',
    'http://jabber.org/protocol/disco#items',
    'http://jabber.org/protocol/pubsub',
    'urn:xmpp:bookmarks:1',
    'storage:bookmarks',
    'jabber:iq:private',
    'urn:xmpp:mam:2',
    'http://jabber.org/protocol/rsm',
    'urn:xmpp:blocking',
    'vcard-temp',
    'urn:xmpp:http:upload:0',
    'urn:xmpp:time',
    'urn:xmpp:mds:displayed:0',
    'urn:xmpp:sid:0',
    'jabber:x:data',
    'eu.siacs.conversations.axolotl'
  ]
  const values = [
    '',
    '0',
    '-1',
    '1e309',
    'x',
    ME,
    BOB,
    'room@rooms.evil.example',
    'room@rooms.evil.example/x',
    '@',
    'true',
    '__proto__',
    '9999-12-31T23:59:59Z',
    '+99:99',
    'http://127.0.0.1/',
    'https://127.0.0.1/',
    'conference',
    'text',
    'urn:xmpp:mam:2',
    'urn:xmpp:http:upload:0',
    'current',
    'l'.repeat(3000)
  ]
  const attributes = [
    'jid',
    'name',
    'subscription',
    'ask',
    'var',
    'type',
    'category',
    'node',
    'id',
    'autojoin',
    'nick',
    'complete',
    'index',
    'url',
    'by',
    'ver',
    'code'
  ]
  const element = (depth: number): string => {
    const [name, space] = [pick(names), pick(spaces)]
    const given = new Set(Array.from({ length: Math.floor(random() * 4) }, () => pick(attributes)))
    const inside =
      depth === 0 ? pick(values) : Array.from({ length: Math.floor(random() * 4) }, () => (random() < 0.2 ? pick(values) : element(depth - 1))).join('')
    return `<${name}${space === '' ? '' : ` xmlns='${space}'`}${[...given].map((attribute) => ` ${attribute}='${pick(values)}'`).join('')}>${inside}</${name}>`
  }
  // the requested element with random content
  server.answer = ({ id, to, xml }) => {
    if (xml.includes('xmpp-bind') || random() < 0.1) return null
    const wrapper = /<(query|pubsub|time|blocklist|vCard|request|enable|ping)\b[^>]*xmlns="([^"]+)"/.exec(xml)
    const inside = Array.from({ length: Math.floor(random() * 5) }, () => element(3)).join('')
    const whole = wrapper === null || random() < 0.2 ? inside : `<${wrapper[1]} xmlns='${wrapper[2]}'>${inside}</${wrapper[1]}>`
    return `<iq type='${random() < 0.15 ? 'error' : 'result'}' id='${id}'${to === '' ? '' : ` from='${to}'`} to='${ME}/r'>${whole}</iq>`
  }
  for (let round = 0; round < 12; round++) {
    if (round === 0) await signIn()
    else {
      await alice.connect()
      await online(alice)
    }
    from(`${BOB}/x`, `<body>round ${round}</body>`)
    await until(alice, async () => (await texts(alice, BOB)).includes(`round ${round}`))
    const { id } = await alice.conversations.start(BOB, 'direct', null)
    await alice.messages.send(id, `mine ${round}`)
    await until(alice, () => Promise.resolve(server.heard.includes(`mine ${round}`)))
    await settled()
    await alice.disconnect()
  }
  expect((await texts(alice, BOB)).filter((text) => text.startsWith('round'))).toEqual(Array.from({ length: 12 }, (_, i) => `round ${i}`))
  expect(faults).toEqual([])
  expect(unhandled).toEqual([])
})

test('empty errors are handled as errors, of requests, of the sign-in and of the stream', async () => {
  server.answer = ({ id, xml }) =>
    xml.includes('xmpp-bind') || xml.includes('jabber:iq:roster')
      ? null
      : `<iq type='error' id='${id}'>${/blocking|carbons/.test(xml) ? "<error type='cancel'/>" : ''}</iq>`
  server.answers.auth = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
  expect(await alice.signIn(server.settings)).toMatchObject({ status: 'waiting', problem: 'server-error' })
  delete server.answers.auth
  server.offer = ''
  expect(await alice.signIn(server.settings)).toMatchObject({ problem: 'no-sign-in' })
  server.offer = 'PLAIN'
  await signIn()
  const before = server.streams
  server.say('<stream:error/></stream:stream>')
  await until(alice, () => Promise.resolve(server.streams > before && alice.connection.status === 'online'))
  await settled()
  expect(unhandled).toEqual([])
})

test('foreign, multiple, nested and future delay stamps: nothing is lost, and messages stay in order of arrival', async () => {
  await signIn()
  const delay = (by: string, stamp: string, inside = ''): string =>
    `<delay xmlns='urn:xmpp:delay'${by === '' ? '' : ` from='${by}'`} stamp='${stamp}'>${inside}</delay>`
  const odd = [
    '',
    delay('', '1970-01-01T00:00:00Z'),
    delay('mallory@evil.example', '9999-12-31T23:59:59Z'),
    delay(BOB, '2000-01-01T00:00:00Z'),
    delay('evil.example.', '2000-01-01T00:00:00Z'),
    delay('other.example', '2999-01-01T00:00:00Z') + delay(BOB, '1999-01-01T00:00:00Z'),
    delay(BOB, '2000-01-01T00:00:00Z', delay('evil.example', '2001-01-01T00:00:00Z')),
    delay('evil.example', 'yesterday'),
    delay('evil.example', ''),
    delay('evil.example', '2024-13-45T99:99:99Z'),
    "<x xmlns='jabber:x:delay' from='evil.example' stamp='20000101T00:00:00'/>",
    "<delay xmlns='urn:xmpp:delay'/>",
    delay('evil.example', '9999-12-31T23:59:59Z')
  ]
  const before = Date.now()
  for (const [i, inside] of odd.entries()) from(`${BOB}/x`, `<body>${i}</body>${inside}`)
  from(`${BOB}/x`, '<body>last</body>')
  await settled()
  expect(await texts(alice, BOB)).toEqual([...odd.keys()].map(String).concat('last'))
  for (const { text, time } of await messages(alice, BOB)) {
    // times in the future are believed only from our own server, and up to a day
    if (text !== '12') expect([text, time >= before - 60_000 && time <= Date.now() + 60_000]).toEqual([text, text !== '4'])
    expect(time).toBeLessThan(Date.now() + 86_401_000)
  }
})

const presence = (room: string, nick: string, inside: string, more = ''): void =>
  server.say(`<presence from='${room}/${nick}' to='${ME}/r' ${more}><x xmlns='${MUC}#user'>${inside}</x></presence>`)
/** Lets the client into a room. */
async function enter(room: string): Promise<void> {
  const entering = alice.conversations.start(room, 'group', 'alice')
  await until(alice, () => Promise.resolve(server.heard.includes(`to="${room}/alice"`)))
  presence(room, 'bob', "<item role='participant' affiliation='none'/>")
  presence(room, 'alice', "<item role='participant' affiliation='none'/><status code='110'/>")
  await entering
}

test.each([
  ["<item role='none' affiliation='outcast'><reason>spam</reason></item><status code='301'/>", 'banned', 'spam'],
  ["<item role='none' affiliation='none'><reason>go</reason></item><status code='307'/>", 'kicked', 'go'],
  ["<item role='none' affiliation='none'/><status code='321'/>", 'removed', ''],
  ["<item role='none' affiliation='none'/><status code='322'/>", 'members-only', ''],
  [
    "<item role='none' affiliation='none'/><destroy jid='new@rooms.evil.example'><reason>moved</reason><password>p</password></destroy>",
    'destroyed',
    'moved new@rooms.evil.example'
  ],
  ["<item role='none' affiliation='none'/><destroy jid='@@@'/>", 'destroyed', ''],
  ["<item role='none' affiliation='none'/><status code='332'/>", null, ''],
  ["<item role='none' affiliation='none'/><status code='307'/><status code='333'/>", null, '']
])('removed from a group: %s', async (inside, why, reason) => {
  await signIn()
  const room = `out${++fences}@rooms.evil.example`
  await enter(room)
  from(`${room}/bob`, '<body>before</body>', "type='groupchat' id='b'")
  // a stanza about somebody else, or without our own status code, does not remove us
  presence(room, 'bob', inside, "type='unavailable'")
  presence(room, 'nobody', inside, "type='unavailable'")
  from(`${room}/bob`, '<body>still in</body>', "type='groupchat' id='c'")
  await until(alice, async () => (await texts(alice, room)).includes('still in'))
  expect((await alice.store.read.conversationByJid(room))?.out).toBeNull()
  presence(room, 'alice', `${inside}<status code='110'/>`, "type='unavailable'")
  if (why === null) await settled()
  else await until(alice, async () => (await alice.store.read.conversationByJid(room))?.out !== null)
  expect((await alice.store.read.conversationByJid(room))?.out).toEqual(why === null ? null : { why, reason })
  expect(await texts(alice, room)).toEqual(['before', 'still in'])
})

test('a nickname that the group assigns us is ours, and messages under the old one are not', async () => {
  await signIn()
  const room = 'renamed@rooms.evil.example'
  await enter(room)
  presence(room, 'alice', "<item role='participant' affiliation='none' nick='alicia'/><status code='303'/><status code='110'/>", "type='unavailable'")
  presence(room, 'alicia', "<item role='participant' affiliation='none'/><status code='110'/>")
  presence(room, 'alice', "<item role='participant' affiliation='none'/>")
  from(`${room}/alice`, '<body>not hers</body>', "type='groupchat' id='x'")
  from(`${room}/alicia`, '<body>hers</body>', "type='groupchat' id='y'")
  await until(alice, async () => (await texts(alice, room)).includes('hers'))
  expect((await messages(alice, room)).map(({ text, outgoing }) => [text, outgoing])).toEqual([
    ['not hers', false],
    ['hers', true]
  ])
})

test('invitations: malformed ones are ignored, thousands of them are limited, and their texts are kept', async () => {
  await signIn()
  for (const inside of [
    `<x xmlns='${MUC}#user'><invite/></x>`,
    "<x xmlns='jabber:x:conference'/>",
    "<x xmlns='jabber:x:conference' jid=''/>",
    "<x xmlns='jabber:x:conference' jid='@@'/>",
    "<x xmlns='jabber:x:conference' jid='rooms.evil.example'/>"
  ])
    from('host@evil.example/x', `${inside}<body>words</body>`, "type='normal'")
  await settled()
  expect(await texts(alice, 'host@evil.example')).toEqual(Array.from({ length: 5 }, () => 'words'))
  expect(alice.accounts.invitations).toEqual([])
  for (let i = 0; i < 3000; i++) from(`${i}@rooms.evil.example`, `<x xmlns='${MUC}#user'><invite from='mallory@evil.example'/></x>`, "type='normal'")
  await settled()
  expect(alice.accounts.invitations.length).toBeLessThanOrEqual(100)
})

test('a mention of everybody in a public group counts only from its moderators', async () => {
  await signIn()
  const room = 'called@rooms.evil.example'
  await enter(room)
  presence(room, 'carol', "<item role='moderator' affiliation='admin'/>")
  const call = (nick: string): void =>
    from(`${room}/${nick}`, `<body>all of ${nick}</body><reference xmlns='urn:xmpp:reference:0' type='mention' uri='xmpp:${room}'/>`, "type='groupchat'")
  for (const nick of ['bob', 'nobody', 'carol']) call(nick)
  await until(alice, async () => (await texts(alice, room)).length === 3)
  expect((await messages(alice, room)).map(({ text, mention }) => [text, mention])).toEqual([
    ['all of bob', false],
    ['all of nobody', false],
    ['all of carol', true]
  ])
})
