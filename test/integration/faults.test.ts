/** A short run of `npm run faults`: whatever fails, nothing is lost, doubled or out of order. */
import { expect, test } from 'vitest'
import { runFaults } from '../faults/run.ts'

test('a few faults of every kind', { timeout: 240_000 }, async () => {
  const log: string[] = []
  const result = await runFaults({ seed: 20, messages: 120, faults: 10, every: 1500, log: (text) => log.push(text) })
  expect(result, log.join('\n')).toMatchObject({ lost: 0, doubled: 0, disordered: 0, unsettled: 0, messages: 8 * 240 })
})
