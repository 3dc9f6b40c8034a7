/** Searching with the mouse: filters, earlier searches, and the empty result. The demo's history, without a server. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import type { RunningApp } from '../../tools/start/drive.ts'
import { testFolder, type TestFolder } from '../support/server.ts'
import { openApp, screenshot, violations } from '../support/windows.ts'

let folder: TestFolder
let app: RunningApp
let main: Page

beforeAll(async () => {
  folder = testFolder()
  app = await openApp({ profile: folder.path, args: ['--demo', '--offline'], env: { LANG: 'zh_CN.UTF-8' } })
  main = await app.window('main')
  await main.locator('.item').first().waitFor()
  for (let i = 0; i < 3; i++) await main.click('[data-test=tour-next]')
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
const count = async (page: Page): Promise<number> =>
  Number((/^\s*[\d,]+/.exec((await page.locator('[data-test=count]').textContent()) ?? '')?.[0] ?? '-1').replace(',', ''))

test('previewing a hit marks nothing as read until its conversation is opened', async () => {
  // the demo's unread conversations depend on the hour
  const unread = main.locator('.item', { has: main.locator('.badge') }).first()
  await unread.waitFor()
  const name = ((await unread.locator('.name').textContent()) ?? '').trim()
  const badge = main.locator(`.item[data-jid="${await unread.getAttribute('data-jid')}"] .badge`)
  const number = Number(await badge.textContent())
  await main.keyboard.press('Control+Shift+f')
  const search = await app.window('search')
  await search.fill('[data-test=search]', `是:未读 在:"${name}"`)
  await search.locator('.hit').first().click()
  const id = await search.locator('.hit').first().getAttribute('data-id')
  await search.locator(`[data-test=context] .row[data-id="${id}"] .bubble.flash`).waitFor()
  await search.keyboard.press('ArrowDown')
  await search.locator(`[data-test=context] .row[data-id="${await search.locator('.hit.active').getAttribute('data-id')}"] .bubble.flash`).waitFor()
  await expect.poll(() => count(search)).toBe(number)
  await search.locator('[data-test=context] .bubble').last().click()
  await badge.waitFor({ state: 'detached' })
})

test('filters by person (in pinyin) and by date, with the mouse: the query shows them, and each can be removed', async () => {
  await main.fill('[data-test=search]', '手机')
  await expect.poll(() => count(main)).toBeGreaterThan(300)
  const all = await count(main)
  // at most one row between the field and the first hit
  const [field, hit] = [await main.locator('.search').boundingBox(), await main.locator('.hit').first().boundingBox()]
  expect(hit!.y - field!.y - field!.height).toBeLessThan(60)
  await main.click('[data-test=person]')
  await main.locator('[data-test=person-option]', { hasText: '周杰' }).waitFor()
  await screenshot(main, 'finding-person')
  await main.keyboard.type('zj')
  await expect.poll(() => main.locator('[data-test=person-option]').count()).toBe(1)
  await main.keyboard.press('Enter')
  await expect.poll(() => query(main)).toBe('手机 来自:"周杰 Jay"')
  await expect.poll(() => count(main)).toSatisfy((now: number) => now > 0 && now < all)
  const his = await count(main)
  // the query has the focus again
  expect(await main.evaluate(() => document.activeElement?.getAttribute('data-test'))).toBe('search')
  await main.click('[data-test=dates]')
  await main.click('[data-test=date-lastMonth]')
  await expect.poll(() => query(main)).toBe('手机 来自:"周杰 Jay" 期间:上个月')
  await expect.poll(() => count(main)).toSatisfy((now: number) => now >= 0 && now < his)
  // two days of the app's own calendar
  await main.click('[data-test=dates]')
  await main.locator('[data-test=range] .icon-button').first().click()
  const days = main.locator('[data-test=range] [data-reka-calendar-cell-trigger]:not([data-outside-view]):not([data-disabled])')
  await screenshot(main, 'finding-dates')
  const [first, last] = [await days.nth(2).getAttribute('data-value'), await days.nth(20).getAttribute('data-value')]
  await days.nth(2).click()
  await days.nth(20).click()
  await expect.poll(() => query(main)).toBe(`手机 来自:"周杰 Jay" 期间:${first}..${last}`)
  await main.click('[data-test=dates]')
  await main.click('[data-test=date-clear]')
  await expect.poll(() => count(main)).toBe(his)
  // choosing the same person again removes the filter
  await main.click('[data-test=person]')
  await main.locator('[data-test=person-option][aria-selected=true]').click()
  await expect.poll(() => query(main)).toBe('手机')
  await expect.poll(() => count(main)).toBe(all)
})

test('all people and conversations can be chosen before anything is typed', async () => {
  await main.keyboard.press('Control+Shift+f')
  const search = await app.window('search')
  // a person has one colour, whether counted under a group's address or their own
  await search.fill('[data-test=search]', '手机')
  const colour = (of: string): Promise<string> =>
    search
      .locator(of, { hasText: '李婷' })
      .first()
      .locator('.avatar')
      .evaluate((face) => getComputedStyle(face).backgroundColor)
  await expect.poll(() => colour('[data-test=facet-sender]')).toBe(await colour('[data-test=facet-conversation]'))
  await search.fill('[data-test=search]', '')
  await search.click('[data-test=person]')
  for (const name of ['林晓雨', '陈建国', 'Sarah Miller', '佐藤 健', '周杰 Jay', '李婷', 'David Kim'])
    await search.locator('[data-test=person-option]', { hasText: name }).waitFor({ state: 'attached' })
  await screenshot(search, 'finding-everybody')
  expect(await violations(search)).toEqual([])
  await search.keyboard.type('cjg')
  await search.keyboard.press('Enter')
  await expect.poll(() => query(search)).toBe('来自:陈建国')
  await expect.poll(() => count(search)).toBeGreaterThan(0)
  const his = await count(search)
  await search.click('[data-test=place]')
  await search.locator('[data-test=place-option]', { hasText: '产品讨论组' }).waitFor({ state: 'attached' })
  await search.keyboard.type('zmtub')
  await search.locator('[data-test=place-option]', { hasText: '周末徒步' }).waitFor()
  await screenshot(search, 'finding-place')
  expect(await violations(search)).toEqual([])
  await search.keyboard.press('Enter')
  await expect.poll(() => query(search)).toBe('来自:陈建国 在:"周末徒步 Weekend Hikers"')
  await expect.poll(() => count(search)).toSatisfy((now: number) => now > 0 && now < his)
  expect(await search.evaluate(() => document.activeElement?.getAttribute('data-test'))).toBe('search')
  await search.click('[data-test=place]')
  await search.locator('[data-test=place-option][aria-selected=true]').click()
  await expect.poll(() => query(search)).toBe('来自:陈建国')
})

test('kinds and states are buttons, whatever words the query uses for them', async () => {
  await main.fill('[data-test=search]', '预算')
  await main.click('[data-test=kind-link]')
  await expect.poll(() => query(main)).toBe('预算 有:链接')
  await main.locator('[data-test=kind-link][aria-pressed=true]').waitFor()
  await main.click('[data-test=kind-file]')
  await expect.poll(() => query(main)).toBe('预算 有:文件')
  await main.fill('[data-test=search]', '预算 has:links')
  await main.locator('[data-test=kind-link][aria-pressed=true]').waitFor()
  await main.click('[data-test=kind-link]')
  await expect.poll(() => query(main)).toBe('预算')
  await main.click('[data-test=states]')
  await main.click('[data-test=state-starred]')
  await expect.poll(() => query(main)).toBe('预算 是:星标')
  // without a hit, the query is shown, and a button leads on
  await main.locator('[data-test=nothing]', { hasText: '预算' }).waitFor()
  await main.click('[data-test=without-filters]')
  await expect.poll(() => query(main)).toBe('预算')
  await main.locator('.hit').first().waitFor()
})

test('matching people and groups are above the messages; no problem is reported while typing', async () => {
  await main.fill('[data-test=search]', '来自:没有这个人')
  // the notice appears after typing has stopped
  expect(await main.locator('[data-test=problem]').count()).toBe(0)
  await main.locator('[data-test=problem]').waitFor()
  await main.fill('[data-test=search]', '李')
  const name = main.locator('[data-test=search-name]', { hasText: '李婷' })
  await name.waitFor()
  await main.locator('[data-test=nothing]').waitFor()
  expect((await name.boundingBox())!.y).toBeLessThan((await main.locator('[data-test=nothing]').boundingBox())!.y)
  await screenshot(main, 'finding-name')
  await main.keyboard.press('ArrowDown')
  await main.keyboard.press('Enter')
  await main.locator('.head h2', { hasText: '李婷' }).waitFor()
  await main.fill('[data-test=search]', '徒步')
  await main.locator('[data-test=search-name]', { hasText: '周末徒步' }).waitFor()
})

test('search within the open conversation; without a hit, searching everywhere is one click away', async () => {
  await main.fill('[data-test=search]', '')
  await main.locator('.item', { hasText: '佐藤' }).click()
  await main.fill('[data-test=search]', '预算')
  await expect.poll(() => count(main)).toBeGreaterThan(100)
  await main.click('[data-test=scope]')
  await expect.poll(() => count(main)).toBeLessThan(100)
  await main.fill('[data-test=search]', 'standup 没有的词')
  await main.locator('[data-test=nothing]').waitFor()
  await main.click('[data-test=everywhere]')
  await expect.poll(() => main.locator('[data-test=scope]').getAttribute('aria-pressed')).toBe('false')
})

test('hit rows are plain texts with the conversation, sender and time', async () => {
  await main.fill('[data-test=search]', '')
  await main.locator('.item', { hasText: '林晓雨' }).click()
  await main.fill('[data-test=composer]', '先看 *重点清单甲* 和 `npm run build`')
  await main.locator('[data-test=composer]').press('Enter')
  await main.fill('[data-test=search]', '重点清单甲')
  const hit = main.locator('.hit').first()
  await hit.waitFor()
  expect(await hit.locator('.name').textContent()).toBe('林晓雨')
  expect((await hit.locator('.text').innerText()).replace(/\s+/g, ' ')).toBe('我：先看 重点清单甲 和 npm run build')
  expect(await hit.locator('mark').textContent()).toBe('重点清单甲')
  await hit.hover()
  const [date, own] = [await hit.locator('.time-stamp').boundingBox(), await hit.locator('.own').boundingBox()]
  expect(own!.y).toBeGreaterThanOrEqual(date!.y + date!.height - 1)
})

test('earlier searches are offered when the field gets the focus, and disappear on typing', async () => {
  await main.fill('[data-test=search]', '预算')
  // a query shown for a while is added to the recent ones
  await expect
    .poll(() =>
      main.evaluate(async () =>
        JSON.stringify(
          await (window as unknown as { mnemo: { call(id: number, channel: string, input: unknown): Promise<unknown> } }).mnemo.call(
            9_000_002,
            'search.history',
            undefined
          )
        )
      )
    )
    .toContain('预算')
  await main.fill('[data-test=search]', '')
  await main.locator('[data-test=composer]').click()
  await main.click('[data-test=search]')
  await main.locator('[data-test=recent-searches] li', { hasText: '预算' }).waitFor()
  const first = await main.locator('[data-test=recent-searches] li').first().textContent()
  await screenshot(main, 'finding-recent')
  await main.keyboard.press('ArrowDown')
  await main.keyboard.press('Enter')
  expect(await query(main)).toBe(first?.trim())
  await main.locator('[data-test=recent-searches]').waitFor({ state: 'detached' })
  await main.fill('[data-test=search]', '手机')
  await main.locator('.hit').first().waitFor()
  expect(await violations(main)).toEqual([])
})
