/** The message store as the rest of the engine sees it: one writer thread, readers beside it. */
import { Worker } from 'node:worker_threads'
import { StoreOpenError, type StoreFiles } from './database.ts'
import type { Reads } from './reader.ts'
import type { WorkerReply, WorkerStart } from './worker.ts'
import type { Writes } from './writer.ts'

/** The functions of a thread, each answering with a promise. */
type Remote<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : never
}

/** A statement that failed; `code` is SQLite's, e.g. SQLITE_FULL (https://sqlite.org/rescode.html). */
export class StoreError extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.name = 'StoreError'
    this.code = code
  }
}

interface Waiting {
  operation: string
  args: unknown[]
  signal: AbortSignal | undefined
  resolve(value: unknown): void
  reject(error: Error): void
}

/** One thread and the calls that wait for it; one at a time is with the thread, so a waiting call can still be cancelled. */
class Thread {
  readonly #worker: Worker
  readonly #queue: Waiting[] = []
  #current: Waiting | null = null
  #serial = 0
  #closed = false
  readonly #onSlow: SlowReport
  readonly #exited: Promise<void>

  constructor(worker: Worker, onSlow: SlowReport) {
    this.#worker = worker
    this.#onSlow = onSlow
    worker.on('message', (reply: WorkerReply) => this.#settle(reply))
    worker.on('error', (error) => this.#fail(error instanceof Error ? error : new Error(String(error))))
    this.#exited = new Promise((resolve) =>
      worker.on('exit', (code) => {
        this.#fail(new StoreError('THREAD', `a store thread ended with code ${code}`))
        resolve()
      })
    )
  }

  static async start(url: URL, start: WorkerStart, onSlow: SlowReport): Promise<Thread> {
    const worker = new Worker(url, { workerData: start, name: `store-${start.role}` })
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject)
      worker.once('message', (reply: WorkerReply) => {
        worker.removeListener('error', reject)
        if (reply.kind === 'refused') reject(new StoreOpenError(reply.code, reply.message))
        else resolve()
      })
    })
    return new Thread(worker, onSlow)
  }

  get load(): number {
    return this.#queue.length + (this.#current === null ? 0 : 1)
  }

  call(operation: string, args: unknown[], signal?: AbortSignal): Promise<unknown> {
    if (this.#closed) return Promise.reject(new StoreError('CLOSED', 'the store is closed'))
    return new Promise((resolve, reject) => {
      this.#queue.push({ operation, args, signal, resolve, reject })
      this.#next()
    })
  }

  async close(): Promise<void> {
    while (this.load > 0) await new Promise((resolve) => setTimeout(resolve, 5))
    if (!this.#closed) this.#worker.postMessage('close')
    this.#closed = true
    await this.#exited
  }

  #next(): void {
    if (this.#current !== null) return
    for (let call = this.#queue.shift(); call !== undefined; call = this.#queue.shift()) {
      if (call.signal?.aborted === true) {
        call.reject(new StoreError('CANCELLED', 'cancelled'))
        continue
      }
      this.#current = call
      this.#worker.postMessage({ id: ++this.#serial, operation: call.operation, args: call.args })
      return
    }
  }

  #settle(reply: WorkerReply): void {
    const call = this.#current
    if (call === null || (reply.kind !== 'result' && reply.kind !== 'error')) return
    this.#current = null
    if (reply.kind === 'result') {
      this.#onSlow(call.operation, reply.ms)
      if (call.signal?.aborted === true) call.reject(new StoreError('CANCELLED', 'cancelled'))
      else call.resolve(reply.value)
    } else {
      call.reject(new StoreError(reply.code, `${call.operation}: ${reply.message}`))
    }
    this.#next()
  }

  #fail(error: Error): void {
    this.#closed = true
    const calls = this.#current === null ? this.#queue.splice(0) : [this.#current, ...this.#queue.splice(0)]
    this.#current = null
    for (const call of calls) call.reject(error)
  }
}

/** Told of every statement's time in ms, by name, so that slow ones can be logged. */
export type SlowReport = (operation: string, ms: number) => void

export interface StoreOptions extends StoreFiles {
  /** worker.ts, or what it was built to. */
  worker: URL
  /** Reader threads; two let a search and a page load run at once. */
  readers?: number
  onTime?: SlowReport
}

export class Store {
  readonly write: Remote<Writes>
  readonly read: Remote<Reads>
  readonly #writer: Thread
  readonly #readers: Thread[]

  private constructor(writer: Thread, readers: Thread[]) {
    this.#writer = writer
    this.#readers = readers
    this.write = remote<Writes>((operation, args) => writer.call(operation, args))
    this.read = remote<Reads>((operation, args) => this.#idle().call(operation, args))
  }

  /** Opens, creates or migrates the store. Throws StoreOpenError. */
  static async open(options: StoreOptions): Promise<Store> {
    const { worker, readers = 2, onTime = () => undefined, ...files } = options
    const writer = await Thread.start(worker, { role: 'writer', files }, onTime)
    const threads = await Promise.all(Array.from({ length: readers }, () => Thread.start(worker, { role: 'reader', files }, onTime)))
    return new Store(writer, threads)
  }

  /** A search that can be given up: a cancelled one never starts, or its answer is dropped; rejects with code CANCELLED. */
  search(query: Parameters<Reads['search']>[0], signal?: AbortSignal): Promise<ReturnType<Reads['search']>> {
    return this.#idle().call('search', [query], signal) as Promise<ReturnType<Reads['search']>>
  }

  /** Ends the threads after what they have been given. */
  async close(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.close()))
    await this.#writer.close()
  }

  #idle(): Thread {
    return this.#readers.reduce((a, b) => (b.load < a.load ? b : a))
  }
}

function remote<T>(call: (operation: string, args: unknown[]) => Promise<unknown>): Remote<T> {
  return new Proxy({} as Remote<T>, {
    get: (_, operation) => (typeof operation === 'string' && operation !== 'then' ? (...args: unknown[]) => call(operation, args) : undefined)
  })
}
