/** OMEMO with widely used clients: Gajim, Dino and Profanity, in their own windows, each alone with us and all in one group. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConversationId, Jid, Message } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { dino, foreignClient, gajim, hasDino, hasGajim, type Foreign } from '../support/foreign.ts'
import { hasProfanity, Profanity } from '../support/profanity.ts'
import { Devices, messages, startServer, until, type TestServer } from '../support/server.ts'

const ALICE = 'alice@localhost' as Jid
let server: TestServer
let alice: Engine
/** Another device of hers, which only listens. */
let tablet: Engine
const devices = new Devices()
beforeAll(async () => {
  server = await startServer({ friends: ['dave'] })
  alice = await devices.signIn(server, 'alice', true)
  tablet = await devices.signIn(server, 'alice', true)
  await until(alice, async () => (await alice.people.devices(ALICE, ALICE)).devices.filter(({ active }) => active).length === 1)
}, 120_000)
afterAll(async () => {
  await devices.end()
  await server.stop()
})
const find = (jid: string, wanted: (message: Message) => boolean): Promise<Message> =>
  until(alice, async () => (await messages(alice, jid)).find(wanted), 90_000)
const conversationWith = async (jid: Jid): Promise<ConversationId> =>
  (await alice.store.write.ensureConversation({ account: ALICE, jid, kind: 'direct', name: '', nick: null })).id
const knows = (jid: Jid): Promise<boolean> =>
  until(alice, async () => (await alice.store.write.encryptionTargets({ account: ALICE, jids: [jid] })).without.length === 0)

const OPEN = `<publish-options><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/pubsub#publish-options</value></field><field var='pubsub#access_model'><value>open</value></field></x></publish-options>`
/** The second device reads what both sides said. */
async function follows(jid: string, texts: readonly string[]): Promise<void> {
  await until(
    tablet,
    async () => {
      const there = (await messages(tablet, jid)).map(({ text }) => text)
      return texts.every((text) => there.includes(text))
    },
    90_000
  )
  const all = (await messages(tablet, jid)).filter(({ text }) => texts.includes(text))
  expect(all.map(({ encrypted, unreadable }) => encrypted && unreadable === null)).toEqual(texts.map(() => true))
}

/** Publishes what another client of theirs has left at their node. */
async function publishes(user: string, node: string, item: string, payload: string): Promise<void> {
  const client = await foreignClient(server, user)
  await client.tell(
    {
      do: 'raw',
      xml: `<iq type='set' id='put'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item id='${item}'>${payload}</item></publish>${OPEN}</pubsub></iq>`
    },
    'done'
  )
  await client.quit()
}

/** Exchanges messages: each side begins once, then both read, turn after turn. */
async function talk(client: Foreign, jid: Jid, name: string): Promise<void> {
  await client.tell({ do: 'send', to: ALICE, text: `hello from ${name}` }, 'sent')
  expect(await find(jid, ({ text }) => text === `hello from ${name}`)).toMatchObject({ encrypted: true, unreadable: null, outgoing: false })
  const id = await conversationWith(jid)
  for (const text of ['一个秘密的回答 👋', 'and <another> & one']) {
    await alice.messages.send(id, text)
    expect(await client.waitFor((event) => event.text === text)).toMatchObject({ encrypted: true, sender: ALICE })
  }
  await client.tell({ do: 'send', to: ALICE, text: `read by ${name}` }, 'sent')
  expect(await find(jid, ({ text }) => text === `read by ${name}`)).toMatchObject({ encrypted: true })
  await alice.messages.send(id, 'the end of it')
  expect(await client.waitFor(({ text }) => text === 'the end of it')).toMatchObject({ encrypted: true })
  expect((await messages(alice, jid)).filter(({ unreadable, encrypted, error }) => unreadable !== null || !encrypted || error !== null)).toEqual([])
  await follows(jid, [`hello from ${name}`, '一个秘密的回答 👋', 'and <another> & one', `read by ${name}`, 'the end of it'])
}

test.skipIf(!hasGajim)('Gajim', { timeout: 180_000 }, async () => {
  const bob = 'bob@localhost' as Jid
  const client = await gajim(server, 'bob')
  await talk(client, bob, 'Gajim')
  // we begin, with a client that has just signed in
  await client.quit()
  const again = await gajim(server, 'bob')
  await until(alice, async () => (await alice.people.devices(ALICE, bob)).devices.filter(({ active }) => active).length === 2)
  await alice.messages.send(await conversationWith(bob), 'to the new Gajim')
  expect(await again.waitFor(({ text }) => text === 'to the new Gajim')).toMatchObject({ encrypted: true })
  await again.quit()
})

test.skipIf(!hasDino)('Dino', { timeout: 180_000 }, async () => {
  const carol = 'carol@localhost' as Jid
  const client = await dino(server, 'carol')
  await knows(carol)
  const { key } = await alice.messages.send(await conversationWith(carol), 'we begin')
  // its bundle may arrive after its list: the message is retried as a person would
  await until(alice, async () => {
    const said = (await messages(alice, carol)).find((one) => one.key === key)
    if (said?.state === 'failed') await alice.messages.retry(said.id)
    return said?.state === 'sent' || said?.state === 'delivered'
  })
  expect(await client.waitFor(({ text }) => text === 'we begin')).toMatchObject({ encrypted: true })
  await talk(client, carol, 'Dino')
  await client.quit()
})

test.skipIf(!hasGajim || !hasDino || !hasProfanity)('a private group of four clients', { timeout: 240_000 }, async () => {
  const [bob, carol, dave] = ['bob@localhost', 'carol@localhost', 'dave@localhost'] as [Jid, Jid, Jid]
  const group = await alice.groups.create({ name: 'four', membersOnly: true, invite: [bob, carol, dave] })
  await publishes(
    'carol',
    'urn:xmpp:bookmarks:1',
    group.jid,
    "<conference xmlns='urn:xmpp:bookmarks:1' name='four' autojoin='true'><nick>carol</nick></conference>"
  )
  // Profanity adds itself to a device list, but creates none
  await publishes('dave', 'eu.siacs.conversations.axolotl.devicelist', 'current', "<list xmlns='eu.siacs.conversations.axolotl'/>")
  const [gajimClient, dinoClient] = [await gajim(server, 'bob'), await dino(server, 'carol')]
  const profanity = new Profanity()
  try {
    await profanity.start(server, 'dave')
    profanity.types('/omemo gen')
    await profanity.sees(/Generated OMEMO crypto materials|OMEMO.*(generated|initialized)/i)
    profanity.types('/omemo trustmode blind')
    profanity.types(`/join ${group.jid} nick dave`)
    await profanity.sees(/members[\s\S]*dave|dave/i)
    await gajimClient.tell({ do: 'join', group: group.jid, nick: 'bob' }, 'joined')
    await dinoClient.tell({ do: 'joined', group: group.jid }, 'joined')
    await alice.conversations.set({ conversation: group.id, encryption: 'on' })
    await until(alice, async () => {
      const { on, possible, without } = await alice.messages.secrecy(group.id)
      return on && possible && without.length === 0
    })
    // each sends, and all others read it
    await alice.messages.send(group.id, 'Alice to all')
    for (const client of [gajimClient, dinoClient])
      expect(await client.waitFor(({ text }) => text === 'Alice to all')).toMatchObject({ encrypted: true, group: group.jid })
    await profanity.sees(/Alice to all/)
    for (const [name, client, others] of [
      ['Gajim', gajimClient, [dinoClient]],
      ['Dino', dinoClient, [gajimClient]]
    ] as const) {
      const text = `${name} to all`
      await client.tell({ do: 'send', to: group.jid, text }, 'sent')
      expect(await find(group.jid, (message) => message.text === text)).toMatchObject({ encrypted: true, unreadable: null, outgoing: false })
      for (const other of others) expect(await other.waitFor((event) => event.text === text)).toMatchObject({ encrypted: true })
      await profanity.sees(new RegExp(text))
    }
    profanity.types('/omemo start')
    await profanity.sees(/\[OMEMO\]/)
    // it encrypts for the devices whose bundles it has by then, and says nothing of the others
    const ofDave = async (): Promise<Message[]> => (await messages(tablet, group.jid)).filter(({ senderName }) => senderName === 'Dave')
    let said = ''
    for (let tries = 1; !(await ofDave()).some(({ text }) => text !== ''); tries++) {
      said = `Profanity to all, ${tries}`
      profanity.types(said)
      expect(await find(group.jid, ({ text }) => text === said)).toMatchObject({ encrypted: true, unreadable: null })
      await until(tablet, async () => (await ofDave()).length === tries)
    }
    for (const client of [gajimClient, dinoClient]) expect(await client.waitFor(({ text }) => text === said)).toMatchObject({ encrypted: true })
    await follows(group.jid, ['Alice to all', 'Gajim to all', 'Dino to all', said])
    expect((await messages(alice, group.jid)).filter(({ unreadable, encrypted, error }) => unreadable !== null || !encrypted || error !== null)).toEqual([])
  } finally {
    profanity.quit()
    await Promise.all([gajimClient.quit(), dinoClient.quit()])
  }
})
