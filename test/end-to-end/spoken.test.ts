/** A chat by screen reader: what it says at each step, in order. The transcript is printed. */
import { expect, test } from 'vitest'
import { focusName } from '../support/keyboard.ts'
import { messages, until } from '../support/server.ts'
import { Listener } from '../support/spoken.ts'
import { Story } from '../support/story.ts'
import { steady } from '../support/windows.ts'

const story = new Story()

test('a session is heard from the list to the answer, and nothing in it is nameless', async () => {
  const { bob } = story
  const main = await story.open([], { LANG: 'en_US.UTF-8' })
  const { id } = await bob.conversations.start('alice@localhost', 'direct', null)
  await bob.messages.send(id, 'Are you coming tonight?')
  const row = main.locator('[data-jid="bob@localhost"]')
  await row.locator('.badge').waitFor()
  const reader = await Listener.start(main)
  const press = async (key: string, about = key): Promise<string> => {
    await main.keyboard.press(key)
    await steady(main, () => focusName(main))
    return reader.focused(about)
  }
  await main.locator('[data-test=menu]').focus()
  await reader.focused('start')
  let at = ''
  for (let i = 0; i < 12 && !/Bob/.test(at); i++) at = await press('Tab')
  expect(at).toMatch(/^Bob /)
  expect(at).toContain('1 unread message')
  expect(at).toContain('Are you coming tonight?')
  expect(await press('Enter')).toContain('Message')
  // an incoming message is read out while the conversation is open
  await bob.messages.send(id, 'Dinner is at eight')
  await main.locator('.row', { hasText: 'Dinner is at eight' }).waitFor()
  await expect
    .poll(async () => {
      await reader.listen()
      return reader.lines.filter((line) => line.includes('Dinner is at eight')).length
    })
    .toBe(1)
  expect(await press('ArrowUp')).toMatch(/^Bob: Dinner is at eight/)
  expect(await press('r', 'r (reply)')).toContain('Message')
  await main.keyboard.type('On my way')
  await main.keyboard.press('Enter')
  await until(bob, async () => (await messages(bob, 'alice@localhost')).some(({ text }) => text === 'On my way'))
  await main.locator('.row.own[data-state=delivered]', { hasText: 'On my way' }).waitFor()
  const own = await press('ArrowUp')
  expect(own).toMatch(/^You: On my way/)
  expect(own).toMatch(/[Dd]elivered/)
  expect(own).toContain('Bob')
  expect(await press('Shift+F10')).toMatch(/menuitem/)
  await press('ArrowDown')
  await press('ArrowDown')
  await press('Escape')
  await press('Escape')
  await press('Control+k')
  await press('ArrowDown')
  await press('Escape')
  await press('Control+f')
  await main.keyboard.type('dinner')
  await main.locator('[data-test=find-place]', { hasText: '1 of 1' }).waitFor()
  await press('Escape')
  await press('Control+Shift+Tab', 'Ctrl+Shift+Tab')
  for (const key of ['Shift+Tab', 'Shift+Tab', 'Shift+Tab', 'Shift+Tab', 'Shift+Tab', 'Shift+Tab']) await press(key)
  await reader.listen()
  process.stdout.write(`${['', 'what a screen reader says:', ...reader.lines.map((line) => `  ${line}`), ''].join('\n')}\n`)
  expect(reader.lines.filter((line) => line.includes('(no name)'))).toEqual([])
  // a place that is no place
  expect(reader.lines.filter((line) => line.includes('0 of 1'))).toEqual([])
})
