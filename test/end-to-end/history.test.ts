/** Importing another messenger's history, searching it, and exporting it again. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { RunningApp } from '../../tools/start/drive.ts'
import { HAS_DIALOGS, nameFile } from '../support/hands.ts'
import { testFolder } from '../support/server.ts'
import { openApp, screenshot } from '../support/windows.ts'

const folder = testFolder()
const file = join(folder.path, 'WhatsApp Chat with 老同学.txt')
const target = join(folder.path, 'out.html')
let app: RunningApp | null = null
afterAll(async () => {
  await app?.kill()
  folder.remove()
})

test.skipIf(!HAS_DIALOGS)('an import is previewed, runs once, and is found; the hits are exported as a page', async () => {
  writeFileSync(
    file,
    [
      '2024/5/31 上午9:30 - 消息和通话已进行端到端加密。',
      '2024/5/31 上午9:31 - 王芳: 周末去颐和园划船吗',
      '2024/5/31 上午9:32 - 我: 好，带上IMG_2041.jpg',
      '2024/5/31 下午3:05 - 王芳: 十七孔桥见'
    ].join('\n')
  )
  app = await openApp({
    profile: join(folder.path, 'profile'),
    args: ['--demo', '--offline'],
    env: { LANG: 'zh_CN.UTF-8' }
  })
  const main = await app.window('main')
  await main.locator('.item').first().waitFor()
  await main.click('[data-test=menu]')
  await main.locator('[data-test=settings-item]').click()
  const settings = await app.window('settings')
  for (const round of ['first', 'again']) {
    await settings.click('[data-test=import]')
    await nameFile(app, '导入聊天记录', file)
    await settings.locator('[data-test=import-name]').waitFor()
    expect(await settings.inputValue('[data-test=import-name]')).toBe('老同学')
    await settings.selectOption('[data-test=import-self]', '我')
    if (round === 'first') await screenshot(settings, 'import-preview')
    await settings.click('[data-test=import-start]')
    await settings.locator('[data-test=import-outcome]').waitFor()
    expect(await settings.locator('[data-test=import-outcome]').textContent()).toContain(round === 'first' ? '3 条' : '0 条')
    if (round === 'first') {
      // the imported conversation is one click away
      await settings.click('[data-test=import-open]')
      await main.locator('.head h2', { hasText: '老同学' }).waitFor()
      expect(await main.locator('.head .who .quiet').textContent()).toBe('从 WhatsApp 导入')
      await screenshot(main, 'import-opened')
      await settings.bringToFront()
    } else await settings.locator('.dialog .button').click()
  }
  // in pinyin, words of the history are offered
  await main.fill('[data-test=search]', 'yiheyuan')
  const word = main.locator('[data-test=read-as] button', { hasText: '颐和园' })
  await word.waitFor()
  await screenshot(main, 'search-pinyin')
  await word.click()
  await main.locator('.hit mark', { hasText: '颐和园' }).first().waitFor()
  await main.fill('[data-test=search]', '十七孔桥 来自:王芳')
  await main.locator('.hit mark', { hasText: '十七孔桥' }).waitFor()
  expect(await main.locator('.hit').count()).toBe(1)
  await main.keyboard.press('Control+Shift+f')
  const search = await app.window('search')
  await search.locator('.hit').waitFor()
  await search.click('[data-test=export]')
  await search.click('[data-test=export-html]')
  await nameFile(app, '导出聊天记录', target)
  await search.locator('[data-test=transfer-outcome]').waitFor()
  await search.locator('[data-test=export-reveal]').waitFor()
  expect(existsSync(target)).toBe(true)
  expect(readFileSync(target, 'utf8').match(/<article/g)).toHaveLength(1)
  expect(readFileSync(target, 'utf8')).toContain('十七孔桥见')
  await search.close()
  // the imported history is joined with another conversation, separated at once, joined again, and separated in the details
  await main.bringToFront()
  await main.fill('[data-test=search]', '')
  const own = main.locator('.item', { hasText: '老同学' })
  const into = main.locator('.item:not(:has(.kind))').first()
  const name = (await into.locator('.name').innerText()).trim()
  const joinThem = async (): Promise<void> => {
    await own.click({ button: 'right' })
    await main.click('[data-test=join]')
    await main.fill('.dialog [data-test=people]', name)
    await main.locator('.dialog .person', { hasText: name }).first().click()
    await screenshot(main, 'join-history')
    await main.click('[data-test=join-confirm]')
    await own.waitFor({ state: 'detached' })
  }
  await joinThem()
  await main.click('[data-test=join-undo]')
  await own.waitFor()
  await joinThem()
  await main.click('[data-test=join-open]')
  await main.fill('[data-test=search]', '十七孔桥')
  await main.locator('.hit', { hasText: name }).first().waitFor()
  await main.fill('[data-test=search]', '')
  await main.click('[data-test=about]')
  await main.locator('[data-test=joined]', { hasText: '老同学' }).waitFor()
  await screenshot(main, 'joined-histories')
  await main.click('[data-test=part]')
  await main.locator('[data-test=joined]').waitFor({ state: 'detached' })
  await main.keyboard.press('Escape')
  await own.waitFor()
  await settings.bringToFront()
  // messages older than a year are deleted only when the dialog is confirmed
  const year = settings.locator('label', { hasText: '一年' })
  await year.click()
  await settings.locator('.dialog').waitFor()
  await screenshot(settings, 'keep-messages')
  expect(await settings.evaluate(() => document.scrollingElement?.scrollTop)).toBe(0)
  await settings.locator('.dialog .primary').click()
  expect(await settings.locator('input[name=keep][value=null]').isChecked()).toBe(true)
  await year.click()
  await settings.locator('.dialog .button').last().click()
  await main.bringToFront()
  await expect
    .poll(async () => {
      await main.fill('[data-test=search]', '')
      await main.fill('[data-test=search]', '十七孔桥 来自:王芳')
      await main.locator('.empty, .hit').first().waitFor()
      return main.locator('.hit').count()
    })
    .toBe(0)
})
