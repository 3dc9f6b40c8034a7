/** The search in this window: what was typed, and its hits page by page. */
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import type { ConversationId, SearchHit } from '../../contract/domain.ts'
import { call, CallFailed } from '../bridge.ts'

const PAGE = 50

export const useSearchStore = defineStore('search', () => {
  const query = ref('')
  const scope = ref<ConversationId | null>(null)
  const hits = ref<SearchHit[]>([])
  const total = ref(0)
  const tookMs = ref(0)
  /** The query that the hits answer; null before the first answer. */
  const answered = ref<string | null>(null)
  const error = ref<string | null>(null)
  let running: AbortController | null = null

  async function run(more: boolean): Promise<void> {
    running?.abort()
    const text = query.value
    if (text.trim() === '') {
      clearAnswer()
      return
    }
    const mine = (running = new AbortController())
    const before = more ? (hits.value.at(-1)?.message.id ?? null) : null
    try {
      const answer = await call('search.messages', { query: text, conversation: scope.value, limit: PAGE, before }, mine.signal)
      if (running !== mine) return
      hits.value = more ? [...hits.value, ...answer.hits] : answer.hits
      total.value = answer.total
      tookMs.value = answer.tookMs
      answered.value = text
      error.value = null
    } catch (cause) {
      if (running !== mine || (cause instanceof CallFailed && cause.code === 'cancelled')) return
      error.value = cause instanceof Error ? cause.message : String(cause)
    }
  }

  function clearAnswer(): void {
    hits.value = []
    total.value = 0
    answered.value = null
    error.value = null
  }

  watch([query, scope], () => void run(false))
  const more = async (): Promise<void> => {
    if (hits.value.length < total.value) await run(true)
  }

  return { query, scope, hits, total, tookMs, answered, error, more }
})
