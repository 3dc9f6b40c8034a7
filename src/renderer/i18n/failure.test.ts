import { beforeAll, expect, test } from 'vitest'
import { ImportProblem } from '../../contract/domain.ts'
import { CallErrorCode } from '../../contract/ipc.ts'
import { CallFailed } from '../bridge.ts'
import { failure, i18n } from './index.ts'

beforeAll(() => void (i18n.global.missingWarn = false))

test('whatever main says of a failure, the reader is told in their own language', () => {
  const reasons = [...ImportProblem.options, 'full', 'damaged', 'disk', 'thread', 'other'] as const
  for (const language of ['en', 'zh-CN', 'zh-TW', 'ja'] as const) {
    i18n.global.locale.value = language
    const said = [
      failure(new Error('boom')),
      ...CallErrorCode.options.map((code) => failure(new CallFailed({ code, message: code === 'refused' ? 'forbidden' : 'SQLITE_FULL: database or disk is full' }))),
      ...reasons.map((reason) => failure(new CallFailed({ code: 'transfer', message: 'in English', reason, file: '记录.csv', line: 3 })))
    ]
    for (const text of said) {
      expect(text).not.toMatch(/SQLITE|boom|in English|failure\.|problem\./)
      if (language !== 'en') expect(text.replace(/Mnemo|csv|server\.org|name@/g, '')).not.toMatch(/[A-Za-z]{3}/)
    }
  }
  i18n.global.locale.value = 'en'
  expect(failure(new CallFailed({ code: 'transfer', message: '', reason: 'broken', file: 'chat.json', line: 7 }))).toBe('“chat.json” is damaged or not complete (line 7). Nothing was imported.')
  expect(failure(new CallFailed({ code: 'transfer', message: '', reason: 'broken', file: 'chat.json', line: null }))).toBe('“chat.json” is damaged or not complete. Nothing was imported.')
  expect(failure(new CallFailed({ code: 'transfer', message: '', reason: 'full' }))).toMatch(/no room/)
})
