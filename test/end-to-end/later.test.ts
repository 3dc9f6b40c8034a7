/** Scheduled messages, reminders, and cards of locations and contacts. */
import { expect, test } from 'vitest'
import { messages, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { screenshot, violations } from '../support/windows.ts'

const story = new Story()

test('a scheduled message waits for its time, and can be sent earlier, edited or cancelled', async () => {
  const { bob } = story
  const main = await story.open()
  const toAlice = await bob.conversations.start('alice@localhost', 'direct', null)
  await bob.messages.send(toAlice.id, '周末去哪儿？')
  await main.locator('[data-jid="bob@localhost"]').click()
  await main.locator('.row', { hasText: '周末去哪儿' }).waitFor()
  const later = async (text: string): Promise<void> => {
    await main.fill('[data-test=composer]', text)
    await main.click('[data-test=send-later]')
    await main.locator('[data-test=later-tomorrow]').waitFor()
  }
  await later('明天早上提醒你带伞')
  await screenshot(main, 'later-picker')
  expect(await violations(main)).toEqual([])
  await main.click('[data-test=later-tomorrow]')
  await main.locator('[data-test=scheduled]', { hasText: '1 条定时消息' }).waitFor()
  expect(await main.inputValue('[data-test=composer]')).toBe('')
  await later('生日快乐')
  await main.fill('[data-test=later-own]', '2100-01-01T00:00')
  await main.click('[data-test=later-pick]')
  await main.locator('[data-test=scheduled]', { hasText: '2 条定时消息' }).waitFor()
  await screenshot(main, 'later-bar')
  await main.click('[data-test=scheduled]')
  const list = main.locator('[data-test=scheduled-list] li')
  await list.nth(1).waitFor()
  await screenshot(main, 'later-list')
  expect(await violations(main)).toEqual([])
  // the first message is sent now
  await list.nth(0).locator('[data-test=scheduled-now]').click()
  await until(bob, async () => (await messages(bob, 'alice@localhost')).find(({ text }) => text === '明天早上提醒你带伞'))
  // the other is edited
  await list.nth(0).locator('[data-test=scheduled-edit]').click()
  await main.locator('[data-test=scheduled]').waitFor({ state: 'detached' })
  expect(await main.inputValue('[data-test=composer]')).toBe('生日快乐')
  await main.fill('[data-test=composer]', '')
})

test('a reminder appears when it is due', async () => {
  const main = await story.app.window('main')
  const row = main.locator('.row', { hasText: '周末去哪儿' })
  await row.locator('.bubble').click({ button: 'right' })
  await main.click('.menu [data-test=remind]')
  await main.click('[data-test=later-hour]')
  await row.locator('[data-test=reminded]').waitFor()
  await row.locator('.bubble').click({ button: 'right' })
  await main.click('.menu [data-test=remind]')
  await screenshot(main, 'reminder-picker')
  await main.click('[data-test=reminder-remove]')
  await row.locator('[data-test=reminded]').waitFor({ state: 'detached' })
  // due in a moment
  const id = Number(await row.getAttribute('data-id'))
  await main.evaluate(
    (message) =>
      (window as unknown as { mnemo: { call(id: number, channel: string, input: unknown): Promise<unknown> } }).mnemo.call(999_999, 'messages.remind', {
        id: message,
        due: Date.now() + 500
      }),
    id
  )
  const bar = main.locator('[data-test=reminder]')
  await bar.locator('.about', { hasText: '周末去哪儿' }).waitFor()
  await screenshot(main, 'reminder-due')
  expect(await violations(main)).toEqual([])
  await main.click('[data-jid="carol@localhost"]')
  await bar.locator('.about').click()
  await main.locator('.bubble.flash', { hasText: '周末去哪儿' }).waitFor()
  await bar.waitFor({ state: 'detached' })
  await row.locator('[data-test=reminded]').waitFor({ state: 'detached' })
})

test('locations and contacts are sent and received as cards', async () => {
  const { bob } = story
  const main = await story.app.window('main')
  await main.click('[data-jid="bob@localhost"]')
  await main.click('[data-test=attach]')
  await main.locator('[data-test=attach-place]').waitFor()
  await screenshot(main, 'attach-menu')
  await main.click('[data-test=attach-place]')
  await main.fill('[data-test=place-field]', 'https://www.openstreetmap.org/#map=16/31.2304/121.4737')
  await main.locator('.dialog', { hasText: '31.2304° N, 121.4737° E' }).waitFor()
  await screenshot(main, 'place-field')
  expect(await violations(main)).toEqual([])
  await main.click('[data-test=place-send]')
  await until(bob, async () => (await messages(bob, 'alice@localhost')).find(({ text }) => text === 'geo:31.2304,121.4737'))
  await main.click('[data-test=attach]')
  await main.click('[data-test=attach-contact]')
  await main.fill('.dialog [data-test=people]', 'carol')
  await main.locator('.dialog .person').first().click()
  await main.click('[data-test=contact-send]')
  await until(bob, async () => (await messages(bob, 'alice@localhost')).find(({ attachments }) => attachments[0]?.name === 'Carol.vcf'))
  // a contact's panel shares the same card
  await main.click('[data-test=about]')
  await main.click('[data-test=share-contact]')
  await main.fill('.dialog [data-test=people]', 'bob')
  await main.locator('.dialog .person').first().click()
  await screenshot(main, 'share-contact')
  expect(await violations(main)).toEqual([])
  await main.click('[data-test=share-send]')
  await main.locator('.dialog').waitFor({ state: 'detached' })
  await until(bob, async () => (await messages(bob, 'alice@localhost')).find(({ attachments }) => attachments[0]?.name === 'Bob.vcf'))
  await main.keyboard.press('Escape')
  const toAlice = await bob.conversations.start('alice@localhost', 'direct', null)
  await bob.messages.send(toAlice.id, 'geo:-33.8568,151.2153')
  const place = main.locator('.row:not(.own) [data-test=place] a')
  await place.waitFor()
  expect(await place.getAttribute('href')).toBe('https://www.openstreetmap.org/?mlat=-33.8568&mlon=151.2153#map=16/-33.8568/151.2153')
  await main.locator('.row.own [data-test=contact-file]', { hasText: 'carol@localhost' }).waitFor()
  await screenshot(main, 'cards')
  await main.emulateMedia({ colorScheme: 'dark' })
  await screenshot(main, 'cards-dark')
  expect(await violations(main)).toEqual([])
  await main.emulateMedia({ colorScheme: 'light' })
})
