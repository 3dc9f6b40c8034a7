/** Dragging a file out of a real Electron into another program of the desktop. */
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { sharedHost, testHost } from '../../support/desktop.ts'
import { ROOT } from '../../support/files.ts'
import { drag, middleOf, onDesktop, windowTitled } from '../../support/hands.ts'
import { Service } from '../../support/services.ts'
import { Story } from '../../support/story.ts'
import { moveWindow, steady } from '../../support/windows.ts'

const here = sharedHost().kind === 'electron'
const story = here ? new Story() : null

test.skipIf(!here)('a file of a message is dragged out to another program, under its own name', async () => {
  if (story === null) throw new Error('there is no Electron')
  const { desktop } = await testHost()
  const main = await story.open()
  const sent = join(story.folder, '会议记录.txt')
  writeFileSync(sent, '一二三')
  await main.locator('[data-jid="bob@localhost"]').click()
  await main.setInputFiles('[data-test=file-input]', sent)
  await main.locator('[data-test=send-files]').click()
  // beside the other program's window, since a press brings this one to the front
  await moveWindow(main, { left: 0, top: 0, width: 900, height: 640 })
  const other = new Service(desktop, join(ROOT, 'test/support/drag_window.py'), [sent])
  try {
    await other.heard('ready')
    const id = await windowTitled(desktop, 'drag window')
    const file = main.locator('.row.own[data-state=delivered] .bubble', { hasText: '会议记录.txt' }).last().locator('[aria-label^=打开]')
    // the list restores its position in the smaller window
    const box = JSON.parse(await steady(main, async () => JSON.stringify(await file.boundingBox()))) as { x: number; y: number; width: number; height: number }
    const [left, top] = (await main.evaluate('[screenX + (outerWidth - innerWidth) / 2, screenY + outerHeight - innerHeight]')) as [number, number]
    await drag(desktop, [left + box.x + box.width / 2, top + box.y + box.height / 2], await middleOf(desktop, id))
    // the drag begins when the file has been copied, and reports only the next movement
    let over = false
    void other.heard('over').then(() => (over = true))
    let step = 1
    await expect
      .poll(async () => {
        step = -step
        await onDesktop(desktop, 'xdotool', ['mousemove_relative', '--', String(step), '0'])
        return over
      })
      .toBe(true)
    await onDesktop(desktop, 'xdotool', ['mouseup', '1'])
    const { uris } = await other.heard('dropped')
    const [path = ''] = (uris as string[]).map((uri) => fileURLToPath(uri))
    expect(basename(path)).toBe('会议记录.txt')
    expect(readFileSync(path, 'utf8')).toBe('一二三')
  } finally {
    await onDesktop(desktop, 'xdotool', ['mouseup', '1'])
    other.stop()
  }
})
