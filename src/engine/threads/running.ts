/** A thread as its owner sees it. */
import type { EventEmitter } from 'node:events'
import type { Transferable } from 'node:worker_threads'

/** A worker thread (node's `Worker`), or code in this thread that answers as a worker does: events `message`, `error` and `exit`. */
export interface RunningThread extends EventEmitter {
  postMessage(message: unknown, transfer?: readonly Transferable[]): void
  terminate(): Promise<number>
}

/** The code of a thread: the file that a worker thread runs, or a function that runs the code in this thread. */
export type ThreadCode<Start> = URL | ((start: Start) => RunningThread)
