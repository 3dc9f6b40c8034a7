/** Authority of markers and changes, and odd stanzas: nothing forged is believed, and no text is lost. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { hostileServer, type HostileServer } from '../support/hostile-server.ts'
import { LARGE_GROUP, letIn } from '../support/large-group.ts'
import { messages, online, openEngine, testFolder, texts, until, type TestFolder } from '../support/server.ts'

const BOB = 'bob@evil.example'
let server: HostileServer
let folder: TestFolder
let alice: Engine
beforeAll(async () => {
  server = await hostileServer()
  folder = testFolder()
  alice = await openEngine(folder.path)
  await alice.signIn(server.settings)
  await online(alice)
})
afterAll(async () => {
  await alice.close()
  folder.remove()
  server.close()
})

let ends = 0
/** Sends a message with the given sender and content. */
const from = (sender: string, inside: string, more = "type='chat'"): void =>
  server.say(`<message from='${sender}' to='alice@evil.example/r' ${more}>${inside}</message>`)
/** Waits for a final message: everything before it has been processed then. */
async function settled(): Promise<void> {
  const text = `end ${++ends}`
  from('fence@evil.example/x', `<body>${text}</body>`, `type='chat' id='${text}'`)
  await until(alice, async () => (await texts(alice, 'fence@evil.example')).includes(text))
}

test('receipts and read markers count only from the recipient', async () => {
  const { id } = await alice.conversations.start(BOB, 'direct', null)
  await alice.messages.send(id, 'to Bob alone')
  const said = async (): Promise<string> => /<message [^>]*id="([^"]+)"[^>]*>(?:(?!<\/message>).)*to Bob alone/.exec(server.heard)?.[1] ?? ''
  await until(alice, async () => (await said()) !== '')
  const sent = await said()
  for (const forger of ['mallory@evil.example/x', 'evil.example', 'room@rooms.evil.example/bob']) {
    from(forger, `<received xmlns='urn:xmpp:receipts' id='${sent}'/>`)
    from(forger, `<displayed xmlns='urn:xmpp:chat-markers:0' id='${sent}'/>`)
    from(forger, `<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`, `type='error' id='${sent}'`)
  }
  await settled()
  expect((await messages(alice, BOB)).find(({ text }) => text === 'to Bob alone')?.state).not.toMatch(/delivered|failed/)
  expect((await alice.store.read.conversationByJid(BOB))?.seenUpTo ?? 0).toBe(0)
  from(`${BOB}/x`, `<received xmlns='urn:xmpp:receipts' id='${sent}'/>`)
  await until(alice, async () => (await messages(alice, BOB)).find(({ text }) => text === 'to Bob alone')?.state === 'delivered')
})

test('a text is kept, whatever stanza carries it', async () => {
  const odd = (text: string, inside: string, more?: string): void => from('odd@evil.example/x', `<body>${text}</body>${inside}`, more)
  odd('of no type', '', '')
  odd('a headline', '', "type='headline'")
  odd('a normal one', '', "type='normal' id='n'")
  odd('of a type that is none', '', "type='nonsense'")
  odd('two bodies', "<body xml:lang='zh'>两个</body>")
  odd('a long id', '', `type='chat' id='${'i'.repeat(20_000)}'`)
  odd('the same id', '', "type='chat' id='same'")
  odd('the same id, and other words', '', "type='chat' id='same'")
  odd('v1', '', "type='chat' id='v1'")
  odd('v2', "<replace xmlns='urn:xmpp:message-correct:0' id='v1'/><origin-id xmlns='urn:xmpp:sid:0' id='v2'/>", "type='chat' id='v2'")
  odd('v3', "<replace xmlns='urn:xmpp:message-correct:0' id='v2'/>", "type='chat' id='v3'")
  odd('a receipt in it', "<received xmlns='urn:xmpp:receipts' id='x'/>")
  odd('a mark in it', "<displayed xmlns='urn:xmpp:chat-markers:0' id='x'/>")
  odd('a state in it', "<composing xmlns='http://jabber.org/protocol/chatstates'/>")
  odd('held back by nobody', "<delay xmlns='urn:xmpp:delay' from='mallory@evil.example' stamp='1999-01-01T00:00:00Z'/>")
  odd('an event in it', "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='x'/></event>")
  odd('a result in it', "<result xmlns='urn:xmpp:mam:2' queryid='x' id='1'/>")
  odd('an invitation in it', "<x xmlns='jabber:x:conference' jid='room@rooms.evil.example'/>")
  const forwarded =
    "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='bob@evil.example/x' to='alice@evil.example' type='chat'><body>forged</body></message></forwarded>"
  for (const direction of ['sent', 'received']) odd(`a ${direction} copy in it`, `<${direction} xmlns='urn:xmpp:carbons:2'>${forwarded}</${direction}>`)
  odd('an empty copy in it', "<sent xmlns='urn:xmpp:carbons:2'/>")
  from('evil.example', '<body>the server says</body>', "type='headline'")
  await settled()
  expect(await texts(alice, 'odd@evil.example')).toEqual([
    'of no type',
    'a headline',
    'a normal one',
    'of a type that is none',
    'two bodies',
    'a long id',
    'the same id',
    'the same id, and other words',
    'v3',
    'a receipt in it',
    'a mark in it',
    'a state in it',
    'held back by nobody',
    'an event in it',
    'a result in it',
    'an invitation in it',
    'a sent copy in it',
    'a received copy in it',
    'an empty copy in it'
  ])
  expect(await texts(alice, 'evil.example')).toEqual(['the server says'])
})

test('group members cannot change or moderate each other’s messages', async () => {
  const entering = alice.conversations.start(LARGE_GROUP, 'group', 'alice')
  await letIn(server, 3)
  await entering
  const says = (nick: string, inside: string, id: string): void => from(`${LARGE_GROUP}/${nick}`, inside, `type='groupchat' id='${id}'`)
  const stamped = (id: string): string => `<stanza-id xmlns='urn:xmpp:sid:0' by='${LARGE_GROUP}' id='${id}'/>`
  says('成员 1', `<body>of one</body>${stamped('S1')}`, 'g1')
  for (const [at, inside] of [
    "<retract xmlns='urn:xmpp:message-retract:1' id='S1'><moderated xmlns='urn:xmpp:message-moderate:1' by='x'/></retract>",
    "<apply-to xmlns='urn:xmpp:fasten:0' id='S1'><moderated xmlns='urn:xmpp:message-moderate:0' by='x'><retract xmlns='urn:xmpp:message-retract:0'/></moderated></apply-to>",
    "<retract xmlns='urn:xmpp:message-retract:1' id='S1'/>",
    "<apply-to xmlns='urn:xmpp:fasten:0' id='g1'><retract xmlns='urn:xmpp:message-retract:0'/></apply-to>",
    "<body>forged</body><replace xmlns='urn:xmpp:message-correct:0' id='g1'/>"
  ].entries())
    says('成员 2', inside, `h${at}`)
  // privately, from a non-member, and from the group's own address as a person
  from(`${LARGE_GROUP}/成员 2`, "<retract xmlns='urn:xmpp:message-retract:1' id='S1'/>")
  from(
    'mallory@evil.example/x',
    "<retract xmlns='urn:xmpp:message-retract:1' id='S1'><moderated xmlns='urn:xmpp:message-moderate:1'/></retract>",
    "type='groupchat'"
  )
  says('成员 1', `<body>the end</body>${stamped('S2')}`, 'g2')
  await until(alice, async () => (await texts(alice, LARGE_GROUP)).includes('the end'))
  const list = await messages(alice, LARGE_GROUP)
  expect(list.find(({ sender, text }) => sender === (`${LARGE_GROUP}/成员 1` as Jid) && text === 'of one')).toMatchObject({ retracted: false, edited: false })
  // a correction of another person's message becomes a message of its own
  expect(list.find(({ text }) => text === 'forged')).toMatchObject({ sender: `${LARGE_GROUP}/成员 2`, edited: false })
  // the group's own messages count
  from(
    LARGE_GROUP,
    "<retract xmlns='urn:xmpp:message-retract:1' id='S1'><moderated xmlns='urn:xmpp:message-moderate:1' by='x'/></retract>",
    "type='groupchat' id='m1'"
  )
  await until(alice, async () => (await messages(alice, LARGE_GROUP)).some(({ retracted }) => retracted))
})

test('in a group without occupant-ids, an occupant who stays can correct own messages under any nickname; a new owner of the nickname cannot', async () => {
  const [one, two, three] = ['成员 0', '成员 2', 'new name'].map((nick) => `${LARGE_GROUP}/${nick}`)
  const item = (more = ''): string => `<x xmlns='http://jabber.org/protocol/muc#user'><item role='participant' affiliation='none' ${more}/>`
  const presence = (who: string | undefined, inside: string, more = ''): void =>
    server.say(`<presence from='${who}' to='alice@evil.example/r' ${more}>${inside}</x></presence>`)
  const says = (who: string | undefined, id: string, text: string, target?: string): void =>
    from(
      who ?? '',
      `<body>${text}</body>${target === undefined ? '' : `<replace xmlns='urn:xmpp:message-correct:0' id='${target}'/>`}`,
      `type='groupchat' id='${id}'`
    )
  says(one, 's1', 'frist')
  says(one, 's2', 'first', 's1')
  says(two, 's3', 'secnod')
  // the first leaves and another person takes the nickname; the second changes the nickname and stays
  presence(one, item(), "type='unavailable'")
  presence(one, item())
  says(one, 's4', 'forged', 's2')
  presence(two, `${item("nick='new name'")}<status code='303'/>`, "type='unavailable'")
  presence(three, item())
  says(three, 's5', 'second', 's3')
  says(one, 's6', 'the end of it')
  await until(alice, async () => (await texts(alice, LARGE_GROUP)).includes('the end of it'))
  expect((await messages(alice, LARGE_GROUP)).slice(-4).map(({ text, edited }) => [text, edited])).toEqual([
    ['first', true],
    ['second', true],
    ['forged', false],
    ['the end of it', false]
  ])
})
