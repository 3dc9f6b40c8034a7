/** Keyboard shortcuts as this system writes and presses them. */
const isMac = navigator.userAgent.includes('Macintosh')

/** Whether only Ctrl is held, or Cmd on a Mac. */
export const withCommand = (event: Pick<KeyboardEvent, 'metaKey' | 'ctrlKey' | 'altKey'>): boolean => (isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey) && !event.altKey

export const keys = (key: string): string => (isMac ? `⌘${key}` : `Ctrl+${key}`)

/** Escape for the window itself: no dialog, menu or picker is open. One that this key closes is still in the document. */
export const isLeaving = (event: KeyboardEvent): boolean =>
  event.key === 'Escape' && !event.defaultPrevented && !event.isComposing && document.querySelector('[data-dismissable-layer]') === null
