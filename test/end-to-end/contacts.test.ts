/** Starting a chat with people rather than addresses: contacts, group members, oneself; a QR code; and the contact list. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeQR } from 'qr'
import { afterAll, expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import { Devices, messages, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { ROOT } from '../support/files.ts'
import { moveWindow, screenshot, violations } from '../support/windows.ts'

const story = new Story({ strangers: ['mallory'] })
const devices = new Devices()
afterAll(() => devices.end())
const MALLORY = 'mallory@localhost' as Jid

test('new chat: people first, by keyboard; notes to oneself; an address; a QR code', async () => {
  const { bob } = story
  const main = await story.open()
  const mallory = await devices.signIn(story.server, 'mallory')
  const group = await bob.groups.create({ name: '周末爬山', membersOnly: true, invite: ['alice@localhost' as Jid, MALLORY] })
  await until(mallory, async () => mallory.accounts.invitations.length > 0)
  await mallory.conversations.start(group.jid, 'group', '王小明')
  await main.click('[data-test=enter]')
  await main.locator(`[data-jid="${group.jid}"]`).waitFor()
  const focused = (): Promise<string | null> => main.evaluate(() => document.activeElement?.getAttribute('data-test') ?? null)

  // contacts, group members, and oneself
  await main.keyboard.press('Control+n')
  await expect.poll(focused).toBe('who')
  await main.locator('[data-test=person]', { hasText: 'bob@localhost' }).waitFor()
  await expect.poll(() => main.locator('[data-test=person]', { hasText: '王小明' }).locator('.quiet').textContent()).toContain('周末爬山')
  expect(await main.locator('.people > *').first().getAttribute('data-test')).toBe('notes')
  expect(await violations(main)).toEqual([])
  await screenshot(main, 'start-people')
  for (const width of [420, 720]) {
    await moveWindow(main, { left: 0, top: 0, width, height: 700 })
    await screenshot(main, `start-people-${width}`)
  }
  await moveWindow(main, { left: 0, top: 0, width: 1280, height: 800 })

  // two initials and Enter: a conversation with a group member
  await main.keyboard.type('wxm')
  await main.keyboard.press('Enter')
  // the person keeps the name known from the group
  await main.locator('.head h2', { hasText: '王小明' }).waitFor()
  await expect.poll(focused).toBe('composer')
  await main.keyboard.type('我们在爬山群里见过')
  await main.keyboard.press('Enter')
  await until(mallory, async () => (await messages(mallory, 'alice@localhost')).some(({ text }) => text.includes('爬山群')))

  // notes to self
  await main.keyboard.press('Control+n')
  await main.keyboard.press('Enter')
  await main.locator('.head h2', { hasText: '备忘录' }).waitFor()
  await main.keyboard.type('买牛奶')
  await main.keyboard.press('Enter')
  await main.locator('.row.own', { hasText: '买牛奶' }).waitFor()
  await screenshot(main, 'notes')
  expect(await main.locator('[data-jid="alice@localhost"] .name').textContent()).toBe('备忘录')

  // a new address, without a click
  await main.keyboard.press('Control+n')
  await main.keyboard.type('carol@loc')
  await main.locator('[data-test=person]', { hasText: 'carol@localhost' }).waitFor()
  await main.fill('[data-test=who]', 'new.friend@localhost')
  await main.locator('[data-test=address]', { hasText: 'new.friend@localhost' }).waitFor()
  await screenshot(main, 'start-address')
  await main.keyboard.press('Escape')

  // the user's own QR code is readable, also by the app itself
  await main.click('[data-test=new]')
  await main.click('[data-test=own-card]')
  await main.locator('[data-test=own-code] path').waitFor()
  expect(await main.locator('[data-test=own-code]').getAttribute('data-link')).toBe('xmpp:alice@localhost')
  expect(await violations(main)).toEqual([])
  await screenshot(main, 'own-code')
  await main.locator('[data-test=own-code]').screenshot({ path: join(story.folder, 'code.png') })
  await main.locator('.end-buttons .button').click()
  await main.click('[data-test=by-address]')
  await main.setInputFiles('[data-test=code-picture]', join(story.folder, 'code.png'))
  await expect.poll(() => main.inputValue('[name=jid]')).toBe('alice@localhost')
  // a QR code from another program, and a picture without one
  await main.setInputFiles('[data-test=code-picture]', {
    name: 'room.gif',
    mimeType: 'image/gif',
    buffer: Buffer.from(encodeQR(`xmpp:${group.jid}?join`, 'gif', { scale: 5 }))
  })
  await expect.poll(() => main.inputValue('[name=jid]')).toBe(group.jid)
  await main.locator('[name=nick]').waitFor()
  await main.setInputFiles('[data-test=code-picture]', { name: 'icon.png', mimeType: 'image/png', buffer: readFileSync(join(ROOT, 'resources/icon.png')) })
  await main.locator('.error-text', { hasText: '二维码' }).waitFor()
  await main.keyboard.press('Escape')

  // contact list with roster groups
  await until(mallory, async () => mallory.accounts.requests.length > 0)
  await main.click('[data-test=menu]')
  await main.click('[data-test=contacts-item]')
  await main.locator('[data-contact="mallory@localhost"]', { hasText: '等待对方验证' }).waitFor()
  await mallory.people.answerRequest('alice@localhost' as Jid, true)
  await main.locator('[data-contact="mallory@localhost"]', { hasText: '在线' }).waitFor()
  expect(await main.locator('[data-test=roster-group]').count()).toBe(0)
  await main.evaluate(() =>
    (window as unknown as { mnemo: { call(id: number, channel: string, input: unknown): Promise<unknown> } }).mnemo.call(90_001, 'contacts.setGroups', {
      account: 'alice@localhost',
      jid: 'mallory@localhost',
      groups: ['爬山']
    })
  )
  await main.locator('[data-test=roster-group]', { hasText: '爬山' }).waitFor()
  await main.locator('[data-test=contact]', { hasText: 'Bob' }).waitFor()
  expect(await violations(main)).toEqual([])
  await screenshot(main, 'contacts')
  await main.locator('[data-test=roster-group]', { hasText: '爬山' }).click()
  await expect.poll(() => main.locator('[data-contact="mallory@localhost"]').count()).toBe(0)
  await main.fill('[data-test=contacts-find]', 'bo')
  await expect.poll(() => main.locator('[data-test=contact]').count()).toBe(1)
  await main.keyboard.press('Tab')
  await main.keyboard.press('Enter')
  await main.locator('.head h2', { hasText: 'Bob' }).waitFor()
  await main.click('[data-test=contacts-close]')
  await main.locator('.item').first().waitFor()
})
