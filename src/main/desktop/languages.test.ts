import { expect, test } from 'vitest'
import { pickLanguage, spellingLanguages } from './languages.ts'

test.each([
  [['zh-CN'], 'zh-CN'],
  [['zh_CN.UTF-8'], 'zh-CN'],
  [['zh-Hans-SG'], 'zh-CN'],
  [['zh'], 'zh-CN'],
  [['zh_TW'], 'zh-TW'],
  [['zh-Hant-HK'], 'zh-TW'],
  [['zh-MO'], 'zh-TW'],
  [['yue'], 'zh-TW'],
  [['cmn-CN'], 'zh-CN'],
  [['ja_JP.eucJP'], 'ja'],
  [['en-GB'], 'en'],
  [['fr-FR', 'ja-JP', 'en'], 'ja'],
  [['de@euro', 'zh-CN'], 'zh-CN']
] as const)('%j is %s', (tags, language) => {
  expect(pickLanguage(tags)).toBe(language)
})

test('names that are no language are skipped; the fallback is English', () => {
  for (const tag of ['', 'C', 'c', 'C.UTF-8', 'POSIX', 'x-private', 'i-klingon', '-', '*', 'en-', '中文', '\0', 'a'.repeat(5000)]) {
    expect([tag.slice(0, 20), pickLanguage([tag])]).toEqual([tag.slice(0, 20), 'en'])
    expect(pickLanguage([tag, 'ja'])).toBe('ja')
  }
  expect(pickLanguage([])).toBe('en')
})

test('texts are checked in the languages of the system that have a dictionary, else in English', () => {
  const available = ['de', 'en-GB', 'en-US', 'fr', 'pt-BR', 'pt-PT']
  expect(spellingLanguages(['en-GB', 'de_DE.UTF-8'], available)).toEqual(['en-GB', 'de'])
  expect(spellingLanguages(['pt-PT', 'pt'], available)).toEqual(['pt-PT', 'pt-BR'])
  expect(spellingLanguages(['en-AU'], available)).toEqual(['en-GB'])
  expect(spellingLanguages(['zh-Hans-CN', 'ja'], available)).toEqual(['en-US'])
  expect(spellingLanguages(['zh-CN', 'fr-FR'], available)).toEqual(['fr'])
  expect(spellingLanguages([], available)).toEqual(['en-US'])
  expect(spellingLanguages(['en-US'], [])).toEqual([])
})
