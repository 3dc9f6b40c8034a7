/** Context of an import or export within its thread. */
import type { StoreFiles } from '../store/database.ts'
import type { Writes } from '../store/writer.ts'

/** Calls the writer thread; one transaction per call. */
export type WriteCall = <K extends keyof Writes>(operation: K, ...args: Parameters<Writes[K]>) => Promise<ReturnType<Writes[K]>>

export interface TransferContext {
  files: StoreFiles
  /** Media folder for attachments. */
  media: string
  write: WriteCall
  signal: AbortSignal
  progress(done: number, total: number): void
  changed(changes: unknown): void
}
