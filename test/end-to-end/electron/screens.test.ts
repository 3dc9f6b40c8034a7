/** Two screens, one of which is unplugged, on a real Electron: no window stays out of sight. */
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startApp, type RunningApp } from '../../../tools/start/drive.ts'
import { sharedHost, testHost } from '../../support/desktop.ts'
import { onDesktop, windowTitled } from '../../support/hands.ts'
import { startScreens, type Screens } from '../../support/screens.ts'
import { testFolder } from '../../support/server.ts'

const here = sharedHost().kind === 'electron'
const LEFT = { x: 0, y: 0, width: 1280, height: 900 }
const RIGHT = { x: 1280, y: 0, width: 1024, height: 768 }
/** Left, top, width, height. */
const ON_RIGHT = [1400, 60, 780, 600] as const
const folder = testFolder()
let screens: Screens
let app: RunningApp | null = null

beforeAll(async () => {
  if (here) screens = await startScreens((await testHost()).desktop, LEFT)
})
afterEach(async () => {
  await app?.kill()
  app = null
})
afterAll(() => {
  screens?.stop()
  folder.remove()
})

async function start(): Promise<Page> {
  app = await startApp({ ...(await testHost()), desktop: screens }, { profile: join(folder.path, 'profile') })
  const main = await app.window('main')
  await main.locator('form .button.primary').waitFor()
  return main
}
async function quit(): Promise<void> {
  await app?.quit()
  app = null
}
const place = (page: Page): Promise<number[]> => page.evaluate('[screenX, screenY, outerWidth, outerHeight]')

/** Moves a window to the right screen; a page itself may not leave its own. */
async function putRight(page: Page): Promise<void> {
  const id = await windowTitled(screens, await page.title())
  const [left, top, width, height] = ON_RIGHT.map(String) as [string, string, string, string]
  await onDesktop(screens, 'xdotool', ['windowsize', id, width, height, 'windowmove', id, left, top])
  await expect.poll(() => place(page)).toEqual([...ON_RIGHT])
}

/** Waits until the whole window is on the left screen. */
async function liesOnLeft(page: Page): Promise<void> {
  await expect
    .poll(async () => {
      const [x = 0, y = 0, wide = 0, high = 0] = await place(page)
      return x >= LEFT.x && y >= LEFT.y && x + wide <= LEFT.width && y + high <= LEFT.height ? 'on it' : [x, y, wide, high]
    })
    .toBe('on it')
}

test.skipIf(!here)('windows of an unplugged screen move to the other one at once', async () => {
  screens.plug([LEFT, RIGHT])
  const main = await start()
  await putRight(main)
  await main.evaluate("window.mnemo.call(1, 'windows.openSettings')")
  const settings = await (app ?? expect.fail()).window('settings')
  await settings.locator('h1').waitFor()
  await putRight(settings)
  screens.plug([LEFT])
  await liesOnLeft(main)
  await liesOnLeft(settings)
  await quit()
})

test.skipIf(!here)('a window returns to its screen at the next start, or to another if that is gone', async () => {
  screens.plug([LEFT, RIGHT])
  const first = await start()
  await putRight(first)
  await quit()
  const second = await start()
  await expect.poll(() => place(second)).toEqual([...ON_RIGHT])
  await quit()
  screens.plug([LEFT])
  await liesOnLeft(await start())
  await quit()
})
