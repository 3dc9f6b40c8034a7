import { expect, test } from 'vitest'
import { lookAlikes } from './look-alikes.ts'

const alike = (...names: string[]): string[] => Object.keys(lookAlikes(names.map((name) => ({ name, occupant: null })))).sort()

test.each([
  ['Cyrillic letters', 'alice', 'аlice'],
  ['a Greek one', 'bob', 'bοb'],
  ['capital and small', 'Bob', 'bob'],
  ['capital I for small l', 'Alice Miller', 'Alice MiIIer'],
  ['digits for letters', 'leo', '1eo'],
  ['rn for m', 'tom', 'torn'],
  ['full width', 'carol', 'ｃａｒｏｌ'],
  ['bold letters of mathematics', 'carol', '𝐜𝐚𝐫𝐨𝐥'],
  ['a blank that nobody sees', 'dave', 'dave\u200b'],
  ['another blank', 'Eve Long', 'Eve\u00a0Long'],
  ['blanks around', 'frank', ' frank '],
  ['a change of direction', 'gina', '\u202egina'],
  ['composed otherwise', 'zo\u00eb', 'zoe\u0308'],
  ['a variation selector', '王芳', '王芳\ufe00']
])('%s', (_, one, other) => {
  expect(one).not.toBe(other)
  expect(alike(one, other, 'somebody else')).toEqual([one, other].sort())
})

test('names that merely resemble each other are not reported', () => {
  expect(alike('anna', 'hanna', 'ann', 'ána', '王芳', '王方', 'bob', 'bobby', 'ルイ', 'るい')).toEqual([])
})

test('two names of one person do not count; two people do, whatever their former names', () => {
  expect(
    lookAlikes([
      { name: 'Bob', occupant: 'x' },
      { name: 'bob', occupant: 'x' }
    ])
  ).toEqual({})
  expect(
    lookAlikes([
      { name: 'Bob', occupant: 'x' },
      { name: 'bob', occupant: 'y' }
    ])
  ).toEqual({ Bob: ['bob'], bob: ['Bob'] })
  expect(
    lookAlikes([
      { name: 'Bob', occupant: 'x' },
      { name: 'bob', occupant: null }
    ])
  ).toEqual({ Bob: ['bob'], bob: ['Bob'] })
})

test('thousands of names take no time that anybody waits for', () => {
  const started = performance.now()
  lookAlikes(Array.from({ length: 5000 }, (_, i) => ({ name: `person ${i}`, occupant: `o${i}` })))
  expect(performance.now() - started).toBeLessThan(5000)
})
