/** (d) From the command to the first paint and the first conversation; resident memory by process. */
import { testFolder } from '../test/support/server.ts'
import { openApp } from '../test/support/windows.ts'
import { memory } from './memory-of.ts'
import { ms, percentile, table } from './table.ts'

const RUNS = 5

export async function start(): Promise<void> {
  const folder = testFolder()
  const open = () => openApp({ profile: folder.path, args: ['--demo', '--offline'] })
  const paints: number[] = []
  const lists: number[] = []
  const conversations: number[] = []
  let processes = new Map<string, { count: number; rss: number; pss: number }>()
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
    const paint = await main.evaluate(() => performance.timeOrigin + (performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN))
    if (run > 0) {
      paints.push(paint - started)
      lists.push(listed)
      conversations.push(shown)
    }
    processes = memory(app.process.pid ?? 0)
    await app.quit()
  }
  const row = (name: string, values: number[]): string[] => [name, ms(percentile(values, 50)), ms(Math.max(...values))]
  table(`Start: 20,000 messages stored, ${RUNS} starts, on the Chromium host`, ['', 'p50 ms', 'max ms'], [row('command to first paint', paints), row('command to conversation list', lists), row('command to first conversation shown (with a click)', conversations)])
  table('Memory with one conversation open', ['process', 'count', 'RSS MB', 'PSS MB'], [...processes].map(([kind, { count, rss, pss }]) => [kind, count, Math.round(rss), Math.round(pss)]))
  folder.remove()
}
