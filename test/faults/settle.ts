/** Waits until everything is written, sent and read, however busy the machine is; gives up only when progress stops. */
import type { Report } from './client.ts'
import type { Person } from './person.ts'

export type State = Extract<Report, { event: 'state' }>

/** Time without progress that counts as stuck, ms. It exceeds the longest wait of a client (a minute between two attempts). */
const STUCK_MS = 5 * 60_000
const LOG_MS = 60_000

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export const states = async (people: Person[]): Promise<State[]> => (await Promise.all(people.map((device) => device.ask({ do: 'state' })))) as State[]

/** Progress by distinct states, of each thing: their number is finite, so that repeating states is no progress. */
export class Progress {
  readonly #seen = new Set<string>()
  #last = performance.now()

  note(facts: Record<string, unknown>): void {
    for (const [name, fact] of Object.entries(facts)) {
      const text = `${name} ${JSON.stringify(fact)}`
      if (this.#seen.has(text)) continue
      this.#seen.add(text)
      this.#last = performance.now()
    }
  }

  /** Time since the last new state, ms. */
  get still(): number {
    return performance.now() - this.#last
  }

  get isStuck(): boolean {
    return this.still > STUCK_MS
  }
}

export interface Settling {
  people: Person[]
  /** Messages that each of two people writes to each place. */
  counts: number[]
  /** Places that lose messages with a restarted server: they count as settled when there has been no progress for a while. */
  forgetful?: readonly number[]
  log(text: string): void
}

/** Time without progress after which a forgetful place counts as settled, ms. */
const FORGOTTEN_MS = 15_000

/** Returns false if it gave up. */
export async function settle({ people, counts, forgetful = [], log }: Settling): Promise<boolean> {
  const progress = new Progress()
  let logged = performance.now()
  for (;;) {
    const all = await states(people)
    for (const [i, { counts: has, taken, queued, changes, errands, positions, unplaced }] of all.entries()) {
      const name = people[i]?.device ?? ''
      progress.note({ [`${name} counts`]: has, [`${name} taken`]: taken, [`${name} queued`]: queued, [`${name} wishes`]: [changes, errands, unplaced] })
      for (const [jid, position] of Object.entries(positions)) progress.note({ [`${name} ${jid}`]: position })
    }
    const isDone = all.every(
      ({ online, queued, unplaced, changes, errands, counts: has }, i) =>
        online &&
        queued + changes + errands === 0 &&
        !unplaced &&
        counts.every(
          (count, place) =>
            (forgetful.includes(place) && progress.still > FORGOTTEN_MS) || (has[place] ?? 0) >= count * 2 - (place === 0 ? (people[i]?.removed.size ?? 0) : 0)
        )
    )
    if (isDone) return true
    if (progress.isStuck || performance.now() - logged > LOG_MS) {
      logged = performance.now()
      for (const [i, { status, queued, unplaced, changes, errands, counts: has, positions }] of all.entries())
        log(
          `settling, still for ${(progress.still / 1000).toFixed(0)} s: ${people[i]?.device ?? ''} ${status}, has ${has.join('+')}, ${queued} to be sent, ${changes} changes, ${errands} errands${unplaced ? ', some without a place' : ''}${Object.keys(
            positions
          )
            .filter((name) => name.endsWith(' hole'))
            .map((name) => `, ${name}`)
            .join('')}`
        )
    }
    if (progress.isStuck) return false
    await wait(500)
  }
}
