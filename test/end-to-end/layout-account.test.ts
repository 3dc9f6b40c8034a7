/**
 * Layout and keyboard of what needs an account on a server: certificate, requests, adding an account and signing out, the server's report, a voice
 * message, a screenshot, an export under a password.
 */
import { afterAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import type { Jid } from '../../src/contract/domain.ts'
import { focusName, walk } from '../support/keyboard.ts'
import { Devices } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { Views } from '../support/views.ts'
import { openApp, stillness, violations } from '../support/windows.ts'

const story = new Story({ strangers: ['maximiliane.wolkenstein-trostburg'] })
const devices = new Devices()
afterAll(() => devices.end())
const views = new Views()
afterAll(() => views.write('faults-account.json'))
const WHOLE = { timeout: 600_000 }
const MEDIA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']

/** Layout, axe-core's findings and the way of the Tab key. */
async function judge(name: string, page: Page, view: string): Promise<void> {
  await views.look(name, page)
  await stillness(page)
  expect.soft([...(await violations(page)), ...(await walk(page, view))], name).toEqual([])
}

test('an unknown certificate', WHOLE, async () => {
  const { server } = story
  const folder = `${story.folder}/fresh`
  const app = await openApp({ profile: folder })
  const main = await app.window('main')
  try {
    await main.fill('[name=address]', 'alice@localhost')
    await main.fill('[name=password]', 'alice-secret')
    await main.click('summary')
    await main.fill('[name=host]', '127.0.0.1')
    await main.fill('[name=port]', String(server.port))
    await main.keyboard.press('Enter')
    await main.locator('.dialog code', { hasText: server.fingerprint }).waitFor()
    await judge('certificate', main, '.dialog')
    await main.keyboard.press('Escape')
    await main.locator('.dialog').waitFor({ state: 'detached' })
    // back where it was begun
    await expect.poll(() => focusName(main)).toMatch(/^input/)
  } finally {
    await app.kill()
  }
})

test('requests and invitations are answered by keyboard, one after the other', WHOLE, async () => {
  const { bob } = story
  const main = await story.open(MEDIA, { LANG: 'en_US.UTF-8' })
  const mallory = await devices.signIn(story.server, 'maximiliane.wolkenstein-trostburg')
  await mallory.conversations.start('alice@localhost', 'direct', null)
  await main.locator('[data-test=request]').waitFor()
  const group = await bob.groups.create({ name: 'Donaudampfschifffahrtsgesellschaft', membersOnly: true, invite: ['alice@localhost' as Jid] })
  await main.locator('[data-test=invitation]').waitFor()
  await views.look('requests', main)
  expect(await violations(main)).toEqual([])
  await main.locator('[data-test=accept]').focus()
  await main.keyboard.press('Enter')
  await main.locator('[data-test=request]').waitFor({ state: 'detached' })
  await expect.poll(() => focusName(main)).toContain('enter')
  await main.keyboard.press('Enter')
  await main.locator(`[data-jid="${group.jid}"]`).waitFor()
  await main.locator('[data-test=invitation]').waitFor({ state: 'detached' })
  await expect.poll(() => focusName(main)).not.toBe('nothing')
})

test('accounts, the report of the server and an export under a password', WHOLE, async () => {
  const main = await story.app.window('main')
  await main.click('[data-test=menu]')
  await main.locator('[data-test=settings-item]').click()
  const settings = await story.app.window('settings')
  await settings.locator('[data-test=add-account]').focus()
  await settings.keyboard.press('Enter')
  await settings.locator('.dialog [name=address]').waitFor()
  await judge('add-account', settings, '.dialog')
  await settings.keyboard.press('Escape')
  await expect.poll(() => focusName(settings)).toContain('add-account')
  await settings.locator('[data-test=sign-out]').focus()
  await settings.keyboard.press('Enter')
  await settings.locator('[data-test=sign-out-confirm]').waitFor()
  await judge('sign-out', settings, '.dialog')
  await settings.keyboard.press('Escape')
  await expect.poll(() => focusName(settings)).toContain('sign-out')
  await settings.click('[data-test=export-mnemo]')
  await settings.locator('[data-test=protect-password]').waitFor()
  await judge('export-password', settings, '.dialog')
  await settings.keyboard.press('Escape')
  await settings.click('[data-test=server-report]')
  await settings.locator('[data-ability=archive]').waitFor()
  await views.look('server-report', settings)
  expect(await violations(settings)).toEqual([])
  await settings.close()
  // signing out in the menu is asked about, too
  await main.bringToFront()
  await main.locator('[data-test=menu]').focus()
  await main.keyboard.press('Enter')
  await main.locator('[data-test=sign-out-item]').waitFor()
  await main.keyboard.press('End')
  await main.keyboard.press('Enter')
  await main.locator('[data-test=sign-out-confirm]').waitFor()
  await judge('menu-sign-out', main, '.dialog')
  await main.keyboard.press('Escape')
  await expect.poll(() => focusName(main)).toContain('menu')
})

test('a voice message and a screenshot', WHOLE, async () => {
  const { bob } = story
  const main = await story.app.window('main')
  const { id } = await bob.conversations.start('alice@localhost', 'direct', null)
  await bob.messages.send(id, 'Say something')
  await main.locator('[data-jid="bob@localhost"]').click()
  await main.locator('.row', { hasText: 'Say something' }).waitFor()
  await main.locator('[data-test=record]').focus()
  await main.keyboard.press('Enter')
  await main.locator('[data-test=voice-clock]').waitFor()
  await judge('voice-recording', main, '[data-test=recorder]')
  await main.locator('[data-test=voice-send]').focus()
  await main.keyboard.press('Escape')
  await expect.poll(() => focusName(main)).toContain('composer')
  await main.locator('[data-test=record]').focus()
  await main.keyboard.press('Enter')
  await main.locator('[data-test=voice-clock]', { hasText: '0:01' }).waitFor()
  await main.click('[data-test=voice-send]')
  await main.locator('.row.own[data-state=delivered] [data-test=voice]').waitFor()
  await views.look('voice-message', main)
  await main.focus('[data-test=composer]')
  await main.keyboard.press('Control+Shift+X')
  await main.locator('[data-test=screenshot-canvas]').waitFor()
  await judge('screenshot', main, '[role=dialog]')
  await main.keyboard.press('Escape')
  await main.locator('[data-test=screenshot-canvas]').waitFor({ state: 'detached' })
  await expect.poll(() => focusName(main)).toContain('composer')
})
