/** Calls that a component makes for the user: whether one runs, and in words why the last one failed. */
import { ref, type Ref } from 'vue'
import { failure } from '../i18n/index.ts'

export interface Attempt {
  busy: Ref<boolean>
  /** null: the last one did not fail. */
  error: Ref<string | null>
  /** Whether it worked. */
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
