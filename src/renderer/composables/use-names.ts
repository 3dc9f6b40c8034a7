/** People and conversations by what is typed; of two questions at once only the later one counts. */
import { ref, type Ref } from 'vue'
import type { NameMatch } from '../../contract/domain.ts'
import { call, CallFailed } from '../bridge.ts'

export function useNames(limit: number): { names: Ref<NameMatch[]>; look(text: string): Promise<void> } {
  const names = ref<NameMatch[]>([])
  let running: AbortController | null = null
  async function look(text: string): Promise<void> {
    running?.abort()
    const mine = (running = new AbortController())
    try {
      const found = await call('search.names', { text, limit }, mine.signal)
      if (running === mine) names.value = found
    } catch (cause) {
      if (!(cause instanceof CallFailed && cause.code === 'cancelled')) throw cause
    }
  }
  return { names, look }
}
