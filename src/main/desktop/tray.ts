/** Tray icon: messages still arrive while no window is open. */
import { app, Menu, nativeImage, Tray } from 'electron'
import type { DesktopWords } from './words.ts'

/** Whether the host has a tray: only Electron; elsewhere the app ends with its last window. */
export const hasTray = (): boolean => process.versions['electron'] !== undefined

export class AppTray {
  readonly #tray: Tray

  constructor(icon: string, open: () => void) {
    const image = nativeImage.createFromPath(icon)
    this.#tray = new Tray(process.platform === 'darwin' ? image.resize({ height: 18 }) : image)
    this.#tray.on('click', open)
  }

  show(words: DesktopWords, unread: number, open: () => void): void {
    this.#tray.setToolTip(unread === 0 ? 'Mnemo' : `Mnemo – ${words.newMessages(unread)}`)
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: words.open, click: open },
        { label: words.quit, click: () => app.quit() }
      ])
    )
  }
}
