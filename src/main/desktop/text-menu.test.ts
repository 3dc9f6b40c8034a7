import { expect, test, vi } from 'vitest'
import { textItems } from './text-menu.ts'
import { WORDS } from './words.ts'

vi.mock('electron', () => ({ clipboard: {}, Menu: {} }))

const flags = { canUndo: true, canRedo: false, canCut: true, canCopy: true, canPaste: true, canDelete: true, canSelectAll: true, canEditRichly: false }
const none = { isEditable: false, misspelledWord: '', dictionarySuggestions: [], selectionText: '', linkURL: '', editFlags: flags }
const labels = (params: Partial<Parameters<typeof textItems>[0]>): (string | undefined)[] =>
  textItems({ ...none, ...params }, WORDS.en.text, { replace: vi.fn(), learn: vi.fn(), copy: vi.fn() }).map(({ label, type }) =>
    type === 'separator' ? '-' : label
  )

test('a misspelt word gets at most five suggestions, and can be learned', () => {
  expect(labels({ isEditable: true, misspelledWord: 'helo', dictionarySuggestions: ['hello', 'help', 'held', 'halo', 'hero', 'heel'] }).slice(0, 7)).toEqual([
    'hello',
    'help',
    'held',
    'halo',
    'hero',
    '-',
    'Add to the dictionary'
  ])
  expect(labels({ isEditable: true, misspelledWord: 'xqzt' })[0]).toBe('No suggestions')
})

test('items for a selection, a link and a field; no menu without any', () => {
  expect(labels({})).toEqual([])
  expect(labels({ selectionText: 'words' })).toEqual(['Copy'])
  expect(labels({ linkURL: 'https://example.org' })).toEqual(['Copy the address'])
  expect(labels({ isEditable: true })).toEqual(['Undo', 'Redo', '-', 'Cut', 'Copy', 'Paste', 'Select all'])
})

test('a suggestion replaces the word', () => {
  const replace = vi.fn()
  const items = textItems({ ...none, isEditable: true, misspelledWord: 'helo', dictionarySuggestions: ['hello'] }, WORDS.en.text, {
    replace,
    learn: vi.fn(),
    copy: vi.fn()
  })
  ;(items[0]?.click as () => void)()
  expect(replace).toHaveBeenCalledWith('hello')
})
