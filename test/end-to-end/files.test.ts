/** Pictures and files: chosen, pasted, dropped, viewed, played; files that cannot be sent show the reason. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator } from 'playwright-core'
import { expect, test } from 'vitest'
import { LARGEST_FILE } from '../../src/demo/prosody.ts'
import { gradient } from '../support/pictures.ts'
import { messages, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { tone } from '../support/pictured.ts'
import { screenshot } from '../support/windows.ts'

const story = new Story()

function picture(name: string, ...what: Parameters<typeof gradient>): string {
  const path = join(story.folder, name)
  writeFileSync(path, gradient(...what))
  return path
}

/** Whether a name is shortened while its extension stays visible. */
const keepsEnding = (name: Locator): Promise<{ shortened: boolean; ending: string; inside: boolean }> =>
  name.evaluate((element) => {
    const [stem, ending] = [element.querySelector('.one-line'), element.querySelector('.ending')]
    if (stem === null || ending === null) throw new Error('a name in two parts is wanted')
    return {
      shortened: stem.scrollWidth > stem.clientWidth,
      ending: ending.textContent,
      inside:
        ending.scrollWidth <= Math.ceil(ending.getBoundingClientRect().width) &&
        ending.getBoundingClientRect().right <= element.getBoundingClientRect().right + 1
    }
  })

async function bobSends(name: string, content: Buffer): Promise<void> {
  const { bob } = story
  const conversation = await bob.conversations.start('alice@localhost', 'direct', null)
  const token = bob.media.staging.begin({ name, bytes: content.length, type: '' })
  await bob.media.staging.append(token, content)
  await bob.messages.sendFile(conversation.id, token)
}

test('pictures and files are sent, received and viewed', async () => {
  const { bob } = story
  const main = await story.open()
  const toAlice = await bob.conversations.start('alice@localhost', 'direct', null)
  await bob.messages.send(toAlice.id, '照片发我看看')
  await main.locator('[data-jid="bob@localhost"]').click()
  await main.locator('.row', { hasText: '照片发我' }).waitFor()

  // chosen: previewed before sending, one too many removed, a caption
  const hill = picture('香山红叶.png', 1600, 1000, [255, 165, 0], [0, 0, 128])
  const tall = picture('tall screenshot.png', 400, 1600, [255, 255, 255], [0, 128, 128])
  writeFileSync(join(story.folder, 'too large.bin'), Buffer.alloc(LARGEST_FILE + 10))
  writeFileSync(join(story.folder, '会议纪要 minutes of the very long meeting that nobody remembers the end of (final) (2).pdf'), Buffer.alloc(120_000, 7))
  await main.setInputFiles('[data-test=file-input]', [
    hill,
    join(story.folder, '会议纪要 minutes of the very long meeting that nobody remembers the end of (final) (2).pdf'),
    join(story.folder, 'too large.bin')
  ])
  // a name that is too long keeps the extension that tells its kind
  const long = main.locator('.dialog [data-test=file-name]', { hasText: '会议纪要' })
  await long.waitFor()
  expect(await keepsEnding(long)).toEqual({ shortened: true, ending: '.pdf', inside: true })
  const dialog = main.locator('.dialog')
  await dialog.locator('li.refused').waitFor()
  expect(await dialog.locator('li').count()).toBe(3)
  // as unchanged files, byte by byte; the choice is remembered
  await main.check('[name=pictures-as][value=file]')
  await main.locator('[data-test=way-about]', { hasText: '原图' }).waitFor()
  await main.fill('[data-test=caption]', '昨天拍的')
  await screenshot(main, 'files-chosen')
  await main.click('[data-test=send-files]')
  await dialog.waitFor({ state: 'detached' })
  const got = await until(bob, async () => {
    const list = await messages(bob, 'alice@localhost')
    const here = list.flatMap(({ attachments }) => attachments).filter(({ where }) => where === 'here')
    return here.length === 2 && list.some(({ text }) => text === '昨天拍的') ? here : null
  })
  expect(got.map(({ kind, width, height }) => [kind, width, height])).toEqual([
    ['image', 1600, 1000],
    ['file', null, null]
  ])
  expect(readFileSync((await bob.files.attachment(got[0]?.id ?? 0))?.path ?? '')).toEqual(readFileSync(hill))
  await main.locator('.row.own[data-state=delivered] img').waitFor()
  expect(await keepsEnding(main.locator('.row.own .file [data-test=file-name]'))).toEqual({ shortened: true, ending: '.pdf', inside: true })
  await screenshot(main, 'files-long-name')

  // pasted: a screenshot
  const pasted = readFileSync(tall).toString('base64')
  await main.locator('[data-test=composer]').focus()
  await main.evaluate((data) => {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0))
    const transfer = new DataTransfer()
    transfer.items.add(new File([bytes], 'image.png', { type: 'image/png' }))
    document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }))
  }, pasted)
  await dialog.locator('img').waitFor()
  await screenshot(main, 'files-pasted')
  await main.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  // dropped
  const drop = (type: string): Promise<void> =>
    main.evaluate(
      ({ kind, data }) => {
        const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0))
        const transfer = new DataTransfer()
        transfer.items.add(new File([bytes], 'dropped.png', { type: 'image/png' }))
        document.querySelector('.view')?.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }))
      },
      { kind: type, data: pasted }
    )
  await drop('dragover')
  await main.locator('.drop').waitFor()
  await screenshot(main, 'files-held')
  await drop('drop')
  await dialog.locator('img').waitFor()
  // the caption has the focus, and Enter sends
  await main.keyboard.press('Enter')
  await dialog.waitFor({ state: 'detached' })

  // received: a picture, a sound, a program, a file
  await bobSends('日落 sunset.png', gradient(900, 600, [255, 215, 0], [128, 0, 128]))
  await bobSends('语音.wav', tone())
  await bobSends('update.exe', Buffer.from('MZ'))
  const incoming = main.locator('.row:not(.own)')
  await incoming.locator('img').waitFor()
  // its duration is read; it is played, sought and set to another speed
  const voice = incoming.locator('[data-test=voice]')
  await voice.locator('[data-test=voice-time]', { hasText: '0:01' }).waitFor()
  expect(await voice.locator('.bar').count()).toBeGreaterThan(20)
  await voice.locator('[data-test=play]').click()
  await voice.locator('.bar.played').first().waitFor()
  await voice.locator('[data-test=rate]').click()
  await voice.locator('[data-test=rate]', { hasText: '1.5' }).waitFor()
  await voice.locator('[data-test=play][aria-label="播放"]').waitFor()
  const program = incoming.locator('.file', { hasText: 'update.exe' })
  await program.click()
  await program.locator('text=程序').waitFor()
  await screenshot(main, 'files-list')

  // viewed: the previous picture, zoomed, rotated
  await incoming.locator('button.picture').click()
  const viewer = main.locator('[data-test=viewer]')
  await viewer.locator('[data-test=viewer-place]', { hasText: '3 / 3' }).waitFor()
  await screenshot(main, 'files-viewer')
  // icons on the dark background have no plates
  expect(
    await viewer
      .locator('header button')
      .last()
      .evaluate((button) => getComputedStyle(button).backgroundColor)
  ).toBe('rgba(0, 0, 0, 0)')
  await main.keyboard.press('ArrowLeft')
  await viewer.locator('[data-test=viewer-place]', { hasText: '2 / 3' }).waitFor()
  await main.keyboard.press('+')
  await main.keyboard.press('r')
  expect(await viewer.locator('.stage img').getAttribute('style')).toMatch(/scale\(1\.4\) rotate\(90deg\)/)
  await main.keyboard.press('Escape')
  await viewer.waitFor({ state: 'detached' })

  // pictures sent together are shown side by side, and viewed in their own window
  await main.setInputFiles('[data-test=file-input]', [hill, tall, picture('third.png', 700, 500, [20, 90, 200], [230, 230, 250])])
  await main.keyboard.press('Enter')
  const album = main.locator('.row.own[data-test=album]').last()
  await album.locator('img').nth(2).waitFor()
  await screenshot(main, 'album')
  await album.locator('button.picture').first().click()
  await viewer.locator('[data-test=viewer-window]').click()
  const pictures = await story.app.window('viewer')
  await pictures.locator('[data-test=viewer-place]', { hasText: '/ 6' }).waitFor()
  await pictures.keyboard.press('ArrowRight')
  await screenshot(pictures, 'viewer-window')
  // the window closes while the key is still down, so its release is not reported
  await Promise.all([pictures.waitForEvent('close'), pictures.keyboard.down('Escape').catch(() => undefined)])
  await expect.poll(() => story.app.windows().some((page) => page.url().includes('/viewer/'))).toBe(false)
  await bobSends('update.exe', Buffer.from('MZ'))
  await main.locator('.row:not(.own) .file', { hasText: 'update.exe' }).nth(1).waitFor()

  // the list previews the last message, and a name finds it
  expect(await main.locator('[data-jid="bob@localhost"] .preview').innerText()).toContain('update.exe')
  await main.fill('.side input', '会议纪要')
  await main.locator('.hit', { hasText: 'minutes' }).waitFor()
  expect(await keepsEnding(main.locator('.hit [data-test=file-name]'))).toEqual({ shortened: true, ending: '.pdf', inside: true })
  await screenshot(main, 'files-found')
  await main.fill('.side input', '')

  // space is freed: files that can be downloaded again are removed, and downloaded again on request
  await main.click('[data-test=menu]')
  await main.locator('[data-test=settings-item]').click()
  const settings = await story.app.window('settings')
  const usage = settings.locator('[data-test=usage]')
  await usage.locator('.one', { hasText: 'Bob' }).waitFor()
  await usage.scrollIntoViewIfNeeded()
  await screenshot(settings, 'storage')
  await usage.locator('[data-test=clear-all]').click()
  await settings.click('[data-test=clear-confirm]')
  await usage.locator('[role=status]').waitFor()
  await expect.poll(() => usage.locator('[data-test=clear-all]').count()).toBe(0)
  await settings.close()
  await main.bringToFront()
  await expect.poll(() => main.locator('.row:not(.own) .picture img').count()).toBe(0)
  // blurred previews remain for pictures whose sender sent one
  await main.locator('.row.own .picture .blurred').first().waitFor()
  await screenshot(main, 'files-blurred')
  await main.locator('.row:not(.own) [aria-label*="sunset"]').click()
  await incoming.locator('.picture img').waitFor()
})
