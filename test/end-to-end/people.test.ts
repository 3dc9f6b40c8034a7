/** A contact as one sees them: a picture of their own, another name, blocked and heard again; and how we look to others. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../src/main/engine.ts'
import type { RunningApp } from '../../tools/start/drive.ts'
import { gradient } from '../support/pictures.ts'
import { messages, online, openEngine, startServer, testFolder, until, type TestServer } from '../support/server.ts'
import { openApp, screenshot, signIn } from '../support/windows.ts'

const folders = [testFolder(), testFolder()]
let server: TestServer
let app: RunningApp
let bob: Engine

beforeAll(async () => {
  server = await startServer()
  bob = await openEngine(folders[1]!.path)
  await bob.signIn(server.settings('bob'))
  await online(bob)
})
afterAll(async () => {
  await app?.kill()
  await bob?.close()
  await server.stop()
  for (const folder of folders) folder.remove()
})

test('contacts are seen, renamed, blocked; we choose how we look', { timeout: 120_000 }, async () => {
  await bob.setAvatar({ data: gradient(128, 128, [255, 160, 60], [120, 30, 120]), type: 'image/png', side: 128 })
  app = await openApp({ profile: folders[0]!.path, env: { LANG: 'zh_CN.UTF-8' } })
  const main = await app.window('main')
  await signIn(main, server, 'alice')
  const item = main.locator('[data-jid="bob@localhost"]')
  await item.locator('img').waitFor()
  await item.click()
  await main.click('[data-test=about]')
  await screenshot(main, 'contact-info')
  await main.click('[data-test=rename]')
  await main.fill('[data-test=contact-name]', '老王（爬山）')
  await main.keyboard.press('Enter')
  await item.locator('.name', { hasText: '老王（爬山）' }).waitFor()
  await main.click('[data-test=block]')
  await main.locator('[data-test=no-composer]').waitFor()
  await main.keyboard.press('Escape')
  await screenshot(main, 'contact-blocked')
  await main.click('[data-test=unblock]')
  await main.locator('[data-test=composer]').waitFor()
  const { id } = await bob.startConversation('alice@localhost', 'direct', null)
  await bob.send(id, '又能说话了')
  await main.locator('.row', { hasText: '又能说话了' }).waitFor()

  // our own picture and name
  const picture = join(folders[1]!.path, 'me.png')
  writeFileSync(picture, gradient(300, 200, [40, 200, 160], [20, 60, 140]))
  await main.click('[data-test=menu]')
  await main.locator('.menu-item').first().click()
  const settings = await app.window('settings')
  await settings.setInputFiles('[data-test=avatar-input]', picture)
  await until(bob, async () => bob.store.read.avatar('alice@localhost'))
  await settings.locator('.profile img').waitFor()
  await settings.fill('[name=nick]', '爱丽丝')
  await settings.keyboard.press('Enter')
  await settings.locator('[role=status]', { hasText: '已更新' }).waitFor()
  await bob.renameContact('alice@localhost' as never, '')
  await until(bob, async () => (await bob.store.read.conversation(id))?.name === '爱丽丝')
  await screenshot(settings, 'settings-profile')
  expect((await messages(bob, 'alice@localhost')).length).toBe(1)
})
