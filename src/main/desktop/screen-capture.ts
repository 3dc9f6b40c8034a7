/**
 * Screenshots by the system's own capture: X11 and Windows provide them at once, macOS asks for permission, Wayland's portal shows its own
 * dialog.
 */
import { BrowserWindow, desktopCapturer, screen, systemPreferences, type WebContents } from 'electron'
import type { ScreenPicture } from '../../contract/requests/windows.ts'

/** Longest wait for a window to disappear from the screen, ms. */
const HIDE_MS = 300

/** Captures the screen that the window is on, with the window hidden if `hide` is set. */
export async function captureScreen(contents: WebContents, hide: boolean): Promise<ScreenPicture> {
  if (process.platform === 'darwin' && ['denied', 'restricted'].includes(systemPreferences.getMediaAccessStatus('screen'))) return { failed: 'denied' }
  const window = BrowserWindow.fromWebContents(contents)
  const bounds = window?.getBounds()
  const display = bounds === undefined ? screen.getPrimaryDisplay() : screen.getDisplayMatching(bounds)
  if (hide && window !== null) {
    const hidden = new Promise((resolve) => setTimeout(resolve, HIDE_MS))
    window.hide()
    // the compositor redraws the area behind the window
    await hidden
  }
  try {
    const { width, height } = display.size
    const thumbnailSize = { width: Math.round(width * display.scaleFactor), height: Math.round(height * display.scaleFactor) }
    const sources = await desktopCapturer.getSources({ types: ['screen'], thumbnailSize })
    const source = sources.find(({ display_id }) => display_id === String(display.id)) ?? sources[0]
    if (source === undefined || source.thumbnail.isEmpty()) return { failed: 'none' }
    return { base64: source.thumbnail.toPNG().toString('base64') }
  } catch {
    return { failed: 'none' }
  } finally {
    if (hide) window?.show()
  }
}
