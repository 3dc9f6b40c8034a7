/**
 * How long a path may be quiet before somebody on it forgets us (a router, a mobile network): learnt, for each network.
 * While pings after a quiet time are answered the time grows; a silent death halves it. Pure.
 */
import { z } from 'zod'

export const SHORTEST_MS = 20_000
export const LONGEST_MS = 900_000
const FIRST_MS = 60_000
const GROWTH = 1.25
/** An answer that takes longer does not come, at first. */
const ANSWER_MS = 20_000
/** A server that has taken a stanza says so within this time (XEP-0198), at first. */
const OWED_MS = 15_000
/** A step of a sign-in takes no longer, at first. */
const OPENING_MS = 30_000
/** So much longer a server is waited for that is slow. */
const MOST_SLACK = 4
/** A stream that was there for so long shows that the server is quick enough, ms. */
const CALM_MS = 300_000
/** Networks that are remembered. */
const MOST_NETWORKS = 50

/** By network: the longest quiet time that it is known to survive, ms. */
export const Learnt = z.record(z.string(), z.number())
export type Learnt = z.infer<typeof Learnt>

export class KeepAlive {
  #learnt: Learnt
  #network: string
  /**
   * Times what is waited for at first: twice for each stream that was given up, until one has lived for a while. A server under load answers late; who gives up
   * each stream before that gives it more to do, and gets nowhere. A quick answer says little: it is the long ones that are late.
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

  /** After so long without a sign of the server it is asked for one, ms. */
  get interval(): number {
    const known = this.#learnt[this.#network] ?? FIRST_MS
    return Number.isFinite(known) ? Math.min(LONGEST_MS, Math.max(SHORTEST_MS, known)) : FIRST_MS
  }

  /** So long an answer may take, ms: a half-open stream is noticed within two intervals where the server was quick before. */
  get answer(): number {
    return Math.min(ANSWER_MS, this.interval) * this.#slack
  }

  /** So long the server may take to say that it has taken a stanza, ms. */
  get owed(): number {
    return OWED_MS * this.#slack
  }

  /** So long the steps of a sign-in may take, ms. */
  get opening(): number {
    return OPENING_MS * this.#slack
  }

  /** The stream is there since so many ms: the server is quick again. */
  lived(ms: number): void {
    if (ms >= CALM_MS) this.#slack = 1
  }

  /** A sign-in was given up because nothing came. */
  slow(): void {
    this.#slack = Math.min(MOST_SLACK, this.#slack * 2)
  }

  /** A ping was answered after `quiet` ms without any sign. */
  survived(quiet: number): void {
    if (quiet >= this.interval) this.#learn(this.interval * GROWTH)
  }

  /** The stream had died without a word. */
  died(): void {
    this.slow()
    this.#learn(this.interval / 2)
  }

  #learn(ms: number): void {
    const rest = Object.entries(this.#learnt).filter(([network]) => network !== this.#network)
    this.#learnt = Object.fromEntries([...rest.slice(1 - MOST_NETWORKS), [this.#network, Math.round(Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms)))]])
  }
}
