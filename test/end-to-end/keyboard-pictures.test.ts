/** Pictures without a mouse: the viewer with its strip, enlarged and turned, in its own window. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import type { RunningApp } from '../../tools/start/drive.ts'
import { WORKER } from '../support/files.ts'
import { focusName, KeyboardSweep } from '../support/keyboard.ts'
import { picturedProfile } from '../support/pictured.ts'
import { testFolder, type TestFolder } from '../support/server.ts'
import { openApp, screenshot, violations } from '../support/windows.ts'

const LONG = { timeout: 180_000 }
let folder: TestFolder
let app: RunningApp
let main: Page
const sweep = new KeyboardSweep(() => main)
const { faults, focus } = sweep

beforeAll(async () => {
  folder = testFolder()
  await picturedProfile(folder.path, { pictures: 60, until: new Date(2026, 9, 20, 12).getTime(), worker: WORKER })
  app = await openApp({ profile: folder.path })
  main = await app.window('main')
  await main.locator('.item').first().waitFor()
})
afterAll(async () => {
  await app.kill()
  folder.remove()
})

/** Opens the last picture of the conversation in view. */
async function openPicture(page: Page): Promise<void> {
  await page.locator('.attachment .picture').last().focus()
  await page.keyboard.press('Enter')
  await page.locator('[data-test=strip] [aria-current]').waitFor()
}
const shape = (page: Page): Promise<string> => page.locator('.viewer .stage img').evaluate((image: HTMLElement) => image.style.transform)
const place = (page: Page): Promise<string | null> => page.locator('[data-test=viewer-place]').textContent()

test('the viewer: every control is reached, and keys do what its buttons do', LONG, async () => {
  await main.locator('.item').first().focus()
  await main.keyboard.press('Enter')
  await main.locator('.attachment .picture').last().waitFor()
  await main.locator('.attachment .picture').last().focus()
  await sweep.view(
    'viewer',
    async () => {
      await main.keyboard.press('Enter')
      await main.locator('[data-test=strip] [aria-current]').waitFor()
    },
    { selector: '.viewer' }
  )
  await openPicture(main)
  const last = await place(main)
  // enlarged, moved, made smaller, turned
  await main.keyboard.press('+')
  await expect.poll(() => shape(main)).toContain('scale(1.4)')
  await main.keyboard.press('Shift+ArrowLeft')
  await main.keyboard.press('ArrowDown')
  await expect.poll(() => shape(main)).toContain('translate(80px, -80px)')
  // far beyond its edge the picture stops
  for (let i = 0; i < 60; i++) await main.keyboard.press('ArrowDown')
  const down = Number(/, (-?[\d.]+)px\)/.exec(await shape(main))?.[1])
  expect(-down).toBeLessThan(await main.evaluate(() => innerHeight))
  await main.keyboard.press('0')
  await expect.poll(() => shape(main)).toContain('translate(0px, 0px) scale(1)')
  await main.keyboard.press('Shift+R')
  await expect.poll(() => shape(main)).toContain('rotate(90deg)')
  // a button that has nothing more to do keeps the focus
  await focus('.viewer [aria-label="Zoom in"]')
  await main.keyboard.press('Enter')
  await focus('.viewer [aria-label="Zoom out"]')
  await main.keyboard.press('Enter')
  await expect.poll(() => shape(main)).toContain('scale(1)')
  await expect.poll(() => focusName(main)).toContain('Zoom out')
  await main.keyboard.press('ArrowLeft')
  await expect.poll(() => place(main)).not.toBe(last)
  await main.keyboard.press('Home')
  await expect.poll(() => place(main)).toMatch(/^1 \//)
  await focus('.viewer [aria-label="Previous picture"]')
  await main.keyboard.press('Enter')
  await expect.poll(() => focusName(main)).toContain('Previous picture')
  await main.keyboard.press('End')
  await expect.poll(() => place(main)).toBe(last)
  // the strip is one stop for Tab, and the focus goes along
  await focus('[data-test=strip] [aria-current]')
  expect(await main.locator('[data-test=strip] [tabindex="0"]').count()).toBe(1)
  for (let i = 0; i < 3; i++) await main.keyboard.press('ArrowLeft')
  await expect.poll(() => main.evaluate(() => document.activeElement?.getAttribute('aria-current'))).toBe('true')
  await screenshot(main, 'keyboard-viewer-strip')
  expect(await violations(main)).toEqual([])
  await focus('.viewer [data-test=viewer-window]')
  await main.keyboard.press('Enter')
  const own = await app.window('viewer')
  await own.locator('[data-test=strip] [aria-current]').waitFor()
  await own.keyboard.press('ArrowRight')
  // the window closes under the key
  await own.keyboard.press('Escape').catch(() => null)
  await expect.poll(() => own.isClosed()).toBe(true)
  await main.bringToFront()
  await expect.poll(() => focusName(main)).toMatch(/Open|picture/)
  expect(faults).toEqual({})
})
