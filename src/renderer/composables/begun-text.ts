/** Keys pressed outside of any field that begin a text: a character, an input method, or a paste. */
import { withCommand } from './shortcut.ts'

type Key = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'isComposing' | 'defaultPrevented'>

/** Whether a key writes something. A space presses buttons and scrolls, so it begins no text. Pure. */
export function writes(event: Key): boolean {
  if (event.defaultPrevented || event.isComposing) return false
  if (withCommand(event) && !event.shiftKey) return event.code === 'KeyV' || event.key.toLowerCase() === 'v'
  // AltGr writes characters: it counts as Ctrl and Alt at once
  if (event.metaKey || event.ctrlKey !== event.altKey) return false
  return event.key === 'Process' || ([...event.key].length === 1 && event.key !== ' ')
}

/** Whether a key begins a text: the focus is in no field, and no dialog, menu or picker is open. */
export function beginsText(event: KeyboardEvent): boolean {
  const { target } = event
  return (
    writes(event) &&
    target instanceof Element &&
    target.closest('input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]') === null &&
    document.querySelector('[data-dismissable-layer], [role=dialog][aria-modal=true]') === null
  )
}
