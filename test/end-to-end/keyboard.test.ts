/** The app without a mouse: each menu and dialog opens, is walked through and closes by keyboard, and the focus returns. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningApp } from '../../tools/start/drive.ts'
import { focusName, KeyboardSweep, walk } from '../support/keyboard.ts'
import { gradient } from '../support/pictures.ts'
import { testFolder, type TestFolder } from '../support/server.ts'
import { openApp, screenshot, violations } from '../support/windows.ts'

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

const LONG = { timeout: 300_000 }
const item = (name: string) => main.locator('.item', { has: main.locator('.name', { hasText: name }) })
const composer = '[data-test=composer]'
const sweep = new KeyboardSweep(() => main)
const { faults, focus } = sweep
/** Goes to a conversation as a hand without a mouse does. */
async function goTo(initials: string, name: string): Promise<void> {
  await main.keyboard.press('Control+k')
  await main.locator('[data-test=switcher]').waitFor()
  await main.keyboard.type(initials)
  await main.locator('[data-test=match]', { hasText: name }).first().waitFor()
  await main.keyboard.press('Enter')
  await main.locator('.head h2', { hasText: name }).waitFor()
  await expect.poll(() => focusName(main)).toContain('composer')
}
/** Focuses the last message from the composer. */
async function toMessage(): Promise<void> {
  await main.locator(composer).focus()
  await main.keyboard.press('ArrowUp')
  await expect.poll(() => focusName(main)).toMatch(/^div /)
}

test('what is typed anywhere begins a message, and letters act on a message only where the keyboard leads', LONG, async () => {
  // nothing is open yet: the search takes it
  await main.keyboard.type('lxy')
  await expect.poll(() => main.inputValue('[data-test=search]')).toBe('lxy')
  await main.keyboard.press('Escape')
  await item('林晓雨').focus()
  await main.keyboard.press('Enter')
  await expect.poll(() => focusName(main)).toContain('composer')
  for (const place of ['[data-test=menu]', '.item', '[data-test=about]', '[data-test=folder-all]']) {
    await focus(place)
    await main.keyboard.type('好ok')
    expect([place, await main.inputValue(composer)]).toEqual([place, '好ok'])
    await main.fill(composer, '')
  }
  // r, e, s, t: each would be an action or nothing on a message that the keyboard reached
  await main.locator('.bubble').last().click()
  await main.keyboard.type('rest')
  expect(await main.inputValue(composer)).toBe('rest')
  expect(await main.locator('[data-test=writing]').count()).toBe(0)
  await main.fill(composer, '')
  await main.keyboard.press('ArrowUp')
  await main.keyboard.press('r')
  await main.locator('[data-test=writing]').waitFor()
  expect(await main.inputValue(composer)).toBe('')
  await main.keyboard.press('Escape')
  // fields and dialogs keep what is typed in them
  await main.keyboard.press('Control+k')
  await main.keyboard.type('x')
  expect(await main.inputValue('[data-test=switcher]')).toBe('x')
  await main.keyboard.press('Escape')
  expect(await main.inputValue(composer)).toBe('')
})

test('Tab reaches each area once, arrow keys every row of a list', LONG, async () => {
  await focus('[data-test=menu]')
  const stops: string[] = []
  for (let i = 0; i < 12 && !(stops.at(-1) ?? '').includes('composer'); i++) {
    await main.keyboard.press('Tab')
    stops.push(await focusName(main))
  }
  const rows = (await main.locator('.item .name').allTextContents()).map((name) => name.trim())
  expect(stops.filter((stop) => rows.some((name) => stop.includes(name)))).toHaveLength(1)
  await main.locator('.item').first().focus()
  const names: string[] = []
  const count = await main.locator('.item').count()
  for (let i = 0; i < count; i++) {
    names.push(await main.evaluate(() => document.activeElement?.querySelector('.name')?.textContent ?? ''))
    await main.keyboard.press('ArrowDown')
  }
  expect(new Set(names).size).toBe(count)
  await main.keyboard.press('Home')
  await expect.poll(() => main.evaluate(() => document.activeElement?.querySelector('.name')?.textContent)).toBe(names[0])
})

test('the focus returns from the search, the panel and the contacts', LONG, async () => {
  await goTo('lxy', '林晓雨')
  await main.keyboard.press('Control+f')
  await main.keyboard.press('Escape')
  await expect.poll(() => focusName(main)).toContain('composer')
  await main.keyboard.press('Control+f')
  await main.keyboard.press('Control+f')
  await expect.poll(() => focusName(main)).toContain('search')
  expect(await main.locator('[data-test=find]').count()).toBe(0)
  await main.keyboard.type('火锅')
  await main.locator('.hit').first().waitFor()
  await main.keyboard.press('Escape')
  await expect.poll(() => focusName(main)).toContain('composer')
  await focus('[data-test=about]')
  await main.keyboard.press('Enter')
  await main.locator('[data-test=panel]').waitFor()
  const panel = (await walk(main, '[data-test=panel]')).filter((fault) => !fault.startsWith('the focus leaves'))
  await sweep.note('panel', [...panel, ...(await violations(main))], main)
  await main.locator('[data-test=panel-close]').focus()
  await main.keyboard.press('Escape')
  await expect.poll(() => focusName(main)).toContain('about')
  await focus('[data-test=menu]')
  await main.keyboard.press('Enter')
  await main.locator('[data-test=contacts-item]').waitFor()
  await main.keyboard.press('Enter')
  await expect.poll(() => focusName(main)).toContain('contacts-find')
  await main.keyboard.press('ArrowDown')
  await expect.poll(() => focusName(main)).toContain('contact')
  expect(await violations(main)).toEqual([])
  await main.keyboard.press('Escape')
  await expect.poll(() => focusName(main)).toContain('menu')
  // a menu opened with the mouse leaves the focus in the composer
  await main.locator('.bubble').last().click({ button: 'right' })
  await main.locator('.menu:not(.offers)').waitFor()
  await main.keyboard.press('Escape')
  await expect.poll(() => focusName(main)).toContain('composer')
  expect(faults).toEqual({})
})

test('menus', LONG, async () => {
  await goTo('lxy', '林晓雨')
  await focus('[data-test=menu]')
  await sweep.menu('main', ['Enter'])
  await focus('[data-test=attach]')
  await sweep.menu('attach', ['Enter'])
  await item('林晓雨').focus()
  await sweep.menu('conversation', ['Shift+F10'], { subs: ['Mute', 'Folders'] })
  await item('产品讨论组').focus()
  await sweep.menu('group', ['Shift+F10'], { subs: ['Mute', 'Folders'] })
  await toMessage()
  const labels = await sweep.menu('message', ['Shift+F10'])
  expect(labels.length).toBeGreaterThan(10)
  await main.keyboard.press('Escape')
  await main.keyboard.type('later')
  await focus('[data-test=send-later]')
  await sweep.view('send-later', ['Enter'], { selector: '.menu:not(.offers), .dialog' })
  await main.fill(composer, '')
  await main.keyboard.press('Control+Shift+f')
  const search = await app.window('search')
  await search.locator('[data-test=search]').waitFor()
  await search.keyboard.type('周末')
  await search.locator('.hit').first().waitFor()
  await focus('[data-test=order]', search)
  await sweep.menu('order', ['Enter'], { page: search })
  for (const filter of ['states']) {
    await focus(`[data-test=${filter}]`, search)
    await sweep.menu(`filter-${filter}`, ['Enter'], { page: search, selector: '.menu:not(.offers)' })
  }
  for (const filter of ['person', 'dates', 'export']) {
    await focus(`[data-test=${filter}]`, search)
    await sweep.view(`filter-${filter}`, ['Enter'], { page: search, selector: '.menu:not(.offers)' })
  }
  await search.close()
  expect(faults).toEqual({})
})

test('dialogs and pickers', LONG, async () => {
  await main.bringToFront()
  await goTo('lxy', '林晓雨')
  for (const [name, key] of [
    ['switcher', 'Control+k'],
    ['shortcuts', 'Control+/'],
    ['new', 'Control+n']
  ] as const)
    await sweep.view(name, [key])
  for (const page of ['create-group', 'join-group', 'by-address', 'own-card', 'invite'])
    await sweep.view(`new-${page}`, ['Control+n'], { within: `[data-test=${page}]` })
  await focus('[data-test=emoji]')
  await sweep.view('emoji', ['Enter'], { selector: '.emoji-menu' })
  for (const name of ['contact', 'place']) {
    await focus('[data-test=attach]')
    await sweep.view(`attach-${name}`, () => sweep.choose('Enter', `attach-${name}`))
  }
  for (const [name, key] of [
    ['details', 'Enter'],
    ['delete', 'Delete'],
    ['react', 'a'],
    ['forward', 'f']
  ] as const) {
    await toMessage()
    await sweep.view(name, [key])
  }
  await toMessage()
  await sweep.view('remind', () => sweep.choose('Shift+F10', 'remind'))
  for (const test of ['folder-new', 'delete-conversation']) {
    await item('林晓雨').focus()
    await sweep.view(test, async () => {
      if (test === 'delete-conversation') return sweep.choose('Shift+F10', test)
      await main.keyboard.press('Shift+F10')
      await main.locator('.menu:not(.offers)').waitFor()
      for (let i = 0; i < 20 && !(await focusName(main)).endsWith(' folders'); i++) await main.keyboard.press('ArrowDown')
      await sweep.choose('ArrowRight', test)
    })
  }
  const picture = join(folder.path, 'picture.png')
  writeFileSync(picture, gradient(600, 400, [255, 165, 0], [0, 0, 128]))
  await focus(composer)
  await sweep.view('send-files', () => main.setInputFiles('[data-test=file-input]', [picture]))
  await focus('[data-test=about]')
  await main.keyboard.press('Enter')
  await main.locator('[data-test=panel]').waitFor()
  await focus('[data-test=block]')
  await sweep.view('block', ['Enter'])
  await main.locator('[data-test=panel-close]').focus()
  await main.keyboard.press('Escape')
  expect(faults).toEqual({})
})

test('a screenshot is cropped, marked and used', LONG, async () => {
  await main.bringToFront()
  await goTo('lxy', '林晓雨')
  await main.keyboard.press('Control+Shift+X')
  const canvas = main.locator('[data-test=screenshot-canvas]')
  await canvas.waitFor()
  await expect.poll(() => focusName(main)).toContain('screenshot-canvas')
  const size = (): Promise<number[]> => canvas.evaluate((element: HTMLCanvasElement) => [element.width, element.height])
  const pixels = (): Promise<string> => canvas.evaluate((element: HTMLCanvasElement) => element.toDataURL())
  const press = async (key: string, times: number): Promise<void> => {
    for (let i = 0; i < times; i++) await main.keyboard.press(key)
  }
  const [whole = 0, high = 0] = await size()
  // Escape ends what was begun, not the editor
  await main.keyboard.press('Space')
  await press('ArrowRight', 2)
  await main.keyboard.press('Escape')
  expect(await size()).toEqual([whole, high])
  await press('ArrowLeft', 4)
  await press('ArrowUp', 4)
  await main.keyboard.press('Space')
  await press('ArrowRight', 10)
  await press('ArrowDown', 8)
  await press('Shift+ArrowRight', 1)
  await screenshot(main, 'keyboard-screenshot-area')
  await main.keyboard.press('Space')
  await main.locator('[data-test=screenshot-arrow]:enabled').waitFor()
  const [width = 0, height = 0] = await size()
  // ten strides of 16 and one of 1, and eight of 16, on the screen
  const scale = width / 161
  expect(Math.abs(height - 128 * scale)).toBeLessThan(2 * scale)
  expect(scale).toBeGreaterThanOrEqual(1)
  await expect.poll(() => focusName(main)).toContain('screenshot-canvas')
  const cropped = await pixels()
  await main.keyboard.press('Space')
  await press('ArrowRight', 4)
  await main.keyboard.press('Enter')
  await expect.poll(async () => (await pixels()) === cropped).toBe(false)
  await screenshot(main, 'keyboard-screenshot-marked')
  await main.keyboard.press('Control+z')
  await expect.poll(pixels).toBe(cropped)
  await focus('[data-test=screenshot-text]')
  await main.keyboard.press('Enter')
  await canvas.focus()
  await main.keyboard.press('Space')
  await expect.poll(() => focusName(main)).toContain('screenshot-words')
  await main.keyboard.type('here')
  await main.keyboard.press('Enter')
  await expect.poll(() => focusName(main)).toContain('screenshot-canvas')
  await expect.poll(async () => (await pixels()) === cropped).toBe(false)
  const walked = await walk(main, '[data-test=screenshot-editor]')
  await sweep.note('screenshot-editor', [...walked, ...(await violations(main))])
  await canvas.focus()
  await main.keyboard.press('Enter')
  await main.locator('[data-test=send-files]:enabled').waitFor()
  await main.keyboard.press('Escape')
  await main.locator('.dialog').waitFor({ state: 'detached' })
  // Escape leaves the editor to where the keyboard was
  await focus(composer)
  await sweep.view('screenshot', async () => main.keyboard.press('Control+Shift+X'), { selector: '.editor' })
  expect(faults).toEqual({})
})

test('the settings: every control of every page', LONG, async () => {
  await main.keyboard.press('Control+,')
  const settings = await app.window('settings')
  await settings.locator('[data-test=place-about]').waitFor()
  await focus('[data-test=place-accounts]', settings)
  await sweep.note('settings', [...(await walk(settings, '.window')), ...(await violations(settings))], settings)
  await settings.close()
  await main.bringToFront()
  expect(faults).toEqual({})
})
