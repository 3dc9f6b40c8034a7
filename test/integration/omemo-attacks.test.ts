/**
 * Attacks of a peer's client, or a server, on encrypted conversations: messages again, changed, for others, out of bounds; prekeys used up or used twice; bundles that
 * nobody signed; devices that are removed. The peer is python3-omemo on slixmpp, in both versions.
 */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Element } from '@xmpp/client'
import parse from '@xmpp/xml/lib/parse.js'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ConversationId, Jid, Message } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { keyPair } from '../../src/engine/xmpp/omemo/curve.ts'
import { bundlePlace, decodeBundle, deviceList, LIST_NODES, NAMESPACES } from '../../src/engine/xmpp/omemo/elements.ts'
import { FORMATS } from '../../src/engine/xmpp/omemo/format.ts'
import { MAX_AHEAD } from '../../src/engine/xmpp/omemo/ratchet.ts'
import { VERSIONS } from '../../src/engine/xmpp/omemo/version.ts'
import type { SessionMessage } from '../../src/engine/xmpp/omemo/wire.ts'
import { itemsOf, itemsQuery, publish } from '../../src/engine/xmpp/stanzas/pubsub.ts'
import { foreignOmemo, hasForeignOmemo, type Foreign } from '../support/foreign.ts'
import { Devices, messages, online, startServer, until, type TestServer } from '../support/server.ts'

const ALICE = 'alice@localhost' as Jid
/** A device's. */
const numberOf = ({ events }: Foreign): number => events.find(({ event }) => event === 'online')?.ids?.[0] ?? 0
/** Accounts of the peer, by version. */
const PEERS = { axolotl: ['bob', 'dave'], 'omemo:2': ['carol', 'erin'] } as const
let server: TestServer
let alice: Engine
const devices = new Devices()
beforeAll(async () => {
  server = await startServer({ friends: ['dave', 'erin'] })
  alice = await devices.signIn(server, 'alice', true)
}, 240_000)
afterAll(async () => {
  await devices.end()
  await server.stop()
})

describe.skipIf(!hasForeignOmemo).each(VERSIONS)('%s', { timeout: 180_000 }, (version) => {
  const [user, other] = PEERS[version]
  const [peer, second] = [`${user}@localhost`, `${other}@localhost`] as [Jid, Jid]
  let client: Foreign
  let conversation: ConversationId
  let [turns, seen] = [0, 0]

  const start = (name: string, who: string = user): Promise<Foreign> => foreignOmemo(server, who, join(server.folder, `${who}-${name}.json`), version)
  const find = (wanted: (message: Message) => boolean, engine = alice, jid = peer): Promise<Message> =>
    until(engine, async () => (await messages(engine, jid)).find(wanted))
  /** Messages stored since the test began. */
  const news = async (): Promise<string[]> => (await messages(alice, peer)).slice(seen).map(({ text, unreadable }) => unreadable ?? text)
  const say = (text: string): Promise<void> => client.tell({ do: 'send', to: ALICE, text }, 'sent')
  async function answer(text: string): Promise<void> {
    await alice.messages.send(conversation, text)
    await client.waitFor((event) => event.text === text)
  }
  /** Both have read something of the other: messages begin no sessions any more. */
  async function talk(): Promise<void> {
    const text = `turn ${turns++}`
    await say(text)
    await find((message) => message.text === text)
    await answer(`answer to ${text}`)
  }
  /** Resolves when a session was begun with them by an empty message since `before`. */
  const healed = (one: Foreign, before: number): Promise<unknown> =>
    one.waitFor((event) => one.events.indexOf(event) >= before && event.text === null && event.begins === true)
  /** Encrypted, and not sent. */
  async function hold(text: string, times = 1): Promise<Element> {
    await client.tell({ do: 'hold', to: ALICE, text, count: times }, 'held')
    return parse(client.events.findLast(({ event }) => event === 'held')?.xml ?? '')
  }
  /** `anew`: under a name of its own. */
  async function deliver(stanza: Element, anew = false): Promise<void> {
    const id = randomUUID()
    if (anew) for (const named of [stanza, stanza.getChild('origin-id')]) if (named !== undefined) named.attrs['id'] = id
    await client.tell({ do: 'raw', xml: stanza.toString() }, 'done')
  }
  const copyOf = (stanza: Element): Element => parse(stanza.toString())
  const header = (stanza: Element): Element => stanza.getChild('encrypted', NAMESPACES[version])!.getChild('header')!
  const keysOf = (stanza: Element): Element[] =>
    version === 'axolotl'
      ? header(stanza).getChildren('key')
      : header(stanza)
          .getChildren('keys')
          .flatMap((keys) => keys.getChildren('key'))
  /** A copy with each device's message forged, its authentication code as it was. */
  function forged(stanza: Element, change: Partial<SessionMessage>): Element {
    const copy = copyOf(stanza)
    const { decode, encode } = FORMATS[version]
    for (const key of keysOf(copy)) {
      expect(key.attrs['prekey'] ?? key.attrs['kex']).toBeUndefined()
      const { ratchetKey, counter, previousCounter, ciphertext, mac } = decode(Buffer.from(key.text(), 'base64'))
      key.children = [encode({ ratchetKey, counter, previousCounter, ciphertext, ...change }, () => Buffer.concat([mac, Buffer.alloc(16)])).toString('base64')]
    }
    return copy
  }
  const request = (stanza: Element): Promise<Element> => alice.accounts.of(ALICE)!.connection.request(stanza)
  /** Alice's, as the server has it. */
  async function bundle(): Promise<ReturnType<typeof decodeBundle>> {
    const { node, item } = bundlePlace(version, alice.accounts.of(ALICE)!.encryption.device ?? 0)
    return decodeBundle(version, itemsOf(await request(itemsQuery(node))).find(({ id }) => id === item)?.payload ?? undefined)
  }
  const ids = async (): Promise<Set<number>> => new Set((await bundle()).preKeys.map(({ id }) => id))

  beforeAll(async () => {
    // a peer that begins before our bundle is published finds no device
    await until(alice, async () => (await ids().catch(() => new Set())).size === 100)
    client = await start('first')
    conversation = (await alice.store.write.ensureConversation({ account: ALICE, jid: peer, kind: 'direct', name: '', nick: null })).id
    await talk()
  }, 60_000)
  afterAll(() => client.quit())
  beforeEach(async () => {
    seen = (await messages(alice, peer)).length
  })

  test('a message that is sent again is here once, whatever it is called, live and from the archive', async () => {
    await talk()
    const stanza = await hold('said once')
    await deliver(stanza)
    await deliver(stanza)
    await deliver(stanza, true)
    await say('after it')
    await find(({ text }) => text === 'after it')
    expect((await news()).slice(2)).toEqual(['said once', 'after it'])
    const missed = await hold('said while away')
    alice = await devices.again(alice, async () => {
      await deliver(stanza, true)
      await deliver(missed)
      await deliver(missed, true)
      await deliver(stanza, true)
      await say('the end of it')
    })
    await alice.connect()
    await online(alice)
    await find(({ text }) => text === 'the end of it')
    expect((await news()).slice(2)).toEqual(['said once', 'after it', 'said while away', 'the end of it'])
    await talk()
  })

  test('what is for another device, and what was changed on its way, says so; the true copy is read, and the conversation goes on', async () => {
    await talk()
    const elsewhere = await hold('for another device')
    for (const key of keysOf(elsewhere)) key.attrs['rid'] = String(Number(key.attrs['rid']) ^ 1)
    await deliver(elsewhere)
    const stanza = await hold('the truth')
    const damaged = copyOf(stanza)
    const payload = damaged.getChild('encrypted', NAMESPACES[version])!.getChild('payload')!
    payload.children = [Buffer.from(payload.text(), 'base64').reverse().toString('base64')]
    await deliver(damaged)
    await find(({ unreadable }) => unreadable === 'damaged')
    await deliver(stanza)
    await find(({ text }) => text === 'the truth')
    await talk()
    expect((await news()).slice(2, 4)).toEqual(['device', 'the truth'])
  })

  test('a forged ratchet key or counter opens nothing, moves nothing, and is healed', async () => {
    await talk()
    const stanza = await hold('not to be forged')
    const before = client.events.length
    for (const change of [{ ratchetKey: keyPair().public }, { counter: 2 ** 32 - 1 }, { ciphertext: Buffer.alloc(32) }])
      await deliver(forged(stanza, change), true)
    await until(alice, async () => (await news()).filter((one) => one === 'session').length === 3)
    // the session stands as it did, and what was begun to heal it is one more
    await healed(client, before)
    await deliver(stanza)
    await find(({ text }) => text === 'not to be forged')
    await talk()
    expect(client.events.filter(({ refused }) => refused !== undefined)).toEqual([])
  })

  test('a session that has lost more messages than keys are kept for is begun anew, and goes on', async () => {
    await client.quit()
    client = await start('lossy')
    await talk()
    await hold('lost', MAX_AHEAD + 1)
    const before = client.events.length
    await say('too far ahead')
    await find(({ unreadable }) => unreadable === 'session')
    await healed(client, before)
    await say('heard again')
    await find(({ text }) => text === 'heard again')
    await talk()
  })

  test('a hundred prekeys are used up: the bundle has a hundred others', async () => {
    const before = await ids()
    expect(before.size).toBe(100)
    await client.tell({ do: 'replace', to: ALICE, times: 60 }, 'replaced')
    await client.tell({ do: 'replace', to: ALICE, times: 60 }, 'replaced')
    // a message in plain, after all that begin sessions
    const stanza = `<message to='${ALICE}' type='chat' id='${randomUUID()}'><body>all have begun</body></message>`
    await client.tell({ do: 'raw', xml: stanza }, 'done')
    await find(({ text }) => text === 'all have begun')
    const { bundles } = await alice.store.write.ownDevice({ account: ALICE, time: Date.now() })
    const left = bundles.find((bundle) => bundle.version === version)!.preKeys.map(({ id }) => id)
    // some were taken twice: the peer chooses by chance, of what is there
    expect(left.filter((id) => before.has(id)).length).toBeLessThan(60)
    // a session begun with a prekey that the server still showed would not be understood
    await until(alice, async () => isDeepStrictEqual([...(await ids())].sort(), [...left].sort()))
    await client.tell({ do: 'replace', to: ALICE, times: 1 }, 'replaced')
    await say('after a hundred and twenty sessions')
    await find(({ text }) => text === 'after a hundred and twenty sessions')
    await talk()
    expect((await news()).filter((text) => text === 'session')).toEqual([])
  })

  test('two begin with one prekey: the first is read, the other says that it is none, and is healed', async () => {
    const late = await start('late', other)
    await client.quit()
    client = await start('early')
    try {
      for (const one of [client, late]) await one.tell({ do: 'narrow' }, 'done')
      alice = await devices.again(alice, async () => {
        await say('first with that prekey')
        await late.tell({ do: 'send', to: ALICE, text: 'second with that prekey' }, 'sent')
      })
      const before = late.events.length
      await alice.connect()
      await online(alice)
      await find(({ text }) => text === 'first with that prekey')
      await find(({ unreadable }) => unreadable === 'session', alice, second)
      await healed(late, before)
      await late.tell({ do: 'send', to: ALICE, text: 'heard again' }, 'sent')
      await find(({ text }) => text === 'heard again', alice, second)
      expect((await messages(alice, second)).filter(({ text }) => text === 'second with that prekey')).toEqual([])
    } finally {
      await late.quit()
    }
  })

  test('nothing is encrypted by a bundle that its identity did not sign, and all is once it is right', async () => {
    await client.quit()
    client = await start('unsigned')
    const own = numberOf(client)
    const { node, item } = bundlePlace(version, own)
    const right = itemsOf(await request(itemsQuery(node, peer))).find(({ id }) => id === item)!.payload!
    const wrong = copyOf(right)
    const signature = wrong.getChild(version === 'axolotl' ? 'signedPreKeySignature' : 'spks')!
    signature.children = [Buffer.from(signature.text(), 'base64').fill(1, 0, 8).toString('base64')]
    const list = deviceList(version, [{ id: own, label: null }])
    // the client has made its node; ejabberd refuses options that it does not know
    for (const stanza of [publish(node, item, wrong, 'open'), publish(LIST_NODES[version], 'current', list, 'open')]) {
      stanza.attrs['id'] = randomUUID()
      await deliver(stanza)
    }
    await until(alice, async () => {
      const { devices: listed } = await alice.people.devices(ALICE, peer)
      return listed.filter(({ active }) => active).length === 1 && listed.some(({ device, active }) => device === own && active)
    })
    const { key } = await alice.messages.send(conversation, 'by no false bundle')
    expect(await find((message) => message.key === key && message.state === 'failed')).toMatchObject({ error: 'cannot-encrypt-no-device' })
    const repaired = publish(node, item, right, 'open')
    repaired.attrs['id'] = randomUUID()
    await deliver(repaired)
    await until(alice, async () => itemsOf(await request(itemsQuery(node, peer))).some(({ payload }) => payload?.toString() === right.toString()))
    await alice.messages.retry((await find((message) => message.key === key)).id)
    await client.waitFor(({ text }) => text === 'by no false bundle')
  })

  test('a device that its owner has removed gets nothing more, theirs and ours', async () => {
    const gone = await start('gone')
    await gone.tell({ do: 'send', to: ALICE, text: 'from both' }, 'sent')
    await find(({ text }) => text === 'from both')
    await answer('to both')
    await gone.waitFor(({ text }) => text === 'to both')
    const desk = await devices.signIn(server, 'alice', true)
    const deskDevice = desk.accounts.of(ALICE)!.encryption.device!
    await until(alice, async () => (await alice.people.devices(ALICE, ALICE)).devices.some(({ device, active }) => device === deskDevice && active))
    await client.tell({ do: 'devices', of: peer }, 'devices')
    const listed = client.events.findLast(({ event }) => event === 'devices')?.ids ?? []
    const left = listed.filter((id) => id !== numberOf(gone))
    const stanza = publish(
      LIST_NODES[version],
      'current',
      deviceList(
        version,
        left.map((id) => ({ id, label: null }))
      ),
      'open'
    )
    stanza.attrs['id'] = randomUUID()
    await deliver(stanza)
    await until(alice, async () => (await alice.people.devices(ALICE, peer)).devices.filter(({ active }) => active).length === left.length)
    await answer('to one of them')
    expect(await gone.waitFor(({ refused, text }) => refused !== undefined || text === 'to one of them')).toMatchObject({ text: null })
    await gone.quit()
    // ours: it is away when the other one removes it
    await desk.close()
    await alice.people.forgetDevice(ALICE, deskDevice)
    const held = await hold('for the one that is left')
    expect(keysOf(held).map(({ attrs }) => Number(attrs['rid']))).not.toContain(deskDevice)
    await deliver(held)
    await find(({ text }) => text === 'for the one that is left')
    expect((await alice.store.write.encryptionTargets({ account: ALICE, jids: [peer] })).devices.filter(({ jid }) => jid === ALICE)).toEqual([])
  })
})
