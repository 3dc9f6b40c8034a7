/** Queries typed in another script or keyboard layout. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore, temporaryFolder } from '../../../test/support/files.ts'
import type { Jid } from '../../contract/domain.ts'
import { packRows } from '../store/import-rows.ts'
import type { Store } from '../threads/store.ts'
import { onOtherKeyboards } from './keyboards.ts'
import { reads } from './sounds.ts'

const folder = temporaryFolder()
let store: Store
const texts = [
  '中华联合保险公司给我打电话了',
  '中华民族',
  '重庆火锅很辣',
  '绿色出行',
  '旅行计划',
  '明天去西安吗',
  '先吃饭',
  'привет, как дела',
  'спасибо',
  'שלום לכולם',
  'さくらが咲いた',
  'ラーメンを食べたい',
  'hello there',
  '拼音 pinyin',
  '你在哪儿',
  'とうきょうへ',
  'しんぶんを読む',
  'こんにちは',
  '안녕하세요',
  'สวัสดีครับ',
  '微信支付成功了',
  '微信里说支付',
  '最近你好吗'
]

beforeAll(async () => {
  store = await openStore(folder.path)
  await store.write.importRows({
    jid: 'sounds@import.invalid' as Jid,
    name: 'sounds',
    rows: packRows(texts.map((text, i) => ({ sender: 'a', time: 1000 * (i + 1), text }))),
    self: null
  })
})
afterAll(async () => {
  await store.close()
  folder[Symbol.dispose]()
})
const readAs = async (query: string): Promise<string[]> =>
  (await store.find.search({ query, limit: 0, total: true, suggest: true })).readAs.map(({ text, count }) => `${text} ${count}`)

test.each([
  ['zhonghua', '中华 2'],
  ['zhong hua', '中华 2'],
  ['ZhongHua', '中华 2'],
  ['zh', '中华 2'],
  ['zhh', '中华 2'],
  ['chongqing', '重庆 1'],
  ['cq', '重庆 1'],
  ["xi'an", '西安 1'],
  ['xian', '西安 1'],
  ['lvse', '绿色 1'],
  ['weixinzhifu', '微信支付 1'],
  ['wxzf', '微信支付 1'],
  ['wxzhf', '微信支付 1'],
  ['mtqxa', '明天去西安 1'],
  ['mtquxa', null],
  ['su3cl3', '你好 1'],
  ['jo u', null],
  ['5j/ cj86', '中华 2'],
  ['wei xin zhi fu', '微信支付 1'],
  ['WeixinZhifu', '微信支付 1'],
  ['ni hao ma', '你好吗 1'],
  ['mingtianquxian', '明天去西安 1'],
  ['lüse', '绿色 1'],
  ['lvxing', '旅行 1'],
  ['pinyin', '拼音 1'],
  ['sakura', 'さくら 1'],
  ['ra-men', 'ラーメン 1'],
  ['nar', '哪儿 1'],
  ['tokyo', 'とうきょう 1'],
  ['tōkyō', 'とうきょう 1'],
  ['toukyou', 'とうきょう 1'],
  ['shimbun', 'しんぶん 1'],
  ['sinbun', 'しんぶん 1'],
  ['konnichiwa', 'こんにちは 1'],
  ['dkssudgktpdy', '안녕하세요 1'],
  ['ㅗ디ㅣㅐ', 'hello 1'],
  ['l;ylfu', 'สวัสดี 1'],
  ['ghbdtn', 'привет 1'],
  ['cgfcb,j', 'спасибо 1'],
  ['akuo', 'שלום 1'],
  ['руддщ', 'hello 1'],
  ['hello', null],
  ['zzzz', null],
  ['中华', null],
  ['zhonghua from:a', null],
  ['"zhonghua"', null]
])('%s may stand for %s', async (query, expected) => {
  if (expected === null) expect(await readAs(query)).toEqual([])
  // suggestions have a limit of time, which a busy machine may exceed
  else await expect.poll(() => readAs(query)).toContain(expected)
})

test('the readings of a word are all of its characters’, and initials are of words of two and more', () => {
  expect(reads(['重', '庆'], 'zhongqing')).toBe('whole')
  expect(reads(['重', '庆'], 'zq')).toBe('initials')
  expect(reads(['重', '庆'], 'chq')).toBe('initials')
  expect(reads(['中'], 'z')).toBeNull()
  expect(reads(['中', '华'], 'zhongh')).toBe('initials')
})

test('keyboards are taken both ways', () => {
  expect(onOtherKeyboards('ghbdtn')).toContain('привет')
  expect(onOtherKeyboards('привет')).toContain('ghbdtn')
  expect(onOtherKeyboards('123')).toEqual([])
  for (const [keys, korean] of [
    ['rkqt', '값'],
    ['ehoTdj', '됐어'],
    ['dlfrdj', '읽어'],
    ['Rhc', '꽃'],
    ['dmlwk', '의자'],
    ['zz', 'ㅋㅋ']
  ]) {
    expect(onOtherKeyboards(keys!)).toContain(korean)
    expect(onOtherKeyboards(korean!)).toEqual([keys])
  }
})
