/**
 * The life of a connection as states, events and what is to be done; a picture of it is in ARCHITECTURE.md. Pure.
 *
 * A stream that was lost is tried again after a wait that doubles with each failure, until one has lasted, and is jittered, so that the clients
 * of a server that restarts do not come all at once. What only the user can mend waits for the user.
 */
import type { ConnectionProblem } from '../../../contract/domain.ts'
import { backoff } from '../../net/backoff.ts'

export type MachineState =
  | { name: 'off' }
  /** A socket is being opened or a stream negotiated: resumed where the server still has it, new otherwise. */
  | { name: 'connecting'; tries: number }
  /** `tries`: what came before it; a stream that lasts takes that back. */
  | { name: 'open'; caughtUp: boolean; tries: number }
  /** `ms` until the next try; null: the user has to do something. */
  | { name: 'waiting'; tries: number; ms: number | null }

export type MachineEvent =
  | { type: 'start' }
  | { type: 'stop' }
  | { type: 'opened'; resumed: boolean }
  /** It has been open for LASTED_MS. */
  | { type: 'lasted' }
  /** The archive is being read, or was. */
  | { type: 'catching-up'; running: boolean }
  /** It could not be opened, or was lost. `shutdown`: its server is being stopped or restarted, for all of its clients at once. `elsewhere`: another host of the domain was not tried yet. */
  | { type: 'failed'; problem: ConnectionProblem; shutdown?: boolean; elsewhere?: boolean }
  /** The wait is over. */
  | { type: 'elapsed' }
  /** The user asks for it. */
  | { type: 'retry' }
  /** This computer has another way into the network. */
  | { type: 'network' }
  /** It was asleep. */
  | { type: 'woke' }

export type MachineEffect = 'attempt' | 'wait' | 'stop-waiting' | 'close' | 'check'

/** Only the user can mend these. */
const FATAL: ReadonlySet<ConnectionProblem> = new Set([
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
])

/** A stream that was open for so long was no failure, ms: the next wait is the first again. */
export const LASTED_MS = 10_000

/** Clients of one host that goes away come to the others spread over so long, ms. */
export const ELSEWHERE_MS = 1000

/** Clients that a server sends away all at once come back spread over so long, ms (RFC 6120 section 3.3); docs/scale.md has the rate of it. */
export const SHUTDOWN_MS = 5000

export const OFF: MachineState = { name: 'off' }
const connecting = (tries: number): MachineState => ({ name: 'connecting', tries })

/** What an event makes of a state, and what is to be done; an event that means nothing there changes nothing. `random` in [0, 1). */
export function advance(state: MachineState, event: MachineEvent, random: number): { state: MachineState; effects: MachineEffect[] } {
  const same = { state, effects: [] }
  if (event.type === 'stop') return { state: OFF, effects: state.name === 'off' ? [] : ['stop-waiting', 'close'] }
  switch (state.name) {
    case 'off':
      return event.type === 'start' ? { state: connecting(0), effects: ['attempt'] } : same
    case 'connecting':
      if (event.type === 'opened') return { state: { name: 'open', caughtUp: event.resumed, tries: state.tries }, effects: [] }
      if (event.type !== 'failed') return same
      return event.elsewhere === true ? { state: connecting(state.tries), effects: ['close', 'attempt'] } : fail(state.tries + 1, event, random)
    case 'open':
      switch (event.type) {
        case 'catching-up':
          return { state: { ...state, caughtUp: !event.running }, effects: [] }
        case 'lasted':
          return { state: { ...state, tries: 0 }, effects: [] }
        case 'failed':
          return event.elsewhere === true
            ? { state: { name: 'waiting', tries: state.tries, ms: Math.round(ELSEWHERE_MS * random) }, effects: ['close', 'wait'] }
            : fail(state.tries + 1, event, random)
        // the old way may be dead without anybody having said so
        case 'network':
        case 'woke':
          return { state, effects: ['check'] }
        default:
          return same
      }
    case 'waiting':
      switch (event.type) {
        case 'elapsed':
          return { state: connecting(state.tries), effects: ['attempt'] }
        case 'retry':
          return { state: connecting(0), effects: ['stop-waiting', 'attempt'] }
        case 'network':
        case 'woke':
          return state.ms === null ? same : { state: connecting(0), effects: ['stop-waiting', 'attempt'] }
        default:
          return same
      }
  }
}

function fail(
  tries: number,
  { problem, shutdown = false }: Extract<MachineEvent, { type: 'failed' }>,
  random: number
): { state: MachineState; effects: MachineEffect[] } {
  // ejabberd also says 'conflict' to an account that was deleted: signing in once more tells. Two that end each other's streams leave it at that
  const onlyTheUser = FATAL.has(problem) || (problem === 'conflict' && tries > 1)
  return onlyTheUser
    ? { state: { name: 'waiting', tries, ms: null }, effects: ['close'] }
    : { state: { name: 'waiting', tries, ms: shutdown && tries === 1 ? Math.round(SHUTDOWN_MS * random) : backoff(tries, random) }, effects: ['close', 'wait'] }
}
