/** (l) Conversation of 1,000,000 messages in a window: opening, jumping, scrolling; compared with a plain v-for of 5,000. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CDPSession, Page } from 'playwright-core'
import type { Jid } from '../src/contract/domain.ts'
import { corpus, ROOT, seeded, TEST_KEY } from '../test/support/files.ts'
import { openApp } from '../test/support/windows.ts'
import { benchFolder, history, incoming, roomOf } from './histories.ts'
import { memory } from './memory-of.ts'
import { ms, percentile, spread, table } from './table.ts'

const MESSAGES = Number(process.env['MNEMO_BENCH_COUNT'] ?? 1_000_000)
const ROUNDS = 12
/** Scroll speeds, pixels per second: turning the wheel, and flinging. */
const HAND = 4000
const THROW = 40_000
const SECONDS = 10
/** Wheel events per second. */
const TURNS = 50
/** Messages scrolled through before memory is measured. */
const FAR = Math.min(100_000, MESSAGES / 2)
const PLAIN = 5000
const SMALL = 'friend@example.invalid'

/** Runs in the page: time from `begin` to the frame after the one in which `done` holds, ms. */
const TIMED = `async (begin, done) => {
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
  const before = performance.now()
  begin()
  while (!done()) {
    if (performance.now() - before > 10_000) throw new Error('never: ' + done)
    await new Promise((resolve) => requestAnimationFrame(resolve))
  }
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
  return performance.now() - before
}`

/** Runs in the page: observes frames, tasks and the list while it scrolls. */
const WATCH = `(selector, rowsOf) => {
  const scroller = document.querySelector(selector)
  const seen = { frames: [], work: [], long: [], blank: 0, most: 0 }
  const observer = new PerformanceObserver((list) => seen.long.push(...list.getEntries().map((entry) => entry.duration)))
  observer.observe({ entryTypes: ['longtask'] })
  let running = true
  let last = 0
  const { top, bottom } = scroller.getBoundingClientRect()
  const tick = (now) => {
    if (!running) return
    if (last > 0) seen.frames.push(now - last)
    last = now
    const begun = performance.now()
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => seen.work.push(performance.now() - begun)
    port2.postMessage(0)
    const rows = [...document.querySelectorAll(rowsOf)].map((row) => row.getBoundingClientRect())
    seen.most = Math.max(seen.most, rows.length)
    // nothing of the visible part is without a row
    const from = Math.min(...rows.map((row) => row.top))
    const to = Math.max(...rows.map((row) => row.bottom))
    if (from > top + 12 || to < bottom - 12) seen.blank++
    requestAnimationFrame(tick)
  }
  requestAnimationFrame(tick)
  window.stopWatching = () => {
    running = false
    observer.disconnect()
    return seen
  }
}`

interface Seen {
  frames: number[]
  work: number[]
  long: number[]
  blank: number
  most: number
}

async function scrolled(page: Page, session: CDPSession, selector: string, rowsOf: string, speed: number, up: boolean): Promise<Seen> {
  const box = await page.locator(selector).boundingBox()
  if (box === null) throw new Error('nothing to scroll')
  await page.evaluate(`(${WATCH})(${JSON.stringify(selector)}, ${JSON.stringify(rowsOf)})`)
  const [x, y] = [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)]
  for (let turn = 0; turn < SECONDS * TURNS; turn++) {
    await Promise.all([
      session.send('Input.dispatchMouseEvent', { type: 'mouseWheel', x, y, deltaX: 0, deltaY: ((up ? -1 : 1) * speed) / TURNS }),
      new Promise((resolve) => setTimeout(resolve, 1000 / TURNS))
    ])
  }
  return (await page.evaluate('window.stopWatching()')) as Seen
}

const LIST = '.thread .scroller'
const ROW = '.thread .scroller > div > div'

export async function frames(): Promise<void> {
  const profile = benchFolder('frames')
  const store = await history(profile, MESSAGES, { each: (text, i) => incoming(text, i, 1) })
  await store.write.saveAccount({
    jid: 'me@example.invalid' as Jid,
    password: 'none',
    host: '127.0.0.1',
    port: 9,
    security: 'starttls',
    proxy: null,
    trustedFingerprint: null
  })
  await store.write.record({
    messages: [
      {
        conversation: SMALL as Jid,
        kind: 'direct',
        sender: SMALL as Jid,
        outgoing: false,
        text: 'hello',
        time: 1_200_000_000_000,
        stanzaId: null,
        originId: null,
        replayed: false
      }
    ],
    archive: null,
    order: 'forward'
  })
  const large = (await store.read.conversations()).find(({ jid }) => jid === roomOf(0))
  if (large === undefined || large.last === null) throw new Error('the history has no room')
  const middle = (await store.read.page({ conversation: large.id, anchor: { kind: 'time', time: large.last.time - (MESSAGES / 2) * 60_000 }, limit: 2 }))
    .messages[0]
  if (middle === undefined) throw new Error('the history has no middle')
  await store.write.markRead({ conversation: large.id, upTo: middle.id })
  await store.close()
  writeFileSync(join(profile, 'store-key'), `${TEST_KEY}\n`, { mode: 0o600 })

  const app = await openApp({ profile, env: { LANG: 'en_US.UTF-8' } })
  const main = await app.window('main')
  const session = await main.context().newCDPSession(main)
  await main.locator('.item').first().waitFor()
  await main.waitForTimeout(4000)
  const timed = (begin: string, done: string): Promise<number> => main.evaluate(`(${TIMED})(() => { ${begin} }, () => ${done})`)
  const holds = async (expression: string): Promise<void> => {
    while ((await main.evaluate(expression)) !== true) await main.waitForTimeout(20)
  }
  const small = async (): Promise<void> => {
    await main.locator(`[data-jid="${SMALL}"]`).click()
    await main.locator('.row', { hasText: 'hello' }).waitFor()
  }
  const inView = (selector: string): string =>
    `[...document.querySelectorAll(${JSON.stringify(selector)})].some((one) => { const [a, b] = [one, document.querySelector('${LIST}')].map((each) => each.getBoundingClientRect()); return a.top >= b.top - 2 && a.top < b.bottom })`
  const click = (selector: string): string => `document.querySelector(${JSON.stringify(selector)}).click()`
  const room = `[data-jid="${roomOf(0)}"]`

  const unread: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await small()
    unread.push(await timed(click(room), inView('.separator.unread')))
  }
  // to the end, so that all is read
  await main.locator('[data-test=latest]').click()
  await main.locator(`.row[data-id="${large.last.id}"]`).waitFor()
  await main.locator(`${room} .badge`).waitFor({ state: 'detached' })
  const newest: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await small()
    newest.push(await timed(click(room), inView(`.row[data-id="${large.last.id}"]`)))
  }
  const random = seeded(7)
  const dates: number[] = []
  let months = 0
  await main.locator('[data-test=search-here]').click()
  for (let round = 0; round < ROUNDS; round++) {
    await main.locator('[data-test=jump]').click()
    await main.locator('[data-test=calendar]').waitFor()
    // back by some months, then forward again
    const back = round % 2 === 0
    if (back) months = 1 + Math.floor(random() * 4)
    for (let i = 0; i < months; i++)
      await main
        .locator('[data-test=calendar] .icon-button')
        .nth(back ? 1 : 2)
        .click()
    await holds(`document.querySelector('.day:not([data-disabled])') !== null`)
    const before = await main.locator('.row').first().getAttribute('data-id')
    dates.push(
      await timed(
        click('.day:not([data-disabled])'),
        `document.querySelector('[data-test=calendar]') === null && document.querySelector('.row')?.dataset.id !== ${JSON.stringify(before)} && ${inView('.separator')}`
      )
    )
  }
  const hits: number[] = []
  const words = corpus()
    .filter((_, i) => i % 997 === 0)
    .map(({ text }) => text.slice(0, 12))
    .filter((text) => /^[\p{L}\p{N} ]{6,}$/u.test(text))
  await main.keyboard.press('Control+k')
  await main.keyboard.press('Escape')
  for (const text of words.slice(0, ROUNDS)) {
    await main.fill('[data-test=search]', `"${text}"`)
    await holds(`document.querySelector('.results')?.dataset.answered === ${JSON.stringify(`"${text}"`)}`)
    const hit = main.locator('.results .hit').first()
    if ((await hit.count()) === 0) continue
    hits.push(await timed(click('.results .hit'), inView('.row:has(.flash)')))
  }
  await main.fill('[data-test=search]', '')
  await main.keyboard.press('Escape')
  await main.locator(room).click()
  await main
    .locator('[data-test=latest]')
    .click({ timeout: 1000 })
    .catch(() => undefined)
  await main.waitForTimeout(1000)
  // the first one is made when it is asked for; the next ones come from the reserve
  await main.evaluate(click('[data-test=own-window]'))
  const once = await app.window('chat')
  await once.locator(`.row[data-id="${large.last.id}"]`).waitFor()
  await once.close()
  /** Time until the spare window is available again, ms. */
  const RESTED = 5000
  const cold: number[] = []
  const opened: number[] = []
  for (let round = 0; round < ROUNDS * 2; round++) {
    const rested = round % 2 === 0
    if (rested) {
      await main.waitForTimeout(RESTED)
      // the spare window reports itself when it has painted the message
      const reserve = app.windows().find((page) => page.url().includes('/windows/chat/') && !page.url().includes('conversation='))
      if (reserve === undefined) throw new Error('there is no window in reserve')
      await reserve.evaluate(
        `void (function look() { if (document.querySelector('.row[data-id="${large.last.id}"]') === null) requestAnimationFrame(look); else requestAnimationFrame(() => setTimeout(() => (window.shownAt = performance.timeOrigin + performance.now()))) })()`
      )
    }
    const before = Date.now()
    await main.evaluate(click('[data-test=own-window]'))
    const chat = await app.window('chat')
    await chat.locator(`.row[data-id="${large.last.id}"]`).waitFor()
    const told = `new Promise((resolve) => (function wait() { if (window.shownAt > 0) resolve(window.shownAt); else setTimeout(wait, 5) })())`
    const now = `new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(performance.timeOrigin + performance.now()))))`
    const shown = (await chat.evaluate(rested ? told : now)) as number
    ;(rested ? opened : cold).push(shown - before)
    await chat.close()
    await main.waitForTimeout(300)
  }
  table(
    `Window: a conversation of ${MESSAGES.toLocaleString('en')} messages, from the click to the painted place`,
    ['', 'bar', 'p50 ms', 'p95 ms', 'max ms'],
    [
      ['opened at its newest message', '150', ...spread(newest)],
      ['opened at its first unread one, in the middle', '150', ...spread(unread)],
      ['jumped to a date', '150', ...spread(dates)],
      ['jumped to a hit', '150', ...spread(hits)],
      ['opened in a window of its own', '300', ...spread(opened)],
      ['and another one at once', '', ...spread(cold)]
    ]
  )

  await main.bringToFront()
  const rows: (string | number)[][] = []
  const row = (name: string, seen: Seen): void =>
    void rows.push([
      name,
      ms(percentile(seen.frames, 50)),
      ms(percentile(seen.frames, 95)),
      ms(percentile(seen.work, 95)),
      seen.long.length,
      Math.round(Math.max(0, ...seen.long)),
      seen.blank,
      seen.frames.length,
      seen.most
    ])
  row('Mnemo, by hand, up', await scrolled(main, session, LIST, ROW, HAND, true))
  row('Mnemo, by hand, down', await scrolled(main, session, LIST, ROW, HAND, false))
  row('Mnemo, thrown, up', await scrolled(main, session, LIST, ROW, THROW, true))
  row('Mnemo, thrown, down', await scrolled(main, session, LIST, ROW, THROW, false))
  const heap = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage')
    return (await session.send('Runtime.getHeapUsage')).usedSize / 2 ** 20
  }
  const pss = (): number => memory(app.process.pid ?? 0).get('renderer')?.pss ?? 0
  const before = { heap: await heap(), pss: pss() }
  const seenIds = new Set<string>()
  const ids = async (): Promise<void> => {
    for (const id of (await main.evaluate(`[...document.querySelectorAll('.row')].map((row) => row.dataset.id)`)) as string[]) seenIds.add(id)
  }
  const first = Number(await main.locator('.row').first().getAttribute('data-id'))
  let far = 0
  while (far < FAR) {
    await main.evaluate(`document.querySelector('${LIST}').scrollTop = 0`)
    await main.evaluate(`new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))`)
    await ids()
    far = Math.round((first - Number(await main.locator('.row').first().getAttribute('data-id'))) / 1024 / 60_000)
  }
  const after = { heap: await heap(), pss: pss() }

  const plain = await main.context().newPage()
  const texts = corpus()
    .slice(0, PLAIN)
    .map(({ text }) => text)
  await plain.setViewportSize({ width: 1080, height: 720 })
  await plain.setContent(
    '<style>.s{height:700px;overflow:auto}.r{display:flex;padding:2px 16px}.b{max-width:600px;padding:7px 12px;border-radius:16px;background:#eee;font:14px/1.5 system-ui}</style><div id="app"></div>'
  )
  await plain.addScriptTag({ content: readFileSync(join(ROOT, 'node_modules/vue/dist/vue.global.prod.js'), 'utf8') })
  const drawn = (await plain.evaluate(
    `(${TIMED})(() => { const list = ${JSON.stringify(texts)}; Vue.createApp({ data: () => ({ list: list.map((text, id) => ({ text, id })) }), template: '<div class="s"><div v-for="one in list" :key="one.id" class="r"><div class="b"><div class="x">{{ one.text }}</div><span>12:00</span></div></div></div>' }).mount('#app') }, () => document.querySelectorAll('.r').length === ${PLAIN})`
  )) as number
  const plainSession = await plain.context().newCDPSession(plain)
  row(`peer: v-for of ${PLAIN.toLocaleString('en')}, by hand, down`, await scrolled(plain, plainSession, '.s', '.r', HAND, false))
  row(`peer: v-for of ${PLAIN.toLocaleString('en')}, thrown, up`, await scrolled(plain, plainSession, '.s', '.r', THROW, true))
  table(
    `Window: scrolling, ${SECONDS} s each; by hand ${HAND.toLocaleString('en')}, thrown ${THROW.toLocaleString('en')} pixels a second (bars: frame p95 16.7 ms, no task over 50 ms, no blank frame, 200 rows)`,
    ['', 'frame p50 ms', 'frame p95 ms', 'work in it p95 ms', 'tasks over 50 ms', 'longest, ms', 'blank frames', 'of', 'rows in the page'],
    rows
  )
  table(
    `Window: memory of its page before and after ${far.toLocaleString('en')} messages were scrolled through`,
    ['', 'before MB', 'after MB'],
    [
      ['JavaScript heap', ms(before.heap), ms(after.heap)],
      ['all of the renderers, PSS', ms(before.pss), ms(after.pss)],
      [
        `peer: v-for of ${PLAIN.toLocaleString('en')}, drawn in ${Math.round(drawn)} ms: heap`,
        '',
        ms((await plainSession.send('Runtime.getHeapUsage')).usedSize / 2 ** 20)
      ]
    ]
  )
  await plain.close()
  await app.quit()
  rmSync(profile, { recursive: true })
}
