/** The installed Chromium as a child process, controlled by the DevTools protocol over a pipe; it ends when the pipe closes. */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { accessSync, constants, mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']

/** Path of an installed Chromium, or null. `MNEMO_CHROMIUM` overrides it. */
export function findChromium(): string | null {
  const named = process.env['MNEMO_CHROMIUM']
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const candidates = named === undefined ? NAMES.flatMap((name) => folders.map((folder) => join(folder, name))) : [named]
  for (const path of candidates) {
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      continue
    }
  }
  return null
}

export const isHeadless = (): boolean =>
  process.env['MNEMO_HEADLESS'] === '1' ||
  (process.platform === 'linux' && (process.env['DISPLAY'] ?? '') === '' && (process.env['WAYLAND_DISPLAY'] ?? '') === '')

export interface DevToolsMessage {
  id?: number
  method?: string
  params?: Record<string, unknown>
  result?: Record<string, unknown>
  error?: { message: string }
  sessionId?: string
}

/** A command that Chromium refused. */
export class DevToolsError extends Error {
  constructor(method: string, message: string) {
    super(`${method}: ${message}`)
    this.name = 'DevToolsError'
  }
}

/** Emits 'event' (method, params, sessionId) and 'exit'. */
export class Browser extends EventEmitter {
  readonly process: ChildProcess
  readonly #toBrowser: Writable
  readonly #executable: string
  readonly #dataFolder: string
  readonly #waiting = new Map<number, { method: string; resolve(value: Record<string, unknown>): void; reject(error: Error): void }>()
  #serial = 0
  #buffer: Buffer[] = []
  #ended = false

  constructor(executable: string, dataFolder: string, switches: string[]) {
    super()
    this.setMaxListeners(0)
    this.#executable = executable
    this.#dataFolder = dataFolder
    mkdirSync(dataFolder, { recursive: true })
    const args = [
      ...(isHeadless() ? ['--headless=new', '--hide-scrollbars=false', '--window-size=1280,800'] : []),
      // Chromium's own sandbox needs an ordinary user
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--remote-debugging-pipe',
      `--user-data-dir=${dataFolder}`,
      '--no-startup-window',
      '--no-first-run',
      '--no-default-browser-check',
      '--disable-gpu',
      '--disable-quic',
      '--disable-sync',
      '--disable-extensions',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-default-apps',
      '--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication',
      '--disable-background-timer-throttling',
      '--disable-renderer-backgrounding',
      '--disable-backgrounding-occluded-windows',
      '--disable-search-engine-choice-screen',
      '--noerrdialogs',
      // pages cannot reach any network: everything they may load comes from protocol.handle
      '--proxy-server=127.0.0.1:9',
      '--proxy-bypass-list=<-loopback>',
      ...switches
    ]
    const output = process.env['MNEMO_HOST_DEBUG'] === '1' ? 'inherit' : 'ignore'
    this.process = spawn(executable, args, { stdio: ['ignore', output, output, 'pipe', 'pipe'] })
    this.#toBrowser = this.process.stdio[3] as Writable
    this.#toBrowser.on('error', () => this.#end())
    const fromBrowser = this.process.stdio[4] as Readable
    fromBrowser.on('data', (chunk: Buffer) => this.#receive(chunk))
    fromBrowser.on('close', () => this.#end())
    this.process.on('error', () => this.#end())
    this.process.on('exit', () => this.#end())
  }

  /**
   * Opens a window with that size and position and returns its target. On a display it is a window without tabs and
   * address bar, which only a second start of the program can request from the running one.
   */
  async openWindow(bounds: { x: number; y: number; width: number; height: number }, background: boolean): Promise<string> {
    const { x, y, width, height } = bounds
    if (isHeadless()) {
      const { targetId } = await this.send('Target.createTarget', { url: 'about:blank', newWindow: true, left: x, top: y, width, height, background })
      return targetId as string
    }
    const token = `window-${randomBytes(8).toString('hex')}`
    const opened = new Promise<string>((resolve, reject) => {
      const settle = (work: () => void): void => {
        clearTimeout(timer)
        this.removeListener('event', look)
        work()
      }
      const timer = setTimeout(() => settle(() => reject(new DevToolsError('openWindow', 'no window appeared'))), 15_000)
      const look = (_method: string, params: { targetInfo?: { targetId: string; url: string; type: string } }): void => {
        const target = params.targetInfo
        if (target?.type === 'page' && target.url.includes(token)) settle(() => resolve(target.targetId))
      }
      this.on('event', look)
    })
    const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    spawn(
      this.#executable,
      [...asRoot, `--user-data-dir=${this.#dataFolder}`, `--app=data:text/html,${token}`, `--window-size=${width},${height}`, `--window-position=${x},${y}`],
      { stdio: 'ignore' }
    )
    return opened
  }

  /** Runs one DevTools command. Rejects with DevToolsError. */
  send(method: string, params: Record<string, unknown> = {}, sessionId?: string): Promise<Record<string, unknown>> {
    if (this.#ended) return Promise.reject(new DevToolsError(method, 'Chromium has ended'))
    const id = ++this.#serial
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { method, resolve, reject })
      this.#toBrowser.write(`${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`)
    })
  }

  async close(): Promise<void> {
    if (this.#ended) return
    const gone = new Promise<void>((resolve) => this.process.once('exit', () => resolve()))
    await this.send('Browser.close').catch(() => undefined)
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 3000)
    await gone
    clearTimeout(timer)
  }

  #receive(chunk: Buffer): void {
    let rest = chunk
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      const text = Buffer.concat([...this.#buffer, rest.subarray(0, end)]).toString('utf8')
      this.#buffer = []
      rest = rest.subarray(end + 1)
      this.#dispatch(JSON.parse(text) as DevToolsMessage)
    }
    if (rest.length > 0) this.#buffer.push(rest)
  }

  #dispatch(message: DevToolsMessage): void {
    if (message.id === undefined) {
      this.emit('event', message.method, message.params ?? {}, message.sessionId)
      return
    }
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (message.error === undefined) waiting?.resolve(message.result ?? {})
    else waiting?.reject(new DevToolsError(waiting.method, message.error.message))
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    for (const { method, reject } of this.#waiting.values()) reject(new DevToolsError(method, 'Chromium has ended'))
    this.#waiting.clear()
    this.emit('exit')
  }
}
