/**
 * Store thread with its pending calls. A thread that ended is started again: pending calls continue, and the interrupted one is repeated once if that is
 * harmless. If the thread cannot be started, every call fails and the failure is reported. A thread that does not answer for too long counts as hung: it is
 * ended, and so started again.
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { RunningThread } from './running.ts'
import type { WorkerReply } from './serve.ts'

/** Error of a failed statement; `code` is SQLite's, e.g. SQLITE_FULL (https://sqlite.org/rescode.html), or THREAD, CLOSED, CANCELLED. */
export class StoreError extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.name = 'StoreError'
    this.code = code
  }
}

/** Kind of a disk or store problem, for the windows; by SQLite's code, or the system's. */
export function diskReason(error: unknown): 'full' | 'damaged' | 'disk' | 'thread' | 'other' {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return 'full'
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return 'damaged'
  if (code === 'THREAD' || code === 'CLOSED') return 'thread'
  return /^(SQLITE_(IOERR|READONLY|CANTOPEN)|EACCES|EPERM|EROFS|EIO|ENOENT|ENOTDIR|EISDIR|EBUSY)/.test(code) ? 'disk' : 'other'
}

/** True for damage of the store, also when found by another task that reads it. */
export const isDamage = (error: unknown): boolean =>
  diskReason(error) === 'damaged' || (error instanceof Error && 'reason' in error && error.reason === 'damaged')

interface Waiting {
  operation: string
  args: unknown[]
  signal: AbortSignal | undefined
  /** A thread has ended during this call. */
  ended: boolean
  resolve(value: unknown): void
  reject(error: Error): void
}

export interface ThreadOptions {
  role: string
  /** Starts a thread that answers. Rejects with StoreOpenError, or the error that ended it. */
  make(): Promise<RunningThread>
  /** Duration after which a call counts as hung, s. Counted while this process runs: the computer's sleep ends no thread. */
  patience(operation: string): number
  /** True if an operation may be repeated when its outcome is unknown. */
  mayRepeat(operation: string): boolean
  onSlow(operation: string, ms: number): void
  onDamage(): void
  /** Called with a log message. */
  onEnded(message: string): void
  /** Called when the thread cannot be started again (an error), or could be after all (null). */
  onBroken(error: Error | null): void
}

/** Number of ends within WITHIN_MS after which a thread is not restarted automatically. */
const MOST_ENDS = 3
const WITHIN_MS = 60_000
/** Delays between start attempts, ms: the ended thread may lock the file for a moment. */
const TRIES_MS = [0, 200, 1000, 3000]
const TICK_MS = 1000
/** Ticks to wait for a requested end; after that the thread is blocked in the operating system. */
const END_TICKS = 10

export class Thread {
  readonly #options: ThreadOptions
  #worker: RunningThread
  readonly #queue: Waiting[] = []
  #current: Waiting | null = null
  #serial = 0
  #state: 'running' | 'starting' | 'broken' | 'closed' = 'running'
  #reason = ''
  #ends: number[] = []
  #exited: Promise<void> = Promise.resolve()
  /** The failure was reported, and its reason. */
  #told = false
  #why = ''
  /** Timer while a call is pending; ticks since it was sent. */
  #watch: NodeJS.Timeout | null = null
  #ticks = 0

  private constructor(options: ThreadOptions, worker: RunningThread) {
    this.#options = options
    this.#worker = worker
    this.#attach(worker)
  }

  static async start(options: ThreadOptions): Promise<Thread> {
    return new Thread(options, await options.make())
  }

  get load(): number {
    return this.#queue.length + (this.#current === null ? 0 : 1)
  }

  get isBroken(): boolean {
    return this.#state === 'broken'
  }

  call(operation: string, args: unknown[], signal?: AbortSignal): Promise<unknown> {
    if (this.#state === 'closed') return Promise.reject(new StoreError('CLOSED', 'the store is closed'))
    if (this.#state === 'broken') return Promise.reject(this.#broken())
    return new Promise((resolve, reject) => {
      this.#queue.push({ operation, args, signal, ended: false, resolve, reject })
      this.#next()
    })
  }

  /** Port for another thread's calls, which queue with ours. It closes when this thread ends. */
  connect(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    if (this.#state === 'running') this.#worker.postMessage(port1, [port1])
    else port1.close()
    return port2
  }

  async close(): Promise<void> {
    while (this.load > 0 || this.#state === 'starting') await new Promise((resolve) => setTimeout(resolve, 5))
    if (this.#state === 'running') this.#worker.postMessage('close')
    this.#state = 'closed'
    await this.#exited
  }

  /** Tries again to start a broken thread; returns whether it runs. */
  async mend(): Promise<boolean> {
    if (this.#state === 'broken') {
      await Promise.race([this.#worker.terminate(), new Promise((resolve) => setTimeout(resolve, END_TICKS * TICK_MS))])
      this.#ends = []
      await this.#start([0])
    }
    return this.#state === 'running'
  }

  #attach(worker: RunningThread): void {
    this.#worker = worker
    this.#state = 'running'
    worker.on('message', (reply: WorkerReply) => this.#settle(reply))
    // its exit event follows
    worker.on('error', (error) => (this.#reason = error instanceof Error ? error.message : String(error)))
    this.#exited = new Promise((resolve) =>
      worker.once('exit', (code) => {
        resolve()
        if (this.#state === 'running') this.#onEnded(this.#reason === '' ? `code ${code}` : this.#reason)
      })
    )
  }

  /** Counts the time of the current call; ends a hung thread. */
  #tick(): void {
    const { patience, role } = this.#options
    const call = this.#current
    if (call === null || this.#state !== 'running') return this.#unwatch()
    const beyond = ++this.#ticks - patience(call.operation)
    if (beyond === 0) {
      this.#reason = `no answer for ${this.#ticks} s`
      void this.#worker.terminate()
    } else if (beyond === END_TICKS) {
      // blocked outside of JavaScript, where it cannot be ended: a new thread could not open the file either
      this.#unwatch()
      this.#current = null
      call.reject(new StoreError('THREAD', `${call.operation}: the store's ${role} thread hangs`))
      this.#options.onEnded(`the ${role} thread hangs at ${call.operation} and does not end`)
      this.#giveUp(new Error('it hung'))
    }
  }

  #unwatch(): void {
    if (this.#watch !== null) clearInterval(this.#watch)
    this.#watch = null
  }

  #onEnded(reason: string): void {
    this.#unwatch()
    const { role, mayRepeat, onEnded } = this.#options
    this.#reason = ''
    const current = this.#current
    this.#current = null
    onEnded(`the ${role} thread ended${current === null ? '' : ` at ${current.operation}`}: ${reason}`)
    if (current !== null) {
      if (!current.ended && mayRepeat(current.operation)) this.#queue.unshift({ ...current, ended: true })
      else current.reject(new StoreError('THREAD', `${current.operation}: the store's ${role} thread ended (${reason}); nobody knows whether it was done`))
    }
    const now = performance.now()
    this.#ends = [...this.#ends.filter((at) => at > now - WITHIN_MS), now]
    if (this.#ends.length > MOST_ENDS) this.#giveUp(new Error(`it ended ${this.#ends.length} times: ${reason}`))
    else void this.#start()
  }

  async #start(tries: readonly number[] = TRIES_MS): Promise<void> {
    this.#state = 'starting'
    let failure: unknown
    for (const ms of tries) {
      await new Promise((resolve) => setTimeout(resolve, ms))
      try {
        const wasTold = this.#told
        this.#attach(await this.#options.make())
        this.#told = false
        if (wasTold) this.#options.onBroken(null)
        this.#next()
        return
      } catch (error) {
        failure = error
      }
    }
    this.#giveUp(failure instanceof Error ? failure : new Error(String(failure)))
  }

  #giveUp(error: Error): void {
    this.#state = 'broken'
    this.#told = true
    this.#why = error.message
    for (const call of this.#queue.splice(0)) call.reject(this.#broken())
    this.#options.onBroken(error)
  }

  #broken = (): StoreError => new StoreError('THREAD', `the store's ${this.#options.role} thread does not start: ${this.#why}`)

  #next(): void {
    if (this.#current !== null || this.#state !== 'running') return
    for (let call = this.#queue.shift(); call !== undefined; call = this.#queue.shift()) {
      if (call.signal?.aborted === true) {
        call.reject(new StoreError('CANCELLED', 'cancelled'))
        continue
      }
      this.#current = call
      this.#ticks = 0
      this.#watch ??= setInterval(() => this.#tick(), TICK_MS).unref()
      this.#worker.postMessage({ id: ++this.#serial, operation: call.operation, args: call.args })
      return
    }
  }

  #settle(reply: WorkerReply): void {
    const call = this.#current
    if (call === null || (reply.kind !== 'result' && reply.kind !== 'error')) return
    this.#current = null
    if (this.#queue.length === 0) this.#unwatch()
    if (reply.kind === 'result') {
      this.#options.onSlow(call.operation, reply.ms)
      if (call.signal?.aborted === true) call.reject(new StoreError('CANCELLED', 'cancelled'))
      else call.resolve(reply.value)
    } else {
      if (reply.code.startsWith('SQLITE_CORRUPT') && call.operation !== 'checkIndex') this.#options.onDamage()
      call.reject(new StoreError(reply.code, `${call.operation}: ${reply.message}`))
    }
    this.#next()
  }
}
