/** A picture of the screen, through the system's own capture: X11 and Windows give it at once, macOS asks for permission, Wayland's portal shows its own dialog. */
import { BrowserWindow, desktopCapturer, screen, systemPreferences, type WebContents } from 'electron'
import type { ScreenPicture } from '../../contract/ipc.ts'

/** Windows are gone from the screen after so long at most, ms. */
const HIDE_MS = 300

/** The screen that the window lies on, without the window where `hide` says so. */
export async function captureScreen(contents: WebContents, hide: boolean): Promise<ScreenPicture> {
  if (process.platform === 'darwin' && ['denied', 'restricted'].includes(systemPreferences.getMediaAccessStatus('screen'))) return { failed: 'denied' }
  const window = BrowserWindow.fromWebContents(contents)
  const bounds = window?.getBounds()
  const display = bounds === undefined ? screen.getPrimaryDisplay() : screen.getDisplayMatching(bounds)
  if (hide && window !== null) {
    const hidden = new Promise((resolve) => setTimeout(resolve, HIDE_MS))
    window.hide()
    // the compositor draws what was behind it
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
