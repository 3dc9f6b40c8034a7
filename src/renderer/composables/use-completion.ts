/** Completions at the cursor of a query, and the keys that choose one. */
import { ref, type Ref } from 'vue'
import type { Completion } from '../../contract/search.ts'
import { call, CallFailed } from '../bridge.ts'

export function useCompletion(query: Ref<string>, input: () => HTMLInputElement | null, language: () => 'zh-CN' | 'en') {
  const offers = ref<Completion[]>([])
  /** Index of the chosen completion; -1: none, and Enter searches. */
  const chosen = ref(-1)
  let running: AbortController | null = null

  async function look(): Promise<void> {
    running?.abort()
    const mine = (running = new AbortController())
    const cursor = input()?.selectionStart ?? query.value.length
    try {
      const found = await call('search.complete', { query: query.value, cursor, language: language() }, mine.signal)
      if (running !== mine) return
      offers.value = found
      chosen.value = -1
    } catch (cause) {
      if (!(cause instanceof CallFailed)) throw cause
    }
  }
  function close(): void {
    running?.abort()
    running = null
    offers.value = []
    chosen.value = -1
  }
  async function take(offer: Completion): Promise<void> {
    const [start, end] = offer.range
    query.value = query.value.slice(0, start) + offer.insert + query.value.slice(end)
    const cursor = start + offer.insert.length
    close()
    await new Promise((resolve) => requestAnimationFrame(resolve))
    input()?.setSelectionRange(cursor, cursor)
    if (offer.kind === 'operator') await look()
  }
  /** Returns whether the list has handled the key. */
  function onKey(event: KeyboardEvent): boolean {
    if (offers.value.length === 0 || event.isComposing) return false
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1
      chosen.value = Math.min(offers.value.length - 1, Math.max(-1, chosen.value + step))
    } else if (event.key === 'Tab' && !event.shiftKey) void take(offers.value[Math.max(0, chosen.value)]!)
    else if (event.key === 'Enter' && chosen.value >= 0) void take(offers.value[chosen.value]!)
    else if (event.key === 'Escape') close()
    else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }
  return { offers, chosen, look, close, take, onKey }
}
