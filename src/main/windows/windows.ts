/** Windows of the app: which are open, their placement, and their permissions. */
import { BrowserWindow, nativeImage, nativeTheme, screen, session, shell, systemPreferences, type WebContents } from 'electron'
import { z } from 'zod'
import { ConversationId, type MessageId } from '../../contract/domain.ts'
import type { AppEvent } from '../../contract/ipc.ts'
import type { DesktopWords } from '../desktop/words.ts'
import { centred, fitting, isReachable, parsePlacement, type Placement } from './placement.ts'
import { recoverPage } from './recovery.ts'
import { painted } from './painted.ts'
import { ORIGIN } from './scheme.ts'

interface Kind {
  name: 'main' | 'chat' | 'settings' | 'search' | 'viewer'
  width: number
  height: number
  minWidth: number
  minHeight: number
}
const MAIN: Kind = { name: 'main', width: 1080, height: 720, minWidth: 420, minHeight: 400 }
const CHAT: Kind = { name: 'chat', width: 560, height: 680, minWidth: 360, minHeight: 360 }
const SETTINGS: Kind = { name: 'settings', width: 780, height: 600, minWidth: 420, minHeight: 400 }

const SEARCH: Kind = { name: 'search', width: 1240, height: 760, minWidth: 420, minHeight: 400 }

const VIEWER: Kind = { name: 'viewer', width: 960, height: 700, minWidth: 360, minHeight: 320 }

const SAVE_MS = 400
/** Prefix of a chat window's name, before its conversation's id; and key of the list of open chat windows. */
const CHAT_OF = 'chat:'
const CHATS = 'windows:chats'
/** Idle time after which a spare window is made, ms. */
const SPARE_MS = 2500

const background = (): string => (nativeTheme.shouldUseDarkColors ? '#17181c' : '#ffffff')

export interface WindowsOptions {
  /** Path of the built preload script. */
  preload: string
  icon: string
  /** Path of the unread mark, see setUnread. */
  unreadIcon: string
  /** Reads a window's stored value, as JSON. */
  recall(name: string): Promise<string | null>
  remember(name: string, json: string): Promise<void>
  onCreated(contents: WebContents): void
  /** Called when it may have changed whether any window is visible. */
  onVisible(visible: boolean): void
  tell(contents: WebContents, event: AppEvent): void
  /** Texts for a page that crashed or hangs. */
  words(): Promise<DesktopWords['page']>
  warn(message: string): void
}

export class Windows {
  readonly #options: WindowsOptions
  readonly #open = new Map<string, BrowserWindow>()
  /** Spare chat window, loaded and hidden, so that the next one opens at once; made once the user has opened the first, since it takes memory. */
  #spare: BrowserWindow | null = null
  /** Whether the spare window's page can be given a conversation. */
  #spareIsReady = false
  /** Main window whose page loads while the profile opens, hidden until then; its promise ends when the page can be shown. */
  #prepared: { window: BrowserWindow; painted: Promise<void> } | null = null
  /** Page of the main window once it listens, and events to send to it then. */
  #shown: WebContents | null = null
  readonly #waiting: AppEvent[] = []
  #unread: string | null = null
  #spareTimer: NodeJS.Timeout | null = null
  #zoom = 1

  /** Zoom of all pages; 1 is the original size. */
  set zoom(factor: number) {
    this.#zoom = factor
    for (const window of [...this.#open.values(), this.#spare]) if (window?.isDestroyed() === false) window.webContents.setZoomFactor(factor)
  }

  /** Requires that the app is ready: before that, Electron has no session. */
  constructor(options: WindowsOptions) {
    this.#options = options
    // pages are granted nothing but writing to the clipboard, and the microphone for voice messages
    const granted = (permission: string, video: boolean): boolean => permission === 'clipboard-sanitized-write' || (permission === 'media' && !video)
    session.defaultSession.setPermissionRequestHandler((_contents, permission, decide, details) => {
      const allowed = granted(permission, 'mediaTypes' in details && details.mediaTypes?.includes('video') === true)
      // macOS asks the user on behalf of the whole app
      if (allowed && permission === 'media' && process.platform === 'darwin')
        systemPreferences.askForMediaAccess('microphone').then(decide, () => decide(false))
      else decide(allowed)
    })
    session.defaultSession.setPermissionCheckHandler((_contents, permission, _origin, details) => granted(permission, details?.mediaType === 'video'))
    screen.on('display-removed', () => this.#gather())
    screen.on('display-metrics-changed', () => this.#gather())
  }

  /** Loads the main window's page before the profile is open; its calls wait in the router. openMain shows it. */
  prepareMain(): void {
    const window = this.#create(MAIN, null)
    this.#prepared = { window, painted: painted(window) }
    this.#load(window, MAIN, {})
  }

  /** Shows the prepared window while the profile still opens. */
  showPrepared(): void {
    const prepared = this.#prepared
    void prepared?.painted.then(() => {
      if (this.#prepared === prepared && !prepared.window.isDestroyed()) prepared.window.show()
    })
  }

  openMain = (): Promise<void> => this.#show('main', MAIN, {})
  openSettings = (): Promise<void> => this.#show('settings', SETTINGS, {})

  /** Opens the search window; an open one comes to the front with the query. */
  async openSearch(query: string): Promise<void> {
    const open = this.#open.get('search')
    if (open !== undefined) this.#options.tell(open.webContents, { type: 'search', query })
    await this.#show('search', SEARCH, query === '' ? {} : { query })
  }

  /** Opens the conversation's own window; an open one comes to the front. */
  async openChat(conversation: ConversationId, message: MessageId | null): Promise<void> {
    const name = `${CHAT_OF}${conversation}`
    const open = this.#open.get(name)
    if (open !== undefined && message !== null) this.#options.tell(open.webContents, { type: 'show', conversation, message })
    const spare = open === undefined ? this.#takeSpare() : null
    if (spare === null) await this.#show(name, CHAT, { conversation: String(conversation), ...(message === null ? {} : { message: String(message) }) })
    else {
      this.#options.tell(spare.webContents, { type: 'show', conversation, message })
      const placement = this.#visible(await this.#recall(name))
      if (placement !== null) spare.setBounds(placement)
      this.#keep(name, spare)
      if (placement?.maximized === true) spare.maximize()
      spare.show()
      spare.focus()
    }
    this.#spareLater()
  }

  /** Called when the page of the spare window can be given a conversation. */
  ready(contents: WebContents): void {
    if (this.#spare?.webContents === contents) this.#spareIsReady = true
  }

  /** Opens the picture viewer; an open one comes to the front and shows that picture. */
  async openViewer(conversation: ConversationId, id: number): Promise<void> {
    const open = this.#open.get('viewer')
    if (open !== undefined) this.#options.tell(open.webContents, { type: 'view', conversation, id })
    await this.#show('viewer', VIEWER, { conversation: String(conversation), id: String(id) })
  }

  /** Stores which chats have their own window, for the next start. */
  async rememberChats(): Promise<void> {
    const chats = [...this.#open.keys()].flatMap((name) => (name.startsWith(CHAT_OF) ? [Number(name.slice(CHAT_OF.length))] : []))
    await this.#options.remember(CHATS, JSON.stringify(chats))
  }

  /** Reopens the chat windows that were open when the app quit. */
  async reopenChats(isThere: (conversation: ConversationId) => Promise<boolean>): Promise<void> {
    const remembered = z.array(ConversationId).safeParse(JSON.parse((await this.#options.recall(CHATS)) ?? '[]'))
    for (const conversation of remembered.success ? remembered.data : []) if (await isThere(conversation)) await this.openChat(conversation, null)
  }

  /** Shows the progress of file transfers, 0 to 1, on the app's icon; null if there are none. */
  setProgress(share: number | null): void {
    this.#open.get('main')?.setProgressBar(share ?? -1)
  }

  /** Sets the unread mark on the main window's icon, an overlay that only Windows has; `words` null removes it. */
  setUnread(words: string | null): void {
    this.#unread = words
    this.#markUnread()
  }
  #markUnread(): void {
    if (process.platform !== 'win32') return
    const icon = this.#unread === null ? null : nativeImage.createFromPath(this.#options.unreadIcon)
    this.#open.get('main')?.setOverlayIcon(icon, this.#unread ?? '')
  }

  #takeSpare(): BrowserWindow | null {
    const spare = this.#spareIsReady ? this.#spare : null
    if (spare === null) return null
    this.#spare = null
    this.#spareIsReady = false
    return spare.isDestroyed() ? null : spare
  }

  #spareLater(): void {
    if (this.#spareTimer !== null) clearTimeout(this.#spareTimer)
    this.#spareTimer = setTimeout(() => {
      if (this.#spare !== null || this.#open.size === 0) return
      this.#spare = this.#create(CHAT, null)
      this.#load(this.#spare, CHAT, {})
    }, SPARE_MS)
  }

  #dropSpare(): void {
    if (this.#spareTimer !== null) clearTimeout(this.#spareTimer)
    this.#spare?.destroy()
    this.#spare = null
    this.#spareIsReady = false
  }

  close(contents: WebContents): void {
    BrowserWindow.fromWebContents(contents)?.close()
  }

  closeChats(): void {
    for (const [name, window] of this.#open) if (name !== 'main') window.close()
    this.#dropSpare()
  }

  /** Page with the keyboard focus, if it is one of ours. */
  get focused(): WebContents | null {
    return BrowserWindow.getFocusedWindow()?.webContents ?? null
  }

  /** Brings the main window to the front and sends it an event. */
  async showInMain(event: AppEvent): Promise<void> {
    await this.openMain()
    const main = this.#open.get('main')
    if (main === undefined) return
    if (this.#shown === main.webContents) this.#options.tell(main.webContents, event)
    else this.#waiting.push(event)
  }

  /** Called when the main window's page listens. */
  shown(contents: WebContents): void {
    if (this.#open.get('main')?.webContents !== contents) return
    this.#shown = contents
    for (const event of this.#waiting.splice(0)) this.#options.tell(contents, event)
  }

  focusMain(): void {
    const main = this.#open.get('main')
    if (main?.isMinimized() === true) main.restore()
    main?.show()
  }

  async #show(name: string, kind: Kind, query: Record<string, string>): Promise<void> {
    const open = this.#open.get(name)
    if (open !== undefined) {
      if (open.isMinimized()) open.restore()
      open.show()
      open.focus()
      return
    }
    const placement = this.#visible(await this.#recall(name))
    const prepared = name === 'main' ? this.#takePrepared(placement) : null
    const window = prepared?.window ?? this.#create(kind, placement)
    const show = (): void => {
      if (window.isDestroyed()) return
      if (placement?.maximized === true) window.maximize()
      window.show()
      if (name !== 'main') return
      this.#markUnread()
    }
    this.#keep(name, window)
    void (prepared?.painted ?? painted(window)).then(show)
    if (prepared === null) this.#load(window, kind, query)
  }

  /** The prepared main window, as the settings want it. */
  #takePrepared(placement: Placement | null): { window: BrowserWindow; painted: Promise<void> } | null {
    const prepared = this.#prepared
    this.#prepared = null
    if (prepared === null || prepared.window.isDestroyed()) return null
    if (placement !== null) prepared.window.setBounds({ x: placement.x, y: placement.y, width: placement.width, height: placement.height })
    prepared.window.setBackgroundColor(background())
    prepared.window.webContents.setZoomFactor(this.#zoom)
    return prepared
  }

  #create(kind: Kind, placement: Placement | null): BrowserWindow {
    const window = new BrowserWindow({
      ...(placement === null
        ? fitting(kind, screen.getPrimaryDisplay().workArea)
        : { x: placement.x, y: placement.y, width: placement.width, height: placement.height }),
      minWidth: kind.minWidth,
      minHeight: kind.minHeight,
      show: false,
      title: 'Mnemo',
      icon: this.#options.icon,
      autoHideMenuBar: true,
      // the page's own background, so that nothing flashes before its first paint
      backgroundColor: background(),
      webPreferences: {
        preload: this.#options.preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        spellcheck: true,
        zoomFactor: this.#zoom
      }
    })
    this.#guard(window)
    this.#options.onCreated(window.webContents)
    return window
  }

  #load(window: BrowserWindow, kind: Kind, query: Record<string, string>): void {
    const url = new URL(`${ORIGIN}/windows/${kind.name}/index.html`)
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
    window.loadURL(url.href).catch((error: unknown) => this.#options.warn(`window ${kind.name}: ${String(error)}`))
  }

  /** Registers a window that the user has open, under a name. */
  #keep(name: string, window: BrowserWindow): void {
    this.#open.set(name, window)
    this.#keepPlace(name, window)
    const seen = (): void => this.#options.onVisible([...this.#open.values()].some((one) => !one.isDestroyed() && one.isVisible() && !one.isMinimized()))
    window.on('closed', () => {
      this.#open.delete(name)
      // the spare window is dropped when no visible window is left
      if (this.#open.size === 0) this.#dropSpare()
      seen()
    })
    window.on('show', seen)
    window.on('hide', seen)
    window.on('minimize', seen)
    window.on('restore', seen)
    // a long opening of the store has shown it already
    if (window.isVisible()) seen()
  }

  /** Allows only our own pages in our own windows. */
  #guard(window: BrowserWindow): void {
    const contents = window.webContents
    contents.on('will-navigate', (event) => {
      // a page may only reload itself
      if (event.url !== contents.getURL()) event.preventDefault()
    })
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      // xmpp: links are handled here, whatever program the system has for them
      if (/^xmpp:/.test(url)) void this.showInMain({ type: 'link', uri: url })
      else if (/^(https?|mailto|tel):/.test(url)) shell.openExternal(url).catch((error: unknown) => this.#options.warn(`opening a link: ${String(error)}`))
      return { action: 'deny' }
    })
    recoverPage(window, {
      words: () => this.#options.words(),
      inReserve: () => this.#spare === window,
      drop: () => {
        this.#dropSpare()
        this.#spareLater()
      },
      warn: (message) => this.#options.warn(message)
    })
  }

  #keepPlace(name: string, window: BrowserWindow): void {
    let timer: NodeJS.Timeout | null = null
    const save = (): void => {
      if (timer !== null) clearTimeout(timer)
      timer = null
      if (window.isDestroyed() || window.isMinimized()) return
      const placement: Placement = { ...window.getNormalBounds(), maximized: window.isMaximized() }
      this.#options
        .remember(`window:${name}`, JSON.stringify(placement))
        .catch((error: unknown) => this.#options.warn(`remembering a window: ${String(error)}`))
    }
    const later = (): void => {
      if (timer !== null) clearTimeout(timer)
      timer = setTimeout(save, SAVE_MS)
    }
    window.on('resize', later)
    window.on('move', later)
    window.on('close', save)
    window.on('closed', () => {
      if (timer !== null) clearTimeout(timer)
    })
  }

  async #recall(name: string): Promise<Placement | null> {
    return parsePlacement(await this.#options.recall(`window:${name}`))
  }

  /** A stored placement, unless the screen it was on is gone. */
  #visible(placement: Placement | null): Placement | null {
    if (placement === null) return null
    const { workArea } = screen.getDisplayMatching(placement)
    return isReachable(placement, workArea) ? { ...placement, ...fitting(placement, workArea) } : null
  }

  /** Moves windows that are out of reach to a screen that exists, after one was unplugged or became smaller. */
  #gather(): void {
    for (const window of this.#open.values()) {
      if (window.isDestroyed() || window.isMaximized() || window.isMinimized()) continue
      const bounds = window.getNormalBounds()
      const { workArea } = screen.getDisplayMatching(bounds)
      if (!isReachable(bounds, workArea)) window.setBounds(centred(bounds, screen.getPrimaryDisplay().workArea))
    }
  }
}
