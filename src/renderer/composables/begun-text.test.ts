import { expect, test } from 'vitest'
import { writes, type WritingKey } from './begun-text.ts'

const key = (name: string, changes: Partial<WritingKey> = {}): WritingKey => ({
  key: name,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  defaultPrevented: false,
  ...changes
})

test.each(['a', 'Z', '1', '?', 'ß', 'ы', '中', '😀', 'Process'])('%s writes', (name) => expect(writes(key(name), false)).toBe(true))
test.each(['Enter', 'Escape', 'Tab', 'ArrowUp', 'Home', 'Delete', 'Backspace', 'F10', ' ', 'Shift', 'Dead'])('%s writes nothing', (name) =>
  expect(writes(key(name), false)).toBe(false)
)
test('a paste writes, other commands do not', () => {
  expect(writes(key('v', { ctrlKey: true, code: 'KeyV' }), true)).toBe(true)
  expect(writes(key('м', { ctrlKey: true, code: 'KeyV' }), true)).toBe(true)
  for (const name of ['c', 'f', 'k', 'n']) expect(writes(key(name, { ctrlKey: true }), true)).toBe(false)
  expect(writes(key('a', { altKey: true }), false)).toBe(false)
  expect(writes(key('@', { ctrlKey: true, altKey: true }), false)).toBe(true)
})
test('a key that something else has used, or that an input method composes with, begins nothing', () => {
  expect(writes(key('r', { defaultPrevented: true }), false)).toBe(false)
  expect(writes(key('a', { isComposing: true }), false)).toBe(false)
})
