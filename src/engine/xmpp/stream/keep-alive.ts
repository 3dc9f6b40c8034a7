/**
 * How long a path may be quiet before somebody on it forgets us (a router, a mobile network): learnt, for each network.
 * While pings after a quiet time are answered the time grows; a silent death halves it. Pure.
 */
import { z } from 'zod'

export const SHORTEST_MS = 20_000
export const LONGEST_MS = 900_000
const FIRST_MS = 60_000
const GROWTH = 1.25
/** An answer that takes longer does not come. */
const ANSWER_MS = 20_000
/** Networks that are remembered. */
const MOST_NETWORKS = 50

/** By network: the longest quiet time that it is known to survive, ms. */
export const Learnt = z.record(z.string(), z.number())
export type Learnt = z.infer<typeof Learnt>

export class KeepAlive {
  #learnt: Learnt
  #network: string

  constructor(learnt: Learnt, network: string) {
    this.#learnt = { ...learnt }
    this.#network = network
  }

  get learnt(): Learnt {
    return this.#learnt
  }

  set network(network: string) {
    this.#network = network
  }

  /** After so long without a sign of the server it is asked for one, ms. */
  get interval(): number {
    const known = this.#learnt[this.#network] ?? FIRST_MS
    return Number.isFinite(known) ? Math.min(LONGEST_MS, Math.max(SHORTEST_MS, known)) : FIRST_MS
  }

  /** So long an answer may take: a half-open stream is noticed within two intervals. */
  get answer(): number {
    return Math.min(ANSWER_MS, this.interval)
  }

  /** A ping was answered after `quiet` ms without any sign. */
  survived(quiet: number): void {
    if (quiet >= this.interval) this.#learn(this.interval * GROWTH)
  }

  /** The stream had died without a word. */
  died(): void {
    this.#learn(this.interval / 2)
  }

  #learn(ms: number): void {
    const rest = Object.entries(this.#learnt).filter(([network]) => network !== this.#network)
    this.#learnt = Object.fromEntries([...rest.slice(1 - MOST_NETWORKS), [this.#network, Math.round(Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms)))]])
  }
}
