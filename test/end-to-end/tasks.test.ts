/**
 * Everyday tasks as a user does them, with counted steps: clicks, and keys other than typed text. docs/tasks.md has the same figures beside those
 * of other messengers; a task that needs more steps than documented fails.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { ROOT } from '../support/files.ts'
import { HAS_DIALOGS, nameFile } from '../support/hands.ts'
import { gradient } from '../support/pictures.ts'
import { messages, testFolder, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { openApp, screenshot } from '../support/windows.ts'

const story = new Story()
const DOC = join(ROOT, 'docs/tasks.md')
/** Documented steps by the number of the task. */
const told = new Map([...readFileSync(DOC, 'utf8').matchAll(/^\| (\d+) \|[^|]*\| (\d+) \|/gm)].map(([, task, steps]) => [Number(task), Number(steps)]))
const taken = new Map<number, number>()

/** A user's hand that counts its actions. */
class Hand {
  steps = 0
  readonly #page: Page
  constructor(page: Page) {
    this.#page = page
  }
  on(page: Page): Hand {
    const other = new Hand(page)
    Object.defineProperty(other, 'steps', { get: () => this.steps, set: (steps: number) => (this.steps = steps) })
    return other
  }
  async click(what: string | Locator, options: { button?: 'right' } = {}): Promise<void> {
    this.steps++
    await (typeof what === 'string' ? this.#page.locator(what) : what).first().click(options)
  }
  /** Double click: two steps. */
  async doubleClick(what: Locator): Promise<void> {
    this.steps += 2
    await what.first().dblclick()
  }
  async press(key: string): Promise<void> {
    this.steps++
    await this.#page.keyboard.press(key)
  }
  /** Types text, which is the same in every messenger and not counted. */
  type = (text: string): Promise<void> => this.#page.keyboard.type(text)
}

function task(number: number, name: string, run: (hand: Hand, main: Page) => Promise<void>, canRun = true): void {
  test.skipIf(!canRun)(`${number} ${name}`, async () => {
    const main = await story.app.window('main')
    await main.bringToFront()
    const hand = new Hand(main)
    await run(hand, main)
    taken.set(number, hand.steps)
    expect(hand.steps, 'more steps than docs/tasks.md says').toBeLessThanOrEqual(told.get(number) ?? 0)
  })
}

const BOB = '[data-jid="bob@localhost"]'
const composer = '[data-test=composer]'
const bubble = (page: Page, text: string): Locator => page.locator('.row', { hasText: text }).last().locator('.bubble')
const bobHas = (text: string): Promise<unknown> =>
  until(story.bob, async () => (await messages(story.bob, 'alice@localhost')).find((message) => message.text === text))
/** Opens Bob's conversation with a message from him. */
async function withBob(main: Page): Promise<void> {
  if ((await main.inputValue('[data-test=search]')) !== '') await main.fill('[data-test=search]', '')
  await main.locator(BOB).first().click()
  await main.locator(composer).waitFor()
}

/** Calls the main process as its windows do. */
const ask = (page: Page, channel: string, input?: unknown): Promise<string> =>
  page.evaluate(
    async ([name, given]) =>
      JSON.stringify(
        await (window as unknown as { mnemo: { call(id: number, channel: string, input: unknown): Promise<unknown> } }).mnemo.call(
          9_000_003,
          name as string,
          given
        )
      ),
    [channel, input] as const
  )

/** Signs in by hand with address and password; entering the test server's location and accepting its certificate are not counted. */
async function signInByHand(hand: Hand, page: Page, user: string): Promise<void> {
  const form = page.locator('form.sign-in')
  await form.locator('summary').click()
  await form.locator('[name=host]').fill('127.0.0.1')
  await form.locator('[name=port]').fill(String(story.server.port))
  await form.locator('[name=address]').focus()
  await hand.type(`${user}@localhost`)
  await hand.press('Tab')
  await hand.type(`${user}-secret`)
  await hand.press('Enter')
  const dialog = page.locator('.dialog', { hasText: story.server.fingerprint })
  await dialog.waitFor()
  await dialog.locator('.button:not(.primary)').click()
}

afterAll(() => {
  writeFileSync(join(ROOT, 'test-output/tasks.json'), JSON.stringify(Object.fromEntries(taken), null, 2))
})

test('Alice and Bob are there', async () => {
  const { bob } = story
  const main = await story.open(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'])
  const skip = main.locator('[data-test=tour-skip]')
  if ((await skip.count()) > 0) await skip.click()
  const toAlice = await bob.conversations.start('alice@localhost', 'direct', null)
  for (const text of ['周六去爬香山吗？', 'Weather looks great', '预算表我发你了', '附近那家店叫什么']) await bob.messages.send(toAlice.id, text)
  await main.locator(BOB).waitFor()
  await main.locator(BOB).click()
  await bubble(main, '附近那家店').waitFor()
})

test('1 sign in', async () => {
  const folder = testFolder()
  const app = await openApp({ profile: folder.path })
  const page = await app.window('main')
  const hand = new Hand(page)
  await page.locator('form.sign-in').waitFor()
  await signInByHand(hand, page, 'carol')
  await page.locator('.side').waitFor()
  await app.kill()
  folder.remove()
  taken.set(1, hand.steps)
})
task(2, 'start a chat', async (hand, main) => {
  await hand.press('Control+n')
  await main.locator('[data-test=who]').waitFor()
  await hand.type('carol')
  await main.locator('[data-test=person]', { hasText: 'carol' }).waitFor()
  await hand.press('Enter')
  await main.locator('.head h2', { hasText: 'Carol' }).waitFor()
})
task(3, 'send a message', async (hand) => {
  await hand.click(BOB)
  await hand.type('早上好')
  await hand.press('Enter')
  await bobHas('早上好')
})
task(4, 'reply to a message', async (hand, main) => {
  await withBob(main)
  await hand.click(bubble(main, '爬香山'), { button: 'right' })
  await hand.click('.menu [data-test=reply]')
  await hand.type('好啊，几点')
  await hand.press('Enter')
  await bobHas('好啊，几点')
})
task(5, 'forward a message', async (hand, main) => {
  await withBob(main)
  await hand.click(bubble(main, 'Weather'), { button: 'right' })
  await hand.click('.menu [data-test=forward]')
  await hand.click(main.locator('.dialog .person', { hasText: 'Carol' }))
  await hand.click('[data-test=forward-send]')
  await main.locator('.dialog').waitFor({ state: 'detached' })
  await main.locator('.item', { hasText: 'Carol' }).locator('.preview', { hasText: 'Weather' }).waitFor()
})
task(6, 'put the last message right', async (hand, main) => {
  await withBob(main)
  await main.locator('.row.own[data-state=delivered]', { hasText: '好啊，几点' }).last().waitFor()
  await main.locator(composer).click()
  await hand.press('Control+ArrowUp')
  await hand.type('出发？')
  await hand.press('Enter')
  await until(story.bob, async () => (await messages(story.bob, 'alice@localhost')).find(({ text, edited }) => edited && text === '好啊，几点出发？'))
})
task(7, 'take a message back', async (hand, main) => {
  await withBob(main)
  await main.fill(composer, '发错了的消息')
  await main.locator(composer).press('Enter')
  await main.locator('.row.own[data-state=delivered]', { hasText: '发错了的消息' }).waitFor()
  await hand.click(bubble(main, '发错了的消息'), { button: 'right' })
  await hand.click('.menu [data-test=recall]')
  await until(story.bob, async () => (await messages(story.bob, 'alice@localhost')).find(({ retracted }) => retracted))
})
task(8, 'pin a message', async (hand, main) => {
  await withBob(main)
  await hand.click(bubble(main, '附近那家店'), { button: 'right' })
  await hand.click('.menu [data-test=pin-message]')
  await main.locator('.view', { hasText: '附近那家店' }).locator('[data-test=pinned]').first().waitFor()
})
task(9, 'search by person and date, with the mouse', async (hand, main) => {
  await hand.click('[data-test=search]')
  await hand.type('预算')
  await main.locator('.hit').first().waitFor()
  await hand.click('[data-test=person]')
  await hand.click(main.locator('[data-test=person-option]', { hasText: 'Bob' }))
  await main.locator('[data-test=person][aria-pressed=true]').waitFor()
  await hand.click('[data-test=dates]')
  await hand.click('[data-test=date-thisWeek]')
  await main.locator('[data-test=dates][aria-pressed=true]').waitFor()
  await main.locator('.hit', { hasText: '预算表' }).waitFor()
  expect(await main.inputValue('[data-test=search]')).toBe('预算 来自:Bob 期间:本周')
})
task(10, 'jump to a message that was found', async (hand, main) => {
  await main.fill('[data-test=search]', '')
  await main.locator('.item', { hasText: 'Carol' }).click()
  await hand.click('[data-test=search]')
  await hand.type('爬香山')
  await main.locator('.hit').first().waitFor()
  await hand.press('Enter')
  await main.locator('.bubble.flash', { hasText: '爬香山' }).waitFor()
  await main.fill('[data-test=search]', '')
})
task(11, 'open a conversation in its own window', async (hand, main) => {
  await hand.doubleClick(main.locator(BOB))
  const chat = await story.app.window('chat')
  await chat.locator(composer).waitFor()
  await chat.close()
})
task(12, 'make a group with somebody', async (hand, main) => {
  await hand.press('Control+n')
  await hand.click('[data-test=create-group]')
  await main.locator('[name=group-name]').waitFor()
  await hand.type('周末爬山')
  await hand.click(main.locator('.dialog .person', { hasText: 'bob@localhost' }))
  await hand.click('.dialog .button.primary')
  await main.locator('.head h2', { hasText: '周末爬山' }).waitFor()
  await until(story.bob, async () => story.bob.accounts.invitations.length > 0)
  await story.bob.groups.answerInvitation(story.bob.accounts.invitations[0]!.group, true)
})
task(13, 'ask somebody into a group', async (hand, main) => {
  await hand.click('[data-test=about]')
  await hand.click('[data-test=invite]')
  await hand.click(main.locator('.person', { hasText: 'carol@localhost' }))
  await hand.click('[data-test=invite-confirm]')
  await main.locator('[data-test=invite-confirm]').waitFor({ state: 'detached' })
  await main.keyboard.press('Escape')
})
task(14, 'mention somebody', async (hand, main) => {
  const group = (await story.bob.store.read.conversations()).find(({ kind }) => kind === 'group')!
  await story.bob.messages.send(group.id, '到了')
  await main.locator('.row', { hasText: '到了' }).waitFor()
  await main.locator(composer).click()
  await hand.type('@bo')
  await main.locator('[data-test=mentions] .completion').first().waitFor()
  await hand.press('Enter')
  await hand.type('好的')
  await hand.press('Enter')
  await until(story.bob, async () => (await story.bob.store.find.search({ query: '好的 is:mention', limit: 5 })).hits.length === 1)
})
task(15, 'send a picture', async (hand, main) => {
  const path = join(story.folder, '香山.png')
  writeFileSync(path, gradient(400, 300, [255, 165, 0], [0, 0, 128]))
  await withBob(main)
  // the paper clip opens the system's own dialog, where the file is chosen and confirmed
  hand.steps += 3
  await main.setInputFiles('[data-test=file-input]', path)
  await main.locator('.dialog').waitFor()
  await hand.click('[data-test=send-files]')
  await main.locator('.row.own[data-state=delivered] img').waitFor()
})
task(16, 'record a voice message', async (hand, main) => {
  await withBob(main)
  await hand.click('[data-test=record]')
  await main.locator('[data-test=voice-clock]', { hasText: '0:01' }).waitFor()
  await hand.press('Enter')
  await main.locator('.row.own[data-state=delivered] [data-test=voice]').waitFor()
})
task(17, 'change the language', async (hand, main) => {
  await hand.press('Control+,')
  const settings = await story.app.window('settings')
  const choice = settings.locator('label', { has: settings.locator('input[value=en]') })
  await choice.first().waitFor()
  await hand.on(settings).click(choice)
  await main.locator('[data-test=search][placeholder=Search]').waitFor()
  await settings
    .locator('label', { has: settings.locator('input[value="zh-CN"]') })
    .first()
    .click()
  await main.locator('[data-test=search][placeholder=搜索]').waitFor()
  await settings.close()
})
task(18, 'mute a conversation', async (hand, main) => {
  await hand.click(main.locator('.item', { hasText: 'Carol' }), { button: 'right' })
  await hand.click('.menu [data-test=mute]')
  await hand.click('.menu [data-test=mute-good]')
  await expect.poll(() => ask(main, 'conversations.list')).toContain('"notify":"none"')
})
task(19, 'archive a conversation', async (hand, main) => {
  const carol = main.locator('.item', { hasText: 'Carol' })
  await hand.click(carol, { button: 'right' })
  await hand.click('.menu [data-test=archive]')
  await main.locator('[data-test=archived]').waitFor()
})
task(20, 'put a conversation into a new folder', async (hand, main) => {
  await hand.click(BOB, { button: 'right' })
  await hand.click('.menu [data-test=folders]')
  await hand.click('.menu [data-test=folder-new]')
  await main.locator('.dialog input').first().waitFor()
  await hand.type('工作')
  await hand.press('Enter')
  await main.locator('[data-test=folder-own]', { hasText: '工作' }).waitFor()
})
task(
  21,
  'bring along a history of WhatsApp',
  async (hand, main) => {
    const file = join(story.folder, '与老同学的 WhatsApp 聊天.txt')
    writeFileSync(file, ['2024/5/31 上午9:31 - 王芳: 周末去颐和园划船吗', '2024/5/31 上午9:32 - 我: 好，带上相机'].join('\n'))
    await hand.press('Control+,')
    const settings = await story.app.window('settings')
    const there = hand.on(settings)
    await there.click('[data-test=import]')
    hand.steps += 2
    await nameFile(story.app, '导入聊天记录', file)
    await settings.locator('[data-test=import-name]').waitFor()
    if ((await settings.inputValue('[data-test=import-self]')) !== '我') {
      hand.steps += 2
      await settings.selectOption('[data-test=import-self]', '我')
    }
    await there.click('[data-test=import-start]')
    await settings.locator('[data-test=import-outcome]').waitFor()
    await screenshot(settings, 'task-import')
    await settings.close()
    await main.locator('.item', { hasText: '老同学' }).waitFor()
  },
  HAS_DIALOGS
)
task(
  22,
  'take the history along',
  async (hand, main) => {
    const target = join(story.folder, 'history.html')
    await hand.press('Control+,')
    const settings = await story.app.window('settings')
    await hand.on(settings).click('[data-test=export-html]')
    hand.steps += 2
    await nameFile(story.app, '导出聊天记录', target)
    await settings.locator('[data-test=transfer-outcome]').waitFor()
    expect(existsSync(target)).toBe(true)
    await settings.close()
    await main.bringToFront()
  },
  HAS_DIALOGS
)
task(23, 'block somebody', async (hand, main) => {
  await main.click('[data-test=archived]')
  await main.locator('.item', { hasText: 'Carol' }).click()
  await hand.click('[data-test=about]')
  await hand.click('[data-test=block]')
  await hand.click('[data-test=block-confirm]')
  await main.locator('[data-test=no-composer]').waitFor({ state: 'attached' })
  await main.keyboard.press('Escape')
  await main.click('[data-test=archived]')
  await main.locator(BOB).waitFor()
})
task(24, 'add an account', async (hand, main) => {
  await hand.press('Control+,')
  const settings = await story.app.window('settings')
  const there = hand.on(settings)
  await there.click('[data-test=add-account]')
  await signInByHand(there, settings, 'carol')
  await settings.locator('[data-account="carol@localhost"]').waitFor()
  await settings.close()
  await main.bringToFront()
})
task(25, 'read and search without a network', async (hand, main) => {
  await story.server.stop()
  await main.locator('.banner[data-status=waiting]').first().waitFor()
  await hand.click(BOB)
  await bubble(main, '爬香山').waitFor()
  await main.fill('[data-test=search]', '香山')
  await main.locator('.hit').first().waitFor()
})

test('the documentation has exactly the counted steps', () => {
  for (const [number, steps] of taken) expect([number, told.get(number)]).toEqual([number, steps])
})
