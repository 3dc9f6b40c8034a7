/**
 * State machine of a connection: states, events and effects; a diagram is in ARCHITECTURE.md. Pure. A lost stream is retried after a delay that doubles with
 * each failure, until one has lasted, and is jittered, so that the clients of a restarting server do not return all at once. Problems that only the user can
 * solve wait for the user.
 */
import type { ConnectionProblem } from '../../../contract/domain.ts'
import { backoff } from '../../net/backoff.ts'

export type MachineState =
  | { name: 'off' }
  /** Opens a socket and negotiates a stream: resumed if the server still has it, new otherwise. */
  | { name: 'connecting'; tries: number }
  /** `tries`: failures before it; a lasting stream resets them. */
  | { name: 'open'; caughtUp: boolean; tries: number }
  /** `ms` until the next try; null: the user has to act. */
  | { name: 'waiting'; tries: number; ms: number | null }

export type MachineEvent =
  | { type: 'start' }
  | { type: 'stop' }
  | { type: 'opened'; resumed: boolean }
  /** The stream has been open for LASTED_MS. */
  | { type: 'lasted' }
  /** Reading the archive has started or ended. */
  | { type: 'catching-up'; running: boolean }
  /**
   * Opening failed, or the stream was lost. `shutdown`: the server is being stopped or restarted, for all of its clients at once. `elsewhere`: another host
   * of the domain was not tried yet.
   */
  | { type: 'failed'; problem: ConnectionProblem; shutdown?: boolean; elsewhere?: boolean }
  /** The wait is over. */
  | { type: 'elapsed' }
  /** The user asks for another try. */
  | { type: 'retry' }
  /** This computer's network has changed. */
  | { type: 'network' }
  /** This computer woke up. */
  | { type: 'woke' }

export type MachineEffect = 'attempt' | 'wait' | 'stop-waiting' | 'close' | 'check'

/** Problems that only the user can solve. */
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

/** Lifetime after which a stream counts as no failure, ms: the next delay is the shortest again. */
export const LASTED_MS = 10_000

/** Period over which clients of a failed host spread to other hosts, ms. */
export const ELSEWHERE_MS = 1000

/** Period over which clients return that a server dismissed at once, ms (RFC 6120 section 3.3); docs/scale.md has the resulting rate. */
export const SHUTDOWN_MS = 5000

export const OFF: MachineState = { name: 'off' }
const connecting = (tries: number): MachineState => ({ name: 'connecting', tries })

/** Next state and effects of an event; an event that has no meaning in the state changes nothing. `random` in [0, 1). */
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
        // the old path may be silently dead
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
  // ejabberd also sends 'conflict' to deleted accounts: another sign-in shows which it is. Two clients that end each other's streams stop there
  const onlyTheUser = FATAL.has(problem) || (problem === 'conflict' && tries > 1)
  return onlyTheUser
    ? { state: { name: 'waiting', tries, ms: null }, effects: ['close'] }
    : { state: { name: 'waiting', tries, ms: shutdown && tries === 1 ? Math.round(SHUTDOWN_MS * random) : backoff(tries, random) }, effects: ['close', 'wait'] }
}
