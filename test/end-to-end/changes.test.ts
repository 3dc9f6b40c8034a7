/** Two people chat: replies, reactions, a correction with Ctrl+Up, a retraction, and a deletion on this computer only. */
import { expect, test } from 'vitest'
import { Devices, messages, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { screenshot } from '../support/windows.ts'

const story = new Story({ strangers: ['mallory', 'dave'] })

test('replies, reactions, corrections and retractions', async () => {
  const { bob } = story
  const main = await story.open()
  const toAlice = await bob.conversations.start('alice@localhost', 'direct', null)
  await bob.messages.send(toAlice.id, '周六去爬香山吗？')
  await bob.messages.send(toAlice.id, 'Weather looks great 🍁')
  await main.locator('[data-jid="bob@localhost"]').click()
  const bubble = (text: string) => main.locator('.row', { hasText: text }).last().locator('.bubble')
  await bubble('爬香山').waitFor()
  // a reply
  await bubble('爬香山').click({ button: 'right' })
  await main.locator('.menu [data-test=reply]').waitFor()
  await screenshot(main, 'message-menu')
  await main.click('.menu [data-test=reply]')
  await main.locator('[data-test=writing]').waitFor()
  await main.fill('[data-test=composer]', '好啊，几点出发')
  await screenshot(main, 'message-reply')
  await main.keyboard.press('Enter')
  expect((await until(bob, async () => (await messages(bob, 'alice@localhost')).find(({ text }) => text === '好啊，几点出发'))).reply).toMatchObject({
    text: '周六去爬香山吗？',
    outgoing: true
  })
  // a reaction
  await bubble('Weather').click({ button: 'right' })
  await main.locator('.menu .reaction-item').first().click()
  await main.locator('[data-test=reaction]').waitFor()
  await until(bob, async () => (await messages(bob, 'alice@localhost')).find(({ reactions }) => reactions[0]?.emoji === '👍'))
  // Ctrl+Up edits the last own message; the text begun before remains as a draft
  await main.locator('.row.own[data-state=delivered]').waitFor()
  await main.locator('[data-test=composer]').focus()
  await main.keyboard.press('Control+ArrowUp')
  expect(await main.inputValue('[data-test=composer]')).toBe('好啊，几点出发')
  await main.fill('[data-test=composer]', '好啊，八点出发！')
  await main.keyboard.press('Enter')
  await bubble('八点出发').waitFor()
  await until(bob, async () => (await messages(bob, 'alice@localhost')).find(({ text, edited }) => edited && text === '好啊，八点出发！'))
  expect(await main.inputValue('[data-test=composer]')).toBe('')
  // Bob types, and reads
  await bob.messages.type(toAlice.id, true)
  await main.locator('[data-test=typing]').waitFor()
  await screenshot(main, 'message-typing')
  // screen readers announce it, too
  expect(await main.locator('[data-test=news] [role=status]').textContent()).toMatch(/正在输入…$/)
  await bob.messages.markRead(toAlice.id, (await messages(bob, 'alice@localhost')).at(-1)!.id)
  await main.locator('.row.own .state.seen').first().waitFor()
  // retracted
  await main.fill('[data-test=composer]', '发错了的消息')
  await main.keyboard.press('Enter')
  await until(bob, async () => (await messages(bob, 'alice@localhost')).find(({ text }) => text === '发错了的消息'))
  await main.locator('.row.own[data-state=delivered]', { hasText: '发错了的消息' }).waitFor()
  await bubble('发错了的消息').click({ button: 'right' })
  await main.click('.menu [data-test=recall]')
  await main.locator('.bubble.retracted').waitFor()
  await until(bob, async () => (await messages(bob, 'alice@localhost')).find(({ retracted }) => retracted))
  await screenshot(main, 'message-changes')
  await main.emulateMedia({ colorScheme: 'dark' })
  await screenshot(main, 'message-changes-dark')
  // deleted here only, after a confirmation
  await bubble('Weather').click({ button: 'right' })
  await main.click('.menu [data-test=delete]')
  await main.click('[data-test=delete-confirm]')
  await bubble('Weather').waitFor({ state: 'detached' })
  expect((await messages(bob, 'alice@localhost')).some(({ text }) => text.startsWith('Weather'))).toBe(true)
  // a click on the quotation jumps to the quoted message
  await main.click('[data-test=quoted]')
  await main.locator('.bubble.flash', { hasText: '爬香山' }).waitFor()
  // and back to the previous position
  await main.click('[data-test=back]')
  await main.locator('[data-test=back]').waitFor({ state: 'detached' })
  // a group member is found by the initials of a name's syllables
  const room = 'outing@rooms.localhost'
  const b = await bob.conversations.start(room, 'group', '鲍勃')
  await bob.messages.send(b.id, '大家好')
  await main.click('[data-test=new]')
  await main.click('[data-test=join-group]')
  await main.fill('[name=jid]', room)
  await main.fill('[name=nick]', 'alice')
  await main.click('.dialog .primary')
  await bubble('大家好').waitFor()
  await main.locator('[data-test=composer]').pressSequentially('早上好 @bb')
  await main.locator('[data-test=mentions] .completion', { hasText: '鲍勃' }).waitFor()
  await screenshot(main, 'message-mention')
  await main.keyboard.press('Enter')
  expect(await main.inputValue('[data-test=composer]')).toBe('早上好 @鲍勃 ')
  await main.keyboard.press('Enter')
  await until(bob, async () => (await messages(bob, room)).find(({ text }) => text === '早上好 @鲍勃'))
  expect((await bob.store.find.search({ query: 'is:mention', limit: 5 })).hits.map(({ message }) => message.text)).toEqual(['早上好 @鲍勃'])
  // leaving the group and joining again
  await main.locator(`[data-jid="${room}"]`).click({ button: 'right' })
  await main.click('[data-test=leave]')
  await main.locator('[data-test=no-composer]').waitFor()
  await screenshot(main, 'group-left')
  await bob.messages.send(b.id, '你还在吗')
  await main.click('[data-test=rejoin]')
  await bubble('你还在吗').waitFor()
  await bob.messages.send(b.id, '太好了')
  await expect.poll(() => main.locator('[data-test=news] [role=log]').innerText()).toMatch(/鲍勃\u2069：\u2068太好了/)
  await main.locator('[data-test=composer]').waitFor()
})

test('emoji: picked, found by pinyin, completed after a colon, and used as reactions', async () => {
  const main = await story.app.window('main')
  await main.locator('[data-jid="bob@localhost"]').click()
  await main.click('[data-test=emoji]')
  await main.fill('[data-test=emoji-find]', 'xiongmao')
  await main.locator('.one', { hasText: '🐼' }).waitFor()
  await screenshot(main, 'emoji-found')
  await main.fill('[data-test=emoji-find]', '')
  await main.locator('.head').first().waitFor()
  await screenshot(main, 'emoji')
  await main.fill('[data-test=emoji-find]', 'panda')
  await main.keyboard.press('Enter')
  await main.keyboard.press('Escape')
  expect(await main.inputValue('[data-test=composer]')).toBe('🐼')
  await main.locator('[data-test=composer]').focus()
  await main.keyboard.press('End')
  await main.keyboard.type(' 好 :huojian')
  await main.locator('[data-test=emoji-completion]', { hasText: '🚀' }).waitFor()
  await main.keyboard.press('Enter')
  expect(await main.inputValue('[data-test=composer]')).toBe('🐼 好 🚀')
  await main.keyboard.press('Enter')
  const sent = main.locator('.row.own', { hasText: '🐼 好 🚀' })
  await sent.and(main.locator('[data-state=sent], [data-state=delivered]')).waitFor()
  await sent.locator('.bubble').click({ button: 'right' })
  await main.click('[data-test=react-more]')
  await main.fill('[data-test=emoji-find]', 'pizza')
  await main.keyboard.press('Enter')
  await sent.locator('[data-test=reaction]', { hasText: '🍕' }).waitFor()
})

test("a stranger's contact request is accepted or declined", async () => {
  const main = await story.app.window('main')
  const strangers = new Devices()
  try {
    const dave = await strangers.signIn(story.server, 'dave')
    await dave.conversations.start('alice@localhost', 'direct', null)
    await main.locator('[data-test=request]', { hasText: 'dave@localhost' }).waitFor()
    await screenshot(main, 'contact-request')
    await main.click('[data-test=accept]')
    await main.locator('[data-test=request]').waitFor({ state: 'detached' })
    await main.locator('[data-jid="dave@localhost"]').waitFor()
    // both see each other's presence from now on
    await until(dave, async () => dave.accounts.presence.get('alice@localhost') === 'online')
    const mallory = await strangers.signIn(story.server, 'mallory')
    await mallory.conversations.start('alice@localhost', 'direct', null)
    await main.click('[data-test=decline]')
    await main.locator('[data-test=request]').waitFor({ state: 'detached' })
    expect(await main.locator('[data-jid="mallory@localhost"]').count()).toBe(0)
  } finally {
    await strangers.end()
  }
})
