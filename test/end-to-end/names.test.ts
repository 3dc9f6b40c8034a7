/**
 * A person has one name everywhere: the roster's, even if the group shows another; a person met in a group keeps that name. And readers of a
 * message there.
 */
import { expect, test } from 'vitest'
import { xml } from '@xmpp/client'
import type { Jid } from '../../src/contract/domain.ts'
import { Devices, messages, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { screenshot, stillness, violations } from '../support/windows.ts'

const story = new Story({ strangers: ['dave'] })
const [BOB, CAROL, DAVE] = ['bob@localhost', 'carol@localhost', 'dave@localhost'] as Jid[] as [Jid, Jid, Jid]

test('the name is the same in the group, its list, its notices, mentions, replies and readers', async () => {
  const { bob, server } = story
  const devices = new Devices()
  try {
    const main = await story.open()
    const [carol, dave] = [await devices.signIn(server, 'carol'), await devices.signIn(server, 'dave')]
    const group = await bob.groups.create({ name: '周末爬山', membersOnly: true, invite: ['alice@localhost' as Jid, CAROL, DAVE] })
    await bob.groups.changeNick(group.id, 'robert')
    for (const [engine, nick] of [
      [carol, 'caz'],
      [dave, '大卫']
    ] as const) {
      await until(engine, async () => engine.accounts.invitations.length > 0)
      await engine.groups.answerInvitation(group.jid, true)
      await engine.groups.changeNick((await engine.store.read.conversationByJid(group.jid))!.id, nick)
    }
    await main.locator('[data-test=enter]').first().click()
    const item = main.locator(`[data-jid="${group.jid}"]`)
    await item.waitFor()
    await item.click()

    // messages, and the list beside them
    await bob.messages.send(group.id, '明天八点出发')
    await main.locator('.row .sender', { hasText: 'Bob' }).waitFor()
    await item.locator('.preview', { hasText: 'Bob' }).waitFor()

    // typing notifications
    const from = bob.accounts.sessions[0]!
    await from.connection.send(
      xml(
        'message',
        { to: group.jid, type: 'groupchat' },
        xml('composing', { xmlns: 'http://jabber.org/protocol/chatstates' }),
        xml('no-store', { xmlns: 'urn:xmpp:hints' })
      )
    )
    await main.locator('.content header', { hasText: 'Bob' }).waitFor()
    expect(await main.locator('.content header', { hasText: 'robert' }).count()).toBe(0)

    // the members: the name, with the nickname beside it
    await main.click('[data-test=about]')
    const member = main.locator('[data-test=members] .member', { hasText: BOB })
    await member.locator('.who', { hasText: 'Bob' }).waitFor()
    await member.locator('.who .quiet', { hasText: 'robert · bob@localhost' }).waitFor()
    await stillness(main)
    await screenshot(main, 'names-members')
    expect(await violations(main)).toEqual([])
    await main.keyboard.press('Escape')

    // a mention finds both names, and writes the one known to the group
    await main.fill('[data-test=composer]', '')
    await main.locator('[data-test=composer]').pressSequentially('@rob')
    await main.locator('[data-test=mentions]', { hasText: 'Bob' }).waitFor()
    await screenshot(main, 'names-mention')
    await main.keyboard.press('Enter')
    expect(await main.inputValue('[data-test=composer]')).toContain('@robert')
    await main.keyboard.type('好')
    await main.keyboard.press('Enter')
    const asked = await until(bob, async () => (await messages(bob, group.jid)).find(({ text }) => text.includes('@robert')))

    // readers
    await bob.messages.markRead(group.id, asked.id)
    const count = main.locator('.row.own', { hasText: '@robert' }).locator('[data-test=read-count]')
    await count.filter({ hasText: '已读 1/3' }).waitFor()
    const carols = await until(carol, async () => (await messages(carol, group.jid)).find(({ text }) => text.includes('@robert')))
    await carol.messages.markRead(carols.conversation, carols.id)
    await count.filter({ hasText: '已读 2/3' }).waitFor()
    await count.focus()
    await main.keyboard.press('Enter')
    const read = main.locator('[data-test=readers-read]')
    await read.locator('li', { hasText: 'Bob' }).waitFor()
    await read.locator('li', { hasText: 'Carol' }).waitFor()
    await main.locator('[data-test=readers-unread] li', { hasText: '大卫' }).waitFor()
    await stillness(main)
    await screenshot(main, 'read-count')
    expect(await violations(main)).toEqual([])
    await main.emulateMedia({ colorScheme: 'dark' })
    await screenshot(main, 'read-count-dark')
    await main.emulateMedia({ colorScheme: 'light' })
    await main.keyboard.press('Escape')
    const daves = await until(dave, async () => (await messages(dave, group.jid)).find(({ text }) => text.includes('@robert')))
    await dave.messages.markRead(daves.conversation, daves.id)
    await count.filter({ hasText: '全部已读' }).waitFor()

    // a notice
    await dave.groups.changeNick((await dave.store.read.conversationByJid(group.jid))!.id, '大卫二号')
    await carol.groups.changeNick((await carol.store.read.conversationByJid(group.jid))!.id, 'carolina')
    await main.locator('[data-test=notice]', { hasText: 'Carol' }).first().waitFor()
    expect(await main.locator('[data-test=notice]', { hasText: 'caz' }).count()).toBe(0)

    // a person met in the group keeps that name
    await main.click('[data-test=new]')
    await main.fill('[data-test=who]', '大卫')
    await main.locator('[data-test=person]', { hasText: '大卫二号' }).click()
    await main.locator('.content header', { hasText: '大卫二号' }).waitFor()
    await until(dave, async () => dave.accounts.requests.length > 0)
    await main.locator(`[data-jid="${DAVE}"] .name`, { hasText: '大卫二号' }).waitFor()
  } finally {
    await devices.end()
  }
})
