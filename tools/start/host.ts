/** Which host runs the app: Electron where its binary is there or can be fetched, otherwise the installed Chromium. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { findChromium } from '../chromium-host/browser.ts'

export const ROOT = join(import.meta.dirname, '../..')
/** How long fetching Electron's binary may take. */
const FETCH_MS = 20_000

export interface Host {
  kind: 'electron' | 'chromium'
  /** The line that says which and why. */
  reason: string
  /** Program and leading arguments; the app's own follow. */
  command: [string, ...string[]]
}

function electronBinary(): string | null {
  try {
    const path = createRequire(import.meta.url)('electron') as unknown
    return typeof path === 'string' && existsSync(path) ? path : null
  } catch {
    // the package throws where its binary was not fetched
    return null
  }
}

/** Runs Electron's own installer for a bounded time; whether it succeeded. */
function fetchElectron(): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, 'node_modules/electron/install.js')], { stdio: 'ignore', env: { ...process.env, ELECTRON_SKIP_BINARY_DOWNLOAD: '' } })
    const timer = setTimeout(() => child.kill('SIGKILL'), FETCH_MS)
    child.on('exit', (code) => {
      clearTimeout(timer)
      resolve(code === 0)
    })
    child.on('error', () => resolve(false))
  })
}

const chromium = (reason: string): Host => ({
  kind: 'chromium',
  reason,
  command: [process.execPath, join(ROOT, 'tools/chromium-host/run.ts'), join(ROOT, 'out/main/index.js')]
})

/** `headless`: there is no display, which Electron cannot do without. Throws where no host can be had. */
export async function chooseHost(wanted: 'electron' | 'chromium' | null, headless: boolean): Promise<Host> {
  if (wanted === 'chromium') return chromium('running on the installed Chromium, as asked')
  if (headless && wanted === null) return chromium('running on the installed Chromium: Electron needs a display')
  let binary = electronBinary()
  if (binary === null && process.env['MNEMO_NO_FETCH'] !== '1' && (await fetchElectron())) binary = electronBinary()
  if (binary !== null) return { kind: 'electron', reason: 'running on Electron', command: [binary, ROOT] }
  if (wanted === 'electron') throw new Error("Electron's binary is not installed and could not be fetched (npx install-electron).")
  if (findChromium() === null) throw new Error("Electron's binary could not be fetched, and no Chromium is installed (Debian: apt-get install chromium).")
  return chromium("running on the installed Chromium: Electron's binary is not here and could not be fetched")
}
