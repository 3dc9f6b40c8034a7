/** Several messages selected at once: forwarded, copied, deleted here. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { gradient } from '../support/pictures.ts'
import { messages, online, openEngine, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { screenshot } from '../support/windows.ts'

const story = new Story()

test('messages are selected and forwarded, one by one or merged, pictures too; and deleted here', async () => {
  const { bob, server } = story
  const main = await story.open()
  const { id } = await bob.conversations.start('alice@localhost', 'direct', null)
  for (const text of ['第一条：周五开会', '第二条：带上方案', '第三条：在三楼', 'not this one']) await bob.messages.send(id, text)
  await main.locator('[data-jid="bob@localhost"]').click()
  const row = (text: string) => main.locator('.row', { hasText: text })
  await row('not this one').waitFor()

  // one message, from the menu
  await row('第二条').locator('.bubble').click({ button: 'right' })
  await main.click('.menu [data-test=forward]')
  await main.fill('.dialog [data-test=people]', 'carol')
  await main.locator('.dialog .person').first().click()
  await screenshot(main, 'forward')
  await main.click('[data-test=forward-send]')
  await main.locator('.dialog').waitFor({ state: 'detached' })
  const carol = await openEngine(join(story.folder, 'carol'))
  await carol.signIn(server.settings('carol'))
  await online(carol)
  await until(carol, async () => (await messages(carol, 'alice@localhost')).some(({ text }) => text === '第二条：带上方案'))

  // a range, with Shift; as one message
  await row('第一条').locator('.bubble').click({ button: 'right' })
  await main.click('.menu [data-test=select]')
  await row('第三条').click({ modifiers: ['Shift'] })
  await main.locator('[data-test=selection]', { hasText: '3' }).waitFor()
  expect(await main.locator('.row.selected').count()).toBe(3)
  await screenshot(main, 'selection')
  await main.click('[data-test=selection-forward]')
  await main.fill('.dialog [data-test=people]', 'carol')
  await main.locator('.dialog .person').first().click()
  await main.check('[data-test=forward-merged]')
  await main.click('[data-test=forward-send]')
  const merged = await until(carol, async () => (await messages(carol, 'alice@localhost')).find(({ text }) => text.includes('第三条')))
  expect(merged.text.match(/^> \*Bob\* /gm)).toHaveLength(3)
  expect(merged.text).toContain('> 第一条：周五开会')
  expect(await main.locator('[data-test=composer]').count()).toBe(1)
  await main.locator('[data-jid="carol@localhost"]').click()
  const card = main.locator('.row.own [data-test=merged]')
  expect(await card.textContent()).toMatch(/Bob.*聊天记录.*第一条：周五开会.*3 条消息/)
  await screenshot(main, 'forward-merged')
  await card.click()
  await main.locator('[data-test=merged-all] li').nth(2).waitFor()
  expect(await main.locator('[data-test=merged-all] .text').allTextContents()).toEqual(['第一条：周五开会', '第二条：带上方案', '第三条：在三楼'])
  await screenshot(main, 'forward-merged-open')
  await main.keyboard.press('Escape')
  await main.locator('.dialog').waitFor({ state: 'detached' })

  // a picture is forwarded with its bytes
  const path = join(story.folder, 'view.png')
  writeFileSync(path, gradient(240, 160, [240, 90, 60], [60, 40, 160]))
  await main.locator('[data-jid="bob@localhost"]').click()
  await main.setInputFiles('[data-test=file-input]', path)
  await main.locator('.dialog .primary').click()
  const picture = main.locator('.row.own').last()
  await picture.locator('img').waitFor()
  await picture.locator('.bubble').click({ button: 'right' })
  await main.click('.menu [data-test=forward]')
  await main.fill('.dialog [data-test=people]', 'carol')
  await main.locator('.dialog .person').first().click()
  await main.click('[data-test=forward-send]')
  await until(carol, async () =>
    (await messages(carol, 'alice@localhost')).some(({ attachments }) => attachments[0]?.kind === 'image' && attachments[0].where === 'here')
  )
  await carol.close()

  // selected with the keyboard, deleted here, and left with Escape
  await row('第一条').locator('.bubble').click({ button: 'right' })
  await main.click('.menu [data-test=select]')
  await row('第二条').focus()
  await main.keyboard.press('Space')
  await main.locator('[data-test=selection]', { hasText: '2' }).waitFor()
  await main.click('[data-test=selection-delete]')
  await main.click('[data-test=delete-confirm]')
  await row('第二条').waitFor({ state: 'detached' })
  expect(await row('第三条').count()).toBe(1)
  await row('第三条').locator('.bubble').click({ button: 'right' })
  await main.click('.menu [data-test=select]')
  await main.keyboard.press('Escape')
  await main.locator('[data-test=composer]').waitFor()
})
