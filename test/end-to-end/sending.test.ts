/** Sending pictures as photos or as files, in a chosen order. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { gradient } from '../support/pictures.ts'
import { messages, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { screenshot, violations } from '../support/windows.ts'

const story = new Story()

test('photos are scaled down and lose location and camera data, files are sent unchanged, in the order that the user has chosen', async () => {
  const { bob } = story
  const main = await story.open()
  const toAlice = await bob.conversations.start('alice@localhost', 'direct', null)
  await bob.messages.send(toAlice.id, '照片发我看看')
  await main.locator('[data-jid="bob@localhost"]').click()
  const SECRET = 'GPS 31.2304 N 121.4737 E, Camera X100'
  const paths = [
    ['sea.png', [20, 90, 200]],
    ['hill.png', [30, 140, 60]],
    ['dusk.png', [200, 80, 40]]
  ].map(([name, colour]) => {
    const path = join(story.folder, String(name))
    writeFileSync(path, gradient(3000, 2000, colour as [number, number, number], [250, 240, 210], SECRET))
    return path
  })
  expect(readFileSync(paths[0]!).includes(SECRET)).toBe(true)
  await main.setInputFiles('[data-test=file-input]', paths)
  const tiles = main.locator('[data-test=chosen-files] li')
  await tiles.nth(2).locator('img').waitFor()
  const order = (): Promise<string[]> => tiles.locator('[data-test=file-name]').allTextContents()
  expect((await order()).map((name) => name.trim())).toEqual(['sea.png', 'hill.png', 'dusk.png'])
  await main.locator('[data-test=way-about]', { hasText: '去除' }).waitFor()
  await screenshot(main, 'sending-photos')
  expect(await violations(main)).toEqual([])
  // the last one moved to the front by dragging, the first one back by keyboard
  await tiles.nth(2).dragTo(tiles.nth(0))
  await expect.poll(async () => (await order()).map((name) => name.trim())).toEqual(['dusk.png', 'sea.png', 'hill.png'])
  await tiles.nth(1).focus()
  await main.keyboard.press('Alt+ArrowRight')
  await expect.poll(async () => (await order()).map((name) => name.trim())).toEqual(['dusk.png', 'hill.png', 'sea.png'])
  await main.click('[data-test=send-files]')
  const photos = await until(bob, async () => {
    const here = (await messages(bob, 'alice@localhost')).flatMap(({ attachments }) => attachments).filter(({ where }) => where === 'here')
    return here.length === 3 ? here : null
  })
  expect(photos.map(({ kind, width, height }) => [kind, width, height])).toEqual([
    ['image', 2560, 1707],
    ['image', 2560, 1707],
    ['image', 2560, 1707]
  ])
  // encrypted files have no name in transit; here each has its own, in the chosen order
  const cells = main.locator('.row.own [role=article]')
  expect((await cells.evaluateAll((all) => all.map((cell) => cell.getAttribute('aria-label') ?? ''))).map((label) => /(\w+)\.jpg/.exec(label)?.[1])).toEqual([
    'dusk',
    'hill',
    'sea'
  ])
  for (const { id } of photos) {
    const sent = readFileSync((await bob.files.attachment(id))!.path)
    expect(sent.includes('GPS')).toBe(false)
    expect(sent.includes('Exif')).toBe(false)
    expect([...sent.subarray(0, 2)]).toEqual([0xff, 0xd8])
  }
  // as an unchanged file, byte by byte
  await main.setInputFiles('[data-test=file-input]', [paths[0]!])
  await main.check('[name=pictures-as][value=file]')
  await main.locator('[data-test=way-about]', { hasText: '拍摄地点' }).waitFor()
  await screenshot(main, 'sending-file')
  await main.click('[data-test=send-files]')
  const file = await until(bob, async () =>
    (await messages(bob, 'alice@localhost')).flatMap(({ attachments }) => attachments).find(({ width, where }) => width === 3000 && where === 'here')
  )
  expect(readFileSync((await bob.files.attachment(file.id))!.path)).toEqual(readFileSync(paths[0]!))
  // the choice is remembered
  await main.setInputFiles('[data-test=file-input]', [paths[1]!])
  await main.locator('[data-test=way-about]', { hasText: '原图' }).waitFor()
  await main.keyboard.press('Escape')
})
