/** A second account beside the first: added, seen in the list, written from, signed out. */
import { expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import { messages, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { screenshot } from '../support/windows.ts'

const story = new Story()
const [ALICE, CAROL] = ['alice@localhost', 'carol@localhost'] as Jid[] as [Jid, Jid]

test('an account is added beside the first, has its own conversations in the one list, and is signed out again', async () => {
  const { bob, server } = story
  const main = await story.open()
  await main.click('[data-test=menu]')
  await main.locator('[data-test=settings-item]').click()
  const settings = await story.app.window('settings')
  await settings.click('[data-test=add-account]')
  await settings.fill('[name=address]', CAROL)
  await settings.fill('[name=password]', 'carol-secret')
  await settings.click('.dialog summary')
  await settings.fill('[name=host]', '127.0.0.1')
  await settings.fill('[name=port]', String(server.port))
  await screenshot(settings, 'account-add')
  await settings.click('.sign-in .button.primary')
  await settings.locator('.dialog code', { hasText: server.fingerprint }).waitFor()
  await settings.locator('.dialog', { hasText: server.fingerprint }).locator('.button:not(.primary)').click()
  await settings.locator(`[data-account="${CAROL}"]`).waitFor()
  await settings.locator('.dialog').waitFor({ state: 'detached' })
  await screenshot(settings, 'accounts')

  for (const to of [ALICE, CAROL]) await bob.messages.send((await bob.conversations.start(to, 'direct', null)).id, `晚上见，${to}`)
  const items = main.locator('[data-jid="bob@localhost"]')
  await expect.poll(() => items.count()).toBe(2)
  const carols = items.filter({ has: main.locator('.account', { hasText: 'carol' }) })
  await carols.click()
  await main.locator('.row', { hasText: `晚上见，${CAROL}` }).waitFor()
  expect(await main.locator('.row', { hasText: `晚上见，${ALICE}` }).count()).toBe(0)
  await main.fill('[data-test=composer]', 'carol here')
  await main.keyboard.press('Enter')
  await until(bob, async () => (await messages(bob, CAROL)).some(({ text }) => text === 'carol here'))
  await main.click('[data-test=new]')
  await main.click('[data-test=by-address]')
  expect(await main.locator('select[name=account] option').allTextContents()).toEqual([ALICE, CAROL])
  await screenshot(main, 'accounts-new')
  await main.keyboard.press('Escape')
  await screenshot(main, 'accounts-list')

  await settings.bringToFront()
  await settings.locator(`[data-account="${CAROL}"] [data-test=sign-out]`).click()
  await settings.click('[data-test=sign-out-confirm]')
  await settings.locator(`[data-account="${CAROL}"]`).waitFor({ state: 'detached' })
  await main.bringToFront()
  await main.locator('[data-test=no-composer]', { hasText: CAROL }).waitFor()
  await main.locator('.row', { hasText: 'carol here' }).waitFor()
  await screenshot(main, 'account-gone')
  expect(await main.locator('.banner').count()).toBe(0)
})
