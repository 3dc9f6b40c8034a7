/** Groups that have forgotten our membership, as after a restart of their server or of a cluster's node: no message there is lost. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ConversationId } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { hostileServer, type HostileServer, type Request } from '../support/hostile-server.ts'
import { messages, online, openEngine, testFolder, until, type TestFolder } from '../support/server.ts'

const ME = 'alice@evil.example'
const MUC = 'http://jabber.org/protocol/muc'
const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas'
let server: HostileServer
let folder: TestFolder
let alice: Engine
/** Archive of the group: id and stanza. */
let archive: [id: string, stanza: string][] = []
let rooms = 0
let room = ''

beforeAll(async () => void (server = await hostileServer()))
afterAll(() => server.close())
beforeEach(async () => {
  folder = testFolder()
  alice = await openEngine(folder.path)
  room = `room${++rooms}@rooms.evil.example`
  archive = [['a0', `<message xmlns='jabber:client' from='${room}/bob' type='groupchat' id='b0'><body>before</body></message>`]]
  await alice.signIn(server.settings)
  await online(alice)
})
afterEach(async () => {
  await alice.close()
  folder.remove()
  server.answer = null
})

const count = (text: string): number => server.heard.split(text).length - 1
const result = ({ id, to }: Request, inside: string): string => `<iq type='result' id='${id}' from='${to}' to='${ME}/r'>${inside}</iq>`
/** Answers as a group with an archive. */
const archived = (request: Request): string | null => {
  if (!request.to.startsWith(room)) return null
  if (request.xml.includes('disco#info'))
    return result(
      request,
      `<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text' name='Room'/><feature var='${MUC}'/><feature var='urn:xmpp:mam:2'/></query>`
    )
  const queryId = /queryid="([^"]+)"/.exec(request.xml)?.[1]
  if (queryId === undefined) return null
  const after = /<after>([^<]*)</.exec(request.xml)?.[1]
  const page = archive.slice(archive.findIndex(([id]) => id === after) + 1)
  const results = page.map(
    ([id, stanza]) =>
      `<message from='${room}' to='${ME}/r'><result xmlns='urn:xmpp:mam:2' queryid='${queryId}' id='${id}'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='${new Date().toISOString()}'/>${stanza}</forwarded></result></message>`
  )
  const [first, last] = [page[0], page.at(-1)]
  const set = first === undefined || last === undefined ? '<count>0</count>' : `<first>${first[0]}</first><last>${last[0]}</last>`
  return results.join('') + result(request, `<fin xmlns='urn:xmpp:mam:2' complete='true'><set xmlns='http://jabber.org/protocol/rsm'>${set}</set></fin>`)
}
const letIn = (): void =>
  server.say(
    `<presence from='${room}/alice' to='${ME}/r'><x xmlns='${MUC}#user'><item role='participant' affiliation='none'/><status code='110'/></x></presence>`
  )
/** Waits until the client asks to join for the nth time, and lets it in. */
async function enter(times: number): Promise<void> {
  await until(alice, () => Promise.resolve(count(`<presence to="${room}/alice"`) === times))
  letIn()
}
async function joined(): Promise<ConversationId> {
  const entering = alice.conversations.start(room, 'group', 'alice')
  await enter(1)
  return (await entering).id
}
const idOf = (text: string): string =>
  [...server.heard.matchAll(/<message [^>]*?id="([^"]+)"[^>]*>(?:(?!<\/message>).)*?<body>([^<]*)</g)].find(([, , body]) => body === text)?.[1] ?? ''
const refuse = (text: string): void =>
  server.say(
    `<message type='error' from='${room}' to='${ME}/r' id='${idOf(text)}'><error type='modify'><not-acceptable xmlns='${STANZAS}'/><text xmlns='${STANZAS}'>Only occupants are allowed to send messages to the conference</text></error></message>`
  )
const said = (text: string, times: number): Promise<boolean> => until(alice, () => Promise.resolve(count(`<body>${text}</body>`) === times))
const state = async (text: string): Promise<string | undefined> => (await messages(alice, room)).find((message) => message.text === text)?.state

test('messages refused because the group forgot our membership are sent in order after rejoining', async () => {
  const id = await joined()
  await alice.messages.send(id, 'one')
  await alice.messages.send(id, 'two')
  await said('two', 1)
  refuse('one')
  refuse('two')
  await enter(2)
  await said('two', 2)
  expect(server.heard.lastIndexOf('<body>one</body>')).toBeLessThan(server.heard.lastIndexOf('<body>two</body>'))
  expect(server.heard.lastIndexOf('<body>one</body>')).toBeGreaterThan(server.heard.lastIndexOf(`<presence to="${room}/alice"`))
  await until(alice, async () => (await state('one')) === 'sent' && (await state('two')) === 'sent')
})

test('a message that a group refuses again after rejoining fails, and is not retried for ever', async () => {
  const id = await joined()
  await alice.messages.send(id, 'again')
  for (let times = 1; (await state('again')) !== 'failed'; times++) {
    expect(times).toBeLessThan(5)
    await said('again', times)
    refuse('again')
    await until(alice, async () => (await state('again')) === 'failed' || count(`<presence to="${room}/alice"`) === times + 1, 90_000)
    letIn()
  }
})

test.each([true, false])('messages that a group accepted and lost are sent again after rejoining; its archive has them: %s', async (has) => {
  const text = `kept ${has}`
  server.answer = archived
  const id = await joined()
  await alice.messages.send(id, text)
  await said(text, 1)
  await until(alice, async () => (await state(text)) === 'sent')
  if (has) archive.push(['a1', `<message xmlns='jabber:client' from='${room}/alice' type='groupchat' id='${idOf(text)}'><body>${text}</body></message>`])
  // by an error of its server (XEP-0045 section 9.1.4)
  server.say(
    `<presence from='${room}/alice' to='${ME}/r' type='unavailable'><x xmlns='${MUC}#user'><item role='none' affiliation='none'/><status code='110'/><status code='333'/></x></presence>`
  )
  await enter(2)
  await alice.messages.send(id, `later ${has}`)
  await said(`later ${has}`, 1)
  expect(count(`<body>${text}</body>`)).toBe(has ? 1 : 2)
  if (!has) expect(server.heard.lastIndexOf(`<body>${text}</body>`)).toBeLessThan(server.heard.lastIndexOf(`<body>later ${has}</body>`))
})

test('if one group of a server has forgotten us, the others there are checked', async () => {
  const first = room
  const id = await joined()
  room = `room${++rooms}@rooms.evil.example`
  await joined()
  const silent = room
  room = first
  await alice.messages.send(id, 'hello')
  await said('hello', 1)
  refuse('hello')
  await until(alice, () => Promise.resolve(new RegExp(`<iq [^>]*to="${silent}/alice"[^>]*><ping `).test(server.heard)))
})

test('a group that lets us in after we gave up waiting is entered at once, and what was said there before is not lost', async () => {
  server.answer = archived
  await joined()
  await until(alice, async () => (await messages(alice, room)).length === 1)
  // it is started again, and busy
  server.say(
    `<presence from='${room}/alice' to='${ME}/r' type='unavailable'><x xmlns='${MUC}#user'><item role='none' affiliation='none'/><status code='110'/><status code='332'/></x></presence>`
  )
  await until(alice, () => Promise.resolve(count(`<presence to="${room}/alice"`) === 2))
  archive.push(['a1', `<message xmlns='jabber:client' from='${room}/bob' type='groupchat' id='b1'><body>missed</body></message>`])
  // the client waits for half a minute
  const asked = performance.now()
  await until(alice, () => Promise.resolve(performance.now() - asked > 31_000))
  letIn()
  const live = `<message xmlns='jabber:client' from='${room}/bob' type='groupchat' id='b2'><body>live</body><stanza-id xmlns='urn:xmpp:sid:0' by='${room}' id='a2'/></message>`
  archive.push(['a2', live])
  server.say(live)
  await enter(3)
  await until(alice, async () => (await messages(alice, room)).length === 3)
  expect((await messages(alice, room)).map(({ text }) => text)).toEqual(['before', 'missed', 'live'])
})
