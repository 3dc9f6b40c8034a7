/** A phone beside the app: a foreign client on the same account, and an evening without a network. */
import { expect, test } from 'vitest'
import { foreignClient } from '../support/foreign.ts'
import { messages, online, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { screenshot } from '../support/windows.ts'

const story = new Story()

test('messages sent and read on the phone appear here, offline messages are sent once, and all are found', async () => {
  const { bob, server } = story
  const main = await story.open()
  const row = (text: string) => main.locator('.row', { hasText: text })
  const toAlice = await bob.conversations.start('alice@localhost', 'direct', null)
  await bob.messages.send(toAlice.id, '到家了吗')
  await main.locator('.item[data-jid="bob@localhost"]').click()
  await row('到家了吗').waitFor()
  const phone = await foreignClient(server, 'alice')

  // sent by phone: shown here as an own message, once, and once on Bob's side
  await phone.tell({ do: 'send', to: 'bob@localhost', bodies: ['在地铁上 from the phone'] }, 'sent')
  await main.locator('.row.own', { hasText: 'from the phone' }).waitFor()
  await until(bob, async () => (await messages(bob, 'alice@localhost')).some(({ text }) => text.includes('from the phone')))

  // read by phone: no longer unread here
  await main.locator('.item[data-jid="carol@localhost"]').click()
  await bob.messages.send(toAlice.id, '晚饭吃什么')
  const badge = main.locator('.item[data-jid="bob@localhost"] .badge')
  await badge.waitFor()
  const asked = await phone.waitFor((event) => event.body === '晚饭吃什么')
  await phone.tell(
    { do: 'raw', xml: `<message to='bob@localhost' type='chat' id='read-1'><displayed xmlns='urn:xmpp:chat-markers:0' id='${asked.id ?? ''}'/></message>` },
    'done'
  )
  await badge.waitFor({ state: 'detached' })

  // an evening without the server: messages are written, searched, and sent once when it is back
  await main.locator('.item[data-jid="bob@localhost"]').click()
  await server.stop()
  await main.locator('.banner').waitFor()
  await main.fill('[data-test=composer]', '面条，离线写的 written offline')
  await main.keyboard.press('Enter')
  await main.locator('.row.own[data-state=queued]', { hasText: 'written offline' }).waitFor()
  await main.fill('.side input', '铁上')
  await main.locator('.hit mark', { hasText: '铁上' }).first().waitFor()
  await screenshot(main, 'offline-evening')
  await main.fill('.side input', '')
  await phone.quit()
  await server.restart()
  await main.locator('.banner').waitFor({ state: 'detached' })
  await main.locator('.row.own[data-state=delivered]', { hasText: 'written offline' }).waitFor()
  await online(bob)
  const got = await until(bob, async () => {
    const list = (await messages(bob, 'alice@localhost')).map(({ text }) => text)
    return list.some((text) => text.includes('written offline')) ? list : null
  })
  expect(got).toEqual(['到家了吗', '在地铁上 from the phone', '晚饭吃什么', '面条，离线写的 written offline'])
  await screenshot(main, 'phone')
})
