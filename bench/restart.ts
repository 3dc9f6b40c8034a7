/** (r) Restart of a server with 5,000 clients: their return, simulated with Mnemo's own connection machine; docs/reconnects.svg. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { advance, LASTED_MS, OFF, type MachineEvent, type MachineState } from '../src/engine/xmpp/stream/machine.ts'
import { ROOT, seeded } from '../test/support/files.ts'
import { table } from './table.ts'

const CLIENTS = 5000
/** Connections that the server accepts per second; all others are refused. */
const ACCEPTED = 400
const BIN_MS = 250

interface Case {
  name: string
  /** True if the server announces the shutdown. */
  told: boolean
  /** Duration of the outage, ms. */
  away: number
  colour: string
}
const CASES: Case[] = [
  { name: 'restarted, back after 2 s', told: true, away: 2000, colour: '#0b6e6e' },
  { name: 'restarted, back after 30 s', told: true, away: 30_000, colour: '#c2571a' },
  { name: 'crashed, back after 2 s', told: false, away: 2000, colour: '#6a4fb3' }
]

interface Outcome {
  /** Number of tries in each bin. */
  tries: number[]
  /** Time when each client was back, ms after the server. */
  back: number[]
}

/** Event-driven simulation: a queue with each client's next event. */
function simulate({ told, away }: Case, limit: number): Outcome {
  const random = seeded(20261126)
  const tries: number[] = []
  const back: number[] = []
  const accepted = new Map<number, number>()
  const queue: { at: number; state: MachineState }[] = []
  const step = (state: MachineState, event: MachineEvent, at: number): void => {
    const next = advance(state, event, random()).state
    if (next.name === 'waiting' && next.ms !== null) queue.push({ at: at + next.ms, state: next })
  }
  for (let client = 0; client < CLIENTS; client++) {
    let state: MachineState = OFF
    for (const event of [{ type: 'start' }, { type: 'opened', resumed: false }, { type: 'lasted' }] as MachineEvent[]) state = advance(state, event, 0).state
    step(state, { type: 'failed', problem: told ? 'server-error' : 'network', shutdown: told }, 0)
  }
  while (queue.length > 0) {
    queue.sort((a, b) => b.at - a.at)
    const now = queue.pop()
    if (now === undefined) break
    const bin = Math.floor(now.at / BIN_MS)
    tries[bin] = (tries[bin] ?? 0) + 1
    const connecting = advance(now.state, { type: 'elapsed' }, 0).state
    const second = Math.floor(now.at / 1000)
    const taken = accepted.get(second) ?? 0
    if (now.at >= away && taken < limit) {
      accepted.set(second, taken + 1)
      back.push(now.at - away)
    } else step(connecting, { type: 'failed', problem: 'refused' }, now.at)
  }
  return { tries: Array.from(tries, (count) => count ?? 0), back: back.sort((a, b) => a - b) }
}

export function restart(): Promise<void> {
  const rows: string[][] = []
  const lines: { outcome: Outcome; of: Case }[] = []
  for (const of of CASES)
    for (const limit of [Infinity, ACCEPTED]) {
      const outcome = simulate(of, limit)
      const at = (share: number): string => ((outcome.back[Math.ceil(outcome.back.length * share) - 1] ?? NaN) / 1000).toFixed(1)
      rows.push([
        of.name,
        limit === Infinity ? 'all that come' : `${limit} a second`,
        String(Math.max(...outcome.tries) * (1000 / BIN_MS)),
        at(0.5),
        at(0.95),
        at(1)
      ])
      if (limit !== Infinity) lines.push({ outcome, of })
    }
  table(
    `${CLIENTS.toLocaleString('en')} clients of a server that goes away (simulated; a stream counts as lasting after ${LASTED_MS / 1000} s)`,
    ['', 'the server lets in', 'most tries a second', 'half are back, s', '95 % are back, s', 'all are back, s'],
    rows
  )
  writeFileSync(join(ROOT, 'docs/reconnects.svg'), plot(lines))
  return Promise.resolve()
}

function plot(lines: { outcome: Outcome; of: Case }[]): string {
  const [width, height, left, bottom] = [640, 340, 60, 46]
  const seconds = 90
  const most = Math.max(...lines.flatMap(({ outcome }) => outcome.tries)) * (1000 / BIN_MS)
  const x = (ms: number): number => left + (ms / (seconds * 1000)) * (width - left - 24)
  const y = (rate: number): number => height - bottom - (rate / most) * (height - bottom - 40)
  const line = ({ outcome, of }: { outcome: Outcome; of: Case }): string =>
    `<polyline fill="none" stroke="${of.colour}" stroke-width="1.8" points="${outcome.tries
      .slice(0, (seconds * 1000) / BIN_MS)
      .map((count, bin) => `${x(bin * BIN_MS).toFixed(1)},${y(count * (1000 / BIN_MS)).toFixed(1)}`)
      .join(' ')}"/>`
  const rates = [0, 0.25, 0.5, 0.75, 1].map((part) => Math.round(most * part))
  const ticks = rates
    .map(
      (rate) =>
        `<line x1="${left}" x2="${width - 24}" y1="${y(rate)}" y2="${y(rate)}" stroke="#8884"/><text x="${left - 8}" y="${y(rate) + 4}" text-anchor="end">${rate}</text>`
    )
    .join('')
  const times = [0, 15, 30, 45, 60, 75, 90]
    .map((second) => `<text x="${x(second * 1000)}" y="${height - bottom + 18}" text-anchor="middle">${second} s</text>`)
    .join('')
  const names = lines.map(({ of }, at) => `<text x="${width - 230}" y="${46 + at * 16}" fill="${of.colour}">${of.name}</text>`).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#777">${ticks}${times}${lines.map(line).join('')}${names}<text x="${left}" y="16">tries to connect a second, ${CLIENTS.toLocaleString('en')} clients, ${ACCEPTED} let in a second</text></svg>\n`
}
