/** (g) Time from a keystroke to painted results in the app's search window, on 1,000,000 messages. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Jid } from '../src/contract/domain.ts'
import { TEST_KEY } from '../test/support/files.ts'
import { openApp } from '../test/support/windows.ts'
import { benchFolder, history, queries } from './histories.ts'
import { spread, table } from './table.ts'

const MESSAGES = 1_000_000

/** Runs in the page: types each text, and waits until the frame with its results has been painted. */
const TYPE = `async (list) => {
  const input = document.querySelector('[data-test=search]')
  const results = document.querySelector('.results')
  const taken = []
  for (const text of list) {
    const before = performance.now()
    input.value = text
    input.dispatchEvent(new InputEvent('input', { bubbles: true }))
    while (results.dataset.answered !== text) await new Promise((resolve) => requestAnimationFrame(resolve))
    // painted when the frame after it begins
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
    taken.push(performance.now() - before)
  }
  return taken
}`

export async function painted(): Promise<void> {
  const profile = benchFolder('painted')
  const store = await history(profile, MESSAGES)
  await store.write.saveAccount({
    jid: 'me@example.invalid' as Jid,
    password: 'none',
    host: '127.0.0.1',
    port: 9,
    security: 'starttls',
    proxy: null,
    trustedFingerprint: null
  })
  await store.close()
  writeFileSync(join(profile, 'store-key'), `${TEST_KEY}\n`, { mode: 0o600 })
  const app = await openApp({ profile, env: { LANG: 'en_US.UTF-8' } })
  const main = await app.window('main')
  await main.locator('.side').waitFor()
  await main.keyboard.press('Control+Shift+f')
  const page = await app.window('search')
  await page.locator('[data-test=search]').waitFor()
  await page.waitForTimeout(8000)
  const typed = queries().flatMap((query) => [...query].map((_, i, all) => all.slice(0, i + 1).join('')))
  const times = (await page.evaluate(`(${TYPE})(${JSON.stringify(typed)})`)) as number[]
  await app.quit()
  if (process.env['MNEMO_BENCH_SLOW'] !== undefined)
    process.stdout.write(
      `${typed
        .map((text, i) => [text, Math.round(times[i] ?? 0)] as const)
        .sort((a, b) => b[1] - a[1])
        .slice(0, 30)
        .join(' | ')}\n`
    )
  table(
    `Search window: keystroke to painted results, ${MESSAGES.toLocaleString('en')} messages, ${typed.length} keystrokes`,
    ['', 'bar p95', 'p50 ms', 'p95 ms', 'max ms'],
    [['input event to the frame with its results', '50', ...spread(times)]]
  )
}
