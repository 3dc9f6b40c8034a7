/** Builds the app out of its parts. */
import { app, powerMonitor } from 'electron'
import { join } from 'node:path'
import { findAssets, projectRoot, unreadIcon, windowIcon } from '../engine/assets.ts'
import type { Log } from '../engine/log.ts'
import { migrations } from '../engine/store/migrations/index.ts'
import { applySettings, languageOf } from './desktop/appearance.ts'
import { keyring } from './desktop/keyring.ts'
import { installMenu } from './desktop/menu.ts'
import { Notifications } from './desktop/notifications.ts'
import { offerTextMenu } from './desktop/text-menu.ts'
import { AppTray, hasTray } from './desktop/tray.ts'
import { WORDS } from './desktop/words.ts'
import { EventHub } from './ipc/event-hub.ts'
import { createHandlers, explain } from './ipc/handlers.ts'
import { route } from './ipc/router.ts'
import type { LinkInbox } from './links.ts'
import { Profile } from './profile.ts'
import { installation, updateSource } from './updates/source.ts'
import type { Trial, Trials } from './updates/trial.ts'
import { Updates } from './updates/updates.ts'
import { ORIGIN, serveScheme } from './windows/scheme.ts'
import { Windows } from './windows/windows.ts'

const SLOW_MS = 100
/** Time after which a window tells that the store is being opened, ms: an update of Mnemo converts a large one first. */
const SLOW_OPEN_MS = 2000

export interface ComposeOptions {
  /** Folder of the profile; it is writable. */
  folder: string
  log: Log
  logFile: string
  links: LinkInbox
  /** Trials of new versions, and the trial that this start belongs to; null if there is none. */
  trials: Trials
  trial: Trial | null
}

/** Requires that Electron is ready. Throws where the profile does not open, before there is any window. */
export async function compose({ folder, log, logFile, links, trials, trial }: ComposeOptions): Promise<void> {
  const out = join(projectRoot(), 'out')
  const resources = app.isPackaged ? process.resourcesPath : null
  const profile = new Profile(folder, {
    worker: new URL('./store-worker.js', import.meta.url),
    transferWorker: new URL('./transfer-worker.js', import.meta.url),
    ...findAssets(resources),
    keyring,
    log,
    onTime: (operation, ms) => {
      if (ms > SLOW_MS) log.info(`${operation} took ${Math.round(ms)} ms`)
    }
  })
  const hub = new EventHub()
  const windows = new Windows({
    preload: join(out, 'preload', 'bridge.cjs'),
    icon: windowIcon(resources),
    unreadIcon: unreadIcon(resources),
    recall: (name) => profile.engine.store.read.remembered(name),
    remember: (name, json) => profile.engine.store.write.remember({ name, json }),
    onCreated: (contents) => {
      hub.add(contents)
      offerTextMenu(contents, async () => WORDS[languageOf(await profile.engine.store.read.settings())].text)
    },
    onVisible: (visible) => (profile.engine.active = visible),
    tell: (contents, event) => hub.tell(contents, event),
    words: async () => WORDS[languageOf(await profile.engine.store.read.settings())].page,
    warn: log.warn
  })
  let tray: AppTray | null = null
  const openMain = (): void => void windows.openMain()
  const tellUnread = (unread: number): void =>
    void profile.engine.store.read.settings().then((settings) => {
      const words = WORDS[languageOf(settings)]
      tray?.show(words, unread, openMain)
      windows.setUnread(unread === 0 ? null : words.newMessages(unread))
    })
  const notifications = new Notifications({
    engine: () => profile.engine,
    words: (settings) => WORDS[languageOf(settings)],
    isSeen: (conversation) => windows.focused !== null && hub.shows(windows.focused, conversation),
    open: (conversation, message) => void windows.showInMain({ type: 'show', conversation, message }),
    onUnread: tellUnread,
    warn: log.warn
  })
  profile.on('swapped', (engine) => {
    notifications.restart().catch((error: unknown) => log.warn(`notifications: ${String(error)}`))
    engine.on('changes', (changes) => {
      hub.storeChanged(changes)
      notifications.onChanges(changes)
    })
    engine.agenda.on('scheduled', () => hub.broadcast({ type: 'scheduled' }))
    engine.agenda.on('reminders', (due) => {
      hub.broadcast({ type: 'reminders', due })
      notifications.remind(due).catch((error: unknown) => log.warn(`notifications: ${String(error)}`))
    })
    engine.live.on('change', (changed) => {
      hub.broadcast({ type: 'live', changed: changed.accounts === undefined ? changed : { ...changed, accounts: profile.accounts } })
      if (changed.files !== undefined) windows.setProgress(engine.media.share)
    })
  })

  const updates = new Updates({
    // in an unpackaged app, a test names a folder in place of the resources
    source: updateSource(app.isPackaged ? resources : (process.env['MNEMO_UPDATES'] ?? null)),
    installation: installation(process.platform, process.env, process.windowsStore),
    trials,
    trial,
    schema: migrations.length,
    settings: () => profile.engine.store.read.settings(),
    // updates go through the proxy of an account, if it has one; Chromium takes no password in a proxy's address
    proxy: async () =>
      (await profile.engine.store.read.accounts()).map(({ proxy }) => proxy?.replace(/\/\/[^/@]*@/, '//')).find((proxy) => proxy !== undefined) ?? null,
    tell: (state) => hub.broadcast({ type: 'live', changed: { update: state } }),
    log
  })

  serveScheme(
    join(out, 'renderer'),
    {
      attachment: async (id) => (await profile.engine.files.attachment(id))?.path ?? null,
      thumbnail: (id) => profile.engine.store.read.thumbnail(id),
      avatar: (jid) => profile.engine.people.avatarFile(jid),
      sticker: (id) => profile.engine.media.stickers.file(id)
    },
    app.isPackaged ? null : (process.env['MNEMO_DEV_SERVER'] ?? null)
  )
  const host = process.versions['electron'] === undefined ? 'Chromium' : `Electron ${process.versions['electron']}`
  const opening = Promise.withResolvers<void>()
  route({
    handlers: createHandlers({ profile, hub, windows, updates, host, icon: windowIcon(resources), log: logFile, warn: log.warn }),
    opened: opening.promise,
    trusts: (url) => url.startsWith(`${ORIGIN}/`),
    explain,
    warn: log.warn
  })
  installMenu()
  windows.prepareMain()
  const slow = setTimeout(() => windows.showPrepared(), SLOW_OPEN_MS)
  if (app.commandLine.hasSwitch('demo')) await profile.openDemo(app.commandLine.hasSwitch('offline'))
  else await profile.open()
  clearTimeout(slow)
  updates.opened()
  const settings = await profile.engine.store.read.settings()
  applySettings(settings)
  windows.zoom = settings.zoom / 100
  opening.resolve()

  app.setAsDefaultProtocolClient('xmpp')
  app.on('activate', () => void windows.openMain())
  app.on('window-all-closed', () => {
    if (process.platform === 'darwin') return
    void profile.engine.store.read.settings().then(({ stayInTray }) => {
      if (tray === null || !stayInTray) app.quit()
    })
  })
  powerMonitor.on('resume', () => profile.engine.wake())
  let closed = false
  app.on('before-quit', () => {
    if (closed) return
    windows.rememberChats().catch((error: unknown) => log.warn(String(error)))
  })
  app.on('will-quit', (event) => {
    if (closed) return
    event.preventDefault()
    closed = true
    void profile.close().finally(() => app.quit())
  })
  if (hasTray()) tray = new AppTray(windowIcon(resources), openMain)
  await windows.openMain()
  updates.start()
  await windows.reopenChats(async (id) => (await profile.engine.store.read.conversation(id)) !== null)
  links.deliverTo({
    link: (uri) => void windows.showInMain({ type: 'link', uri }),
    again: () => {
      windows.focusMain()
      openMain()
    }
  })
}
