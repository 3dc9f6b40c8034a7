/** Keyboard shortcuts as this system writes and presses them. */
import { writes } from './begun-text.ts'

const isMac = navigator.userAgent.includes('Macintosh')

/** Whether only Ctrl is held, or Cmd on a Mac. */
export const withCommand = (event: KeyboardEvent): boolean => (isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey) && !event.altKey

export const keys = (key: string): string => (isMac ? `⌘${key}` : `Ctrl+${key}`)

/** Escape for the window itself: no dialog, menu or picker is open. One that this key closes is still in the document. */
export const isLeaving = (event: KeyboardEvent): boolean =>
  event.key === 'Escape' && !event.defaultPrevented && !event.isComposing && document.querySelector('[data-dismissable-layer]') === null

/** Whether a key begins a text: the focus is in no field, and no dialog, menu or picker is open. */
export const beginsText = (event: KeyboardEvent): boolean =>
  writes(event, withCommand(event)) &&
  event.target instanceof Element &&
  event.target.closest('input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]') === null &&
  document.querySelector('[data-dismissable-layer]') === null
