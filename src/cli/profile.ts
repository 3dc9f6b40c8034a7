/** Engine on the profile of a command. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { findAssets } from '../engine/assets.ts'
import { Engine } from '../engine/engine.ts'
import { isDamage, StoreError } from '../engine/threads/thread.ts'

/** Wrong use of the command line; the exit code is 2. */
export class UsageError extends Error {}

export type Values = Record<string, string | boolean | undefined>

/** Opens the requested profile, and closes it after use. Throws StoreError if its history is damaged; the next start saves the readable part. */
export async function withEngine<T>(values: Values, use: (engine: Engine) => Promise<T>): Promise<T> {
  const profile = resolve(text(values, 'profile') ?? process.env['MNEMO_PROFILE'] ?? join(homedir(), '.config', 'Mnemo'))
  const opened = Engine.open({
    profile,
    worker: new URL('../engine/threads/worker.ts', import.meta.url),
    transferWorker: new URL('../engine/history-files/worker.ts', import.meta.url),
    ...findAssets(null)
  })
  const engine = await opened.catch((error: unknown) => {
    throw isDamage(error) ? damaged(error) : error
  })
  try {
    return await use(engine)
  } catch (error) {
    if (!isDamage(error)) throw error
    await engine.salvageNextTime()
    throw damaged(error)
  } finally {
    await engine.close()
  }
}

function damaged(cause: unknown): StoreError {
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new StoreError(
    'SQLITE_CORRUPT',
    `part of the history is damaged (${detail}). Open Mnemo, or use any command again: all that can be read is saved into a new file, and the damaged one is kept beside it.`
  )
}

export const text = (values: Values, name: string): string | null => (typeof values[name] === 'string' ? values[name] : null)
