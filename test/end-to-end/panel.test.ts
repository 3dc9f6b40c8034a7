/** Info panel: the person, shared items, notes, and a group's name and picture. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ConversationId, Jid } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { gradient } from '../support/pictures.ts'
import { until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { moveWindow, screenshot, violations } from '../support/windows.ts'

const story = new Story({ groupModules: ['vcard_muc'] })

async function sendFile(engine: Engine, to: ConversationId, { name, type, data }: { name: string; type: string; data: Buffer }): Promise<void> {
  const token = engine.media.staging.begin({ name, type, bytes: data.length, preview: null })
  await engine.media.staging.append(token, data)
  await engine.messages.sendFile(to, token)
}

test('the panel of a person and of a group', async () => {
  const { bob } = story
  const main = await story.open()
  await moveWindow(main, { left: 0, top: 0, width: 1280, height: 800 })
  const { id } = await bob.conversations.start('alice@localhost', 'direct', null)
  for (const [i, colour] of (
    [
      [255, 160, 60],
      [60, 160, 255],
      [120, 200, 90]
    ] as const
  ).entries())
    await sendFile(bob, id, { name: `hill-${i}.png`, type: 'image/png', data: gradient(300, 200 + 40 * i, [...colour], [40, 30, 120]) })
  await sendFile(bob, id, { name: '会议纪要.pdf', type: 'application/pdf', data: Buffer.from('%PDF-1.4') })
  await bob.messages.send(id, '路线：https://example.org/huangshan')
  const row = main.locator('[data-jid="bob@localhost"]')
  await row.click()
  await main.locator('.bubble', { hasText: 'huangshan' }).waitFor()

  // beside the conversation, which stays usable
  await main.click('[data-test=about]')
  const panel = main.locator('[data-test=panel]')
  await panel.waitFor()
  await expect.poll(() => panel.locator('[data-test=shared-picture] img').count()).toBe(3)
  const [left, right] = [await main.locator('.talk').boundingBox(), await panel.boundingBox()]
  expect(left!.x + left!.width).toBeLessThanOrEqual(right!.x + 1)
  await main.fill('[data-test=composer]', '还在写')
  expect(await panel.locator('.kinds .kind').allTextContents()).toEqual(['图片', '文件', '链接'])
  await panel.locator('[data-test=shared-files]').click()
  await panel.locator('[data-test=shared-file]', { hasText: '会议纪要' }).waitFor()
  await panel.locator('[data-test=shared-links]').click()
  await panel.locator('[data-test=shared-link]', { hasText: 'example.org/huangshan' }).waitFor()
  await main.fill('[data-test=note]', '对花生过敏')
  await main.fill('[data-test=roster-group-name]', '爬山')
  await main.keyboard.press('Enter')
  await panel.locator('.chip', { hasText: '爬山' }).waitFor()
  await panel.locator('[data-test=shared-media]').click()
  await expect.poll(() => panel.locator('[data-test=shared-picture] img').count()).toBe(3)
  expect(await violations(main)).toEqual([])
  await screenshot(main, 'panel-person')

  // muted for a while
  await panel.locator('[data-test=mute-eight]').click()
  await panel.locator('[data-test=muted-until]').waitFor()
  await row.locator('.bottom .kind').waitFor()
  await panel.locator('[data-test=unmute]').click()
  await panel.locator('[data-test=mute-hour]').waitFor()

  // in a narrow window it covers the conversation, and Escape closes it; the note was saved
  await main.keyboard.press('Escape')
  await panel.waitFor({ state: 'detached' })
  await moveWindow(main, { left: 0, top: 0, width: 420, height: 700 })
  await main.click('[data-test=about]')
  await panel.waitFor()
  expect((await panel.boundingBox())!.width).toBeGreaterThan(400)
  expect(await main.inputValue('[data-test=note]')).toBe('对花生过敏')
  await screenshot(main, 'panel-person-420')
  await main.keyboard.press('Escape')
  await panel.waitFor({ state: 'detached' })
  await moveWindow(main, { left: 0, top: 0, width: 1280, height: 800 })

  // a group: its size and picture, our nickname in it, and our own name for it
  const group = await bob.groups.create({ name: '周末爬山', membersOnly: true, invite: ['alice@localhost' as Jid, 'carol@localhost' as Jid] })
  await main.click('[data-test=enter]')
  const item = main.locator(`[data-jid="${group.jid}"]`)
  await item.click()
  const under = main.locator('.head .who .quiet')
  await expect.poll(() => under.textContent()).toBe('3 人，2 人在线')
  await main.click('[data-test=about]')
  await panel.locator('.member', { hasText: 'carol@localhost' }).waitFor()
  await panel.locator('[data-test=edit-nick]').click()
  await main.fill('[data-test=group-rename]', '爱丽丝')
  await main.keyboard.press('Enter')
  await panel.locator('.member', { hasText: '爱丽丝' }).waitFor()
  await until(bob, async () => [...(bob.accounts.sessions[0]?.groups.nicksIn(group.jid) ?? [])].includes('爱丽丝'))
  // a nickname in use is refused, with a reason
  await panel.locator('[data-test=edit-nick]').click()
  await main.fill('[data-test=group-rename]', 'bob')
  await main.keyboard.press('Enter')
  await panel.locator('.error-text').waitFor()
  await panel.locator('.edit .button').first().click()
  await main.fill('[data-test=composer]', '我改名了')
  await main.locator('[data-test=composer]').press('Enter')
  await main.locator('.row.own', { hasText: '我改名了' }).waitFor()
  await panel.locator('[data-test=edit-own-name]').click()
  await main.fill('[data-test=group-rename]', '爬山小队')
  await main.keyboard.press('Enter')
  await item.locator('.name', { hasText: '爬山小队' }).waitFor()
  await bob.groups.inside(group.id, (groups, jid) => groups.setPicture(jid, { type: 'image/png', data: gradient(128, 128, [90, 200, 160], [20, 60, 140]) }))
  await item.locator('img').waitFor()
  expect(await violations(main)).toEqual([])
  await screenshot(main, 'panel-group')
  // the other members still see its own name
  expect((await bob.store.read.conversation(group.id))?.name).toBe('周末爬山')

  // an owner sets the picture in the app
  await main.keyboard.press('Escape')
  await main.click('[data-test=new]')
  await main.click('[data-test=create-group]')
  await main.fill('[name=group-name]', '读书会')
  await main.click('.dialog .button.primary')
  await main.locator('.head h2', { hasText: '读书会' }).waitFor()
  if ((await panel.count()) === 0) await main.click('[data-test=about]')
  const picture = join(story.folder, 'group.png')
  writeFileSync(picture, gradient(300, 200, [200, 80, 60], [60, 20, 140]))
  await panel.locator('[data-test=group-picture]').waitFor()
  await main.setInputFiles('[data-test=group-picture-input]', picture)
  await panel.locator('.face img').waitFor()

  // everything marked as read at once
  await bob.messages.send(id, '一条')
  await bob.messages.send(group.id, '两条')
  await item.locator('.badge').waitFor()
  await row.locator('.badge').waitFor()
  await main.click('[data-test=menu]')
  await main.click('[data-test=read-all]')
  await expect.poll(() => main.locator('.item .badge').count()).toBe(0)
})
