/** The app in its real windows: on Electron, or on the host named by MNEMO_TEST_HOST. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import axe from 'axe-core'
import { startApp, type RunningApp, type StartOptions } from '../../tools/start/drive.ts'
import { testHost } from './desktop.ts'
import { ROOT } from './files.ts'
import type { TestServer } from './server.ts'

/** Time that a test waits for a page's element, ms: long enough for a busy machine. */
const PATIENCE = 120_000

export async function openApp(options: StartOptions): Promise<RunningApp> {
  const host = await testHost()
  return startApp(host, { ...options, patience: PATIENCE, env: { MNEMO_HEADLESS: host.kind === 'chromium' ? '1' : '', ...options.env } })
}

/** Signs in as a user does: address, password, server and port under 'advanced', and the server's own certificate. */
export async function signIn(main: Page, server: TestServer, user: string): Promise<void> {
  await main.fill('[name=address]', `${user}@localhost`)
  await main.fill('[name=password]', `${user}-secret`)
  await main.click('summary')
  await main.fill('[name=host]', '127.0.0.1')
  await main.fill('[name=port]', String(server.port))
  await main.click('form .button.primary')
  await main.locator('.dialog code', { hasText: server.fingerprint }).waitFor()
  await main.click('.dialog .button:not(.primary)')
  await main.locator('.side').waitFor()
  await main.locator('.banner').waitFor({ state: 'detached' })
}

export interface Bounds {
  left: number
  top: number
  width: number
  height: number
}

/** Moves a window with its frame, as by hand. Electron moves it on the page's request; Chromium on a DevTools command. */
export async function moveWindow(page: Page, bounds: Bounds): Promise<void> {
  const client = await page.context().newCDPSession(page)
  const target = await client.send('Browser.getWindowForTarget').catch(() => null)
  const { left, top, width, height } = bounds
  if (target !== null) await client.send('Browser.setWindowBounds', { windowId: target.windowId, bounds })
  else await page.evaluate(`resizeTo(${width}, ${height}); moveTo(${left}, ${top})`)
  await page.waitForFunction(`outerWidth === ${width} && outerHeight === ${height}`)
}

interface Violation {
  id: string
  help: string
  nodes: { target: unknown[]; html: string; failureSummary?: string }[]
}

/**
 * Problems that axe-core (https://github.com/dequelabs/axe-core) finds on the screen, one per line. A menu is outside of landmarks.
 * Nothing fades meanwhile: a label that is half gone has no contrast of its own.
 */
export async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source)
  const found = (await page.evaluate(
    `(() => {
      const still = document.createElement('style')
      still.textContent = '* { transition: none !important }'
      document.head.append(still)
      const options = { rules: { region: { enabled: false } }, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }
      return axe.run(document, options).then(({ violations }) => violations).finally(() => still.remove())
    })()`
  )) as Violation[]
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 160)} ${failureSummary?.split('\n').slice(1, 2).join() ?? ''}`)
  )
}

const SHOTS = join(ROOT, 'test-output')
export async function screenshot(page: Page | Locator, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true })
  await page.screenshot({ path: join(SHOTS, `${name}.png`) })
}

/** Waits until a page has painted `count` frames. */
export async function frames(page: Page, count: number): Promise<void> {
  await page.evaluate(`new Promise((resolve) => { let left = ${count}; const next = () => (left-- > 0 ? requestAnimationFrame(next) : resolve()); next() })`)
}

/** Result of `read` once it has been the same for `still` frames of the page. */
export async function steady<T>(page: Page, read: () => Promise<T>, still = 24): Promise<T> {
  for (let value = await read(); ;) {
    let same = true
    for (let seen = 0; same && seen < still; seen += 6) {
      await frames(page, 6)
      const next = await read()
      same = next === value
      value = next
    }
    if (same) return value
  }
}

/** Waits until nothing in a page moves or fades, except endless animations. */
export async function stillness(page: Page): Promise<void> {
  do await frames(page, 2)
  while (
    (await page.evaluate('document.getAnimations().some((one) => one.playState === "running" && one.effect?.getComputedTiming().iterations !== Infinity)')) ===
    true
  )
}
