/** Messages of strangers, contacts and people in a group that would forge, lose or hold up others: each says what it is, and nothing else comes of it. */
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { hostileServer, type HostileServer, type Request } from '../support/hostile-server.ts'
import { messages, online, openEngine, testFolder, texts, until, type TestFolder } from '../support/server.ts'

const ME = 'alice@evil.example'
const BOB = 'bob@evil.example'
const MUC = 'http://jabber.org/protocol/muc'
const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas'
const PUBSUB = 'http://jabber.org/protocol/pubsub'
let server: HostileServer
let folder: TestFolder
let alice: Engine
let rooms = 0
let room = ''
beforeAll(async () => void (server = await hostileServer()))
afterAll(() => server.close())
beforeEach(async () => {
  folder = testFolder()
  alice = await openEngine(folder.path)
  room = `room${++rooms}@rooms.evil.example`
})
afterEach(async () => {
  await alice.close()
  folder.remove()
  server.answer = null
})

async function signIn(): Promise<void> {
  await alice.signIn(server.settings)
  await online(alice)
}
const say = (from: string, inside: string, more = "type='chat'"): void => server.say(`<message from='${from}' to='${ME}/r' ${more}>${inside}</message>`)
let fences = 0
/** What came before is dealt with when this is there. */
async function settled(): Promise<void> {
  const text = `fence ${++fences}`
  say('fence@evil.example/x', `<body>${text}</body>`)
  await until(alice, async () => (await texts(alice, 'fence@evil.example')).includes(text))
}
const presence = (nick: string, more: string, type = ''): void =>
  server.say(`<presence from='${room}/${nick}' to='${ME}/r'${type}><x xmlns='${MUC}#user'><item affiliation='none' role='participant'/>${more}</x></presence>`)
async function enter() {
  const entering = alice.conversations.start(room, 'group', 'alice')
  await until(alice, () => Promise.resolve(server.heard.includes(`to="${room}/alice"`)))
  presence('mallory', '')
  presence('alice', "<status code='110'/>")
  return (await entering).id
}
const result = ({ id, to }: Request, inside: string): string => `<iq type='result' id='${id}'${to === '' ? '' : ` from='${to}'`}>${inside}</iq>`
const deep = (depth: number): string => `<x xmlns='urn:example:unknown'>${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}</x>`

test('a text stands however deep what stands beside it is, live and in an archive, and keeps no other away', async () => {
  server.answer = (request) => {
    const queryId = request.xml.includes('urn:xmpp:mam:2') ? /queryid="([^"]+)"/.exec(request.xml)?.[1] : undefined
    if (queryId === undefined) return null
    const results = ['first', 'deep', 'last'].map(
      (text, i) =>
        `<message from='${ME}' to='${ME}/r'><result xmlns='urn:xmpp:mam:2' queryid='${queryId}' id='a${i}'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2024-01-01T00:00:0${i}Z'/><message xmlns='jabber:client' from='${BOB}/x' to='${ME}' type='chat'><body>${text}</body>${text === 'deep' ? deep(6000) : ''}</message></forwarded></result></message>`
    )
    const set = "<set xmlns='http://jabber.org/protocol/rsm'><first>a0</first><last>a2</last></set>"
    return results.join('') + result(request, `<fin xmlns='urn:xmpp:mam:2' complete='true'>${set}</fin>`)
  }
  await signIn()
  await until(alice, async () => (await texts(alice, BOB)).length === 3)
  for (const depth of [99, 100, 3000, 30_000]) say(`${BOB}/x`, `<body>${depth} deep</body>${deep(depth)}`)
  await settled()
  expect(await texts(alice, BOB)).toEqual(['first', 'deep', 'last', '99 deep', '100 deep', '3000 deep', '30000 deep'])
})

test('long and deep questions are answered in short, and end no stream', async () => {
  await signIn()
  const [streams, before] = [server.streams, server.heard.length]
  const ask = (id: string, inside: string, type = 'get'): void =>
    server.say(`<iq from='mallory@evil.example/x' to='${ME}/r' id='${id}' type='${type}'>${inside}</iq>`)
  ask('q1', `<query xmlns='urn:example:unknown' long='${'x'.repeat(100_000)}'>${'y'.repeat(100_000)}</query>`)
  ask('q2', deep(20_000), 'set')
  ask('q3', `<query xmlns='http://jabber.org/protocol/disco#info' node='${'n'.repeat(200_000)}'/>`)
  ask('q4', `<a xmlns='urn:example:unknown'/>${'<b xmlns="urn:example:unknown"/>'.repeat(10_000)}`)
  ask(`q5${'z'.repeat(200_000)}`, "<ping xmlns='urn:xmpp:ping'/>")
  await until(alice, () => Promise.resolve([1, 2, 3, 4, 5].every((n) => server.heard.includes(`id="q${n}`))))
  await settled()
  expect(server.streams).toBe(streams)
  expect(server.heard.length - before).toBeLessThan(20_000)
  expect(alice.connection.status).toBe('online')
})

test('what is told back of others’ ids is short', async () => {
  await signIn()
  const before = server.heard.length
  const long = 'i'.repeat(150_000)
  const asking = "<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>"
  say(`${BOB}/x`, `<body>long</body>${asking}<stanza-id xmlns='urn:xmpp:sid:0' by='${ME}' id='${long}'/>`, `type='chat' id='${long}'`)
  say(`${BOB}/x`, `<body>none</body>${asking}`, "type='chat' id=''")
  say(`${BOB}/x`, `<body>short</body>${asking}`, "type='chat' id='short'")
  await until(alice, () => Promise.resolve(/<received [^>]*id="short"/.test(server.heard)))
  const conversation = await alice.store.read.conversationByJid(BOB as Jid)
  const all = await messages(alice, BOB)
  expect(all.map(({ text }) => text)).toEqual(['long', 'none', 'short'])
  await alice.messages.markRead(conversation!.id, all[0]!.id)
  await settled()
  expect(server.heard.length - before).toBeLessThan(20_000)
  expect(server.heard.slice(before).match(/<received /g)).toHaveLength(1)
})

test('somebody in a group refuses nothing in the group’s name; what was said to them alone they may', async () => {
  await signIn()
  const id = await enter()
  say(`${room}/mallory`, '<body>psst</body>')
  const { id: alone } = await until(alice, () => alice.store.read.conversationByJid(`${room}/mallory` as Jid))
  await alice.messages.send(id, 'to all')
  await alice.messages.send(alone, 'to one')
  const idOf = (text: string): string => new RegExp(`<message [^>]*?id="([^"]+)"[^>]*><body>${text}<`).exec(server.heard)?.[1] ?? ''
  await until(alice, () => Promise.resolve(idOf('to all') !== '' && idOf('to one') !== ''))
  const refuse = (from: string, text: string, why: string): void =>
    say(from, `<error type='cancel'><text xmlns='${STANZAS}'>${why}</text><forbidden xmlns='${STANZAS}'/></error>`, `type='error' id='${idOf(text)}'`)
  const state = async (text: string, jid = room) => {
    const found = (await messages(alice, jid)).find((one) => one.text === text)
    return [found?.state, found?.error]
  }
  await until(alice, async () => (await state('to all'))[0] === 'sent')
  refuse(`${room}/mallory`, 'to all', 'send it again to mallory')
  refuse(`${room}/alice`, 'to all', 'or to alice')
  refuse('mallory@evil.example/x', 'to all', 'or elsewhere')
  await settled()
  expect(await state('to all')).toEqual(['sent', null])
  refuse(`${room}/mallory`, 'to one', `no ${'\n!'.repeat(10_000)}`)
  await until(alice, async () => (await state('to one', `${room}/mallory`))[0] === 'failed')
  expect(((await state('to one', `${room}/mallory`))[1] ?? '').length).toBeLessThanOrEqual(500)
  refuse(room, 'to all', '')
  await until(alice, async () => (await state('to all'))[0] === 'failed')
  expect(await state('to all')).toEqual(['failed', 'forbidden'])
})

test('an invitation of a contact is neither crowded out nor changed by strangers, and words in a group are none', async () => {
  await signIn()
  await enter()
  const direct = (from: string, group: string, more = ''): void => say(from, `<x xmlns='jabber:x:conference' jid='${group}'${more}/>`, "type='normal'")
  say(`${room}/mallory`, "<x xmlns='jabber:x:conference' jid='trap@rooms.evil.example'/><body>come</body>", "type='groupchat'")
  for (let i = 0; i < 300; i++) direct('mallory@evil.example/x', `${i}@rooms.evil.example`)
  direct(`${BOB}/x`, 'party@rooms.evil.example', " reason='cake'")
  direct('mallory@evil.example/x', 'party@rooms.evil.example', " reason='trap' password='wrong'")
  await settled()
  const invitations = alice.accounts.invitations
  expect(invitations.length).toBeLessThanOrEqual(100)
  expect(invitations.find(({ group }) => group === 'party@rooms.evil.example')).toMatchObject({ from: BOB, reason: 'cake' })
  expect(invitations.some(({ group }) => group === 'trap@rooms.evil.example')).toBe(false)
  expect(await texts(alice, room)).toEqual(['come'])
})

test('of thousands of pictures that a contact tells at once, few are asked for, and the last is shown', async () => {
  const pictures = [0, 1, 2].map(() => randomBytes(1000))
  const sha = (data: Buffer): string => createHash('sha1').update(data).digest('hex')
  let asked = 0
  server.answer = (request) => {
    const id = /<item id="([0-9a-f]{40})"/.exec(request.xml)?.[1]
    if (id === undefined || !request.xml.includes('urn:xmpp:avatar:data')) return null
    asked++
    const data = pictures.find((one) => sha(one) === id) ?? Buffer.from('another')
    return result(
      request,
      `<pubsub xmlns='${PUBSUB}'><items node='urn:xmpp:avatar:data'><item id='${id}'><data xmlns='urn:xmpp:avatar:data'>${data.toString('base64')}</data></item></items></pubsub>`
    )
  }
  await signIn()
  const item = (id: string): string =>
    `<item id='${id}'><metadata xmlns='urn:xmpp:avatar:metadata'><info id='${id}' bytes='1000' type='image/png'/></metadata></item>`
  const tell = (items: string): void =>
    say(BOB, `<event xmlns='${PUBSUB}#event'><items node='urn:xmpp:avatar:metadata'>${items}</items></event>`, "type='headline'")
  tell(Array.from({ length: 2000 }, (_, i) => item(sha(Buffer.from(`${i}`)))).join('') + item(sha(pictures[0]!)))
  for (let i = 0; i < 500; i++) tell(item(sha(Buffer.from(`more ${i}`))))
  for (const picture of pictures) tell(item(sha(picture)))
  await until(alice, async () => (await alice.store.read.avatar(BOB as Jid))?.hash === sha(pictures[2]!))
  await settled()
  expect(asked).toBeLessThan(20)
})

test('another name that we take in a group counts once the group says it', async () => {
  await signIn()
  const id = await enter()
  const changing = alice.groups.changeNick(id, 'alicia')
  await until(alice, () => Promise.resolve(server.heard.includes(`<presence to="${room}/alicia"`)))
  // it says something else of us meanwhile, and gives another name than was asked for
  presence('alice', "<status code='110'/>")
  server.say(
    `<presence from='${room}/alice' to='${ME}/r' type='unavailable'><x xmlns='${MUC}#user'><item affiliation='none' role='participant' nick='alicia1'/><status code='303'/><status code='110'/></x></presence>`
  )
  presence('alicia1', "<status code='110'/>")
  await changing
  say(`${room}/alicia`, '<body>not hers</body>', "type='groupchat' id='x'")
  say(`${room}/alicia1`, '<body>hers</body>', "type='groupchat' id='y'")
  await until(alice, async () => (await texts(alice, room)).includes('hers'))
  expect((await messages(alice, room)).map(({ text, outgoing }) => [text, outgoing])).toEqual([
    ['not hers', false],
    ['hers', true]
  ])
  expect((await alice.store.read.conversation(id))?.nick).toBe('alicia1')
})

test('an unblocking of an address that is none unblocks nobody', async () => {
  server.answer = (request) =>
    request.xml.includes('<blocklist') ? result(request, "<blocklist xmlns='urn:xmpp:blocking'><item jid='mallory@evil.example'/></blocklist>") : null
  await signIn()
  const blocked = (): string[] => alice.accounts.blocked.map(({ jid }) => jid)
  await until(alice, () => Promise.resolve(blocked().length === 1))
  const push = (id: string, inside: string): void =>
    server.say(`<iq from='${ME}' to='${ME}/r' type='set' id='${id}'><unblock xmlns='urn:xmpp:blocking'>${inside}</unblock></iq>`)
  push('u1', "<item jid='@@'/>")
  await until(alice, () => Promise.resolve(server.heard.includes('id="u1"')))
  expect(blocked()).toEqual(['mallory@evil.example'])
  push('u2', '')
  await until(alice, () => Promise.resolve(blocked().length === 0))
})
