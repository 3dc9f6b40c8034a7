/** Entry point of a store thread: the writer, a reader, or the search. */
import { parentPort, workerData } from 'node:worker_threads'
import { serve, type WorkerStart } from './serve.ts'

if (parentPort === null) throw new Error('worker.ts runs in a worker thread only')
await serve(parentPort, workerData as WorkerStart)
