/** The message store as the rest of the engine sees it: one writer thread, a reader and the search beside it. */
import { EventEmitter } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads'
import { StoreOpenError, type StoreFiles } from './database.ts'
import { salvage, salvageNote, type Salvaged } from './salvage.ts'
import type { SearchEngine } from '../search/engine.ts'
import type { Reads } from './reader.ts'
import type { WorkerReply, WorkerStart } from './worker.ts'
import type { Writes } from './writer.ts'

/** The functions of a thread, each answering with a promise. */
type Remote<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : never
}

type Cancellable<T> = {
  [K in keyof T]: T[K] extends () => infer R ? () => Promise<R> : T[K] extends (input: infer A) => infer R ? (input: A, signal?: AbortSignal) => Promise<R> : never
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

/** New objects of a thread have so much room before they are gathered (V8's young generation), MB: what is asked for is soon forgotten, and each thread has its own. */
const YOUNG_MB = 6
const WRITER_YOUNG_MB = 24

/** One thread and the calls that wait for it; one at a time is with the thread, so a waiting call can still be cancelled. */
class Thread {
  readonly #worker: Worker
  readonly #queue: Waiting[] = []
  #current: Waiting | null = null
  #serial = 0
  #closed = false
  readonly #onSlow: SlowReport
  readonly #onDamage: () => void
  readonly #exited: Promise<void>

  constructor(worker: Worker, onSlow: SlowReport, onDamage: () => void) {
    this.#worker = worker
    this.#onSlow = onSlow
    this.#onDamage = onDamage
    worker.on('message', (reply: WorkerReply) => this.#settle(reply))
    worker.on('error', (error) => this.#fail(error instanceof Error ? error : new Error(String(error))))
    this.#exited = new Promise((resolve) =>
      worker.on('exit', (code) => {
        this.#fail(new StoreError('THREAD', `a store thread ended with code ${code}`))
        resolve()
      })
    )
  }

  static async start(url: URL, start: WorkerStart, onSlow: SlowReport, onDamage: () => void): Promise<Thread> {
    const worker = new Worker(url, { workerData: start, name: `store-${start.role}`, resourceLimits: { maxYoungGenerationSizeMb: start.role === 'writer' ? WRITER_YOUNG_MB : YOUNG_MB } })
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject)
      worker.once('message', (reply: WorkerReply) => {
        worker.removeListener('error', reject)
        if (reply.kind === 'refused') reject(new StoreOpenError(reply.code, reply.message))
        else resolve()
      })
    })
    return new Thread(worker, onSlow, onDamage)
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

  /** A way for another thread to ask this one; its calls stand in line with ours. */
  connect(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    this.#worker.postMessage(port1, [port1])
    return port2
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
      if (reply.code.startsWith('SQLITE_CORRUPT') && call.operation !== 'checkIndex') this.#onDamage()
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
  onTime?: SlowReport
  /** The file was damaged, and what could be read of it is in a new one. */
  onSalvage?(saved: Salvaged): void
}

/** After so many writes a reader moves the log into the file. */
const WRITES_A_CHECKPOINT = 100

export class Store {
  readonly write: Remote<Writes>
  readonly read: Remote<Reads>
  /** Each call may be given up by a signal: it never starts, or its answer is dropped; it rejects with code CANCELLED. */
  readonly find: Cancellable<SearchEngine>
  /** Writes asked for so far, merges apart. */
  writes = 0
  readonly #files: StoreFiles
  readonly #reader: Thread
  readonly #writer: Thread
  readonly #startSearch: () => Promise<Thread>
  /** null: it rests until it is asked. */
  #search: Promise<Thread> | null = null
  #lastSearch = performance.now()
  readonly #damage: EventEmitter
  #lastWrite = 0
  #sinceCheckpoint = 0

  private constructor(files: StoreFiles, writer: Thread, reader: Thread, startSearch: () => Promise<Thread>, damage: EventEmitter) {
    this.#files = files
    this.#damage = damage
    this.#writer = writer
    this.#reader = reader
    this.#startSearch = startSearch
    this.write = remote<Remote<Writes>>((operation, args) => {
      if (operation !== 'mergeIndex') {
        this.writes++
        this.#lastWrite = performance.now()
      }
      if (++this.#sinceCheckpoint >= WRITES_A_CHECKPOINT && reader.load === 0) {
        this.#sinceCheckpoint = 0
        reader.call('checkpoint', []).catch(() => undefined)
      }
      return writer.call(operation, args)
    })
    this.read = remote<Remote<Reads>>((operation, args) => reader.call(operation, args))
    this.find = remote<Cancellable<SearchEngine>>(async (operation, [input, signal]) => (await this.#searching()).call(operation, [input], signal as AbortSignal | undefined))
  }

  #searching(): Promise<Thread> {
    this.#lastSearch = performance.now()
    this.#search ??= this.#startSearch().catch((error: unknown) => {
      this.#search = null
      throw error
    })
    return this.#search
  }

  /** Ends the search's thread with all that it holds in memory, where nobody has searched for that long; the next search starts it again. False: it goes on, or rested already. */
  async restSearch(ms: number): Promise<boolean> {
    const search = await this.#search
    if (search === null || search.load > 0 || performance.now() - this.#lastSearch < ms) return false
    this.#search = null
    await search.close()
    return true
  }

  /** Opens, creates or migrates the store. Throws StoreOpenError. */
  static async open(options: StoreOptions): Promise<Store> {
    const { worker, onTime = () => undefined, onSalvage, ...files } = options
    const damage = new EventEmitter()
    const start = (role: WorkerStart['role']): Promise<Thread> => Thread.start(worker, { role, files }, onTime, () => damage.emit('found'))
    if (existsSync(salvageNote(files.file))) onSalvage?.(salvage(files))
    const writer = await start('writer').catch((error: unknown) => {
      if (!(error instanceof StoreOpenError && error.code === 'corrupt')) throw error
      onSalvage?.(salvage(files))
      return start('writer')
    })
    const store = new Store(files, writer, await start('reader'), () => start('search'), damage)
    await store.#searching()
    return store
  }

  /** A way to the writer for a thread of its own, such as an import's. */
  writerPort(): MessagePort {
    this.writes++
    this.#lastWrite = performance.now()
    return this.#writer.connect()
  }

  /** What is damaged is not the index: all that can be read is saved into a new file when the store is opened next. */
  salvageNextTime(): void {
    writeFileSync(salvageNote(this.#files.file), '')
  }

  /** Calls `listener` when SQLite says that something in the file is damaged. */
  onDamage(listener: () => void): void {
    this.#damage.on('found', listener)
  }

  /** Nothing was written for that long. */
  isIdle(ms: number): boolean {
    return performance.now() - this.#lastWrite >= ms
  }

  /** Ends the threads after what they have been given. */
  async close(): Promise<void> {
    const search = await this.#search?.catch(() => null)
    for (const thread of [search, this.#reader, this.#writer]) await thread?.close()
  }
}

function remote<R>(call: (operation: string, args: unknown[]) => Promise<unknown>): R {
  return new Proxy({} as R & object, {
    get: (_, operation) => (typeof operation === 'string' && operation !== 'then' ? (...args: unknown[]) => call(operation, args) : undefined)
  })
}
