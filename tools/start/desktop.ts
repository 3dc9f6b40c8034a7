/**
 * The desktop that Electron's windows stand on: the user's own, or, where there is none, a virtual display (Xvfb) and a D-Bus session.
 * All that is started here ends with this process, however it ends.
 */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, copyFileSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { findProgram } from '../../src/demo/prosody.ts'
import { give, type Account } from './account.ts'

/** Where root's own windows keep their profile, when the app runs as another user. */
const HOME_OF_ROOT = '/var/lib/mnemo'
const START_MS = 30_000

export interface Desktop {
  /** The environment of programs on it; '' stands for a variable that they must not inherit. */
  env: Record<string, string>
  account: Account
  /** It is a virtual one. */
  virtual: boolean
  /** The file in which a virtual display keeps what it shows (display-picture.ts). */
  frame?: string
}

/** Ends a program's process when the pipe to its standard input closes, as it does when we end. */
const GUARD =
  'exec 4<&0; "$@" 4<&- </dev/null & child=$!; (cat <&4 >/dev/null; kill "$child" 2>/dev/null) & guard=$!; wait "$child"; status=$?; kill "$guard" 2>/dev/null; exit $status'

/** Starts a program as the desktop's user; it ends with us. `options.stdio` lacks the first entry. */
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

/** The first line that a program writes to its descriptor 3; where it ends without one, its last words on standard error are the reason. */
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
 * Makes the folder of the displays' sockets, as a system's own start does: on a machine without one, a display of an unprivileged
 * user cannot make it, nor write into one that root made with the usual mask.
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

/** The display that the user sits at. As root the app runs as another user, who is given the key to it. */
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
  /** Its home and run-time folders; gone after stop(). */
  folder: string
  stop(): void
}

/** Whether a virtual desktop can be made here. */
export const hasVirtualDesktop = (): boolean => process.platform === 'linux' && findProgram('Xvfb') !== null && findProgram('dbus-daemon') !== null

/** Starts a display of `size`, a session bus and a home of its own. Throws where Xvfb or dbus-daemon is missing. */
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
    // Xvfb's name for its first screen
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
    // Chromium asks the system's bus for the battery and the network, and complains where there is none
    if (!existsSync('/run/dbus/system_bus_socket')) desktop.env['DBUS_SYSTEM_BUS_ADDRESS'] = address
    return desktop
  } catch (error) {
    desktop.stop()
    throw error
  }
}
