/** A group's life: created with friends, administered, removed from; and a conversation list kept tidy. */
import { expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import { until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { screenshot } from '../support/windows.ts'

const story = new Story()

test('a group is created, administered and left; the list is kept tidy', async () => {
  const { bob } = story
  const main = await story.open()

  // created, with Bob chosen by name
  await main.click('[data-test=new]')
  await main.click('[data-test=create-group]')
  await main.fill('[name=group-name]', '周末爬山')
  await main.fill('[data-test=people]', 'bob')
  await main.locator('.person', { hasText: 'bob@localhost' }).click()
  await screenshot(main, 'group-create')
  await main.click('.dialog .button.primary')
  await main.locator('.head h2', { hasText: '周末爬山' }).waitFor()
  // the new group is first in the list, though it has no message yet
  await expect.poll(() => main.locator('.item .name').first().textContent()).toBe('周末爬山')
  await until(bob, async () => bob.accounts.invitations.length > 0)
  await bob.groups.answerInvitation(bob.accounts.invitations[0]!.group, true)
  const group = bob.accounts.invitations[0]?.group ?? (await bob.store.read.conversations()).find(({ kind }) => kind === 'group')!.jid
  const bobs = (await bob.store.read.conversationByJid(group))!
  await bob.messages.send(bobs.id, '收到，周六见 🏔️')
  await main.locator('.row', { hasText: '周六见' }).waitFor()

  // its subject and its members
  await main.click('[data-test=about]')
  await main.locator('.member', { hasText: 'bob@localhost' }).waitFor()
  await main.click('[data-test=edit-subject]')
  await main.fill('.edit textarea', '周六八点，香山东门集合。\n带水和午饭。')
  await main.click('.edit .button.primary')
  await main.locator('[data-test=subject]', { hasText: '香山东门' }).waitFor()
  await screenshot(main, 'group-info')
  await until(bob, async () => (await bob.store.read.conversation(bobs.id))?.subject.startsWith('周六八点'))
  await main.locator('.member', { hasText: 'bob@localhost' }).locator('[data-test=lead]').click()
  await main.locator('[data-test=put-out]').waitFor()
  await screenshot(main, 'group-lead')
  await main.click('[data-test=put-out]')
  await until(bob, async () => (await bob.store.read.conversation(bobs.id))?.out?.why === 'kicked')
  await main.locator('.member.away', { hasText: 'bob@localhost' }).waitFor()
  await main.keyboard.press('Escape')
  await main.locator('.dialog').waitFor({ state: 'detached' })

  // invited to another group, and removed from it
  const other = await bob.groups.create({ name: 'Reading circle', membersOnly: true, invite: ['alice@localhost' as Jid] })
  await main.locator('[data-test=invitation]').waitFor()
  await screenshot(main, 'group-invitation')
  await main.click('[data-test=enter]')
  await main.locator('[data-test=invitation]').waitFor({ state: 'detached' })
  await main.locator(`[data-jid="${other.jid}"]`).click()
  await main.locator('[data-test=composer]').waitFor()
  await bob.groups.inside(other.id, (groups, jid) => groups.setAffiliation(jid, 'alice@localhost' as Jid, 'outcast'))
  await main.locator('[data-test=no-composer]', { hasText: '禁止加入' }).waitFor()
  await screenshot(main, 'group-out')

  // pinned, muted, archived and restored
  const item = (jid: string) => main.locator(`[data-jid="${jid}"]`)
  const menu = async (jid: string, what: string): Promise<void> => {
    await item(jid).click({ button: 'right' })
    await main.click(`.menu [data-test=${what}]`)
  }
  const first = (): Promise<string | null> => main.locator('.item').first().getAttribute('data-jid')
  await menu('carol@localhost', 'pin')
  await expect.poll(first).toBe('carol@localhost')
  // muted for an hour, and unmuted
  await item(group).click({ button: 'right' })
  await main.click('.menu [data-test=mute]')
  await main.click('.menu [data-test=mute-hour]')
  await item(group).locator('.bottom .kind').waitFor()
  await menu(group, 'unmute')
  await expect.poll(() => item(group).locator('.bottom .kind').count()).toBe(0)
  // muted for good
  await item(group).click({ button: 'right' })
  await main.click('.menu [data-test=mute]')
  await screenshot(main, 'list-mute')
  await main.click('.menu [data-test=mute-good]')
  await item(group).locator('.bottom .kind').waitFor()
  await menu('carol@localhost', 'mark')
  await item('carol@localhost').locator('.badge.dot').waitFor()
  await item(other.jid).click({ button: 'right' })
  await main.locator('.menu [data-test=archive]').waitFor()
  await screenshot(main, 'list-menu')
  await main.click('.menu [data-test=archive]')
  await item(other.jid).waitFor({ state: 'detached' })
  await main.click('[data-test=archived]')
  await item(other.jid).waitFor()
  expect(await main.locator('.item').count()).toBe(1)
  await menu(other.jid, 'archive')
  await item('carol@localhost').waitFor()
  await screenshot(main, 'list-tidy')
})
