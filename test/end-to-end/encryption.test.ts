/** Comparing devices by their code and by numbers; every window follows. */
import { encodeQR } from 'qr'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { messages, openEngine, online, testFolder, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { screenshot } from '../support/windows.ts'

const story = new Story()
const [ALICE, BOB] = ['alice@localhost', 'bob@localhost'] as [Jid, Jid]

test('devices are verified by a code and by numbers, in every window at once', async () => {
  const { bob } = story
  const main = await story.open()
  const item = main.locator('[data-jid="bob@localhost"]')
  await item.click()
  const lock = (state: string): string => `[data-test=lock][data-state=${state}]`
  await main.locator(lock('on')).waitFor()
  await item.dblclick()
  const chat = await story.app.window('chat')
  await chat.locator(lock('on')).waitFor()
  /** A window behind another paints nothing: each is looked at in front, main last. */
  const inBoth = async (look: (window: Page) => Promise<unknown>): Promise<void> => {
    for (const window of [chat, main]) {
      await window.bringToFront()
      await look(window)
    }
  }
  await main.bringToFront()
  // both speak: each knows the other's key
  await main.fill('[data-test=composer]', '第一句')
  await main.keyboard.press('Enter')
  await until(bob, async () => (await messages(bob, ALICE)).find(({ text, encrypted }) => text === '第一句' && encrypted))
  const { id } = await bob.conversations.start(ALICE, 'direct', null)
  await bob.conversations.set({ conversation: id, encryption: 'on' })
  await bob.messages.send(id, '核对之前')
  await main.locator('.row', { hasText: '核对之前' }).locator('.lock[data-verified=false]').waitFor()

  await main.click('[data-test=about]')
  const device = main.locator('[data-test=device]')
  await device.waitFor()
  const own = (await bob.people.devices(BOB, BOB)).own!
  // the same numbers stand at both
  expect((await device.locator('code').innerText()).replaceAll(/\s/g, '')).toBe(own.fingerprint)
  const link = (fingerprint: string, jid: string = BOB): string => `xmpp:${jid}?omemo-sid-${own.device}=${fingerprint}`
  await main.click('[data-test=compare-code]')
  const result = main.locator('[data-test=compare-result]')
  const compare = async (text: string, expected: string): Promise<void> => {
    await main.fill('[data-test=compare-link]', text)
    await main.click('[data-test=compare]')
    await main.locator(`[data-test=compare-result][data-result=${expected}]`).waitFor()
  }
  await compare('hello', 'none')
  await compare(link(own.fingerprint!, 'eve@localhost'), 'other')
  await compare(link(own.fingerprint!.replace(/^../, own.fingerprint!.startsWith('00') ? '01' : '00')), 'different')
  await screenshot(main, 'devices-different')
  expect(await device.getAttribute('data-trust')).toBe('trusted')
  // a picture of the code, as the other's client shows it
  const picture = Buffer.from(encodeQR(link(own.fingerprint!), 'gif', { scale: 5 }))
  await main.setInputFiles('[data-test=compare-picture]', { name: 'code.gif', mimeType: 'image/gif', buffer: picture })
  await main.locator('[data-test=compare-result][data-result=same]').waitFor()
  expect(await result.innerText()).toContain('密钥一致')
  await screenshot(main, 'devices-same')
  await main.keyboard.press('Escape')
  await main.locator('[data-test=device][data-trust=verified]').waitFor()
  await inBoth((window) => window.locator(lock('verified')).waitFor())
  await bob.messages.send(id, '核对之后')
  await inBoth(async (window) => {
    await window.locator('.row', { hasText: '核对之后' }).locator('.lock[data-verified=true]').waitFor()
    // the message that came before stays as it was
    expect(await window.locator('.row', { hasText: '核对之前' }).locator('.lock[data-verified=false]').count()).toBe(1)
  })

  // a new device is asked about in every window; by its numbers it is verified, and gets what follows
  const folder = testFolder()
  const phone = await openEngine(folder.path)
  try {
    await phone.signIn(story.server.settings('bob'))
    await online(phone)
    await inBoth(async (window) => {
      await window.locator(lock('undecided')).waitFor()
      await window.locator('[data-test=secrecy-undecided]').waitFor()
    })
    await screenshot(main, 'devices-undecided')
    const asked = main.locator('[data-test=device][data-trust=undecided]')
    await asked.locator('[data-test=trust-verified]').click()
    await inBoth((window) => window.locator(lock('verified')).waitFor())
    await chat.bringToFront()
    await chat.fill('[data-test=composer]', '给两台设备')
    await chat.keyboard.press('Enter')
    for (const engine of [bob, phone])
      await until(engine, async () => (await messages(engine, ALICE)).find(({ text, encrypted }) => text === '给两台设备' && encrypted))
    // a refused device gets nothing more
    await main.bringToFront()
    const [first] = await main.locator('[data-test=device]').all()
    await first!.locator('[data-test=trust-refused]').click()
    await main.locator('[data-test=device][data-trust=refused]').waitFor()
    await chat.bringToFront()
    await chat.fill('[data-test=composer]', '只给一台')
    await chat.keyboard.press('Enter')
    const after = async (engine: Engine) => {
      const list = await messages(engine, ALICE)
      return list[list.findIndex(({ text }) => text === '给两台设备') + 1]
    }
    const said = await Promise.all([bob, phone].map((engine) => until(engine, () => after(engine))))
    expect(said.map(({ unreadable }) => unreadable).toSorted()).toEqual(['device', null])
  } finally {
    await phone.close()
    folder.remove()
  }
})
