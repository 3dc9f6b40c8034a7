/** Data that an account keeps for all of its devices, and that contacts show: bookmarks, read positions, pictures, names, blocking. */
import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { foreignClient } from '../support/foreign.ts'
import { gradient } from '../support/pictures.ts'
import { Devices, messages, SERVER, startServer, until, type TestServer } from '../support/server.ts'

let server: TestServer
const devices = new Devices()
beforeAll(async () => void (server = await startServer({ strangers: ['mallory'] })))
afterAll(async () => {
  await devices.end()
  await server.stop()
})
const alice = 'alice@localhost' as Jid
const [bob, carol] = ['bob@localhost' as Jid, 'carol@localhost' as Jid]

test('a group joined or left on one device is joined or left on the others, also on those that sign in later', async () => {
  const [desk, laptop] = [await devices.signIn(server, 'alice'), await devices.signIn(server, 'alice')]
  const room = `marks-${randomUUID()}@rooms.localhost`
  const { id } = await desk.conversations.start(room, 'group', 'alice')
  await until(
    laptop,
    async () => (await laptop.store.read.conversationByJid(room))?.nick !== null && (await laptop.store.read.conversationByJid(room)) !== null
  )
  await desk.messages.send(id, 'said at the desk')
  await until(laptop, async () => (await messages(laptop, room)).some(({ text }) => text === 'said at the desk'))
  const later = await devices.signIn(server, 'alice')
  await until(later, async () => (await messages(later, room)).some(({ text }) => text === 'said at the desk'))
  await laptop.groups.leave((await laptop.store.read.conversationByJid(room))!.id)
  for (const engine of [desk, later]) await until(engine, async () => (await engine.store.read.conversationByJid(room))?.out?.why === 'left')
  expect((await messages(desk, room)).map(({ text }) => text)).toEqual(['said at the desk'])
})

test('messages read on one device are read on the others at once', async () => {
  const [desk, laptop, bobs] = [await devices.signIn(server, 'alice'), await devices.signIn(server, 'alice'), await devices.signIn(server, 'bob')]
  const { id } = await bobs.conversations.start(alice, 'direct', null)
  await bobs.messages.send(id, 'read me')
  const unread = async (engine: Engine): Promise<number> => (await engine.store.read.conversationByJid(bob))?.unread ?? -1
  for (const engine of [desk, laptop]) await until(engine, async () => (await unread(engine)) === 1)
  // no contact is told, but the other device is
  await desk.store.write.changeSettings({ tellRead: false })
  const [message] = (await messages(desk, bob)).slice(-1)
  await desk.messages.markRead(message!.conversation, message!.id)
  await until(laptop, async () => (await unread(laptop)) === 0)
})

// Debian's ejabberd does not announce XEP-0084 pictures in vCards
test.skipIf(SERVER === 'ejabberd')('members of a group show pictures there, strangers or not; a new owner of the nickname does not inherit one', async () => {
  const alices = await devices.signIn(server, 'alice')
  const mallory = await foreignClient(server, 'mallory')
  const picture = gradient(48, 48, [0, 200, 0], [0, 0, 90])
  const hash = createHash('sha1').update(picture).digest('hex')
  // visible to everybody, as Conversations and Dino publish it
  const open = `<publish-options><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/pubsub#publish-options</value></field><field var='pubsub#access_model'><value>open</value></field></x></publish-options>`
  const publish = (node: string, payload: string): Promise<unknown> =>
    mallory.tell(
      {
        do: 'raw',
        xml: `<iq type='set' id='${randomUUID()}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item id='${hash}'>${payload}</item></publish>${open}</pubsub></iq>`
      },
      'done'
    )
  await publish('urn:xmpp:avatar:data', `<data xmlns='urn:xmpp:avatar:data'>${picture.toString('base64')}</data>`)
  await publish(
    'urn:xmpp:avatar:metadata',
    `<metadata xmlns='urn:xmpp:avatar:metadata'><info id='${hash}' bytes='${picture.length}' type='image/png'/></metadata>`
  )
  const room = `faces-${randomUUID()}@rooms.localhost`
  const occupant = `${room}/mall`
  const alicesRoom = await alices.conversations.start(room, 'group', 'alice')
  await mallory.tell({ do: 'raw', xml: `<presence to='${occupant}'><x xmlns='http://jabber.org/protocol/muc'/></presence>` }, 'done')
  expect((await until(alices, () => alices.store.read.avatar(occupant))).hash).toBe(hash)
  expect(readFileSync((await alices.people.avatarFile(occupant))!)).toEqual(picture)

  await mallory.quit()
  const carols = await devices.signIn(server, 'carol')
  await carols.conversations.start(room, 'group', 'mall')
  await until(alices, async () => (await alices.store.read.avatar(occupant)) === null)

  await carols.people.setAvatar({ data: picture, type: 'image/png', side: 48 })
  await carols.groups.leave((await carols.store.read.conversationByJid(room))!.id)
  await carols.conversations.start(room, 'group', 'mall')
  await until(alices, () => alices.store.read.avatar(occupant))
  await alices.conversations.delete(alicesRoom.id)
  expect(await alices.store.read.avatar(occupant)).toBeNull()
  await carols.people.setAvatar(null)
})

test('a picture and a name reach contacts, who keep them offline; a picture with a wrong hash does not', async () => {
  const [alices, bobs] = [await devices.signIn(server, 'alice'), await devices.signIn(server, 'bob')]
  const picture = gradient(64, 64, [255, 0, 0], [0, 0, 255])
  await alices.people.setAvatar({ data: picture, type: 'image/png', side: 64 })
  const seen = await until(bobs, async () => bobs.store.read.avatar(alice))
  expect(seen.hash).toBe(createHash('sha1').update(picture).digest('hex'))
  expect(readFileSync((await bobs.people.avatarFile(alice))!)).toEqual(picture)
  await alices.people.setAvatar(null)
  await until(bobs, async () => (await bobs.store.read.avatar(alice)) === null)
  // a person's own nickname counts only if the user gave no name
  await bobs.people.rename(alice, '')
  await alices.people.setNick('爱丽丝 Alice')
  const name = async (): Promise<string | undefined> => (await bobs.store.read.conversationByJid(alice))?.name
  await until(bobs, async () => (await name()) === '爱丽丝 Alice')
  await bobs.people.rename(alice, 'Boss')
  await until(bobs, async () => (await name()) === 'Boss')
  await bobs.people.rename(alice, '')
  await until(bobs, async () => (await name()) === '爱丽丝 Alice')

  const foreign = await foreignClient(server, 'carol')
  const item = (node: string, id: string, payload: string): string =>
    `<iq type='set' id='${randomUUID()}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item id='${id}'>${payload}</item></publish></pubsub></iq>`
  const hash = 'ab'.repeat(20)
  await foreign.tell({ do: 'raw', xml: item('urn:xmpp:avatar:data', hash, `<data xmlns='urn:xmpp:avatar:data'>${picture.toString('base64')}</data>`) }, 'done')
  await foreign.tell(
    {
      do: 'raw',
      xml: item(
        'urn:xmpp:avatar:metadata',
        hash,
        `<metadata xmlns='urn:xmpp:avatar:metadata'><info id='${hash}' bytes='${picture.length}' type='image/png'/></metadata>`
      )
    },
    'done'
  )
  await foreign.tell({ do: 'send', to: bob, bodies: ['after the lying picture'] }, 'sent')
  await until(bobs, async () => (await messages(bobs, carol)).some(({ text }) => text === 'after the lying picture'))
  expect(await bobs.store.read.avatar(carol)).toBeNull()
  await foreign.quit()
})

test('a blocked person is not heard on any device until unblocked', async () => {
  const [desk, laptop] = [await devices.signIn(server, 'alice'), await devices.signIn(server, 'alice')]
  const foreign = await foreignClient(server, 'carol')
  await desk.people.block(carol, true)
  await until(laptop, async () => laptop.accounts.blocked.some(({ jid }) => jid === carol))
  await foreign.tell({ do: 'send', to: alice, bodies: ['can you hear me?'] }, 'sent')
  await desk.people.block(carol, false)
  await until(laptop, async () => laptop.accounts.blocked.length === 0)
  await foreign.tell({ do: 'send', to: alice, bodies: ['and now?'] }, 'sent')
  await until(desk, async () => (await messages(desk, carol)).some(({ text }) => text === 'and now?'))
  expect((await messages(desk, carol)).some(({ text }) => text === 'can you hear me?')).toBe(false)
  await foreign.quit()
})

test('a stranger can push neither contacts, blocks, bookmarks nor read positions', async () => {
  const desk = await devices.signIn(server, 'alice')
  const foreign = await foreignClient(server, 'mallory')
  // the server itself answers requests to a bare address: she has to know the full one
  const { id } = await desk.store.write.ensureConversation({ jid: 'mallory@localhost' as Jid, kind: 'direct', name: '', nick: null })
  await desk.messages.send(id, 'who are you?')
  const full = (await foreign.waitFor(({ event, body }) => event === 'message' && body === 'who are you?')).sender ?? ''
  expect(full).toMatch(/^alice@localhost\/./)
  const before = JSON.stringify([await desk.store.read.contacts(), (await desk.store.read.conversations()).map(({ jid }) => jid)])
  const room = `evil-${randomUUID()}@rooms.localhost`
  const event = (node: string, id: string, payload: string): string =>
    `<message to='${full}' type='headline'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='${node}'><item id='${id}'>${payload}</item></items></event></message>`
  for (const xml of [
    `<iq type='set' id='r1' to='${full}'><query xmlns='jabber:iq:roster'><item jid='evil@localhost' name='Bank' subscription='both'/></query></iq>`,
    `<iq type='set' id='b1' to='${full}'><block xmlns='urn:xmpp:blocking'><item jid='bob@localhost'/></block></iq>`,
    event('urn:xmpp:bookmarks:1', room, `<conference xmlns='urn:xmpp:bookmarks:1' autojoin='true'><nick>alice</nick></conference>`),
    event('http://jabber.org/protocol/nick', 'current', `<nick xmlns='http://jabber.org/protocol/nick'>Bob</nick>`),
    event('urn:xmpp:avatar:metadata', 'x', `<metadata xmlns='urn:xmpp:avatar:metadata'><info id='${'cd'.repeat(20)}' bytes='10' type='image/png'/></metadata>`)
  ])
    await foreign.tell({ do: 'raw', xml }, 'done')
  await foreign.tell({ do: 'send', to: alice, bodies: ['done with it'] }, 'sent')
  await until(desk, async () => (await messages(desk, 'mallory@localhost')).some(({ text }) => text === 'done with it'))
  expect(JSON.stringify([await desk.store.read.contacts(), (await desk.store.read.conversations()).map(({ jid }) => jid)])).toBe(before)
  expect(desk.accounts.blocked).toEqual([])
  expect((await desk.store.read.avatars()).map(({ jid }) => jid)).not.toContain('mallory@localhost')
  await foreign.quit()
})
