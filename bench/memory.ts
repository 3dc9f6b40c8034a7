/** (m) Memory of the app over an hour of traffic with 1,000,000 stored messages, compared with blank windows of the same host. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { freePort } from '../src/demo/prosody.ts'
import { testHost } from '../test/support/desktop.ts'
import { corpus, seeded, TEST_KEY } from '../test/support/files.ts'
import { hostileServer } from '../test/support/hostile-server.ts'
import { inspect } from '../test/support/inspected.ts'
import { openApp } from '../test/support/windows.ts'
import { blank } from './blank.ts'
import { benchFolder, contactOf, fromContact, history } from './histories.ts'
import { allWritten, memory } from './memory-of.ts'
import { table } from './table.ts'

const MESSAGES = Number(process.env['MNEMO_BENCH_COUNT'] ?? 1_000_000)
const MINUTES = Number(process.env['MNEMO_BENCH_MINUTES'] ?? 60)
const CONTACTS = 40
/** Time between two messages, ms: leaks show sooner, and V8 has compiled its code within the first half. */
const EVERY = 62
/** Interval at which the user opens another conversation and scrolls in it, ms. */
const LOOKS = 1875
/** Interval between two samples, ms. */
const SAMPLED = Math.min(5, MINUTES / 12) * 60_000
/** Time until opened windows have come to rest, ms. */
const REST = 6000
/** Time after which the search thread has ended for lack of searches, ms (threads/store.ts). */
const UNUSED = 240_000
/** Time after a garbage collection, ms. */
const COLLECTED = 2000
const CHATS = 3

/** SIGTERM ends the traffic early: the tables contain what was measured until then. */
export async function memoryOverTime(): Promise<void> {
  const electron = (await testHost()).kind === 'electron'
  /** Proportional memory of the windows, MB. With Chromium the main process is Node's and has a bar of its own; in Electron it is Chromium's as well. */
  const windowsOf = (root: number): number =>
    [...memory(root)].filter(([kind]) => electron || kind !== 'main process').reduce((sum, [, { pss }]) => sum + pss, 0)
  const [first, second] = [(await blank(1)).pss, (await blank(2)).pss]
  const server = await hostileServer()
  const profile = benchFolder('memory')
  const account = server.settings.jid
  const store = await history(profile, MESSAGES, { account, each: (text, i) => fromContact(text, i, CONTACTS) })
  await store.write.saveAccount(server.settings)
  const [latest] = await store.read.conversations()
  for (const { id, last } of await store.read.conversations()) if (last !== null) await store.write.markRead({ conversation: id, upTo: last.id })
  await store.close()
  if (latest === undefined) throw new Error('nothing was stored')
  writeFileSync(join(profile, 'store-key'), `${TEST_KEY}\n`, { mode: 0o600 })

  const port = await freePort()
  const app = await openApp({
    profile,
    ...(electron
      ? { args: [`--inspect=127.0.0.1:${port}`], env: { LANG: 'en_US.UTF-8' } }
      : { env: { LANG: 'en_US.UTF-8', NODE_OPTIONS: `--inspect=127.0.0.1:${port}` } })
  })
  const threads = await inspect(port)
  const root = app.process.pid ?? 0
  const main = await app.window('main')
  await main.locator('.item').first().click()
  await main.locator('.row').last().waitFor()
  const one = windowsOf(root)
  await rest(REST)
  const warm = windowsOf(root)
  await rest(UNUSED)
  const unused = windowsOf(root)
  const opened: number[] = []
  for (let chat = 0; chat < CHATS; chat++) {
    const before = windowsOf(root)
    await main
      .locator('.item')
      .nth(chat + 1)
      .dblclick()
    await rest(REST)
    opened.push(windowsOf(root) - before)
  }

  const texts = corpus()
  const random = seeded(11)
  const samples: { minute: number; main: number; threads: number; windows: number; pages: number; heaps: number; written: number }[] = []
  let sent = 0
  const traffic = setInterval(() => {
    const from = contactOf(Math.floor(random() * CONTACTS))
    const text = (texts[sent % texts.length]?.text ?? '').replace(/[&<>\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, ' ')
    server.say(`<message from='${from}/x' to='${server.full}' type='chat' id='t${sent++}'><body>${text}</body></message>`)
  }, EVERY)
  const started = Date.now()
  const pages = await Promise.all(app.windows().map((page) => page.context().newCDPSession(page)))
  // all windows of Electron share one process, and each reports the heap of all
  const sessions = electron ? pages.slice(0, 1) : pages
  /** Heap of the pages' scripts after a garbage collection, MB. */
  async function heapsOf(): Promise<number> {
    let all = 0
    for (const session of sessions) {
      await session.send('HeapProfiler.collectGarbage')
      all += (await session.send('Runtime.getHeapUsage')).usedSize / 2 ** 20
    }
    return all
  }
  const sample = async (): Promise<void> => {
    const heaps = await heapsOf()
    const held = (await threads.heaps()) / 2 ** 20
    // freed memory is returned to the system
    await rest(COLLECTED)
    const all = memory(root)
    const one = {
      minute: Math.round((Date.now() - started) / 6000) / 10,
      main: all.get('main process')?.pss ?? 0,
      threads: held,
      windows: windowsOf(root),
      pages: all.get('renderer')?.pss ?? 0,
      heaps,
      written: allWritten(root)
    }
    samples.push(one)
    process.stderr.write(
      `minute ${one.minute}: main process ${one.main.toFixed(1)}, its threads hold ${held.toFixed(1)}, Chromium ${one.windows.toFixed(1)}, of that the pages ${one.pages.toFixed(1)}, they hold ${one.heaps.toFixed(1)}, all have written ${one.written.toFixed(1)} MB\n`
    )
  }
  let ended = false
  process.once('SIGTERM', () => (ended = true))
  await sample()
  for (let look = 1; Date.now() < started + MINUTES * 60_000 && !ended; look++) {
    await main
      .locator('.item')
      .nth(Math.floor(random() * 9))
      // rows move with each message: a hand's click would wait for them to stand still
      .evaluate((row) => (row as unknown as { click(): void }).click())
    await main.locator('.thread .scroller').hover()
    for (let turn = 0; turn < 10; turn++) await main.mouse.wheel(0, -600)
    await rest(Math.max(0, started + look * LOOKS - Date.now()))
    if (Date.now() >= started + samples.length * SAMPLED) await sample()
  }
  clearInterval(traffic)
  threads.close()
  await app.quit()
  server.close()
  rmSync(profile, { recursive: true })

  const later = samples.slice(Math.floor(samples.length / 2))
  const end = samples.at(-1)
  if (end === undefined) throw new Error('nothing was measured')
  /** Growth over the second half by least squares over its samples, with the standard error. */
  const growth = (of: (sample: (typeof samples)[number]) => number): string => {
    const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length
    const sum = (term: (sample: (typeof samples)[number]) => number): number => later.reduce((all, one) => all + term(one), 0)
    const [time, value] = [mean(later.map(({ minute }) => minute)), mean(later.map(of))]
    const spread = sum(({ minute }) => (minute - time) ** 2)
    const slope = sum((one) => (one.minute - time) * (of(one) - value)) / spread
    const off = sum((one) => (of(one) - value - slope * (one.minute - time)) ** 2)
    const span = end.minute - (later[0]?.minute ?? 0)
    return `${(slope * span).toFixed(1)} ± ${(Math.sqrt(off / (later.length - 2) / spread) * span).toFixed(1)}`
  }
  const mb = (value: number): string => value.toFixed(0)
  const [firstChat = 0, ...furtherChats] = opened
  table(
    `Memory: ${MESSAGES.toLocaleString('en')} messages stored, ${sent.toLocaleString('en')} coming in over ${end.minute.toFixed(0)} minutes; proportional set size, garbage collected`,
    ['', 'bar MB', 'MB'],
    [
      ['peer: one blank window of the host, all of it', '', mb(first)],
      ['peer: each further blank window', '', mb(second - first)],
      ['main process at the end', electron ? '' : '150', mb(end.main)],
      ['one window above a blank one, with its first messages', '110', mb(one - first)],
      [`the same ${REST / 1000} s later, with what search reads ahead`, '', mb(warm - first)],
      [`the same after ${UNUSED / 60_000} minutes without a search`, '110', mb(unused - first)],
      ['the first chat window, and the one in reserve that is made then', '', mb(firstChat)],
      [
        `each further chat window (of ${CHATS - 1})`,
        electron ? '20' : '45',
        mb(furtherChats.reduce((a, b) => a + b, 0) / (CHATS - 1) - (electron ? 0 : second - first))
      ],
      [`growth over the second half, by least squares of ${later.length} samples: main process`, '0', growth((sample) => sample.main)],
      ['the same: what its threads hold', '0', growth((sample) => sample.threads)],
      ['the same: Chromium, all of it', '0', growth((sample) => sample.windows)],
      ['the same: what the pages hold', '0', growth((sample) => sample.heaps)],
      ['the same: memory written by all processes', '0', growth((sample) => sample.written)]
    ]
  )
  table(
    `Memory over time: main window, ${CHATS} chats and one in reserve`,
    ['minute', 'main process MB', 'its threads hold MB', 'Chromium, all of it MB', 'of that the pages MB', 'they hold MB', 'written by all MB'],
    samples.map(({ minute, main: node, threads: held, windows, pages, heaps, written }) => [
      minute,
      mb(node),
      held.toFixed(1),
      mb(windows),
      mb(pages),
      heaps.toFixed(1),
      written.toFixed(1)
    ])
  )
}
