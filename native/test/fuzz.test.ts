import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../../test/support/files.ts'

test.skipIf(process.platform !== 'linux')('random texts, with sanitizers on, give no finding', () => {
  const out = execFileSync(process.execPath, [join(ROOT, 'native/fuzz/run.mjs'), '1500', 'inputs'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  expect(out).toContain('1500 inputs, no finding')
})
