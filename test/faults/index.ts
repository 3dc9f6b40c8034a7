/** npm run faults [-- --seed N --messages N --faults N]: prints what was done and what came of it; fails where anything was lost. */
import { parseArgs } from 'node:util'
import { table } from '../../bench/table.ts'
import { FAULTS, runFaults } from './run.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    messages: { type: 'string', default: '10000' },
    faults: { type: 'string', default: '300' },
    every: { type: 'string', default: '3000' }
  }
})
const seed = Number(values.seed)
process.stdout.write(`seed ${seed}\n`)
const result = await runFaults({
  seed,
  messages: Number(values.messages),
  faults: Number(values.faults),
  every: Number(values.every),
  log: (text) => process.stdout.write(`${text}\n`)
})
table(
  `Faults: seed ${seed}, ${values.messages} messages each way to each of two conversations, ${result.seconds.toFixed(0)} s`,
  ['', 'number'],
  [
    ...FAULTS.map((fault) => [fault, result.faults[fault]]),
    ['messages compared, in three stores and two new devices', result.messages],
    ['messages shown as delivered, looked for at the other side', result.claims],
    ['lost', result.lost],
    ['confirmed by a server, and gone with its memory', result.forgotten],
    ['doubled', result.doubled],
    ['conversations out of order', result.disordered],
    ['own messages not settled', result.unsettled],
    ['shown as delivered, and not stored', result.untrue],
    ['taken back, deleted or read, and not so elsewhere', result.unheeded]
  ]
)
process.exit(result.lost + result.doubled + result.disordered + result.unsettled + result.untrue + result.unheeded > 0 ? 1 : 0)
