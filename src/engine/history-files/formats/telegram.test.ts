/** People of Telegram's JSON, where a message does not say all of them; JSON with a message a line that is no JSON lines. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test/support/files.ts'
import { wholeHistory } from '../../../../test/support/whole-history.ts'

test('a call is of the person who called, and a message without a name is of the one that others of its id name', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'result.json')
  const message = (id: number, more: object): object => ({ id, type: 'message', date: `2024-05-31T09:3${id}:00`, text: '', ...more })
  writeFileSync(
    path,
    JSON.stringify({
      name: 'Ann',
      type: 'personal_chat',
      id: 1,
      messages: [
        message(1, { from: null, from_id: 'user1', text: 'no name yet' }),
        message(2, { type: 'service', action: 'phone_call', actor: 'Ann', actor_id: 'user1', duration_seconds: 12 }),
        message(3, { type: 'service', action: 'phone_call', actor: 'Me', actor_id: 'user2', duration_seconds: 3 }),
        message(4, { from: 'Ann', from_id: 'user1', text: 'hi' }),
        message(5, { from: 'Me', from_id: 'user2', text: 'hello' })
      ]
    })
  )
  const { conversations, self } = await wholeHistory(path)
  expect(self).toBe('Me')
  expect(conversations['Ann']?.map(({ sender, outgoing, text }) => [sender, outgoing, text])).toEqual([
    ['Ann', false, 'no name yet'],
    ['Ann', false, '📞 12 s'],
    ['Me', true, '📞 3 s'],
    ['Ann', false, 'hi'],
    ['Me', true, 'hello']
  ])
})

test('a list of messages that has one in each line is one value', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'message_1.json')
  const line = (content: string, at: number): string => JSON.stringify({ sender_name: 'Ann', timestamp_ms: 1_717_147_800_000 + at, content })
  writeFileSync(path, `{"participants":[{"name":"Ann"}],"messages":[\n${line('one', 0)},\n${line('two', 1000)}\n],"title":"Ann","thread_path":"inbox/ann_1"}`)
  const { format, ids, conversations } = await wholeHistory(path)
  expect([format, ids]).toEqual(['messenger', ['messenger:inbox/ann_1']])
  expect(conversations['Ann']?.map(({ text }) => text)).toEqual(['one', 'two'])
})
