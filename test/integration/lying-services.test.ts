/**
 * Services, contacts and groups that lie: in slots, pictures, lists, capabilities, events and receipts. Nothing forged is believed, nothing
 * blocks, no work is endless.
 */
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { hostileServer, type HostileServer, type Request } from '../support/hostile-server.ts'
import { messages, online, openEngine, testFolder, texts, until, type TestFolder } from '../support/server.ts'

const BOB = 'bob@evil.example' as Jid
const ME = 'alice@evil.example' as Jid
const MUC = 'http://jabber.org/protocol/muc'
const PUBSUB = 'http://jabber.org/protocol/pubsub'
const UPLOAD = 'urn:xmpp:http:upload:0'
let server: HostileServer
let folder: TestFolder
let alice: Engine
const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)
const before = { roster: '' }
beforeAll(async () => {
  server = await hostileServer()
  before.roster = server.roster
  process.on('unhandledRejection', note)
})
afterAll(() => {
  process.off('unhandledRejection', note)
  server.close()
})
beforeEach(async () => {
  unhandled.length = 0
  folder = testFolder()
  alice = await openEngine(folder.path)
})
afterEach(async () => {
  await alice.close()
  folder.remove()
  server.answer = null
  server.roster = before.roster
  expect(unhandled).toEqual([])
})
const signIn = async (): Promise<void> => {
  await alice.signIn(server.settings)
  await online(alice)
}
const from = (sender: string, inside: string, more = "type='chat'"): void => server.say(`<message from='${sender}' to='${ME}/r' ${more}>${inside}</message>`)
let fences = 0
/** Waits until everything sent before was processed: a message after it has arrived, and one of ours was sent. */
async function settled(): Promise<void> {
  const text = `fence ${++fences}`
  from('fence@evil.example/x', `<body>${text}</body>`)
  await until(alice, async () => (await texts(alice, 'fence@evil.example')).includes(text))
  const { id } = await alice.conversations.start('fence@evil.example', 'direct', null)
  await alice.messages.send(id, `own ${text}`)
  await until(alice, () => Promise.resolve(server.heard.includes(`own ${text}`)))
}
const result = ({ id, to }: Request, inside: string): string => `<iq type='result' id='${id}'${to === '' ? '' : ` from='${to}'`} to='${ME}/r'>${inside}</iq>`
const asked = (pattern: RegExp): number => [...server.heard.matchAll(pattern)].length

test.each([
  ['http', `<put url='http://127.0.0.1/x'/><get url='https://127.0.0.1/x'/>`],
  ['a file', `<put url='file:///etc/passwd'/><get url='https://127.0.0.1/x'/>`],
  ['to be had from a file', `<put url='https://127.0.0.1:1/x'/><get url='file:///etc/passwd'/>`],
  ['a script', `<put url='https://127.0.0.1:1/x'/><get url='javascript:alert(1)'/>`],
  ['a name and a password', `<put url='https://u:p@127.0.0.1:1/x'/><get url='https://127.0.0.1/x'/>`],
  ['no address', `<put url=''/><get/>`],
  ['a long one', `<put url='https://127.0.0.1/${'x'.repeat(100_000)}'/><get url='https://127.0.0.1/x'/>`],
  ['nothing', '']
])('a slot with %s: nothing is uploaded, the file fails with its reason, and later messages are sent', async (_, inside) => {
  server.answer = (request) =>
    request.xml.includes(`${UPLOAD}"`) && request.xml.includes('<request')
      ? result(request, `<slot xmlns='${UPLOAD}'>${inside}</slot>`)
      : request.xml.includes('disco#info')
        ? result(request, `<query xmlns='http://jabber.org/protocol/disco#info'><feature var='${UPLOAD}'/></query>`)
        : null
  await signIn()
  const { id } = await alice.conversations.start(BOB, 'direct', null)
  const token = alice.media.staging.begin({ name: 'a.bin', bytes: 10, type: '' })
  await alice.media.staging.append(token, randomBytes(10))
  await alice.messages.sendFile(id, token)
  await alice.messages.send(id, `after ${++fences}`)
  await until(alice, () => Promise.resolve(server.heard.includes(`after ${fences}`)))
  const [file] = await until(alice, async () => {
    const all = await messages(alice, BOB)
    return all[0]?.state === 'failed' && all
  })
  expect(file?.error).toBe('bad-upload-slot')
})

test('pictures that are too large, of another type, or not the announced ones are not stored, and requested only once', async () => {
  const picture = randomBytes(2000)
  const id = createHash('sha1').update(picture).digest('hex')
  let data = picture
  server.answer = (request) =>
    request.xml.includes('urn:xmpp:avatar:data')
      ? result(
          request,
          `<pubsub xmlns='${PUBSUB}'><items node='urn:xmpp:avatar:data'><item id='x'><data xmlns='urn:xmpp:avatar:data'>${data.toString('base64')}</data></item></items></pubsub>`
        )
      : null
  await signIn()
  const announce = (attributes: string, by: string = BOB): void =>
    from(
      by,
      `<event xmlns='${PUBSUB}#event'><items node='urn:xmpp:avatar:metadata'><item id='y'><metadata xmlns='urn:xmpp:avatar:metadata'><info ${attributes}/></metadata></item></items></event>`,
      "type='headline'"
    )
  const count = (): number => asked(/urn:xmpp:avatar:data/g)
  const first = count()
  announce(`id='${id}' bytes='104857600' type='image/png'`)
  announce(`id='${id}' bytes='1e999' type='image/png'`)
  announce(`id='${id}' bytes='2000' type='image/svg+xml'`)
  announce(`id='../../${id}' bytes='2000' type='image/png'`)
  announce(`id='${id}' bytes='2000' type='image/png' url='https://127.0.0.1/'`)
  announce(`id='${id}' bytes='2000' type='image/png'`, 'mallory@evil.example')
  await settled()
  expect(count()).toBe(first)
  // it announces 2,000 bytes and sends three megabytes, or other bytes
  data = randomBytes(3_000_000)
  announce(`id='${createHash('sha1').update(data).digest('hex')}' bytes='2000' type='image/png'`)
  announce(`id='${'ab'.repeat(20)}' bytes='2000' type='image/png'`)
  await until(alice, () => Promise.resolve(count() > first))
  await settled()
  expect(await alice.store.read.avatar(BOB)).toBeNull()
  data = picture
  announce(`id='${id}' bytes='2000' type='image/png'`)
  await until(alice, async () => (await alice.store.read.avatar(BOB))?.hash === id)
  expect(await alice.store.read.avatar('mallory@evil.example' as Jid)).toBeNull()
})

test('feature and service lists that are endless, circular or from another entity: few requests are made, and later messages are sent', async () => {
  const features = Array.from({ length: 100_000 }, (_, i) => `<feature var='urn:x:${i}'/>`).join('')
  const fields = '<x xmlns="jabber:x:data" type="result"><field var="FORM_TYPE"><value>x</value></field></x>'
  const items = Array.from({ length: 20_000 }, (_, i) => `<item jid='${i % 3 === 0 ? 'evil.example' : `s${i}.evil.example`}'/>`).join('')
  let infos = 0
  server.answer = (request) => {
    if (request.xml.includes('disco#items')) return result(request, `<query xmlns='http://jabber.org/protocol/disco#items'>${items}</query>`)
    if (!request.xml.includes('disco#info')) return null
    infos++
    return (
      `<iq type='result' id='${request.id}' from='mallory@evil.example' to='${ME}/r'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='${UPLOAD}'/></query></iq>` +
      result(request, `<query xmlns='http://jabber.org/protocol/disco#info'>${infos < 4 ? features : ''}${fields.repeat(200)}</query>`)
    )
  }
  await signIn()
  expect(await alice.media.limit(ME)).toEqual({ accepts: false, largest: null })
  await settled()
  expect(infos).toBeLessThan(100)
})

test('10,000 bookmarks of groups that never answer block nothing, and few are joined at once', async () => {
  const marks = Array.from(
    { length: 10_000 },
    (_, i) => `<item id='r${i}@rooms.evil.example'><conference xmlns='urn:xmpp:bookmarks:1' autojoin='true'><nick>alice</nick></conference></item>`
  ).join('')
  server.answer = (request) =>
    request.xml.includes('urn:xmpp:bookmarks:1') && request.xml.includes('<items')
      ? result(request, `<pubsub xmlns='${PUBSUB}'><items node='urn:xmpp:bookmarks:1'>${marks}</items></pubsub>`)
      : null
  await signIn()
  await settled()
  const entered = (): number => new Set(server.heard.match(/r\d+@rooms\.evil\.example\/alice/g)).size
  await until(alice, () => Promise.resolve(entered() > 0))
  // groups that never answer take their time: only a few are joined at once
  expect(entered()).toBeLessThan(100)
})

test('a roster of 100,000 contacts, some malformed or duplicated', async () => {
  server.roster = `<query xmlns='jabber:iq:roster'>${Array.from({ length: 100_000 }, (_, i) => `<item jid='${i % 1000 === 7 ? '@@' : `c${i % 99_000}@evil.example`}' name='Contact ${i}' subscription='both'><group>g${i % 50}</group></item>`).join('')}</query>`
  await signIn()
  await settled()
  expect(await alice.store.read.contacts(ME)).toHaveLength(98_901)
})

test('presences with ever new capabilities, of a contact, a stranger and a group, cause no requests', async () => {
  await signIn()
  await settled()
  const gets = (): number => asked(/<iq [^>]*type="get"/g)
  const first = gets()
  for (let i = 0; i < 10_000; i++)
    server.say(
      `<presence from='${i % 3 === 0 ? 'mallory@evil.example' : BOB}/${i}' to='${ME}/r'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n${i}' ver='${i}'/></presence>`
    )
  await settled()
  expect(gets() - first).toBeLessThan(20)
})

test('PEP events of others change nothing of ours', async () => {
  await signIn()
  from(BOB, '<body>one</body>', "type='chat' id='one'")
  await until(alice, async () => (await texts(alice, BOB)).length === 1)
  const event = (by: string, node: string, item: string): void =>
    from(
      by,
      `<event xmlns='${PUBSUB}#event'><items node='${node}'><item id='${item.startsWith('<conference') ? 'trap@rooms.evil.example' : BOB}'>${item}</item></items></event>`,
      "type='headline'"
    )
  for (const by of [BOB, `${BOB}/x`, 'mallory@evil.example', 'evil.example', 'pubsub.evil.example', `${ME}.evil.example`]) {
    event(by, 'urn:xmpp:bookmarks:1', "<conference xmlns='urn:xmpp:bookmarks:1' autojoin='true'><nick>alice</nick></conference>")
    event(by, 'urn:xmpp:mds:displayed:0', `<displayed xmlns='urn:xmpp:mds:displayed:0'><stanza-id xmlns='urn:xmpp:sid:0' id='one' by='${ME}'/></displayed>`)
    event(by, 'eu.siacs.conversations.axolotl.devicelist', "<list xmlns='eu.siacs.conversations.axolotl'/>")
  }
  await settled()
  expect(server.heard).not.toContain('trap@rooms.evil.example')
  expect((await alice.store.read.conversationByJid(BOB))?.unread).toBe(1)
  expect(await alice.store.read.conversationByJid('trap@rooms.evil.example')).toBeNull()
})

test('receipts and markers for unknown messages, or for those of another conversation, are ignored', async () => {
  await signIn()
  const { id } = await alice.conversations.start(BOB, 'direct', null)
  await alice.messages.send(id, `to bob ${++fences}`)
  const sent = await until(alice, () => Promise.resolve(/<message [^>]*id="([^"]+)"[^>]*>(?:(?!<\/message>).)*to bob/.exec(server.heard)?.[1] ?? null))
  for (const by of ['carol@evil.example/x', 'evil.example', `${ME}/other`]) {
    from(by, `<received xmlns='urn:xmpp:receipts' id='${sent}'/>`)
    from(by, `<displayed xmlns='urn:xmpp:chat-markers:0' id='${sent}'/>`)
  }
  for (let i = 0; i < 5000; i++)
    from(`${BOB}/x`, `<received xmlns='urn:xmpp:receipts' id='never-${i}'/><displayed xmlns='urn:xmpp:chat-markers:0' id='never-${i}'/>`)
  await settled()
  const [own] = await messages(alice, BOB)
  expect(own?.state).not.toBe('delivered')
  from(`${BOB}/x`, `<received xmlns='urn:xmpp:receipts' id='${sent}'/>`)
  await until(alice, async () => (await messages(alice, BOB))[0]?.state === 'delivered')
})

test('carbons nested 500 deep are ignored, whoever sends them', async () => {
  await signIn()
  const copy = (depth: number): string =>
    depth === 0
      ? `<message xmlns='jabber:client' from='${BOB}/x' to='${ME}' type='chat'><body>deep</body></message>`
      : `<message xmlns='jabber:client' from='${ME}' to='${ME}/r'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>${copy(depth - 1)}</forwarded></received></message>`
  const wrapped = (depth: number): string => `<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>${copy(depth)}</forwarded></received>`
  from(ME, wrapped(500))
  from(ME, wrapped(1))
  from(`${BOB}/x`, wrapped(0))
  await settled()
  expect(await texts(alice, BOB)).toEqual([])
  from(ME, wrapped(0))
  await until(alice, async () => (await texts(alice, BOB)).includes('deep'))
})

test('empty answers are accepted', async () => {
  server.answer = (request) => (request.xml.includes('xmpp-bind') ? null : result(request, ''))
  await signIn()
  await settled()
})

test('closed groups that name each other as successors are left, and not followed in a circle', async () => {
  await signIn()
  const [one, two] = ['one@rooms.evil.example', 'two@rooms.evil.example'] as const
  const enter = async (room: string): Promise<void> => {
    const entering = alice.conversations.start(room, 'group', 'alice')
    await until(alice, () => Promise.resolve(server.heard.includes(`${room}/alice`)))
    server.say(
      `<presence from='${room}/alice' to='${ME}/r'><x xmlns='${MUC}#user'><item role='participant' affiliation='none'/><status code='110'/></x></presence>`
    )
    await entering
  }
  await enter(one)
  const entered = (room: string): number => server.heard.split(`${room}/alice`).length - 1
  for (const [room, next] of [
    [one, two],
    [two, one],
    [one, one]
  ])
    server.say(
      `<presence from='${room}/alice' to='${ME}/r' type='unavailable'><x xmlns='${MUC}#user'><item role='none' affiliation='none'/><destroy jid='${next}'/><status code='110'/></x></presence>`
    )
  await until(alice, async () => (await alice.store.read.conversationByJid(one))?.out?.why === 'destroyed')
  await settled()
  expect([entered(one), entered(two)]).toEqual([1, 0])
  expect(await alice.store.read.conversationByJid(two)).toBeNull()
})
