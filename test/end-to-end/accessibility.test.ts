/** axe-core finds nothing on any screen, in light and dark; everything is reachable by keyboard. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import type { RunningApp } from '../../tools/start/drive.ts'
import { testFolder, type TestFolder } from '../support/server.ts'
import { openApp, screenshot, stillness, violations } from '../support/windows.ts'

let folder: TestFolder
let app: RunningApp
let main: Page
beforeAll(async () => {
  folder = testFolder()
  app = await openApp({ profile: folder.path, args: ['--demo', '--offline'] })
  main = await app.window('main')
  await main.locator('.item').first().waitFor()
})
afterAll(async () => {
  await app.kill()
  folder.remove()
})

const item = (name: string) => main.locator('.item', { has: main.locator('.name', { hasText: name }) })

test.each(['light', 'dark'] as const)('every screen, %s', async (theme) => {
  const seen: Record<string, string[]> = {}
  const look = async (name: string, page: Page): Promise<void> => {
    await stillness(page)
    const found = await violations(page)
    if (found.length > 0) {
      seen[name] = found
      await screenshot(page, `accessibility-${theme}-${name}`)
    }
  }
  await main.click('[data-test=menu]')
  await look('menu', main)
  await main.locator('[data-test=settings-item]').click()
  const settings = await app.window('settings')
  await settings.locator('.note.file').waitFor()
  await settings.locator(`input[value=${theme}]`).check({ force: true })
  await look('settings', settings)
  await main.bringToFront()
  await item('产品讨论组').click()
  await main.locator('.row').first().waitFor()
  await look('group', main)
  await main.click('[data-test=about]')
  await look('group-info', main)
  await main.keyboard.press('Escape')
  await item('林晓雨').click()
  await main.locator('.row').first().waitFor()
  await look('conversation', main)
  await main.locator('.bubble').last().click({ button: 'right' })
  await look('message-menu', main)
  await main.click('.menu [data-test=select]')
  await look('selection', main)
  await main.click('[data-test=selection-forward]')
  await look('forward', main)
  await main.keyboard.press('Escape')
  await main.keyboard.press('Escape')
  await main.keyboard.press('Control+k')
  await main.locator('[data-test=switcher]').waitFor()
  await look('switcher', main)
  await main.keyboard.press('Escape')
  await main.click('[data-test=new]')
  await look('new-chat', main)
  await main.keyboard.press('Escape')
  await main.keyboard.press('Control+f')
  await look('find', main)
  await main.keyboard.press('Escape')
  await main.fill('[data-test=search]', '火锅')
  await main.locator('.results').waitFor()
  await look('results', main)
  await main.fill('[data-test=search]', '')
  await main.keyboard.press('Control+Shift+f')
  const search = await app.window('search')
  await search.fill('[data-test=search]', '周末')
  await search.locator('.results').waitFor()
  await look('search-window', search)
  await search.close()
  await item('林晓雨').dblclick()
  const chat = await app.window('chat')
  await chat.locator('.row').first().waitFor()
  await look('chat-window', chat)
  await chat.close()
  await settings.close()
  expect(seen).toEqual({})
})

test('the sign-in page', async () => {
  const empty = testFolder()
  const fresh = await openApp({ profile: empty.path })
  const page = await fresh.window('main')
  await page.locator('[name=address]').waitFor()
  await page.click('summary')
  expect(await violations(page)).toEqual([])
  await fresh.quit()
  empty.remove()
})

test('with the keyboard only: the list, a conversation, sending a message, the menu and back', async () => {
  await main.bringToFront()
  await main.locator('[data-test=menu]').focus()
  const focused = (): Promise<string> => main.evaluate(() => document.activeElement?.getAttribute('data-test') ?? document.activeElement?.className ?? '')
  const reached: string[] = []
  for (let i = 0; i < 12; i++) {
    await main.keyboard.press('Tab')
    reached.push(await focused())
    if (reached.at(-1)?.includes('item') === true) break
  }
  expect(reached.at(-1)).toContain('item')
  await main.keyboard.press('ArrowDown')
  await main.keyboard.press('ArrowDown')
  await main.keyboard.press('Enter')
  await expect.poll(focused).toBe('composer')
  // also for the conversation that is open already
  await main.locator('.item.selected').focus()
  await main.keyboard.press('Enter')
  await expect.poll(focused).toBe('composer')
  await main.keyboard.type('只用键盘 by keyboard alone')
  await main.keyboard.press('Enter')
  await main.locator('.row.own', { hasText: '只用键盘' }).waitFor()
  // the focused element is visible as such
  await main.keyboard.press('Shift+Tab')
  expect(await main.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle)).not.toBe('none')
})
