/** (k) 2,000 messages a second from one contact: typing latency in the window that shows them. */
import { corpus } from '../test/support/files.ts'
import { hostileServer } from '../test/support/hostile-server.ts'
import { openEngine, testFolder } from '../test/support/server.ts'
import { openApp } from '../test/support/windows.ts'
import { percentile, spread, table } from './table.ts'

const A_SECOND = 2000
const SECONDS = 10
/** Packets per second. */
const PACKETS = 20
const KEY_MS = 90
const TEXT = 'the quick brown fox jumps over the lazy dog and types on while thousands come in '

/** Runs in the page: time from each key press, as stamped by the system, to the frame with its letter; and tasks over 50 ms. */
const WATCH = `() => {
  const keys = []
  const long = []
  const observer = new PerformanceObserver((list) => long.push(...list.getEntries().map((entry) => entry.duration)))
  observer.observe({ entryTypes: ['longtask'] })
  let pressed = 0
  const area = document.querySelector('[data-test=composer]')
  const onKey = (event) => (pressed = event.timeStamp)
  const onInput = () => {
    const at = pressed
    requestAnimationFrame(() => setTimeout(() => keys.push(performance.now() - at)))
  }
  area.addEventListener('keydown', onKey)
  area.addEventListener('input', onInput)
  window.stopWatching = () => {
    observer.disconnect()
    area.removeEventListener('keydown', onKey)
    area.removeEventListener('input', onInput)
    return { keys, long }
  }
}`

export async function flood(): Promise<void> {
  const texts = corpus()
  const server = await hostileServer()
  const folder = testFolder()
  const engine = await openEngine(folder.path)
  await engine.store.write.saveAccount(server.settings)
  await engine.close()
  const app = await openApp({ profile: folder.path, env: { LANG: 'en_US.UTF-8' } })
  const main = await app.window('main')
  await main.locator('[data-jid="bob@evil.example"]').click()
  await main.locator('[data-test=composer]').waitFor()
  await main.locator('.banner').waitFor({ state: 'detached' })
  let sent = 0
  const packet = (count: number): void => {
    let text = ''
    for (let i = 0; i < count; i++, sent++)
      text += `<message from='bob@evil.example/x' to='${server.full}' type='chat' id='f${sent}'><body>${(texts[sent % texts.length]?.text ?? '').replace(/[&<>\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, ' ')}</body></message>`
    server.say(text)
  }
  packet(200)
  await main.locator('.row').first().waitFor()
  await main.waitForTimeout(1500)

  async function typed(): Promise<{ keys: number[]; long: number[] }> {
    await main.fill('[data-test=composer]', '')
    await main.evaluate(`(${WATCH})()`)
    await main.locator('[data-test=composer]').focus()
    await main.keyboard.type(TEXT, { delay: KEY_MS })
    return (await main.evaluate('window.stopWatching()')) as { keys: number[]; long: number[] }
  }
  const idle = await typed()
  const before = sent
  const timer = setInterval(() => sent - before < A_SECOND * SECONDS && packet(A_SECOND / PACKETS), 1000 / PACKETS)
  const busy = await typed()
  clearInterval(timer)
  const during = sent - before
  await main.waitForTimeout(3000)
  const last = await main.locator('.row').last().getAttribute('data-id')
  await app.quit()
  server.close()
  const check = await openEngine(folder.path)
  const stored = (await check.store.read.stats()).messages
  await check.close()
  folder.remove()
  table(
    `Flood: ${A_SECOND.toLocaleString('en')} messages a second into the open conversation, ${during.toLocaleString('en')} sent, ${stored.toLocaleString('en')} of ${sent.toLocaleString('en')} stored`,
    ['', 'bar p95', 'p50 ms', 'p95 ms', 'max ms', 'tasks over 50 ms', 'longest, ms'],
    [
      ['key to the frame with its letter', '50', ...spread(busy.keys), busy.long.length, busy.long.length === 0 ? 0 : Math.round(percentile(busy.long, 100))],
      ['peer: with nothing coming in', '', ...spread(idle.keys), idle.long.length, idle.long.length === 0 ? 0 : Math.round(percentile(idle.long, 100))]
    ]
  )
  if (last === null) throw new Error('the window shows nothing')
}
