/** Whether a stream is alive: pings a quiet one, and calls one dead in which nothing comes back. */
import { isRefusal } from '../../net/problem.ts'
import { KeepAlive, type Learnt } from './keep-alive.ts'

export interface LivenessOptions {
  learnt: Learnt
  isOpen(): boolean
  /** Asks the server for an answer within that time, ms (XEP-0199). Rejects where none comes; a refusal is an answer, too. */
  ping(ms: number): Promise<unknown>
  /** Nothing comes any more, and nobody has said so. */
  onDied(): void
  /** How long the paths may be quiet, anew. */
  onLearnt(learnt: Learnt): void
}

export class Liveness {
  readonly #options: LivenessOptions
  readonly #keepAlive: KeepAlive
  #pinger: NodeJS.Timeout | null = null
  #owed: NodeJS.Timeout | null = null
  #lastHeard = 0
  /** When the stream was opened, performance.now(). */
  #opened = 0

  constructor(options: LivenessOptions) {
    this.#options = options
    this.#keepAlive = new KeepAlive(options.learnt, '')
  }

  /** The network that the stream goes through, by its key (net/network.ts). */
  set network(key: string) {
    this.#keepAlive.network = key
  }

  /** So long the steps of a sign-in may take, ms. */
  get patience(): number {
    return this.#keepAlive.opening
  }

  /** A sign-in took longer. */
  slow(): void {
    this.#keepAlive.slow()
  }

  /** A stream begins. */
  opened(): void {
    this.#opened = performance.now()
    this.heard()
  }

  /** A sign of the server. */
  heard(): void {
    this.#lastHeard = performance.now()
    this.#keepAlive.lived(this.#lastHeard - this.#opened)
    if (this.#owed !== null) clearTimeout(this.#owed)
    this.#owed = null
    if (this.#pinger !== null) clearTimeout(this.#pinger)
    this.#pinger = setTimeout(() => void this.check(), this.#keepAlive.interval)
  }

  /** A stanza has left that the server acknowledges: where it says nothing at all, the stream is dead. */
  owed(): void {
    this.#owed ??= setTimeout(() => this.#died(), this.#keepAlive.owed)
  }

  /** The stream is gone: nothing is waited for. */
  rest(): void {
    for (const timer of [this.#owed, this.#pinger]) if (timer !== null) clearTimeout(timer)
    this.#owed = null
    this.#pinger = null
  }

  /** Asks whether the server is there. */
  async check(): Promise<void> {
    if (!this.#options.isOpen()) return
    const quiet = performance.now() - this.#lastHeard
    try {
      await this.#options.ping(this.#keepAlive.answer)
    } catch (error) {
      if (!isRefusal(error)) return this.#died()
    }
    const before = this.#keepAlive.interval
    this.#keepAlive.survived(quiet)
    if (this.#keepAlive.interval !== before) this.#options.onLearnt(this.#keepAlive.learnt)
  }

  #died(): void {
    if (!this.#options.isOpen()) return
    this.#keepAlive.died()
    this.#options.onLearnt(this.#keepAlive.learnt)
    this.#options.onDied()
  }
}
