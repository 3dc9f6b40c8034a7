/** Mentions in a group: marked in the list, tinted bubbles, and buttons that jump between mentions, new reactions and unread messages. */
import { expect, test } from 'vitest'
import { messages, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { screenshot, violations } from '../support/windows.ts'

const story = new Story()
const room = 'mentions@rooms.localhost'

test('mentions are marked in the list and in the bubble, with a button to jump to them; reactions, too', async () => {
  const { bob } = story
  const main = await story.open()
  const b = await bob.conversations.start(room, 'group', '鲍勃')
  await bob.messages.send(b.id, '大家好')
  await main.click('[data-test=new]')
  await main.click('[data-test=join-group]')
  await main.fill('[name=jid]', room)
  await main.fill('[name=nick]', 'alice')
  await main.click('.dialog .primary')
  await main.locator('.bubble', { hasText: '大家好' }).waitFor()
  await main.fill('[data-test=composer]', '我来了')
  await main.keyboard.press('Enter')
  const own = await until(bob, async () => (await messages(bob, room)).find(({ text }) => text === '我来了'))
  // while Alice is in another conversation
  await main.click('[data-jid="bob@localhost"]')
  for (let i = 1; i <= 60; i++) await bob.messages.send(b.id, i === 10 || i === 40 ? `@alice 第 ${i} 件事请看一下` : `第 ${i} 句闲话`)
  await bob.messages.change(own.id, 'reactions', '🎉')
  const item = main.locator(`[data-jid="${room}"]`)
  await item.locator('[data-test=mentioned]').waitFor()
  expect(await item.locator('[data-test=mentioned]').textContent()).toBe('[有人@我] ')
  await item.locator('[data-test=reacted]').waitFor()
  await item.locator('.badge', { hasText: '60' }).waitFor()
  await screenshot(main, 'mentions-list')
  expect(await violations(main)).toEqual([])
  await item.click()
  // it opens at the first unread message: both mentions are further down, the own message above
  await main
    .locator('[data-test=to-mention] .badge', { hasText: '2' })
    .or(main.locator('[data-test=to-mention] .badge', { hasText: '1' }))
    .waitFor()
  await screenshot(main, 'mentions-opened')
  const mention = (text: string) => main.locator('.bubble.mention', { hasText: text })
  await main.click('[data-test=latest]')
  await main.click('[data-test=to-mention]')
  await main.locator('.bubble.mention.flash').waitFor()
  await screenshot(main, 'mentions-jumped')
  await main.emulateMedia({ colorScheme: 'dark' })
  await screenshot(main, 'mentions-jumped-dark')
  expect(await violations(main)).toEqual([])
  await main.emulateMedia({ colorScheme: 'light' })
  // once each was seen there is nothing to jump to
  while ((await main.locator('[data-test=to-mention]').count()) > 0) await main.click('[data-test=to-mention]', { timeout: 2000 }).catch(() => undefined)
  await mention('第 40 件').waitFor()
  expect(await item.locator('[data-test=mentioned]').count()).toBe(0)
  // away from the end, while new messages arrive below: first to the unread ones, then to the end
  const toEnd = async (): Promise<void> => {
    while ((await main.locator('[data-test=latest]').count()) > 0) await main.click('[data-test=latest]', { timeout: 5000 }).catch(() => undefined)
  }
  await toEnd()
  // mark of mentions and unread count
  await expect.poll(() => item.locator('.badge').count()).toBe(0)
  await main.locator('.row', { hasText: '第 60 句' }).hover()
  await main.mouse.wheel(0, -4000)
  await main.locator('[data-test=latest]').waitFor()
  for (let i = 1; i <= 40; i++) await bob.messages.send(b.id, `后来第 ${i} 句`)
  await main.locator('[data-test=latest] .badge', { hasText: '40' }).waitFor()
  await main.click('[data-test=latest]')
  await main.locator('.bubble', { hasText: '后来第 1 句' }).waitFor()
  await toEnd()
  await main.locator('.bubble', { hasText: '后来第 40 句' }).waitFor()
  // a reaction to an own message that is out of sight
  await bob.messages.change(own.id, 'reactions', '🎉 👍')
  await main.click('[data-test=to-reaction]')
  await main.locator('.row.own', { hasText: '我来了' }).locator('[data-test=reaction]', { hasText: '👍' }).waitFor()
  await main.locator('[data-test=to-reaction]').waitFor({ state: 'detached' })
})

test('an owner of a group can mention everybody', async () => {
  const { bob } = story
  const main = await story.app.window('main')
  // created by Alice, who may mention all
  const led = 'led@rooms.localhost'
  await main.click('[data-test=new]')
  await main.click('[data-test=join-group]')
  await main.fill('[name=jid]', led)
  await main.fill('[name=nick]', 'alice')
  await main.click('.dialog .primary')
  await main.locator('.head h2', { hasText: 'led' }).waitFor()
  await bob.conversations.start(led, 'group', '鲍勃')
  await main.locator('[data-test=composer]').pressSequentially('@')
  await main.locator('[data-test=mentions] .completion', { hasText: '所有人' }).waitFor()
  await screenshot(main, 'mention-all')
  await main.keyboard.press('Enter')
  await main.keyboard.type('明天九点开会')
  await main.keyboard.press('Enter')
  expect((await until(bob, async () => (await messages(bob, led)).find(({ text }) => text === '@所有人 明天九点开会'))).mention).toBe(true)
  // in the other group Alice may not
  await main.click(`[data-jid="${room}"]`)
  await main.locator('[data-test=composer]').pressSequentially('@')
  await main.locator('[data-test=mentions] .completion', { hasText: '鲍勃' }).waitFor()
  expect(await main.locator('[data-test=mentions] .completion', { hasText: '所有人' }).count()).toBe(0)
})
