/** The main job on a real server with a foreign client: everything arrives once and in order, and any part of it is found, also offline. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import type { RunningApp } from '../../tools/start/drive.ts'
import { corpus, hasCorpus, seeded } from '../support/files.ts'
import { foreignClient, type Foreign } from '../support/foreign.ts'
import { messages, openEngine, startServer, testFolder, type TestFolder, type TestServer } from '../support/server.ts'
import { openApp, screenshot, signIn } from '../support/windows.ts'

const COUNT = 2000
const ROOM = 'corpus@rooms.localhost'
let server: TestServer
let folder: TestFolder
let app: RunningApp
let bob: Foreign

beforeAll(async () => {
  server = await startServer()
  folder = testFolder()
})
afterAll(async () => {
  await app?.kill()
  await bob?.quit()
  await server.stop()
  folder.remove()
})

/** Chinese and English messages, first all that contain numbers or two scripts. */
function chosenMessages(): string[] {
  const usable = corpus().filter(({ text }) => text.trim() === text && text !== '' && !/[\u0000-\u001f\ufffd\ufffe\uffff]/.test(text) && text.isWellFormed())
  const special = usable.filter(({ text }) => /\d{6,}/.test(text) || /[a-z]{4,}\p{Script=Han}{2,}/iu.test(text)).slice(0, 600)
  const zh = usable.filter(({ text }) => /\p{Script=Han}/u.test(text)).slice(0, 700)
  const en = usable.filter(({ text }) => /^[\p{ASCII}]+$/u.test(text)).slice(0, 5000)
  const all = [...new Set([...special, ...zh, ...en].map(({ text }) => text))].slice(0, COUNT)
  const random = seeded(5)
  return all
    .map((text) => ({ text, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ text }) => text)
}

/** Thirty search strings: inside Chinese words, inside Latin words, the last four digits of numbers, across scripts. */
function chosenPieces(texts: string[]): string[] {
  const random = seeded(11)
  const from = (pattern: RegExp, cut: (match: string) => string, count: number): string[] => {
    const found = texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => cut(match[0])))
    return Array.from({ length: count }, () => found[Math.floor(random() * found.length)] ?? '')
  }
  return [
    ...from(/\p{Script=Han}{5,}/gu, (run) => [...run].slice(1, 3 + (run.length % 2)).join(''), 10),
    ...from(/[a-z]{7,}/gi, (run) => run.slice(2, 6), 8),
    ...from(/\d{6,}/g, (run) => run.slice(-4), 6),
    ...from(/[a-z]{4,}\p{Script=Han}{2,}/giu, (run) => /[a-z]{2}\p{Script=Han}{2}/iu.exec(run)?.[0] ?? '', 6)
  ]
}

async function searchAll(main: Page, pieces: string[], texts: string[]): Promise<void> {
  for (const piece of pieces) {
    await main.fill('[data-test=search]', piece)
    const marks = main.locator('.hit mark')
    // adjacent matches are one mark
    const marked = async (): Promise<string[]> =>
      (await marks.count()) > 0 ? ((await marks.first().textContent()) ?? '').toLowerCase().split(piece.toLowerCase()) : ['none']
    await expect.poll(async () => (await marked()).join(''), { message: piece }).toBe('')
    const plain = texts.filter((text) => text.toLowerCase().includes(piece.toLowerCase())).length
    // hits to the account and to the group; counted after the first ones are shown
    const total = async (): Promise<number> =>
      Number(/([\d,]+) messages?/.exec((await main.locator('[data-test=count]').textContent()) ?? '')?.[1]?.replace(',', ''))
    await expect.poll(total, { message: piece }).toBeGreaterThanOrEqual(plain * 2)
  }
  await main.click('.search .clear')
}

test.skipIf(!hasCorpus)(
  '2,000 messages to the account and to a group: stored once, in order, found by any part, offline too',
  { timeout: 600_000 },
  async () => {
    const texts = chosenMessages()
    expect(texts).toHaveLength(COUNT)
    const pieces = chosenPieces(texts)
    expect(pieces.filter((piece) => piece === '')).toEqual([])
    app = await openApp({ profile: folder.path })
    const main = await app.window('main')
    await signIn(main, server, 'alice')

    bob = await foreignClient(server, 'bob')
    await bob.tell({ do: 'join', room: ROOM, nick: 'bob' }, 'joined')
    await main.click('[data-test=new]')
    await main.click('[data-test=join-group]')
    await main.fill('[name=jid]', ROOM)
    await main.fill('[name=nick]', 'alice')
    await main.click('.dialog .primary')
    await main.locator('.head h2', { hasText: 'corpus' }).waitFor()
    await main.locator('[data-jid="bob@localhost"]').dblclick()
    const chat = await app.window('chat')
    // both windows are open before the first message arrives: later they would open at the first unread one
    for (const page of [main, chat]) await page.locator('.thread .none').waitFor()

    await bob.tell({ do: 'send', to: 'alice@localhost', bodies: texts }, 'sent')
    await bob.tell({ do: 'send', to: ROOM, group: true, bodies: texts }, 'sent')
    const last = texts.at(-1) ?? ''
    for (const page of [main, chat]) await page.locator('.bubble', { hasText: last }).last().waitFor({ timeout: 150_000 })
    await screenshot(main, 'main-job-live')
    await searchAll(main, pieces, texts)

    await server.stop()
    await bob.quit()
    await app.quit()
    const engine = await openEngine(folder.path)
    for (const conversation of ['bob@localhost', ROOM]) expect((await messages(engine, conversation)).map((m) => m.text)).toEqual(texts)
    await engine.close()

    app = await openApp({ profile: folder.path })
    const again = await app.window('main')
    await again.locator('.banner[data-status=waiting]').waitFor()
    await searchAll(again, pieces, texts)
    await again.locator('[data-jid="bob@localhost"]').click()
    await again.fill('[data-test=composer]', 'typed while offline 离线时写的')
    await again.keyboard.press('Enter')
    await again.locator('.row.own[data-state=queued]').waitFor()
    await screenshot(again, 'main-job-offline')
    await app.kill()

    await server.restart()
    bob = await foreignClient(server, 'bob')
    app = await openApp({ profile: folder.path })
    const back = await app.window('main')
    await back.locator('[data-jid="bob@localhost"]').click()
    await bob.waitFor((event) => event.body === 'typed while offline 离线时写的')
    await back.locator('.row.own:is([data-state=sent], [data-state=delivered])', { hasText: 'typed while offline' }).waitFor()
    await bob.tell({ do: 'send', to: 'alice@localhost', bodies: ['got it'] }, 'sent')
    await back.locator('.bubble', { hasText: 'got it' }).waitFor()
    expect(bob.events.filter((event) => event.body === 'typed while offline 离线时写的')).toHaveLength(1)
    await app.quit()
  }
)
