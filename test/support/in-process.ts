/**
 * Code of the store's and the transfer's threads, run in the test's own thread: a store opens in a tenth of the time. Messages are copied as
 * between threads.
 */
import { EventEmitter } from 'node:events'
import { MessageChannel, type MessagePort, type Transferable } from 'node:worker_threads'
import { runTask, type TransferStart } from '../../src/engine/history-files/task.ts'
import type { RunningThread, ThreadCode } from '../../src/engine/threads/running.ts'
import { serve, type WorkerStart } from '../../src/engine/threads/serve.ts'

class InProcess extends EventEmitter implements RunningThread {
  readonly #port: MessagePort
  constructor(run: (port: MessagePort) => Promise<void>) {
    super()
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    port1.on('message', (message) => this.emit('message', message))
    port1.on('close', () => this.emit('exit', 0))
    run(port2).catch((error: unknown) => {
      this.emit('error', error)
      port1.close()
    })
  }
  postMessage(message: unknown, transfer: readonly Transferable[] = []): void {
    this.#port.postMessage(message, transfer)
  }
  terminate(): Promise<number> {
    throw new Error('the thread of the test ends with the test')
  }
}

export const STORE_IN_PROCESS: ThreadCode<WorkerStart> = (start) => new InProcess((port) => serve(port, start))
export const TRANSFER_IN_PROCESS: ThreadCode<TransferStart> = (start) => new InProcess((port) => runTask(port, start))
