/** Tour of `npm start` without a display: every step succeeds, and its pictures show windows. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tour } from '../../tools/start/tour.ts'
import { testHost } from '../support/desktop.ts'
import { testFolder } from '../support/server.ts'

test('each step of the tour works, with a picture of each window', { timeout: 300_000 }, async () => {
  const folder = testFolder()
  try {
    const pictures = join(folder.path, 'pictures')
    expect(await tour(await testHost(), pictures)).toBe(0)
    const made = readdirSync(pictures)
    expect(made).toHaveLength(12)
    // a picture of one colour has a tenth of that size
    for (const picture of made) expect(statSync(join(pictures, picture)).size, picture).toBeGreaterThan(20_000)
  } finally {
    folder.remove()
  }
})
