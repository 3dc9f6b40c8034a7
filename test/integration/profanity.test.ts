/** Exchange with Profanity, another client, in both directions. */
import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Jid, Message } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { hasProfanity, Profanity } from '../support/profanity.ts'
import { Devices, messages, startServer, until, type TestServer } from '../support/server.ts'

const BOB = 'bob@localhost' as Jid
let server: TestServer
let alice: Engine
let profanity: Profanity
const devices = new Devices()
beforeAll(async () => {
  if (!hasProfanity) return
  server = await startServer()
  alice = await devices.signIn(server, 'alice')
  profanity = new Profanity()
  await profanity.start(server, 'bob')
})
afterAll(async () => {
  if (!hasProfanity) return
  profanity.quit()
  await devices.end()
  await server.stop()
})
const find = (jid: string, wanted: (message: Message) => boolean): Promise<Message> => until(alice, async () => (await messages(alice, jid)).find(wanted))

test.skipIf(!hasProfanity)('text, receipts and corrections, there and back', async () => {
  profanity.types('/msg alice@localhost')
  profanity.types('你好 from Profanity <&> 👋')
  const got = await find(BOB, ({ text }) => text === '你好 from Profanity <&> 👋')
  expect(got.outgoing).toBe(false)
  const { id } = await alice.store.write.ensureConversation({ jid: BOB, kind: 'direct', name: '', nick: null })
  const sent = await alice.messages.send(id, '晚上八点见 at sevn')
  await profanity.sees(/晚上八点见 at sevn/)
  await find(BOB, ({ key, state }) => key.endsWith(sent.key.slice(1)) && state === 'delivered')

  const last = await find(BOB, ({ key }) => key.endsWith(sent.key.slice(1)))
  await alice.messages.change(last.id, 'correction', '晚上八点见 at seven')
  await profanity.sees(/晚上八点见 at seven/)
  profanity.types('/correct 你好 corrected')
  await find(BOB, ({ text, edited }) => text === '你好 corrected' && edited)
  expect((await messages(alice, BOB)).filter(({ outgoing }) => !outgoing)).toHaveLength(1)

  // a requested receipt is sent
  await profanity.sees(/你好 corrected/)
  const answer = await alice.messages.send(id, 'an answer', { reply: got.id })
  await profanity.sees(/an answer/)
  await find(BOB, ({ key, state }) => key === answer.key && state === 'delivered')
})

test.skipIf(!hasProfanity)('a group', async () => {
  const room = `profane-${randomUUID()}@rooms.localhost`
  const { id } = await alice.conversations.start(room, 'group', 'alice')
  profanity.types(`/join ${room} nick bobby`)
  await profanity.sees(/bobby/)
  await alice.messages.send(id, '@bobby 大家好 everybody')
  await profanity.sees(/大家好 everybody/)
  profanity.types('群里的回复 here')
  // the owner of a group sees real addresses, and one person has one name everywhere
  expect(await find(room, ({ text, person }) => text === '群里的回复 here' && person === BOB)).toMatchObject({ senderName: 'Bob', outgoing: false })
  await alice.groups.inside(id, (groups, jid) => groups.setSubject(jid, '今晚吃什么'))
  await profanity.sees(/今晚吃什么/)
})

test.skipIf(!hasProfanity)('files', async () => {
  const content = randomBytes(50_000)
  const path = join(server.folder, 'report.bin')
  writeFileSync(path, content)
  // in private, outside of the group
  profanity.types('/win 1')
  profanity.types('/msg alice@localhost')
  profanity.types(`/sendfile ${path}`)
  const got = await find(BOB, ({ attachments }) => attachments[0]?.name === 'report.bin' && attachments[0].where === 'here')
  expect(readFileSync((await alice.files.attachment(got.attachments[0]!.id))?.path ?? '')).toEqual(content)
  const { id } = await alice.store.write.ensureConversation({ jid: BOB, kind: 'direct', name: '', nick: null })
  const token = alice.media.staging.begin({ name: 'from-mnemo.txt', bytes: 5, type: 'text/plain' })
  await alice.media.staging.append(token, Buffer.from('hello'))
  await alice.messages.sendFile(id, token)
  await profanity.sees(/https:\/\/localhost:\d+\S+from-mnemo\.txt/)
})
