/** A page that ended, hangs or does not load: it is loaded anew, and where that does not help the user decides. */
import { dialog, type BrowserWindow } from 'electron'
import type { DesktopWords } from '../desktop/words.ts'

/** A page that ends more often than this within WITHIN_MS is not loaded again by itself. */
const MOST_RELOADS = 3
const WITHIN_MS = 60_000

export interface RecoveryOptions {
  words(): Promise<DesktopWords['page']>
  warn(message: string): void
}

export function recoverPage(window: BrowserWindow, { words, warn }: RecoveryOptions): void {
  const contents = window.webContents
  const ends: number[] = []
  /** At most one question a window. */
  let asking = false

  async function ask(kind: 'hung' | 'ended'): Promise<void> {
    if (asking || window.isDestroyed()) return
    asking = true
    const said = await words()
    const [stay, about] = kind === 'hung' ? [said.wait, said.hungAbout] : [said.close, said.endedAbout]
    // a window whose page never came has not been shown
    if (!window.isDestroyed() && !window.isVisible()) window.show()
    const { response } = await dialog.showMessageBox(window, { type: 'warning', title: 'Mnemo', message: said[kind], detail: about, buttons: [said.reload, stay], defaultId: 0, cancelId: 1, noLink: true })
    asking = false
    if (window.isDestroyed()) return
    if (response === 0) {
      // a hung page takes no reload
      if (kind === 'hung') contents.forcefullyCrashRenderer()
      contents.reload()
    } else if (kind === 'ended') window.destroy()
  }
  const told = (kind: 'hung' | 'ended'): void => void ask(kind).catch((error: unknown) => warn(`a window's question: ${String(error)}`))

  contents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    warn(`a window's page ended: ${reason} (${exitCode})`)
    // ended by us, see ask
    if (reason === 'killed' && asking) return
    const now = Date.now()
    ends.push(now)
    while ((ends[0] ?? now) < now - WITHIN_MS) ends.shift()
    if (ends.length > MOST_RELOADS) told('ended')
    else contents.reload()
  })
  contents.on('did-fail-load', (_event, code, description, _url, isMainFrame) => {
    // a navigation that another one replaced
    if (!isMainFrame || description === 'ERR_ABORTED') return
    warn(`a window's page did not load: ${description} (${code})`)
    told('ended')
  })
  window.on('unresponsive', () => {
    warn('a window does not answer')
    told('hung')
  })
}
