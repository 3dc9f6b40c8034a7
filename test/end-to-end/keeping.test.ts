/** Keeping and deleting: pins, earlier versions of a message, read receipts; folders, the order of pins, a deleted conversation. */
import { expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import { online, openEngine, testFolder, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { screenshot } from '../support/windows.ts'

const story = new Story()

test('messages are pinned, corrected and read; people join and leave; conversations are ordered and deleted', async () => {
  const { bob } = story
  const main = await story.open()
  const item = (jid: string) => main.locator(`.item[data-jid="${jid}"]`)
  const row = (text: string) => main.locator('.row', { hasText: text })
  const menu = async (text: string, what: string): Promise<void> => {
    await row(text).locator('.bubble').click({ button: 'right' })
    await main.click(`.menu [data-test=${what}]`)
  }
  const toAlice = await bob.conversations.start('alice@localhost', 'direct', null)
  for (const text of ['WiFi 密码是 mnemo-2026', '晚上吃什么', 'The key is under the mat']) await bob.messages.send(toAlice.id, text)
  await item('bob@localhost').click()
  await row('under the mat').waitFor()

  // pinned: latest first; a click jumps there, and shows the next
  await menu('WiFi', 'pin-message')
  await menu('under the mat', 'pin-message')
  const pinned = main.locator('[data-test=pinned]')
  await pinned.locator('text=The key is').waitFor()
  await screenshot(main, 'pinned')
  await pinned.locator('.one').click()
  await row('under the mat').locator('.flash').waitFor()
  await pinned.locator('text=WiFi').waitFor()
  await pinned.locator('[data-test=unpin]').click()
  await pinned.locator('text=The key is').waitFor()

  // corrected twice: every version is kept
  await main.fill('[data-test=composer]', '火锅吧')
  await main.keyboard.press('Enter')
  await main.locator('.row.own[data-state=delivered]', { hasText: '火锅' }).waitFor()
  for (const [from, to] of [
    ['火锅吧', '火锅吧，七点'],
    ['火锅吧，七点', '火锅吧，七点半']
  ] as const) {
    await menu(from, 'edit')
    await main.fill('[data-test=composer]', to)
    await main.keyboard.press('Enter')
    await row(to).waitFor()
  }
  await row('七点半').locator('[data-test=edited]').click()
  await main.locator('[data-test=versions] li').nth(2).waitFor()
  expect(await main.locator('[data-test=versions] .text').allInnerTexts()).toEqual(['火锅吧，七点半', '火锅吧，七点', '火锅吧'])
  await screenshot(main, 'message-details')
  await main.keyboard.press('Escape')

  // a group whose members know each other: readers are shown, and notices stand among the messages
  const group = await bob.groups.create({ name: '周末爬山', membersOnly: true, invite: ['alice@localhost' as Jid] })
  await main.click('[data-test=enter]')
  await item(group.jid).click()
  await main.locator('[data-test=composer]').waitFor()
  await main.fill('[data-test=composer]', '周六几点集合？')
  await main.keyboard.press('Enter')
  const heard = await until(bob, async () =>
    (await bob.store.read.page({ conversation: group.id, anchor: { kind: 'newest' }, limit: 10 })).messages.find(({ text }) => text.startsWith('周六几点'))
  )
  await bob.messages.markRead(group.id, heard.id)
  await row('周六几点').locator('.state.seen').waitFor()
  await menu('周六几点', 'details')
  await main.locator('[data-test=readers]', { hasText: 'bob' }).waitFor()
  await main.keyboard.press('Escape')
  await bob.groups.inside(group.id, (groups, jid) => groups.setSubject(jid, '周六八点，香山东门'))
  await main.locator('[data-test=notice]', { hasText: '香山东门' }).waitFor()

  // a public group: joins and leaves
  const folder = testFolder()
  const carol = await openEngine(folder.path)
  await carol.signIn(story.server.settings('carol'))
  await online(carol)
  const open = await bob.groups.create({ name: 'Open table', membersOnly: false, invite: ['alice@localhost' as Jid] })
  await main.click('[data-test=enter]')
  await item(open.jid).click()
  await main.locator('[data-test=composer]').waitFor()
  await bob.messages.send(open.id, 'welcome')
  await row('welcome').waitFor()
  const carols = await carol.conversations.start(open.jid, 'group', null)
  await main.locator('[data-test=notice]', { hasText: /carol\W* 加入/ }).waitFor()
  await carol.groups.leave(carols.id)
  await main.locator('[data-test=notice]', { hasText: /carol\W* 退出/ }).waitFor()
  await screenshot(main, 'notices')
  await carol.close()
  folder.remove()

  // the user's own folder
  await item('bob@localhost').click({ button: 'right' })
  await main.locator('.menu [data-test=folders]').hover()
  await main.click('[data-test=folder-new]')
  await main.fill('[data-test=name]', '朋友')
  await main.click('[data-test=name-done]')
  await main.locator('[data-test=folder-own]', { hasText: '朋友' }).click()
  await expect.poll(() => main.locator('.item').count()).toBe(1)
  await item('bob@localhost').waitFor()
  await main.click('[data-test=folder-all]')
  await item('carol@localhost').click({ button: 'right' })
  await main.locator('.menu [data-test=folders]').hover()
  await main.locator('[data-test=folder-put]', { hasText: '朋友' }).waitFor()
  await screenshot(main, 'folder-menu')
  await main.click('[data-test=folder-put]')
  await main.keyboard.press('Escape')
  await main.locator('[data-test=folder-own]').click()
  await expect.poll(() => main.locator('.item').count()).toBe(2)
  await main.locator('[data-test=folder-own]').click({ button: 'right' })
  await main.click('[data-test=folder-delete]')
  await main.locator('[data-test=folder-own]').waitFor({ state: 'detached' })

  // pins reordered: by dragging, and by keyboard
  for (const jid of ['bob@localhost', 'carol@localhost', group.jid]) {
    await item(jid).click({ button: 'right' })
    await main.click('.menu [data-test=pin]')
    await expect.poll(() => main.locator('.item').first().getAttribute('data-jid')).toBe(jid)
  }
  const order = (): Promise<(string | null)[]> =>
    main.locator('.item').evaluateAll((rows) => rows.slice(0, 3).map((one) => (one as HTMLElement).dataset['jid'] ?? null))
  await item('bob@localhost').dragTo(item(group.jid))
  await expect.poll(order).toEqual(['bob@localhost', group.jid, 'carol@localhost'])
  await item('bob@localhost').focus()
  await main.keyboard.press('Alt+Shift+ArrowDown')
  await expect.poll(order).toEqual([group.jid, 'bob@localhost', 'carol@localhost'])

  // a name is found above the messages
  await main.fill('.side input', 'carol')
  await main.locator('[data-test=search-name]', { hasText: 'Carol' }).waitFor()
  await screenshot(main, 'search-names')
  await main.fill('.side input', '')

  // a deleted conversation is gone, is not found, and returns with a new message
  await item('bob@localhost').click({ button: 'right' })
  await main.click('.menu [data-test=delete-conversation]')
  await screenshot(main, 'delete-conversation')
  await main.click('[data-test=delete-conversation-confirm]')
  await item('bob@localhost').waitFor({ state: 'detached' })
  await main.fill('.side input', 'mnemo-2026')
  await main.locator('.results .empty').waitFor()
  await main.fill('.side input', '')
  await bob.messages.send(toAlice.id, '还在吗')
  await item('bob@localhost').click()
  await row('还在吗').waitFor()
  expect(await main.locator('.row').count()).toBe(1)

  // a person who is no longer in the list is found by name
  await item('carol@localhost').click({ button: 'right' })
  await main.click('.menu [data-test=delete-conversation]')
  await main.click('[data-test=delete-conversation-confirm]')
  await item('carol@localhost').waitFor({ state: 'detached' })
  await main.keyboard.press('Control+k')
  await main.fill('[data-test=switcher]', 'carol')
  await main.keyboard.press('Enter')
  await main.locator('.head h2', { hasText: 'Carol' }).waitFor()
  await item('carol@localhost').waitFor()
})
