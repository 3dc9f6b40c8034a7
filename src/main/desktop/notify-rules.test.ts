import { expect, test } from 'vitest'
import type { Conversation, Message } from '../../contract/domain.ts'
import { isQuiet, isWorthTelling, notificationText } from './notify-rules.ts'
import { WORDS } from './words.ts'

const conversation = (change: Partial<Conversation> = {}): Conversation =>
  ({
    id: 1,
    name: 'Bob',
    kind: 'direct',
    unread: 1,
    readUpTo: 10,
    notify: 'all',
    mutedUntil: null,
    notifySound: null,
    notifyText: null,
    ...change
  }) as Conversation
const message = (change: Partial<Message> = {}): Message =>
  ({ id: 11, outgoing: false, retracted: false, mention: false, text: 'hi', senderName: 'Bob', attachments: [], ...change }) as Message

test.each([
  ['22:00', '07:00', 23, true],
  ['22:00', '07:00', 3, true],
  ['22:00', '07:00', 7, false],
  ['22:00', '07:00', 12, false],
  ['12:00', '14:00', 12, true],
  ['12:00', '14:00', 14, false]
])('quiet from %s to %s: at %i:00 %s', (from, to, hour, quiet) => {
  expect(isQuiet({ from, to }, new Date(2026, 0, 1, hour))).toBe(quiet)
})

test('new messages of others notify, in groups according to their setting', () => {
  expect(isWorthTelling(message(), conversation())).toBe(true)
  expect(isWorthTelling(message({ outgoing: true }), conversation())).toBe(false)
  expect(isWorthTelling(message({ id: 10 as never }), conversation())).toBe(false)
  expect(isWorthTelling(message({ retracted: true }), conversation())).toBe(false)
  expect(isWorthTelling(message(), conversation({ unread: 0 }))).toBe(false)
  expect(isWorthTelling(message(), conversation({ notify: 'none' }))).toBe(false)
  expect(isWorthTelling(message(), conversation({ mutedUntil: 1 }))).toBe(false)
  expect(isWorthTelling(message(), conversation({ notify: 'mentions' }))).toBe(false)
  expect(isWorthTelling(message({ mention: true }), conversation({ notify: 'mentions' }))).toBe(true)
})

test('a notification shows sender and text, or only that there is a message', () => {
  const words = WORDS['zh-CN']
  expect(notificationText(conversation(), message({ text: 'a\n b' }), 1, { notifyText: true }, words)).toEqual({ title: 'Bob', body: 'a b' })
  expect(
    notificationText(
      conversation({ kind: 'group', name: '爬山' }),
      message({ text: '', attachments: [{ kind: 'image', name: 'x.png' }] as never }),
      3,
      { notifyText: true },
      words
    )
  ).toEqual({ title: '爬山 (3)', body: 'Bob: [图片]' })
  expect(notificationText(conversation(), message({ text: 'secret' }), 2, { notifyText: false }, words)).toEqual({ title: 'Mnemo', body: '2 条新消息' })
  expect(notificationText(conversation({ notifyText: false }), message({ text: 'secret' }), 2, { notifyText: true }, words).body).toBe('2 条新消息')
  expect(notificationText(conversation({ notifyText: true }), message({ text: 'open' }), 1, { notifyText: false }, words).body).toBe('open')
  expect(notificationText(conversation(), message({ text: `${'x'.repeat(239)}👍👍` }), 1, { notifyText: true }, words).body.isWellFormed()).toBe(true)
})
