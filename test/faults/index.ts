/**
 * npm run faults [-- --seed N --messages N --faults N --encrypted], and npm run faults -- cluster [--messages N --faults N]: prints the actions
 * and the results; fails if anything was lost.
 */
import { parseArgs } from 'node:util'
import { table } from '../../bench/table.ts'
import { runCluster } from './cluster.ts'
import { FAULTS, isBad, runFaults } from './run.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    messages: { type: 'string', default: '10000' },
    faults: { type: 'string', default: '300' },
    every: { type: 'string', default: '3000' },
    encrypted: { type: 'boolean', default: false }
  }
})
const log = (text: string): void => void process.stdout.write(`${text}\n`)

if (positionals[0] === 'cluster') {
  const messages = Number(values.messages)
  const done = await runCluster({ messages, kills: Number(values.faults), pause: Number(values.every), log })
  const moves = done.moves.sort((a, b) => a - b)
  const ms = (at: number): string =>
    moves.length === 0 ? '–' : `${((moves[Math.min(moves.length - 1, Math.floor(moves.length * at))] ?? 0) / 1000).toFixed(1)} s`
  table(
    `Two nodes, four people, ${messages} messages from each to each of two conversations, ${done.seconds.toFixed(0)} s`,
    ['', 'number'],
    [
      ['nodes killed', done.kills],
      ['clients that moved', moves.length],
      ['until half of them were online again', ms(0.5)],
      ['until 95 % of them were', ms(0.95)],
      ['until all were', ms(1)],
      ['messages compared, in four stores', done.messages],
      ['lost', done.lost],
      ['confirmed by a node that was killed then, and gone with it', done.forgotten],
      ['doubled', done.doubled],
      ['out of order', done.disordered],
      ['own messages not settled', done.unsettled],
      ['shown as delivered, and not stored', done.untrue]
    ]
  )
  process.exit(done.lost + done.doubled + done.disordered + done.unsettled + done.untrue > 0 ? 1 : 0)
}

const seed = Number(values.seed)
process.stdout.write(`seed ${seed}\n`)
const result = await runFaults({
  seed,
  messages: Number(values.messages),
  faults: Number(values.faults),
  every: Number(values.every),
  encrypted: values.encrypted,
  log
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
    ['taken back, deleted or read, and not so elsewhere', result.unheeded],
    ['encrypted, and not to be read', result.undecryptable],
    ['keys of encrypted messages compared', result.keys],
    ['keys that encrypted two messages', result.reused]
  ]
)
process.exit(isBad(result) ? 1 : 0)
