import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../../test/support/files.ts'

test.skipIf(process.platform !== 'linux')('random texts, with sanitizers on, give no finding', () => {
  const out = execFileSync(process.execPath, [join(ROOT, 'native/fuzz/run.mjs'), '8'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  expect(Number(/^(\d+) inputs/.exec(out)?.[1])).toBeGreaterThan(1000)
  expect(out).toContain('no finding')
})
