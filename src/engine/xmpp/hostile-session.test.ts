/** Stanzas of strangers, occupants and groups at a whole session, on a connection in the test: who may change what. */
import { xml, type Element } from '@xmpp/client'
import parse from '@xmpp/xml/lib/parse.js'
import { afterEach, expect, test, vi } from 'vitest'
import { BOB, OWN, RefusingServer, startSession } from '../../../test/support/session.ts'
import type { Jid } from '../../contract/domain.ts'
import type { Store } from '../threads/store.ts'
import { NS } from './stanzas/namespaces.ts'

const ROOM = 'room@rooms.example.org' as Jid
const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas'
afterEach(() => void vi.useRealTimers())

/** Server with a roster and a group; refuses everything else. */
class Server extends RefusingServer {
  /** Name and features of the group. */
  about: { name: string; features: string[] } = { name: 'A group', features: ['muc_membersonly', 'muc_nonanonymous'] }

  override reply = (iq: Element): string | null => {
    const [child] = iq.getChildElements()
    if (child?.is('query', NS.roster) === true) return `<iq><query xmlns='${NS.roster}'><item jid='${BOB}' subscription='both'/></query></iq>`
    if (child?.is('query', NS.disco) !== true || iq.attrs['to'] !== ROOM) return null
    const features = this.about.features.map((name) => `<feature var='${name}'/>`).join('')
    return `<iq><query xmlns='${NS.disco}'><identity category='conference' type='text' name='${this.about.name}'/>${features}</query></iq>`
  }
  override send(stanza: Element): Promise<void> {
    if (stanza.name === 'presence' && stanza.attrs['to'] === `${ROOM}/alice`)
      setImmediate(() =>
        this.say(
          `<presence from='${ROOM}/alice' to='${this.jid}'><x xmlns='${NS.mucUser}'><item affiliation='member' role='participant' jid='${this.jid}'/><status code='110'/></x></presence>`
        )
      )
    return super.send(stanza)
  }
  say(stanza: string): void {
    const element = parse(stanza)
    element.attrs['xmlns'] = 'jabber:client'
    this.emit('stanza', element)
  }
  message(from: string, inside: string, attributes = "type='chat'"): void {
    this.say(`<message from='${from}' to='${OWN}' ${attributes}>${inside}</message>`)
  }
}

const setUp = () => startSession(new Server())
let fences = 0
/** Waits until everything before is stored. */
async function settled({ server, store }: { server: Server; store: Store }): Promise<void> {
  const text = `fence ${++fences}`
  const fence = 'fence@example.org' as Jid
  server.message(`${fence}/x`, `<body>${text}</body>`)
  await expect
    .poll(async () => {
      const conversation = await store.read.conversationByJid(fence, OWN)
      return conversation === null ? '' : (await store.read.page({ conversation: conversation.id, anchor: { kind: 'newest' }, limit: 1 })).messages[0]?.text
    })
    .toBe(text)
}

test('a group that changes its name and rules is asked what they are, by its own word only, and seldom', async () => {
  const all = await setUp()
  const { session, server, store } = all
  await session.membership.join(ROOM, 'alice')
  const name = async () => (await store.read.conversationByJid(ROOM, OWN))?.name
  expect([await name(), session.groups.isPrivate(ROOM)]).toEqual(['A group', true])
  const questions = (): number => server.requests(NS.disco, ROOM)
  const before = questions()
  server.about = { name: 'Another name', features: ['muc_open', 'muc_semianonymous'] }
  const changed = (code: string): string => `<x xmlns='${NS.mucUser}'><status code='${code}'/></x>`
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  for (const from of [`${ROOM}/mallory`, 'mallory@example.org', BOB, 'other@rooms.example.org']) server.message(from, changed('104'), "type='groupchat'")
  await settled(all)
  vi.advanceTimersByTime(60_000)
  await settled(all)
  expect([questions(), await name(), session.groups.isPrivate(ROOM)]).toEqual([before, 'A group', true])
  for (let i = 0; i < 1000; i++) server.message(ROOM, changed(['104', '172', '173', '174'][i % 4]!), "type='groupchat'")
  vi.advanceTimersByTime(60_000)
  await expect.poll(name).toBe('Another name')
  expect([session.groups.isPrivate(ROOM), session.groups.closed]).toEqual([false, []])
  expect(questions() - before).toBeLessThanOrEqual(2)
  // a name that is empty or invisible is none
  server.about = { name: '\u202e\u200b', features: [] }
  server.message(ROOM, changed('104'), "type='groupchat'")
  const asked = questions()
  vi.advanceTimersByTime(60_000)
  expect(questions()).toBe(asked + 1)
  await settled(all)
  expect(await name()).toBe('Another name')
})

test('presences of thousands of strangers are remembered by nobody; those of contacts count', async () => {
  const all = await setUp()
  const told: string[] = []
  all.session.contacts.on('presence', (jid, presence) => told.push(`${jid} ${presence}`))
  for (let i = 0; i < 5000; i++) all.server.say(`<presence from='stranger${i}@example.net/x'/>`)
  for (const type of ['probe', 'error', 'subscribed', 'unsubscribed', 'nonsense']) all.server.say(`<presence from='${BOB}/x' type='${type}'/>`)
  all.server.say(`<presence from='${BOB}/x'><show>dnd</show></presence>`)
  all.server.say(`<presence from='${BOB}/x' type='unavailable'/>`)
  expect(told).toEqual([`${BOB}/x dnd`, `${BOB}/x offline`])
})

test('an error refuses a message only in the name of its receiver, whatever ids it has', async () => {
  const all = await setUp()
  const { server, store, session } = all
  const { id } = await store.write.ensureConversation({ account: OWN, jid: BOB, kind: 'direct', name: '', nick: null })
  await store.write.queueMessage({ conversation: id, text: 'to bob', originId: 'm1', sender: OWN, time: 1 })
  await store.write.transition({ account: OWN, conversation: BOB, originId: 'm1', state: 'sent', error: null })
  const error = `<error type='cancel'><not-acceptable xmlns='${STANZAS}'/></error>`
  for (const from of ['mallory@example.org/x', ROOM, `${ROOM}/bob`, 'example.org', OWN]) server.message(from, error, "type='error' id='m1'")
  await session.membership.join(ROOM, 'alice')
  for (let i = 0; i < 3000; i++) server.message(ROOM, error, `type='error' id='${i % 3 === 0 ? 'x'.repeat(100_000) : `never sent ${i}`}'`)
  await settled(all)
  const state = async () => (await store.read.page({ conversation: id, anchor: { kind: 'newest' }, limit: 1 })).messages[0]?.state
  expect(await state()).toBe('sent')
  server.message(`${BOB}/x`, `<error type='cancel'><gone xmlns='${STANZAS}'/></error>`, "type='error' id='m1'")
  await expect.poll(state).toBe('failed')
})

test('device lists come from their owners, in both versions: nobody else adds a device, and nobody removes one', async () => {
  const all = await setUp()
  const { server, store } = all
  const lists = [
    ['eu.siacs.conversations.axolotl.devicelist', (ids: string) => `<list xmlns='eu.siacs.conversations.axolotl'>${ids}</list>`],
    ['urn:xmpp:omemo:2:devices', (ids: string) => `<devices xmlns='urn:xmpp:omemo:2'>${ids}</devices>`]
  ] as const
  const event = (node: string, list: string): string =>
    `<event xmlns='${NS.pubsub}#event'><items node='${node}'><item id='current'>${list}</item></items></event>`
  const known = async (jid: Jid) => (await store.read.devices({ account: OWN, jid })).map(({ device, active, active_2 }) => `${device} ${active} ${active_2}`)
  for (const [node, list] of lists) server.message(BOB, event(node, list("<device id='7'/>")), "type='headline'")
  await expect.poll(() => known(BOB)).toEqual(['7 1 1'])
  const own = await known(OWN)
  for (const [node, list] of lists)
    for (const ids of ["<device id='66'/>", '']) {
      const told = event(node, list(ids))
      for (const from of [`${BOB}/x`, 'mallory@example.org', 'pubsub.example.org', 'example.org', ROOM, `${OWN}/phone`])
        server.message(from, told, "type='headline'")
      server.message(BOB, told, "type='error'")
      const forwarded = `<forwarded xmlns='${NS.forward}'><message xmlns='jabber:client' from='${BOB}' to='${OWN}' type='headline'>${told}</message></forwarded>`
      server.message('mallory@example.org/x', `<received xmlns='${NS.carbons}'>${forwarded}</received>`)
      server.message('mallory@example.org/x', forwarded)
    }
  await settled(all)
  expect(await known(BOB)).toEqual(['7 1 1'])
  expect(await known(OWN)).toEqual(own)
  expect(await known('mallory@example.org' as Jid)).toEqual([])
})

test('a reaction is something to see', async () => {
  const all = await setUp()
  const { server, store } = all
  server.message(`${BOB}/x`, '<body>look</body>', "type='chat' id='b1'")
  const react = (...emoji: string[]): void =>
    server.message(
      `${BOB}/x`,
      xml('reactions', { xmlns: NS.reactions, id: 'b1' }, ...emoji.map((one) => xml('reaction', {}, one))).toString(),
      `type='chat' id='r${++fences}'`
    )
  react('\u200b', '\u202e', '\u2066👍\u2069', '👩‍👩‍👧', '❤️', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '1️⃣', '🇩🇪')
  await settled(all)
  const { id } = (await store.read.conversationByJid(BOB, OWN))!
  const [message] = (await store.read.page({ conversation: id, anchor: { kind: 'newest' }, limit: 1 })).messages
  expect(message?.reactions.map(({ emoji }) => emoji)).toEqual(['👍', '👩‍👩‍👧', '❤️', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '1️⃣', '🇩🇪'])
})

test('occupants who enter and leave, rename themselves or set subjects without end leave few notices; a moderator’s act is among them', async () => {
  const all = await setUp()
  const { session, server, store } = all
  await session.membership.join(ROOM, 'alice')
  const presence = (nick: string, here: boolean, more = ''): void =>
    server.say(
      `<presence from='${ROOM}/${nick}' to='${OWN}' ${here ? '' : "type='unavailable'"}><x xmlns='${NS.mucUser}'><item affiliation='none' role='${here ? 'participant' : 'none'}'/>${more}</x></presence>`
    )
  server.message(`${ROOM}/bob`, '<body>the last message</body>', "type='groupchat'")
  await settled(all)
  for (let i = 0; i < 1000; i++) {
    presence(`guest ${i}`, true)
    presence(`guest ${i}`, false)
    server.say(`<message from='${ROOM}/guest ${i}' to='${OWN}' type='groupchat'><subject>subject ${i}</subject></message>`)
  }
  presence('mallory', true)
  presence('mallory', false, "<status code='307'/>")
  await settled(all)
  const conversation = (await store.read.conversationByJid(ROOM, OWN))!
  const { notices } = await store.read.page({ conversation: conversation.id, anchor: { kind: 'newest' }, limit: 50 })
  expect(notices.length).toBeLessThanOrEqual(40)
  expect(notices.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['joined', 'left', 'kicked']))
  expect(conversation.subject).toBe('subject 999')
})
