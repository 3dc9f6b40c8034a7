/**
 * Trusted time for expiry. This computer's clock and a server's may both be wrong: the earlier of the two counts; before any server has told its time, the
 * time known at the last run plus this run's uptime.
 */
export interface ClockSources {
  /** Wall clock of this computer, ms since 1970. */
  wall(): number
  /** Monotonic clock, ms; unaffected by clock changes. */
  steady(): number
}

export class TrustedClock {
  readonly #sources: ClockSources
  /** Lower bound of the time, and the monotonic time at which it was learnt. */
  #known: { time: number; at: number } | null = null
  /** Last time told by each server. */
  readonly #said = new Map<string, { time: number; at: number }>()

  constructor(sources: ClockSources = { wall: () => Date.now(), steady: () => performance.now() }) {
    this.#sources = sources
  }

  /** Starts from the time known before this run, ms. */
  begin(time: number): void {
    this.#reached(time)
  }

  /** Records a server's time, ms. */
  say(server: string, time: number): void {
    this.#said.set(server, { time, at: this.#sources.steady() })
    this.#reached(Math.min(time, this.#sources.wall()))
  }

  /** Records an archive's stamp, ms, as a lower bound of the time. */
  stamped(time: number): void {
    this.#reached(Math.min(time, this.#sources.wall()))
  }

  /** Time to be stored for the next start, ms; null: unknown. */
  get known(): number | null {
    return this.#known === null ? null : this.#on(this.#known)
  }

  /** Trusted time, ms; null: unknown, so nothing may be deleted. */
  get now(): number | null {
    const { known } = this
    return known === null ? null : Math.min(known, this.#sources.wall(), ...[...this.#said.values()].map((said) => this.#on(said)))
  }

  #on({ time, at }: { time: number; at: number }): number {
    return time + Math.max(0, this.#sources.steady() - at)
  }

  #reached(time: number): void {
    if (Number.isFinite(time) && time > (this.known ?? -Infinity)) this.#known = { time, at: this.#sources.steady() }
  }
}
