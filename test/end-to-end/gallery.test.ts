/** Gallery of every component in every state: rendered in light, dark and high contrast, in both languages, without an error or a violation. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chromium, type Browser } from 'playwright-core'
import { findChromium } from '../../tools/chromium-host/browser.ts'
import { serveGallery } from '../../tools/gallery/serve.ts'
import { screenshot, violations } from '../support/windows.ts'

let gallery: Awaited<ReturnType<typeof serveGallery>>
let browser: Browser
beforeAll(async () => {
  gallery = await serveGallery()
  browser = await chromium.launch({ executablePath: findChromium() ?? '', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
})
afterAll(async () => {
  await browser.close()
  await gallery.close()
})

test.each([
  { name: 'light', query: '', options: { colorScheme: 'light' } },
  { name: 'dark-zh', query: '?language=zh-CN', options: { colorScheme: 'dark' } },
  { name: 'zh-TW', query: '?language=zh-TW', options: { colorScheme: 'light' } },
  { name: 'ja', query: '?language=ja', options: { colorScheme: 'light' } },
  { name: 'contrast', query: '', options: { colorScheme: 'light', contrast: 'more' } },
  { name: 'contrast-dark-compact', query: '?language=zh-CN&density=compact', options: { colorScheme: 'dark', contrast: 'more' } }
] as const)('$name', async ({ name, query, options }) => {
  const page = await browser.newPage({ viewport: { width: 900, height: 1200 }, ...options })
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (line) => line.type() === 'error' && !line.text().includes('404') && errors.push(line.text()))
  await page.goto(`${gallery.url}${query}`)
  await page.locator('[data-test=shortcuts]').waitFor()
  await page.waitForLoadState('networkidle')
  const { height } = (await page.locator('.gallery').boundingBox()) ?? { height: 1200 }
  await page.setViewportSize({ width: 900, height: Math.ceil(height) })
  await screenshot(page, `gallery-${name}`)
  expect(errors).toEqual([])
  expect((await violations(page)).filter((one) => !one.includes('swatch'))).toEqual([])
  await page.close()
})

test('each paragraph takes its direction from its first strong letter', async () => {
  const page = await browser.newPage({ viewport: { width: 900, height: 1200 } })
  await page.goto(gallery.url)
  const chat = page.locator('[data-messages=directions]')
  await chat.locator('.bubble').last().waitFor()
  const seen = await chat.locator('.row .text').evaluateAll((texts) => texts.map((text) => getComputedStyle(text).direction))
  expect(seen).toEqual(['rtl', 'rtl', 'ltr', 'ltr', 'rtl', 'ltr', 'rtl', 'ltr'])
  /** Left and right edge of a part of a text, px. */
  const place = (row: number, piece: string): Promise<{ left: number; right: number }> =>
    chat
      .locator('.row')
      .nth(row)
      .locator('.text')
      .evaluate((element, wanted) => {
        const nodes = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
        for (let node = nodes.nextNode(); node !== null; node = nodes.nextNode()) {
          const at = node.textContent?.indexOf(wanted) ?? -1
          if (at < 0) continue
          const range = document.createRange()
          range.setStart(node, at)
          range.setEnd(node, at + wanted.length)
          const { left, right } = range.getBoundingClientRect()
          return { left, right }
        }
        throw new Error(`${wanted} is not there`)
      }, piece)
  // the sentence begins at the right, and its last character is at the left
  expect((await place(0, 'שלום')).left).toBeGreaterThan((await place(0, 'world')).right - 1)
  expect((await place(1, '!')).right).toBeLessThan((await place(1, 'Mnemo')).left + 1)
  // a sentence that begins in Latin script runs to the right
  expect((await place(2, 'Hello')).right).toBeLessThan((await place(2, 'שלום')).left + 1)
  expect((await place(2, '!')).left).toBeGreaterThan((await place(2, '2.0')).right - 1)
  // each paragraph has its own direction
  expect((await place(3, 'שורה')).left).toBeGreaterThan((await place(3, '(2)')).right - 1)
  expect((await place(3, 'First')).left).toBeLessThan((await place(3, 'line')).left)
  // numbers and addresses keep their order
  expect((await place(6, '+972')).right).toBeLessThan((await place(6, '4567')).left + 1)
  expect((await place(6, 'הטלפון')).left).toBeGreaterThan((await place(6, '4567')).right - 1)
  expect((await place(7, 'https')).right).toBeLessThan((await place(7, 'קישור')).left)
  // names stay beside the picture, whatever their script
  for (const name of [chat.locator('.sender .one-line').first(), page.locator('.item .name', { hasText: 'משפחה' })]) {
    const [outer, inner] = await name.evaluate((element) => {
      const range = document.createRange()
      range.selectNodeContents(element)
      return [element.getBoundingClientRect().left, range.getBoundingClientRect().left]
    })
    expect(Math.abs(inner! - outer!)).toBeLessThan(2)
  }
  // a quoted text stands at its own side
  expect(await chat.locator('.quoted .preview').evaluate((element) => getComputedStyle(element).textAlign)).toBe('start')
  // the colon behind a name belongs to the text
  const preview = await page.locator('.item .preview', { hasText: 'ok' }).evaluate((element) => {
    const right = (node: Node): number => {
      const range = document.createRange()
      range.selectNodeContents(node)
      return range.getBoundingClientRect().right
    }
    return {
      name: right(element.querySelector('bdi')!),
      all: right(element),
      text: element.textContent
        .replace(/[\u2066-\u2069]/g, '')
        .replace(/\s+/g, ' ')
        .trim()
    }
  })
  expect(preview.text).toBe('יעל כהן: ok')
  expect(preview.all).toBeGreaterThan(preview.name)
  // in the list, the sender is separate from the text
  expect(await page.locator('.item .preview', { hasText: 'נפגשים' }).evaluate((element) => getComputedStyle(element).direction)).toBe('rtl')
  await screenshot(chat, 'directions')
  await page.close()
})
