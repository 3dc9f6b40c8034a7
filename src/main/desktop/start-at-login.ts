/** Whether Mnemo starts when the user signs in to the system. */
import { app } from 'electron'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** Exec values of desktop entries are quoted: https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html */
const quoted = (path: string): string => `"${path.replace(/[\\"`$]/g, '\\$&').replaceAll('%', '%%')}"`

/** The entry that desktops start at sign-in: https://specifications.freedesktop.org/autostart-spec/latest/ */
export const autostartEntry = (command: readonly string[]): string =>
  ['[Desktop Entry]', 'Type=Application', 'Name=Mnemo', `Exec=${command.map(quoted).join(' ')}`, 'Terminal=false', 'X-GNOME-Autostart-enabled=true', ''].join(
    '\n'
  )

/** Electron keeps this on Windows and macOS; Linux has a file for it. */
export async function setStartAtLogin(on: boolean): Promise<void> {
  if (process.platform !== 'linux') {
    app.setLoginItemSettings({ openAtLogin: on })
    return
  }
  const file = join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'autostart', 'mnemo.desktop')
  if (!on) return rm(file, { force: true })
  await mkdir(dirname(file), { recursive: true })
  // an AppImage runs from a mount that is gone afterwards
  const program = process.env['APPIMAGE'] ?? process.execPath
  await writeFile(file, autostartEntry(app.isPackaged ? [program] : [program, app.getAppPath()]))
}
