/**
 * Store thread that exits on request: at a call that carries 'die' or, once, 'die-once'; and at its start while a file says so. At 'hang' or
 * 'hang-once' it stops answering.
 */
import { existsSync, rmSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type { WorkerRequest, WorkerStart } from '../../src/engine/threads/serve.ts'

const { files, role } = workerData as WorkerStart
if (existsSync(`${files.file}.no-${role}`)) process.exit(7)
parentPort?.on('message', (request: WorkerRequest | string) => {
  const asked = typeof request === 'object' && 'args' in request ? JSON.stringify(request.args) : ''
  if (asked.includes('die-once') && existsSync(`${files.file}.once`)) {
    rmSync(`${files.file}.once`)
    process.exit(7)
  }
  const hangs = asked.includes('hang-once') ? existsSync(`${files.file}.once`) : asked.includes('"hang')
  if (asked.includes('hang-once')) rmSync(`${files.file}.once`, { force: true })
  while (hangs);
  if (asked.includes('"die') && !asked.includes('die-once')) process.exit(7)
})
await import('../../src/engine/threads/worker.ts')
