/** Calls that a component makes for the user: whether one is running, and the message of the last failure. */
import { ref, type Ref } from 'vue'
import { failure } from '../i18n/index.ts'

export interface Attempt {
  busy: Ref<boolean>
  /** Message of the last failure; null if the last call succeeded. */
  error: Ref<string | null>
  /** Runs the call and returns whether it succeeded. */
  attempt(run: () => Promise<unknown>): Promise<boolean>
}

export function useAttempt(): Attempt {
  const busy = ref(false)
  const error = ref<string | null>(null)
  async function attempt(run: () => Promise<unknown>): Promise<boolean> {
    error.value = null
    busy.value = true
    try {
      await run()
      return true
    } catch (cause) {
      error.value = failure(cause)
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, error, attempt }
}
