/** Update server packed with this build. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/**
 * `url`: folder of the announcements and installers, https. `page`: address of the download page.
 * `key`: public key of the announcements' signatures, Ed25519, PEM.
 */
const Source = z.object({ url: z.url({ protocol: /^https?$/ }), page: z.url({ protocol: /^https$/ }), key: z.string().min(1) })
export type UpdateSource = z.infer<typeof Source> & {
  /** Path of electron-updater's own configuration, which names its folder and, on Windows, the publisher. */
  config: string
}

/** Kinds of installation. Each `by-hand` is replaced by its user, or by the system's package manager. */
export type Installation = 'appimage' | 'nsis' | 'mac' | 'by-hand'

/** Source in `folder` (the packed app's resources); null if this build has none. */
export function updateSource(folder: string | null): UpdateSource | null {
  if (folder === null) return null
  const [file, config] = [join(folder, 'updates.json'), join(folder, 'app-update.yml')]
  if (!existsSync(file) || !existsSync(config)) return null
  return { ...Source.parse(JSON.parse(readFileSync(file, 'utf8'))), config }
}

/**
 * Detects the kind. An AppImage's runtime sets its own path; Windows' portable version unpacks itself at each start; the Microsoft Store delivers
 * its own updates.
 */
export function installation(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, windowsStore = false): Installation {
  if (platform === 'darwin') return 'mac'
  if (platform === 'win32') return windowsStore || env['PORTABLE_EXECUTABLE_DIR'] !== undefined ? 'by-hand' : 'nsis'
  return env['APPIMAGE'] !== undefined && env['APPIMAGE'] !== '' ? 'appimage' : 'by-hand'
}
