/** Liveness of a stream: pings an idle one, and declares a silent one dead. */
import { isRefusal } from '../../net/problem.ts'
import { KeepAlive, type Learnt } from './keep-alive.ts'

export interface LivenessOptions {
  learnt: Learnt
  isOpen(): boolean
  /** Pings the server (XEP-0199); timeout in ms. Rejects without an answer; a refusal is an answer, too. */
  ping(ms: number): Promise<unknown>
  /** Called when the stream is silently dead. */
  onDied(): void
  /** Called with changed keep-alive times. */
  onLearnt(learnt: Learnt): void
}

export class Liveness {
  readonly #options: LivenessOptions
  readonly #keepAlive: KeepAlive
  #pinger: NodeJS.Timeout | null = null
  #owed: NodeJS.Timeout | null = null
  #lastHeard = 0
  /** Time of the stream's opening, performance.now(). */
  #opened = 0

  constructor(options: LivenessOptions) {
    this.#options = options
    this.#keepAlive = new KeepAlive(options.learnt, '')
  }

  /** Key of the stream's network (net/network.ts). */
  set network(key: string) {
    this.#keepAlive.network = key
  }

  /** Timeout of a sign-in step, ms. */
  get patience(): number {
    return this.#keepAlive.opening
  }

  /** Records a sign-in that took too long. */
  slow(): void {
    this.#keepAlive.slow()
  }

  /** Starts watching a new stream. */
  opened(): void {
    this.#opened = performance.now()
    this.heard()
  }

  /** Records incoming data. */
  heard(): void {
    this.#lastHeard = performance.now()
    this.#keepAlive.lived(this.#lastHeard - this.#opened)
    if (this.#owed !== null) clearTimeout(this.#owed)
    this.#owed = null
    if (this.#pinger !== null) clearTimeout(this.#pinger)
    this.#pinger = setTimeout(() => void this.check(), this.#keepAlive.interval)
  }

  /** Starts the acknowledgement timeout after a stanza was sent: without any data until then the stream is dead. */
  owed(): void {
    this.#owed ??= setTimeout(() => this.#died(), this.#keepAlive.owed)
  }

  /** Stops all timers at the end of a stream. */
  rest(): void {
    for (const timer of [this.#owed, this.#pinger]) if (timer !== null) clearTimeout(timer)
    this.#owed = null
    this.#pinger = null
  }

  /** Pings the server. */
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
