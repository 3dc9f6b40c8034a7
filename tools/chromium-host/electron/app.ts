/** https://www.electronjs.org/docs/latest/api/app */
import { EventEmitter } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Server } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { startBrowser, theBrowser, unavailable } from '../host.ts'
import { PreventableEvent } from './web-contents.ts'
import { session } from './protocol.ts'

class App extends EventEmitter {
  readonly isPackaged = false
  name = 'Electron'
  /** For the host: set by browser-window.ts; closes all windows and returns whether none is left. */
  closeAllWindows: () => boolean = () => true
  readonly #paths = new Map<string, string>()
  readonly #switches = new Map<string, string>()
  #ready: Promise<void> | null = null
  #isReady = false
  #quitting = false
  #lock: Server | null = null

  readonly commandLine = {
    appendSwitch: (name: string, value = ''): void => void this.#switches.set(name, value),
    hasSwitch: (name: string): boolean => this.#switches.has(name) || process.argv.some((a) => a === `--${name}` || a.startsWith(`--${name}=`)),
    getSwitchValue: (name: string): string => this.#switches.get(name) ?? process.argv.find((a) => a.startsWith(`--${name}=`))?.slice(name.length + 3) ?? ''
  }

  constructor() {
    super()
    this.setMaxListeners(0)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.quit())
    // whenReady() must settle after the main module ran, as Electron's does
    setImmediate(() => void this.whenReady().catch((error: unknown) => this.#fail(error)))
  }

  whenReady(): Promise<void> {
    this.#ready ??= (async () => {
      await new Promise((resolve) => setImmediate(resolve))
      const switches = [...this.#switches].map(([name, value]) => `--${name}${value === '' ? '' : `=${value}`}`)
      // as Electron does with Chromium's switches on its own command line
      switches.push(...process.argv.filter((argument) => /^--(remote-debugging-port=|use-fake-)/.test(argument)))
      const browser = await startBrowser(join(this.getPath('userData'), 'chromium'), switches)
      browser.once('exit', () => {
        if (!this.#quitting) this.exit(1)
      })
      setImmediate(
        () => void session.defaultSession.applyPermissions().catch((error: unknown) => process.stderr.write(`[chromium-host] permissions: ${String(error)}\n`))
      )
      this.#isReady = true
      this.emit('ready')
    })()
    return this.#ready
  }

  isReady = (): boolean => this.#isReady
  setName = (name: string): void => void (this.name = name)
  getVersion = (): string => process.env['npm_package_version'] ?? '0.0.0'
  getAppPath = (): string => process.cwd()
  getPreferredSystemLanguages = (): string[] => {
    const name = (process.env['LC_ALL'] || process.env['LC_MESSAGES'] || process.env['LANG'] || 'en').split('.')[0] ?? 'en'
    return [name === 'C' || name === 'POSIX' ? 'en-US' : name.replace('_', '-')]
  }
  setAppUserModelId = (): void => undefined
  enableSandbox = (): void => undefined
  setBadgeCount = (): boolean => false
  setLoginItemSettings = (): void => unavailable('start at login')
  setAsDefaultProtocolClient = (): boolean => false

  getPath(name: string): string {
    const known = this.#paths.get(name)
    if (known !== undefined) return known
    const config = process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config')
    switch (name) {
      case 'home':
        return homedir()
      case 'documents':
        return join(homedir(), 'Documents')
      case 'appData':
        return config
      case 'userData':
        return join(config, this.name)
      case 'logs':
        return join(this.getPath('userData'), 'logs')
      case 'downloads':
        return join(homedir(), 'Downloads')
      case 'exe':
        return process.execPath
      default:
        throw new Error(`Failed to get '${name}' path`)
    }
  }

  setPath(name: string, path: string): void {
    this.#paths.set(name, path)
  }

  /** Allows one instance per userData folder: a second one passes its command line to the first. */
  requestSingleInstanceLock(): boolean {
    const folder = this.getPath('userData')
    mkdirSync(folder, { recursive: true })
    const address = process.platform === 'win32' ? `\\\\.\\pipe\\${folder.replace(/[^\w]/g, '_')}` : join(folder, 'instance.sock')
    const server = createServer((peer) => {
      let text = ''
      peer.on('data', (chunk) => (text += chunk.toString('utf8')))
      peer.on('end', () => this.emit('second-instance', {}, JSON.parse(text === '' ? '[]' : text), process.cwd()))
    })
    server.on('error', () => {
      const peer = createConnection(address)
      peer.on('connect', () => {
        peer.end(JSON.stringify(process.argv))
        this.exit(0)
      })
      // left behind by a process that was killed
      peer.on('error', () => {
        rmSync(address, { force: true })
        server.listen(address)
      })
    })
    server.listen(address)
    server.unref()
    this.#lock = server
    return true
  }

  quit(): void {
    if (this.#quitting) return
    const event = new PreventableEvent()
    this.emit('before-quit', event)
    if (event.defaultPrevented) return
    this.#quitting = true
    if (!this.closeAllWindows()) {
      this.#quitting = false
      return
    }
    this.#finish()
  }

  /** Not supported: the host does not restart itself. */
  relaunch(): void {
    process.stderr.write('[chromium-host] cannot restart Mnemo\n')
  }

  exit(code = 0): void {
    this.#quitting = true
    this.#lock?.close()
    const end = (): never => process.exit(code)
    if (!this.#isReady) end()
    theBrowser().close().then(end, end)
  }

  /** For the host: called when the last window closed. */
  allWindowsClosed(): void {
    if (this.#quitting) return
    if (this.listenerCount('window-all-closed') > 0) this.emit('window-all-closed')
    else this.quit()
  }

  #finish(): void {
    const event = new PreventableEvent()
    this.emit('will-quit', event)
    if (event.defaultPrevented) {
      this.#quitting = false
      return
    }
    this.emit('quit', {}, 0)
    this.exit(0)
  }

  #fail(error: unknown): void {
    process.stderr.write(`[chromium-host] ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  }
}

export const app = new App()
