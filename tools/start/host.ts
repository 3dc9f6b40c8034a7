/** The host of the windows: Electron, its own binary or the one of tools/setup; otherwise the installed Chromium. */
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
  /** The line that says which and why. */
  reason: string
  /** Program and leading arguments; the app's own follow. */
  command: [string, ...string[]]
  desktop: Desktop
  /** Ends what was started for it. */
  stop(): void
}

interface Electron {
  program: string
  /** Electron's own binary, of the version that package.json names. */
  own: boolean
}

/** The binary that is there. The package's own way to ask for it would download it, without a limit of time. */
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
  // the host's sources are TypeScript: compiled once, later starts load no compiler
  process.env['NODE_COMPILE_CACHE'] ??= join(ROOT, 'node_modules/.cache/mnemo/compiled')
  return {
    kind: 'chromium',
    reason: `on the installed Chromium: ${reason}`,
    command: [process.execPath, join(ROOT, 'tools/chromium-host/run.ts'), join(ROOT, 'out/main/index.js')],
    desktop: { env: {}, account: { prefix: [], note: null }, virtual: isHeadless() },
    stop: () => undefined
  }
}

/** The files that the app reads at its start, for the user that it runs as. */
const READ = [
  'package.json',
  'out/main/index.js',
  'out/renderer/windows/main/index.html',
  'native/build/Release/mnemo_tokenizer.node',
  'resources/words.dat',
  'node_modules/better-sqlite3/package.json'
]

export interface HostChoice {
  /** null: Electron where it can be had. */
  wanted: 'electron' | 'chromium' | null
  /** A display of its own, also where the user sits at one. */
  ownDisplay?: boolean
  /** A desktop that was started before, in place of another one. */
  desktop?: Desktop | null
}

/** Throws where no host can be had. */
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
