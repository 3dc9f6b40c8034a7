/** What has happened at the server and nobody says again: it is written down, however long the disk is full. */
import { StoreError } from '../../threads/store.ts'

/** After the first failure, ms; twice that after each other one, ... */
const FIRST_MS = 500
/** ... and this at most. */
const LONGEST_MS = 30_000

/** `write` may be done more than once. Rejects where the store is closed. */
export async function untilStored<T>(write: () => Promise<T>, warn: (message: string) => void): Promise<T> {
  for (let wait = FIRST_MS; ; wait = Math.min(wait * 2, LONGEST_MS)) {
    try {
      return await write()
    } catch (error) {
      if (error instanceof StoreError && error.code === 'CLOSED') throw error
      warn(`not stored yet: ${error instanceof Error ? error.message : String(error)}`)
      await new Promise((resolve) => setTimeout(resolve, wait).unref())
    }
  }
}
