/** Short run of `npm run faults`: whatever fails, nothing is lost, doubled or out of order. */
import { expect, test } from 'vitest'
import { runFaults } from '../faults/run.ts'

test('a few faults of every kind', async () => {
  const log: string[] = []
  const result = await runFaults({ seed: 20, messages: 100, faults: 9, every: 1000, log: (text) => log.push(text) })
  expect(result, log.join('\n')).toMatchObject({ lost: 0, doubled: 0, disordered: 0, unsettled: 0, untrue: 0, unheeded: 0 })
  expect(result.messages).toBeGreaterThan(5 * 390)
  // the number shown as delivered before the last check depends on the load of the machine
  expect(result.claims).toBeGreaterThan(100)
})
