/** Recovery of a page that crashed, hangs or does not load: it is reloaded, and if that does not help the user decides. */
import { dialog, type BrowserWindow } from 'electron'
import type { DesktopWords } from '../desktop/words.ts'

/** Crashes within WITHIN_MS after which a page is no longer reloaded automatically. */
const MOST_RELOADS = 3
const WITHIN_MS = 60_000

export interface RecoveryOptions {
  words(): Promise<DesktopWords['page']>
  /** Whether the window is in reserve, hidden from the user: it is dropped without a question. */
  inReserve(): boolean
  /** Drops a window in reserve; another one may be made. */
  drop(): void
  warn(message: string): void
}

/** Open question, shared by all windows: they run in one process, so they crash and hang together. */
let open: Promise<void> | null = null

export function recoverPage(window: BrowserWindow, { words, inReserve, drop, warn }: RecoveryOptions): void {
  const contents = window.webContents
  const ends: number[] = []
  /** Whether the window shows the question, or waits for the answer given in another one. */
  let asking = false

  async function ask(kind: 'hung' | 'ended'): Promise<void> {
    if (inReserve()) {
      drop()
      return
    }
    if (asking || window.isDestroyed()) return
    asking = true
    try {
      if (open === null) await (open = question(kind).finally(() => (open = null)))
      else {
        await open
        // the other window may have been closed instead, if its page was at fault
        if (!window.isDestroyed() && contents.isCrashed()) contents.reload()
      }
    } finally {
      asking = false
    }
  }
  async function question(kind: 'hung' | 'ended'): Promise<void> {
    const said = await words()
    const [stay, about] = kind === 'hung' ? [said.wait, said.hungAbout] : [said.close, said.endedAbout]
    // a window whose page never loaded has not been shown
    if (!window.isDestroyed() && !window.isVisible()) window.show()
    const { response } = await dialog.showMessageBox(window, {
      type: 'warning',
      title: said[kind],
      message: said[kind],
      detail: about,
      buttons: [said.reload, stay],
      defaultId: 0,
      cancelId: 1,
      noLink: true
    })
    if (window.isDestroyed()) return
    // a hung page accepts no reload, and its process may be beyond forcefullyCrashRenderer; it is reloaded below
    if (response === 0 && kind === 'hung' && !contents.isCrashed()) process.kill(contents.getOSProcessId(), 'SIGKILL')
    else if (response === 0 || (kind === 'hung' && contents.isCrashed())) contents.reload()
    else if (kind === 'ended') window.destroy()
  }
  const told = (kind: 'hung' | 'ended'): void => void ask(kind).catch((error: unknown) => warn(`a window's question: ${String(error)}`))

  contents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    warn(`a window's page ended: ${reason} (${exitCode})`)
    if (inReserve()) {
      drop()
      return
    }
    // the user's answer decides
    if (asking) return
    const now = Date.now()
    ends.push(now)
    while ((ends[0] ?? now) < now - WITHIN_MS) ends.shift()
    if (ends.length > MOST_RELOADS) told('ended')
    else contents.reload()
  })
  contents.on('did-fail-load', (_event, code, description, _url, isMainFrame) => {
    // a navigation that was superseded by another
    if (!isMainFrame || description === 'ERR_ABORTED') return
    warn(`a window's page did not load: ${description} (${code})`)
    told('ended')
  })
  window.on('unresponsive', () => {
    warn('a window does not answer')
    told('hung')
  })
}
