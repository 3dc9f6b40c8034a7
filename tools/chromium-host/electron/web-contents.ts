/** https://www.electronjs.org/docs/latest/api/web-contents: one page of Chromium. */
import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { fromPageUrl, names, theBrowser, toPageUrl, unavailable } from '../host.ts'
import { createCodec, isolatedWorldScript, mainWorldScript } from '../page.ts'
import { ipcMain } from './ipc-main.ts'
import { protocol } from './protocol.ts'

const codec = createCodec()
const RECEIVE = '(text) => __receive(JSON.parse(text))'

/** Event that a listener may prevent. */
export class PreventableEvent {
  defaultPrevented = false
  preventDefault = (): void => {
    this.defaultPrevented = true
  }
}

type OpenHandler = (details: { url: string; disposition: string }) => { action: 'allow' | 'deny' }

let serial = 0
export const allContents = new Map<number, WebContents>()

export class WebContents extends EventEmitter {
  readonly id = ++serial
  readonly attached: Promise<void>
  targetId = ''
  #sessionId = ''
  #context: number | null = null
  #url = ''
  #destroyed = false
  #allowed: string | null = null
  #openHandler: OpenHandler = () => ({ action: 'deny' })
  readonly #preload: string | null

  constructor(preload: string | null, target: Promise<string>) {
    super()
    this.setMaxListeners(0)
    this.#preload = preload
    allContents.set(this.id, this)
    this.attached = target.then((targetId) => this.#attach(targetId))
  }

  get mainFrame(): { url: string; parent: null; top: unknown; routingId: number; processId: number } {
    return { url: this.#url, parent: null, top: null, routingId: 1, processId: this.id }
  }

  isDestroyed = (): boolean => this.#destroyed
  getURL = (): string => this.#url
  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler
  }
  openDevTools = (): void => unavailable('webContents.openDevTools (start with --remote-debugging-port)')
  setZoomFactor = (factor: number): void => void this.command('Emulation.setPageScaleFactor', { pageScaleFactor: factor })

  /** Sends a message to the preload script's listeners. */
  send(channel: string, ...args: unknown[]): void {
    if (this.#destroyed) throw new TypeError('Object has been destroyed')
    this.#deliver({ channel, args: args.map(codec.encode) })
  }

  async loadURL(url: string): Promise<void> {
    await this.attached
    this.#allowed = url
    const finished = new Promise<void>((resolve, reject) => {
      this.once('did-finish-load', resolve)
      this.once('destroyed', () => reject(new Error(`ERR_ABORTED loading '${url}'`)))
      this.once('did-fail-load', (_event, code, description) => reject(new Error(`${String(description)} (${String(code)}) loading '${url}'`)))
    })
    finished.catch(() => undefined)
    const { errorText } = await this.command('Page.navigate', { url: toPageUrl(url) })
    if (typeof errorText === 'string') this.emit('did-fail-load', {}, -2, errorText, url)
    return finished
  }

  reload(): void {
    this.#allowed = this.#url
    void this.command('Page.reload')
  }

  /** For the host: sends a DevTools command to this page. */
  async command(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    await this.attached
    return theBrowser().send(method, params, this.#sessionId)
  }

  /** For the host: asks the page's own handler whether it may open a window. */
  mayOpen(url: string): boolean {
    return this.#openHandler({ url: fromPageUrl(url), disposition: 'new-window' }).action === 'allow'
  }

  /** For the host: called when the page is gone. */
  destroyed(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    allContents.delete(this.id)
    this.emit('destroyed')
  }

  async #attach(targetId: string): Promise<void> {
    this.targetId = targetId
    const browser = theBrowser()
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true })
    this.#sessionId = sessionId as string
    browser.on('event', (method: string, params: Record<string, unknown>, session: string | undefined) => {
      if (session === this.#sessionId) this.#onEvent(method, params)
    })
    const send = (method: string, params: Record<string, unknown> = {}): Promise<unknown> => browser.send(method, params, this.#sessionId)
    await Promise.all([
      send('Page.enable'),
      send('Inspector.enable'),
      send('Runtime.enable'),
      send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
      send('Runtime.addBinding', { name: names.binding, executionContextName: names.world }),
      send('Page.addScriptToEvaluateOnNewDocument', { source: `(${mainWorldScript.toString()})(${JSON.stringify(names.secret)})` }),
      send('Page.addScriptToEvaluateOnNewDocument', { worldName: names.world, source: this.#isolatedSource() })
    ])
  }

  #isolatedSource(): string {
    const preload = this.#preload === null ? '' : readFileSync(this.#preload, 'utf8')
    const setUp = `(${isolatedWorldScript.toString()})(${JSON.stringify(names.secret)}, ${JSON.stringify(names.binding)}, (${createCodec.toString()})())`
    return `if (globalThis.top === globalThis) { const require = ${setUp}; (function (require, exports, module) {${preload}\n})(require, {}, { exports: {} }) }`
  }

  #onEvent(method: string, params: Record<string, unknown>): void {
    switch (method) {
      case 'Runtime.executionContextCreated': {
        const context = params['context'] as { id: number; name: string }
        if (context.name === names.world) this.#context = context.id
        break
      }
      case 'Runtime.executionContextDestroyed':
        if (params['executionContextId'] === this.#context) this.#context = null
        break
      case 'Runtime.executionContextsCleared':
        this.#context = null
        break
      case 'Runtime.bindingCalled':
        if (params['name'] === names.binding && params['executionContextId'] === this.#context) this.#onMessage(JSON.parse(params['payload'] as string))
        break
      case 'Fetch.requestPaused':
        void this.#onRequest(params as never)
        break
      case 'Page.frameNavigated': {
        const frame = params['frame'] as { parentId?: string; url: string }
        if (frame.parentId === undefined) this.#url = fromPageUrl(frame.url)
        break
      }
      case 'Inspector.targetCrashed':
        this.#context = null
        this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 })
        break
    }
  }

  #onMessage(message: { type: string; call: number; channel: string; args: unknown[]; name: string }): void {
    if (message.type === 'window') {
      if (message.name === 'load') this.emit('did-finish-load')
      else if (message.name === 'dom-ready') this.emit('dom-ready')
      this.emit('host-window-event', message.name)
      return
    }
    const event = { sender: this, senderFrame: this.mainFrame, frameId: 1, processId: this.id }
    const args = message.args.map(codec.decode)
    if (message.type === 'send') {
      ipcMain.emit(message.channel, event, ...args)
      return
    }
    ipcMain.run(message.channel, event, args).then(
      (value) => this.#deliver({ call: message.call, ok: true, value: codec.encode(value) }),
      (error: unknown) => {
        const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
        this.#deliver({ call: message.call, ok: false, value: codec.encode(new Error(`Error invoking remote method '${message.channel}': ${text}`)) })
      }
    )
  }

  #deliver(message: unknown): void {
    if (this.#destroyed || this.#context === null) return
    theBrowser()
      // the function's source is the same each time: the text of a call lives as long as its compiled code
      .send(
        'Runtime.callFunctionOn',
        { functionDeclaration: RECEIVE, arguments: [{ value: JSON.stringify(message) }], executionContextId: this.#context, returnByValue: true },
        this.#sessionId
      )
      // the page went away in the meantime
      .catch(() => undefined)
  }

  async #onRequest(paused: {
    requestId: string
    request: { url: string; method: string; headers: Record<string, string> }
    resourceType: string
    frameId: string
  }): Promise<void> {
    const url = fromPageUrl(paused.request.url)
    // an aborted navigation keeps the current page; any other error would replace it with Chromium's error page
    const errorReason = paused.resourceType === 'Document' ? 'Aborted' : 'BlockedByClient'
    const refuse = (): Promise<unknown> => this.command('Fetch.failRequest', { requestId: paused.requestId, errorReason })
    try {
      if (paused.resourceType === 'Document' && url !== this.#allowed) {
        const event = Object.assign(new PreventableEvent(), { url })
        this.emit('will-navigate', event, url)
        if (event.defaultPrevented) return void (await refuse())
      }
      const response = await protocol.serve(url, paused.request.method, paused.request.headers)
      if (response === null) return void (await refuse())
      const body = Buffer.from(await response.arrayBuffer()).toString('base64')
      const responseHeaders = [...response.headers].map(([name, value]) => ({ name, value }))
      await this.command('Fetch.fulfillRequest', { requestId: paused.requestId, responseCode: response.status, responseHeaders, body })
    } catch (error) {
      if (this.#destroyed) return
      process.stderr.write(`[chromium-host] ${url}: ${String(error)}\n`)
      await refuse().catch(() => undefined)
    }
  }
}
