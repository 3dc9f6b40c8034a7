/** Message store, as the rest of the engine sees it: one writer thread, with a reader and a search thread beside it. */
import { EventEmitter } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { Worker, type MessagePort } from 'node:worker_threads'
import { StoreOpenError, type StoreFiles } from '../store/database.ts'
import { salvage, salvageNote, type Salvaged } from '../store/salvage.ts'
import { StoreError, Thread } from './thread.ts'
import type { SearchEngine } from '../search/engine.ts'
import type { Reads } from '../store/reader.ts'
import type { RunningThread, ThreadCode } from './running.ts'
import type { WorkerReply, WorkerStart } from './serve.ts'
import type { Writes } from '../store/writer.ts'

/** Functions of a thread, each returning a promise. */
type Remote<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : never
}

type Cancellable<T> = {
  [K in keyof T]: T[K] extends () => infer R
    ? () => Promise<R>
    : T[K] extends (input: infer A) => infer R
      ? (input: A, signal?: AbortSignal) => Promise<R>
      : never
}

/** V8's young generation of each thread, MB: results of queries are garbage soon. */
const YOUNG_MB = 6
const WRITER_YOUNG_MB = 24

/** Starts a thread, and waits until it answers. Rejects with StoreOpenError, or the error that ended it. */
async function makeWorker(code: ThreadCode<WorkerStart>, start: WorkerStart): Promise<RunningThread> {
  const worker =
    typeof code === 'function'
      ? code(start)
      : new Worker(code, {
          workerData: start,
          name: `store-${start.role}`,
          resourceLimits: { maxYoungGenerationSizeMb: start.role === 'writer' ? WRITER_YOUNG_MB : YOUNG_MB }
        })
  await new Promise<void>((resolve, reject) => {
    const onExit = (code: number): void => reject(new StoreError('THREAD', `the ${start.role} thread ended with code ${code} before it answered`))
    worker.once('error', reject)
    worker.once('exit', onExit)
    worker.once('message', (reply: WorkerReply) => {
      worker.removeListener('error', reject)
      worker.removeListener('exit', onExit)
      if (reply.kind === 'refused') reject(new StoreOpenError(reply.code, reply.message))
      else resolve()
    })
  })
  return worker
}

/** Operations that must not be repeated. All others of the writer recognize repetitions by their ids, or have the same effect again. */
const ONCE = new Set(['importRows', 'notice', 'used', 'adopt'])

/** Longest duration of a call, s: most take milliseconds; calls that go through the whole file depend on its size. */
const PATIENCE_S = 120
const WHOLE_FILE_S = 3600
const WHOLE_FILE = new Set(['checkIndex', 'isSound', 'checkpoint', 'mergeIndex', 'releasePages', 'undoImport', 'removeAccount'])

/** Called with the duration of every operation in ms, by name, so that slow ones can be logged. */
export type SlowReport = (operation: string, ms: number) => void

export interface StoreOptions extends StoreFiles {
  /** Code of worker.ts, as sources or built file. */
  worker: ThreadCode<WorkerStart>
  onTime?: SlowReport
  /** Called when the file was damaged and its readable part was saved into a new one. */
  onSalvage?(saved: Salvaged): void
  /** Overrides PATIENCE_S. */
  patience?: number
  /** Called with a log message when a thread ended and is started again. */
  onEnded?(message: string): void
}

/** Maintenance that does not change the history, and does not call for more maintenance. */
const IDLE_WORK = new Set(['mergeIndex', 'releasePages'])

/** Number of writes after which a reader moves the log into the file. */
const WRITES_A_CHECKPOINT = 100

export class Store {
  readonly write: Remote<Writes>
  readonly read: Remote<Reads>
  /** Search functions; a signal cancels a call, which then never starts, or whose answer is dropped; it rejects with code CANCELLED. */
  readonly find: Cancellable<SearchEngine>
  /** Number of writes requested so far, without maintenance. */
  writes = 0
  /** Number of imports and previews of them that run: they need memory, and the search thread has nothing to prepare for. */
  imports = 0
  readonly #files: StoreFiles
  readonly #reader: Thread
  readonly #writer: Thread
  readonly #startSearch: () => Promise<Thread>
  /** Search thread; null: stopped until the next search. */
  #search: Promise<Thread> | null = null
  #lastSearch = performance.now()
  /** 'found': damage in the file; 'broken': a thread cannot be started again (true), or all run (false). */
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
      if (!IDLE_WORK.has(operation)) {
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
    this.find = remote<Cancellable<SearchEngine>>(async (operation, [input, signal]) =>
      (await this.#searching()).call(operation, [input], signal as AbortSignal | undefined)
    )
  }

  #searching(): Promise<Thread> {
    this.#lastSearch = performance.now()
    this.#search ??= this.#startSearch().catch((error: unknown) => {
      this.#search = null
      throw error
    })
    return this.#search
  }

  /**
   * Ends the search thread, and frees its memory, if nobody has searched for that long; the next search starts it again. False: it keeps running, or was
   * stopped already.
   */
  async restSearch(ms: number): Promise<boolean> {
    const search = await this.#search
    if (search === null || search.load > 0 || performance.now() - this.#lastSearch < ms) return false
    this.#search = null
    await search.close()
    return true
  }

  /** Opens, creates or migrates the store. Throws StoreOpenError. */
  static async open(options: StoreOptions): Promise<Store> {
    const { worker, onTime = () => undefined, onSalvage, onEnded = () => undefined, patience = PATIENCE_S, ...files } = options
    const damage = new EventEmitter()
    const broken = new Set<WorkerStart['role']>()
    const start = (role: WorkerStart['role']): Promise<Thread> =>
      Thread.start({
        role,
        make: () => makeWorker(worker, { role, files }),
        patience: (operation) => (WHOLE_FILE.has(operation) ? WHOLE_FILE_S : patience),
        mayRepeat: (operation) => !ONCE.has(operation),
        onSlow: onTime,
        onDamage: () => damage.emit('found'),
        onEnded,
        onBroken(error) {
          if (error === null) broken.delete(role)
          else broken.add(role)
          onEnded(error === null ? `the ${role} thread runs again` : `the ${role} thread cannot be started again: ${error.message}`)
          damage.emit('broken', broken.size > 0)
        }
      })
    if (existsSync(salvageNote(files.file))) onSalvage?.(salvage(files))
    const writer = await start('writer').catch((error: unknown) => {
      if (!(error instanceof StoreOpenError && error.code === 'corrupt')) throw error
      onSalvage?.(salvage(files))
      return start('writer')
    })
    // both only read, once the writer has brought the file up to date
    const [reader, search] = await Promise.all([start('reader'), start('search')])
    const store = new Store(files, writer, reader, () => start('search'), damage)
    store.#search = Promise.resolve(search)
    store.#lastSearch = performance.now()
    return store
  }

  /** Port to the writer for another thread, such as an import's. */
  writerPort(): MessagePort {
    this.writes++
    this.#lastWrite = performance.now()
    return this.#writer.connect()
  }

  /** Makes the next start save all readable data into a new file, because more than the index is damaged. */
  salvageNextTime(): void {
    writeFileSync(salvageNote(this.#files.file), '')
  }

  /** Calls `listener` when SQLite reports damage in the file. */
  onDamage(listener: () => void): void {
    this.#damage.on('found', listener)
  }

  /** Calls `listener` when a thread has ended and cannot be started again (true), so that its calls fail; and when all run (false). */
  onBroken(listener: (broken: boolean) => void): void {
    this.#damage.on('broken', listener)
  }

  /** Tries again to start broken threads; returns whether all run. */
  async mend(): Promise<boolean> {
    const search = await this.#search?.catch(() => null)
    const mended = await Promise.all([this.#writer, this.#reader, search].map((thread) => thread?.mend() ?? true))
    return mended.every(Boolean)
  }

  /** True if nothing was written for that long. */
  isIdle(ms: number): boolean {
    return performance.now() - this.#lastWrite >= ms
  }

  /** Ends the threads after their pending calls. */
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

export { StoreError }
