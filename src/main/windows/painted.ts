/** First frame of a window's page. */

/** Time that a loaded page has for its first frame, ms. */
const PAINT_MS = 700

interface Emitter<Event extends string> {
  once(event: Event, heard: () => void): unknown
}

/**
 * Resolves when a hidden window can be shown: its page has painted. A graphics process that starts anew at that moment, as on a machine without a
 * graphics processor, loses the first frame, and `ready-to-show` would come only once the window is shown: a loaded page waits `ms` for it, no longer.
 */
export function painted(window: Emitter<'ready-to-show'> & { webContents: Emitter<'did-finish-load'> }, ms = PAINT_MS): Promise<void> {
  return new Promise((resolve) => {
    window.once('ready-to-show', resolve)
    window.webContents.once('did-finish-load', () => setTimeout(resolve, ms))
  })
}
