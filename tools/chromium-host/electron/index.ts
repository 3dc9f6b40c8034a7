/** The part of Electron's main-process API that Mnemo uses, on an installed Chromium; in Electron's order of readiness. */
import { app } from './app.ts'
import * as windows from './browser-window.ts'
import * as desktop from './desktop.ts'
import * as protocols from './protocol.ts'
import { madeWhenReady, usedWhenReady } from './readiness.ts'

export { app }
export { clipboard, desktopCapturer, dialog, Menu, nativeImage, shell, systemPreferences } from './desktop.ts'
export { ipcMain } from './ipc-main.ts'
export { nativeTheme } from './native-theme.ts'

const { isReady } = app
export const BrowserWindow = madeWhenReady('BrowserWindow', windows.BrowserWindow, isReady)
export const Tray = madeWhenReady('Tray', desktop.Tray, isReady)
export const Notification = madeWhenReady('Notification', desktop.Notification, isReady)
export const powerMonitor = usedWhenReady('powerMonitor', desktop.powerMonitor, isReady)
export const safeStorage = usedWhenReady('safeStorage', desktop.safeStorage, isReady)
export const screen = usedWhenReady('screen', desktop.screen, isReady)
export const protocol = usedWhenReady('protocol', protocols.protocol, isReady, ['registerSchemesAsPrivileged'])
export const session = usedWhenReady('session', protocols.session, isReady)
