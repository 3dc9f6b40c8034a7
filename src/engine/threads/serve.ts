/** Opens the store in one of its roles and answers calls over a port. Counterpart of store.ts. */
import { MessagePort } from 'node:worker_threads'
import { claim, openReadable, openWritable, StoreOpenError, type ReadableDB, type StoreFiles, type WritableDB } from '../store/database.ts'

export interface WorkerStart {
  role: 'writer' | 'reader' | 'search'
  files: StoreFiles
}
export interface WorkerRequest {
  id: number
  operation: string
  args: unknown[]
}
export type WorkerReply =
  | { kind: 'ready' }
  | { kind: 'refused'; code: StoreOpenError['code']; message: string }
  | { kind: 'result'; id: number; value: unknown; ms: number }
  | { kind: 'error'; id: number; code: string; message: string; stack: string }

/** Sends `ready`, or `refused` if the store does not open; ends at 'close'. Throws other errors of the store. */
export async function serve(port: MessagePort, { role, files }: WorkerStart): Promise<void> {
  const reply = (message: WorkerReply): void => port.postMessage(message)
  let claimed: { release(): void } | null = null
  try {
    // there is one writer in one process
    if (role === 'writer') claimed = claim(files)
    const db = role === 'writer' ? openWritable(files) : openReadable(files)
    const operations = (await load(role, db)) as unknown as Record<string, (...args: unknown[]) => unknown>
    const answer = (request: WorkerRequest, to: { postMessage(message: WorkerReply): void }): void => {
      const started = performance.now()
      try {
        const operation = Object.hasOwn(operations, request.operation) ? operations[request.operation] : undefined
        if (operation === undefined) throw new Error(`unknown operation ${request.operation}`)
        const value = operation(...request.args)
        to.postMessage({ kind: 'result', id: request.id, value, ms: performance.now() - started })
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause))
        const code = 'code' in error ? String(error.code) : 'ERROR'
        to.postMessage({ kind: 'error', id: request.id, code, message: error.message, stack: error.stack ?? '' })
      }
    }
    port.on('message', (request: WorkerRequest | MessagePort | 'close') => {
      if (request === 'close') {
        db.close()
        claimed?.release()
        port.close()
      } else if (request instanceof MessagePort) request.on('message', (asked: WorkerRequest) => answer(asked, request))
      else answer(request, port)
    })
    reply({ kind: 'ready' })
  } catch (error) {
    if (!(error instanceof StoreOpenError)) throw error
    claimed?.release()
    reply({ kind: 'refused', code: error.code, message: error.message })
    port.close()
  }
}

/** Loads the modules of one role only: otherwise the modules of all roles would be in memory three times. */
async function load(role: WorkerStart['role'], opened: ReadableDB | WritableDB): Promise<object> {
  switch (role) {
    case 'writer': {
      const [{ createWrites }, { decodeContent }] = await Promise.all([import('../store/writer.ts'), import('../xmpp/stanzas/message.ts')])
      return createWrites(opened as WritableDB, decodeContent)
    }
    case 'reader':
      return (await import('../store/reader.ts')).createReads(opened)
    case 'search':
      return (await import('../search/engine.ts')).createSearchEngine(opened)
  }
}
