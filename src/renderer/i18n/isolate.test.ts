import { expect, test } from 'vitest'
import { i18n } from './index.ts'
import en from './en.ts'
import { isolatePlaces } from './isolate.ts'

test('names of others are isolated in every sentence of every language', () => {
  for (const language of ['en', 'zh-CN', 'zh-TW', 'ja'] as const) {
    i18n.global.locale.value = language
    const said = i18n.global.t('contact.removeTitle', { name: 'אבי (2)' })
    expect(said).toContain('\u2068אבי (2)\u2069')
    expect(i18n.global.t('failure.reason.unreadable', { file: 'صورة.jpg', line: '' })).toContain('\u2068صورة.jpg\u2069')
  }
  i18n.global.locale.value = 'en'
})

test('placeholders are isolated once each; numbers and plural forms stay unchanged', () => {
  const all = JSON.stringify(isolatePlaces(en))
  expect(all.match(/[\u2068\u2069]/g)?.length).toBe(
    2 *
      (JSON.stringify(en).match(/\{(name|names|into|file|files|path|value|text|account|subject|issuer|reason|query|filter|host|condition|detail)\}/g)?.length ??
        0)
  )
  expect(isolatePlaces({ a: ['x {n} y | {n} {name}'] as never, b: null, c: 3 })).toEqual({ a: { 0: 'x {n} y | {n} \u2068{name}\u2069' }, b: null, c: 3 })
})
