/** Runs one import or export task, requested and reported over a port. Counterpart of transfer.ts. */
import type { MessagePort } from 'node:worker_threads'
import type { ImportFormat, ImportOptions } from '../../contract/history-files.ts'
import type { StoreFiles } from '../store/database.ts'
import type { WorkerReply } from '../threads/serve.ts'
import type { Writes } from '../store/writer.ts'
import { exportHistory, type ExportTask } from './export.ts'
import { importHistory, previewHistory, type ImportTask } from './import.ts'
import { diskReason } from '../threads/thread.ts'
import type { CallReason, StoppedImport } from '../../contract/ipc.ts'
import { ImportError, ImportStopped } from './history.ts'

export type TransferTask =
  | { kind: 'preview'; path: string; format: ImportFormat | null; options?: ImportOptions }
  | ({ kind: 'import' } & ImportTask)
  | ({ kind: 'export' } & ExportTask)
export interface TransferStart {
  task: TransferTask
  files: StoreFiles
  /** Media folder for attachments. */
  media: string
  /** Port to the writer thread; null if the task only reads. */
  writer: MessagePort | null
}
export type TransferReply =
  | { kind: 'progress'; done: number; total: number }
  | { kind: 'changes'; changes: unknown }
  | { kind: 'result'; value: unknown }
  | {
      kind: 'failed'
      code: 'import' | 'cancelled' | 'io'
      message: string
      reason: CallReason
      file: string | null
      line: number | null
      stopped?: StoppedImport
    }

/** Runs one task, then closes the port. */
export async function runTask(port: MessagePort, { task, files, media, writer }: TransferStart): Promise<void> {
  const say = (reply: TransferReply): void => port.postMessage(reply)
  const cancelled = new AbortController()
  port.on('message', () => cancelled.abort())

  /** Pending calls to the writer thread, which may end. */
  const waiting = new Set<(error: Error) => void>()
  let ended = false
  writer?.on('close', () => {
    ended = true
    for (const reject of waiting) reject(new Error('the writer thread ended'))
  })

  let serial = 0
  /** Calls the writer thread; one transaction per call. */
  function write<K extends keyof Writes>(operation: K, ...args: Parameters<Writes[K]>): Promise<ReturnType<Writes[K]>> {
    if (writer === null) throw new Error('this task may not write')
    if (ended) return Promise.reject(new Error('the writer thread ended'))
    const id = ++serial
    return new Promise((resolve, reject) => {
      waiting.add(reject)
      const onReply = (reply: WorkerReply): void => {
        if ((reply.kind !== 'result' && reply.kind !== 'error') || reply.id !== id) return
        writer.removeListener('message', onReply)
        waiting.delete(reject)
        if (reply.kind === 'result') resolve(reply.value as ReturnType<Writes[K]>)
        else reject(Object.assign(new Error(reply.message), { code: reply.code }))
      }
      writer.on('message', onReply)
      writer.postMessage({ id, operation, args })
    })
  }

  const progress = (done: number, total: number): void => say({ kind: 'progress', done, total })
  try {
    const context = { files, media, write, signal: cancelled.signal, progress, changed: (changes: unknown) => say({ kind: 'changes', changes }) }
    const value =
      task.kind === 'preview'
        ? await previewHistory(task.path, task.format, task.options, files)
        : task.kind === 'import'
          ? await importHistory(task, context)
          : await exportHistory(task, context)
    say({ kind: 'result', value })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const about =
      error instanceof ImportError
        ? { reason: error.reason, file: error.file, line: error.line }
        : error instanceof ImportStopped
          ? { reason: diskReason(error.cause), file: null, line: null, stopped: { imported: error.imported, total: error.total } }
          : { reason: diskReason(error), file: null, line: null }
    say({ kind: 'failed', code: cancelled.signal.aborted ? 'cancelled' : error instanceof ImportError ? 'import' : 'io', message, ...about })
  } finally {
    writer?.close()
    port.close()
  }
}
