import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const folder = fileURLToPath(new URL('.', import.meta.url))
let data: string
let app: ChildProcess
let events: { event: string; detail: unknown }[]
let wake: () => void

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'mnemo-host-'))
  events = []
  app = spawn(process.execPath, [join(folder, 'run.ts'), join(folder, 'fixture/main.mjs'), data], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, MNEMO_HEADLESS: '1' }
  })
  let buffer = ''
  app.stdout?.on('data', (chunk: Buffer) => {
    buffer += chunk.toString('utf8')
    for (let end = buffer.indexOf('\n'); end >= 0; end = buffer.indexOf('\n')) {
      events.push(JSON.parse(buffer.slice(0, end)) as (typeof events)[number])
      buffer = buffer.slice(end + 1)
    }
    wake?.()
  })
  await seen('loaded', 'first')
})

afterEach(async () => {
  if (app.exitCode === null && app.signalCode === null) {
    const gone = new Promise((resolve) => app.once('exit', resolve))
    app.kill('SIGKILL')
    await gone
  }
  await expect.poll(() => browsers()).toBe(0)
  rmSync(data, { recursive: true, force: true, maxRetries: 5 })
})

/** Number of processes started with this test's data folder. */
function browsers(): number {
  let count = 0
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--user-data-dir=${data}`)) count++
    } catch {
      continue
    }
  }
  return count
}

/** Waits for the next event that was not consumed yet, and consumes it. */
async function seen(event: string, detail?: unknown): Promise<unknown> {
  const deadline = Date.now() + 120_000
  for (;;) {
    const index = events.findIndex((e) => e.event === event && (detail === undefined || JSON.stringify(e.detail) === JSON.stringify(detail)))
    if (index >= 0) return events.splice(index, 1)[0]?.detail
    if (Date.now() > deadline) throw new Error(`no ${event} in ${JSON.stringify(events)}`)
    await new Promise<void>((resolve) => {
      wake = resolve
      setTimeout(resolve, 200)
    })
  }
}
const tell = (command: string, detail: unknown = null): void => void app.stdin?.write(`${JSON.stringify({ command, detail })}\n`)
async function evaluate(code: string, name = 'first'): Promise<unknown> {
  tell('evaluate', { name, code })
  return seen('value')
}

test('the preload script runs before the page and in its own world', async () => {
  expect(await evaluate('window.seenAtStart')).toBe('object')
  expect(await evaluate('api.version')).toBe(3)
  expect(await evaluate('typeof window.onlyInPreload + typeof window.require + typeof window.__receive')).toBe('undefinedundefinedundefined')
  expect(await evaluate('Object.getOwnPropertyNames(window).filter((n) => n.startsWith("binding_")).length')).toBe(0)
})

test('invoke passes values both ways, and identifies the calling frame', async () => {
  expect(await evaluate('api.echo(1, "é👍", { a: [true, null] }).then((r) => JSON.stringify(r))')).toBe(
    '{"args":[1,"é👍",{"a":[true,null]}],"from":"app://fixture/index.html?name=first"}'
  )
  expect(await evaluate('api.echo("x".repeat(1_000_000)).then((r) => r.args[0].length)')).toBe(1_000_000)
})

test('a handler that throws rejects the call with its message', async () => {
  expect(await evaluate('api.fail().catch((e) => e.message)')).toBe("Error invoking remote method 'fail': TypeError: as asked")
})

test('main sends to a listener of the page, including maps, dates and bytes', async () => {
  tell('push', { name: 'first', value: { n: 7 } })
  tell('pushMap', 'first')
  await expect
    .poll(() => evaluate('JSON.stringify(received.map((r) => r instanceof Map ? [r.get("at").getTime(), ...r.get("bytes")] : r))'))
    .toBe('[{"n":7},[0,1,2]]')
  await evaluate('api.note("hi").then(() => 1)')
  expect(await seen('note')).toBe('hi')
})

test('the bridge is available again after a reload', async () => {
  tell('reload', 'first')
  await expect.poll(() => evaluate('typeof window.api === "object" && performance.getEntriesByType("navigation")[0].type')).toBe('reload')
  expect(await evaluate('api.echo(2).then((r) => r.args[0])')).toBe(2)
})

test('a page can neither leave its scheme, nor open windows, nor reach a network, nor run inline script', async () => {
  await evaluate('location.href = "https://example.com/"; 1')
  expect(await seen('will-navigate')).toBe('https://example.com/')
  await evaluate('window.open("https://example.org/"); 1')
  expect(await evaluate('fetch("https://example.com/").then(() => "reached", () => "refused")')).toBe('refused')
  expect(
    await evaluate(
      '(() => { const s = document.createElement("script"); s.textContent = "window.ran = 1"; document.head.append(s); return typeof window.ran })()'
    )
  ).toBe('undefined')
  expect(await evaluate('location.pathname')).toBe('/index.html')
})

test('several windows live, focus, hide and close on their own; the last one ends the app', async () => {
  tell('open', 'second')
  await seen('ready-to-show', 'second')
  await seen('focus', 'second')
  await seen('blur', 'first')
  expect(await evaluate('api.echo(1).then((r) => r.from)', 'second')).toBe('app://fixture/index.html?name=second')
  tell('call', { name: 'first', method: 'focus' })
  await seen('blur', 'second')
  tell('call', { name: 'second', method: 'hide' })
  await seen('hide', 'second')
  tell('call', { name: 'second', method: 'close' })
  await seen('closed', 'second')
  expect(await evaluate('1 + 1')).toBe(2)
  tell('call', { name: 'first', method: 'close' })
  await seen('closed', 'first')
  await seen('window-all-closed')
})

test('a crashed page is reported and the other one goes on', async () => {
  tell('open', 'second')
  await seen('loaded', 'second')
  tell('crash', 'second')
  expect(await seen('render-process-gone')).toEqual({ name: 'second', reason: 'crashed' })
  expect(await evaluate('2 + 2')).toBe(4)
})

test('the theme reaches the page', async () => {
  tell('dark')
  await expect.poll(() => evaluate('matchMedia("(prefers-color-scheme: dark)").matches')).toBe(true)
})

test('safeStorage reports that encryption is unavailable', async () => {
  tell('encryption')
  expect(await seen('value')).toBe(false)
})

test('quit closes all windows and ends every process', async () => {
  const gone = new Promise((resolve) => app.once('exit', resolve))
  tell('quit')
  await seen('will-quit')
  expect(await gone).toBe(0)
})

test('Chromium ends when the app is killed', async () => {
  expect(browsers()).toBeGreaterThan(0)
  app.kill('SIGKILL')
  await expect.poll(browsers).toBe(0)
})
