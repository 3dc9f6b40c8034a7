/**
 * Layout of every window, panel and dialog, in each language and 420 to 2560 pixels wide, with long, emoji and right-to-left names:
 * nothing is cut off, wrapped, covered, off-centre or too small. MNEMO_PICTURES=1 takes pictures in light and dark, in test-output/layout.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningApp } from '../../tools/start/drive.ts'
import { HAS_DIALOGS, nameFile } from '../support/hands.ts'
import { gradient } from '../support/pictures.ts'
import { testFolder, type TestFolder } from '../support/server.ts'
import { Views } from '../support/views.ts'
import { openApp, stillness } from '../support/windows.ts'

let folder: TestFolder
let app: RunningApp
let main: Page
const views = new Views()
const look = (name: string, page: Page = main, widths?: readonly number[]): Promise<void> => views.look(name, page, widths)

const HISTORY = [
  'conversation,time,sender,text,direction',
  ...[
    [
      'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft',
      'Maximiliane Wolkenstein-Trostburg',
      'Rechtsschutzversicherungsgesellschaften'
    ],
    ['مجموعة العائلة الكبيرة والأصدقاء القدامى من أيام الدراسة', 'عبد الرحمن محمد', 'السلام عليكم ورحمة الله، متى نلتقي غداً؟'],
    ['👨‍👩‍👧‍👦🏳️‍🌈🎉🎊🥳🎂🍰🧁🍾🥂🎁🎈🪅🪩🎆🎇✨🎋🎍🎑', '🦊🐻', '🎉'],
    [
      '二〇二六年度华东区产品研发与市场推广联合筹备委员会第三次扩大会议临时沟通群',
      '欧阳修文轩辕靖宇',
      '会议改到下周三下午三点半，地点不变，请各位提前准备好材料'
    ],
    [
      'supercalifragilisticexpialidocious_no_break_anywhere_in_this_name_0123456789',
      'x',
      'https://example.org/a/very/long/path/without/any/break/0123456789/0123456789/0123456789'
    ]
  ].flatMap(([conversation, sender, text], i) => [
    `"${conversation}",2026-0${i + 1}-03 10:00:00,"${sender}","${text}",received`,
    `"${conversation}",2026-0${i + 1}-03 10:01:00,"Me","ok 好的",sent`
  ])
].join('\n')

beforeAll(async () => {
  folder = testFolder()
  writeFileSync(join(folder.path, 'history.csv'), HISTORY)
  app = await openApp({ profile: folder.path, args: ['--demo', '--offline'] })
  main = await app.window('main')
  await main.locator('.item').first().waitFor()
})
afterAll(async () => {
  views.write('faults.json')
  await app.kill()
  folder.remove()
})

const item = (name: string) => main.locator('.item', { has: main.locator('.name', { hasText: name }) }).first()
async function open(name: string): Promise<void> {
  await item(name).click()
  await main.locator('.head h2', { hasText: name }).waitFor()
  await main.locator('.thread .row').first().waitFor()
}
const escape = async (times = 1): Promise<void> => {
  for (let i = 0; i < times; i++) await main.keyboard.press('Escape')
}
const isInView = (element: Locator): Promise<boolean> =>
  element.evaluate((one) => {
    const [box, list] = [one.getBoundingClientRect(), one.closest('.rows')!.getBoundingClientRect()]
    return box.top > list.top && box.bottom < list.bottom
  })
/** Texts of the message under the pointer that its bar overlaps, and the bar itself if it is cut off. */
const coveredByBar = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const bar = document.querySelector('[data-test=message-bar]')!
    const [own, list] = [bar.getBoundingClientRect(), bar.closest('.rows')!.getBoundingClientRect()]
    const covered = own.left < list.left || own.right > list.right || own.top < list.top || own.bottom > list.bottom ? ['the bar is cut off'] : []
    const texts = document.createTreeWalker(bar.closest('[data-key]')!, NodeFilter.SHOW_TEXT)
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      const range = document.createRange()
      range.selectNodeContents(node)
      const isUnder = ({ left, right, top, bottom }: DOMRect): boolean =>
        left < own.right - 1 && right > own.left + 1 && top < own.bottom - 1 && bottom > own.top + 1
      if (!bar.contains(node) && [...range.getClientRects()].some(isUnder)) covered.push(node.textContent ?? '')
    }
    return covered
  })
const WHOLE = { timeout: 600_000 }
/** The conversations come from a file that is imported. */
const check = test.skipIf(!HAS_DIALOGS)

check('a sign-in, its options and a new account', WHOLE, async () => {
  const empty = testFolder()
  const fresh = await openApp({ profile: empty.path })
  const [before, page] = [main, await fresh.window('main')]
  try {
    main = page
    await page.locator('[name=address]').waitFor()
    await look('sign-in')
    await page.click('summary')
    await look('sign-in-advanced')
    await page.click('[data-test=create-account]')
    await page.locator('[data-test=register-next]').waitFor()
    await look('create-account')
  } finally {
    main = before
    await fresh.kill()
    empty.remove()
  }
})

check('settings, an import and its answer', WHOLE, async () => {
  await look('first-steps')
  await main.click('[data-test=menu]')
  await look('menu', main, [720, 1280])
  await main.locator('[data-test=settings-item]').click()
  const settings = await app.window('settings')
  await settings.locator('.note.file').waitFor()
  for (const place of ['accounts', 'appearance', 'notifications', 'privacy', 'storage', 'search', 'shortcuts', 'advanced', 'about']) {
    await settings.click(`[data-test=place-${place}]`)
    await look(`settings-${place}`, settings)
  }
  await settings.click('[data-test=import]')
  await nameFile(app, 'Import history', join(folder.path, 'history.csv'))
  await settings.locator('[data-test=import-start]').waitFor()
  await look('import', settings)
  await settings.click('[data-test=import-start]')
  await settings.locator('[data-test=import-outcome]').waitFor()
  await look('imported', settings)
  await settings.keyboard.press('Escape')
  await settings.close()
})

check('conversations with every kind of name', WHOLE, async () => {
  await main.bringToFront()
  for (const name of ['Donaudampf', 'مجموعة', '👨‍👩‍👧‍👦', '二〇二六', 'supercali']) {
    await open(name)
    await look(`named-${name === '👨‍👩‍👧‍👦' ? 'emoji' : name === 'مجموعة' ? 'arabic' : name}`)
  }
  await open('مجموعة')
  await main.click('[data-test=about]')
  await look('imported-info')
  await escape()
})

test('the bar of a message covers nothing of that message', WHOLE, async () => {
  for (const name of ['产品讨论组', '林晓雨']) {
    await open(name)
    for (const width of [420, 720, 1280]) {
      await main.setViewportSize({ width, height: 800 })
      await stillness(main)
      await main.mouse.move(1, 1)
      const bubbles = main.locator('.thread .row:has(.text) .bubble')
      for (let i = 0; i < (await bubbles.count()); i++) {
        if (!(await isInView(bubbles.nth(i)))) continue
        await bubbles.nth(i).hover({ position: { x: 12, y: 12 } })
        await main.locator('[data-test=message-bar]').waitFor()
        expect.soft([name, width, await coveredByBar(main)]).toEqual([name, width, []])
      }
    }
    await main.setViewportSize({ width: 1280, height: 800 })
  }
})

check('a conversation, its menu and what it opens', WHOLE, async () => {
  await open('林晓雨')
  await look('conversation')
  await main.locator('.bubble').last().hover()
  await main.locator('[data-test=message-bar]').waitFor()
  await look('message-bar', main, [720, 1280])
  await main.locator('.bubble').last().click({ button: 'right' })
  await look('message-menu')
  await main.locator('.menu [data-test=details]').click()
  await look('details')
  await escape()
  await main.locator('.bubble').last().click({ button: 'right' })
  await main.click('.menu [data-test=remind]')
  await look('remind')
  await escape()
  await main.locator('.bubble').last().click({ button: 'right' })
  await main.click('.menu [data-test=react-more]')
  await main.locator('[data-test=emoji-find]').waitFor()
  await look('react-more')
  await escape()
  await main.locator('.bubble').last().click({ button: 'right' })
  await main.click('.menu [data-test=delete]')
  await look('delete')
  await escape()
  await main.locator('.bubble').last().click({ button: 'right' })
  await main.click('.menu [data-test=select]')
  await look('selection')
  await main.click('[data-test=selection-forward]')
  await look('forward')
  await escape(2)
  await main.locator('.bubble').last().click({ button: 'right' })
  await main.click('.menu [data-test=reply]')
  await look('replying')
  await escape()
  await main.keyboard.press('Control+f')
  await main.fill('[data-test=find]', '的')
  await look('find')
  await main.click('[data-test=jump]')
  await main.locator('[data-test=calendar]').first().waitFor()
  await look('jump-to-date')
  await escape(2)
  await main.click('[data-test=about]')
  await main.locator('[data-test=panel]').waitFor()
  await look('contact-info')
  await main.locator('[data-test=block]').click()
  await look('block')
  await escape(2)
  await open('产品讨论组')
  await look('group')
  await main.click('[data-test=about]')
  await look('group-info')
  await escape()
})

check('what is written with', WHOLE, async () => {
  await open('林晓雨')
  await main.click('[data-test=emoji]')
  await main.locator('[data-test=emoji-find]').waitFor()
  await look('emoji')
  await main.click('[data-test=tab-stickers]')
  await look('stickers-empty')
  await escape()
  await main.click('[data-test=attach]')
  await look('attach')
  await main.click('[data-test=attach-contact]')
  await look('send-contact')
  await escape()
  await main.click('[data-test=attach]')
  await main.click('[data-test=attach-place]')
  await look('send-place')
  await escape()
  const files = ['a very long name of a picture that nobody would choose but cameras do 20261126_123456_HDR(1).png', '香山.png', 'نص طويل.png'].map(
    (name, i) => {
      const path = join(folder.path, name)
      writeFileSync(path, gradient(600 + 300 * i, 400, [255, 165, 0], [0, 0, 128]))
      return path
    }
  )
  await main.setInputFiles('[data-test=file-input]', files)
  await main.locator('[data-test=send-files]').waitFor()
  await look('send-files')
  await main.click('[data-test=send-files]')
  await main.locator('.dialog').waitFor({ state: 'detached' })
  await main.fill('[data-test=composer]', 'later')
  await main.click('[data-test=send-later]')
  await look('send-later')
  await main.click('[data-test=later-hour]')
  await main.click('[data-test=scheduled]')
  await look('scheduled')
  await main.click('[data-test=scheduled-cancel]')
  await main.locator('.dialog').waitFor({ state: 'detached' })
  await main.locator('[data-test=composer]').click()
  await main.keyboard.type(':smi')
  await main.locator('[data-test=emoji-completion] .completion').first().waitFor()
  await look('emoji-completion')
  await main.fill('[data-test=composer]', '')
  await open('产品讨论组')
  await main.locator('[data-test=composer]').click()
  await main.keyboard.type('@')
  await main.locator('[data-test=mentions] .completion').first().waitFor()
  await look('mentions')
  await main.fill('[data-test=composer]', '')
})

check('the list and what begins a conversation', WHOLE, async () => {
  await main.keyboard.press('Control+k')
  await main.locator('[data-test=match]').first().waitFor()
  await look('switcher')
  await main.keyboard.type('zzzz')
  await main.locator('[data-test=match]').first().waitFor({ state: 'detached' })
  await look('switcher-nothing')
  await escape()
  await main.keyboard.press('Control+/')
  await look('shortcuts')
  await escape()
  for (const page of ['people', 'create-group', 'join-group', 'by-address', 'own-card', 'invite']) {
    await main.click('[data-test=new]')
    if (page !== 'people') await main.click(`.dialog [data-test=${page}]`)
    await look(`new-${page}`)
    await escape()
  }
  await main.setViewportSize({ width: 1280, height: 800 })
  await item('林晓雨').click({ button: 'right' })
  await look('item-menu', main, [720, 1280])
  await main.click('.menu [data-test=mute]')
  await look('mute-menu', main, [720, 1280])
  await escape(2)
  await item('林晓雨').click({ button: 'right' })
  await main.click('.menu [data-test=folders]')
  await main.click('.menu [data-test=folder-new]')
  await look('folder')
  await main.keyboard.type('Everything that has to do with work and money')
  await main.keyboard.press('Enter')
  await look('folders')
  await item('林晓雨').click({ button: 'right' })
  await main.click('.menu [data-test=delete-conversation]')
  await look('delete-conversation')
  await escape()
  await main.click('[data-test=menu]')
  await main.click('[data-test=contacts-item]')
  await look('contacts', main, [720, 1280])
  await main.click('[data-test=contacts-close]')
})

check('search', WHOLE, async () => {
  await main.locator('[data-test=search]').click()
  await main.fill('[data-test=search]', '周')
  await main.locator('.results .hit').first().waitFor()
  await look('results', main, [720, 1280, 2560])
  for (const filter of ['person', 'scope', 'dates', 'states']) {
    await main.click(`[data-test=${filter}]`)
    if (filter === 'scope') {
      await look('filter-scope', main, [720, 1280])
      await main.click('[data-test=scope]')
      continue
    }
    await main.locator('.menu:not(.offers)').waitFor()
    await look(`filter-${filter}`, main, [720, 1280])
    await main.locator('.menu:not(.offers)').waitFor()
    await escape()
    await main.locator('.menu:not(.offers)').waitFor({ state: 'detached' })
    await main.locator('.hit').first().waitFor()
  }
  await main.fill('[data-test=search]', 'zqxjv')
  await main.locator('[data-test=nothing], .results .empty').first().waitFor()
  await look('nothing', main, [720, 1280])
  await main.keyboard.press('Control+Shift+f')
  const window = await app.window('search')
  await window.locator('[data-test=search]').waitFor()
  await look('search-nothing', window)
  await window.fill('[data-test=search]', '周末')
  await window.locator('.hit').first().waitFor()
  await look('search-window', window)
  await window.locator('.hit').first().click()
  await window.locator('[data-test=context] .row').first().waitFor()
  await look('search-context', window)
  await window.setViewportSize({ width: 1280, height: 800 })
  await window.click('[data-test=order]')
  await look('search-order', window, [1280])
  await window.keyboard.press('Escape')
  await window.click('[data-test=export]')
  await look('search-export', window, [1280])
  await window.keyboard.press('Escape')
  await window.fill('[data-test=search]', '')
  for (const kind of ['media', 'file', 'link', 'voice']) {
    await window.click(`[data-test=kind-${kind}]`)
    await look(`search-${kind}`, window)
  }
  await window.close()
  await main.fill('[data-test=search]', '')
})

check('a picture, and windows of their own', WHOLE, async () => {
  await main.bringToFront()
  await open('林晓雨')
  await main.locator('.row.own [data-test=cell], .row.own img').last().click()
  await main.locator('[data-test=viewer]').waitFor()
  await look('viewer')
  await escape()
  await item('林晓雨').dblclick()
  const chat = await app.window('chat')
  await chat.locator('.row').first().waitFor()
  await look('chat-window', chat)
  await chat.close()
})
