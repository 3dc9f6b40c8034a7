/** A contact: their own picture, another name, blocked and unblocked; and how others see us. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { gradient } from '../support/pictures.ts'
import { messages, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { screenshot } from '../support/windows.ts'

const story = new Story()

test('contacts are viewed, renamed, blocked; our own profile is edited', async () => {
  const { bob } = story
  await bob.people.setAvatar({ data: gradient(128, 128, [255, 160, 60], [120, 30, 120]), type: 'image/png', side: 128 })
  const main = await story.open()
  const item = main.locator('[data-jid="bob@localhost"]')
  await item.locator('img').waitFor()
  await item.click()
  await main.click('[data-test=about]')
  await screenshot(main, 'contact-info')
  await main.click('[data-test=rename]')
  await main.fill('[data-test=contact-name]', '老王（爬山）')
  await main.keyboard.press('Enter')
  await item.locator('.name', { hasText: '老王（爬山）' }).waitFor()
  await main.click('[data-test=block]')
  // blocking takes more than one click, and Enter gives the harmless answer
  await expect.poll(() => main.evaluate(() => document.activeElement?.matches('.dialog [data-focus]'))).toBe(true)
  await screenshot(main, 'contact-block-asks')
  await main.keyboard.press('Enter')
  await main.click('[data-test=block]')
  expect(await main.locator('[data-test=unblock]').count()).toBe(0)
  await main.click('[data-test=block-confirm]')
  await main.locator('[data-test=no-composer]').waitFor()
  await main.keyboard.press('Escape')
  await screenshot(main, 'contact-blocked')
  await main.click('[data-test=unblock]')
  await main.locator('[data-test=composer]').waitFor()
  const { id } = await bob.conversations.start('alice@localhost', 'direct', null)
  await bob.messages.send(id, '又能说话了')
  await main.locator('.row', { hasText: '又能说话了' }).waitFor()

  // our own picture and name
  const picture = join(story.folder, 'me.png')
  writeFileSync(picture, gradient(300, 200, [40, 200, 160], [20, 60, 140]))
  await main.click('[data-test=menu]')
  await main.locator('[data-test=settings-item]').click()
  const settings = await story.app.window('settings')
  await settings.setInputFiles('[data-test=avatar-input]', picture)
  await until(bob, async () => bob.store.read.avatar('alice@localhost'))
  await settings.locator('.profile img').waitFor()
  await settings.fill('[name=nick]', '爱丽丝')
  await settings.keyboard.press('Enter')
  await settings.locator('[role=status]', { hasText: '已更新' }).waitFor()
  await bob.people.rename('alice@localhost' as never, '')
  await until(bob, async () => (await bob.store.read.conversation(id))?.name === '爱丽丝')
  await screenshot(settings, 'settings-profile')
  expect((await messages(bob, 'alice@localhost')).length).toBe(1)
})
