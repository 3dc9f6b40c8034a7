/** Files through a real server: uploaded, announced, downloaded; files that cannot be sent report the reason. */
import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { xml } from '@xmpp/client'
import type { Attachment, Jid, Message } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { LARGEST_FILE } from '../../src/demo/prosody.ts'
import { foreignClient } from '../support/foreign.ts'
import { Devices, messages, startServer, until, type TestServer } from '../support/server.ts'

let server: TestServer
const devices = new Devices()
beforeAll(async () => void (server = await startServer({ strangers: ['stranger'] })))
afterAll(async () => {
  await devices.end()
  await server.stop()
})

const PIECE = 2 ** 20
async function sendFile(engine: Engine, to: string, name: string, content: Buffer, type = ''): Promise<Message> {
  const conversation =
    (await engine.store.read.conversationByJid(to)) ?? (await engine.store.write.ensureConversation({ jid: to as never, kind: 'direct', name: '', nick: null }))
  const token = engine.media.staging.begin({ name, bytes: content.length, type })
  for (let at = 0; at < content.length; at += PIECE) await engine.media.staging.append(token, content.subarray(at, at + PIECE))
  return engine.messages.sendFile(conversation.id, token)
}
/** Returns the file of the newest message with that name, once `ready` accepts it. */
const fileOf = (
  engine: Engine,
  jid: string,
  name: string,
  ready: (file: Attachment, message: Message) => boolean
): Promise<{ file: Attachment; message: Message }> =>
  until(engine, async () => {
    for (const message of (await messages(engine, jid)).toReversed())
      for (const file of message.attachments) if (file.name === name && ready(file, message)) return { file, message }
    return null
  })
const content = async (engine: Engine, file: Attachment): Promise<Buffer> => readFileSync((await engine.files.attachment(file.id))?.path ?? '')
/** Picture of one pixel. */
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

test('a picture and a file arrive complete, on the other side and on our other device, in the order they were sent', async () => {
  const alice = await devices.signIn(server, 'alice')
  const second = await devices.signIn(server, 'alice')
  const bob = await devices.signIn(server, 'bob')
  const large = randomBytes(3 * PIECE + 17)
  const seen: number[] = []
  alice.media.on('progress', (files) => {
    for (const { done } of files.values()) seen.push(done)
  })
  await sendFile(alice, 'bob@localhost', '猫.png', PNG)
  await sendFile(alice, 'bob@localhost', 'report 报告.bin', large)
  const conversation = await alice.store.read.conversationByJid('bob@localhost')
  await alice.messages.send(conversation?.id as never, 'after the files')

  const picture = await fileOf(bob, 'alice@localhost', '猫.png', (file) => file.where === 'here')
  expect(picture.file).toMatchObject({ kind: 'image', width: 1, height: 1, bytes: PNG.length })
  expect(picture.message.text).toBe('')
  expect(await content(bob, picture.file)).toEqual(PNG)
  const report = await fileOf(bob, 'alice@localhost', 'report 报告.bin', (file) => file.where === 'here')
  expect(
    createHash('sha256')
      .update(await content(bob, report.file))
      .digest('hex')
  ).toBe(createHash('sha256').update(large).digest('hex'))
  await until(bob, async () => (await messages(bob, 'alice@localhost')).some(({ text }) => text === 'after the files'))
  expect((await messages(bob, 'alice@localhost')).map(({ text, attachments }) => attachments[0]?.name ?? text)).toEqual([
    '猫.png',
    'report 报告.bin',
    'after the files'
  ])
  const own = await fileOf(second, 'bob@localhost', 'report 报告.bin', (file) => file.where === 'here')
  expect(own.message.outgoing).toBe(true)
  expect(await content(second, own.file)).toEqual(large)
  await fileOf(alice, 'bob@localhost', 'report 报告.bin', (_file, message) => message.state === 'delivered')
  expect(Math.max(...seen)).toBe(large.length)
  expect(alice.media.progress.size).toBe(0)
  // found by its name, offline
  expect(
    (
      await bob.store.find.search({
        query: '报告 has:file',
        conversation: null,
        order: 'newest',
        offset: 0,
        limit: 5,
        total: true,
        facets: false,
        suggest: false
      })
    ).total
  ).toBe(1)
})

test('a file that is too large is refused before the upload, and later messages are sent', async () => {
  const alice = await devices.signIn(server, 'alice')
  expect(await alice.media.limit('alice@localhost' as never)).toEqual({ accepts: true, largest: LARGEST_FILE })
  await sendFile(alice, 'bob@localhost', 'huge.bin', Buffer.alloc(LARGEST_FILE + 1))
  const conversation = await alice.store.read.conversationByJid('bob@localhost')
  await alice.messages.send(conversation?.id as never, 'behind the huge one')
  const failed = await fileOf(alice, 'bob@localhost', 'huge.bin', (_file, message) => message.state === 'failed')
  expect(failed.message.error).toBe('file-too-large')
  await until(alice, async () => (await messages(alice, 'bob@localhost')).some(({ text, state }) => text === 'behind the huge one' && state !== 'queued'))
})

test('a file chosen offline waits, survives a restart, and is sent on the next connection', async () => {
  const alice = await devices.signIn(server, 'alice')
  await alice.disconnect()
  await sendFile(alice, 'bob@localhost', 'offline.png', PNG)
  const again = await devices.again(alice)
  await again.connect()
  await fileOf(again, 'bob@localhost', 'offline.png', (_file, message) => message.state === 'sent' || message.state === 'delivered')
})

test('files in a public group are downloaded only on request, in a members-only group automatically', async () => {
  const [alice, bob] = [await devices.signIn(server, 'alice'), await devices.signIn(server, 'bob')]
  for (const membersOnly of [false, true]) {
    const group = await alice.groups.create({ name: membersOnly ? 'closed' : 'open', membersOnly, invite: ['bob@localhost' as Jid] })
    await until(bob, () => Promise.resolve(bob.accounts.invitations.some((invitation) => invitation.group === group.jid)))
    await bob.groups.answerInvitation(group.jid, true)
    await sendFile(alice, group.jid, 'group.png', PNG)
    await fileOf(bob, group.jid, 'group.png', (file) => file.where === (membersOnly ? 'here' : 'there'))
  }
  // the later one arrived, so the earlier one was checked and left
  const [open] = (await bob.store.read.conversations()).filter(({ name }) => name === 'open')
  expect((await messages(bob, open!.jid)).flatMap(({ attachments }) => attachments.map(({ where }) => where))).toEqual(['there'])
})

test('files of strangers are downloaded only on request, and those with a wrong hash or a missing source not at all', async () => {
  const carol = await devices.signIn(server, 'carol')
  const stranger = await devices.signIn(server, 'stranger')
  await sendFile(stranger, 'carol@localhost', 'stranger.png', PNG)
  const there = await fileOf(carol, 'stranger@localhost', 'stranger.png', (file) => file.where === 'there')
  carol.media.downloads.look()
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect((await carol.store.read.attachment(there.file.id))?.stored).toBeNull()
  await carol.media.downloads.fetch(there.file.id)
  expect(await content(carol, there.file)).toEqual(PNG)

  // a contact announces a file with a wrong hash, and one that its server does not have
  const url = (await carol.store.read.attachment(there.file.id))?.url ?? ''
  const sharing = (name: string, target: string, hash: string) =>
    xml(
      'file-sharing',
      { xmlns: 'urn:xmpp:sfs:0' },
      xml('file', { xmlns: 'urn:xmpp:file:metadata:0' }, xml('name', {}, name), xml('hash', { xmlns: 'urn:xmpp:hashes:2', algo: 'sha-256' }, hash)),
      xml('sources', {}, xml('url-data', { xmlns: 'http://jabber.org/protocol/url-data', target }))
    )
  const foreign = await foreignClient(server, 'bob')
  const stanza = (id: string, element: ReturnType<typeof xml>): string =>
    xml('message', { to: 'carol@localhost', type: 'chat', id }, xml('body', {}, id), element).toString()
  await foreign.tell({ do: 'raw', xml: stanza('lying', sharing('lying.png', url, Buffer.alloc(32).toString('base64'))) }, 'done')
  await foreign.tell({ do: 'raw', xml: stanza('missing', sharing('missing.png', `${url}x`, Buffer.alloc(32).toString('base64'))) }, 'done')
  for (const name of ['lying.png', 'missing.png']) await fileOf(carol, 'bob@localhost', name, (file) => file.where === 'nowhere')
  expect(readdirSync(join(devices.folders[devices.engines.indexOf(carol)]?.path ?? '', 'media')).filter((name) => name.startsWith('.incoming'))).toEqual([])
  await foreign.quit()
})
