/** A store that opens slowly: the window says what it waits for, then shows the conversations. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockFile } from '../support/locked-file.ts'
import { Story } from '../support/story.ts'
import { openApp, screenshot } from '../support/windows.ts'

const story = new Story()

test('a window whose store is held by another program says that it is being opened; then the list is there', async () => {
  const first = await story.open()
  await first.locator('[data-jid="bob@localhost"]').waitFor()
  await story.app.kill()
  const held = await lockFile(join(story.profile, 'messages.db'))
  const app = await openApp({ profile: story.profile, env: { LANG: 'zh_CN.UTF-8' } })
  try {
    const main = await app.window('main')
    // the store gives up after ten seconds, so the file is released at once
    await main.locator('progress').waitFor()
    const told = await main.locator('[role=status]').textContent()
    const items = await main.locator('.item').count()
    await screenshot(main, 'start-wait')
    await held.release()
    expect([told?.trim(), items]).toEqual(['正在打开消息…', 0])
    await main.locator('[data-jid="bob@localhost"]').waitFor()
    await main.locator('progress').waitFor({ state: 'detached' })
  } finally {
    await held.release()
    await app.kill()
  }
})
