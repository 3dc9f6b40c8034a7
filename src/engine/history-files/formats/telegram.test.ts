/** People of Telegram's JSON, where a message does not say all of them; JSON with a message a line that is no JSON lines. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore, temporaryFolder } from '../../../../test/support/files.ts'
import type { Jid } from '../../../contract/domain.ts'
import { packRows } from '../../store/import-rows.ts'
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

test('buttons of a bot stand below its text; reactions without names are kept by their number', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'result.json')
  const message = (id: number, more: object): object => ({ id, type: 'message', date: `2024-05-31T09:3${id}:00`, from: 'Bot', from_id: 'user1', ...more })
  const buttons = [
    [
      { type: 'url', text: 'Open', data: 'https://example.org/a' },
      { type: 'callback', text: 'Yes', dataBase64: 'eA==' }
    ],
    [{ type: 'callback', text: 'No' }]
  ]
  const reactions = [
    { type: 'emoji', count: 3, emoji: '👍' },
    { type: 'emoji', count: 2, emoji: '❤', recent: [{ from: 'Ann', from_id: 'user5', date: '2024-05-31T09:31:00' }] },
    { type: 'paid', count: 5 }
  ]
  writeFileSync(
    path,
    JSON.stringify({
      name: 'Bot',
      type: 'bot_chat',
      id: 1,
      messages: [message(1, { text: 'Choose', inline_bot_buttons: buttons }), message(2, { text: 'ok', reactions })]
    })
  )
  const { conversations } = await wholeHistory(path)
  expect(conversations['Bot']?.map(({ text }) => text)).toEqual(['Choose\n[Open] (https://example.org/a) [Yes]\n[No]', 'ok'])
  expect(conversations['Bot']?.[1]?.reactions).toEqual([
    { sender: '×3', emoji: '👍' },
    { sender: 'Ann', emoji: '❤' },
    { sender: '×1', emoji: '❤' },
    { sender: '×5', emoji: '⭐' }
  ])
  using profile = temporaryFolder()
  const store = await openStore(profile.path)
  const rows = packRows([
    {
      sender: 'Bot',
      time: 1,
      text: 'ok',
      id: '2',
      reactions: (conversations['Bot']?.[1]?.reactions ?? []).map(({ sender, emoji }) => ({ sender, outgoing: false, emoji }))
    }
  ])
  const { conversations: made } = await store.write.importRows({ jid: 'bot@import.invalid' as Jid, name: 'Bot', rows, self: null })
  const { messages } = await store.read.page({ conversation: made[0]!.id, anchor: { kind: 'newest' }, limit: 5 })
  await store.close()
  expect(messages[0]?.reactions.map(({ emoji, count }) => `${emoji} ${count}`)).toEqual(['👍 3', '❤ 2', '⭐ 5'])
})
