/** The part of Electron's main-process API that Mnemo uses, on an installed Chromium. */
export { app } from './app.ts'
export { BrowserWindow } from './browser-window.ts'
export { clipboard, dialog, globalShortcut, Menu, nativeImage, Notification, powerMonitor, safeStorage, screen, shell, systemPreferences, Tray } from './desktop.ts'
export { ipcMain } from './ipc-main.ts'
export { nativeTheme } from './native-theme.ts'
export { protocol, session } from './protocol.ts'
export { webContents } from './web-contents.ts'
