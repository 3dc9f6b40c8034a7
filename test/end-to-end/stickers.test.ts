/** Stickers: packs and own ones, found and sent by keyboard, shown without a bubble, and as an ordinary picture by other clients. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { gradient } from '../support/pictures.ts'
import { messages, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { screenshot, violations } from '../support/windows.ts'

const story = new Story()

/** A sticker as in packs: a face on a transparent background, WebP. */
async function face(page: Page, emoji: string): Promise<Buffer> {
  const base64 = await page.evaluate(async (text) => {
    const canvas = new OffscreenCanvas(320, 320)
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('no canvas')
    context.font = '240px sans-serif'
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    context.fillText(text, 160, 176)
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/webp' })).arrayBuffer())
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  }, emoji)
  return Buffer.from(base64, 'base64')
}

test('packs, own stickers, search, favourites and removal', async () => {
  const { bob } = story
  const main = await story.open()
  const toAlice = await bob.conversations.start('alice@localhost', 'direct', null)
  await bob.messages.send(toAlice.id, '在吗')
  await main.locator('[data-jid="bob@localhost"]').click()
  await main.locator('.row', { hasText: '在吗' }).waitFor()
  const picker = main.locator('[data-test=sticker-picker]')
  const told = main.locator('[data-test=sticker-told]')
  const ones = picker.locator('.one')

  // no stickers yet
  await main.click('[data-test=emoji]')
  await main.click('[data-test=tab-stickers]')
  await picker.locator('.none').waitFor()
  await screenshot(main, 'stickers-none')
  expect(await violations(main)).toEqual([])

  // a pack from a .zip that also contains other files
  const pack = new ZipFile()
  for (const [name, emoji] of [
    ['开心', '😀'],
    ['加油', '💪'],
    ['早上好', '🌞'],
    ['晚安', '🌙'],
    ['吃饭', '🍜']
  ] as const)
    pack.addBuffer(await face(main, emoji), `日常/${name}.webp`)
  pack.addBuffer(Buffer.from('hello'), 'readme.txt')
  pack.end()
  writeFileSync(join(story.folder, '日常.zip'), await buffer(pack.outputStream))
  await main.setInputFiles('[data-test=sticker-zip]', join(story.folder, '日常.zip'))
  await told.filter({ hasText: '已添加 5 张贴纸。 略过 1 个文件。' }).waitFor()
  // a broken one adds nothing and reports it
  writeFileSync(join(story.folder, 'broken.zip'), Buffer.from('PK no archive'))
  await main.setInputFiles('[data-test=sticker-zip]', join(story.folder, 'broken.zip'))
  await told.filter({ hasText: '没有添加任何贴纸' }).waitFor()
  // a folder
  const folder = join(story.folder, 'Cats')
  mkdirSync(folder)
  for (const [name, emoji] of [
    ['happy cat', '😺'],
    ['sad cat', '😿'],
    ['love cat', '😻']
  ] as const)
    writeFileSync(join(folder, `${name}.webp`), await face(main, emoji))
  await main.setInputFiles('[data-test=sticker-folder]', folder)
  await told.filter({ hasText: '已添加 3 张贴纸。' }).waitFor()
  // an own one: a large picture is scaled down
  writeFileSync(join(story.folder, '香山.png'), gradient(1600, 1200, [255, 165, 0], [0, 0, 128]))
  await main.setInputFiles('[data-test=sticker-files]', join(story.folder, '香山.png'))
  await told.filter({ hasText: '已添加 1 张贴纸。' }).waitFor()
  await expect.poll(() => ones.count()).toBe(9)
  await screenshot(main, 'stickers')
  expect(await violations(main)).toEqual([])

  // found and sent by keyboard
  await main.fill('[data-test=sticker-find]', 'love')
  await expect.poll(() => ones.count()).toBe(1)
  await main.keyboard.press('ArrowDown')
  await main.keyboard.press('Enter')
  await picker.waitFor({ state: 'detached' })
  const got = await until(bob, async () =>
    (await messages(bob, 'alice@localhost'))
      .flatMap(({ attachments }) => attachments)
      .find(({ name, where }) => name === 'love cat.sticker.webp' && where === 'here')
  )
  expect(got).toMatchObject({ kind: 'image', width: 320, height: 320 })
  expect(readFileSync((await bob.files.attachment(got.id))?.path ?? '').equals(readFileSync(join(folder, 'love cat.webp')))).toBe(true)
  const sticker = main.locator('.row.own .bubble.only-sticker').last()
  await sticker.waitFor()
  expect(await sticker.evaluate((bubble) => getComputedStyle(bubble).backgroundColor)).toBe('rgba(0, 0, 0, 0)')

  // a favourite, the recent ones, and a received sticker added to one's own
  await main.click('[data-test=emoji]')
  await picker.locator('section', { hasText: '最近' }).locator('.one').first().waitFor()
  await picker.locator('.one[title=晚安]').first().click({ button: 'right' })
  await main.click('[data-test=sticker-favour]')
  await picker.locator('section[aria-label=收藏] .one[title=晚安]').waitFor()
  await screenshot(main, 'stickers-favourites')
  await picker.locator('.one[title=开心]').first().click()
  const dog = await face(main, '🐶')
  const theirs = bob.media.staging.begin({ name: '狗狗.sticker.webp', bytes: dog.length, type: 'image/webp' })
  await bob.media.staging.append(theirs, dog)
  await bob.messages.sendFile(toAlice.id, theirs)
  const received = main.locator('.row:not(.own) .bubble.only-sticker')
  await received.locator('img').waitFor()
  await received.click({ button: 'right' })
  await main.click('[data-test=make-sticker]')
  await screenshot(main, 'stickers-in-chat')
  await main.emulateMedia({ colorScheme: 'dark' })
  await screenshot(main, 'stickers-in-chat-dark')
  await main.click('[data-test=emoji]')
  await picker.locator('.one[title=狗狗]').waitFor()
  await screenshot(main, 'stickers-dark')
  expect(await violations(main)).toEqual([])
  await main.emulateMedia({ colorScheme: 'light' })

  // removed: one with Delete, a pack from the menu
  await picker.locator('.one[title=狗狗]').focus()
  await main.keyboard.press('Delete')
  await picker.locator('.one[title=狗狗]').waitFor({ state: 'detached' })
  await picker.locator('section[aria-label=日常] .one').first().click({ button: 'right' })
  await main.click('[data-test=sticker-remove-pack]')
  await picker.locator('section[aria-label=日常]').waitFor({ state: 'detached' })
  // sent stickers stay in the chat
  await main.keyboard.press('Escape')
  await expect.poll(() => main.locator('.row.own .bubble.only-sticker img').count()).toBe(2)
})

test('an animated sticker is still in the picker and with reduced motion', async () => {
  const main = await story.app.window('main')
  const still = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
  const moving = Buffer.concat([
    still.subarray(0, 19),
    Buffer.from([0x21, 0xff, 11]),
    Buffer.from('NETSCAPE2.0'),
    Buffer.from([3, 1, 0, 0, 0]),
    still.subarray(19)
  ])
  writeFileSync(join(story.folder, 'dance.gif'), moving)
  await main.click('[data-test=emoji]')
  await main.setInputFiles('[data-test=sticker-files]', join(story.folder, 'dance.gif'))
  const one = main.locator('[data-test=sticker-picker] .one[title=dance]').first()
  await one.locator('canvas').waitFor()
  await one.hover()
  await one.locator('img').waitFor()
  await one.click()
  const sent = main.locator('.row.own .bubble.only-sticker').last()
  await sent.locator('img').waitFor()
  await main.emulateMedia({ reducedMotion: 'reduce' })
  await sent.locator('canvas').waitFor()
  await main.emulateMedia({ reducedMotion: 'no-preference' })
  await sent.locator('img').waitFor()
})
