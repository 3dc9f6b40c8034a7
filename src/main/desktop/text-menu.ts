/** Context menu of texts: spelling suggestions, and actions on the selection. */
import { clipboard, Menu, type ContextMenuParams, type MenuItemConstructorOptions, type WebContents } from 'electron'
import type { DesktopWords } from './words.ts'

/** Suggestions for a misspelt word, at most. */
const MOST = 5

type Params = Pick<ContextMenuParams, 'isEditable' | 'misspelledWord' | 'dictionarySuggestions' | 'selectionText' | 'linkURL' | 'editFlags'>
interface Acts {
  replace(word: string): void
  learn(word: string): void
  copy(text: string): void
}

/** Items of the menu; empty where no action applies. */
export function textItems(
  { isEditable, misspelledWord, dictionarySuggestions, selectionText, linkURL, editFlags }: Params,
  words: DesktopWords['text'],
  acts: Acts
): MenuItemConstructorOptions[] {
  const groups: MenuItemConstructorOptions[][] = []
  if (isEditable && misspelledWord !== '')
    groups.push(
      dictionarySuggestions.length === 0
        ? [{ label: words.noSuggestions, enabled: false }]
        : dictionarySuggestions.slice(0, MOST).map((word) => ({ label: word, click: () => acts.replace(word) })),
      [{ label: words.learn, click: () => acts.learn(misspelledWord) }]
    )
  if (linkURL !== '') groups.push([{ label: words.copyLink, click: () => acts.copy(linkURL) }])
  if (isEditable) {
    groups.push([
      { label: words.undo, role: 'undo', enabled: editFlags.canUndo },
      { label: words.redo, role: 'redo', enabled: editFlags.canRedo }
    ])
    groups.push([
      { label: words.cut, role: 'cut', enabled: editFlags.canCut },
      { label: words.copy, role: 'copy', enabled: editFlags.canCopy },
      { label: words.paste, role: 'paste', enabled: editFlags.canPaste },
      { label: words.selectAll, role: 'selectAll', enabled: editFlags.canSelectAll }
    ])
  } else if (selectionText.trim() !== '') groups.push([{ label: words.copy, role: 'copy' }])
  return groups.flatMap((group, i) => (i === 0 ? group : [{ type: 'separator' as const }, ...group]))
}

/** Shows the menu where a page asks for it; pages have menus of their own for everything else. */
export function offerTextMenu(contents: WebContents, words: () => Promise<DesktopWords['text']>): void {
  contents.on('context-menu', (_event, params) => {
    void words().then((said) => {
      const items = textItems(params, said, {
        replace: (word) => contents.replaceMisspelling(word),
        learn: (word) => void contents.session.addWordToSpellCheckerDictionary(word),
        copy: (text) => clipboard.writeText(text)
      })
      if (items.length > 0) Menu.buildFromTemplate(items).popup()
    })
  })
}
