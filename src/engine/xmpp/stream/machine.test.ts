import { expect, test } from 'vitest'
import { advance, ELSEWHERE_MS, OFF, SHUTDOWN_MS, type MachineEvent, type MachineState } from './machine.ts'

const run = (events: MachineEvent[], from: MachineState = OFF) => {
  let state = from
  const effects: string[][] = []
  for (const event of events) {
    const step = advance(state, event, 0.5)
    state = step.state
    effects.push(step.effects)
  }
  return { state, effects }
}
const waiting = (tries: number, ms: number | null): MachineState => ({ name: 'waiting', tries, ms })
const failed: MachineEvent = { type: 'failed', problem: 'network' }
const opened: MachineEvent = { type: 'opened', resumed: false }

test('a connection starts, catches up and is open; a resumed stream has nothing to catch up', () => {
  expect(run([{ type: 'start' }])).toEqual({ state: { name: 'connecting', tries: 0 }, effects: [['attempt']] })
  expect(run([{ type: 'start' }, opened]).state).toEqual({ name: 'open', caughtUp: false, tries: 0 })
  expect(run([{ type: 'start' }, opened, { type: 'catching-up', running: false }]).state).toEqual({ name: 'open', caughtUp: true, tries: 0 })
  expect(run([{ type: 'start' }, { type: 'opened', resumed: true }]).state).toEqual({ name: 'open', caughtUp: true, tries: 0 })
})

test('the delay grows with each failure, and a lasting stream resets it; a short one counts as a failure', () => {
  let state: MachineState = OFF
  const waits: (number | null)[] = []
  for (const event of [{ type: 'start' }, failed, { type: 'elapsed' }, failed, { type: 'elapsed' }, failed] as MachineEvent[]) {
    ;({ state } = advance(state, event, 0.999999))
    if (state.name === 'waiting') waits.push(state.ms)
  }
  expect(waits).toEqual([1000, 2000, 4000])
  expect(run([{ type: 'elapsed' }, opened, failed], state).state).toEqual(waiting(4, 6000))
  expect(run([{ type: 'elapsed' }, opened, { type: 'lasted' }, failed], state).state).toEqual(waiting(1, 750))
})

test('a lost stream is closed and waited for, and not tried again at once: a restarted server is not stormed', () => {
  const { state, effects } = run([{ type: 'start' }, opened, failed])
  expect(state).toEqual(waiting(1, 750))
  expect(effects.at(-1)).toEqual(['close', 'wait'])
})

test('another host of the domain is tried at once, without counting as a failure; clients of a stopping host move to the others within a second', () => {
  const elsewhere: MachineEvent = { type: 'failed', problem: 'certificate', elsewhere: true }
  expect(advance({ name: 'connecting', tries: 2 }, elsewhere, 0.5)).toEqual({ state: { name: 'connecting', tries: 2 }, effects: ['close', 'attempt'] })
  expect(run([{ type: 'start' }, opened, { ...elsewhere, problem: 'server-error', shutdown: true }])).toMatchObject({ state: waiting(0, ELSEWHERE_MS / 2) })
})

test('clients of a restarting server return spread over seconds; those that then find it down wait as usual', () => {
  const shutdown: MachineEvent = { type: 'failed', problem: 'server-error', shutdown: true }
  const { state } = run([{ type: 'start' }, opened, { type: 'lasted' }])
  expect([0, 0.5, 0.99].map((random) => advance(state, shutdown, random).state)).toEqual([
    waiting(1, 0),
    waiting(1, SHUTDOWN_MS / 2),
    waiting(1, 0.99 * SHUTDOWN_MS)
  ])
  expect(advance({ name: 'connecting', tries: 1 }, shutdown, 0.5).state).toEqual(waiting(2, 1500))
})

test.each([
  'wrong-password',
  'certificate',
  'certificate-changed',
  'certificate-expired',
  'certificate-name',
  'no-sign-in',
  'weaker-sign-in',
  'password-in-plain',
  'offer-changed',
  'not-the-server'
] as const)('%s waits for the user', (problem) => {
  const { state, effects } = run([{ type: 'start' }, { type: 'failed', problem }])
  expect(state).toEqual(waiting(1, null))
  expect(effects.at(-1)).toEqual(['close'])
  for (const type of ['network', 'woke'] as const) expect(run([{ type }], state)).toEqual({ state, effects: [[]] })
  expect(run([{ type: 'retry' }], state)).toEqual({ state: { name: 'connecting', tries: 0 }, effects: [['stop-waiting', 'attempt']] })
})

test('a replaced stream is tried once more; if that is replaced, too, the user is asked', () => {
  const conflict: MachineEvent = { type: 'failed', problem: 'conflict' }
  const { state } = run([{ type: 'start' }, opened, conflict])
  expect(state).toEqual(waiting(1, 750))
  expect(run([{ type: 'elapsed' }, opened, conflict], state).state).toEqual(waiting(2, null))
  expect(run([{ type: 'elapsed' }, opened, { type: 'lasted' }, conflict], state).state).toEqual(waiting(1, 750))
})

test('a click, a network that is back and waking end the wait at once', () => {
  for (const type of ['retry', 'network', 'woke'] as const)
    expect(run([{ type }], waiting(5, 16_000))).toEqual({ state: { name: 'connecting', tries: 0 }, effects: [['stop-waiting', 'attempt']] })
})

test('an open stream is checked after waking and on another network', () => {
  for (const type of ['network', 'woke'] as const)
    expect(run([{ type }], { name: 'open', caughtUp: true, tries: 2 })).toEqual({ state: { name: 'open', caughtUp: true, tries: 2 }, effects: [['check']] })
})

test('stopping ends everything, from anywhere', () => {
  for (const state of [{ name: 'connecting', tries: 2 }, { name: 'open', caughtUp: true, tries: 0 }, waiting(3, 4000)] as MachineState[])
    expect(run([{ type: 'stop' }], state)).toEqual({ state: OFF, effects: [['stop-waiting', 'close']] })
  expect(run([{ type: 'stop' }])).toEqual({ state: OFF, effects: [[]] })
})

test('an event without meaning in a state changes nothing', () => {
  const meaningless: [MachineState, MachineEvent['type'][]][] = [
    [OFF, ['elapsed', 'retry', 'network', 'woke', 'failed', 'opened', 'lasted', 'catching-up']],
    [{ name: 'connecting', tries: 1 }, ['start', 'elapsed', 'retry', 'network', 'woke', 'lasted', 'catching-up']],
    [{ name: 'open', caughtUp: true, tries: 0 }, ['start', 'elapsed', 'retry', 'opened']],
    [waiting(2, 2000), ['start', 'opened', 'failed', 'lasted', 'catching-up']]
  ]
  for (const [state, types] of meaningless)
    for (const type of types)
      expect(run([{ type, problem: 'network', resumed: false, running: true } as MachineEvent], state), `${state.name} ${type}`).toEqual({
        state,
        effects: [[]]
      })
})
