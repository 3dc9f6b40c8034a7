/** Recovery of a real Electron's processes that crash or hang: each is restarted, or the user is asked. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../../src/demo/prosody.ts'
import type { RunningApp } from '../../../tools/start/drive.ts'
import { sharedHost } from '../../support/desktop.ts'
import { onDesktop, windowTitled, windowTitles } from '../../support/hands.ts'
import { inspect } from '../../support/inspected.ts'
import { testFolder } from '../../support/server.ts'
import { openApp, screenshot } from '../../support/windows.ts'

const ON_ELECTRON = sharedHost().kind === 'electron'
const folder = testFolder()
const profile = join(folder.path, 'profile')
let app: RunningApp
let main: Page
/** Port of the main process's inspector. */
let port: number

beforeAll(async () => {
  if (!ON_ELECTRON) return
  port = await freePort()
  app = await openApp({ profile, args: ['--demo', '--offline', `--inspect=127.0.0.1:${port}`], env: { LANG: 'en_US.UTF-8' } })
  main = await app.window('main')
  await main.locator('.item').first().waitFor()
})
afterAll(async () => {
  await app?.kill()
  folder.remove()
})

/** Ids of the app's child processes of that type, by Chromium's command line. */
function processes(type: string): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n')
  return lines.filter((line) => line.includes(`--type=${type}`) && line.includes(profile)).map((line) => Number(line.trim().split(' ')[0]))
}

/** Reattaches to the main window. The DevTools connection ends with the page's process; one made before the page is back never sees it. */
async function again(): Promise<void> {
  await expect
    .poll(
      async () => {
        await app.attachAgain()
        return app.windows().some((page) => page.url().includes('/windows/main/'))
      },
      { interval: 500 }
    )
    .toBe(true)
  main = await app.window('main')
  await main.locator('.item').first().waitFor()
}

/** Presses the first button of a dialog. */
async function answer(dialog: string): Promise<void> {
  await onDesktop(app.host.desktop, 'xdotool', ['windowfocus', '--sync', dialog])
  await onDesktop(app.host.desktop, 'xdotool', ['key', 'Return'])
}

/** Kills all pages, as the system does without memory; all windows share their process. */
function crashPages(): void {
  for (const page of processes('renderer')) process.kill(page, 'SIGKILL')
}

/** Number of page crashes in the log. The log file does not exist until something is logged. */
function ends(): number {
  const log = join(profile, 'logs/mnemo.log')
  return existsSync(log) ? (readFileSync(log, 'utf8').match(/a window's page ended: /g)?.length ?? 0) : 0
}

test.skipIf(!ON_ELECTRON)('all windows share one process of pages', async () => {
  await main.locator('.item').nth(1).dblclick()
  const chat = await app.window('chat')
  await chat.locator('.bubble').first().waitFor()
  expect(processes('renderer')).toHaveLength(1)
  await chat.close()
})

test.skipIf(!ON_ELECTRON)('after a crash of the GPU process, pages are still drawn', async () => {
  const [gpu] = processes('gpu-process')
  if (gpu !== undefined) process.kill(gpu, 'SIGKILL')
  await main.locator('.item').first().click()
  await main.locator('.bubble').first().waitFor()
  // the screenshot has more than one colour: text was drawn, once the new process exists
  await expect.poll(async () => (await main.screenshot()).length).toBeGreaterThan(10_000)
})

test.skipIf(!ON_ELECTRON)('a store thread that ends is restarted; if it ends repeatedly, windows say so and offer a retry', async () => {
  const threads = await inspect(port)
  onTestFinished(() => threads.close())
  const log = (): string => (existsSync(join(profile, 'logs/mnemo.log')) ? readFileSync(join(profile, 'logs/mnemo.log'), 'utf8') : '')
  const problem = main.locator('[data-test=store-problem]')
  for (let time = 1; time <= 3; time++) {
    await threads.end('store-reader')
    // only two conversations: a later test needs an unread one
    const item = main.locator('.item').nth(time % 2)
    await item.click()
    await item.and(main.locator('[aria-current=true]')).waitFor()
    await main.locator('.bubble').first().waitFor()
    await expect.poll(() => log().match(/the reader thread ended[^\n]*: code 7/g)?.length).toBe(time)
    expect(await problem.count()).toBe(0)
  }
  await threads.end('store-reader')
  await problem.waitFor()
  await screenshot(main, 'store-problem')
  expect(log()).toMatch(/the reader thread cannot be started again: it ended 4 times: code 7/)
  await main.evaluate('window.before = true')
  await main.click('[data-test=mend]')
  // the page reloads itself
  await expect.poll(() => main.evaluate('window.before === undefined').catch(() => false)).toBe(true)
  await main.locator('.item').first().waitFor()
  expect(await main.locator('[data-test=store-problem]').count()).toBe(0)
  await main.locator('.item').nth(1).click()
  await main.locator('.bubble').first().waitFor()
  expect(log()).toContain('the reader thread runs again')
})

test.skipIf(!ON_ELECTRON)('an unhandled error is logged; a failed call is reported to the user', async () => {
  await main.evaluate('void setTimeout(() => null.missing)')
  await main.evaluate('void Promise.reject(new Error("Meet me at noon"))')
  const log = (): string => (existsSync(join(profile, 'logs/mnemo.log')) ? readFileSync(join(profile, 'logs/mnemo.log'), 'utf8') : '')
  await expect.poll(log).toMatch(/the main window: TypeError: Cannot read properties of null \(reading 'missing'\)/)
  await expect.poll(log).toMatch(/the main window: Error/)
  expect(log()).not.toContain('noon')
  // longer than the main process accepts: the window does not open
  await main.evaluate('document.querySelector("[data-test=search]").removeAttribute("maxlength")')
  await main.fill('[data-test=search]', 'x'.repeat(1001))
  await main.keyboard.press('Control+Shift+F')
  await main.locator('[data-test=failure]', { hasText: 'This cannot be done' }).waitFor()
  await screenshot(main, 'failure')
  await main.click('[data-test=failure] button')
  await main.locator('[data-test=failure]').waitFor({ state: 'detached' })
  await main.fill('[data-test=search]', '')
})

test.skipIf(!ON_ELECTRON)('crashed windows reload by themselves, drafts included; repeated crashes ask the user once', async () => {
  const kinds = ['main', 'chat', 'settings'] as const
  const open = (): readonly string[] => kinds.filter((kind) => app.windows().some((page) => page.url().includes(`/windows/${kind}/`)))
  await main.keyboard.press('Control+,')
  await app.window('settings')
  // a double click also selects the conversation, and the list shows no draft of the selected one
  const item = (name: string): Locator => main.locator('.item', { hasText: name })
  await item('陈建国').dblclick()
  const chat = await app.window('chat')
  await item('周杰').click()
  await chat.fill('[data-test=composer]', '还没写完')
  await item('还没写完').waitFor()
  const allBack = async (): Promise<void> => {
    await again()
    await expect
      .poll(
        async () => {
          await app.attachAgain()
          return open()
        },
        { interval: 500 }
      )
      .toEqual(kinds)
    await (await app.window('settings')).locator('h1, h2').first().waitFor()
    const talk = await app.window('chat')
    await talk.locator('[data-test=composer]').waitFor()
    expect(await talk.inputValue('[data-test=composer]')).toBe('还没写完')
  }
  for (let time = 0; time < 3; time++) {
    const before = ends()
    crashPages()
    await expect.poll(ends).toBeGreaterThanOrEqual(before + kinds.length)
    await allBack()
  }
  const before = ends()
  crashPages()
  await expect.poll(ends).toBeGreaterThanOrEqual(before + kinds.length)
  const title = 'This window keeps crashing'
  const dialog = await windowTitled(app.host.desktop, title)
  expect([...(await windowTitles(app.host.desktop)).values()].filter((text) => text === title)).toHaveLength(1)
  await answer(dialog)
  await allBack()
  for (const kind of ['chat', 'settings'] as const) await (await app.window(kind)).close()
})

test.skipIf(!ON_ELECTRON)("a hung page is reported, and reloaded on the user's request", async () => {
  await app.quit()
  const before = ends()
  app = await openApp({ profile, args: ['--demo', '--offline'], env: { LANG: 'en_US.UTF-8' }, alone: true })
  const { desktop } = app.host
  const window = await windowTitled(desktop, /^\(\d+\) Mnemo$/)
  for (const page of processes('renderer')) process.kill(page, 'SIGSTOP')
  // Chromium detects a hung page by unanswered input
  await onDesktop(desktop, 'xdotool', ['windowfocus', '--sync', window])
  await onDesktop(desktop, 'xdotool', ['key', 'Down'])
  await answer(await windowTitled(desktop, 'This window is not responding', 90_000))
  await expect.poll(ends).toBeGreaterThan(before)
  await again()
})
