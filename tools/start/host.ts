/** Host of the windows: Electron, its own binary or the one of tools/setup; otherwise the installed Chromium. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findChromium, isHeadless } from '../chromium-host/browser.ts'
import { repackFolder } from '../setup/electron.mjs'
import { prepareSandbox, unprivileged } from './account.ts'
import { hasVirtualDesktop, ownDesktop, startDesktop, type Desktop, type VirtualDesktop } from './desktop.ts'

export const ROOT = join(import.meta.dirname, '../..')
const PACKAGE = join(ROOT, 'node_modules/electron')

export interface Host {
  kind: 'electron' | 'chromium'
  /** Line that names the host and the reason for it. */
  reason: string
  /** Program and leading arguments; the app's own follow. */
  command: [string, ...string[]]
  desktop: Desktop
  /** Ends everything started for the host. */
  stop(): void
}

interface Electron {
  program: string
  /** Whether it is Electron's own binary, of the version in package.json. */
  own: boolean
}

/** Installed binary, or null. The package's own lookup would download it, without a time limit. */
function electronBinary(): Electron | null {
  const { ELECTRON_OVERRIDE_DIST_PATH: other } = process.env
  const named = join(PACKAGE, 'path.txt')
  const path = existsSync(named) ? readFileSync(named, 'utf8') : other === undefined ? null : 'electron'
  if (path !== null) {
    const program = join(other ?? join(PACKAGE, 'dist'), path)
    if (existsSync(program)) return { program, own: true }
  }
  const program = join(repackFolder(), 'dist/electron')
  return existsSync(program) ? { program, own: false } : null
}

function chromium(reason: string): Host {
  // the host's sources are TypeScript: with the cache, later starts do not compile them
  process.env['NODE_COMPILE_CACHE'] ??= join(ROOT, 'node_modules/.cache/mnemo/compiled')
  return {
    kind: 'chromium',
    reason: `on the installed Chromium: ${reason}`,
    command: [process.execPath, join(ROOT, 'tools/chromium-host/run.ts'), join(ROOT, 'out/main/index.js')],
    desktop: { env: {}, account: { prefix: [], note: null }, virtual: isHeadless() },
    stop: () => undefined
  }
}

/** Files that the app reads at its start, which must be readable for its user. */
const READ = [
  'package.json',
  'out/main/index.js',
  'out/renderer/windows/main/index.html',
  'native/build/Release/mnemo_tokenizer.node',
  'resources/words.dat',
  'node_modules/better-sqlite3/package.json'
]

export interface HostChoice {
  /** null: Electron if available. */
  wanted: 'electron' | 'chromium' | null
  /** Uses a virtual display even if the user has one. */
  ownDisplay?: boolean
  /** Desktop that is already running, used instead of another one. */
  desktop?: Desktop | null
}

/** Chooses a host. Throws if none is available. */
export async function chooseHost({ wanted, ownDisplay = false, desktop = null }: HostChoice): Promise<Host> {
  if (wanted === 'chromium') return chromium('as asked')
  const needsDisplay = ownDisplay || isHeadless()
  const electron = electronBinary()
  let obstacle: string | null = null
  if (electron === null) obstacle = "Electron's binary is not here and could not be fetched"
  else if (needsDisplay && desktop === null && !hasVirtualDesktop()) obstacle = 'Electron needs a display, and Xvfb and dbus-daemon are not installed'
  else {
    try {
      return await onElectron(electron, needsDisplay, desktop)
    } catch (error) {
      obstacle = error instanceof Error ? error.message : String(error)
    }
  }
  if (wanted === 'electron') throw new Error(`${obstacle}.`)
  if (findChromium() === null) throw new Error(`${obstacle}, and no Chromium is installed (Debian: apt-get install chromium).`)
  return chromium(obstacle)
}

async function onElectron({ program, own }: Electron, needsDisplay: boolean, given: Desktop | null): Promise<Host> {
  const account = given?.account ?? unprivileged([program, ...READ.map((path) => join(ROOT, path)).filter((path) => existsSync(path))])
  prepareSandbox(join(program, '../chrome-sandbox'), account)
  let started: VirtualDesktop | null = null
  if (given === null && needsDisplay) started = await startDesktop(account)
  const desktop = given ?? started ?? ownDesktop(account)
  const [first, ...rest] = account.prefix
  const version = own ? 'Electron' : "Electron 33, for Electron's own binary is not here and could not be fetched"
  const notes = [account.note, desktop.virtual ? 'on a virtual display' : null].filter((note) => note !== null)
  return {
    kind: 'electron',
    reason: `on ${version}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`,
    command: first === undefined ? [program, ROOT] : [first, ...rest, program, ROOT],
    desktop,
    stop: () => started?.stop()
  }
}
