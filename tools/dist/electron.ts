/** Electron that is packed: its own release, or the one for tests if the release is not available. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repackFolder } from '../setup/electron.mjs'

export const ROOT = join(import.meta.dirname, '../..')

export interface PackedElectron {
  /** Folder with the executable; null: electron-builder downloads the release itself. */
  dist: string | null
  version: string
  /** Path of better-sqlite3's binary, if the one in its package does not run on this Electron. */
  sqlite: string | null
  /** Repack for tests only: its installers must not be published. */
  forTests: boolean
}

/** Version required by package.json. */
function ownVersion(): string {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { devDependencies: { electron: string } }
  return devDependencies.electron
}

/** Version that the executable names in its user agent: the first of that form in the file. */
function versionOf(dist: string): string {
  const found = /Electron\/(\d+\.\d+\.\d+)/.exec(readFileSync(join(dist, 'electron')).toString('latin1'))?.[1]
  if (found === undefined) throw new Error(`The version of the Electron in ${dist} cannot be read.`)
  return found
}

/** Electron for tests (tools/setup), of another version than the releases; null if there is none. */
export function electronForTests(): PackedElectron | null {
  const folder = repackFolder()
  const dist = join(folder, 'dist')
  if (!existsSync(join(dist, 'electron'))) return null
  return { dist, version: versionOf(dist), sqlite: join(folder, 'better_sqlite3.node'), forTests: true }
}

/** Electron for installers: the installed release, otherwise the one for tests, otherwise a download by electron-builder. */
export function electronToPack(): PackedElectron {
  const installed = join(ROOT, 'node_modules/electron/dist')
  const own: PackedElectron = { dist: existsSync(installed) ? installed : null, version: ownVersion(), sqlite: null, forTests: false }
  return own.dist === null ? (electronForTests() ?? own) : own
}
