/** Desktop features that this host lacks: each reports so once and behaves as Electron does without it. */
import { spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { isHeadless } from '../browser.ts'
import { unavailable } from '../host.ts'
import { BrowserWindow, type Bounds } from './browser-window.ts'

export class Menu {
  items: unknown[] = []
  static buildFromTemplate(template: unknown[]): Menu {
    const menu = new Menu()
    menu.items = [...template]
    return menu
  }
  static setApplicationMenu(menu: Menu | null): void {
    if (menu !== null) unavailable('the application menu')
  }
  popup = (): void => unavailable('native context menus')
  append = (item: unknown): void => void this.items.push(item)
}

export class Tray extends EventEmitter {
  constructor() {
    super()
    unavailable('the tray')
  }
  setToolTip = (): void => undefined
  setContextMenu = (): void => undefined
  destroy = (): void => undefined
  isDestroyed = (): boolean => false
}

export class Notification extends EventEmitter {
  static isSupported = (): boolean => false
  show = (): void => unavailable('notifications')
  close = (): void => undefined
}

export const dialog = {
  showMessageBox(...args: unknown[]): Promise<{ response: number; checkboxChecked: boolean }> {
    unavailable('message boxes')
    const options = args.at(-1) as { cancelId?: number; message?: string }
    process.stderr.write(`[chromium-host] ${options.message ?? ''}\n`)
    return Promise.resolve({ response: options.cancelId ?? 0, checkboxChecked: false })
  },
  showMessageBoxSync(options: { cancelId?: number; message?: string; detail?: string }): number {
    process.stderr.write(`[chromium-host] ${options.message ?? ''}: ${options.detail ?? ''}\n`)
    return options.cancelId ?? 0
  },
  showOpenDialogSync: (): undefined => undefined,
  showOpenDialog(): Promise<{ canceled: boolean; filePaths: string[] }> {
    unavailable('file dialogs')
    return Promise.resolve({ canceled: true, filePaths: [] })
  },
  showSaveDialog(): Promise<{ canceled: boolean; filePath: string }> {
    unavailable('file dialogs')
    return Promise.resolve({ canceled: true, filePath: '' })
  }
}

function open(target: string): Promise<void> {
  if (isHeadless()) {
    unavailable('opening other programs')
    return Promise.reject(new Error('no program can open the file'))
  }
  spawn('xdg-open', [target], { detached: true, stdio: 'ignore' }).unref()
  return Promise.resolve()
}

export const shell = {
  openExternal: (url: string): Promise<void> => open(url),
  openPath: (path: string): Promise<string> => open(path).then(() => '', String),
  showItemInFolder: (): void => unavailable('showing a file in its folder')
}

export const safeStorage = {
  isEncryptionAvailable: (): boolean => false,
  getSelectedStorageBackend: (): string => 'unknown',
  encryptString(): Buffer {
    throw new Error('Error while encrypting the text provided to safeStorage.encryptString. Encryption is not available.')
  },
  decryptString(): string {
    throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptString. Decryption is not available.')
  }
}

export const powerMonitor = new EventEmitter()

interface Display {
  id: number
  bounds: Bounds
  workArea: Bounds
  size: { width: number; height: number }
  scaleFactor: number
}

class Screen extends EventEmitter {
  readonly #primary: Display = {
    id: 1,
    bounds: { x: 0, y: 0, width: 1920, height: 1080 },
    workArea: { x: 0, y: 0, width: 1920, height: 1080 },
    size: { width: 1920, height: 1080 },
    scaleFactor: 1
  }
  getPrimaryDisplay = (): Display => this.#primary
  getDisplayMatching = (): Display => this.#primary
}
export const screen = new Screen()

export const clipboard = {
  writeText(text: string): void {
    const contents = BrowserWindow.getFocusedWindow()?.webContents
    contents
      ?.command('Runtime.evaluate', { expression: `navigator.clipboard.writeText(${JSON.stringify(text)})`, userGesture: true, awaitPromise: true })
      .catch(() => unavailable('the clipboard'))
  }
}

/** A page without a window of its own cannot take pictures of others: there is no source. */
export const desktopCapturer = {
  getSources(): Promise<never[]> {
    unavailable('pictures of the screen')
    return Promise.resolve([])
  }
}

export const nativeImage = { createFromPath: (): object => ({}) }

/** https://www.electronjs.org/docs/latest/api/system-preferences: microphone access needs no permission of the system here. */
export const systemPreferences = { askForMediaAccess: (): Promise<boolean> => Promise.resolve(true) }
