/** Desktop integration on a real Electron: notifications, tray, keyring, links, clipboard, menus, dragging, sleep. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { give } from '../../../tools/start/account.ts'
import { ids, spawnOn, type Desktop } from '../../../tools/start/desktop.ts'
import { sharedHost } from '../../support/desktop.ts'
import { ROOT } from '../../support/files.ts'
import { drag, middleOf, nameFile, onDesktop, putOnClipboard, windowTitled } from '../../support/hands.ts'
import { Service } from '../../support/services.ts'
import { Story } from '../../support/story.ts'

const ON_ELECTRON = sharedHost().kind === 'electron'
const SUPPORT = join(ROOT, 'test/support')
// no server-side set-up: notifications come from real messages
const story = ON_ELECTRON ? new Story() : null
let desktop: Desktop
let main: Page
let services: Service
const programs: { stdin: { end(): void } | null }[] = []

/** The story, which exists only on Electron. */
function told(): Story {
  if (story === null) throw new Error('there is no Electron')
  return story
}

beforeAll(async () => {
  if (!ON_ELECTRON) return
  const { testHost } = await import('../../support/desktop.ts')
  desktop = (await testHost()).desktop
  const folder = told().folder
  writeFileSync(join(folder, 'dunstrc'), '[global]\n  timeout = 0\n  history_length = 100\n')
  programs.push(spawnOn(desktop, 'dunst', ['-conf', join(folder, 'dunstrc')]))
  const keyring = spawnOn(desktop, 'sh', ['-c', 'printf "secret\\n" | gnome-keyring-daemon --unlock --components=secrets --foreground'])
  programs.push(keyring)
  services = new Service(desktop, join(SUPPORT, 'desktop_services.py'))
  await services.heard('ready')
  // both are ready once they own their names on the bus
  for (const name of ['org.freedesktop.Notifications', 'org.freedesktop.secrets'])
    await onDesktop(desktop, 'gdbus', ['wait', '--session', '--timeout', '110', name])
  // on Linux, Electron sets icon badges only on Unity and KDE; xdg-open(1) treats Unity with the last value as a kind of GNOME
  main = await told().open(['--password-store=gnome-libsecret'], {
    XDG_CURRENT_DESKTOP: 'Unity',
    CHROME_DESKTOP: 'mnemo.desktop',
    GNOME_DESKTOP_SESSION_ID: 'this-is-deprecated'
  })
})
afterAll(() => {
  services?.stop()
  for (const { stdin } of programs) stdin?.end()
})

/** Installs a desktop program that opens pages and texts; it writes down each on a line. */
function putOpener(folder: string): string {
  const opened = join(folder, 'opened')
  const data = desktop.env['XDG_DATA_HOME'] ?? ''
  const types = ['x-scheme-handler/https', 'text/plain']
  const entry = ['[Desktop Entry]', 'Type=Application', 'Name=Opener', `Exec=sh -c 'printf "%%s\\n" "$1" >> ${opened}' sh %u`, `MimeType=${types.join(';')};`]
  mkdirSync(join(data, 'applications'), { recursive: true })
  writeFileSync(join(data, 'applications/opener.desktop'), entry.join('\n'))
  writeFileSync(join(data, 'applications/mimeapps.list'), ['[Default Applications]', ...types.map((type) => `${type}=opener.desktop`)].join('\n'))
  writeFileSync(opened, '')
  give(data, desktop.account)
  give(folder, desktop.account)
  return opened
}

/** Bob writes to Alice. */
async function say(text: string): Promise<void> {
  const { bob } = told()
  await bob.messages.send((await bob.conversations.start('alice@localhost', 'direct', null)).id, text)
}

interface Notice {
  summary: string
  body: string
  id: number
}

/** Notifications that dunst shows or has shown. */
async function notices(): Promise<Notice[]> {
  const { data } = JSON.parse(await onDesktop(desktop, 'dunstctl', ['history'])) as { data: Record<string, { data: unknown }>[][] }
  return data.flat().map((one) => ({ summary: String(one['summary']?.data), body: String(one['body']?.data), id: Number(one['id']?.data) }))
}
const displayed = async (): Promise<number> => Number((await onDesktop(desktop, 'dunstctl', ['count', 'displayed'])).trim())

test.skipIf(!ON_ELECTRON)("the store's key is sealed by the keyring", () => {
  expect(existsSync(join(told().profile, 'store-key.sealed'))).toBe(true)
  expect(existsSync(join(told().profile, 'store-key'))).toBe(false)
  // Chromium's prefix of a value sealed with the keyring's key; 'v10' would be the publicly known password
  expect(readFileSync(join(told().profile, 'store-key.sealed')).toString('latin1', 0, 3)).toBe('v11')
})

test.skipIf(!ON_ELECTRON)('a message shows a notification, which disappears when it is read', async () => {
  await say('晚上一起吃饭吗')
  await expect.poll(displayed).toBe(1)
  await main.locator('[data-jid="bob@localhost"]').click()
  await main.locator('.row', { hasText: '晚上一起吃饭吗' }).waitFor()
  await expect.poll(displayed).toBe(0)
  expect(await notices()).toContainEqual(expect.objectContaining({ summary: 'Bob', body: '晚上一起吃饭吗' }))
})

test.skipIf(!ON_ELECTRON)('a click on a notification opens its conversation in the window, in front', async () => {
  await main.locator('[data-jid="carol@localhost"]').click()
  await main.locator('.head', { hasText: 'Carol' }).first().waitFor()
  await say('那就六点')
  await expect.poll(displayed).toBe(1)
  await onDesktop(desktop, 'dunstctl', ['action', '0'])
  await main.locator('.row', { hasText: '那就六点' }).waitFor()
  await expect.poll(() => main.evaluate('document.hasFocus()')).toBe(true)
  // dunst keeps a notification until it is closed, as by its middle click
  await onDesktop(desktop, 'dunstctl', ['close-all'])
})

/** Properties of the app's launcher icon; each signal contains the changed ones. */
const icon: Record<string, unknown> = {}
async function iconShows(fits: () => boolean): Promise<void> {
  while (!fits()) Object.assign(icon, await services.heard('launcher'))
}

test.skipIf(!ON_ELECTRON)("the app's icon shows the number of unread messages and the progress of a file", async () => {
  await main.locator('[data-jid="carol@localhost"]').click()
  await main.locator('.head', { hasText: 'Carol' }).first().waitFor()
  await say('一')
  await say('二')
  await iconShows(() => icon['count'] === 2 && icon['count_visible'] === 1)
  await main.locator('[data-jid="bob@localhost"]').click()
  await iconShows(() => icon['count_visible'] === 0)
  const file = join(told().folder, 'large.bin')
  writeFileSync(file, Buffer.alloc(2 * 1024 * 1024))
  await main.setInputFiles('input[type=file]', file)
  await main.locator('[data-test=send-files]').click()
  await iconShows(() => icon['progress_visible'] === 1 && Number(icon['progress']) > 0)
  await iconShows(() => icon['progress_visible'] === 0)
})

test.skipIf(!ON_ELECTRON)('the tray has an icon, a tip and a menu; a click brings the window', async () => {
  const shown = await services.ask({ do: 'tray' }, 'tray')
  expect(shown['menu']).toEqual(['打开 Mnemo', '退出'])
  expect(Number(shown['pixels']) > 0 || shown['icon'] !== '').toBe(true)
  await services.ask({ do: 'click' }, 'clicked')
  expect(await main.evaluate('document.visibilityState')).toBe('visible')
})

test.skipIf(!ON_ELECTRON)('after sleep the connection is checked', async () => {
  await services.ask({ do: 'sleep', asleep: true }, 'slept')
  // Chromium drops the DevTools connections when it hears of the sleep; one made before that would be lost, too
  await told().app.released()
  await services.ask({ do: 'sleep', asleep: false }, 'slept')
  await told().app.attachAgain()
  main = await told().app.window('main')
  await say('醒了吗')
  await main.locator('.row, .preview', { hasText: '醒了吗' }).first().waitFor()
})

test.skipIf(!ON_ELECTRON)('a second start hands its link to the first and ends; without a link it brings the window', async () => {
  const { command } = told().app.host
  const again = (...args: string[]): Promise<number | null> => {
    const [program, ...leading] = command
    const child = spawn(program, [...leading, `--profile=${told().profile}`, ...args], {
      stdio: 'ignore',
      env: { ...process.env, ...desktop.env },
      ...ids(desktop.account)
    })
    return new Promise((resolve) => child.once('exit', resolve))
  }
  expect(await again()).toBe(0)
  expect(await again('xmpp:carol@localhost?message')).toBe(0)
  await expect.poll(() => main.locator('[name=jid]').inputValue()).toBe('carol@localhost')
  await main.keyboard.press('Escape')
  await main.locator('.dialog').waitFor({ state: 'detached' })
  expect(
    told()
      .app.windows()
      .filter((page) => page.url().includes('/windows/main/'))
  ).toHaveLength(1)
})

test.skipIf(!ON_ELECTRON)('a picture is pasted from the clipboard of another program, and a text goes to it', async () => {
  const picture = join(ROOT, 'resources/icon.png')
  await onDesktop(desktop, 'sh', ['-c', 'xclip -selection clipboard -t image/png -i "$1" >/dev/null 2>&1', 'sh', picture])
  await main.bringToFront()
  await main.locator('[data-test=composer]').click()
  await main.keyboard.press('Control+v')
  await main.locator('[data-test=chosen-files] img').waitFor()
  await main.keyboard.press('Escape')
  await main.locator('[data-test=chosen-files]').waitFor({ state: 'detached' })
  await main.locator('.bubble', { hasText: '醒了吗' }).last().click({ button: 'right' })
  await main.locator('.menu-item', { hasText: '复制' }).first().click()
  await expect.poll(() => onDesktop(desktop, 'xclip', ['-selection', 'clipboard', '-o'])).toBe('醒了吗')
})

test.skipIf(!ON_ELECTRON)('the context menu of a text is native: it copies', async () => {
  await main.fill('[data-test=composer]', 'native menu')
  await main.locator('[data-test=composer]').click()
  await main.keyboard.press('Control+a')
  await putOnClipboard(desktop, 'something else')
  const windows = async (): Promise<number> => (await onDesktop(desktop, 'xwininfo', ['-root', '-children'])).split('\n').length
  const before = await windows()
  await main.locator('[data-test=composer]').click({ button: 'right' })
  await expect.poll(windows).toBeGreaterThan(before)
  // items from the end of the menu: select all, paste, copy
  await onDesktop(desktop, 'xdotool', ['key', 'Up', 'Up', 'Up', 'Return'])
  await expect.poll(() => onDesktop(desktop, 'xclip', ['-selection', 'clipboard', '-o'])).toBe('native menu')
  await main.fill('[data-test=composer]', '')
})

test.skipIf(!ON_ELECTRON)('a file is dragged in from another program', async () => {
  const file = join(told().folder, '会议记录.txt')
  writeFileSync(file, '一二三')
  const other = new Service(desktop, join(SUPPORT, 'drag_window.py'), [file])
  try {
    await other.heard('ready')
    const id = await windowTitled(desktop, 'drag window')
    await drag(desktop, await middleOf(desktop, id), (await main.evaluate('[screenX + outerWidth / 2, screenY + outerHeight / 2]')) as [number, number])
    await main.locator('.drop').waitFor()
    await other.heard('accepted')
    await onDesktop(desktop, 'xdotool', ['mouseup', '1'])
    await main.locator('[data-test=chosen-files]', { hasText: '会议记录.txt' }).waitFor()
    await main.locator('[data-test=send-files]').click()
    await main.locator('.row.own', { hasText: '会议记录.txt' }).waitFor()
  } finally {
    other.stop()
  }
})

test.skipIf(!ON_ELECTRON)("a file opens in the system's program, and is shown in its folder; a link opens in the browser", async () => {
  const opened = putOpener(told().folder)
  const lines = (): string[] => readFileSync(opened, 'utf8').split('\n').slice(0, -1)
  const file = main.locator('.row.own .bubble', { hasText: '会议记录.txt' }).last()
  await file.click({ button: 'right' })
  await main.locator('.menu-item', { hasText: '在文件夹中显示' }).click()
  const { uris } = await services.heard('shown')
  expect(uris).toEqual([expect.stringMatching(/^file:\/\//)])
  await file.locator('[aria-label^=打开]').click()
  await expect.poll(() => lines().length).toBe(1)
  await say('https://example.org/a?b=1#c')
  await main.locator('.bubble a', { hasText: 'example.org' }).last().click()
  await expect.poll(() => lines().at(-1)).toBe('https://example.org/a?b=1#c')
})

test.skipIf(!ON_ELECTRON)("a file is saved by the system's dialog", async () => {
  const target = join(told().folder, 'saved 副本.txt')
  await main.locator('.row.own .bubble', { hasText: '会议记录.txt' }).last().click({ button: 'right' })
  await main.locator('.menu-item', { hasText: '另存' }).click()
  await nameFile(told().app, '保存文件', target)
  await expect.poll(() => (existsSync(target) ? readFileSync(target, 'utf8') : null)).toBe('一二三')
})

test.skipIf(!ON_ELECTRON)('start at login creates an autostart entry, and removes it', async () => {
  await main.click('[data-test=menu]')
  await main.locator('[data-test=settings-item]').click()
  const settings = await told().app.window('settings')
  const entry = join(desktop.env['XDG_CONFIG_HOME'] ?? '', 'autostart/mnemo.desktop')
  const choice = settings.locator('[data-test=switch-login]')
  await choice.click()
  // the file exists before its text is written
  await expect
    .poll(() => (existsSync(entry) ? readFileSync(entry, 'utf8') : ''))
    .toMatch(/^\[Desktop Entry\]\nType=Application\nName=Mnemo\nExec=".*electron" ".*"\n/)
  await choice.click()
  await expect.poll(() => existsSync(entry)).toBe(false)
  await settings.close()
})
