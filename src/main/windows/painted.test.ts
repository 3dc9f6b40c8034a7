import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { painted } from './painted.ts'

const hidden = (): EventEmitter & { webContents: EventEmitter } => Object.assign(new EventEmitter(), { webContents: new EventEmitter() })
/** Whether a promise has resolved by now. */
const isResolved = (promise: Promise<void>): Promise<boolean> =>
  Promise.race([
    promise.then(() => true),
    new Promise<boolean>((resolve) => {
      setImmediate(() => resolve(false))
    })
  ])

test('a window is shown with its first frame, whether its page has loaded or not', async () => {
  const window = hidden()
  const shown = painted(window, 3_600_000)
  expect(await isResolved(shown)).toBe(false)
  window.emit('ready-to-show')
  await shown
})

test('a window whose first frame is lost is shown once its page has loaded', async () => {
  const window = hidden()
  const shown = painted(window, 1)
  expect(await isResolved(shown)).toBe(false)
  window.webContents.emit('did-finish-load')
  await shown
})
