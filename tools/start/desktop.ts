/**
 * Desktop for Electron's windows: the user's own, or, if there is none, a virtual display (Xvfb) and a D-Bus session.
 * Everything started here ends with this process, however it ends.
 */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, copyFileSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { findProgram } from '../../src/demo/prosody.ts'
import { give, type Account } from './account.ts'

/** Home of root's own windows, when the app runs as another user. */
const HOME_OF_ROOT = '/var/lib/mnemo'
const START_MS = 120_000

export interface Desktop {
  /** Environment of programs on it; '' marks a variable that they must not inherit. */
  env: Record<string, string>
  account: Account
  /** Whether the display is virtual. */
  virtual: boolean
  /** File in which a virtual display keeps its picture (display-picture.ts). */
  frame?: string
}

/** Shell wrapper that kills a program when the pipe to its standard input closes, as it does when this process ends. */
const GUARD =
  'exec 4<&0; "$@" 4<&- </dev/null & child=$!; (cat <&4 >/dev/null; kill "$child" 2>/dev/null) & guard=$!; wait "$child"; status=$?; kill "$guard" 2>/dev/null; exit $status'

/** Starts a program as the desktop's user; it ends with this process. `options.stdio` lacks the first entry. */
export function spawnOn(
  { env, account }: Desktop,
  program: string,
  args: readonly string[],
  stdio: Exclude<SpawnOptions['stdio'], string | undefined> = ['ignore', 'ignore']
): ChildProcess {
  return spawn('/bin/sh', ['-c', GUARD, 'sh', ...account.prefix, program, ...args], {
    stdio: ['pipe', ...stdio],
    env: { ...process.env, ...env },
    ...ids(account),
    cwd: '/'
  })
}
export const ids = ({ uid, gid }: Account): { uid?: number; gid?: number } => (uid === undefined || gid === undefined ? {} : { uid, gid })

/** First line that a program writes to its descriptor 3; if it ends without one, rejects with its last lines on standard error. */
function firstLine({ stdio }: ChildProcess, name: string): Promise<string> {
  const [stream, errors] = [stdio[3], stdio[2]] as [Readable, Readable]
  return new Promise((resolve, reject) => {
    let [text, words] = ['', '']
    errors.on('data', (chunk: Buffer) => (words = (words + chunk.toString('utf8')).slice(-500)))
    const timer = setTimeout(() => reject(new Error(`${name} did not start`)), START_MS)
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8')
      const end = text.indexOf('\n')
      if (end < 0) return
      clearTimeout(timer)
      resolve(text.slice(0, end))
    })
    errors.once('close', () => reject(new Error(`${name} did not start: ${words.trim().split('\n').slice(-3).join(' ')}`)))
  })
}

/**
 * Creates the folder of the displays' sockets, as a system does at its start: on a machine without one, a display of an unprivileged user cannot
 * create it, nor write into one that root created with the usual mask.
 */
export function shareSockets(folder = '/tmp/.X11-unix'): void {
  if (process.getuid?.() !== 0) return
  mkdirSync(folder, { recursive: true })
  const found = lstatSync(folder)
  if (found.isDirectory() && found.uid === 0 && (found.mode & 0o1777) !== 0o1777) chmodSync(folder, 0o1777)
}

/** An X authority file (Xau(3)) with one cookie for any display. */
function authority(cookie: Buffer): Buffer {
  const counted = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])
  const ANY = Buffer.from([0xff, 0xff])
  return Buffer.concat([ANY, counted(Buffer.alloc(0)), counted(Buffer.alloc(0)), counted(Buffer.from('MIT-MAGIC-COOKIE-1')), counted(cookie)])
}

/** The user's own display. As root the app runs as another user, who gets a cookie for it. */
export function ownDesktop(account: Account): Desktop {
  if (account.note === null) return { env: {}, account, virtual: false }
  give(HOME_OF_ROOT, account)
  const run = join(HOME_OF_ROOT, 'run')
  mkdirSync(run, { recursive: true, mode: 0o700 })
  const key = process.env['XAUTHORITY'] ?? join(homedir(), '.Xauthority')
  const copy = join(run, 'Xauthority')
  if (existsSync(key)) copyFileSync(key, copy)
  give(HOME_OF_ROOT, account)
  return { env: { ...homes(HOME_OF_ROOT, run), ...(existsSync(copy) ? { XAUTHORITY: copy } : {}), DBUS_SESSION_BUS_ADDRESS: '' }, account, virtual: false }
}

const homes = (home: string, run: string): Record<string, string> => ({
  HOME: home,
  XDG_CONFIG_HOME: join(home, '.config'),
  XDG_CACHE_HOME: join(home, '.cache'),
  XDG_DATA_HOME: join(home, '.local/share'),
  XDG_RUNTIME_DIR: run
})

export interface VirtualDesktop extends Desktop {
  virtual: true
  /** Folder of its home and run-time files; deleted by stop(). */
  folder: string
  stop(): void
}

/** Whether a virtual desktop can be started here. */
export const hasVirtualDesktop = (): boolean => process.platform === 'linux' && findProgram('Xvfb') !== null && findProgram('dbus-daemon') !== null

/** Starts a display of `size`, a session bus and a home of its own. Throws if Xvfb or dbus-daemon is missing. */
export async function startDesktop(account: Account, size = '1280x900'): Promise<VirtualDesktop> {
  const folder = mkdtempSync(join(tmpdir(), 'mnemo-desktop-'))
  const run = join(folder, 'run')
  mkdirSync(run, { mode: 0o700 })
  const key = join(run, 'Xauthority')
  writeFileSync(key, authority(randomBytes(16)), { mode: 0o600 })
  give(folder, account)
  shareSockets()
  const desktop: VirtualDesktop = {
    env: { ...homes(folder, run), XAUTHORITY: key, WAYLAND_DISPLAY: '', XDG_SESSION_TYPE: 'x11', DBUS_SESSION_BUS_ADDRESS: '' },
    account,
    virtual: true,
    // Xvfb's file for its first screen
    frame: join(run, 'Xvfb_screen0'),
    folder,
    stop() {
      for (const program of programs) program.stdin?.end()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  }
  const programs: ChildProcess[] = []
  try {
    const screen = spawnOn(
      desktop,
      'Xvfb',
      ['-displayfd', '3', '-screen', '0', `${size}x24`, '-auth', key, '-fbdir', run, '-nolisten', 'tcp', '-noreset'],
      ['ignore', 'pipe', 'pipe']
    )
    programs.push(screen)
    desktop.env['DISPLAY'] = `:${await firstLine(screen, 'Xvfb')}`
    const bus = spawnOn(
      desktop,
      'dbus-daemon',
      ['--session', '--nofork', '--nopidfile', '--print-address=3', `--address=unix:path=${join(run, 'bus')}`],
      ['ignore', 'pipe', 'pipe']
    )
    programs.push(bus)
    const address = await firstLine(bus, 'dbus-daemon')
    desktop.env['DBUS_SESSION_BUS_ADDRESS'] = address
    // Chromium asks the system bus about battery and network, and complains if there is none
    if (!existsSync('/run/dbus/system_bus_socket')) desktop.env['DBUS_SYSTEM_BUS_ADDRESS'] = address
    return desktop
  } catch (error) {
    desktop.stop()
    throw error
  }
}
