/** Keyboard shortcuts as this system writes and presses them. */
const isMac = navigator.userAgent.includes('Macintosh')

/** Whether only Ctrl is held, or Cmd on a Mac. */
export const withCommand = (event: KeyboardEvent): boolean => (isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey) && !event.altKey

export const keys = (key: string): string => (isMac ? `⌘${key}` : `Ctrl+${key}`)

/** Escape that is still to be taken: no dialog, menu or picker is open, which it would close. One that closes just now still stands in the document. */
export const isLeaving = (event: KeyboardEvent): boolean =>
  event.key === 'Escape' && !event.defaultPrevented && !event.isComposing && document.querySelector('[data-dismissable-layer]') === null
