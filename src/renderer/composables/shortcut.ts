/** Keyboard shortcuts as this system writes and presses them. */
const isMac = navigator.userAgent.includes('Macintosh')

/** Whether only Ctrl is held, or Cmd on a Mac. */
export const withCommand = (event: KeyboardEvent): boolean => (isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey) && !event.altKey

export const keys = (key: string): string => (isMac ? `⌘${key}` : `Ctrl+${key}`)
