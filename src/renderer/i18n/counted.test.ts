import { expect, test } from 'vitest'
import type { Language } from '../../contract/settings.ts'
import { counted, number } from './counted.ts'
import { i18n } from './index.ts'

const speak = (language: Language): void => void (i18n.global.locale.value = language)

test('none, one and many of a thing', () => {
  speak('en')
  expect([0, 1, 2].map((n) => counted('transfer.notices', n))).toEqual([
    '0 system notices are skipped.',
    '1 system notice is skipped.',
    '2 system notices are skipped.'
  ])
  expect([0, 1].map((n) => counted('list.unread', n))).toEqual(['no unread messages', '1 unread message'])
  expect(counted('transfer.found', 1, { format: 'CSV', conversations: counted('transfer.conversations', 1) })).toBe('CSV: 1 message in 1 conversation')
  expect(counted('search.count', 20_000)).toBe('20,000 messages')
  speak('zh-CN')
  expect([0, 1, 20_000].map((n) => counted('search.count', n))).toEqual(['没有消息', '1 条消息', '20,000 条消息'])
})

test('a number is written by the language of the interface', () => {
  speak('en')
  expect(number(1_234_567)).toBe('1,234,567')
})
