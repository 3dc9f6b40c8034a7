/**
 * Spelling on a real Electron, with a dictionary of ten English words in the place to which Chromium downloads its own
 * (test/fixtures/spelling.bdic, of Chromium's convert_dict).
 */
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningApp } from '../../../tools/start/drive.ts'
import { sharedHost, testHost } from '../../support/desktop.ts'
import { ROOT } from '../../support/files.ts'
import { onDesktop } from '../../support/hands.ts'
import { testFolder } from '../../support/server.ts'
import { openApp } from '../../support/windows.ts'

const ON_ELECTRON = sharedHost().kind === 'electron'
const folder = testFolder()
const composer = '[data-test=composer]'
let app: RunningApp
let main: Page

beforeAll(async () => {
  if (!ON_ELECTRON) return
  const dictionaries = join(folder.path, 'profile/Dictionaries')
  mkdirSync(dictionaries, { recursive: true })
  copyFileSync(join(ROOT, 'test/fixtures/spelling.bdic'), join(dictionaries, 'en-US-10-1.bdic'))
  // no dictionary is made for Chinese: English is checked
  app = await openApp({ profile: join(folder.path, 'profile'), args: ['--demo', '--offline'], env: { LANG: 'zh_CN.UTF-8' } })
  main = await app.window('main')
  await main.locator('.item').first().click()
  await main.locator(composer).waitFor()
})
afterAll(async () => {
  await app?.kill()
  folder.remove()
})

/** Whether the composer shows the red line under a misspelt word. */
async function isUnderlined(): Promise<boolean> {
  const picture = (await main.locator(composer).screenshot()).toString('base64')
  return main.evaluate(async (png) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (one) => one.charCodeAt(0))], { type: 'image/png' }))
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
    context?.drawImage(bitmap, 0, 0)
    const { data } = context?.getImageData(0, 0, bitmap.width, bitmap.height) ?? { data: new Uint8ClampedArray() }
    let red = 0
    for (let i = 0; i < data.length; i += 4) if ((data[i] ?? 0) > 200 && (data[i + 1] ?? 0) < 120 && (data[i + 2] ?? 0) < 120) red++
    return red > 10
  }, picture)
}

async function type(text: string): Promise<void> {
  await main.fill(composer, '')
  await main.locator(composer).click()
  await main.keyboard.type(text)
}

test.skipIf(!ON_ELECTRON)('a misspelt word is underlined once the user asks for it, and its menu puts it right', async () => {
  const { desktop } = await testHost()
  await type('the mesage ')
  expect(await isUnderlined()).toBe(false)
  await main.click('[data-test=menu]')
  await main.locator('[data-test=settings-item]').click()
  const settings = await app.window('settings')
  await settings.locator('[data-test=switch-spelling]').click()
  await settings.close()
  await type('the mesage ')
  await expect.poll(isUnderlined).toBe(true)

  const windows = async (): Promise<number> => (await onDesktop(desktop, 'xwininfo', ['-root', '-children'])).split('\n').length
  const before = await windows()
  await main.locator(composer).click({ button: 'right', position: { x: 50, y: 12 } })
  await expect.poll(windows).toBeGreaterThan(before)
  await onDesktop(desktop, 'xdotool', ['key', 'Down', 'Return'])
  await expect.poll(() => main.inputValue(composer)).toBe('the message ')
  expect(await isUnderlined()).toBe(false)
})
