/**
 * The parts of the app without a mouse that need an account: a group's members, stickers, joined histories, comparison of devices, scheduled
 * messages, signing out.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import type { Jid } from '../../src/contract/domain.ts'
import { focusName, KeyboardSweep, walk } from '../support/keyboard.ts'
import { HAS_DIALOGS, nameFile } from '../support/hands.ts'
import { gradient } from '../support/pictures.ts'
import { messages, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { violations } from '../support/windows.ts'

const story = new Story()
const [BOB, CAROL] = ['bob@localhost', 'carol@localhost'] as Jid[] as [Jid, Jid]
let main: Page
let history = ''
const sweep = new KeyboardSweep(() => main)
const { faults, focus } = sweep
const LONG = { timeout: 180_000 }
const item = (name: string): string => `.item:has(.name:has-text("${name}"))`
/** Goes to a conversation by the keyboard. */
async function goTo(name: string): Promise<void> {
  await focus(item(name))
  await main.keyboard.press('Enter')
  await main.locator('.head h2', { hasText: name }).waitFor()
  await expect.poll(() => focusName(main)).toContain('composer')
}
async function openPanel(): Promise<void> {
  await focus('[data-test=about]')
  await main.keyboard.press('Enter')
  await main.locator('[data-test=panel]').waitFor()
}
async function closePanel(): Promise<void> {
  await main.locator('[data-test=panel-close]').focus()
  await main.keyboard.press('Escape')
  await main.locator('[data-test=panel]').waitFor({ state: 'detached' })
}

/** Compares Bob's device by its link, then refuses and verifies it by its buttons; the focus stays with the device. */
async function compareDevices(): Promise<void> {
  const { own } = await story.bob.people.devices(BOB, BOB)
  const link = `xmpp:${BOB}?omemo-sid-${own!.device}=${own!.fingerprint}`
  await focus('[data-test=compare-code]')
  await sweep.view('compare-code', ['Enter'])
  await main.keyboard.press('Enter')
  await expect.poll(() => focusName(main)).toContain('compare-link')
  await main.keyboard.type(link)
  await main.keyboard.press('Enter')
  await main.locator('[data-test=compare-result][data-result=same]').waitFor()
  await main.keyboard.press('Escape')
  await expect.poll(() => focusName(main)).toContain('compare-code')
  const device = (trust: string) => main.locator(`[data-test=device][data-trust=${trust}]`)
  await device('verified').waitFor()
  // each decision removes its own button
  for (const [choice, trust] of [
    ['refused', 'refused'],
    ['trusted', 'trusted'],
    ['verified', 'verified']
  ] as const) {
    await main.locator(`[data-test=device] [data-test=trust-${choice}]`).focus()
    await main.keyboard.press('Enter')
    await device(trust).waitFor()
    await expect.poll(() => focusName(main)).toMatch(/trust-/)
  }
}

beforeAll(async () => {
  history = join(story.folder, 'history.csv')
  writeFileSync(history, 'conversation,time,sender,text,direction\n老同学,2026-01-03 10:00:00,王芳,周末去颐和园划船吗,received\n')
  main = await story.open()
  await main.locator(item('Bob')).waitFor()
})

test("an owner's menu of a member, and what a group's panel opens", LONG, async () => {
  const { bob } = story
  await main.keyboard.press('Control+n')
  await main.locator('[data-test=create-group]').focus()
  await main.keyboard.press('Enter')
  await main.fill('[name=group-name]', '周末爬山')
  await main.fill('[data-test=people]', 'bob')
  await main.locator('.person', { hasText: 'bob@localhost' }).waitFor()
  await main.keyboard.press('ArrowDown')
  await main.keyboard.press('Space')
  await main.locator('.person.on', { hasText: 'bob@localhost' }).waitFor()
  await main.locator('.dialog .button.primary').focus()
  await main.keyboard.press('Enter')
  await main.locator('.head h2', { hasText: '周末爬山' }).waitFor()
  await until(bob, async () => bob.accounts.invitations.length > 0)
  const { group } = bob.accounts.invitations[0]!
  await bob.groups.answerInvitation(group, true)
  await bob.messages.send((await bob.store.read.conversationByJid(group))!.id, '到了')
  await main.locator('.row', { hasText: '到了' }).waitFor()
  await openPanel()
  await main.locator('.member', { hasText: 'bob@localhost' }).locator('[data-test=lead]').focus()
  const labels = await sweep.menu('lead', ['Enter'])
  expect(labels.length).toBeGreaterThanOrEqual(3)
  for (const test of ['invite', 'destroy']) {
    await focus(`[data-test=${test}]`)
    await sweep.view(`group-${test}`, ['Enter'])
  }
  const panel = (await walk(main, '[data-test=panel]')).filter((fault) => !/^the focus (leaves|begins)/.test(fault))
  await sweep.note('group-panel', [...panel, ...(await violations(main))])
  await closePanel()
  expect(faults).toEqual({})
})

test('stickers: one stop for Tab, arrow keys between them, their menu and dialogs', LONG, async () => {
  await goTo('周末爬山')
  const pictures = ['开心', '加油', '晚安'].map((name, i) => {
    const path = join(story.folder, `${name}.png`)
    writeFileSync(path, gradient(120, 120, [255, 80 * i, 0], [0, 80 * i, 128]))
    return path
  })
  await focus('[data-test=emoji]')
  await main.keyboard.press('Enter')
  await main.locator('[data-test=tab-stickers]').focus()
  await main.keyboard.press('Enter')
  const picker = '[data-test=sticker-picker]'
  await main.setInputFiles('[data-test=sticker-files]', pictures)
  await expect.poll(() => main.locator(`${picker} .one`).count()).toBe(3)
  expect(await main.locator(`${picker} .one[tabindex="0"]`).count()).toBe(1)
  await focus(`${picker} [data-test=sticker-find]`)
  const found = await walk(main, '.emoji-menu')
  await sweep.note('stickers', [...found, ...(await violations(main))])
  await focus(`${picker} [data-test=sticker-find]`)
  await main.keyboard.press('ArrowDown')
  const names = new Set<string>()
  for (let i = 0; i < 3; i++) {
    names.add(await focusName(main))
    await main.keyboard.press('ArrowRight')
  }
  expect(names.size).toBe(3)
  const labels = await sweep.menu('sticker', ['Shift+F10'], { selector: '.menu.above' })
  expect(labels.length).toBeGreaterThanOrEqual(2)
  // a favourite stands in two sections, and each of them is reached
  await sweep.choose('Shift+F10', 'sticker-favour')
  await expect.poll(() => main.locator(`${picker} .one`).count()).toBe(4)
  expect(await main.locator(`${picker} .one[tabindex="0"]`).count()).toBe(1)
  await main.keyboard.press('Escape')
  await main.locator(picker).waitFor({ state: 'detached' })
  await expect.poll(() => focusName(main)).toContain('emoji')
  expect(faults).toEqual({})
})

test.skipIf(!HAS_DIALOGS)('an import, joining its history with a conversation, and separating it again', LONG, async () => {
  await main.keyboard.press('Control+,')
  const settings = await story.app.window('settings')
  await settings.locator('[data-test=import]').focus()
  await settings.keyboard.press('Enter')
  await nameFile(story.app, '导入聊天记录', history)
  await settings.locator('[data-test=import-start]').waitFor()
  const found = await walk(settings, '.dialog')
  await sweep.note('import', [...found, ...(await violations(settings))], settings)
  await settings.locator('[data-test=import-start]').focus()
  await settings.keyboard.press('Enter')
  await settings.locator('[data-test=import-outcome]').waitFor()
  await settings.close()
  await main.bringToFront()
  await main.locator(item('老同学')).waitFor()
  await focus(item('老同学'))
  await sweep.view('join', () => sweep.choose('Shift+F10', 'join'))
  await focus(item('老同学'))
  await sweep.choose('Shift+F10', 'join')
  await main.locator('.dialog [data-test=people]').waitFor()
  await main.keyboard.type('bob')
  await main.locator('.dialog .person', { hasText: 'bob@localhost' }).waitFor()
  await main.keyboard.press('Enter')
  await main.locator('.dialog .person.on', { hasText: 'bob@localhost' }).waitFor()
  await main.locator('[data-test=join-confirm]').focus()
  await main.keyboard.press('Enter')
  await expect.poll(() => focusName(main)).toContain('join-open')
  await main.keyboard.press('Enter')
  await main.locator('.head h2', { hasText: 'Bob' }).waitFor()
  await openPanel()
  await focus('[data-test=part]')
  await main.keyboard.press('Enter')
  await main.locator('[data-test=part]').waitFor({ state: 'detached' })
  await closePanel()
  await main.locator(item('老同学')).waitFor()
  expect(faults).toEqual({})
})

test('a scheduled message, the lock of a conversation and a device to compare', LONG, async () => {
  const { bob } = story
  await goTo('Bob')
  await main.keyboard.type('早安')
  await main.keyboard.press('Enter')
  await until(bob, async () => (await messages(bob, 'alice@localhost')).find(({ text }) => text === '早安'))
  await main.locator('[data-test=lock][data-state=on]').waitFor()
  await focus('[data-test=lock]')
  await sweep.view('lock', ['Enter'])
  await openPanel()
  const panel = (await walk(main, '[data-test=panel]')).filter((fault) => !/^the focus (leaves|begins)/.test(fault))
  await sweep.note('contact-panel', [...panel, ...(await violations(main))])
  await compareDevices()
  await closePanel()
  await focus('[data-test=composer]')
  await main.keyboard.type('明天见')
  await focus('[data-test=send-later]')
  await sweep.view('send-later', ['Enter'])
  await main.keyboard.press('Enter')
  await main.locator('.dialog [data-test^=later-]').first().waitFor()
  await main.keyboard.press('Enter')
  await focus('[data-test=scheduled]')
  await sweep.view('scheduled', ['Enter'])
  expect(await violations(main)).toEqual([])
  expect(faults).toEqual({})
})

test('settings of an account, an account added and signed out', LONG, async () => {
  await main.keyboard.press('Control+,')
  const settings = await story.app.window('settings')
  await settings.locator('[data-test=sign-out]').waitFor()
  await focus('[data-test=place-accounts]', settings)
  await sweep.note('settings', [...(await walk(settings, '.window')), ...(await violations(settings))], settings)
  for (const test of ['add-account', 'sign-out', 'show-code']) {
    await focus(`[data-test=${test}]`, settings)
    await sweep.view(`settings-${test}`, ['Enter'], { page: settings })
  }
  await focus('[data-test=add-account]', settings)
  await settings.keyboard.press('Enter')
  await expect.poll(() => focusName(settings)).toContain('input')
  await settings.keyboard.type(CAROL)
  await settings.locator('[name=password]').focus()
  await settings.keyboard.type('carol-secret')
  await settings.locator('.dialog summary').focus()
  await settings.keyboard.press('Enter')
  await settings.fill('[name=host]', '127.0.0.1')
  await settings.fill('[name=port]', String(story.server.port))
  await settings.keyboard.press('Enter')
  const certificate = settings.locator('.dialog', { hasText: story.server.fingerprint })
  await certificate.waitFor()
  await certificate.locator('.button:not(.primary)').focus()
  await settings.keyboard.press('Enter')
  await settings.locator(`[data-account="${CAROL}"]`).waitFor()
  await settings.locator('.dialog').first().waitFor({ state: 'detached' })
  await expect.poll(() => focusName(settings)).toContain('add-account')
  await settings.locator(`[data-account="${CAROL}"] [data-test=sign-out]`).focus()
  await settings.keyboard.press('Enter')
  await settings.locator('[data-test=sign-out-confirm]').focus()
  await settings.keyboard.press('Enter')
  await settings.locator(`[data-account="${CAROL}"]`).waitFor({ state: 'detached' })
  // the button that asked is gone; the focus stays among the accounts
  await expect.poll(() => settings.evaluate(() => document.activeElement?.closest('[data-place]')?.getAttribute('data-place'))).toBe('accounts')
  await settings.locator('[data-test=sign-out]').focus()
  await settings.keyboard.press('Enter')
  await settings.locator('[data-test=sign-out-confirm]').focus()
  // without an account there are no settings; the key's release reaches no window
  await settings.keyboard.press('Enter').catch(() => null)
  await expect.poll(() => settings.isClosed()).toBe(true)
  // the main window begins anew at the address
  await main.bringToFront()
  await main.locator('[name=address]').waitFor()
  await expect.poll(() => main.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('address')
  expect(faults).toEqual({})
})
