/** Desktop features that this host lacks: each reports so once and behaves as Electron does without it. */
import { spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { isHeadless } from '../browser.ts'
import { unavailable } from '../host.ts'
import { BrowserWindow, type Bounds } from './browser-window.ts'

export class Menu {
  items: unknown[] = []
  static #application: Menu | null = null
  static buildFromTemplate(template: unknown[]): Menu {
    const menu = new Menu()
    menu.items = [...template]
    return menu
  }
  static setApplicationMenu(menu: Menu | null): void {
    Menu.#application = menu
    if (menu !== null) unavailable('the application menu')
  }
  static getApplicationMenu = (): Menu | null => Menu.#application
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
  setImage = (): void => undefined
  destroy = (): void => undefined
  isDestroyed = (): boolean => false
}

export class Notification extends EventEmitter {
  static isSupported = (): boolean => false
  show = (): void => unavailable('notifications')
  close = (): void => undefined
}

export const dialog = {
  showErrorBox: (title: string, content: string): void => void process.stderr.write(`${title}: ${content}\n`),
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
  // no dialogs here; the program that drives the host sets the chosen file beforehand
  showOpenDialog(): Promise<{ canceled: boolean; filePaths: string[] }> {
    const chosen = process.env['MNEMO_HOST_FILE']
    if (chosen !== undefined) return Promise.resolve({ canceled: false, filePaths: [chosen] })
    unavailable('file dialogs')
    return Promise.resolve({ canceled: true, filePaths: [] })
  },
  showSaveDialog(): Promise<{ canceled: boolean; filePath: string }> {
    const chosen = process.env['MNEMO_HOST_TARGET']
    if (chosen !== undefined) return Promise.resolve({ canceled: false, filePath: chosen })
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
  showItemInFolder: (): void => unavailable('showing a file in its folder'),
  beep: (): void => void process.stdout.write('\u0007')
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

class PowerMonitor extends EventEmitter {
  getSystemIdleState = (): string => 'unknown'
  getSystemIdleTime = (): number => 0
  isOnBatteryPower = (): boolean => false
}
export const powerMonitor = new PowerMonitor()

interface Display {
  id: number
  bounds: Bounds
  workArea: Bounds
  scaleFactor: number
}

class Screen extends EventEmitter {
  readonly #primary: Display = { id: 1, bounds: { x: 0, y: 0, width: 1920, height: 1080 }, workArea: { x: 0, y: 0, width: 1920, height: 1080 }, scaleFactor: 1 }
  getPrimaryDisplay = (): Display => this.#primary
  getAllDisplays = (): Display[] => [this.#primary]
  getDisplayMatching = (): Display => this.#primary
  getCursorScreenPoint = (): { x: number; y: number } => ({ x: 0, y: 0 })
}
export const screen = new Screen()

let clipboardText = ''
export const clipboard = {
  readText: (): string => clipboardText,
  writeText(text: string): void {
    clipboardText = text
    const contents = BrowserWindow.getFocusedWindow()?.webContents
    contents
      ?.command('Runtime.evaluate', { expression: `navigator.clipboard.writeText(${JSON.stringify(text)})`, userGesture: true, awaitPromise: true })
      // without the permission the text stays inside this process
      .catch(() => undefined)
  }
}

export const nativeImage = { createFromPath: (): object => ({}), createEmpty: (): object => ({}), createFromBuffer: (): object => ({}) }

/** https://www.electronjs.org/docs/latest/api/system-preferences: microphone access needs no permission of the system here. */
export const systemPreferences = { askForMediaAccess: (): Promise<boolean> => Promise.resolve(true) }
