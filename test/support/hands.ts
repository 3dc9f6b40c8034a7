/** Simulated input on the desktop of the end-to-end tests, by xdotool: for everything outside of pages, such as system dialogs. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import type { Desktop } from '../../tools/start/desktop.ts'
import { ids } from '../../tools/start/desktop.ts'
import type { RunningApp } from '../../tools/start/drive.ts'
import { sharedHost } from './desktop.ts'

const run = promisify(execFile)
const WAIT_S = 120

/** Runs a program on the desktop as its user and returns its output. Rejects if it does not exit with 0 within two minutes. */
export async function onDesktop({ env, account }: Desktop, program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(program, args, { env: { ...process.env, LC_ALL: 'C.UTF-8', ...env }, ...ids(account), timeout: WAIT_S * 1000, cwd: '/' })
  return stdout
}

/** Titles of the visible windows, by X id. */
export async function windowTitles(desktop: Desktop): Promise<Map<string, string>> {
  const titles = new Map<string, string>()
  // no window is visible, or one closed in the meantime
  const shown = await onDesktop(desktop, 'xdotool', ['search', '--onlyvisible', '--class', '.']).catch(() => '')
  for (const id of shown.split('\n').filter((line) => line !== ''))
    titles.set(id, (await onDesktop(desktop, 'xdotool', ['getwindowname', id]).catch(() => '')).trim())
  return titles
}

/** Id of the window with that title, once it is visible. `timeout`: ms. */
export async function windowTitled(desktop: Desktop, title: string | RegExp, timeout?: number): Promise<string> {
  const fits = (text: string): boolean => (typeof title === 'string' ? text === title : title.test(text))
  let id: string | undefined
  await expect
    .poll(
      async () => {
        const titles = await windowTitles(desktop)
        id = [...titles].find(([, text]) => fits(text))?.[0]
        return id === undefined ? [...titles.values()] : 'shown'
      },
      { interval: 200, message: `a window titled ${String(title)}`, ...(timeout === undefined ? {} : { timeout }) }
    )
    .toBe('shown')
  return id ?? ''
}

/** Drags from one point of the screen to another with several movements: a drag begins with a movement, and a target answers each. */
export async function drag(desktop: Desktop, from: readonly [number, number], to: readonly [number, number]): Promise<void> {
  const move = (share: number): string[] => [
    'mousemove',
    ...[0, 1].map((axis) => String(Math.round((from[axis] ?? 0) + ((to[axis] ?? 0) - (from[axis] ?? 0)) * share)))
  ]
  await onDesktop(desktop, 'xdotool', [...move(0), 'mousedown', '1'])
  for (let step = 1; step <= 10; step++) await onDesktop(desktop, 'xdotool', move(step / 10))
}

/** Middle of another program's window, in screen coordinates. */
export async function middleOf(desktop: Desktop, id: string): Promise<[number, number]> {
  const place = await onDesktop(desktop, 'xdotool', ['getwindowgeometry', '--shell', id])
  const [x = 0, y = 0] = ['X', 'Y'].map((name) => Number(new RegExp(`^${name}=(-?\\d+)`, 'm').exec(place)?.[1]))
  return [x + 100, y + 100]
}

/** Puts text on the desktop's clipboard. */
export const putOnClipboard = (desktop: Desktop, text: string): Promise<string> =>
  // xclip stays alive to serve it, without our pipes
  onDesktop(desktop, 'sh', ['-c', 'printf %s "$1" | xclip -selection clipboard >/dev/null 2>&1', 'sh', text])

/** Presses keys in a window that has the focus. GTK: Ctrl+L shows the path field and focuses it. */
async function press(desktop: Desktop, window: string, ...keys: string[]): Promise<void> {
  await onDesktop(desktop, 'xdotool', ['windowfocus', '--sync', window])
  await onDesktop(desktop, 'xdotool', ['key', '--clearmodifiers', ...keys])
}

/** Whether the app has the system's file dialogs: the Chromium host has none. */
export const HAS_DIALOGS = sharedHost().kind === 'electron'

/** Enters a file's full path in the system's file dialog, and confirms. */
export async function nameFile(app: RunningApp, title: string, path: string): Promise<void> {
  const { desktop } = app.host
  let dialog = ''
  // keys pressed before the dialog is ready are lost, so its field is read back before confirming
  await expect
    .poll(
      async () => {
        // GTK may show it in another window than the first
        dialog = await windowTitled(desktop, title)
        await press(desktop, dialog, 'ctrl+l', 'ctrl+a')
        // pasted: xdotool types characters missing from the keyboard by remapping it, which slow programs miss
        await putOnClipboard(desktop, path)
        await press(desktop, dialog, 'ctrl+v')
        await putOnClipboard(desktop, 'nothing was copied')
        await press(desktop, dialog, 'ctrl+a', 'ctrl+c')
        return await onDesktop(desktop, 'xclip', ['-selection', 'clipboard', '-o']).catch(() => '')
      },
      { interval: 300, message: 'the path in the field of the dialog' }
    )
    .toBe(path)
  await expect
    .poll(
      async () => {
        if (!(await windowTitles(desktop)).has(dialog)) return 'closed'
        await onDesktop(desktop, 'xdotool', ['key', '--window', dialog, 'Return']).catch(() => '')
        return 'open'
      },
      { interval: 300 }
    )
    .toBe('closed')
}
