/** (d) Time from the command to the first paint and the first conversation; opening of windows; memory compared with a blank app of the same host. */
import type { Page } from 'playwright-core'
import { testHost } from '../test/support/desktop.ts'
import { testFolder } from '../test/support/server.ts'
import { openApp } from '../test/support/windows.ts'
import { blank, type Blank } from './blank.ts'
import { allMemory, memory } from './memory-of.ts'
import { ms, percentile, table } from './table.ts'

const RUNS = 5
/** Time until opened windows have come to rest, ms. */
const REST = 6000

/** Time of the page's first paint, ms since 1970. Its policy forbids evaluating text, so the page is asked by a function. */
const firstPaint = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const painted = (): number | undefined => performance.getEntriesByName('first-contentful-paint')[0]?.startTime
    while (painted() === undefined) await new Promise((resolve) => setTimeout(resolve, 4))
    return performance.timeOrigin + (painted() ?? NaN)
  })

export async function start(): Promise<void> {
  const { kind } = await testHost()
  const on = kind === 'electron' ? 'on Electron' : 'on the Chromium host'
  const blanks: Blank[] = []
  for (let run = 0; run < 3; run++) blanks.push(await blank(1))
  const folder = testFolder()
  const open = () => openApp({ profile: folder.path, args: ['--demo', '--offline'] })
  const taken = {
    paint: [] as number[],
    list: [] as number[],
    conversation: [] as number[],
    settings: [] as number[],
    search: [] as number[],
    chat: [] as number[],
    close: [] as number[]
  }
  let processes = new Map<string, { count: number; rss: number; pss: number }>()
  const sizes = { one: 0, two: 0, three: 0 }
  // the first run fills the demo's history
  for (let run = 0; run <= RUNS; run++) {
    const started = Date.now()
    const app = await open()
    const main = await app.window('main')
    await main.locator('.item').first().waitFor({ timeout: 60_000 })
    const listed = Date.now() - started
    await main.locator('.item').first().click()
    await main.locator('.bubble').first().waitFor()
    const shown = Date.now() - started
    const paint = (await firstPaint(main)) - started
    const windows: Record<'settings' | 'search' | 'chat', number> = { settings: 0, search: 0, chat: 0 }
    await main.waitForTimeout(REST)
    const root = app.process.pid ?? 0
    if (run === RUNS) {
      processes = memory(root)
      sizes.one = allMemory(root)
    }
    for (const [name, keys] of [
      ['settings', 'Control+,'],
      ['search', 'Control+Shift+f']
    ] as const) {
      const asked = Date.now()
      await main.keyboard.press(keys)
      windows[name] = (await firstPaint(await app.window(name))) - asked
    }
    for (let chat = 1; chat <= 2; chat++) {
      await main.bringToFront()
      const asked = Date.now()
      await main.locator('.item').nth(chat).dblclick()
      const page = await app.window('chat')
      await page.locator('.bubble').first().waitFor()
      if (chat === 1) windows.chat = Date.now() - asked
      if (run !== RUNS) break
      await main.waitForTimeout(REST)
      sizes[chat === 1 ? 'two' : 'three'] = allMemory(root)
    }
    const ending = Date.now()
    await app.quit()
    if (run === 0) continue
    taken.paint.push(paint)
    taken.list.push(listed)
    taken.conversation.push(shown)
    for (const name of ['settings', 'search', 'chat'] as const) taken[name].push(windows[name])
    taken.close.push(Date.now() - ending)
  }
  const row = (name: string, values: number[], bar = ''): string[] => [name, bar, ms(percentile(values, 50)), ms(Math.max(...values))]
  table(
    `Start and windows: 20,000 messages stored, ${RUNS} starts, ${on}`,
    ['', 'bar ms', 'p50 ms', 'max ms'],
    [
      row(
        'peer: command to a blank window of the host',
        blanks.map(({ shown }) => shown)
      ),
      row('command to first paint', taken.paint),
      row('command to conversation list', taken.list, '1200'),
      row('command to first conversation shown (with a click)', taken.conversation),
      row('settings: key to first contents', taken.settings, '400'),
      row('search window: key to first contents', taken.search, '400'),
      row('chat in a window of its own: double click to its messages', taken.chat),
      row('quit', taken.close, '1000')
    ]
  )
  table(
    'Memory with one conversation open',
    ['process', 'count', 'RSS MB', 'PSS MB'],
    [...processes].map(([name, { count, rss, pss }]) => [name, count, Math.round(rss), Math.round(pss)])
  )
  const idle = percentile(
    blanks.map(({ pss }) => pss),
    50
  )
  table(
    'Memory of all processes, PSS',
    ['', 'MB'],
    [
      ['peer: a blank window of the host', Math.round(idle)],
      [
        'peer: its main process',
        Math.round(
          percentile(
            blanks.map(({ main }) => main),
            50
          )
        )
      ],
      ['Mnemo, one window', Math.round(sizes.one)],
      ['more than the blank app', Math.round(sizes.one - idle)],
      ['with settings, search and a chat as well', Math.round(sizes.two)],
      ['each further chat', Math.round(sizes.three - sizes.two)]
    ]
  )
  folder.remove()
}
