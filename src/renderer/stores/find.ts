/** Search within the open conversation: hits from the newest on, and their ranges in the texts. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { MessageId } from '../../contract/domain.ts'
import type { Range, SearchHit } from '../../contract/search.ts'
import { call, CallFailed } from '../bridge.ts'
import { quietly } from '../composables/unforeseen.ts'
import { useThreadStore } from './thread.ts'

const PAGE = 100

export const useFindStore = defineStore('find', () => {
  const thread = useThreadStore()
  const open = ref(false)
  /** Counter that rises each time the search field should take the focus. */
  const started = ref(0)
  const query = ref('')
  const total = ref<number | null>(null)
  /** Index of the shown hit, 0 is the newest; -1: none. */
  const at = ref(-1)
  const hits = shallowRef<readonly SearchHit[]>([])
  /** Matched ranges in the messages on screen. */
  const marks = shallowRef<ReadonlyMap<MessageId, Range[]>>(new Map())
  let running: AbortController | null = null

  const input = (offset: number, count: boolean) => ({
    query: query.value,
    conversation: thread.conversation,
    order: 'newest' as const,
    offset,
    limit: PAGE,
    total: count,
    facets: false,
    suggest: false
  })

  async function run(): Promise<void> {
    running?.abort()
    running = null
    hits.value = []
    at.value = -1
    total.value = null
    marks.value = new Map()
    if (!open.value || query.value.trim() === '' || thread.conversation === null) return
    const mine = (running = new AbortController())
    try {
      const answer = await call('search.messages', input(0, true), mine.signal)
      if (running !== mine) return
      hits.value = answer.hits
      total.value = answer.total ?? 0
      await mark()
      if (answer.hits.length > 0) await go(0)
    } catch (cause) {
      if (!(cause instanceof CallFailed)) throw cause
      if (running === mine && cause.code !== 'cancelled') total.value = 0
    }
  }

  async function mark(): Promise<void> {
    const mine = running
    if (mine === null || thread.messages.length === 0) return
    const found = await call('search.mark', { query: query.value, ids: thread.messages.map((message) => message.id) })
    if (running === mine) marks.value = new Map(found.map(({ id, ranges }) => [id, ranges]))
  }

  /** Shows the hit at an index, wrapping around at both ends. */
  async function go(place: number): Promise<void> {
    const id = thread.conversation
    const mine = running
    if (id === null || mine === null || (total.value ?? 0) === 0) return
    const to = (place + (total.value ?? 1)) % (total.value ?? 1)
    while (to >= hits.value.length) {
      const { hits: more } = await call('search.messages', input(hits.value.length, false), mine.signal)
      if (running !== mine || more.length === 0) return
      hits.value = [...hits.value, ...more]
    }
    at.value = to
    const hit = hits.value[to]
    if (hit !== undefined) await thread.open(id, thread.readUpTo, { id: hit.message.id, ranges: hit.ranges })
  }
  const older = (): Promise<void> => go(at.value + 1)
  const newer = (): Promise<void> => go(at.value - 1)

  /** Opens the search, or returns the focus to its field. */
  function start(): void {
    open.value = true
    call('search.prepare').catch(quietly)
    started.value++
  }
  function close(): void {
    open.value = false
    query.value = ''
    thread.unmark()
  }
  /** Position of the shown hit for display: 1 is the newest. null until the first one is shown. */
  const place = computed(() => (total.value === null || (total.value > 0 && at.value < 0) ? null : { at: at.value + 1, total: total.value }))

  watch([query, open, () => thread.conversation], () => void run())
  watch(
    () => thread.messages,
    () => void mark()
  )

  return { open, started, query, place, marks, older, newer, start, close }
})
