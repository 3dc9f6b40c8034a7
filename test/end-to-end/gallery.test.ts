/** The page that shows every component in every state: drawn in light, dark and more contrast, in both languages, without an error or a violation. */
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
] as const)('$name', { timeout: 120_000 }, async ({ name, query, options }) => {
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
