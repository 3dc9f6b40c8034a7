/** OMEMO with clients that share no code with ours: python3-omemo on slixmpp, and Profanity. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { join } from 'node:path'
import { xml } from '@xmpp/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConversationId, Jid, Message } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { deviceList } from '../../src/engine/xmpp/omemo/elements.ts'
import { itemsOf, itemsQuery, publish } from '../../src/engine/xmpp/stanzas/pubsub.ts'
import { foreignClient, foreignOmemo, hasForeignOmemo, type Foreign } from '../support/foreign.ts'
import { startPages } from '../support/pages.ts'
import { hasProfanity, Profanity } from '../support/profanity.ts'
import { Devices, messages, online, startServer, until, type TestServer } from '../support/server.ts'

const ALICE = 'alice@localhost' as Jid
const BOB = 'bob@localhost' as Jid
let server: TestServer
const devices = new Devices()
beforeAll(async () => {
  server = await startServer({ strangers: ['dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy'] })
})
afterAll(async () => {
  await devices.end()
  await server.stop()
})
const find = (engine: Engine, jid: string, wanted: (message: Message) => boolean): Promise<Message> =>
  until(engine, async () => (await messages(engine, jid)).find(wanted))
const conversationWith = async (engine: Engine, jid: Jid): Promise<ConversationId> =>
  (await engine.store.write.ensureConversation({ account: engine.account!.jid, jid, kind: 'direct', name: '', nick: null })).id
/** Waits until a person's devices are known; they are requested as before a message, since not every server announces them. */
const knows = (engine: Engine, jid: Jid): Promise<boolean> =>
  until(engine, async () => {
    await engine.accounts.of(engine.account!.jid)?.encryption.learn(jid)
    return (await engine.store.write.encryptionTargets({ account: engine.account!.jid, jids: [jid] })).without.length === 0
  })

/** File at an address of the test's server. */
async function download(address: URL): Promise<Buffer> {
  const [answer] = (await once(get(address, { rejectUnauthorized: false }), 'response')) as [IncomingMessage]
  const parts: Buffer[] = []
  for await (const part of answer as AsyncIterable<Buffer>) parts.push(part)
  expect(answer.statusCode).toBe(200)
  return Buffer.concat(parts)
}

/** Devices that an account announces. */
async function announced(client: Foreign, of: Jid): Promise<number[]> {
  await client.tell({ do: 'devices', of }, 'devices')
  return client.events.findLast(({ event }) => event === 'devices')?.ids ?? []
}

describe.skipIf(!hasForeignOmemo)('python3-omemo', () => {
  let alice: Engine
  let bob: Foreign
  beforeAll(async () => {
    alice = await devices.signIn(server, 'alice', true)
    bob = await foreignOmemo(server, 'bob', join(server.folder, 'bob.json'))
    await until(alice, async () => (await announced(bob, ALICE)).length > 0)
  })
  afterAll(() => bob.quit())

  test('the other side begins; decrypted messages are searchable, and replies are read', async () => {
    await bob.tell({ do: 'send', to: ALICE, text: '你好 from python 👋' }, 'sent')
    expect(await find(alice, BOB, ({ text }) => text === '你好 from python 👋')).toMatchObject({ encrypted: true, unreadable: null, outgoing: false })
    expect((await alice.store.find.search({ query: 'python', limit: 5, total: true })).total).toBe(1)
    await alice.messages.send(await conversationWith(alice, BOB), '一个秘密的回答')
    expect(await bob.waitFor(({ text }) => text === '一个秘密的回答')).toMatchObject({ encrypted: true })
    expect(await find(alice, BOB, ({ text, state }) => text === '一个秘密的回答' && state === 'sent')).toMatchObject({ encrypted: true })
    for (let turn = 0; turn < 5; turn++) {
      await bob.tell({ do: 'send', to: ALICE, text: `theirs ${turn}` }, 'sent')
      await find(alice, BOB, ({ text }) => text === `theirs ${turn}`)
      await alice.messages.send(await conversationWith(alice, BOB), `ours ${turn}`)
      await bob.waitFor(({ text }) => text === `ours ${turn}`)
    }
    expect(bob.events.filter(({ refused }) => refused !== undefined)).toEqual([])
    expect(bob.events.filter(({ event, encrypted }) => event === 'message' && encrypted !== true)).toEqual([])
    expect((await messages(alice, BOB)).filter(({ unreadable, encrypted }) => unreadable !== null || !encrypted)).toEqual([])
  })
})

describe.skipIf(!hasForeignOmemo)('files (XEP-0454), with a client of other code', () => {
  test('what we encrypt is decrypted by the address alone, and what others encrypt is here', async () => {
    const alice = devices.engines[0] ?? (await devices.signIn(server, 'alice', true))
    const bob = await foreignOmemo(server, 'bob', join(server.folder, 'bob.json'))
    await knows(alice, BOB)
    const content = randomBytes(50_000)
    const token = alice.media.staging.begin({ name: 'plan.bin', bytes: content.length, type: 'application/octet-stream' })
    await alice.media.staging.append(token, content)
    await alice.messages.sendFile(await conversationWith(alice, BOB), token)
    const { text } = await bob.waitFor((event) => event.text?.startsWith('aesgcm://') === true)
    const address = new URL((text ?? '').replace('aesgcm:', 'https:'))
    const secret = Buffer.from(address.hash.slice(1), 'hex')
    expect([secret.length, address.pathname.includes('plan')]).toEqual([44, false])
    const sealed = await download(address)
    const opening = createDecipheriv('aes-256-gcm', secret.subarray(12), secret.subarray(0, 12)).setAuthTag(sealed.subarray(-16))
    expect(Buffer.concat([opening.update(sealed.subarray(0, -16)), opening.final()])).toEqual(content)

    const [iv, key] = [randomBytes(12), randomBytes(32)]
    const sealing = createCipheriv('aes-256-gcm', key, iv)
    const body = Buffer.concat([sealing.update(content), sealing.final(), sealing.getAuthTag()])
    const [tlsKey, cert] = ['key', 'crt'].map((ending) => readFileSync(join(server.folder, `localhost.${ending}`)))
    const pages = await startPages({ key: tlsKey!, cert: cert! }, { '/theirs.bin': { type: 'application/octet-stream', body } })
    try {
      const theirs = `${pages.origin.replace('https:', 'aesgcm:')}/theirs.bin#${iv.toString('hex')}${key.toString('hex')}`
      await bob.tell({ do: 'send', to: ALICE, text: theirs }, 'sent')
      const got = await find(alice, BOB, ({ attachments }) => attachments[0]?.name === 'theirs.bin' && attachments[0].where === 'here')
      expect(got).toMatchObject({ encrypted: true, text: '', outgoing: false })
      expect(readFileSync((await alice.files.attachment(got.attachments[0]!.id))?.path ?? '')).toEqual(content)
    } finally {
      pages.close()
      await bob.quit()
    }
  })
})

describe.skipIf(!hasForeignOmemo)('messages received while offline, and on two devices', () => {
  let desk: Engine
  let laptop: Engine
  let bob: Foreign
  beforeAll(async () => {
    desk = devices.engines[0] ?? (await devices.signIn(server, 'alice', true))
    laptop = await devices.signIn(server, 'alice', true)
    bob = await foreignOmemo(server, 'bob', join(server.folder, 'bob.json'))
    await until(desk, async () => (await announced(bob, ALICE)).length === 2)
    await knows(laptop, BOB)
  })
  afterAll(() => bob.quit())

  test('both devices read incoming messages, and those of the other device', async () => {
    await bob.tell({ do: 'send', to: ALICE, text: 'to both of them' }, 'sent')
    for (const engine of [desk, laptop]) await find(engine, BOB, ({ text, encrypted }) => text === 'to both of them' && encrypted)
    await until(desk, async () => (await desk.store.write.encryptionTargets({ account: ALICE, jids: [BOB] })).devices.some(({ jid }) => jid === ALICE))
    await desk.messages.send(await conversationWith(desk, BOB), 'from the desk')
    await bob.waitFor(({ text }) => text === 'from the desk')
    expect(await find(laptop, BOB, ({ text }) => text === 'from the desk')).toMatchObject({ outgoing: true, encrypted: true })
    await laptop.messages.send(await conversationWith(laptop, BOB), 'from the laptop')
    await bob.waitFor(({ text }) => text === 'from the laptop')
    expect(await find(desk, BOB, ({ text }) => text === 'from the laptop')).toMatchObject({ outgoing: true, encrypted: true })
  })

  test('messages missed while offline are decrypted from the archive, once, also after a restart', async () => {
    const before = (await messages(laptop, BOB)).length
    laptop = await devices.again(laptop, async () => {
      for (let i = 0; i < 8; i++) await bob.tell({ do: 'send', to: ALICE, text: `missed ${i}` }, 'sent')
      await desk.messages.send(await conversationWith(desk, BOB), 'missed from the desk')
      await bob.waitFor(({ text }) => text === 'missed from the desk')
    })
    await laptop.connect()
    await online(laptop)
    await find(laptop, BOB, ({ text }) => text === 'missed from the desk')
    const list = await messages(laptop, BOB)
    expect(list.slice(before).map(({ text }) => text)).toEqual([...Array.from({ length: 8 }, (_, i) => `missed ${i}`), 'missed from the desk'])
    await laptop.messages.send(await conversationWith(laptop, BOB), 'back again')
    await bob.waitFor(({ text }) => text === 'back again')
    await find(desk, BOB, ({ text }) => text === 'back again')
  })

  test('a client that returns without its keys: the session restarts automatically, and both read on', async () => {
    await bob.quit()
    bob = await foreignOmemo(server, 'bob', join(server.folder, 'bob-anew.json'))
    await until(desk, async () => (await announced(bob, BOB)).length >= 2)
    await bob.tell({ do: 'send', to: ALICE, text: 'from a new device' }, 'sent')
    for (const engine of [desk, laptop]) await find(engine, BOB, ({ text }) => text === 'from a new device')
    await desk.messages.send(await conversationWith(desk, BOB), 'to the new device')
    await bob.waitFor(({ text }) => text === 'to the new device')
    expect(bob.events.filter(({ refused }) => refused !== undefined)).toEqual([])
  })

  test('our device list is repaired when another client drops us, and nobody else can write it', async () => {
    const mine = (await announced(bob, ALICE)).toSorted((a, b) => a - b)
    expect(mine).toHaveLength(2)
    // Bob publishes a device list for Alice in his own name
    await bob.tell(
      {
        do: 'raw',
        xml: `<message to='alice@localhost' id='forged'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='eu.siacs.conversations.axolotl.devicelist'><item id='current'><list xmlns='eu.siacs.conversations.axolotl'><device id='666'/></list></item></items></event></message>`
      },
      'done'
    )
    await bob.tell({ do: 'send', to: ALICE, text: 'after the forgery' }, 'sent')
    await find(desk, BOB, ({ text }) => text === 'after the forgery')
    expect((await desk.store.read.devices({ account: ALICE, jid: ALICE })).map(({ device }) => device)).not.toContain(666)
    // another client of Alice's announces only itself
    const { promise, resolve } = Promise.withResolvers<void>()
    await laptop.disconnect()
    const connection = desk.accounts.of(ALICE)?.connection
    connection?.on('stanza', (stanza) => {
      if (stanza.toString().includes('devicelist') && mine.every((id) => !stanza.toString().includes(`id="${id}"`))) resolve()
    })
    await connection?.request(publish('eu.siacs.conversations.axolotl.devicelist', 'current', deviceList('axolotl', [{ id: 4242, label: null }]), 'open'))
    await promise
    await until(desk, async () => (await announced(bob, ALICE)).length === 2)
    expect(await announced(bob, ALICE)).toContain(4242)
    await laptop.connect()
    await online(laptop)
    await until(desk, async () => (await announced(bob, ALICE)).length === 3)
    await connection?.request(
      publish(
        'eu.siacs.conversations.axolotl.devicelist',
        'current',
        deviceList(
          'axolotl',
          mine.map((id) => ({ id, label: null }))
        ),
        'open'
      )
    )
  })
})

describe.skipIf(!hasProfanity)('Profanity', () => {
  const profanity = new Profanity()
  afterAll(() => profanity.quit())

  test('both begin, both read', async () => {
    const alice = devices.engines[0] ?? (await devices.signIn(server, 'alice', true))
    const dave = 'dave@localhost' as Jid
    await profanity.start(server, 'dave')
    profanity.types('/omemo gen')
    await profanity.sees(/Generated OMEMO crypto materials|OMEMO.*(generated|initialized)/i)
    profanity.types('/omemo trustmode blind')
    profanity.types('/msg alice@localhost')
    profanity.types('/omemo start')
    await profanity.sees(/OMEMO session started|\[OMEMO\]/i)
    // it does not report when it has read our bundles, and nothing can be sent before
    const got = await until(alice, async () => {
      profanity.types('秘密 from Profanity')
      return (await messages(alice, dave)).find(({ text }) => text === '秘密 from Profanity')
    })
    expect(got).toMatchObject({ encrypted: true })
    await alice.messages.send(await conversationWith(alice, dave), '回答 from Mnemo')
    expect(await find(alice, dave, ({ text, state }) => text === '回答 from Mnemo' && state !== 'queued')).toMatchObject({ encrypted: true, error: null })
    await profanity.sees(/回答 from Mnemo/)
    profanity.types('and again')
    expect(await find(alice, dave, ({ text }) => text === 'and again')).toMatchObject({ encrypted: true, unreadable: null })
    // files of strangers are downloaded on request
    const content = randomBytes(30_000)
    const path = join(server.folder, 'ledger.bin')
    writeFileSync(path, content)
    profanity.types(`/sendfile ${path}`)
    const file = await find(alice, dave, ({ attachments }) => attachments[0]?.name.endsWith('.bin') === true)
    expect(file).toMatchObject({ encrypted: true, text: '', outgoing: false })
    await alice.media.downloads.fetch(file.attachments[0]!.id)
    expect(readFileSync((await alice.files.attachment(file.attachments[0]!.id))?.path ?? '')).toEqual(content)
  })
})

describe('Mnemo with Mnemo', () => {
  let alice: Engine
  let carol: Engine
  const CAROL = 'carol@localhost' as Jid
  beforeAll(async () => {
    alice = devices.engines[0] ?? (await devices.signIn(server, 'alice', true))
    carol = await devices.signIn(server, 'carol', true)
    await Promise.all([knows(alice, CAROL), knows(carol, ALICE)])
  })

  test('texts, corrections, replies and files: nothing is plain in transit', async () => {
    const seen: string[] = []
    const session = carol.accounts.of(CAROL)
    session?.connection.on('stanza', (stanza) => seen.push(stanza.toString()))
    const id = await conversationWith(alice, CAROL)
    const sent = await alice.messages.send(id, 'the first word')
    const got = await find(carol, ALICE, ({ text }) => text === 'the first word')
    expect(got).toMatchObject({ encrypted: true })
    await alice.messages.change(sent.id, 'correction', 'the first secret')
    expect(await find(carol, ALICE, ({ text }) => text === 'the first secret')).toMatchObject({ encrypted: true, edited: true, id: got.id })
    const answer = await carol.messages.send(await conversationWith(carol, ALICE), 'an answer to it', { reply: got.id })
    expect(answer.reply?.text).toBe('the first secret')
    expect(await find(alice, CAROL, ({ text }) => text === 'an answer to it')).toMatchObject({ encrypted: true, reply: { text: 'the first secret' } })
    const content = randomBytes(70_000)
    const token = alice.media.staging.begin({ name: '机密 plan.bin', bytes: content.length, type: 'application/octet-stream' })
    await alice.media.staging.append(token, content)
    await alice.messages.sendFile(id, token)
    const file = await find(carol, ALICE, ({ attachments }) => attachments[0]?.where === 'here')
    expect(file).toMatchObject({ encrypted: true, text: '', attachments: [{ name: '机密 plan.bin' }] })
    expect(readFileSync((await carol.files.attachment(file.attachments[0]!.id))?.path ?? '')).toEqual(content)
    expect(seen.filter((stanza) => /the first|an answer|plan\.bin|aesgcm|https:/.test(stanza))).toEqual([])
    expect((await carol.store.read.conversationByJid(ALICE))?.encryption).toBe('on')
  })
})

test('an encrypted conversation is sent in plain only when the user says so', async () => {
  const alice = devices.engines[0] ?? (await devices.signIn(server, 'alice', true))
  const erin = 'erin@localhost' as Jid
  const plain = await foreignClient(server, 'erin')
  const id = await conversationWith(alice, erin)
  expect(await alice.messages.secrecy(id)).toMatchObject({ on: false, possible: false, verified: false, undecided: 0, without: [erin] })
  await alice.messages.send(id, 'nobody can decrypt there')
  await plain.waitFor(({ body }) => body === 'nobody can decrypt there')
  await alice.conversations.set({ conversation: id, encryption: 'on' })
  const sent = await alice.messages.send(id, 'a secret')
  expect(await find(alice, erin, ({ key, state }) => key === sent.key && state === 'failed')).toMatchObject({
    encrypted: true,
    error: 'cannot-encrypt-no-device'
  })
  await alice.messages.retry((await find(alice, erin, ({ key }) => key === sent.key)).id)
  await find(alice, erin, ({ key, state }) => key === sent.key && state === 'failed')
  await alice.conversations.set({ conversation: id, encryption: 'off' })
  await alice.messages.retry((await find(alice, erin, ({ key }) => key === sent.key)).id)
  await plain.waitFor(({ body }) => body === 'a secret')
  expect(await find(alice, erin, ({ key, state }) => key === sent.key && (state === 'sent' || state === 'delivered'))).toMatchObject({ encrypted: false })
  expect(plain.events.filter(({ body }) => body === 'a secret')).toHaveLength(1)
  await plain.quit()
})

test('a device is rejected, and a new device of a verified person waits for the user', async () => {
  const alice = devices.engines[0] ?? (await devices.signIn(server, 'alice', true))
  const frank = 'frank@localhost' as Jid
  const phone = await devices.signIn(server, 'frank', true)
  const id = await conversationWith(alice, frank)
  await until(
    phone,
    async () => (await phone.store.read.devices({ account: frank, jid: frank })).length === 0 && phone.accounts.of(frank)?.encryption.device !== null
  )
  await until(alice, async () => (await alice.people.devices(ALICE, frank)).devices.length === 1 || (await refresh(alice, frank)))
  await alice.messages.send(id, 'hello Frank')
  await find(phone, ALICE, ({ text }) => text === 'hello Frank')
  const [known] = (await alice.people.devices(ALICE, frank)).devices
  expect(known).toMatchObject({ trust: 'trusted', fingerprint: (await phone.people.devices(frank, frank)).own?.fingerprint })
  await alice.store.write.setTrust({ account: ALICE, jid: frank, device: known!.device, trust: 'verified' })
  expect(await alice.messages.secrecy(id)).toMatchObject({ on: true, verified: true, undecided: 0 })
  await phone.messages.send(await conversationWith(phone, ALICE), 'from the phone')
  expect(await find(alice, frank, ({ text }) => text === 'from the phone')).toMatchObject({ encrypted: true, verified: true })
  expect(await find(phone, ALICE, ({ text }) => text === 'hello Frank')).toMatchObject({ encrypted: true, verified: false })
  const spy = await devices.signIn(server, 'frank', true)
  await until(alice, async () => (await alice.people.devices(ALICE, frank)).devices.length === 2 || (await refresh(alice, frank)))
  expect((await alice.people.devices(ALICE, frank)).devices.map(({ trust }) => trust).toSorted()).toEqual(['undecided', 'verified'])
  expect(await alice.messages.secrecy(id)).toMatchObject({ on: true, verified: true, undecided: 1 })
  await alice.messages.send(id, 'for the phone alone')
  await find(phone, ALICE, ({ text }) => text === 'for the phone alone')
  expect(await find(spy, ALICE, ({ unreadable }) => unreadable !== null)).toMatchObject({ unreadable: 'device', text: '' })
  await alice.store.write.setTrust({ account: ALICE, jid: frank, device: known!.device, trust: 'refused' })
  const failed = await alice.messages.send(id, 'for nobody')
  expect(await find(alice, frank, ({ key, state }) => key === failed.key && state === 'failed')).toMatchObject({ error: 'cannot-encrypt-undecided' })
})
/** Requests a stranger's device list: it is not pushed, and the engine reads it only once per stream. */
async function refresh(engine: Engine, jid: Jid): Promise<false> {
  const connection = engine.accounts.of(ALICE)!.connection
  const items = itemsOf(await connection.request(itemsQuery('eu.siacs.conversations.axolotl.devicelist', jid)).catch(() => xml('iq')))
  for (const item of items) await engine.accounts.of(ALICE)!.encryption.onItem(jid, 'eu.siacs.conversations.axolotl.devicelist', item)
  return false
}

test('a private group: all members read, also from its archive; others are named; an anonymous group is not encrypted', async () => {
  const people: [Engine, Jid][] = []
  for (const user of ['grace', 'heidi', 'ivan']) people.push([await devices.signIn(server, user, true), `${user}@localhost` as Jid])
  const [[grace], [heidi, HEIDI], [ivan, IVAN]] = people as [[Engine, Jid], [Engine, Jid], [Engine, Jid]]
  const group = await grace.groups.create({ name: 'secrets', membersOnly: true, invite: [HEIDI, IVAN] })
  for (const engine of [heidi, ivan]) await engine.conversations.start(group.jid, 'group', null)
  // it is encrypted automatically, as all members can read it
  await until(grace, async () => {
    const { on, possible, without } = await grace.messages.secrecy(group.id)
    return on && possible && without.length === 0
  })
  const sent = await grace.messages.send(group.id, '大家好, in secret')
  for (const engine of [heidi, ivan])
    expect(await find(engine, group.jid, ({ text }) => text === '大家好, in secret')).toMatchObject({ encrypted: true, outgoing: false })
  expect(await find(grace, group.jid, ({ key, state }) => key === sent.key && state !== 'queued')).toMatchObject({
    text: '大家好, in secret',
    encrypted: true,
    error: null
  })
  // a group that was encrypted once stays so for members who have read it
  const theirs = (await heidi.store.read.conversationByJid(group.jid))!
  expect(theirs.encryption).toBe('on')
  const ivanAgain = await devices.again(ivan, async () => {
    await heidi.messages.send(theirs.id, 'while Ivan is away')
    await find(grace, group.jid, ({ text }) => text === 'while Ivan is away')
  })
  await ivanAgain.connect()
  await online(ivanAgain)
  expect(await find(ivanAgain, group.jid, ({ text }) => text === 'while Ivan is away')).toMatchObject({ encrypted: true })
  expect((await messages(ivanAgain, group.jid)).filter(({ unreadable }) => unreadable !== null)).toEqual([])
  const open = await grace.groups.create({ name: 'open', membersOnly: false, invite: [] })
  expect(await grace.messages.secrecy(open.id)).toMatchObject({ on: false, possible: false })
  await grace.conversations.set({ conversation: open.id, encryption: 'on' })
  const failed = await grace.messages.send(open.id, 'for all to see')
  expect(await find(grace, open.jid, ({ key, state }) => key === failed.key && state === 'failed')).toMatchObject({ error: 'cannot-encrypt-no-device' })
})

test('a device has the name that its user gave it, also for others', async () => {
  const carol = 'carol@localhost' as Jid
  const phone = await devices.signIn(server, 'carol', true)
  const number = (await phone.people.devices(carol, carol)).own?.device
  const other = await devices.signIn(server, 'carol', true)
  const name = async (): Promise<string | null | undefined> => (await other.people.devices(carol, carol)).devices.find(({ device }) => device === number)?.label
  await until(other, async () => (await name()) === 'Mnemo')
  await phone.store.write.changeSettings({ deviceName: '我的手机' })
  await phone.people.announceName()
  await until(other, async () => (await name()) === '我的手机')
  // and it is kept, whatever another of her devices announces
  await other.store.write.changeSettings({ deviceName: 'Laptop' })
  await other.people.announceName()
  await until(phone, async () => (await phone.people.devices(carol, carol)).devices.some(({ label }) => label === 'Laptop'))
  // her devices may have written the list across one another: the phone puts it right
  await until(other, async () => (await name()) === '我的手机')
})

describe.skipIf(!hasForeignOmemo)('a stranger', () => {
  const heidi = 'heidi@localhost' as Jid
  let alice: Engine
  beforeAll(async () => {
    alice = devices.engines[0] ?? (await devices.signIn(server, 'alice', true))
  })

  test("after a stranger's reinstallation, messages are encrypted for the new device at once", async () => {
    const first = await foreignOmemo(server, 'heidi', join(server.folder, 'heidi.json'))
    await first.tell({ do: 'send', to: ALICE, text: 'from the first' }, 'sent')
    await find(alice, heidi, ({ text }) => text === 'from the first')
    const id = await conversationWith(alice, heidi)
    await alice.messages.send(id, 'for the first')
    await first.waitFor(({ text }) => text === 'for the first')
    await first.quit()
    const second = await foreignOmemo(server, 'heidi', join(server.folder, 'heidi-anew.json'))
    await second.tell({ do: 'send', to: ALICE, text: 'from the second' }, 'sent')
    await find(alice, heidi, ({ text }) => text === 'from the second')
    await alice.messages.send(id, 'for the second')
    await second.waitFor(({ text }) => text === 'for the second')
    expect(second.events.filter(({ refused }) => refused !== undefined)).toEqual([])
    await second.quit()
  })

  test('its new device is written to also while what came from it is still being answered', async () => {
    const id = await conversationWith(alice, heidi)
    // the list of those that are known was asked for, and counts for a while
    const second = await foreignOmemo(server, 'heidi', join(server.folder, 'heidi-anew.json'))
    await alice.messages.send(id, 'before the third')
    await second.waitFor(({ text }) => text === 'before the third')
    await second.quit()
    const third = await foreignOmemo(server, 'heidi', join(server.folder, 'heidi-third.json'))
    const connection = alice.accounts.of(ALICE)!.connection
    const request = connection.request.bind(connection)
    const { promise: answered, resolve: letGo } = Promise.withResolvers<void>()
    // the server takes its time with our bundle, of which a prekey was used
    connection.request = async (stanza, ms) => {
      const text = stanza.toString()
      if (text.includes('<publish') && text.includes('.bundles:')) await answered
      return request(stanza, ms)
    }
    try {
      await third.tell({ do: 'send', to: ALICE, text: 'from the third' }, 'sent')
      await find(alice, heidi, ({ text }) => text === 'from the third')
      await alice.messages.send(id, 'for the third')
      await third.waitFor(({ text, refused }) => text === 'for the third' || refused !== undefined)
    } finally {
      letGo()
      connection.request = request
    }
    expect(third.events.filter(({ refused }) => refused !== undefined)).toEqual([])
    await third.quit()
  })
})

test('after signing out, nothing is encrypted for the device, and its keys are deleted', async () => {
  const judy = await devices.signIn(server, 'judy', true)
  const JUDY = 'judy@localhost' as Jid
  const stays = await devices.signIn(server, 'judy', true)
  const listed = async (): Promise<number[]> => {
    const { own, devices: others } = await stays.people.devices(JUDY, JUDY)
    return [own, ...others].flatMap((one) => (one?.active === true ? one.device : []))
  }
  await until(stays, async () => (await listed()).length === 2)
  const device = (await judy.people.devices(JUDY, JUDY)).own?.device
  await judy.signOut(JUDY)
  await until(stays, async () => (await listed()).length === 1)
  expect(await listed()).not.toContain(device)
  expect(await judy.store.read.devices({ account: JUDY, jid: JUDY })).toEqual([])
})
