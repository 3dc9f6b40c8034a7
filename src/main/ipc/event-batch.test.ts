import { expect, test } from 'vitest'
import type { Conversation, ConversationId, Message, MessageId } from '../../contract/domain.ts'
import { EventBatch, MOST_MESSAGES } from './event-batch.ts'

const message = (id: number, text = ''): Message => ({ id, key: `k${id}`, text, conversation: 1 }) as unknown as Message
const conversation = (id: number, name: string): Conversation => ({ id, name }) as unknown as Conversation
const one = 1 as ConversationId

test('only the last of several changes to one thing is sent', () => {
  const batch = new EventBatch()
  batch.add({ type: 'conversations', changed: [conversation(1, 'a'), conversation(2, 'b')], removed: [] })
  batch.add({ type: 'conversations', changed: [conversation(1, 'c')], removed: [] })
  batch.add({ type: 'messages', conversation: one, changed: [message(5, 'old')], removed: [], bulk: false })
  batch.add({ type: 'messages', conversation: one, changed: [message(5, 'new')], removed: [], bulk: false })
  expect(batch.take()).toEqual([
    { type: 'conversations', changed: [conversation(1, 'c'), conversation(2, 'b')], removed: [] },
    { type: 'messages', conversation: one, changed: [message(5, 'new')], removed: [], bulk: false }
  ])
  expect(batch.isEmpty).toBe(true)
})

test('a moved message is removed under its old id and added under its new one', () => {
  const batch = new EventBatch()
  batch.add({ type: 'messages', conversation: one, changed: [message(5)], removed: [], bulk: false })
  batch.add({ type: 'messages', conversation: one, changed: [{ ...message(9), key: 'k5' }], removed: [5 as MessageId], bulk: false })
  expect(batch.take()).toEqual([{ type: 'messages', conversation: one, changed: [{ ...message(9), key: 'k5' }], removed: [5], bulk: false }])
})

test('too many changes become a request to reload', () => {
  const batch = new EventBatch()
  batch.add({ type: 'messages', conversation: one, changed: Array.from({ length: MOST_MESSAGES + 1 }, (_, i) => message(i)), removed: [], bulk: false })
  expect(batch.take()).toEqual([{ type: 'messages', conversation: one, changed: [], removed: [], bulk: true }])
})

test('a new message is announced even while the conversation is to be reloaded', () => {
  const batch = new EventBatch()
  batch.add({ type: 'messages', conversation: one, changed: [message(4)], removed: [], bulk: false })
  batch.add({ type: 'messages', conversation: one, changed: [], removed: [], bulk: true })
  batch.add({ type: 'messages', conversation: one, changed: [message(5)], removed: [3 as MessageId], bulk: false })
  expect(batch.take()).toEqual([{ type: 'messages', conversation: one, changed: [message(4), message(5)], removed: [3], bulk: true }])
})

test('presences are sent once per person, the latest', () => {
  const batch = new EventBatch()
  for (let i = 0; i < 20_000; i++) batch.add({ type: 'live', changed: { presence: { [`p${i % 10_000}@x`]: i < 10_000 ? 'online' : 'offline' } } })
  const [event, ...others] = batch.take()
  expect(others).toEqual([])
  expect(event).toMatchObject({ type: 'live', changed: { presence: { 'p0@x': 'offline', 'p9999@x': 'offline' } } })
  expect(batch.isEmpty).toBe(true)
})

test('a conversation is sent before the event that shows it', () => {
  const batch = new EventBatch()
  batch.add({ type: 'show', conversation: one, message: null })
  batch.add({ type: 'conversations', changed: [conversation(1, 'a')], removed: [] })
  expect(batch.take().map(({ type }) => type)).toEqual(['conversations', 'show'])
  expect(batch.isEmpty).toBe(true)
})
