/** Entry point of a thread that imports or exports history files. Runs one task, then ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { runTask, type TransferStart } from './task.ts'

if (parentPort === null) throw new Error('worker.ts runs in a worker thread only')
await runTask(parentPort, workerData as TransferStart)
