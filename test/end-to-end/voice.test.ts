/** Voice messages: recorded, sent, played one after the other, discarded. The microphone is Chromium's fake one, which beeps. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { messages, until } from '../support/server.ts'
import { Story } from '../support/story.ts'
import { screenshot } from '../support/windows.ts'

const story = new Story()

test('a voice message is recorded and sent, the next one plays automatically, and a discarded one is not sent', async () => {
  const { bob } = story
  const main = await story.open(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'])
  const toAlice = await bob.conversations.start('alice@localhost', 'direct', null)
  await bob.messages.send(toAlice.id, '发条语音吧')
  await main.locator('[data-jid="bob@localhost"]').click()
  await main.locator('.row', { hasText: '发条语音' }).waitFor()

  const record = async (clock: string): Promise<void> => {
    await main.click('[data-test=record]')
    await main.locator('[data-test=voice-clock]', { hasText: clock }).waitFor()
  }
  await record('0:01')
  await main.keyboard.press('Escape')
  await main.locator('[data-test=composer]').waitFor()
  await record('0:02')
  await screenshot(main, 'voice-recording')
  const recorded = (await main.locator('[data-test=voice-clock]').innerText()).trim()
  await main.click('[data-test=voice-send]')
  await main.locator('.row.own[data-state=delivered] [data-test=voice]').waitFor()
  await record('0:01')
  await main.keyboard.press('Enter')
  await expect.poll(() => main.locator('.row.own[data-state=delivered] [data-test=voice]').count()).toBe(2)

  const got = await until(bob, async () => {
    const files = (await messages(bob, 'alice@localhost')).flatMap(({ attachments }) => attachments).filter(({ where }) => where === 'here')
    return files.length === 2 ? files : null
  })
  expect(got.map(({ kind }) => kind)).toEqual(['voice', 'voice'])
  const sound = readFileSync((await bob.files.attachment(got[0]?.id ?? 0))?.path ?? '')
  // Opus in Ogg (RFC 7845 section 5.1)
  expect([sound.toString('latin1', 0, 4), sound.includes('OpusHead')]).toEqual(['OggS', true])

  const [first, second] = [main.locator('[data-test=voice]').nth(0), main.locator('[data-test=voice]').nth(1)]
  // on a busy machine, recording continues for a moment after the clock was read
  const seconds = (clock: string): number => Number(clock.slice(clock.indexOf(':') + 1))
  await expect.poll(async () => seconds(await first.locator('[data-test=voice-time]').innerText())).toBeGreaterThanOrEqual(seconds(recorded))
  await screenshot(main, 'voice-messages')
  // sought near its end, then played: the second one follows automatically
  const box = await first.locator('.wave').boundingBox()
  if (box === null) throw new Error('no sound is drawn')
  await main.mouse.move(box.x + box.width * 0.3, box.y + 10)
  await main.mouse.down()
  await main.mouse.move(box.x + box.width * 0.8, box.y + 10, { steps: 4 })
  await main.mouse.up()
  expect(await first.locator('.bar.played').count()).toBeGreaterThan(10)
  await first.locator('[data-test=play]').click()
  await second.locator('[data-test=play][aria-label="暂停"]').waitFor()
  await second.locator('[data-test=play][aria-label="播放"]').waitFor()
  // by keyboard, to its end, since it is shorter than a step
  await first.locator('.wave').focus()
  await main.keyboard.press('ArrowRight')
  const end = await first.locator('.wave').getAttribute('aria-valuemax')
  await expect.poll(() => first.locator('.wave').getAttribute('aria-valuenow')).toBe(end)
})
