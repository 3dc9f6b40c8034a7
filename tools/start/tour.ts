/** Tour of the app on a virtual display, driving the real windows: a transcript with timings, and a picture of the display at every step. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { hasProsody } from '../../src/demo/prosody.ts'
import { pngOfDump } from './display-picture.ts'
import { startApp, type RunningApp } from './drive.ts'
import { ROOT, type Host } from './host.ts'

const SHOTS = join(ROOT, 'demo-screens')
const PIECES = ['华联', 'hone手机', '流浪', 'earch-ind', 'メラ']

/** Runs the tour. Returns the exit code: 0 if every step succeeded. Pictures go into `folder`; old ones are removed. */
export async function tour(host: Host, folder = SHOTS): Promise<number> {
  const profile = mkdtempSync(join(tmpdir(), 'mnemo-tour-'))
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const shot = pictures(host, folder)
  let app: RunningApp | null = null
  try {
    const live = hasProsody()
    app = await step('start to the first window', () => startApp(host, { profile }))
    await run(app, live, shot)
    await step('quit', () => app?.quit() ?? Promise.resolve())
    app = await step('start again without a server', () => startApp(host, { profile, args: ['--demo', '--offline'] }))
    await offline(app, shot)
    await step('quit', () => app?.quit() ?? Promise.resolve())
    app = null
    process.stdout.write(`\nAll steps done. Pictures of every window are in ${folder}\n`)
    return 0
  } catch (error) {
    process.stdout.write(`FAILED: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  } finally {
    await app?.kill()
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now()
  const value = await work().catch((error: unknown) => {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  })
  process.stdout.write(
    `  ${name.padEnd(52)} ${Math.round(performance.now() - started)
      .toString()
      .padStart(6)} ms\n`
  )
  return value
}

type Shot = (page: Page, name: string) => Promise<void>

/** Interval between two checks of the display, ms; it is a frame or more behind the page. */
const LOOK_MS = 100
const MOST_LOOKS = 20

/** Pictures of the virtual display with that window in front; without one, of the page. */
function pictures({ desktop: { frame } }: Host, folder: string): Shot {
  return async (page, name) => {
    const path = join(folder, `${name}.png`)
    if (frame === undefined || !existsSync(frame)) {
      await page.screenshot({ path })
      return
    }
    await page.bringToFront()
    let shown = readFileSync(frame)
    for (let look = 0; look < MOST_LOOKS; look++) {
      await page.waitForTimeout(LOOK_MS)
      const next = readFileSync(frame)
      const rests = next.equals(shown)
      shown = next
      if (rests) break
    }
    writeFileSync(path, pngOfDump(shown))
  }
}

async function search(page: Page, piece: string): Promise<void> {
  await page.fill('[data-test=search]', piece)
  const exactly = new RegExp(`^${piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`, 'i')
  await page.locator('.hit mark').filter({ hasText: exactly }).first().waitFor({ timeout: 10_000 })
}

async function run(app: RunningApp, live: boolean, shot: Shot): Promise<void> {
  const main = await app.window('main')
  await step('the sign-in is shown', () => main.locator('[data-test=demo]').waitFor())
  await shot(main, '1-sign-in')
  await step(live ? 'sign in to the demo, 20,000 messages stored' : 'open the demo without a server', async () => {
    await main.click('[data-test=demo]')
    await main.locator('.item').first().waitFor({ timeout: 60_000 })
    if (live) await main.locator('.banner').waitFor({ state: 'detached', timeout: 60_000 })
  })
  await shot(main, '2-conversations')
  await step('open a conversation', async () => {
    // a direct conversation: messages to a group are never 'delivered'
    await main.locator('.item[data-jid$="@localhost"]').first().click()
    await main.locator('.bubble').first().waitFor()
  })
  if (live) {
    await step('send a message and see it delivered', async () => {
      await main.fill('[data-test=composer]', '你好！Can you hear me? 👋')
      await main.keyboard.press('Enter')
      await main.locator('.row.own[data-state=delivered]', { hasText: 'Can you hear me?' }).waitFor({ timeout: 20_000 })
    })
    await step('receive the answer', () =>
      main
        .locator('.row:not(.own)')
        .last()
        .locator('xpath=self::*[preceding::*[@role="article"][contains(., "Can you hear me?")]]')
        .waitFor({ timeout: 20_000 })
    )
  }
  await shot(main, '3-chat')
  for (const piece of PIECES) await step(`search '${piece}'`, () => search(main, piece))
  await search(main, PIECES[0] ?? '')
  await shot(main, '4-search')
  await step('jump to a hit', async () => {
    await main.locator('.hit').nth(2).click()
    await main.locator('.bubble mark').first().waitFor()
  })
  await shot(main, '5-hit')
  const window = await step('the search window, with all facets', async () => {
    await main.keyboard.press('Control+Shift+f')
    const page = await app.window('search')
    await page.locator('[data-test=month]').first().waitFor()
    return page
  })
  await shot(window, '6-search-window')
  await step('only what one person wrote, the best first', async () => {
    await window.locator('[data-test=facet-sender]').nth(1).click()
    await window.locator('[data-test=person][aria-pressed=true]').waitFor()
    await window.click('[data-test=order]')
    await window.locator('.menu-item').nth(2).click()
    await window.locator('.hit mark').first().waitFor()
  })
  await shot(window, '7-search-filtered')
  await window.close()
  await step('find in the conversation', async () => {
    await main.locator('[data-test=composer]').click()
    await main.keyboard.press('Control+f')
    await main.fill('[data-test=find]', '我')
    await main.locator('.bubble mark').first().waitFor()
    await main.keyboard.press('Escape')
  })
  const chat = await step('open it in its own window', async () => {
    await main.click('[data-test=own-window]')
    const page = await app.window('chat')
    await page.locator('.bubble').first().waitFor()
    return page
  })
  await step('a message written there shows in both windows', async () => {
    await chat.fill('[data-test=composer]', 'from the second window 第二个窗口')
    await chat.keyboard.press('Enter')
    await chat.locator('.row.own', { hasText: '第二个窗口' }).waitFor()
    await main.click('.search .clear')
    await main
      .locator('.item .preview', { hasText: '第二个窗口' })
      .or(main.locator('.row.own', { hasText: '第二个窗口' }))
      .first()
      .waitFor()
  })
  await shot(chat, '8-own-window')
  const settings = await step('open the settings', async () => {
    await main.click('[data-test=menu]')
    await main.locator('[data-test=settings-item]').click()
    const page = await app.window('settings')
    await page.locator('h1').waitFor()
    return page
  })
  await shot(settings, '9-settings')
  await step('switch to dark and Chinese', async () => {
    await settings.locator('input[value=dark]').check({ force: true })
    await settings.locator('input[value="zh-CN"]').check({ force: true })
    await main.locator('[placeholder="搜索"]').waitFor()
  })
  await shot(main, '10-dark')
  await shot(settings, '11-settings-dark')
}

async function offline(app: RunningApp, shot: Shot): Promise<void> {
  const main = await app.window('main')
  await step('the history is there, and says that it is offline', async () => {
    await main.locator('.item').first().waitFor()
    await main.locator('.banner').waitFor()
  })
  for (const piece of PIECES) await step(`search '${piece}' again, offline`, () => search(main, piece))
  await shot(main, '12-offline')
}
