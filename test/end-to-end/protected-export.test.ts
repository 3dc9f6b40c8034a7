/** Somebody takes the history out under a password, and back in with it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { RunningApp } from '../../tools/start/drive.ts'
import { HAS_DIALOGS, nameFile } from '../support/hands.ts'
import { testFolder } from '../support/server.ts'
import { openApp, screenshot } from '../support/windows.ts'

const folder = testFolder()
const file = join(folder.path, 'backup.mnemo')
let app: RunningApp | null = null
afterAll(async () => {
  await app?.kill()
  folder.remove()
})

test.skipIf(!HAS_DIALOGS)('an export under a password holds nothing readable, and opens with that password alone', async () => {
  app = await openApp({
    profile: join(folder.path, 'profile'),
    args: ['--demo', '--offline'],
    env: { LANG: 'en_US.UTF-8' }
  })
  const main = await app.window('main')
  await main.locator('.item').first().waitFor()
  const name = (await main.locator('.item .name').first().innerText()).trim()
  await main.click('[data-test=menu]')
  await main.locator('[data-test=settings-item]').click()
  const settings = await app.window('settings')
  await settings.click('[data-test=export-mnemo]')
  const [first, again, choose] = ['protect-password', 'protect-again', 'protect-choose'].map((one) => settings.locator(`[data-test=${one}]`))
  // too short, then not the same
  await first!.fill('swans')
  await again!.fill('swans')
  expect(await choose!.isDisabled()).toBe(true)
  await first!.fill('seven white swans')
  await again!.fill('seven black')
  await settings.locator('[data-test=protect] .error-text', { hasText: 'not the same' }).waitFor()
  expect(await choose!.isDisabled()).toBe(true)
  await screenshot(settings, 'export-password')
  await again!.fill('seven white swans')
  await again!.press('Enter')
  await nameFile(app, 'Export history', file)
  const outcome = settings.locator('[data-test=transfer-outcome]')
  await outcome.waitFor()
  const written = Number(/^([\d,]+) /.exec((await outcome.innerText()).trim())?.[1]?.replaceAll(',', ''))
  expect(written).toBeGreaterThan(1000)
  const bytes = readFileSync(file)
  expect(bytes.subarray(0, 12).toString()).toBe('mnemo-sealed')
  expect(bytes.includes(name)).toBe(false)
  // the dialog has forgotten the password
  await settings.click('[data-test=export-mnemo]')
  expect(await first!.inputValue()).toBe('')
  await settings.keyboard.press('Escape')

  await settings.click('[data-test=import]')
  await nameFile(app, 'Import history', file)
  await settings.fill('[data-test=import-password]', 'seven black swans')
  await settings.keyboard.press('Enter')
  await settings.locator('.dialog [role=alert]', { hasText: 'does not open' }).waitFor()
  await screenshot(settings, 'import-password')
  await settings.fill('[data-test=import-password]', 'seven white swans')
  await settings.keyboard.press('Enter')
  const start = settings.locator('[data-test=import-start]')
  await start.waitFor()
  expect(await settings.locator('.dialog .quiet').first().innerText()).toContain(written.toLocaleString('en'))
})
