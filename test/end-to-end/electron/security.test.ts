/** Electron's security checklist on a real Electron, in every kind of window: SECURITY.md lists each point. */
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningApp } from '../../../tools/start/drive.ts'
import { sharedHost } from '../../support/desktop.ts'
import { testFolder } from '../../support/server.ts'
import { openApp } from '../../support/windows.ts'

const ON_ELECTRON = sharedHost().kind === 'electron'
const folder = testFolder()
let app: RunningApp
const windows: Page[] = []

beforeAll(async () => {
  if (!ON_ELECTRON) return
  app = await openApp({ profile: join(folder.path, 'profile'), args: ['--demo', '--offline'], env: { LANG: 'en_US.UTF-8' } })
  const main = await app.window('main')
  await main.locator('.item').first().waitFor()
  await main.locator('.item').first().dblclick()
  await main.click('[data-test=menu]')
  await main.locator('[data-test=settings-item]').click()
  await main.keyboard.press('Control+Shift+f')
  for (const kind of ['main', 'chat', 'settings', 'search'] as const) windows.push(await app.window(kind))
})
afterAll(async () => {
  await app?.kill()
  folder.remove()
})

test.skipIf(!ON_ELECTRON)('no page has Node, runs foreign scripts, or reads files', async () => {
  for (const page of windows) {
    const seen = await page.evaluate(async () => {
      const fails = (run: () => unknown): boolean => {
        try {
          run()
          return false
        } catch {
          return true
        }
      }
      const status = (url: string): Promise<number | string> =>
        fetch(url).then(
          (answer) => answer.status,
          () => 'refused'
        )
      return {
        node: [
          typeof (globalThis as { require?: unknown }).require,
          typeof (globalThis as { process?: unknown }).process,
          typeof (globalThis as { module?: unknown }).module
        ],
        // in a task of its own: within this one, the test's debugger would allow it
        // eslint-disable-next-line no-eval -- it is seen to be refused
        evaluated: await new Promise((resolve) => setTimeout(() => resolve([fails(() => (0, eval)('1')), fails(() => new Function('return 1')())]))),
        markup: fails(() => (document.body.innerHTML += '<p></p>')),
        files: await Promise.all(
          [
            'file:///etc/passwd',
            'app://mnemo/../../../../etc/passwd',
            'app://mnemo/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
            'app://mnemo/media/..%2f..%2fstore-key',
            'app://mnemo/media/999999',
            'app://other/index.html'
          ].map(status)
        ),
        outside: await Promise.all(['https://example.org/', 'http://127.0.0.1:1/'].map(status)),
        secure: isSecureContext
      }
    })
    expect(seen).toMatchObject({
      node: ['undefined', 'undefined', 'undefined'],
      evaluated: [true, true],
      markup: true,
      outside: ['refused', 'refused'],
      secure: true
    })
    for (const answer of seen.files) expect([404, 'refused']).toContain(answer)
  }
})

test.skipIf(!ON_ELECTRON)('no page navigates away, opens windows, or embeds others', async () => {
  // windows of the user, and the window in reserve for the next conversation
  const before = windows.length + 1
  await expect.poll(() => app.windows().length).toBe(before)
  for (const page of windows) {
    const here = page.url()
    const opened = await page.evaluate(() =>
      ['file:///etc/passwd', 'javascript:alert(1)', 'data:text/html,x', 'about:blank', 'app://mnemo/'].map((url) => window.open(url) === null)
    )
    expect(opened).toEqual([true, true, true, true, true])
    for (const url of ['https://example.org/', 'file:///etc/passwd', 'data:text/html,x']) await page.evaluate((to) => void (location.href = to), url)
    await page.evaluate(() => {
      for (const [name, source] of [
        ['iframe', 'src'],
        ['webview', 'src'],
        ['object', 'data'],
        ['embed', 'src']
      ] as const) {
        const element = document.createElement(name)
        try {
          element.setAttribute(source, 'https://example.org/')
        } catch {
          // trusted types refuse some of them at once
        }
        document.body.append(element)
        element.remove()
      }
    })
    expect(page.url()).toBe(here)
    expect(page.frames()).toHaveLength(1)
  }
  expect(app.windows()).toHaveLength(before)
})

test.skipIf(!ON_ELECTRON)('no page gets a permission that Mnemo does not use', async () => {
  for (const page of windows) {
    const granted = await page.evaluate(async () => {
      const state = (name: string): Promise<string> =>
        navigator.permissions.query({ name: name as PermissionName }).then(
          (found) => found.state,
          () => 'unknown'
        )
      return { states: await Promise.all(['geolocation', 'camera', 'midi', 'clipboard-read', 'notifications', 'persistent-storage'].map(state)) }
    })
    expect(granted.states).not.toContain('granted')
  }
})
