/** Start of Mnemo when the user logs in to the system. */
import { app } from 'electron'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** Exec values of desktop entries are quoted: https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html */
const quoted = (path: string): string => `"${path.replace(/[\\"`$]/g, '\\$&').replaceAll('%', '%%')}"`

/** Desktop entry that desktops start at login: https://specifications.freedesktop.org/autostart-spec/latest/ */
export const autostartEntry = (command: readonly string[]): string =>
  ['[Desktop Entry]', 'Type=Application', 'Name=Mnemo', `Exec=${command.map(quoted).join(' ')}`, 'Terminal=false', 'X-GNOME-Autostart-enabled=true', ''].join(
    '\n'
  )

/** Sets the start at login. Electron does so on Windows and macOS; on Linux it is a file. */
export async function setStartAtLogin(on: boolean): Promise<void> {
  if (process.platform !== 'linux') {
    app.setLoginItemSettings({ openAtLogin: on })
    return
  }
  const file = join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'autostart', 'mnemo.desktop')
  if (!on) return rm(file, { force: true })
  await mkdir(dirname(file), { recursive: true })
  // an AppImage runs from a mount that disappears when it ends
  const program = process.env['APPIMAGE'] ?? process.execPath
  await writeFile(file, autostartEntry(app.isPackaged ? [program] : [program, app.getAppPath()]))
}
