/** OMEMO with clients that share no code with ours: python3-omemo on slixmpp, and Profanity. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConversationId, Jid, Message } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { foreignOmemo, hasForeignOmemo, type Foreign } from '../support/foreign.ts'
import { Devices, messages, startServer, until, type TestServer } from '../support/server.ts'

const ALICE = 'alice@localhost' as Jid
const BOB = 'bob@localhost' as Jid
let server: TestServer
const devices = new Devices()
beforeAll(async () => {
  server = await startServer()
}, 60_000)
afterAll(async () => {
  await devices.end()
  await server.stop()
})
const find = (engine: Engine, jid: string, wanted: (message: Message) => boolean): Promise<Message> => until(engine, async () => (await messages(engine, jid)).find(wanted))
const conversationWith = async (engine: Engine, jid: Jid): Promise<ConversationId> => (await engine.store.write.ensureConversation({ account: engine.account!.jid, jid, kind: 'direct', name: '', nick: null })).id
/** Waits until somebody's devices are known. */
const knows = (engine: Engine, jid: Jid): Promise<boolean> =>
  until(engine, async () => (await engine.store.write.encryptionTargets({ account: engine.account!.jid, jids: [jid], time: Date.now() })).without.length === 0)

/** The devices that an account announces. */
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
  }, 60_000)
  afterAll(() => bob.quit())

  test('the other side begins; what is read is found, and answers are read', async () => {
    await bob.tell({ do: 'send', to: ALICE, text: '你好 from python 👋' }, 'sent')
    expect(await find(alice, BOB, ({ text }) => text === '你好 from python 👋')).toMatchObject({ encrypted: true, unreadable: null, outgoing: false })
    expect((await alice.store.find.search({ query: 'python', limit: 5, total: true })).total).toBe(1)
    await alice.send(await conversationWith(alice, BOB), '一个秘密的回答')
    expect(await bob.waitFor(({ text }) => text === '一个秘密的回答')).toMatchObject({ encrypted: true })
    expect(await find(alice, BOB, ({ text, state }) => text === '一个秘密的回答' && state === 'sent')).toMatchObject({ encrypted: true })
    for (let turn = 0; turn < 5; turn++) {
      await bob.tell({ do: 'send', to: ALICE, text: `theirs ${turn}` }, 'sent')
      await find(alice, BOB, ({ text }) => text === `theirs ${turn}`)
      await alice.send(await conversationWith(alice, BOB), `ours ${turn}`)
      await bob.waitFor(({ text }) => text === `ours ${turn}`)
    }
    expect(bob.events.filter(({ refused }) => refused !== undefined)).toEqual([])
    expect(bob.events.filter(({ event, encrypted }) => event === 'message' && encrypted !== true)).toEqual([])
    expect((await messages(alice, BOB)).filter(({ unreadable, encrypted }) => unreadable !== null || !encrypted)).toEqual([])
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
  }, 60_000)

  test('texts, corrections, answers and files: nothing of them is plain on the way', async () => {
    const seen: string[] = []
    const session = carol.accounts.of(CAROL)
    session?.connection.on('stanza', (stanza) => seen.push(stanza.toString()))
    const id = await conversationWith(alice, CAROL)
    const sent = await alice.send(id, 'the first word')
    const got = await find(carol, ALICE, ({ text }) => text === 'the first word')
    expect(got).toMatchObject({ encrypted: true })
    await alice.change(sent.id, 'correction', 'the first secret')
    expect(await find(carol, ALICE, ({ text }) => text === 'the first secret')).toMatchObject({ encrypted: true, edited: true, id: got.id })
    const answer = await carol.send(await conversationWith(carol, ALICE), 'an answer to it', { reply: got.id })
    expect(answer.reply?.text).toBe('the first secret')
    expect(await find(alice, CAROL, ({ text }) => text === 'an answer to it')).toMatchObject({ encrypted: true, reply: { text: 'the first secret' } })
    const content = randomBytes(70_000)
    const token = alice.media.intake.begin({ name: '机密 plan.bin', bytes: content.length, type: 'application/octet-stream' })
    await alice.media.intake.append(token, content)
    await alice.sendFile(id, token)
    const file = await find(carol, ALICE, ({ attachments }) => attachments[0]?.where === 'here')
    expect(file).toMatchObject({ encrypted: true, text: '' })
    expect(readFileSync((await carol.attachmentFile(file.attachments[0]!.id))?.path ?? '')).toEqual(content)
    expect(seen.filter((stanza) => /first|secret|answer|plan|aesgcm|https:/.test(stanza))).toEqual([])
    expect((await carol.store.read.conversationByJid(ALICE))?.encryption).toBe('on')
  })
})
