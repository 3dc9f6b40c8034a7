/** Keys that write something: a character, an input method, or a paste. Pure. */
export interface WritingKey {
  key: string
  code: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
  isComposing: boolean
  defaultPrevented: boolean
}

/** `isCommand`: Ctrl alone is held, or Cmd on a Mac. A space presses buttons and scrolls, so it begins no text. */
export function writes(event: WritingKey, isCommand: boolean): boolean {
  if (event.defaultPrevented || event.isComposing) return false
  if (isCommand) return !event.shiftKey && (event.code === 'KeyV' || event.key.toLowerCase() === 'v')
  // AltGr writes characters: it counts as Ctrl and Alt at once
  if (event.metaKey || event.ctrlKey !== event.altKey) return false
  return event.key === 'Process' || ([...event.key].length === 1 && event.key !== ' ')
}
