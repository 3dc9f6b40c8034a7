/** The Electron that is packed: its own release, or the one for tests where that cannot be had. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repackFolder } from '../setup/electron.mjs'

export const ROOT = join(import.meta.dirname, '../..')

export interface PackedElectron {
  /** Folder with the executable; null: electron-builder fetches the release itself. */
  dist: string | null
  version: string
  /** better-sqlite3's binary, where the one of its package does not run on this Electron. */
  sqlite: string | null
  /** A repack that nobody but tests may run: its installers are not to be published. */
  forTests: boolean
}

/** The version that package.json asks for. */
function ownVersion(): string {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { devDependencies: { electron: string } }
  return devDependencies.electron
}

/** The first version number of Electron's form that its executable names, as it does in its user agent. */
function versionOf(dist: string): string {
  const found = /Electron\/(\d+\.\d+\.\d+)/.exec(readFileSync(join(dist, 'electron')).toString('latin1'))?.[1]
  if (found === undefined) throw new Error(`${dist} holds no Electron whose version can be read.`)
  return found
}

/** Electron for tests (tools/setup): another version than that of the releases, or null where there is none. */
export function electronForTests(): PackedElectron | null {
  const folder = repackFolder()
  const dist = join(folder, 'dist')
  if (!existsSync(join(dist, 'electron'))) return null
  return { dist, version: versionOf(dist), sqlite: join(folder, 'better_sqlite3.node'), forTests: true }
}

/** Electron for installers: the release where it is here, else the one for tests, else what electron-builder may fetch. */
export function electronToPack(): PackedElectron {
  const installed = join(ROOT, 'node_modules/electron/dist')
  const own: PackedElectron = { dist: existsSync(installed) ? installed : null, version: ownVersion(), sqlite: null, forTests: false }
  return own.dist === null ? (electronForTests() ?? own) : own
}
