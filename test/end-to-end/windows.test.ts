/** Several windows on one engine, driven as by a user. The demo's history, without a server. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import type { RunningApp } from '../../tools/start/drive.ts'
import { testFolder, type TestFolder } from '../support/server.ts'
import { frames, moveWindow, openApp, screenshot, steady } from '../support/windows.ts'

let folder: TestFolder
let app: RunningApp
let main: Page

const start = async (): Promise<void> => {
  app = await openApp({ profile: folder.path, args: ['--demo', '--offline'] })
  main = await app.window('main')
  await main.locator('.item').first().waitFor()
}

beforeAll(async () => {
  folder = testFolder()
  await start()
})
afterAll(async () => {
  await app.kill()
  folder.remove()
})

const item = (page: Page, name: string) => page.locator('.item', { has: page.locator('.name', { hasText: name }) })
const bubbles = (page: Page) => page.locator('.bubble')
const firstVisible = (page: Page): Promise<string | null> =>
  page.evaluate(() => {
    const list = document.querySelector('.scroller[style], .thread .scroller')?.getBoundingClientRect()
    const rows = [...document.querySelectorAll<HTMLElement>('.thread .row')]
    return rows.find((row) => row.getBoundingClientRect().bottom > (list?.top ?? 0) + 80)?.dataset['key'] ?? null
  })
const lastKey = (page: Page): Promise<string | null> => page.locator('.thread .row').last().getAttribute('data-key')
const distanceToEnd = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const scroller = document.querySelector('.thread .scroller') as HTMLElement
    return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight
  })

test('three first steps, shown once', async () => {
  const steps = main.locator('[data-test=first-steps]')
  await steps.waitFor()
  await screenshot(main, 'first-steps')
  for (let i = 0; i < 3; i++) await main.click('[data-test=tour-next]')
  await steps.waitFor({ state: 'detached' })
})

test('a conversation opens at its end or its first unread message, with few nodes for a long history', async () => {
  await item(main, '林晓雨').click()
  await bubbles(main).first().waitFor()
  await expect
    .poll(() =>
      main
        .locator('.separator.unread')
        .isVisible()
        .then((unread) => unread || distanceToEnd(main).then((d) => d < 5))
    )
    .toBe(true)
  const before = await lastKey(main)
  await item(main, '佐藤').click()
  // until the new history is loaded, the end is that of the previous one
  await expect.poll(() => lastKey(main)).not.toBe(before)
  await expect.poll(() => distanceToEnd(main)).toBeLessThan(5)
  expect(await main.locator('.row').count()).toBeLessThan(200)
  // the list reaches its end while rows of the opened history are still being measured
  await steady(main, () => firstVisible(main))
  // reopened while reading further up, it scrolls to its end
  await main.locator('.thread .scroller').hover()
  for (let i = 0; i < 10; i++) await main.mouse.wheel(0, -300)
  await expect.poll(() => distanceToEnd(main)).toBeGreaterThan(300)
  await item(main, '佐藤').click()
  await expect.poll(() => distanceToEnd(main)).toBeLessThan(5)
})

test('older messages load while the position stays', async () => {
  await item(main, '周杰').click()
  await bubbles(main).first().waitFor()
  await expect.poll(() => distanceToEnd(main)).toBeLessThan(2000)
  const before = await main.locator('.row').first().getAttribute('data-id')
  const scroller = main.locator('.thread .scroller')
  await scroller.hover()
  for (let i = 0; i < 12; i++) {
    await main.mouse.wheel(0, -700)
    await frames(main, 4)
  }
  await expect.poll(async () => Number(await main.locator('.row').first().getAttribute('data-id'))).toBeLessThan(Number(before))
  // the reading position stays while rows are added above
  const place = await steady(main, () => firstVisible(main))
  await frames(main, 24)
  expect(await firstVisible(main)).toBe(place)
  await main.locator('[data-test=latest]').click()
  await expect.poll(() => distanceToEnd(main)).toBeLessThan(5)
})

test('fast scrolling through the history both ways: there are rows everywhere, and few of them', async () => {
  await item(main, '林晓雨').click()
  await bubbles(main).first().waitFor()
  await main.locator('.thread .scroller').hover()
  const ids = (): Promise<number[]> => main.locator('.row').evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset['id'])))
  const [newest] = (await ids()).slice(-1)
  for (const speed of [-600, 600, -4000, 4000, -4000, 4000]) {
    for (let turn = 0; turn < 60; turn++) {
      await main.mouse.wheel(0, speed)
      if (turn % 10 === 9) expect((await ids()).length).toBeGreaterThan(0)
    }
  }
  await expect
    .poll(async () => {
      await main.mouse.wheel(0, 4000)
      return (await ids()).at(-1)
    })
    .toBe(newest)
  expect((await ids()).length).toBeLessThan(200)
})

test('jumping to a day: days without messages cannot be chosen', async () => {
  await item(main, '林晓雨').click()
  await bubbles(main).first().waitFor()
  await main.keyboard.press('Control+f')
  await main.click('[data-test=jump]')
  await main.locator('[data-test=calendar]').waitFor()
  await main.locator('[data-test=calendar] .icon-button').nth(1).click()
  const days = main.locator('.day:not([data-disabled])')
  await days.first().waitFor()
  await screenshot(main, 'jump-to-date')
  const chosen = await days.first().getAttribute('data-value')
  await days.first().click()
  await main.locator('[data-test=calendar]').waitFor({ state: 'detached' })
  await expect
    .poll(() =>
      main.evaluate(() => {
        const list = document.querySelector('.scroller')?.getBoundingClientRect()
        const first = [...document.querySelectorAll<HTMLElement>('.row')].find((row) => row.getBoundingClientRect().top >= (list?.top ?? 0))
        const day = new Date(Math.floor(Number(first?.dataset['id']) / 1024))
        return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`
      })
    )
    .toBe(chosen)
  await main.keyboard.press('Escape')
  await main.locator('[data-test=latest]').click()
})

test('own window: live in both, focused when opened again, the others go on when it closes', async () => {
  await item(main, '陈建国').click()
  await main.click('[data-test=own-window]')
  const chat = await app.window('chat')
  await bubbles(chat).first().waitFor()
  await chat.fill('[data-test=composer]', '你好，两个窗口 hello both')
  await chat.keyboard.press('Enter')
  for (const page of [main, chat]) await page.locator('.row.own[data-state=queued]', { hasText: 'hello both' }).waitFor()
  await main.fill('[data-test=composer]', 'a draft for both')
  await expect.poll(() => chat.inputValue('[data-test=composer]')).toBe('a draft for both')
  // a reader further up keeps the position when the other window sends, and sees messages sent from here
  await main.locator('.thread .scroller').hover()
  await expect
    .poll(async () => {
      await main.mouse.wheel(0, -600)
      return distanceToEnd(main)
    })
    .toBeGreaterThan(1500)
  const place = await steady(main, () => firstVisible(main))
  await chat.fill('[data-test=composer]', '从另一个窗口')
  await chat.keyboard.press('Enter')
  await chat.locator('.row.own[data-state=queued]', { hasText: '从另一个窗口' }).waitFor()
  await main.locator('.item', { hasText: '从另一个窗口' }).waitFor()
  expect(await steady(main, () => firstVisible(main))).toBe(place)
  await main.fill('[data-test=composer]', '从这里')
  await main.keyboard.press('Enter')
  await main.locator('.row.own[data-state=queued]', { hasText: '从这里' }).waitFor()
  await expect.poll(() => distanceToEnd(main)).toBeLessThan(5)
  await main.click('[data-test=own-window]')
  // the window that shows it comes to the front
  await expect.poll(() => chat.evaluate('document.hasFocus()')).toBe(true)
  expect(app.windows().filter((page) => page.url().includes('/windows/chat/') && page.url().includes('conversation='))).toHaveLength(1)
  await screenshot(chat, 'own-window')
  await chat.close()
  await item(main, '林晓雨').click()
  await bubbles(main).first().waitFor()
})

test('search: live results, marks, a jump to the message, back to the list', async () => {
  await main.click('[data-test=search]')
  await main.keyboard.type('hone手')
  await main.locator('.hit mark', { hasText: 'hone手' }).first().waitFor()
  await main.keyboard.press('ArrowDown')
  await main.keyboard.press('Enter')
  const marked = main.locator('.bubble mark', { hasText: 'hone手' })
  await marked.first().waitFor()
  const box = await marked.first().boundingBox()
  const height = await main.evaluate(() => innerHeight)
  expect(box?.y).toBeGreaterThan(60)
  expect(box?.y).toBeLessThan(height - 60)
  // Enter right after typing applies to the typed query, not to the earlier results
  const other = await main.evaluate(() => document.querySelector('.bubble.flash')?.closest<HTMLElement>('[data-id]')?.dataset['id'])
  await main.fill('[data-test=search]', 'standup')
  await main.keyboard.press('Enter')
  await main.locator('.bubble.flash mark', { hasText: 'standup' }).waitFor()
  expect(await main.evaluate(() => document.querySelector('.bubble.flash')?.closest<HTMLElement>('[data-id]')?.dataset['id'])).not.toBe(other)
  await main.fill('[data-test=search]', 'nothing has this 无此内容')
  await main.locator('.results .empty').waitFor()
  await main.keyboard.press('Escape')
  await item(main, '林晓雨').waitFor()
})

test('search in a conversation: a count, every hit marked, older and newer ones', async () => {
  await item(main, '林晓雨').click()
  await bubbles(main).first().waitFor()
  await main.locator('[data-test=composer]').click()
  await main.keyboard.press('Control+f')
  // typed in traditional characters
  await main.keyboard.type('手機')
  const place = main.locator('[data-test=find-place]')
  await expect.poll(() => place.textContent()).toMatch(/^1 of \d+$/)
  await main.locator('.bubble.flash mark', { hasText: '手机' }).waitFor()
  await main.keyboard.press('Enter')
  await expect.poll(() => place.textContent()).toMatch(/^2 of /)
  await main.keyboard.press('Shift+Enter')
  await expect.poll(() => place.textContent()).toMatch(/^1 of /)
  await main.keyboard.press('Shift+Enter')
  await expect
    .poll(async () => /^(\d+) of (\d+)$/.exec((await place.textContent()) ?? '')?.slice(1))
    .toSatisfy((numbers: string[] | undefined) => numbers !== undefined && numbers[0] === numbers[1])
  await screenshot(main, 'find')
  await main.keyboard.press('Escape')
  await main.locator('[data-test=find]').waitFor({ state: 'detached' })
})

test('the quick switcher finds people by the initials of their pinyin', async () => {
  await main.keyboard.press('Control+k')
  await main.locator('[data-test=switcher]').waitFor()
  await main.keyboard.type('cjg')
  await main.locator('[data-test=match]', { hasText: '陈建国' }).waitFor()
  await screenshot(main, 'switcher')
  await main.keyboard.press('Enter')
  await main.locator('.head h2', { hasText: '陈建国' }).waitFor()
})

test('the search window: filters, facets, groups, a hit by keyboard only, and back to the unchanged results', async () => {
  await main.keyboard.press('Control+Shift+f')
  const search = await app.window('search')
  await search.locator('[data-test=search]').waitFor()
  const count = async (): Promise<number> =>
    Number((/^\s*[\d,]+/.exec((await search.locator('[data-test=count]').textContent()) ?? '')?.[0] ?? '-1').replace(',', ''))
  // previewing a hit marks nothing as read or used
  await search.fill('[data-test=search]', '是:未读')
  await search.locator('.hit').first().click()
  const unread = await search.locator('.hit').first().getAttribute('data-id')
  await search.locator(`[data-test=context] .row[data-id="${unread}"]`).waitFor()
  await expect.poll(count).toBeGreaterThan(0)
  await search.fill('[data-test=search]', '手机')
  await expect.poll(count).toBeGreaterThan(300)
  const all = await count()
  const query = (): Promise<string> => search.inputValue('[data-test=search]')
  await search.locator('[data-test=facet-sender]').first().click()
  await search.locator('[data-test=person][aria-pressed=true]').waitFor()
  expect(await query()).toMatch(/^手机 from:/)
  await expect.poll(count).toBeLessThan(all)
  await search.locator('[data-test=facet-sender]').first().click()
  await expect.poll(count).toBe(all)
  await search.locator('[data-test=month]:not([disabled])').first().click()
  await expect.poll(count).toBeLessThan(all)
  await search.locator('[data-test=dates][aria-pressed=true]').click()
  await search.locator('[data-test=date-clear]').click()
  await expect.poll(count).toBe(all)
  await search.locator('[data-test=grouped]').click()
  await search.locator('.heading.group').first().waitFor()
  await screenshot(search, 'search-grouped')
  await search.locator('[data-test=grouped]').click()
  // far down: hits are loaded where they are scrolled to
  const scroller = search.locator('.results .scroller')
  await scroller.evaluate((element) => element.scrollTo(0, element.scrollHeight * 0.6))
  await expect.poll(() => search.locator('.results .skeleton').count()).toBe(0)
  await scroller.evaluate((element) => element.scrollTo(0, 0))
  await search.locator('[data-test=search]').click()
  // the conversation follows the keys: its hit in sight and marked, while the results keep the focus
  const shown = search.locator('[data-test=context] .bubble.flash')
  for (let step = 0; step < 3; step++) {
    await search.keyboard.press('ArrowDown')
    const id = await search.locator('.hit.active').getAttribute('data-id')
    await search.locator(`[data-test=context] .row[data-id="${id}"] .bubble.flash mark`, { hasText: '手机' }).first().waitFor()
  }
  expect(await search.evaluate(() => document.activeElement?.getAttribute('data-test'))).toBe('search')
  const [bubble, pane] = [await shown.boundingBox(), await search.locator('[data-test=context] .thread').boundingBox()]
  expect(bubble!.y).toBeGreaterThan(pane!.y)
  expect(bubble!.y + bubble!.height).toBeLessThan(pane!.y + pane!.height)
  await screenshot(search, 'search-three-panes')
  const chosen = await search.locator('.hit.active').textContent()
  // Enter opens the conversation, which can be written in and scrolls
  await search.keyboard.press('Enter')
  await expect.poll(() => search.evaluate(() => document.activeElement?.getAttribute('data-test'))).toBe('composer')
  await search.keyboard.type('从搜索里回复')
  await search.keyboard.press('Enter')
  await search.locator('[data-test=context] .row.own', { hasText: '从搜索里回复' }).waitFor()
  await search.keyboard.press('Escape')
  await expect.poll(() => search.evaluate(() => document.activeElement?.getAttribute('data-test'))).toBe('search')
  expect(await search.locator('.hit.active').textContent()).toBe(chosen)
  await search.keyboard.press('Control+Enter')
  const chat = await app.window('chat')
  await chat.locator('.bubble mark, .bubble.flash').first().waitFor()
  await chat.close()
  // a query with a problem shows where it is, and the rest is answered
  await search.fill('[data-test=search]', '手机 有:蛋糕')
  await search.locator('[data-test=problem]').waitFor()
  await expect.poll(count).toBe(all)
  await search.fill('[data-test=search]', 'recomend')
  await search.locator('[data-test=did-you-mean]').click()
  await expect.poll(count).toBeGreaterThan(0)
  await search.fill('[data-test=search]', '手机')
  await search.locator('.hit').first().click()
  // two panes, then one with a way back
  await search.setViewportSize({ width: 900, height: 640 })
  await search.locator('.facets').waitFor({ state: 'hidden' })
  await search.locator('[data-test=context] .thread').waitFor()
  await screenshot(search, 'search-two-panes')
  await search.setViewportSize({ width: 420, height: 640 })
  await search.locator('.results').waitFor({ state: 'hidden' })
  await screenshot(search, 'search-one-pane')
  await search.locator('[data-test=to-list]').click()
  await search.locator('.hit').first().waitFor()
  await search.locator('[data-test=context] .thread').waitFor({ state: 'detached' })
  await search.locator('.hit').first().click()
  await search.locator('[data-test=context] .bubble').first().waitFor()
  await search.close()
})

test('a message of 10,000 characters is sent whole and folded in the list', async () => {
  const long = 'long 长 '.repeat(1500).trim()
  await main.fill('[data-test=composer]', long)
  await main.locator('[data-test=composer]').press('Enter')
  const more = main.locator('.row.own .more').last()
  await more.waitFor()
  await more.click()
  await expect.poll(async () => (await main.locator('.row.own .text').last().textContent())?.length ?? 0).toBeGreaterThanOrEqual(long.length)
})

test('folders of the list, and the keyboard: numbers, Ctrl+Tab, the list of shortcuts', async () => {
  const names = (): Promise<string[]> => main.locator('.item .name').allTextContents()
  const all = await names()
  await main.click('[data-test=folder-groups]')
  await expect.poll(async () => (await names()).length).toBeLessThan(all.length)
  expect(await main.locator('.item').count()).toBe(await main.locator('.item .top > svg').count())
  await main.click('[data-test=folder-people]')
  await expect.poll(() => main.locator('.item .top > svg').count()).toBe(0)
  await item(main, '佐藤').click({ button: 'right' })
  await main.click('[data-test=mark]')
  await main.click('[data-test=folder-unread]')
  await item(main, '佐藤').waitFor()
  const unread = await names()
  // read conversations stay in sight until another folder is opened
  await item(main, '佐藤').click()
  await expect.poll(() => item(main, '佐藤').locator('.badge').count()).toBe(0)
  expect(await names()).toEqual(unread)
  await main.click('[data-test=folder-all]')
  const title = (): Promise<string | null> => main.locator('.view h2').textContent()
  await main.keyboard.press('Control+2')
  const second = (await names())[1]
  await expect.poll(title).toBe(second)
  await main.keyboard.press('Control+Tab')
  await expect.poll(title).toBe((await names())[2])
  await main.keyboard.press('Control+Shift+Tab')
  await expect.poll(title).toBe(second)
  await main.keyboard.press('Control+/')
  await main.locator('[data-test=shortcuts]').waitFor()
  await screenshot(main, 'shortcuts')
  await main.keyboard.press('Escape')
})

test('a text is styled (XEP-0393), code stays code', async () => {
  await main.fill(
    '[data-test=composer]',
    '先看 *重点*，再看 _details_ 和 ~旧方案~，运行 `npm run build -- --force`\n> 昨天说的：周五之前\n>> 那就 *周四* 吧\n好的\n```ts\nconst 搜索 = (query: string): Hit[] => index.find(query).slice(0, 20) // 一行很长的注释，看看会不会把气泡撑破，应该可以横向滚动\n```\nhttps://example.org/a_b_c 和 snake_case_name'
  )
  await main.locator('[data-test=composer]').press('Enter')
  const sent = main.locator('.row.own', { hasText: '先看' }).last()
  await sent.waitFor()
  expect(await sent.locator('.strong').allTextContents()).toEqual(['重点', '周四'])
  expect(await sent.locator('.code').textContent()).toBe('npm run build -- --force')
  expect(await sent.locator('blockquote').count()).toBe(2)
  expect(await sent.locator('pre').textContent()).toContain('const 搜索')
  expect(await sent.locator('a').getAttribute('href')).toBe('https://example.org/a_b_c')
  const [bubble, list] = [await sent.locator('.bubble').boundingBox(), await main.locator('.thread').boundingBox()]
  expect(bubble!.x + bubble!.width).toBeLessThanOrEqual(list!.x + list!.width)
  await screenshot(main, 'styled')
})

test('the theme and the language change in every window at once', async () => {
  await main.click('[data-test=menu]')
  await main.locator('[data-test=settings-item]').click()
  const settings = await app.window('settings')
  await settings.locator('.note.file').waitFor()
  await settings.locator('input[value=dark]').check({ force: true })
  await settings.locator('input[value="zh-CN"]').check({ force: true })
  await main.locator('[placeholder="搜索"]').waitFor()
  await expect.poll(() => main.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(23, 24, 28)')
  const rowHeight = async (): Promise<number> => (await main.locator('.item').first().boundingBox())?.height ?? 0
  const before = await rowHeight()
  await settings.locator('input[value=compact]').check({ force: true })
  await expect.poll(rowHeight).toBeLessThan(before)
  await screenshot(main, 'compact')
  await settings.locator('input[value=comfortable]').check({ force: true })
  await screenshot(main, 'dark-zh')
  await settings.locator('input[value=light]').check({ force: true })
  await settings.close()
})

test('a narrow window shows the list or the conversation', async () => {
  await main.setViewportSize({ width: 420, height: 640 })
  await main.locator('.side').waitFor({ state: 'hidden' })
  await screenshot(main, 'narrow')
  const [back, header] = await Promise.all(['.head .back', '.head'].map((selector) => main.locator(selector).first().boundingBox()))
  expect(back?.y).toBeGreaterThan(header?.y ?? Infinity)
  expect((back?.y ?? 0) + (back?.height ?? Infinity)).toBeLessThan((header?.y ?? 0) + (header?.height ?? 0))
  await main.locator('.back').click()
  await main.locator('.side').waitFor()
  await main.setViewportSize({ width: 1080, height: 720 })
})

test('a page has no Node, no inline script, no way out, and a bad call is a typed error', async () => {
  const result = await main.evaluate(async () => {
    const { mnemo } = window as unknown as { mnemo: { call(id: number, channel: string, input: unknown): Promise<unknown> } }
    const script = document.createElement('script')
    let blocked = false
    try {
      script.textContent = 'window.ran = true'
      document.head.append(script)
    } catch {
      blocked = true
    }
    return {
      node: [typeof (globalThis as { require?: unknown }).require, typeof (globalThis as { process?: unknown }).process],
      inline: blocked || (globalThis as { ran?: boolean }).ran === undefined,
      fetched: await fetch('https://example.org/').then(
        () => true,
        () => false
      ),
      exposed: Object.keys(mnemo).sort(),
      unknown: await mnemo.call(1, 'no.such', undefined),
      badInput: await mnemo.call(2, 'messages.page', { conversation: 'one', anchor: { kind: 'newest' }, limit: 1e9 }),
      prototype: await mnemo.call(3, 'constructor', undefined),
      missing: await mnemo.call(4, 'windows.openChat', { conversation: 987654, message: null })
    }
  })
  expect(result).toMatchObject({
    node: ['undefined', 'undefined'],
    inline: true,
    fetched: false,
    exposed: ['call', 'cancel', 'onEvents'],
    unknown: { ok: false, error: { code: 'unknown-channel' } },
    badInput: { ok: false, error: { code: 'bad-input' } },
    prototype: { ok: false, error: { code: 'unknown-channel' } },
    missing: { ok: false, error: { code: 'not-found' } }
  })
})

test('a page that crashes comes back', async () => {
  const client = await main.context().newCDPSession(main)
  await client.send('Page.crash').catch(() => undefined)
  await app.attachAgain()
  main = await app.window('main')
  await main.locator('.item').first().waitFor()
})

test('after a restart everything is there, and windows are where they were', async () => {
  await moveWindow(main, { left: 120, top: 60, width: 900, height: 700 })
  // a chat in its own window, and a conversation read further up
  await item(main, '佐藤').dblclick()
  await bubbles(await app.window('chat'))
    .first()
    .waitFor()
  await main.bringToFront()
  await item(main, '林晓雨').click()
  await bubbles(main).first().waitFor()
  await expect.poll(() => distanceToEnd(main)).toBeLessThan(5)
  await main.locator('.thread .scroller').hover()
  const kept = (): Promise<string | null> => main.evaluate(() => localStorage.getItem('places'))
  await expect
    .poll(async () => {
      await main.mouse.wheel(0, -600)
      return distanceToEnd(main)
    })
    .toBeGreaterThan(2000)
  await expect.poll(kept).not.toBeNull()
  // the saved position is that of the last stop
  const read = await steady(main, kept, 120)
  expect(read).toMatch(/^\[(\[\d+,\d+\],?)+\]$/)
  await main.fill('[data-test=search]', 'hello both')
  await main.locator('.hit').first().waitFor()
  await app.quit()
  await start()
  expect(await main.evaluate(() => [screenX, screenY, outerWidth, outerHeight])).toEqual([120, 60, 900, 700])
  await main.fill('[data-test=search]', 'hello both')
  await main.locator('.hit').first().waitFor()
  await main.click('.search .clear')
  await item(main, '陈建国').click()
  await main.locator('.row.own', { hasText: 'hello both' }).waitFor()
  await bubbles(await app.window('chat'))
    .first()
    .waitFor()
  await item(main, '林晓雨').click()
  const [, place] = (JSON.parse(read ?? '[]') as [number, number][]).at(-1) ?? []
  await main.locator(`.row[data-id="${place}"]`).waitFor()
  await expect.poll(() => distanceToEnd(main)).toBeGreaterThan(500)
})
