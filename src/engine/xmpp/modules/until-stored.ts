/** Retries writing events that the server does not repeat, however long the disk is full. */
import { StoreError } from '../../threads/store.ts'

/** Delay after the first failure, ms; doubles after each further one. */
const FIRST_MS = 500
/** Longest delay, ms. */
const LONGEST_MS = 30_000

/** `write` may run more than once. Rejects if the store is closed. */
export async function untilStored<T>(write: () => Promise<T>, warn: (message: string) => void): Promise<T> {
  for (let wait = FIRST_MS; ; wait = Math.min(wait * 2, LONGEST_MS)) {
    try {
      return await write()
    } catch (error) {
      if (error instanceof StoreError && error.code === 'CLOSED') throw error
      warn(`storing failed and is repeated: ${error instanceof Error ? error.message : String(error)}`)
      await new Promise((resolve) => setTimeout(resolve, wait).unref())
    }
  }
}
