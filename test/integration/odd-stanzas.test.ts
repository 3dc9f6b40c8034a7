/** Stanzas of odd clients, gateways and hostile people: no text is lost, none is attributed to another person, and nothing breaks. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { seeded } from '../support/files.ts'
import { hostileServer, type HostileServer } from '../support/hostile-server.ts'
import { LARGE_GROUP as ROOM, letIn } from '../support/large-group.ts'
import { messages, online, openEngine, testFolder, texts, until, type TestFolder } from '../support/server.ts'

const BOB = 'bob@evil.example'
const ME = 'alice@evil.example'
const MUC = 'http://jabber.org/protocol/muc'
let server: HostileServer
let folder: TestFolder
let alice: Engine
/** Stanzas that some part of the engine failed on. */
const faults: string[] = []
beforeAll(async () => {
  server = await hostileServer()
  folder = testFolder()
  alice = await openEngine(folder.path, { info: () => undefined, warn: (line) => void (line.includes('not understood') && faults.push(line)) })
  await alice.signIn(server.settings)
  await online(alice)
  const entering = alice.conversations.start(ROOM, 'group', 'alice')
  await letIn(server, 3)
  await entering
})
afterAll(async () => {
  await alice.close()
  folder.remove()
  server.close()
})

const from = (sender: string, inside: string, more = "type='chat'"): void => server.say(`<message from='${sender}' to='${ME}/r' ${more}>${inside}</message>`)
let fences = 0
/** Waits for a final message: everything before it has been processed then. */
async function settled(): Promise<void> {
  const text = `fence ${++fences}`
  from('fence@evil.example/x', `<body>${text}</body>`)
  await until(alice, async () => (await texts(alice, 'fence@evil.example')).includes(text))
}
const said = async (inside: string, more?: string): Promise<string[]> => {
  const sender = `odd${++fences}@evil.example`
  from(`${sender}/x`, inside, more)
  await settled()
  return texts(alice, sender)
}

test.each([
  ['an empty body before another one', "<body/><body xml:lang='zh'>两个</body>", '两个'],
  ['elements within a body', '<body>one <b>two</b> three</body>', 'one two three'],
  [
    'a formatted body alone',
    "<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'><p>one <b>two</b></p></body></html>",
    'one two'
  ],
  ['an address alone', "<x xmlns='jabber:x:oob'><url>http://example.org/a</url><desc>look</desc></x>", 'look\nhttp://example.org/a'],
  [
    'a forwarded message alone',
    "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='bob@evil.example'><body>hers\nall</body></message></forwarded>",
    '> hers\n> all'
  ],
  ['a thread, a subject and a body', '<thread>t</thread><subject>about</subject><body>text</body>', 'about\ntext'],
  ['a reaction with words', "<body>words</body><reactions xmlns='urn:xmpp:reactions:0' id='x'><reaction>👍</reaction></reactions>", 'words'],
  ['a retraction with words', "<body>words</body><retract xmlns='urn:xmpp:message-retract:1' id='x'/>", 'words'],
  ['a correction of nothing', "<body>words</body><replace xmlns='urn:xmpp:message-correct:0' id=''/>", 'words'],
  [
    'an answer that is all quotation',
    "<body>&gt; words\n</body><reply xmlns='urn:xmpp:reply:0' id='x'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body/></fallback>",
    '> words\n'
  ],
  [
    'an answer with offsets beyond the text',
    "<body>words</body><reply xmlns='urn:xmpp:reply:0' id='x'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='2' end='99'/></fallback>",
    'words'
  ],
  ['an invitation of a person', `<body>words</body><x xmlns='${MUC}#user'><invite from='x@y'/></x>`, 'words'],
  ['a declined invitation', `<body>words</body><x xmlns='${MUC}#user'><decline from='x@y'/></x>`, 'words'],
  ['a request to begin with OTR', '<body>?OTRv23? Your contact wants privacy.</body>', '?OTRv23? Your contact wants privacy.'],
  [
    'an id of many letters and an empty one',
    "<body>words</body><origin-id xmlns='urn:xmpp:sid:0' id=''/><stanza-id xmlns='urn:xmpp:sid:0' by='alice@evil.example' id=''/>",
    'words'
  ]
])('kept: %s', async (_, inside, text) => {
  for (const type of ["type='chat'", '', "type='normal' id='n'", "type='headline'", "type='unheard-of'"]) expect(await said(inside, type)).toEqual([text])
})

test.each([
  ['OMEMO', "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/><payload>eA==</payload></encrypted>"],
  ['OMEMO 2', "<encrypted xmlns='urn:xmpp:omemo:2'><header sid='1'/><payload>eA==</payload></encrypted>"],
  ['OpenPGP', "<openpgp xmlns='urn:xmpp:openpgp:0'>eA==</openpgp>"],
  ['old OpenPGP', "<x xmlns='jabber:x:encrypted'>eA==</x>"],
  ...[
    'urn:xmpp:otr:0',
    'jabber:x:encrypted',
    'urn:xmpp:openpgp:0',
    'eu.siacs.conversations.axolotl',
    'urn:xmpp:omemo:0',
    'urn:xmpp:omemo:1',
    'urn:xmpp:omemo:2',
    'urn:ietf:params:xml:ns:xmpp-e2e',
    'urn:of:somebody'
  ].map((namespace) => [`what is said to be ${namespace}`, `<encryption xmlns='urn:xmpp:eme:0' namespace='${namespace}' name='x'/>`])
])('not taken as the author’s text: the body beside %s', async (_, element) => {
  for (const [hint, lang] of [
    ['', ''],
    ["<store xmlns='urn:xmpp:hints'/>", ''],
    ['', " xml:lang='de'"]
  ])
    expect(await said(`<body${lang}>I sent you a message that your client cannot read.</body>${element}${hint}`)).toEqual([''])
})

test('a contact is recognised whatever the message contains and however the address is written', async () => {
  const before = (await alice.store.read.conversations()).length
  const event =
    "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='http://jabber.org/protocol/nick'><item id='x'><nick xmlns='http://jabber.org/protocol/nick'>Mum</nick></item></items></event>"
  from(BOB, `<body>1</body>${event}`)
  from(`${BOB}/x`, `<body>2</body><x xmlns='${MUC}#user'/>`)
  from('BOB@Evil.Example/x', '<body>3</body>')
  from(`${BOB}./x`.replace('example.', 'example'), '<body>4</body>')
  for (const [i, odd] of ['/ ', '/x ', '/', '/a/b/c', `/${'r'.repeat(3000)}`, '/\u0085', '/\u200d\u202e', '/😀'].entries())
    from(`${BOB}${odd}`, `<body>${i + 5}</body>`)
  await settled()
  expect(await texts(alice, BOB)).toEqual(Array.from({ length: 12 }, (_, i) => String(i + 1)))
  expect((await alice.store.read.conversations()).length - before).toBeLessThanOrEqual(1)
})

test('a group: its own messages, odd nicknames, and its successor', async () => {
  const room = (nick: string, inside: string, more = ''): void => from(nick === '' ? ROOM : `${ROOM}/${nick}`, inside, `type='groupchat' ${more}`)
  const nicks = ['alice ', ' alice', 'علی\u200cرضا', '👨\u200d👩\u200d👧', 'Alice', 'a/b', "x'".replace("'", '&apos;')]
  for (const [i, nick] of nicks.entries()) room(nick, `<body>n${i}</body>`)
  room('', '<body>the server restarts at noon</body>')
  // messages that only announce the room's configuration
  room('', `<body>This room is not anonymous</body><x xmlns='${MUC}#user'><status code='100'/></x>`)
  room('', '<subject>about</subject>')
  room(nicks[4] ?? '', '<subject>about this</subject><body>and that</body>')
  room('成员 1', '<body>an error</body>', "id='e'".replace('id', 'xml:lang'))
  await settled()
  await until(alice, async () => (await texts(alice, ROOM)).includes('an error'))
  expect((await messages(alice, ROOM)).map(({ text, outgoing, senderName }) => [text, outgoing, senderName])).toEqual([
    ...nicks.map((nick, i) => [`n${i}`, false, nick.replace('&apos;', "'")]),
    ['the server restarts at noon', false, 'crowd'],
    ['and that', false, 'Alice'],
    ['an error', false, '成员 1']
  ])
  // in private: with each occupant, never with the room
  from(`${ROOM}/成员 2`, '<body>psst</body>')
  from(`${ROOM}/成员 2`, `<body>psst again</body><x xmlns='${MUC}#user'/>`, "type='normal'")
  await settled()
  expect(await texts(alice, `${ROOM}/成员 2`)).toEqual(['psst', 'psst again'])
})

test('strangers change neither roster, blocklist nor presence', async () => {
  const before = JSON.stringify(await alice.store.read.conversations())
  for (const sender of ['mallory@evil.example/x', 'mallory@evil.example', `${ROOM}/成员 1`, BOB, 'other.example', 'alice@evil.example.org'])
    for (const inside of [
      "<query xmlns='jabber:iq:roster'><item jid='mallory@evil.example' name='Mum' subscription='both'/><item jid='bob@evil.example' subscription='remove'/></query>",
      "<block xmlns='urn:xmpp:blocking'><item jid='bob@evil.example'/></block>",
      "<unblock xmlns='urn:xmpp:blocking'/>"
    ])
      server.say(`<iq type='set' id='push${++fences}' from='${sender}' to='${ME}/r'>${inside}</iq>`)
  for (const priority of ['', 'x', '999999999999', '-129', '<b/>', '1e9'])
    server.say(`<presence from='${BOB}/p' to='${ME}/r'><priority>${priority}</priority><show>odd</show><status>${'s'.repeat(10_000)}</status></presence>`)
  await settled()
  const now = (await alice.store.read.conversations()).filter(({ jid }) => !jid.startsWith('fence@'))
  expect(JSON.stringify(now)).toBe(JSON.stringify((JSON.parse(before) as { jid: string }[]).filter(({ jid }) => !jid.startsWith('fence@'))))
  expect(await alice.store.read.conversationByJid('mallory@evil.example')).toBeNull()
  expect([...server.heard.matchAll(/id="push\d+" type="result"|type="result" id="push\d+"/g)]).toEqual([])
})

test('changes in one conversation do not affect another', async () => {
  from('one@evil.example/x', '<body>in one</body>', "type='chat' id='shared'")
  from('two@evil.example/x', '<body>in two</body>', "type='chat' id='shared'")
  from(`${ROOM}/成员 1`, '<body>in the group</body>', "type='groupchat' id='shared'")
  from(`${ROOM}/成员 1`, '<body>in private</body>', "type='chat' id='shared'")
  from('two@evil.example/y', "<reactions xmlns='urn:xmpp:reactions:0' id='shared'><reaction>👍</reaction></reactions>")
  from(
    'two@evil.example/z',
    "<retract xmlns='urn:xmpp:message-retract:1' id='shared'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'/><body>taken back</body>"
  )
  from('two@evil.example/z', "<displayed xmlns='urn:xmpp:chat-markers:0' id='shared'/>")
  await settled()
  const one = async (jid: string): Promise<unknown> =>
    (await messages(alice, jid))
      .filter(({ text, retracted }) => text.startsWith('in ') || retracted)
      .map(({ text, retracted, reactions }) => [text, retracted, reactions.length])
  expect([await one('one@evil.example'), await one(ROOM), await one(`${ROOM}/成员 1`)]).toEqual([
    [['in one', false, 0]],
    [['in the group', false, 0]],
    [['in private', false, 0]]
  ])
  expect(await one('two@evil.example')).toMatchObject([['', true, 1]])
})

test('20,000 stanzas of random parts break nothing, and no plain message among them is lost', async () => {
  const random = seeded(20)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const names =
    'message presence iq body subject thread x query item status reason invite decline destroy result forwarded delay received sent replace retract moderated apply-to reactions reaction reply fallback reference encrypted encryption payload header key event items file-sharing file url-data sources thumbnail size set first last fin count error text photo priority show c nick conference displayed request active composing occupant-id origin-id stanza-id vCard PHOTO BINVAL metadata info data slot put get header field value'.split(
      ' '
    )
  const spaces = [
    '',
    '',
    '',
    `${MUC}#user`,
    MUC,
    `${MUC}#owner`,
    `${MUC}#admin`,
    'jabber:x:conference',
    'urn:xmpp:carbons:2',
    'urn:xmpp:forward:0',
    'urn:xmpp:mam:2',
    'urn:xmpp:delay',
    'urn:xmpp:sid:0',
    'urn:xmpp:message-correct:0',
    'urn:xmpp:message-retract:1',
    'urn:xmpp:message-retract:0',
    'urn:xmpp:message-moderate:1',
    'urn:xmpp:fasten:0',
    'urn:xmpp:reactions:0',
    'urn:xmpp:reply:0',
    'urn:xmpp:fallback:0',
    'urn:xmpp:reference:0',
    'urn:xmpp:eme:0',
    'eu.siacs.conversations.axolotl',
    'urn:xmpp:omemo:2',
    'http://jabber.org/protocol/pubsub#event',
    'urn:xmpp:sfs:0',
    'jabber:x:oob',
    'urn:xmpp:chat-markers:0',
    'urn:xmpp:receipts',
    'http://jabber.org/protocol/chatstates',
    'urn:xmpp:occupant-id:0',
    'vcard-temp:x:update',
    'vcard-temp',
    'jabber:iq:roster',
    'urn:xmpp:blocking',
    'jabber:client',
    'urn:xmpp:bookmarks:1',
    'http://jabber.org/protocol/caps',
    'http://jabber.org/protocol/disco#info',
    'urn:xmpp:avatar:metadata',
    'urn:xmpp:mds:displayed:0',
    'jabber:x:data'
  ]
  const values = [
    '',
    ' ',
    '0',
    '-1',
    '1e309',
    'NaN',
    'a',
    'm1',
    'shared',
    '2024-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    'x@y',
    ME,
    `${ME}/r`,
    BOB,
    `${BOB}/x`,
    ROOM,
    `${ROOM}/成员 1`,
    `${ROOM}/alice`,
    '@',
    '/',
    'http://',
    'https://example.org/a.png',
    '110',
    '303',
    '307',
    '201',
    'true',
    '__proto__',
    'constructor',
    '\u202e\u0085',
    'l'.repeat(2000)
  ]
  const attributes = [
    'id',
    'from',
    'to',
    'jid',
    'by',
    'stamp',
    'code',
    'nick',
    'node',
    'queryid',
    'url',
    'begin',
    'end',
    'start',
    'uri',
    'role',
    'affiliation',
    'type',
    'namespace',
    'name',
    'for',
    'complete',
    'index',
    'target',
    'var',
    'autojoin'
  ]
  const element = (depth: number): string => {
    const [name, space] = [pick(names), pick(spaces)]
    const given = new Set(Array.from({ length: Math.floor(random() * 4) }, () => pick(attributes)))
    const inside =
      depth === 0
        ? random() < 0.5
          ? pick(values)
          : ''
        : Array.from({ length: Math.floor(random() * 4) }, () => (random() < 0.2 ? pick(values) : element(depth - 1))).join('')
    return `<${name}${space === '' ? '' : ` xmlns='${space}'`}${[...given].map((attribute) => ` ${attribute}='${pick(values)}'`).join('')}>${inside}</${name}>`
  }
  // our own presence in the group stays, or none of its messages would be decoded any more
  const senders = [
    BOB,
    `${BOB}/x`,
    'mallory@evil.example/x',
    'evil.example',
    ROOM,
    `${ROOM}/成员 1`,
    `${ROOM}/成员 2`,
    ME,
    `${ME}/phone`,
    '@',
    '',
    'rooms.evil.example'
  ]
  const types = {
    message: ['', 'chat', 'groupchat', 'normal', 'headline', 'error'],
    presence: ['', 'unavailable', 'subscribe', 'subscribed', 'error', 'probe'],
    iq: ['get', 'set', 'result', 'error']
  }
  let plain = 0
  for (let batch = 0; batch < 40; batch++) {
    let text = ''
    for (let i = 0; i < 500; i++) {
      const kind = pick(['message', 'message', 'message', 'presence', 'iq'] as const)
      const [sender, type] = [pick(senders), pick(types[kind])]
      text += `<${kind}${sender === '' ? '' : ` from='${sender}'`} to='${ME}/r'${type === '' ? '' : ` type='${type}'`} id='${pick(values)}'>${Array.from({ length: 1 + Math.floor(random() * 4) }, () => element(3)).join('')}</${kind}>`
      if (i % 50 === 0) text += `<message from='plain@evil.example/x' to='${ME}/r' type='chat' id='${pick(values)}'><body>plain ${plain++}</body></message>`
    }
    server.say(text)
    await settled()
  }
  expect(faults).toEqual([])
  expect(alice.connection.status).toBe('online')
  expect(server.streams).toBe(1)
  expect((await texts(alice, 'plain@evil.example')).slice().sort()).toEqual(Array.from({ length: plain }, (_, i) => `plain ${i}`).sort())
  await alice.store.write.checkIndex()
  for (const { jid } of await alice.store.read.conversations()) await messages(alice, jid as Jid)
})
