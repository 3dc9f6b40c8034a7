import { EventEmitter } from 'node:events'
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/files.ts'
import { Staging } from './staging.ts'

const file = { name: 'a.txt', bytes: 10, type: 'text/plain' }

test('a window that closes gives up the files that it was handing over', async () => {
  using folder = temporaryFolder()
  const staging = new Staging(folder.path)
  const page = new EventEmitter()
  for (let i = 0; i < 200; i++) staging.begin(file, page)
  expect(page.listenerCount('destroyed')).toBe(1)
  const token = staging.begin.bind(staging, file)
  expect(token).toThrow(/too many/)
  page.emit('destroyed')
  const next = token()
  await staging.append(next, Buffer.from('0123456789'))
  expect(await staging.finish(next)).toMatchObject({ name: 'a.txt', bytes: 10 })
  await expect.poll(() => readdirSync(folder.path).length).toBe(1)
})
