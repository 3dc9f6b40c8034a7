/** Blank windows of the app's host: the peer for its memory and its start. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { Browser, findChromium } from '../tools/chromium-host/browser.ts'
import { give } from '../tools/start/account.ts'
import { ids } from '../tools/start/desktop.ts'
import type { Host } from '../tools/start/host.ts'
import { testHost } from '../test/support/desktop.ts'
import { allMemory, memory } from './memory-of.ts'

/** Time until opened windows have come to rest, ms. */
const REST = 6000

export interface Blank {
  /** Proportional memory of all its processes, MB. */
  pss: number
  /** Proportional memory of the main process; with Chromium, of the browser process. */
  main: number
  /** Time from the command to a window that is ready to show, ms. */
  shown: number
}

// no top-level await of readiness: Electron is not ready before its main module has run
const APP = `import { app, BrowserWindow } from 'electron'
app.enableSandbox()
app.whenReady().then(async () => {
  const count = Number(process.argv.at(-1))
  for (let i = 0; i < count; i++) {
    const window = new BrowserWindow({ width: 1080, height: 720, show: false, webPreferences: { sandbox: true } })
    const shown = new Promise((resolve) => window.once('ready-to-show', resolve))
    await window.loadURL('data:text/html,<title>blank</title>')
    await shown
    window.show()
  }
  process.stdout.write('shown\\n')
})
`

async function onElectron({ command, desktop }: Host, windows: number): Promise<Blank> {
  const folder = mkdtempSync(join(tmpdir(), 'mnemo-blank-'))
  mkdirSync(join(folder, 'home'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'blank', version: '1.0.0', type: 'module', main: 'main.js' }))
  writeFileSync(join(folder, 'main.js'), APP)
  give(folder, desktop.account)
  const [program = '', ...args] = command.slice(0, -1)
  const started = Date.now()
  const child = spawn(program, [...args, folder, `--user-data-dir=${join(folder, 'home')}`, String(windows)], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...desktop.env, LANG: 'C.UTF-8' },
    ...ids(desktop.account)
  })
  try {
    await new Promise((resolve, reject) => {
      child.stdout?.once('data', resolve)
      child.once('exit', (code) => reject(new Error(`the blank app ended with ${String(code)}`)))
    })
    const shown = Date.now() - started
    await rest(REST)
    const root = child.pid ?? 0
    return { pss: allMemory(root), main: memory(root).get('main process')?.pss ?? 0, shown }
  } finally {
    child.removeAllListeners('exit')
    child.kill('SIGKILL')
    await rest(200)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function onChromium(windows: number): Promise<Blank> {
  const executable = findChromium()
  if (executable === null) throw new Error('there is no Chromium')
  process.env['MNEMO_HEADLESS'] = '1'
  const folder = mkdtempSync(join(tmpdir(), 'mnemo-blank-'))
  const started = Date.now()
  const browser = new Browser(executable, folder, [])
  const root = browser.process.pid ?? 0
  for (let i = 0; i < windows; i++) await browser.openWindow({ x: 0, y: 0, width: 1080, height: 720 }, false)
  const shown = Date.now() - started
  await rest(REST)
  const blank = { pss: allMemory(root), main: memory(root).get('main process')?.pss ?? 0, shown }
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
  return blank
}

/** Starts the host with so many blank windows, and measures it at rest. */
export async function blank(windows: number): Promise<Blank> {
  const host = await testHost()
  return host.kind === 'electron' ? onElectron(host, windows) : onChromium(windows)
}
