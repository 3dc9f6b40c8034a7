/** Which host runs the app: Electron where its binary is there or can be fetched, otherwise the installed Chromium. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findChromium } from '../chromium-host/browser.ts'

export const ROOT = join(import.meta.dirname, '../..')
/** How long fetching Electron's binary may take. */
const FETCH_MS = 20_000
const AGAIN_AFTER_MS = 24 * 3_600_000
const PACKAGE = join(ROOT, 'node_modules/electron')
/** There since the last fetch failed. */
const FAILED = join(ROOT, 'node_modules/.cache/mnemo/electron-not-fetched')

export interface Host {
  kind: 'electron' | 'chromium'
  /** The line that says which and why. */
  reason: string
  /** Program and leading arguments; the app's own follow. */
  command: [string, ...string[]]
}

/** The binary that is there. The package's own way to ask for it would download it, without a limit of time. */
function electronBinary(): string | null {
  const { ELECTRON_OVERRIDE_DIST_PATH: other } = process.env
  const named = join(PACKAGE, 'path.txt')
  const path = existsSync(named) ? readFileSync(named, 'utf8') : other === undefined ? null : 'electron'
  if (path === null) return null
  const binary = join(other ?? join(PACKAGE, 'dist'), path)
  return existsSync(binary) ? binary : null
}

/** Runs Electron's own installer for a bounded time, once a day at the most; whether it succeeded. */
function fetchElectron(): Promise<boolean> {
  if (existsSync(FAILED) && Date.now() - statSync(FAILED).mtimeMs < AGAIN_AFTER_MS) return Promise.resolve(false)
  process.stdout.write(`Fetching Electron, for at most ${FETCH_MS / 1000} s ...\n`)
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(PACKAGE, 'install.js')], { stdio: 'ignore', env: { ...process.env, ELECTRON_SKIP_BINARY_DOWNLOAD: '' } })
    const timer = setTimeout(() => child.kill('SIGKILL'), FETCH_MS)
    const done = (fetched: boolean): void => {
      clearTimeout(timer)
      if (!fetched) {
        mkdirSync(dirname(FAILED), { recursive: true })
        writeFileSync(FAILED, '')
      }
      resolve(fetched)
    }
    child.on('exit', (code) => done(code === 0))
    child.on('error', () => done(false))
  })
}

function chromium(reason: string): Host {
  // the host's sources are TypeScript: compiled once, later starts load no compiler
  process.env['NODE_COMPILE_CACHE'] ??= join(ROOT, 'node_modules/.cache/mnemo/compiled')
  return { kind: 'chromium', reason, command: [process.execPath, join(ROOT, 'tools/chromium-host/run.ts'), join(ROOT, 'out/main/index.js')] }
}

/** `headless`: there is no display, which Electron cannot do without. Throws where no host can be had. */
export async function chooseHost(wanted: 'electron' | 'chromium' | null, headless: boolean): Promise<Host> {
  if (wanted === 'chromium') return chromium('running on the installed Chromium, as asked')
  if (headless && wanted === null) return chromium('running on the installed Chromium: Electron needs a display')
  let binary = electronBinary()
  if (binary === null && (await fetchElectron())) binary = electronBinary()
  if (binary !== null) return { kind: 'electron', reason: 'running on Electron', command: [binary, ROOT] }
  if (wanted === 'electron') throw new Error("Electron's binary is not installed and could not be fetched; 'npx install-electron' says why.")
  if (findChromium() === null) throw new Error("Electron's binary could not be fetched, and no Chromium is installed (Debian: apt-get install chromium).")
  return chromium("running on the installed Chromium: Electron's binary is not here and could not be fetched")
}
