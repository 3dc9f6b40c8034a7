/** Pictures and files: chosen, pasted, dropped, looked at, heard; what cannot go says why. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../src/main/engine.ts'
import { LARGEST_FILE } from '../../tools/demo/prosody.ts'
import type { RunningApp } from '../../tools/start/drive.ts'
import { gradient } from '../support/pictures.ts'
import { messages, online, openEngine, startServer, testFolder, until, type TestServer } from '../support/server.ts'
import { openApp, screenshot, signIn } from '../support/windows.ts'

const folders = [testFolder(), testFolder(), testFolder()]
const files = folders[2]!.path
let server: TestServer
let app: RunningApp
let bob: Engine

/** A second of a tone, as a WAV file. */
function tone(): Buffer {
  const rate = 8000
  const data = Buffer.alloc(rate * 2)
  for (let i = 0; i < rate; i++) data.writeInt16LE(Math.round(12_000 * Math.sin((i * 440 * 2 * Math.PI) / rate)), i * 2)
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + data.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(rate * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(data.length, 40)
  return Buffer.concat([head, data])
}
function picture(name: string, ...what: Parameters<typeof gradient>): string {
  const path = join(files, name)
  writeFileSync(path, gradient(...what))
  return path
}

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

async function bobSends(name: string, content: Buffer): Promise<void> {
  const conversation = await bob.startConversation('alice@localhost', 'direct', null)
  const token = bob.media.intake.begin({ name, bytes: content.length, type: '' })
  await bob.media.intake.append(token, content)
  await bob.sendFile(conversation.id, token)
}

test('pictures and files go both ways and can be looked at', { timeout: 180_000 }, async () => {
  app = await openApp({ profile: folders[0]!.path, env: { LANG: 'zh_CN.UTF-8' } })
  const main = await app.window('main')
  await signIn(main, server, 'alice')
  const toAlice = await bob.startConversation('alice@localhost', 'direct', null)
  await bob.send(toAlice.id, '照片发我看看')
  await main.locator('[data-jid="bob@localhost"]').click()
  await main.locator('.row', { hasText: '照片发我' }).waitFor()

  // chosen: seen before they go, one too many left out, a caption
  const hill = picture('香山红叶.png', 1600, 1000, [255, 165, 0], [0, 0, 128])
  const tall = picture('tall screenshot.png', 400, 1600, [255, 255, 255], [0, 128, 128])
  writeFileSync(join(files, 'too large.bin'), Buffer.alloc(LARGEST_FILE + 10))
  writeFileSync(join(files, '会议纪要 minutes of the very long meeting that nobody remembers the end of (final) (2).pdf'), Buffer.alloc(120_000, 7))
  await main.setInputFiles('[data-test=file-input]', [hill, join(files, '会议纪要 minutes of the very long meeting that nobody remembers the end of (final) (2).pdf'), join(files, 'too large.bin')])
  const dialog = main.locator('.dialog')
  await dialog.locator('li.refused').waitFor()
  expect(await dialog.locator('li').count()).toBe(3)
  await main.fill('[data-test=caption]', '昨天拍的')
  await screenshot(main, 'files-chosen')
  await main.click('[data-test=send-files]')
  await dialog.waitFor({ state: 'detached' })
  const got = await until(bob, async () => {
    const list = await messages(bob, 'alice@localhost')
    const here = list.flatMap(({ attachments }) => attachments).filter(({ where }) => where === 'here')
    return here.length === 2 && list.some(({ text }) => text === '昨天拍的') ? here : null
  })
  expect(got.map(({ kind, width, height }) => [kind, width, height])).toEqual([['image', 1600, 1000], ['file', null, null]])
  expect(readFileSync((await bob.attachmentFile(got[0]?.id ?? 0))?.path ?? '')).toEqual(readFileSync(hill))
  await main.locator('.row.own[data-state=delivered] img').waitFor()

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

  // from the other side: a picture, a sound, a program, a file
  await bobSends('日落 sunset.png', gradient(900, 600, [255, 215, 0], [128, 0, 128]))
  await bobSends('语音.wav', tone())
  await bobSends('update.exe', Buffer.from('MZ'))
  const incoming = main.locator('.row:not(.own)')
  await incoming.locator('img').waitFor()
  await incoming.locator('audio').waitFor()
  expect(await main.evaluate(() => new Promise((resolve) => {
    const audio = document.querySelector('audio')!
    const tell = (): void => resolve(audio.duration)
    if (audio.readyState > 0) tell()
    else audio.addEventListener('loadedmetadata', tell)
  }))).toBeCloseTo(1, 1)
  const program = incoming.locator('.file', { hasText: 'update.exe' })
  await program.click()
  await program.locator('text=程序').waitFor()
  await screenshot(main, 'files-list')

  // looked at: the one before, larger, turned
  await incoming.locator('button.picture').click()
  const viewer = main.locator('[data-test=viewer]')
  await viewer.locator('[data-test=viewer-place]', { hasText: '3 / 3' }).waitFor()
  await screenshot(main, 'files-viewer')
  await main.keyboard.press('ArrowLeft')
  await viewer.locator('[data-test=viewer-place]', { hasText: '2 / 3' }).waitFor()
  await main.keyboard.press('+')
  await main.keyboard.press('r')
  expect(await viewer.locator('.stage img').getAttribute('style')).toMatch(/scale\(1\.4\) rotate\(90deg\)/)
  await main.keyboard.press('Escape')
  await viewer.waitFor({ state: 'detached' })

  // the list says what came last, and a name finds it
  expect(await main.locator('[data-jid="bob@localhost"] .preview').innerText()).toContain('update.exe')
  await main.fill('.side input', '会议纪要')
  await main.locator('.hit', { hasText: 'minutes' }).waitFor()
})
