/** Views of the app at each width and in each language, and the layout faults in them (layout.ts). */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { LANGUAGES, type Language } from '../../src/contract/settings.ts'
import { ROOT } from './files.ts'
import { layoutFaults } from './layout.ts'
import { stillness } from './windows.ts'

/** Heights of windows by their width; 640 × 400 is the smallest usual screen at 200 % zoom. */
const HEIGHT: Record<number, number> = { 420: 760, 640: 400, 720: 560, 1280: 800, 2560: 1300 }
const WIDTHS = Object.keys(HEIGHT).map(Number)
/** Traditional Chinese is as wide as simplified. */
const SPOKEN = LANGUAGES.filter((language) => language !== 'zh-TW')
const PICTURES = process.env['MNEMO_PICTURES'] === '1'
const SHOTS = join(ROOT, 'test-output/layout')

/** Calls the main process as a window's own code does. */
const callFrom = (page: Page, channel: string, input: unknown): Promise<unknown> =>
  page.evaluate(
    ([name, given]) =>
      (window as unknown as { mnemo: { call(id: number, channel: unknown, input: unknown): Promise<unknown> } }).mnemo.call(9_000_004, name, given),
    [channel, input] as const
  )

export class Views {
  /** Faults by view, each with the languages and widths that show it. */
  readonly #seen = new Map<string, Map<string, string[]>>()
  readonly #after: Language
  /** `after`: language in which the app is left. */
  constructor(after: Language = 'en') {
    this.#after = after
  }

  async #speak(page: Page, language: Language): Promise<void> {
    if ((await page.evaluate(() => document.documentElement.lang)) === language) return
    await callFrom(page, 'settings.change', { language })
    await page.waitForFunction((wanted) => document.documentElement.lang === wanted, language)
  }

  /** Checks the current view of a page at each width and in each language. Its layout is that after all transitions, which are left out. */
  async look(name: string, page: Page, widths: readonly number[] = WIDTHS): Promise<void> {
    const faults = new Map<string, string[]>()
    await page.evaluate(() => {
      const still = document.createElement('style')
      still.dataset['layout'] = ''
      still.textContent = '*, ::before, ::after { transition: none !important }'
      document.head.append(still)
    })
    for (const language of SPOKEN) {
      await this.#speak(page, language)
      for (const width of widths) {
        await page.setViewportSize({ width, height: HEIGHT[width] ?? 800 })
        for (const fault of await layoutFaults(page)) faults.set(fault, [...(faults.get(fault) ?? []), `${language} ${width}`])
        if (!PICTURES || (language !== 'en' && language !== 'zh-CN' && width !== 420)) continue
        mkdirSync(SHOTS, { recursive: true })
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme })
          await page.screenshot({ path: join(SHOTS, `${name}-${language}-${width}-${colorScheme}.png`) })
        }
        await page.emulateMedia({ colorScheme: null })
      }
    }
    await page.setViewportSize({ width: 1280, height: 800 })
    await this.#speak(page, this.#after)
    await page.evaluate(() => document.querySelector('style[data-layout]')?.remove())
    await stillness(page)
    this.#seen.set(name, faults)
    expect.soft(Object.fromEntries(faults), name).toEqual({})
  }

  /** Writes all faults to a file of the test output. */
  write(file: string): void {
    mkdirSync(SHOTS, { recursive: true })
    writeFileSync(
      join(SHOTS, file),
      JSON.stringify(
        [...this.#seen].map(([name, faults]) => [name, Object.fromEntries(faults)]),
        null,
        1
      )
    )
  }
}
