/** Starts in unusual environments, on a real Electron: a window with text appears, or a dialog with choices. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import type { RunningApp } from '../../../tools/start/drive.ts'
import { give, unprivileged } from '../../../tools/start/account.ts'
import { ids, startDesktop, type VirtualDesktop } from '../../../tools/start/desktop.ts'
import { startApp } from '../../../tools/start/drive.ts'
import { sharedHost, testHost } from '../../support/desktop.ts'
import { onDesktop, windowTitled } from '../../support/hands.ts'
import { testFolder } from '../../support/server.ts'
import { openApp } from '../../support/windows.ts'

const { kind } = sharedHost()
const folder = testFolder()
let app: RunningApp | null = null
let serial = 0
const profile = (): string => join(folder.path, `profile-${serial++}`)
afterEach(async () => {
  await app?.kill()
  app = null
})
afterAll(() => folder.remove())

/** Waits for the sign-in window with all its text on the screen. */
async function showsSignIn(running: RunningApp): Promise<void> {
  const main = await running.window('main')
  await main.locator('form .button.primary').waitFor()
  expect((await main.locator('h1').innerText()).trim()).not.toBe('')
}

test.skipIf(kind !== 'electron').each([
  ['LANG=C', { LANG: 'C', LC_ALL: '', LANGUAGE: '' }],
  ['LANG=C.UTF-8', { LANG: 'C.UTF-8' }],
  ['LANG=POSIX', { LANG: 'POSIX' }],
  ['no LANG', { LANG: '', LC_ALL: '', LC_MESSAGES: '' }],
  ['a language that nobody speaks', { LANG: 'xx_YY.UTF-8', LANGUAGE: 'xx:yy' }],
  ['a name with a modifier', { LANG: 'de_DE@euro' }],
  ['no session bus', { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent', DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/nonexistent' }],
  ['a home folder that is not there', { HOME: '/nonexistent', XDG_CONFIG_HOME: '', XDG_CACHE_HOME: '', XDG_DATA_HOME: '' }]
] as const)('%s: the sign-in shows', async (_, env) => {
  app = await openApp({ profile: profile(), env })
  await showsSignIn(app)
})

test.skipIf(kind !== 'electron').each([['--disable-gpu'], ['--disable-gpu', '--disable-software-rasterizer']])(
  'without a graphics processor (%s): the sign-in shows',
  async (...args) => {
    app = await openApp({ profile: profile(), args })
    await showsSignIn(app)
  }
)

test.skipIf(kind !== 'electron')('on a screen of 800 x 600 the window fits, and nothing of the sign-in is cut off', async () => {
  const host = await testHost()
  const small: VirtualDesktop = await startDesktop(host.desktop.account, '800x600')
  try {
    app = await startApp({ ...host, desktop: small }, { profile: profile() })
    await showsSignIn(app)
    const main = await app.window('main')
    const [width, height] = (await main.evaluate('[outerWidth, outerHeight]')) as [number, number]
    expect(width).toBeLessThanOrEqual(800)
    expect(height).toBeLessThanOrEqual(600)
  } finally {
    await app?.kill()
    app = null
    small.stop()
  }
})

// only root can create a mount namespace
test.skipIf(kind !== 'electron' || process.getuid?.() !== 0)('/dev/shm is full: pages do not crash', async () => {
  const host = await testHost()
  const { uid, gid } = host.desktop.account
  if (uid === undefined || gid === undefined) return
  const [program, ...args] = host.command
  const full = [
    '--mount',
    '--',
    'sh',
    '-c',
    `mount -t tmpfs -o size=64k tmpfs /dev/shm && head -c 65536 /dev/zero > /dev/shm/full; exec setpriv --reuid=${uid} --regid=${gid} --clear-groups "$@"`,
    'sh'
  ]
  const inNamespace = {
    ...host,
    command: ['unshare', ...full, program, ...args] as [string, ...string[]],
    desktop: { ...host.desktop, account: { prefix: [], note: null } }
  }
  const path = profile()
  give(path, host.desktop.account)
  app = await startApp(inNamespace, { profile: path })
  await showsSignIn(app)
})

// a checkout in root's own folder, which no other user may enter
test.skipIf(kind !== 'electron' || process.getuid?.() !== 0)('from a folder that only root can read: the sign-in shows, with the sandbox on', async () => {
  const host = await testHost()
  const closed = join(folder.path, 'closed')
  mkdirSync(closed, { mode: 0o700 })
  writeFileSync(join(closed, 'package.json'), '{}')
  const account = unprivileged([join(closed, 'package.json')])
  expect(account.uid).toBeUndefined()
  const program = host.command.slice(host.desktop.account.prefix.length)
  const [first = '', ...rest] = [...account.prefix, ...program]
  const desktop = await startDesktop(account)
  try {
    app = await startApp({ ...host, command: [first, ...rest], desktop }, { profile: profile() })
    await showsSignIn(app)
  } finally {
    await app?.kill()
    app = null
    desktop.stop()
  }
})

test.skipIf(kind !== 'electron').each([
  [
    'a profile folder that takes nothing',
    (path: string) => {
      mkdirSync(path)
      chmodSync(path, 0o555)
    }
  ],
  ['a profile folder that is a file of somebody else', (path: string) => void mkdirSync(join(path, 'messages.db'), { recursive: true })]
])('%s: a dialog says why and offers another folder', async (_, prepare) => {
  const { desktop, command } = await testHost()
  const path = profile()
  prepare(path)
  const [program, ...args] = command
  const child = spawn(program, [...args, `--profile=${path}`], {
    stdio: 'ignore',
    env: { ...process.env, LANG: 'en_US.UTF-8', ...desktop.env },
    ...ids(desktop.account)
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  try {
    const dialog = await windowTitled(desktop, 'Mnemo')
    await onDesktop(desktop, 'import', ['-window', 'root', join(folder.path, 'dialog.png')])
    expect(existsSync(join(folder.path, 'dialog.png'))).toBe(true)
    // Escape is Quit
    await onDesktop(desktop, 'xdotool', ['windowfocus', '--sync', dialog, 'key', 'Escape'])
    expect(await ended).toBe(1)
  } finally {
    child.kill('SIGKILL')
    chmodSync(path, 0o755)
  }
})
