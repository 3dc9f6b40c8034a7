/** Messages arriving one after another in the open conversation: the reading position stays, and none is missing. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import type { RunningApp } from '../../tools/start/drive.ts'
import { hostileServer, type HostileServer } from '../support/hostile-server.ts'
import { openEngine, testFolder, type TestFolder } from '../support/server.ts'
import { frames, openApp } from '../support/windows.ts'

let folder: TestFolder
let server: HostileServer
let app: RunningApp
let main: Page

beforeAll(async () => {
  folder = testFolder()
  server = await hostileServer()
  const engine = await openEngine(folder.path)
  await engine.store.write.saveAccount(server.settings)
  await engine.close()
  app = await openApp({ profile: folder.path, env: { LANG: 'en_US.UTF-8' } })
  main = await app.window('main')
})
afterAll(async () => {
  await app.quit()
  server.close()
  folder.remove()
})

const AT_ONCE = 20
let sent = 0
function arrive(): void {
  let text = ''
  for (let i = 0; i < AT_ONCE; i++, sent++)
    text += `<message from='bob@evil.example/x' to='${server.full}' type='chat' id='a${sent}'><body>number ${sent}.</body></message>`
  server.say(text)
}
const scroller = (): Promise<{ top: number; below: number; height: number }> =>
  main.locator('.thread .scroller').evaluate((at) => ({ top: at.scrollTop, below: at.scrollHeight - at.scrollTop - at.clientHeight, height: at.scrollHeight }))
/** Numbers of the shown messages, from the top. */
const shown = (): Promise<number[]> =>
  main.locator('.row .bubble').evaluateAll((rows) => rows.map((row) => Number(/number (\d+)\./.exec(row.textContent)?.[1])))
/** Number and position of the first row in sight. */
const place = (): Promise<[string, number] | null> =>
  main.evaluate(() => {
    const top = document.querySelector('.thread .scroller')?.getBoundingClientRect().top ?? 0
    const row = [...document.querySelectorAll('.thread .row')].find((one) => one.getBoundingClientRect().top > top)
    return row === undefined ? null : [/number \d+/.exec(row.textContent)?.[0] ?? '', Math.round(row.getBoundingClientRect().top)]
  })
/** Scrolls and returns all numbers seen on the way. */
async function scroll(by: number, until: number): Promise<number[]> {
  const seen = new Set<number>()
  await expect
    .poll(
      async () => {
        const now = await shown()
        for (const one of now) seen.add(one)
        if (!now.includes(until)) await main.mouse.wheel(0, by)
        return now.includes(until)
      },
      { interval: 60 }
    )
    .toBe(true)
  return [...seen].sort((a, b) => a - b)
}
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

test('at the end the list stays there and holds only the end; everything is there on scrolling up, and that position stays', async () => {
  await main.locator('[data-jid="bob@evil.example"]').click()
  await main.locator('[data-test=composer]').waitFor()
  await main.locator('.banner').waitFor({ state: 'detached' })
  const atEnd = async (): Promise<void> => {
    await main.locator('.row', { hasText: `number ${sent - 1}.` }).waitFor()
    await expect.poll(async () => (await scroller()).below).toBeLessThan(5)
  }
  while (sent < 100) {
    arrive()
    await atEnd()
  }
  const { height } = await scroller()
  while (sent < 400) {
    arrive()
    await atEnd()
    expect((await scroller()).height).toBeLessThan(2 * height)
  }

  await main.locator('.thread .scroller').hover()
  expect(await scroll(-500, 0)).toEqual(upTo(400))
  await expect
    .poll(async () => {
      await main.mouse.wheel(0, -500)
      return (await scroller()).top
    })
    .toBe(0)
  const before = await place()
  while (sent < 1200) {
    arrive()
    await frames(main, 3)
  }
  await expect.poll(() => main.locator('[data-jid="bob@evil.example"]').textContent()).toContain(`number ${sent - 1}.`)
  expect(await place()).toEqual(before)
  expect(await scroll(500, sent - 1)).toEqual(upTo(sent))
})
