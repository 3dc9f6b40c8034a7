/**
 * Requirements of Mnemo on any server: nothing here depends on the server's kind, its configuration beyond the XEPs, or earlier use of its
 * accounts. See test/support/running-server.ts for testing a server that is already running.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { bare } from '../../src/contract/address.ts'
import type { AccountSettings, Conversation, Jid, Message } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { accounts, type Accounts } from '../support/running-server.ts'
import { messages, online, openEngine, testFolder, until, type TestFolder } from '../support/server.ts'

let people: Accounts
const running: { engine: Engine; folder: TestFolder }[] = []
beforeAll(async () => void (people = await accounts()))
afterAll(() => people.stop())
afterEach(async () => {
  for (const { engine, folder } of running.splice(0)) {
    await engine.close()
    folder.remove()
  }
})

async function device(settings: AccountSettings): Promise<Engine> {
  const folder = testFolder()
  const engine = await openEngine(folder.path)
  running.push({ engine, folder })
  expect(await engine.signIn(settings)).toMatchObject({ status: expect.stringMatching(/^(online|catching-up)$/) as string })
  await online(engine)
  return engine
}
const address = (at: 0 | 1 | 2): Jid => bare(people.settings[at].jid)
/** Makes two people contacts, unless they are already. */
async function acquainted(one: Engine, other: Engine): Promise<void> {
  const [first, second] = [bare(one.account!.jid), bare(other.account!.jid)]
  await one.conversations.start(second, 'direct', null)
  const known = async (): Promise<boolean> =>
    (await one.store.read.contacts()).some(({ jid, subscription }) => jid === second && (subscription === 'to' || subscription === 'both'))
  await until(other, async () => other.accounts.requests.some(({ jid }) => jid === first) || known())
  if (other.accounts.requests.some(({ jid }) => jid === first)) await other.people.answerRequest(first, true)
  await until(one, known)
}
const conversation = async (engine: Engine, jid: Jid): Promise<Conversation> => {
  const found = await engine.store.read.conversationByJid(jid)
  if (found === null) throw new Error(`no conversation ${jid}`)
  return found
}
const say = async (engine: Engine, to: Jid, text: string): Promise<void> =>
  void (await engine.messages.send((await engine.store.write.ensureConversation({ jid: to, kind: 'direct', name: '', nick: null })).id, text))
const find = (engine: Engine, jid: Jid, wanted: (message: Message) => boolean): Promise<Message> =>
  until(engine, async () => (await messages(engine, jid)).find(wanted))
/** Texts of this test, out of all messages there. */
const tagged = async (engine: Engine, jid: Jid, tag: string): Promise<string[]> =>
  (await messages(engine, jid)).map(({ text }) => text).filter((text) => text.includes(tag))

test('texts both ways, once and in order on every device; receipts; messages received while offline', async () => {
  const [alice, bob] = [await device(people.settings[0]), await device(people.settings[1])]
  await acquainted(alice, bob)
  await acquainted(bob, alice)
  const phone = await device(people.settings[0])
  const tag = randomUUID()
  for (let i = 0; i < 20; i++) {
    await say(alice, address(1), `${tag} a${i} 你好 <&> 👋`)
    await say(bob, address(0), `${tag} b${i}`)
  }
  for (const [engine, peer] of [
    [alice, address(1)],
    [phone, address(1)],
    [bob, address(0)]
  ] as const)
    await until(engine, async () => (await tagged(engine, peer, tag)).length === 40)
  await until(
    alice,
    async () => (await messages(alice, address(1))).filter(({ text, outgoing }) => outgoing && text.includes(tag)).every(({ state }) => state === 'delivered'),
    30_000
  )
  await bob.disconnect()
  for (let i = 0; i < 60; i++) await say(alice, address(1), `${tag} away ${i}`)
  await until(alice, async () => (await messages(alice, address(1))).every(({ state }) => state !== 'queued'))
  await bob.connect()
  await online(bob)
  await until(bob, async () => (await tagged(bob, address(0), `${tag} away`)).length === 60)
  expect(await tagged(bob, address(0), `${tag} away`)).toEqual(Array.from({ length: 60 }, (_, i) => `${tag} away ${i}`))
  // a new device gets it from the archive, in the same order
  const late = await device(people.settings[0])
  await until(late, async () => (await tagged(late, address(1), tag)).length === 100)
  const order = await tagged(late, address(1), tag)
  // messages that crossed may arrive live in another order than the archive's, which is queried soon after
  for (const engine of [alice, phone]) await until(engine, async () => isDeepStrictEqual(await tagged(engine, address(1), tag), order))
})

test('changes to messages and read positions reach the other person and our other device', async () => {
  const [alice, bob] = [await device(people.settings[0]), await device(people.settings[1])]
  await acquainted(alice, bob)
  await acquainted(bob, alice)
  const phone = await device(people.settings[1])
  const tag = randomUUID()
  await say(alice, address(1), `${tag} first`)
  await say(alice, address(1), `${tag} second`)
  const [first, second] = [
    await find(alice, address(1), ({ text, state }) => text === `${tag} first` && state !== 'queued'),
    await find(alice, address(1), ({ text, state }) => text === `${tag} second` && state !== 'queued')
  ]
  const got = await find(bob, address(0), ({ text }) => text === `${tag} first`)
  await find(bob, address(0), ({ text }) => text === `${tag} second`)
  await alice.messages.change(first.id, 'correction', `${tag} corrected`)
  await find(bob, address(0), ({ text, edited }) => edited && text === `${tag} corrected`)
  await bob.messages.change(got.id, 'reactions', '👍')
  await find(alice, address(1), ({ text, reactions }) => text === `${tag} corrected` && reactions[0]?.emoji === '👍')
  const last = await find(bob, address(0), ({ text }) => text === `${tag} second`)
  await bob.messages.markRead((await conversation(bob, address(0))).id, last.id)
  // its position may change until the archive has confirmed it
  await until(
    alice,
    async () =>
      (await conversation(alice, address(1))).seenUpTo >=
      ((await messages(alice, address(1))).find(({ key }) => key.endsWith(second.key.slice(1)))?.id ?? Infinity)
  )
  await until(phone, async () => (await conversation(phone, address(0))).unread === 0)
  await alice.messages.change(second.id, 'retraction', '')
  await until(
    bob,
    async () =>
      (await messages(bob, address(0))).filter(({ retracted }) => retracted).length > 0 && (await tagged(bob, address(0), `${tag} second`)).length === 0
  )
})

test('a group: created, invited into, written in, its history for later members, closed', async () => {
  const [alice, bob, carol] = [await device(people.settings[0]), await device(people.settings[1]), await device(people.settings[2])]
  const group = await alice.groups.create({ name: '测试 Conformance', membersOnly: false, invite: [address(1)] })
  try {
    await until(bob, () => Promise.resolve(bob.accounts.invitations.some((invitation) => invitation.group === group.jid)))
    await bob.groups.answerInvitation(group.jid, true)
    const bobs = await conversation(bob, group.jid)
    for (let i = 0; i < 15; i++) {
      await alice.messages.send(group.id, `a${i}`)
      await bob.messages.send(bobs.id, `b${i}`)
    }
    for (const engine of [alice, bob]) await until(engine, async () => (await messages(engine, group.jid)).length === 30)
    await carol.conversations.start(group.jid, 'group', 'carol')
    await until(carol, async () => (await messages(carol, group.jid)).length === 30)
    const order = (await messages(carol, group.jid)).map(({ text }) => text)
    for (const engine of [alice, bob]) expect((await messages(engine, group.jid)).map(({ text }) => text)).toEqual(order)
    await alice.groups.inside(group.id, (groups, jid) => groups.setSubject(jid, '讨论'))
    await until(carol, async () => (await conversation(carol, group.jid)).subject === '讨论')
  } finally {
    await alice.groups.inside(group.id, (groups, jid) => groups.destroy(jid))
  }
  await until(bob, async () => (await conversation(bob, group.jid)).out?.why === 'destroyed')
})

test('a file is uploaded, announced and downloaded unchanged', async ({ skip }) => {
  const [alice, bob] = [await device(people.settings[0]), await device(people.settings[1])]
  await acquainted(bob, alice)
  const bytes = randomBytes(70_000)
  const name = `${randomUUID()}.bin`
  const { id } = await alice.store.write.ensureConversation({ jid: address(1), kind: 'direct', name: '', nick: null })
  const token = alice.media.staging.begin({ name, bytes: bytes.length, type: '' })
  await alice.media.staging.append(token, bytes)
  await alice.messages.sendFile(id, token)
  const sent = await find(alice, address(1), ({ attachments, state }) => attachments[0]?.name === name && state !== 'queued')
  if (sent.state === 'failed' && sent.error?.includes('no-service') === true) return skip('the server keeps no files (XEP-0363)')
  const got = await find(bob, address(0), ({ attachments }) => attachments[0]?.name === name && attachments[0].where === 'here')
  expect(readFileSync((await bob.files.attachment(got.attachments[0]!.id))?.path ?? '')).toEqual(bytes)
})
