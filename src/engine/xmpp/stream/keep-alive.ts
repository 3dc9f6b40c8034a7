/**
 * Longest idle time before a router or mobile network drops a connection, learnt for each network. The time grows while pings after idle times are answered;
 * a silent death halves it. Pure.
 */
import { z } from 'zod'

export const SHORTEST_MS = 20_000
export const LONGEST_MS = 900_000
const FIRST_MS = 60_000
const GROWTH = 1.25
/** First timeout of a ping's answer, ms. */
const ANSWER_MS = 20_000
/** First timeout of an acknowledgement (XEP-0198), ms. */
const OWED_MS = 15_000
/** First timeout of a sign-in step, ms. */
const OPENING_MS = 30_000
/** Largest factor of the timeouts for a slow server. */
const MOST_SLACK = 4
/** Lifetime of a stream that shows that the server is quick enough, ms. */
const CALM_MS = 300_000
/** Number of networks that are remembered. */
const MOST_NETWORKS = 50

/** Longest idle time known to survive, ms, by network. */
export const Learnt = z.record(z.string(), z.number())
export type Learnt = z.infer<typeof Learnt>

export class KeepAlive {
  #learnt: Learnt
  #network: string
  /**
   * Factor of the first timeouts: doubles for each abandoned stream, until one has lived for a while. A server under load answers late; abandoning each
   * stream too early adds to its load and leads nowhere. A quick answer proves little: the long ones are late.
   */
  #slack = 1

  constructor(learnt: Learnt, network: string) {
    this.#learnt = { ...learnt }
    this.#network = network
  }

  get learnt(): Learnt {
    return this.#learnt
  }

  set network(network: string) {
    this.#network = network
    this.#slack = 1
  }

  /** Idle time after which the server is pinged, ms. */
  get interval(): number {
    const known = this.#learnt[this.#network] ?? FIRST_MS
    return Number.isFinite(known) ? Math.min(LONGEST_MS, Math.max(SHORTEST_MS, known)) : FIRST_MS
  }

  /** Timeout of a ping's answer, ms: a half-open stream is noticed within two intervals if the server was quick before. */
  get answer(): number {
    return Math.min(ANSWER_MS, this.interval) * this.#slack
  }

  /** Timeout of an acknowledgement, ms. */
  get owed(): number {
    return OWED_MS * this.#slack
  }

  /** Timeout of a sign-in step, ms. */
  get opening(): number {
    return OPENING_MS * this.#slack
  }

  /** Records a stream's lifetime, ms: after a long one the server counts as quick again. */
  lived(ms: number): void {
    if (ms >= CALM_MS) this.#slack = 1
  }

  /** Records an abandoned sign-in without any answer. */
  slow(): void {
    this.#slack = Math.min(MOST_SLACK, this.#slack * 2)
  }

  /** Records a ping answered after `quiet` ms of silence. */
  survived(quiet: number): void {
    if (quiet >= this.interval) this.#learn(this.interval * GROWTH)
  }

  /** Records a stream that died silently. */
  died(): void {
    this.slow()
    this.#learn(this.interval / 2)
  }

  #learn(ms: number): void {
    const rest = Object.entries(this.#learnt).filter(([network]) => network !== this.#network)
    this.#learnt = Object.fromEntries([...rest.slice(1 - MOST_NETWORKS), [this.#network, Math.round(Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms)))]])
  }
}
