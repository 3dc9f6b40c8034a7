/** (r) Time from an arrow key in the search window to the frame with the hit in its conversation; scrolling of a grid of 100,000 pictures. */
import { testFolder } from '../test/support/server.ts'
import { picturedProfile } from '../test/support/pictured.ts'
import { openApp } from '../test/support/windows.ts'
import { BENCH_WORKER } from './histories.ts'
import { ms, percentile, spread, table } from './table.ts'

const STEPS = 60
const PICTURES = Number(process.env['MNEMO_BENCH_COUNT'] ?? 100_000)
/** Number of jumps of the scroll bar to random positions. */
const JUMPS = 30

/** Runs in the page: presses the key so often, each time after the conversation shows the last hit. */
async function steps(count: number): Promise<{ times: number[]; others: number }> {
  const frame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
  const input = document.querySelector('[data-test=search]') as HTMLInputElement
  const times: number[] = []
  let others = 0
  let before: string | null = null
  for (let step = 0; step < count; step++) {
    await frame()
    const begun = performance.now()
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, cancelable: true }))
    for (;;) {
      await new Promise((resolve) => requestAnimationFrame(resolve))
      const id = document.querySelector<HTMLElement>('.hit.active')?.dataset['id']
      const bubble = id === undefined ? null : document.querySelector(`[data-test=context] .row[data-id="${id}"] .bubble.flash`)
      const pane = document.querySelector('[data-test=context] .thread')?.getBoundingClientRect()
      const box = bubble?.getBoundingClientRect()
      if (box !== undefined && pane !== undefined && box.top >= pane.top - 1 && box.bottom <= pane.bottom + 1) break
      if (performance.now() - begun > 10_000) throw new Error('the conversation does not follow')
    }
    // painted when the next frame begins
    await frame()
    times.push(performance.now() - begun)
    const name = document.querySelector('[data-test=context] h2')?.textContent ?? null
    if (name !== before) others++
    before = name
  }
  return { times, others }
}

/** Runs in the page: jumps to a position of the grid, until each visible cell shows its picture. */
async function jump(share: number): Promise<{ placed: number; shown: number }> {
  const scroller = document.querySelector('.grid .rows') as HTMLElement
  const begun = performance.now()
  scroller.scrollTo(0, scroller.scrollHeight * share)
  let placed = 0
  for (;;) {
    await new Promise((resolve) => requestAnimationFrame(resolve))
    const frame = scroller.getBoundingClientRect()
    const cells = [...scroller.querySelectorAll('.cell')].filter(
      (cell) => cell.getBoundingClientRect().bottom > frame.top && cell.getBoundingClientRect().top < frame.bottom
    )
    if (placed === 0 && cells.length > 5) placed = performance.now() - begun
    if (cells.length > 5 && cells.every((cell) => cell.querySelector('img') !== null)) return { placed, shown: performance.now() - begun }
    if (performance.now() - begun > 20_000) throw new Error('cells stay blank')
  }
}

export async function context(): Promise<void> {
  const folder = testFolder()
  const app = await openApp({ profile: folder.path, args: ['--demo', '--offline'] })
  const main = await app.window('main')
  await main.locator('.item').first().waitFor({ timeout: 60_000 })
  await main.keyboard.press('Control+Shift+f')
  const search = await app.window('search')
  await search.fill('[data-test=search]', '手机')
  await search.locator('.hit').nth(5).waitFor()
  await search.waitForTimeout(3000)
  const { times, others } = await search.evaluate(steps, STEPS)
  await app.quit()
  folder.remove()
  table(
    `Search window: arrow key to its hit in the conversation, 20,000 messages, ${STEPS} keys, ${others} to another conversation`,
    ['', 'bar p95', 'p50 ms', 'p95 ms', 'max ms'],
    [['key to the frame with the hit among its neighbours', '50', ...spread(times)]]
  )

  const pictured = testFolder()
  await picturedProfile(pictured.path, { pictures: PICTURES, until: Date.now(), apart: 900_000, worker: BENCH_WORKER })
  const shown = await openApp({ profile: pictured.path })
  const window = await shown.window('main')
  await window.locator('.item').first().waitFor({ timeout: 60_000 })
  await window.fill('[data-test=search]', 'has:media')
  await window.locator('[data-test=cell] img').first().waitFor()
  await window.waitForTimeout(3000)
  const shares = Array.from({ length: JUMPS }, (_, i) => ((i * 0.618) % 1) * 0.98)
  const first: { placed: number; shown: number }[] = []
  const again: typeof first = []
  for (const share of shares) first.push(await window.evaluate(jump, share))
  for (const share of shares) again.push(await window.evaluate(jump, share))
  await shown.quit()
  pictured.remove()
  const row = (name: string, values: number[]): string[] => [name, ms(percentile(values, 50)), ms(percentile(values, 95)), ms(Math.max(...values))]
  table(
    `Grid of ${PICTURES.toLocaleString('en')} pictures: the scroll bar thrown to ${JUMPS} places`,
    ['', 'p50 ms', 'p95 ms', 'max ms'],
    [
      row(
        'to cells in their places',
        [...first, ...again].map(({ placed }) => placed)
      ),
      row(
        'to all pictures in sight, thumbnails made on the way',
        first.map(({ shown: time }) => time)
      ),
      row(
        'the same once more, thumbnails at hand',
        again.map(({ shown: time }) => time)
      )
    ]
  )
}
