/** Running thread as its owner sees it. */
import type { EventEmitter } from 'node:events'
import type { Transferable } from 'node:worker_threads'

/** Worker thread (node's `Worker`), or code in this thread that behaves like one: events `message`, `error` and `exit`. */
export interface RunningThread extends EventEmitter {
  postMessage(message: unknown, transfer?: readonly Transferable[]): void
  terminate(): Promise<number>
}

/** Code of a thread: the file of a worker thread, or a function that runs the code in this thread. */
export type ThreadCode<Start> = URL | ((start: Start) => RunningThread)
