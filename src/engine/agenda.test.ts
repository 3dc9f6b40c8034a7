import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ConversationId, Jid, Message, MessageId } from '../contract/domain.ts'
import { openStore, temporaryFolder } from '../../test/support/files.ts'
import { Agenda } from './agenda.ts'
import type { Store } from './threads/store.ts'

const BOB = 'bob@example.org' as Jid
const QUIET = { info: () => undefined, warn: () => undefined }
let folder: ReturnType<typeof temporaryFolder>
let store: Store
let conversation: ConversationId

beforeEach(async () => {
  folder = temporaryFolder()
  store = await openStore(folder.path)
  conversation = (await store.write.ensureConversation({ jid: BOB, kind: 'direct', name: 'Bob', nick: null })).id
})
afterEach(async () => {
  await store.close()
  folder[Symbol.dispose]()
})
const texts = async (): Promise<[string, string][]> =>
  (await store.read.page({ conversation, anchor: { kind: 'newest' }, limit: 20 })).messages.map(({ text, state }) => [text, state])
const schedule = (text: string, due: number, reply: MessageId | null = null) => store.write.schedule({ conversation, text, reply, due, originId: `id-${text}` })

test('messages due while the app was closed are sent on start, once and in order; others wait', async () => {
  const now = Date.now()
  await schedule('second', now - 1000)
  await schedule('first', now - 2000)
  await schedule('later', now + 3_600_000)
  await store.write.saveDraft({ conversation, draft: 'half a sentence' })
  const flushed: number[] = []
  const agenda = new Agenda(store, QUIET, (id) => flushed.push(id))
  agenda.start()
  await expect.poll(texts).toEqual([
    ['first', 'queued'],
    ['second', 'queued']
  ])
  await expect.poll(() => flushed).toEqual([conversation, conversation])
  expect((await store.read.scheduled(conversation)).map(({ text }) => text)).toEqual(['later'])
  // a scheduled message leaves the current draft alone
  expect((await store.read.conversation(conversation))?.draft).toBe('half a sentence')
  agenda.look()
  await agenda.send((await store.read.scheduled(conversation))[0]!.id, conversation)
  expect((await texts()).map(([text]) => text)).toEqual(['first', 'second', 'later'])
  agenda.stop()
})

test('sending twice at once gives one message, a reply keeps its target, and a cancelled message is not sent', async () => {
  await store.write.record({
    messages: [
      { conversation: BOB, kind: 'direct', sender: BOB, outgoing: false, text: 'when?', time: Date.now(), stanzaId: 's', originId: 'o', replayed: false }
    ],
    archive: null,
    order: 'live'
  })
  const asked = (await store.read.page({ conversation, anchor: { kind: 'newest' }, limit: 1 })).messages[0]!
  await schedule('at nine', Date.now() + 60_000, asked.id)
  await schedule('never', Date.now() + 60_000)
  const [nine, never] = await store.read.scheduled(conversation)
  await Promise.all([1, 2].map(() => store.write.sendScheduled({ id: nine!.id, time: Date.now() })))
  await store.write.unschedule(never!.id)
  await store.write.sendScheduled({ id: never!.id, time: Date.now() })
  const { messages } = await store.read.page({ conversation, anchor: { kind: 'newest' }, limit: 10 })
  expect(messages.map(({ text, reply }) => [text, reply?.text ?? null])).toEqual([
    ['when?', null],
    ['at nine', 'when?']
  ])
})

test('a reminder is shown from its due time until it is done; it is removed with its message', async () => {
  await store.write.record({
    messages: [
      { conversation: BOB, kind: 'direct', sender: BOB, outgoing: false, text: 'call me', time: Date.now(), stanzaId: 's', originId: 'o', replayed: false }
    ],
    archive: null,
    order: 'live'
  })
  const [message] = (await store.read.page({ conversation, anchor: { kind: 'newest' }, limit: 1 })).messages
  const told: string[][] = []
  const agenda = new Agenda(store, QUIET, () => undefined)
  agenda.on('reminders', (due: Message[]) => told.push(due.map(({ text }) => text)))
  const due = Date.now() + 250
  expect((await store.write.remind({ id: message!.id, due })).messages[0]).toMatchObject({ remindAt: due })
  agenda.start()
  await vi.waitFor(() => expect(told).toEqual([['call me']]), { timeout: 120_000 })
  expect(Date.now()).toBeGreaterThanOrEqual(due)
  // a reminder is shown once
  await agenda.tellReminders()
  expect(told).toHaveLength(1)
  expect((await store.write.remind({ id: message!.id, due: null })).messages[0]).toMatchObject({ remindAt: null })
  await agenda.tellReminders()
  expect(told.at(-1)).toEqual([])
  await store.write.remind({ id: message!.id, due: Date.now() - 1 })
  await store.write.remove([message!.id])
  expect(await agenda.reminders()).toEqual([])
  agenda.stop()
})
