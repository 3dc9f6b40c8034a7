/** The entry of the thread that reads or writes history files, beside the store's. One task, then it ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { runTask, type TransferStart } from './task.ts'

if (parentPort === null) throw new Error('worker.ts runs in a worker thread only')
await runTask(parentPort, workerData as TransferStart)
