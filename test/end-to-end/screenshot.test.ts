/** A screenshot: taken of the real desktop, cropped by hand, marked, and sent. */
import { expect, test } from 'vitest'
import { messages, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { screenshot, violations } from '../support/windows.ts'

const story = new Story()

test('a screenshot is cropped, marked, blurred, undone and sent', async () => {
  const { bob } = story
  const main = await story.open()
  const toAlice = await bob.conversations.start('alice@localhost', 'direct', null)
  await bob.messages.send(toAlice.id, '截个图给我看看')
  await main.locator('[data-jid="bob@localhost"]').click()
  await main.locator('.row', { hasText: '截个图' }).waitFor()
  await main.click('[data-test=attach]')
  await main.locator('[data-test=attach-screen-behind]').waitFor()
  await main.click('[data-test=attach-screen]')
  const canvas = main.locator('[data-test=screenshot-canvas]')
  await canvas.waitFor()
  // the picture is of the desktop: more than one colour, and as large as the screen
  const colours = await canvas.evaluate((element: HTMLCanvasElement) => {
    const { data } = element.getContext('2d')!.getImageData(0, 0, element.width, element.height)
    const seen = new Set<number>()
    for (let at = 0; at < data.length; at += 4 * 97) seen.add(((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0))
    return { seen: seen.size, width: element.width, screen: screen.width * devicePixelRatio }
  })
  expect(colours.seen).toBeGreaterThan(5)
  expect(colours.width).toBe(colours.screen)
  await screenshot(main, 'screenshot-choose')
  expect(await violations(main)).toEqual([])

  const drag = async (from: [number, number], to: [number, number]): Promise<void> => {
    const box = (await canvas.boundingBox())!
    await main.mouse.move(box.x + box.width * from[0], box.y + box.height * from[1])
    await main.mouse.down()
    await main.mouse.move(box.x + box.width * to[0], box.y + box.height * to[1], { steps: 4 })
    await main.mouse.up()
  }
  const pixels = (): Promise<string> => canvas.evaluate((element: HTMLCanvasElement) => element.toDataURL())
  await drag([0.1, 0.1], [0.9, 0.8])
  await main.locator('[data-test=screenshot-arrow]:enabled').waitFor()
  const width = await canvas.evaluate((element: HTMLCanvasElement) => element.width)
  expect(Math.abs(width / colours.width - 0.8)).toBeLessThan(0.02)
  const plain = await pixels()
  await drag([0.2, 0.7], [0.5, 0.4])
  await expect.poll(async () => (await pixels()) === plain).toBe(false)
  await main.click('[data-test=screenshot-box]')
  await drag([0.5, 0.2], [0.8, 0.4])
  await main.click('[data-test=screenshot-blur]')
  await drag([0.05, 0.05], [0.4, 0.3])
  await main.click('[data-test=screenshot-text]')
  const box = (await canvas.boundingBox())!
  await main.mouse.click(box.x + box.width * 0.55, box.y + box.height * 0.5)
  await main.fill('[data-test=screenshot-words]', '看这里')
  await main.keyboard.press('Enter')
  await main.locator('[data-test=screenshot-words]').waitFor({ state: 'detached' })
  await screenshot(main, 'screenshot-marked')
  expect(await violations(main)).toEqual([])
  const marked = await pixels()
  await main.keyboard.press('Control+z')
  await expect.poll(async () => (await pixels()) === marked).toBe(false)
  await main.emulateMedia({ colorScheme: 'dark' })
  await screenshot(main, 'screenshot-marked-dark')
  await main.emulateMedia({ colorScheme: 'light' })

  await main.click('[data-test=screenshot-done]')
  await main.locator('[data-test=send-files]:enabled').waitFor()
  await main.click('[data-test=send-files]')
  const file = await until(bob, async () =>
    (await messages(bob, 'alice@localhost'))
      .flatMap(({ attachments }) => attachments)
      .find(({ name, where }) => name.startsWith('screenshot') && where === 'here')
  )
  expect(file.width).toBe(width)

  // the window hides while the screen behind it is captured, and returns; Escape leaves
  await main.locator('[data-test=composer]').focus()
  await main.keyboard.press('Control+Shift+X')
  await canvas.waitFor()
  await main.keyboard.press('Escape')
  await canvas.waitFor({ state: 'detached' })
})
