/** https://www.electronjs.org/docs/latest/api/browser-window: one window of Chromium. */
import { EventEmitter } from 'node:events'
import { isHeadless } from '../browser.ts'
import { theBrowser } from '../host.ts'
import { app } from './app.ts'
import { nativeTheme } from './native-theme.ts'
import { PreventableEvent, WebContents } from './web-contents.ts'

export interface Bounds {
  x: number
  y: number
  width: number
  height: number
}

interface WindowOptions extends Partial<Bounds> {
  show?: boolean
  webPreferences?: { preload?: string }
}

const windows = new Map<number, BrowserWindow>()
let focused: BrowserWindow | null = null
let serial = 0

function focus(window: BrowserWindow): void {
  focused = window
}

export class BrowserWindow extends EventEmitter {
  static getAllWindows = (): BrowserWindow[] => [...windows.values()]
  static getFocusedWindow = (): BrowserWindow | null => focused
  static fromWebContents = (contents: unknown): BrowserWindow | null => BrowserWindow.getAllWindows().find((w) => w.webContents === contents) ?? null

  readonly id = ++serial
  readonly webContents: WebContents
  #bounds: Bounds
  #visible: boolean
  #minimized = false
  #maximized = false
  #shown = false
  #destroyed = false
  #windowId: number | null = null

  constructor(options: WindowOptions = {}) {
    super()
    this.setMaxListeners(0)
    const offset = (windows.size % 8) * 24
    this.#bounds = { x: options.x ?? 40 + offset, y: options.y ?? 40 + offset, width: options.width ?? 800, height: options.height ?? 600 }
    this.#visible = options.show !== false
    windows.set(this.id, this)
    this.webContents = new WebContents(options.webPreferences?.preload ?? null, theBrowser().openWindow(this.#bounds, !this.#visible))
    this.webContents.on('host-window-event', (name: string) => this.#onPageEvent(name))
    this.webContents.attached
      .then(() => this.#attached())
      .catch((error: unknown) => {
        if (!this.#destroyed) process.stderr.write(`[chromium-host] window ${this.id}: ${String(error)}\n`)
        this.#closed()
      })
    if (this.#visible) queueMicrotask(() => this.#gainFocus())
  }

  loadURL = (url: string): Promise<void> => this.webContents.loadURL(url)
  isDestroyed = (): boolean => this.#destroyed
  isVisible = (): boolean => this.#visible && !this.#destroyed
  isMinimized = (): boolean => this.#minimized
  isMaximized = (): boolean => this.#maximized
  getBounds = (): Bounds => ({ ...this.#bounds })
  getNormalBounds = (): Bounds => ({ ...this.#bounds })
  setBackgroundColor = (): void => undefined
  setProgressBar = (): void => undefined

  setBounds(bounds: Partial<Bounds>): void {
    this.#bounds = { ...this.#bounds, ...bounds }
    void this.#place({ left: this.#bounds.x, top: this.#bounds.y, width: this.#bounds.width, height: this.#bounds.height }).then(() => {
      if (!this.#destroyed) this.emit('resize')
    })
  }

  show(): void {
    const was = this.#visible
    this.#visible = true
    if (!was) {
      void this.#place({ windowState: 'normal' })
      this.emit('show')
    }
    this.focus()
  }

  hide(): void {
    if (!this.#visible) return
    this.#visible = false
    void this.#place({ windowState: 'minimized' })
    this.emit('hide')
    this.#loseFocus()
  }

  minimize(): void {
    this.#minimized = true
    void this.#place({ windowState: 'minimized' })
    this.emit('minimize')
    this.#loseFocus()
  }

  restore(): void {
    this.#minimized = false
    this.#maximized = false
    void this.#place({ windowState: 'normal' })
    this.emit('restore')
  }

  maximize(): void {
    this.#maximized = true
    void this.#place({ windowState: 'maximized' })
    this.emit('maximize')
  }

  focus(): void {
    if (this.#destroyed) return
    if (this.#minimized) this.restore()
    this.webContents.command('Page.bringToFront').catch(() => undefined)
    this.#gainFocus()
  }

  /** Closes as Electron does: a listener of 'close' may prevent it. */
  close(): void {
    if (this.#destroyed) return
    const event = new PreventableEvent()
    this.emit('close', event)
    if (!event.defaultPrevented) this.destroy()
  }

  destroy(): void {
    if (this.#destroyed) return
    const { targetId } = this.webContents
    if (targetId !== '')
      theBrowser()
        .send('Target.closeTarget', { targetId })
        .catch(() => undefined)
    this.#closed()
  }

  async #attached(): Promise<void> {
    const { targetId } = this.webContents
    if (this.#destroyed) {
      await theBrowser().send('Target.closeTarget', { targetId })
      return
    }
    theBrowser().on(
      'event',
      (method: string, params: { targetId?: string; targetInfo?: { type: string; openerId?: string; targetId: string; url: string } }) => {
        if (method === 'Target.targetDestroyed' && params.targetId === targetId) this.#closed()
        if (method === 'Target.targetCreated' && params.targetInfo?.openerId === targetId && params.targetInfo.type === 'page')
          this.#onOpened(params.targetInfo.targetId, params.targetInfo.url)
      }
    )
    theBrowser().once('exit', () => this.#closed())
    const { windowId } = await theBrowser().send('Browser.getWindowForTarget', { targetId })
    this.#windowId = windowId as number
    // on a display, Chromium gives an app's window the size of the previous one
    if (!isHeadless()) await this.#place({ left: this.#bounds.x, top: this.#bounds.y, width: this.#bounds.width, height: this.#bounds.height })
    if (!this.#visible && !isHeadless()) await this.#place({ windowState: 'minimized' })
    await nativeTheme.applyTo(this.webContents)
  }

  /** Handles a page opened by a page: it is closed at once unless the handler allows it, and even then it is not one of ours. */
  #onOpened(targetId: string, url: string): void {
    if (!this.webContents.mayOpen(url))
      theBrowser()
        .send('Target.closeTarget', { targetId })
        .catch(() => undefined)
  }

  async #place(bounds: Record<string, unknown>): Promise<void> {
    if (this.#windowId === null) return
    const browser = theBrowser()
    // Chromium takes a size only from a window in its normal state
    if (!('windowState' in bounds))
      await browser.send('Browser.setWindowBounds', { windowId: this.#windowId, bounds: { windowState: 'normal' } }).catch(() => undefined)
    await browser.send('Browser.setWindowBounds', { windowId: this.#windowId, bounds }).catch(() => undefined)
  }

  #onPageEvent(name: string): void {
    if (name === 'dom-ready' && !this.#shown) {
      this.#shown = true
      this.emit('ready-to-show')
    }
    if (name === 'resize') void this.#readBounds()
    // without a window system, every page reports that it has the focus
    if (isHeadless()) return
    if (name === 'focus') this.#gainFocus()
    if (name === 'blur') this.#loseFocus()
  }

  async #readBounds(): Promise<void> {
    if (this.#windowId === null || this.#destroyed) return
    const answer = await theBrowser()
      .send('Browser.getWindowBounds', { windowId: this.#windowId })
      .catch(() => null)
    const bounds = answer?.['bounds'] as { left?: number; top?: number; width?: number; height?: number; windowState?: string } | undefined
    if (bounds === undefined || bounds.windowState !== 'normal') return
    this.#bounds = {
      x: bounds.left ?? this.#bounds.x,
      y: bounds.top ?? this.#bounds.y,
      width: bounds.width ?? this.#bounds.width,
      height: bounds.height ?? this.#bounds.height
    }
    this.emit('resize')
  }

  #gainFocus(): void {
    if (focused === this || this.#destroyed) return
    focused?.emit('blur')
    focus(this)
    this.emit('focus')
  }

  #loseFocus(): void {
    if (focused !== this) return
    focused = null
    this.emit('blur')
  }

  #closed(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    windows.delete(this.id)
    if (focused === this) focused = null
    this.webContents.destroyed()
    this.emit('closed')
    if (windows.size === 0) app.allWindowsClosed()
  }
}

app.closeAllWindows = () => {
  for (const window of BrowserWindow.getAllWindows()) window.close()
  return windows.size === 0
}
