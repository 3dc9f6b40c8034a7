/** Appearance settings: zoom, colour, background and list width; in all windows, and after a restart. */
import { expect, test } from 'vitest'
import { Story } from '../support/story.ts'
import { moveWindow, openApp, screenshot, violations } from '../support/windows.ts'

const story = new Story()

test('zoom, accent, wallpaper and the width of the list are chosen, and kept', async () => {
  const { bob } = story
  const { id } = await bob.conversations.start('alice@localhost', 'direct', null)
  let main = await story.open()
  await moveWindow(main, { left: 0, top: 0, width: 1280, height: 800 })
  await bob.messages.send(id, '看看颜色 https://example.org')
  const row = () => main.locator('[data-jid="bob@localhost"]')
  await row().locator('.badge').waitFor()
  const width = async (): Promise<number> => Math.round((await main.locator('.side').boundingBox())!.width)
  const divider = () => main.locator('[data-test=divider]')
  expect(await width()).toBe(320)

  // with the mouse: within limits, and down to avatars only
  const drag = async (to: number): Promise<void> => {
    const box = (await divider().boundingBox())!
    await main.mouse.move(box.x + 5, 300)
    await main.mouse.down()
    await main.mouse.move(to, 300, { steps: 4 })
    await main.mouse.up()
  }
  await drag(420)
  await expect.poll(width).toBe(420)
  await drag(700)
  await expect.poll(width).toBe(480)
  await drag(60)
  await expect.poll(width).toBe(76)
  await row().locator('.badge').waitFor()
  expect(await violations(main)).toEqual([])
  await screenshot(main, 'list-slim')
  // the search widens the list, and narrows it again
  await main.keyboard.press('Control+f')
  await main.locator('[data-test=search]').waitFor()
  await expect.poll(() => main.evaluate(() => document.activeElement?.getAttribute('data-test'))).toBe('search')
  await row().click()
  await expect.poll(width).toBe(76)
  // by keyboard
  await divider().focus()
  await main.keyboard.press('ArrowRight')
  await expect.poll(width).toBe(220)
  await main.keyboard.press('ArrowRight')
  await expect.poll(width).toBe(240)
  await main.keyboard.press('End')
  await expect.poll(width).toBe(480)
  await main.keyboard.press('Enter')
  await expect.poll(width).toBe(320)
  await main.keyboard.press('ArrowLeft')
  await expect.poll(width).toBe(300)

  await main.click('[data-test=menu]')
  await main.click('[data-test=settings-item]')
  const settings = await story.app.window('settings')
  await settings.click('[data-test=place-appearance]')
  await settings.locator('.swatch.violet input').check()
  await settings.locator('.paper', { hasText: '圆点' }).locator('input').check()
  await expect.poll(() => main.evaluate(() => ({ ...document.documentElement.dataset }))).toMatchObject({ accent: 'violet', wallpaper: 'dots' })
  expect(await main.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--accent').trim())).toBe('#6d37be')
  expect(await violations(settings)).toEqual([])
  await screenshot(settings, 'settings-look')
  await main.bringToFront()
  await main.fill('[data-test=composer]', '好看')
  await main.keyboard.press('Enter')
  await main.locator('.row.own').waitFor()
  expect(await violations(main)).toEqual([])
  await screenshot(main, 'look-violet-dots')
  for (const scheme of ['dark', 'light'] as const) {
    await main.emulateMedia({ colorScheme: scheme })
    await screenshot(main, `look-violet-${scheme}`)
  }
  await main.emulateMedia({ colorScheme: null })

  // larger in all windows: a zoomed page has fewer pixels of its own
  const pixels = async (): Promise<number[]> => Promise.all([main, settings].map((page) => page.evaluate(() => Math.round((outerWidth / innerWidth) * 100))))
  await main.keyboard.press('Control+=')
  await expect.poll(pixels).toEqual([110, 110])
  await main.keyboard.press('Control+=')
  await expect.poll(pixels).toEqual([125, 125])
  await screenshot(main, 'zoom-125')
  await main.keyboard.press('Control+-')
  await expect.poll(pixels).toEqual([110, 110])

  await story.app.quit()
  const again = await openApp({ profile: story.profile, env: { LANG: 'zh_CN.UTF-8' } })
  main = await again.window('main')
  await row().waitFor()
  await expect.poll(() => main.evaluate(() => Math.round((outerWidth / innerWidth) * 100))).toBe(110)
  expect(await main.evaluate(() => ({ ...document.documentElement.dataset }))).toMatchObject({ accent: 'violet', wallpaper: 'dots' })
  await expect.poll(width).toBe(300)
  await main.keyboard.press('Control+0')
  await expect.poll(() => main.evaluate(() => Math.round((outerWidth / innerWidth) * 100))).toBe(100)
  await again.quit()
})
