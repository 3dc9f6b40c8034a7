/** People and conversations by what is typed; of two questions at once only the later one counts. */
import { nextTick, ref, type Ref } from 'vue'
import type { NameMatch } from '../../contract/search.ts'
import { call, CallFailed } from '../bridge.ts'

export function useNames(limit: number): { names: Ref<NameMatch[]>; look(text: string): void; whenAnswered(): Promise<void> } {
  const names = ref<NameMatch[]>([])
  let running: AbortController | null = null
  let answering: Promise<void> = Promise.resolve()
  async function ask(text: string): Promise<void> {
    running?.abort()
    const mine = (running = new AbortController())
    try {
      const found = await call('search.names', { text, limit }, mine.signal)
      if (running === mine) names.value = found
    } catch (cause) {
      if (!(cause instanceof CallFailed && cause.code === 'cancelled')) throw cause
    }
  }
  const look = (text: string): void => void (answering = ask(text))
  /** What is typed by now is answered: who types a name and Enter in one go means the best match of that, not one that is still shown. */
  async function whenAnswered(): Promise<void> {
    await nextTick()
    await answering
    await nextTick()
  }
  return { names, look, whenAnswered }
}
