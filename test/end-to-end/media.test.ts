/**
 * Views for pictures, files, links and voice messages: a grid by months, cards, waveforms; the viewer with its neighbours. A profile without a
 * server.
 */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import type { RunningApp } from '../../tools/start/drive.ts'
import { WORKER } from '../support/files.ts'
import { picturedProfile } from '../support/pictured.ts'
import { testFolder, type TestFolder } from '../support/server.ts'
import { openApp, screenshot, violations } from '../support/windows.ts'

const PICTURES = 1200
let folder: TestFolder
let app: RunningApp
let main: Page

beforeAll(async () => {
  folder = testFolder()
  await picturedProfile(folder.path, { pictures: PICTURES, until: new Date(2026, 9, 20, 12).getTime(), worker: WORKER })
  app = await openApp({ profile: folder.path, env: { LANG: 'zh_CN.UTF-8' } })
  main = await app.window('main')
  await main.locator('.item').first().waitFor()
})
afterAll(async () => {
  await app.kill()
  folder.remove()
})

// a covered window is not painted
afterEach(async () => {
  for (const page of app.windows()) if (page.url().includes('/windows/search/')) await page.close()
  await main.bringToFront()
})

const query = (page: Page): Promise<string> => page.inputValue('[data-test=search]')
/** Number of cells in sight, and of those showing their picture. */
const inSight = (page: Page): Promise<{ cells: number; shown: number }> =>
  page.evaluate(() => {
    const frame = document.querySelector('.grid')!.getBoundingClientRect()
    const cells = [...document.querySelectorAll('.grid .cell')].filter((cell) => {
      const box = cell.getBoundingClientRect()
      return box.bottom > frame.top && box.top < frame.bottom
    })
    return { cells: cells.length, shown: cells.filter((cell) => cell.querySelector('img') !== null).length }
  })
const allShown = async (page: Page): Promise<void> => {
  await expect
    .poll(async () => {
      const { cells, shown } = await inSight(page)
      return cells > 5 && cells === shown
    })
    .toBe(true)
}

test('all pictures of a conversation, opened from its header: a grid by months, thumbnails made once', async () => {
  await main.locator('.item').first().click()
  await main.click('[data-test=media-here]')
  await main.locator('[data-test=cell]').first().waitFor()
  expect(await query(main)).toBe('有:媒体')
  await main.locator('.month', { hasText: '2026年10月' }).waitFor()
  await allShown(main)
  await screenshot(main, 'media-grid')
  // each is a thumbnail, not the file itself
  const sources = await main
    .locator('.grid .cell img')
    .evaluateAll((images) =>
      images.map((image) => ({ natural: (image as HTMLImageElement).naturalWidth, blob: (image as HTMLImageElement).src.startsWith('blob:') }))
    )
  expect(sources.every(({ natural, blob }) => natural === 240 && blob)).toBe(true)
  // thumbnails are stored for the next window
  const id = await main.locator('[data-test=cell]').first().getAttribute('data-id')
  expect(Number(id)).toBeGreaterThan(0)
  await expect
    .poll(() =>
      main.evaluate(
        async () =>
          (await Promise.all(Array.from({ length: 60 }, async (_, i) => (await fetch(`/thumbnail/${1320 - i}`)).status))).filter((status) => status === 200)
            .length
      )
    )
    .toBeGreaterThan(5)
})

test('the grid shows pictures wherever it is scrolled to, with few nodes', async () => {
  const scroller = main.locator('.grid .rows')
  for (const share of [0.5, 1, 0.25, 0.75, 0]) {
    await scroller.evaluate((element, part) => element.scrollTo(0, element.scrollHeight * part), share)
    await allShown(main)
  }
  expect(await main.locator('.grid .cell').count()).toBeLessThan(120)
})

test('the viewer: a large picture with a strip of its neighbours', async () => {
  await main.locator('[data-test=cell]').nth(4).dblclick()
  const strip = main.locator('[data-test=strip]')
  await strip.locator('[aria-current]').waitFor()
  await expect.poll(() => strip.locator('img').count()).toBeGreaterThan(4)
  const place = (): Promise<string | null> => main.locator('[data-test=viewer-place]').textContent()
  const before = await place()
  await screenshot(main, 'media-viewer')
  await main.keyboard.press('ArrowLeft')
  await expect.poll(place).not.toBe(before)
  await main.keyboard.press('ArrowRight')
  await expect.poll(place).toBe(before)
  await strip.locator('button').first().click()
  await expect.poll(place).not.toBe(before)
  const current = (await strip.locator('[aria-current]').boundingBox())!
  expect(current.x).toBeGreaterThan(0)
  await main.keyboard.press('Escape')
  await strip.waitFor({ state: 'detached' })
})

test('the search window: each kind has its own view, searched and filtered like messages', async () => {
  await main.fill('[data-test=search]', '')
  await main.keyboard.press('Control+Shift+f')
  const search = await app.window('search')
  const count = async (): Promise<number> =>
    Number((/^\s*[\d,]+/.exec((await search.locator('[data-test=count]').textContent()) ?? '')?.[0] ?? '-1').replace(',', ''))
  await search.click('[data-test=kind-media]')
  await expect.poll(count).toBe(PICTURES)
  await allShown(search)
  // arrow keys continue from the field, and the conversation follows
  await search.keyboard.press('ArrowDown')
  await search.keyboard.press('ArrowDown')
  const id = await search.locator('.cell.active').getAttribute('data-id')
  await search.locator(`[data-test=context] [data-id="${id}"], [data-test=context] [data-key]`).first().waitFor()
  await screenshot(search, 'media-window')
  await search.fill('[data-test=search]', '香山 有:图片')
  await expect.poll(count).toBe(PICTURES / 50)
  await allShown(search)
  await search.fill('[data-test=search]', '预算表')
  await search.click('[data-test=kind-file]')
  await expect.poll(count).toBe(PICTURES / 40)
  const file = search.locator('.hit').first()
  expect(await file.innerText()).toMatch(/CSV[\s\S]*预算表 \d+\s*\.csv[\s\S]*KB[\s\S]*lin/)
  await screenshot(search, 'media-files')
  await search.click('[data-test=person]')
  await search.locator('[data-test=person-option]', { hasText: 'lin' }).click()
  await expect.poll(() => query(search)).toBe('预算表 有:文件 来自:lin')
  await expect.poll(count).toBe(PICTURES / 40)
  await search.fill('[data-test=search]', '')
  await search.click('[data-test=kind-link]')
  await expect.poll(count).toBe(PICTURES / 20)
  expect(await search.locator('.hit').first().innerText()).toContain('https://example.org/trips/')
  await search.click('[data-test=kind-voice]')
  await expect.poll(() => query(search)).toBe('有:语音')
  await search.locator('.hit [data-test=voice-time]', { hasText: '0:03' }).first().waitFor()
  expect(await search.locator('.hit').first().locator('.bar').count()).toBeGreaterThan(20)
  await screenshot(search, 'media-voice')
  expect(await violations(search)).toEqual([])
})

test('deleting a picture deletes its thumbnail', async () => {
  await main.fill('[data-test=search]', '有:媒体')
  await allShown(main)
  const status = (): Promise<number[]> =>
    main.evaluate(async () => Promise.all(Array.from({ length: 1380 }, async (_, i) => (await fetch(`/thumbnail/${i + 1}`)).status)))
  const before = (await status()).filter((one) => one === 200).length
  const ids = await main.locator('[data-test=cell]').evaluateAll((cells) => cells.slice(0, 3).map((cell) => Number((cell as HTMLElement).dataset['id'])))
  await main.evaluate(
    (gone) =>
      (window as unknown as { mnemo: { call(id: number, channel: string, input: unknown): Promise<unknown> } }).mnemo.call(9_000_001, 'messages.remove', {
        ids: gone
      }),
    ids
  )
  await expect.poll(async () => (await status()).filter((one) => one === 200).length).toBeLessThanOrEqual(before - 3)
})
