/** Server report in the settings: features, what is lost without the missing ones, and how the operator adds them. */
import { expect, test } from 'vitest'
import { Story } from '../support/story.ts'
import { moveWindow, screenshot, stillness, violations } from '../support/windows.ts'

const story = new Story({ without: ['mam', 'carbons'], groupsForget: true })

test('each feature is present or missing; a missing one shows its cost and its configuration, which can be copied', async () => {
  const main = await story.open()
  await main.click('[data-test=menu]')
  await main.locator('[data-test=settings-item]').click()
  const settings = await story.app.window('settings')
  // important shortages are shown without asking
  await settings.locator('[data-test=shortages]', { hasText: '不保存聊天记录' }).waitFor()
  await settings.click('[data-test=server-report]')
  await settings.locator('[data-test=server-missing]').waitFor()
  const has = (name: string): Promise<string | null> => settings.locator(`[data-ability=${name}]`).getAttribute('data-has')
  for (const name of ['archive', 'carbons', 'group-archive', 'registration', 'invitations', 'contacts'])
    expect([name, await has(name)]).toEqual([name, 'false'])
  for (const name of ['storage', 'encryption', 'files', 'groups', 'blocking', 'csi', 'time']) expect([name, await has(name)]).toEqual([name, 'true'])
  await settings.locator('[data-ability=files]', { hasText: '20 MB' }).waitFor()
  await settings.locator('[data-ability=archive]', { hasText: '不保存聊天记录' }).waitFor()
  // with the keyboard only
  await settings.locator('[data-test=lines-archive]').focus()
  await settings.keyboard.press('Enter')
  await settings.locator('.lines', { hasText: '"mam";' }).waitFor()
  await settings.click('[data-ability=archive] .which .tool:nth-child(2)')
  await settings.locator('.lines', { hasText: 'mod_mam:' }).waitFor()
  await settings.click('[data-test=copy-lines]')
  await settings.locator('[data-test=copy-lines]', { hasText: '已复制' }).waitFor()
  await settings.keyboard.press('Tab')
  for (const theme of ['light', 'dark'] as const) {
    await settings.locator(`input[value=${theme}]`).check({ force: true })
    await settings.locator('[data-ability=archive]').scrollIntoViewIfNeeded()
    await stillness(settings)
    await screenshot(settings, `server-report-${theme}`)
    expect(await violations(settings)).toEqual([])
  }
  await moveWindow(settings, { left: 0, top: 0, width: 520, height: 640 })
  await settings.locator('[data-ability=archive]').scrollIntoViewIfNeeded()
  await screenshot(settings, 'server-report-narrow')
  await settings.click('[data-test=server-report]')
  await settings.locator('[data-test=shortages]').waitFor()
})
