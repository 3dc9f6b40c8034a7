/** Views by keyboard: which controls Tab and arrow keys reach, whether the focus is visible and kept within, and where it returns. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { screenshot, stillness, violations } from './windows.ts'

/** Presses per control at most: a field for a time has a stop for each of its parts. */
const MOST_PRESSES = 8

/** Name of the focused element for messages of a test. */
export const focusName = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const one = document.activeElement
    if (one === null || one === document.body) return 'nothing'
    return `${one.tagName.toLowerCase()} ${one.getAttribute('data-test') ?? one.getAttribute('aria-label') ?? (one.textContent ?? '').trim().slice(0, 40)}`
  })

/** Marks the focused element, so that a later call can tell whether it has the focus again. */
const markFocus = (page: Page): Promise<void> =>
  page.evaluate(() => {
    for (const one of document.querySelectorAll('[data-had-focus]')) one.removeAttribute('data-had-focus')
    document.activeElement?.setAttribute('data-had-focus', '')
  })
const hasFocusAgain = (page: Page): Promise<boolean> => page.evaluate(() => document.activeElement?.hasAttribute('data-had-focus') === true)

/** Whether the focused element looks different from the same element without focus: its own style or that of its frame or label. */
const isFocusVisible = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const one = document.activeElement as HTMLElement
    if (one.hasAttribute('data-highlighted')) return true
    const look = (): string =>
      [one, one.parentElement, one.parentElement?.parentElement, one.nextElementSibling]
        .filter((each) => each instanceof Element)
        .flatMap((each) => [null, '::before', '::after'].map((part) => getComputedStyle(each, part)))
        .map((style) => [style.outline, style.borderColor, style.boxShadow, style.backgroundColor, style.opacity].join())
        .join('|')
    const still = document.createElement('style')
    still.textContent = '* { transition: none !important }'
    document.head.append(still)
    const focused = look()
    // its own focus events would close what is open
    const quiet = (event: Event): void => event.stopImmediatePropagation()
    for (const type of ['blur', 'focus', 'focusin', 'focusout']) addEventListener(type, quiet, true)
    one.blur()
    const blurred = look()
    one.focus({ preventScroll: true })
    for (const type of ['blur', 'focus', 'focusin', 'focusout']) removeEventListener(type, quiet, true)
    still.remove()
    return focused !== blurred
  })

/** Controls of a view that Tab should reach: one of each group of radio buttons, one row of each list. */
const controlsOf = (page: Page, view: string): Promise<number> =>
  page.evaluate((selector) => {
    const root = document.querySelector(selector)
    const all = [...(root?.querySelectorAll<HTMLElement>('button, a[href], input, select, textarea, summary, [tabindex="0"]') ?? [])]
    const groups = new Set<string>()
    let count = 0
    for (const one of all) {
      if (one.matches(':disabled, [tabindex="-1"], [hidden], [aria-hidden=true], [role=tablist]') || !one.checkVisibility({ checkVisibilityCSS: true }))
        continue
      if (one.closest('[inert]') !== null) continue
      if (one instanceof HTMLInputElement && one.type === 'radio') {
        if (groups.has(one.name)) continue
        groups.add(one.name)
      }
      one.setAttribute('data-to-reach', one instanceof HTMLInputElement && one.type === 'radio' ? `radio ${one.name}` : String(count))
      count++
    }
    return count
  }, view)

/**
 * Walks a dialog or picker with Tab until it comes round. Returns a line per fault: focus that leaves the view, that is not visible, or controls
 * never reached.
 */
export async function walk(page: Page, view: string): Promise<string[]> {
  const faults = new Set<string>()
  if (!(await page.evaluate((selector) => document.querySelector(selector)?.contains(document.activeElement) === true, view)))
    faults.add(`the focus begins outside: ${await focusName(page)}`)
  const count = await controlsOf(page, view)
  const reached = new Set<string>()
  for (let i = 0; i < count * MOST_PRESSES && reached.size < count; i++) {
    const at = await page.evaluate((selector) => {
      const one = document.activeElement
      const radio = one instanceof HTMLInputElement && one.type === 'radio' ? `radio ${one.name}` : null
      return { inside: document.querySelector(selector)?.contains(one) === true, mark: radio ?? one?.getAttribute('data-to-reach') ?? null }
    }, view)
    if (!at.inside) faults.add(`the focus leaves: ${await focusName(page)}`)
    else if (at.mark !== null) {
      const isNew = !reached.has(at.mark)
      reached.add(at.mark)
      // once: it takes the focus away for a moment, and a field of several parts begins again
      if (isNew && !(await isFocusVisible(page))) faults.add(`the focus is not visible: ${await focusName(page)}`)
    }
    await page.keyboard.press('Tab')
  }
  const missed = await page.evaluate(
    ([selector, seen]) =>
      [...document.querySelectorAll(`${selector} [data-to-reach]`)]
        .filter((one) => !seen.includes(one.getAttribute('data-to-reach') ?? ''))
        .map(
          (one) =>
            one.getAttribute('data-test') ?? one.getAttribute('aria-label') ?? ((one.textContent ?? '').trim().slice(0, 40) || one.outerHTML.slice(0, 120))
        ),
    [view, [...reached]] as const
  )
  for (const one of missed) faults.add(`never reached: ${one}`)
  await page.evaluate(() => {
    for (const one of document.querySelectorAll('[data-to-reach]')) one.removeAttribute('data-to-reach')
  })
  return [...faults]
}

/** Walks a menu with the arrow keys. Returns a line per fault, and the labels in the order in which they were reached. */
async function walkMenu(page: Page, menu = '.menu:not(.offers)'): Promise<{ faults: string[]; labels: string[] }> {
  const faults = new Set<string>()
  const items = await page.locator(menu).last().locator('[role^=menuitem]').count()
  if (items === 0) faults.add('the menu has no items')
  const labels: string[] = []
  for (let i = 0; i < items; i++) {
    const at = await page.evaluate((selector) => {
      const one = document.activeElement
      if (one === null || [...document.querySelectorAll(selector)].at(-1)?.contains(one) !== true) return null
      return {
        item: one.matches('[role^=menuitem]'),
        shown: one.hasAttribute('data-highlighted'),
        label: (one.getAttribute('aria-label') ?? one.textContent ?? '').trim()
      }
    }, menu)
    if (at === null) faults.add(`the focus leaves the menu: ${await focusName(page)}`)
    else if (at.item) {
      if (!at.shown) faults.add(`the focus is not visible: ${at.label}`)
      labels.push(at.label)
    }
    await page.keyboard.press('ArrowDown')
  }
  // a menu opened by a key begins at its first item, one opened by Shift+F10 before it
  const last = await page.evaluate(() => (document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '').trim())
  if (!labels.includes(last)) labels.push(last)
  if (new Set(labels).size < items) faults.add(`only ${new Set(labels).size} of ${items} items are reached: ${labels.join(', ')}`)
  return { faults: [...faults], labels }
}

const OPEN_MENU = '.menu:not(.offers)'

/** A sweep through an app's views by keyboard; what it finds is in `faults`, by view. */
export class KeyboardSweep {
  readonly faults: Record<string, string[]> = {}
  /** Window of the views that name no other. */
  readonly #window: () => Page
  constructor(window: () => Page) {
    this.#window = window
  }

  async note(name: string, found: string[], page = this.#window()): Promise<void> {
    if (found.length === 0) return
    this.faults[name] = found
    await screenshot(page, `keyboard-${name}`)
  }

  focus = (selector: string, page = this.#window()): Promise<void> => page.locator(selector).first().focus()

  /** Moves to an item of the open menu. */
  async toItem(test: string, page = this.#window()): Promise<void> {
    await page.locator(`.menu [data-test=${test}]`).first().waitFor()
    for (let i = 0; i < 30 && !(await focusName(page)).endsWith(` ${test}`); i++) await page.keyboard.press('ArrowDown')
  }

  /** Chooses an item of a menu that `key` opens. */
  async choose(key: string, test: string, page = this.#window()): Promise<void> {
    await page.keyboard.press(key)
    await this.toItem(test, page)
    await page.keyboard.press('Enter')
  }

  /** A dialog or picker: `keys` open it where the focus is; `within`, pressed afterwards, leads to the page that is meant. */
  async view(
    name: string,
    keys: string[] | (() => Promise<void>),
    { selector = '.dialog', page = this.#window(), within = null as string | null } = {}
  ): Promise<void> {
    await markFocus(page)
    if (typeof keys === 'function') await keys()
    else for (const key of keys) await page.keyboard.press(key)
    await page.locator(selector).first().waitFor()
    if (within !== null) {
      await page.locator(`${selector} ${within}`).focus()
      await page.keyboard.press('Enter')
    }
    await stillness(page)
    const found = [...(await violations(page)), ...(await walk(page, selector))]
    await page.keyboard.press('Escape')
    const isClosed = await page
      .locator(selector)
      .first()
      .waitFor({ state: 'detached' })
      .then(
        () => true,
        () => false
      )
    if (!isClosed) {
      found.push('Escape does not close it')
      await page.keyboard.press('Escape')
    }
    await stillness(page)
    if (!(await hasFocusAgain(page))) found.push(`the focus returns to ${await focusName(page)}`)
    await this.note(name, found, page)
  }

  /** A menu, opened by `keys` where the focus is. `subs`: labels of submenus to walk as well. Returns its labels. */
  async menu(name: string, keys: string[], { page = this.#window(), selector = OPEN_MENU, subs = [] as string[] } = {}): Promise<string[]> {
    await markFocus(page)
    for (const key of keys) await page.keyboard.press(key)
    await page.locator(selector).first().waitFor()
    await stillness(page)
    const found = await violations(page)
    const { faults: walked, labels } = await walkMenu(page, selector)
    found.push(...walked)
    for (const sub of subs) {
      await page.keyboard.press('End')
      for (let i = 0; i < labels.length && !(await page.evaluate(() => document.activeElement?.textContent ?? '')).includes(sub); i++)
        await page.keyboard.press('ArrowUp')
      await page.keyboard.press('ArrowRight')
      await expect.poll(() => page.locator(selector).count()).toBe(2)
      await stillness(page)
      found.push(...(await walkMenu(page, selector)).faults.map((fault) => `${sub}: ${fault}`))
      await page.keyboard.press('ArrowLeft')
      await expect.poll(() => page.locator(selector).count()).toBe(1)
    }
    await page.keyboard.press('Escape')
    await page.locator(selector).first().waitFor({ state: 'detached' })
    await stillness(page)
    if (!(await hasFocusAgain(page))) found.push(`the focus returns to ${await focusName(page)}`)
    await this.note(name, found, page)
    return labels
  }
}
