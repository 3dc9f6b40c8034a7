/** (i) Catch-up with 100,000 archived messages: speed of committing and indexing, and responsiveness of the app meanwhile. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import Database from 'better-sqlite3'
import { Connection } from '../src/engine/xmpp/stream/connection.ts'
import { archivePage, archiveQuery } from '../src/engine/xmpp/stanzas/archive.ts'
import { encodeMessage } from '../src/engine/xmpp/stanzas/message.ts'
import { corpus } from '../test/support/files.ts'
import { online, openEngine, startServer, testFolder, until, type TestServer } from '../test/support/server.ts'
import { openApp } from '../test/support/windows.ts'
import { perSecond, spread, table } from './table.ts'

const COUNT = Number(process.env['MNEMO_BENCH_COUNT'] ?? 100_000)
/** Messages for scrolling meanwhile. */
const BEFORE = 1500
const IDLE_MS = 8000
/** Largest number of unacknowledged messages. */
const WINDOW = 500

export async function connected(server: TestServer, user: string): Promise<Connection> {
  const connection = new Connection(server.settings(user))
  const ready = new Promise<void>((resolve) => connection.once('ready', () => resolve()))
  connection.start()
  await ready
  return connection
}

/** Sends so many messages, and waits until the server has accepted all. */
async function fill(server: TestServer, count: number): Promise<void> {
  const texts = corpus()
  const bob = await connected(server, 'bob')
  let acked = 0
  bob.on('acked', () => acked++)
  for (let i = 0; i < count; i++) {
    await bob.send(encodeMessage('alice@localhost', 'direct', { text: texts[i % texts.length]?.text ?? '', id: randomUUID() }))
    while (i - acked > WINDOW) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  while (acked < count) await new Promise((resolve) => setTimeout(resolve, 10))
  await bob.stop()
}

export const escaped = (text: string): string => text.replace(/[&<>]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[one] ?? '')

interface ArchiveRow {
  host: string
  user: string
  store: string
  key: string
  when: number
  with: string
  type: string
  value: string
}

/**
 * Writes so many messages into alice's archive, as Prosody would: sending them one by one takes hours. The server is stopped meanwhile.
 * `like`: a part of an archived message that serves as the model; `change`: makes each message of the model, whose ids are then replaced.
 */
export async function archive(server: TestServer, count: number, like: string, change: (stanza: string, i: number) => string): Promise<void> {
  await server.stop()
  const db = new Database(join(server.folder, 'archives.sqlite'))
  const model = db
    .prepare<[string], ArchiveRow>(
      `SELECT * FROM prosodyarchive WHERE user = 'alice' AND store = 'archive' AND instr(value, ?) > 0 ORDER BY sort_id DESC LIMIT 1`
    )
    .get(like)
  if (model === undefined) throw new Error('no message is in the archive')
  const id = / id='([^']+)'/.exec(model.value)?.[1] ?? ''
  const insert = db.prepare(
    'INSERT INTO prosodyarchive (host, user, store, key, "when", "with", type, value) VALUES (@host, @user, @store, @key, @when, @with, @type, @value)'
  )
  db.transaction(() => {
    for (let i = 0; i < count; i++) {
      const key = randomUUID()
      const value = change(model.value, i).replaceAll(id, randomUUID()).replaceAll(model.key, key)
      insert.run({ ...model, key, when: model.when + 1 + Math.floor(i / 20), value })
    }
  })()
  db.close()
  await server.restart()
}

/** Peer: reads the same pages and discards them. */
async function readOnly(server: TestServer): Promise<number> {
  const carol = await connected(server, 'alice')
  const started = performance.now()
  for (let after: string | null = null; ;) {
    const page = archivePage(await carol.request(archiveQuery({ archive: null, queryId: randomUUID(), max: 200, after }), 60_000))
    if (page.complete || page.last === null) break
    after = page.last
  }
  const took = performance.now() - started
  await carol.stop()
  return took
}

/** Runs in the page: scrolls up and down until stopped; frame times in ms, and the number of events from the main process. */
const SCROLL = `() => {
  const frames = []
  let events = 0
  window.mnemo.onEvents(() => events++)
  const scroller = document.querySelector('.thread .scroller')
  let last = performance.now()
  let at = 0
  const started = last
  window.stopScrolling = () => (running = false, { frames, events, seconds: (performance.now() - started) / 1000 })
  let running = true
  const frame = () => {
    if (!running) return
    const now = performance.now()
    frames.push(now - last)
    last = now
    at += 0.02
    scroller.scrollTop = (scroller.scrollHeight - scroller.clientHeight) * (0.5 + 0.4 * Math.sin(at))
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
}`

export async function catchUp(): Promise<void> {
  const server = await startServer({ large: true })
  const folders = [testFolder(), testFolder()]
  for (const folder of folders) {
    const engine = await openEngine(folder.path)
    await engine.signIn(server.settings('alice'))
    await online(engine)
    if (folder === folders[0]) await fill(server, BEFORE)
    await until(engine, async () => (await engine.store.read.stats()).messages >= BEFORE, 120_000)
    await engine.store.write.markRead({
      conversation: (await engine.store.read.conversationByJid('bob@localhost'))!.id,
      upTo: Number.MAX_SAFE_INTEGER as never
    })
    await engine.close()
  }
  const texts = corpus()
  await archive(server, COUNT, '<body>', (stanza, i) =>
    stanza.replace(/<body>.*<\/body>/s, () => `<body>${escaped(texts[i % texts.length]?.text ?? '')}</body>`)
  )
  const bare = await readOnly(server)

  const engine = await openEngine(folders[0]!.path)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  let transactions = 0
  engine.on('changes', (changes) => void (changes.added > 0 && transactions++))
  const started = performance.now()
  delay.enable()
  await engine.connect()
  await until(engine, async () => (await engine.store.read.stats()).messages >= BEFORE + COUNT, 600_000)
  const took = performance.now() - started
  delay.disable()
  await engine.close()

  const app = await openApp({ profile: folders[1]!.path, env: { LANG: 'en_US.UTF-8' } })
  const main = await app.window('main')
  await main.locator('[data-jid="bob@localhost"]').click()
  await main.locator('.row').first().waitFor()
  await main.evaluate(`(${SCROLL})()`)
  const windowStarted = performance.now()
  await main.locator('.banner').waitFor({ state: 'detached', timeout: 600_000 })
  const seconds = (performance.now() - windowStarted) / 1000
  const seen = (await main.evaluate('window.stopScrolling()')) as { frames: number[]; events: number; seconds: number }
  // the peer: the same window and scrolling without incoming messages
  await main.evaluate(`(${SCROLL})()`)
  await main.waitForTimeout(IDLE_MS)
  const idle = (await main.evaluate('window.stopScrolling()')) as typeof seen
  await app.quit()
  table(
    `Catch-up: ${COUNT.toLocaleString('en')} messages from a local Prosody's archive`,
    ['', 'bar', 'value'],
    [
      ['peer: pages read and thrown away, messages/s', '', perSecond(COUNT, bare)],
      ['committed and indexed, messages/s', '2,000', perSecond(COUNT, took)],
      ['transactions', '', transactions],
      ["main thread's event-loop delay, p99 ms", '20', (delay.percentile(99) / 1e6).toFixed(1)],
      ['in the app, while its window scrolls: seconds', '', seconds.toFixed(0)],
      ['change events a second to that window', '20', (seen.events / seen.seconds).toFixed(1)]
    ]
  )
  table(
    'Catch-up: frames of that window',
    ['', 'p50 ms', 'p95 ms', 'max ms'],
    [
      ['while catching up', ...spread(seen.frames)],
      ['peer: with nothing coming in', ...spread(idle.frames)]
    ]
  )
  await server.stop()
  for (const folder of folders) folder.remove()
}
