/** A text that is too long for the server: reported, kept, and sent as a file. A certificate that the user accepted is shown, too. */
import { expect, test } from 'vitest'
import { messages, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { screenshot, violations } from '../support/windows.ts'

const story = new Story()
/** Text of 300,000 bytes in UTF-8; the server accepts 262,144. */
const LONG = '长'.repeat(100_000)
const files = async (): Promise<number> =>
  (await messages(story.bob, 'alice@localhost')).filter(({ attachments }) => attachments[0]?.name === 'text.txt').length

test('a text that is too long fails with its reason, the next one warns before it is sent; both are sent as files', async () => {
  const { bob } = story
  const main = await story.open()
  await bob.messages.send((await bob.conversations.start('alice@localhost', 'direct', null)).id, '把全文发给我')
  await main.locator('[data-jid="bob@localhost"]').click()
  await main.locator('.row', { hasText: '把全文' }).waitFor()
  await main.fill('[data-test=composer]', LONG)
  await main.locator('[data-test=composer]').press('Enter')
  await main.locator('[data-test=failed-as-file]').waitFor()
  await screenshot(main, 'too-long-failed')
  await main.click('[data-test=failed-as-file]')
  await until(bob, async () => (await files()) === 1, 60_000)
  await main.locator('[data-test=failed-as-file]').waitFor({ state: 'detached' })

  await main.fill('[data-test=composer]', LONG)
  await main.locator('[data-test=composer]').press('Enter')
  await main.locator('[data-test=too-long]').waitFor()
  expect(await main.inputValue('[data-test=composer]')).toBe(LONG)
  await screenshot(main, 'too-long-told')
  expect(await violations(main)).toEqual([])
  await main.click('[data-test=send-as-file]')
  await until(bob, async () => (await files()) === 2, 60_000)
  await expect.poll(() => main.inputValue('[data-test=composer]')).toBe('')
  expect(await main.locator('[data-test=too-long]').count()).toBe(0)
})

test('the settings show a certificate trusted only by the user, and missing features', async () => {
  const main = await story.app.window('main')
  await main.click('[data-test=menu]')
  await main.locator('[data-test=settings-item]').click()
  const settings = await story.app.window('settings')
  await settings.locator('[data-test=accepted]', { hasText: story.server.fingerprint }).waitFor()
  expect(await settings.locator('[data-test=shortages]').count()).toBe(0)
  await screenshot(settings, 'settings-accepted')
  expect(await violations(settings)).toEqual([])
})
