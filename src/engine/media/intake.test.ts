import { EventEmitter } from 'node:events'
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/files.ts'
import { Intake } from './intake.ts'

const file = { name: 'a.txt', bytes: 10, type: 'text/plain' }

test('a window that closes gives up the files that it was handing over', async () => {
  using folder = temporaryFolder()
  const intake = new Intake(folder.path)
  const page = new EventEmitter()
  for (let i = 0; i < 200; i++) intake.begin(file, page)
  expect(page.listenerCount('destroyed')).toBe(1)
  const token = intake.begin.bind(intake, file)
  expect(token).toThrow(/too many/)
  page.emit('destroyed')
  const next = token()
  await intake.append(next, Buffer.from('0123456789'))
  expect(await intake.finish(next)).toMatchObject({ name: 'a.txt', bytes: 10 })
  await expect.poll(() => readdirSync(folder.path).length).toBe(1)
})
