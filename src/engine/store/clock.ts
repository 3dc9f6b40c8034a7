/**
 * The time by which something may be destroyed. This computer's clock may be wrong, and so may a server's: the earlier of both
 * counts, and where no server has said anything yet, what was known when the app last ran and the time that it has run since.
 */
export interface ClockSources {
  /** ms since 1970, as this computer has it. */
  wall(): number
  /** ms that pass evenly, whatever the clock is set to. */
  steady(): number
}

export class TrustedClock {
  readonly #sources: ClockSources
  /** A time that was at least reached, and when that was. */
  #known: { time: number; at: number } | null = null
  /** What each server's clock says. */
  readonly #said = new Map<string, { time: number; at: number }>()

  constructor(sources: ClockSources = { wall: () => Date.now(), steady: () => performance.now() }) {
    this.#sources = sources
  }

  /** What was known before this run, ms. */
  begin(time: number): void {
    this.#reached(time)
  }

  /** A server's clock says so, ms. */
  say(server: string, time: number): void {
    this.#said.set(server, { time, at: this.#sources.steady() })
    this.#reached(Math.min(time, this.#sources.wall()))
  }

  /** An archive has stamped something so, ms: its clock says that or more. */
  stamped(time: number): void {
    this.#reached(Math.min(time, this.#sources.wall()))
  }

  /** To be known at the next start, ms; null: nothing is. */
  get known(): number | null {
    return this.#known === null ? null : this.#on(this.#known)
  }

  /** ms; null: nobody knows it, and nothing is to be destroyed. */
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
