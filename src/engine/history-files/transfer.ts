/** Imports and exports of history, each in a thread of its own beside the store's threads. */
import { Worker } from 'node:worker_threads'
import type { ExportSummary, ImportFormat, ImportOptions, ImportPreview, ImportSummary } from '../../contract/history-files.ts'
import type { CallReason, StoppedImport } from '../../contract/ipc.ts'
import type { StoreFiles } from '../store/database.ts'
import type { Store } from '../threads/store.ts'
import type { StoreChanges } from '../store/types.ts'
import type { ThreadCode } from '../threads/running.ts'
import type { ExportTask } from './export.ts'
import type { ImportTask } from './import.ts'
import type { TransferReply, TransferStart, TransferTask } from './task.ts'

/** Cause of failure: `import`: the file; `cancelled`: on request; `io`: a full disk, a folder without access. */
export class TransferError extends Error {
  readonly code: 'import' | 'cancelled' | 'io'
  readonly reason: CallReason
  /** File and line of the problem, if known. */
  readonly file: string | null
  readonly line: number | null
  readonly stopped: StoppedImport | null
  constructor(
    code: TransferError['code'],
    message: string,
    {
      reason = 'other',
      file = null,
      line = null,
      stopped = null
    }: { reason?: CallReason; file?: string | null; line?: number | null; stopped?: StoppedImport | null } = {}
  ) {
    super(message)
    this.name = 'TransferError'
    this.code = code
    this.reason = reason
    this.file = file
    this.line = line
    this.stopped = stopped
  }
}

interface TransferOptions {
  /** Code of worker.ts, as sources or built file. */
  worker: ThreadCode<TransferStart>
  store: Store
  files: StoreFiles
  /** Media folder for attachments. */
  media: string
  onChanges(changes: StoreChanges): void
}

export interface Running {
  signal?: AbortSignal
  /** Number of processed messages, and the total. */
  onProgress?(done: number, total: number): void
}

/** V8's young generation of the thread, MB: it reads far more than it keeps. */
const YOUNG_MB = 8

export class Transfer {
  readonly #options: TransferOptions
  #checkpoint: Promise<unknown> = Promise.resolve()

  constructor(options: TransferOptions) {
    this.#options = options
  }

  get media(): string {
    return this.#options.media
  }

  preview(path: string, format: ImportFormat | null, options?: ImportOptions, running: Running = {}): Promise<ImportPreview> {
    return this.#reading({ kind: 'preview', path, format, ...(options === undefined ? {} : { options }) }, running) as Promise<ImportPreview>
  }
  async import(task: ImportTask, running: Running = {}): Promise<ImportSummary> {
    const summary = (await this.#reading({ kind: 'import', ...task }, running)) as ImportSummary
    await this.#checkpoint
    return summary
  }
  export(task: ExportTask, running: Running = {}): Promise<ExportSummary> {
    return this.#run({ kind: 'export', ...task }, running) as Promise<ExportSummary>
  }

  /** Reads a file, which may take long and much memory. Throws TransferError. */
  async #reading(task: TransferTask, running: Running): Promise<unknown> {
    const { store } = this.#options
    store.imports++
    try {
      return await this.#run(task, running)
    } finally {
      store.imports--
    }
  }

  /** Throws TransferError. */
  #run(task: TransferTask, { signal, onProgress }: Running): Promise<unknown> {
    const { worker: code, store, files, media, onChanges } = this.#options
    const writer = task.kind === 'import' ? store.writerPort() : null
    const start: TransferStart = { task, files, media, writer }
    const worker =
      typeof code === 'function'
        ? code(start)
        : new Worker(code, {
            workerData: start,
            name: 'transfer',
            resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
            ...(writer === null ? {} : { transferList: [writer] })
          })
    return new Promise((resolve, reject) => {
      const cancel = (): void => worker.postMessage('cancel')
      signal?.addEventListener('abort', cancel, { once: true })
      if (signal?.aborted === true) cancel()
      worker.on('message', (reply: TransferReply) => {
        if (reply.kind === 'progress') {
          onProgress?.(reply.done, reply.total)
          // the write-ahead log moves into the database meanwhile
          if (task.kind === 'import') this.#checkpoint = this.#checkpoint.then(() => store.read.checkpoint()).catch(() => undefined)
        } else if (reply.kind === 'changes') onChanges(reply.changes as StoreChanges)
        else if (reply.kind === 'result') resolve(reply.value)
        else reject(new TransferError(reply.code, reply.message, reply))
      })
      worker.on('error', (error) => reject(new TransferError('io', error instanceof Error ? error.message : String(error))))
      worker.on('exit', () => {
        signal?.removeEventListener('abort', cancel)
        reject(new TransferError('io', 'the transfer ended early'))
      })
    })
  }
}
