/**
 * Search of this window: the query, its first hits at once, then the slower parts (total, facets, related messages), and
 * further hits on scrolling.
 */
import { defineStore } from 'pinia'
import { computed, nextTick, ref, shallowRef, watch } from 'vue'
import type { ConversationId } from '../../contract/domain.ts'
import type { Facets, FilterMeaning, QueryFilter, QueryProblem, SearchAnswer, SearchHistory, SearchHit, SearchOrder } from '../../contract/search.ts'
import { call, CallFailed } from '../bridge.ts'
import { failure } from '../i18n/index.ts'
import { meaningFilter, withoutRanges } from '../composables/query-text.ts'
import { useAppStore } from './app.ts'

/** Kinds of messages with a view of their own. */
export const SEARCH_KINDS = ['media', 'file', 'link', 'voice'] as const
export type SearchKind = (typeof SEARCH_KINDS)[number]
const KIND_OF: Partial<Record<FilterMeaning, SearchKind>> = { media: 'media', image: 'media', video: 'media', file: 'file', link: 'link', voice: 'voice' }

const PAGE = 30
/** Time after which a query is added to the recent ones, ms. */
const SETTLED_MS = 1500
const MOST_RECENT = 12
/** Pause in typing after which the slower parts are requested, ms. */
const PAUSE_MS = 120
/** Pause in typing after which the query counts as complete, ms: problems are reported only then. */
const STILL_MS = 900

export const useSearchStore = defineStore('search', () => {
  const app = useAppStore()
  const query = ref('')
  const scope = ref<ConversationId | null>(null)
  const order = ref<SearchOrder>('newest')
  /** Hits by index; undefined where not loaded yet. */
  const hits = shallowRef<readonly (SearchHit | undefined)[]>([])
  /** null while counting. */
  const total = ref<number | null>(null)
  const facets = shallowRef<Facets | null>(null)
  /** The facets shown are still those of the previous query. */
  const counting = ref(false)
  const related = shallowRef<readonly SearchHit[]>([])
  const didYouMean = ref<string | null>(null)
  const readAs = ref<SearchAnswer['readAs']>([])
  const filters = ref<readonly QueryFilter[]>([])
  const problems = ref<readonly QueryProblem[]>([])
  const notIndexed = ref(0)
  /** Query that the hits answer; null before the first answer. */
  const answered = ref<string | null>(null)
  const error = ref<string | null>(null)
  const history = ref<SearchHistory>({ recent: [], saved: [] })
  /** The query is answered and typing has paused. */
  const still = ref(false)
  let pausing: ReturnType<typeof setTimeout> | undefined
  let running: AbortController | null = null
  let settled: ReturnType<typeof setTimeout> | undefined
  const loading = new Set<number>()
  let answering: Promise<unknown> = Promise.resolve()

  /** Kind of messages that the query asks for; null for every kind. */
  const kind = computed((): SearchKind | null => {
    for (const { meaning, negative } of filters.value) if (meaning !== null && !negative && KIND_OF[meaning] !== undefined) return KIND_OF[meaning]
    return null
  })
  /** Words of the answered query, without its filters. */
  const words = computed(() =>
    answered.value === null
      ? ''
      : withoutRanges(
          answered.value,
          filters.value.map(({ range }) => range)
        ).trim()
  )
  /** Whether a part of the query could not be understood, such as a date that does not exist. */
  const isBad = ({ range }: QueryFilter): boolean => problems.value.some((problem) => problem.range[0] < range[1] && range[0] < problem.range[1])
  /** Whether nothing was searched, since no part of the query could be understood. */
  const unsearched = computed(() => problems.value.length > 0 && words.value === '' && filters.value.every(isBad))
  const input = (offset: number, limit: number) => ({
    query: query.value,
    conversation: scope.value,
    order: order.value,
    offset,
    limit,
    total: false,
    facets: false,
    suggest: false
  })

  async function run(): Promise<void> {
    running?.abort()
    clearTimeout(settled)
    const text = query.value
    if (text.trim() === '') {
      clearAnswer()
      return
    }
    const mine = (running = new AbortController())
    let done = (): void => undefined
    answering = new Promise<void>((resolve) => (done = resolve))
    const show = (first: SearchAnswer): void => {
      hits.value = first.hits
      total.value = first.hits.length < PAGE ? first.hits.length : null
      // the previous facets stay until the new ones arrive, so that the panel does not flicker with each keystroke
      counting.value = true
      related.value = []
      didYouMean.value = null
      readAs.value = []
      filters.value = first.filters
      problems.value = first.problems
      notIndexed.value = first.notIndexed
      answered.value = text
      error.value = null
      loading.clear()
      done()
    }
    try {
      const first = await call('search.messages', input(0, PAGE), mine.signal)
      if (running !== mine) return
      // without a hit, the previous results stay until what takes their place is known
      if (first.hits.length > 0) show(first)
      if (text.trim() !== '') settled = setTimeout(() => void remember(text), SETTLED_MS)
      // counting would delay the next keystroke
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      if (running !== mine) return
      const rest = await call('search.messages', { ...input(0, 0), total: true, facets: true, suggest: true }, mine.signal)
      if (running !== mine) return
      if (first.hits.length === 0) show(first)
      total.value = rest.total ?? 0
      facets.value = rest.facets
      counting.value = false
      related.value = rest.related
      didYouMean.value = rest.didYouMean
      readAs.value = rest.readAs
      if (total.value > hits.value.length) hits.value = [...hits.value, ...Array<undefined>(total.value - hits.value.length)]
    } catch (cause) {
      if (running !== mine || (cause instanceof CallFailed && cause.code === 'cancelled')) return
      error.value = failure(cause)
    } finally {
      done()
    }
  }

  /** Resolves when the current query is answered or has failed. */
  async function whenAnswered(): Promise<void> {
    await nextTick()
    await answering
    await nextTick()
  }

  /** Loads the hits in a range of indices where they are missing. */
  async function reveal(from: number, to: number): Promise<void> {
    const mine = running
    const pages = new Set<number>()
    for (let at = Math.max(0, from); at < Math.min(to, hits.value.length); at++) if (hits.value[at] === undefined) pages.add(Math.floor(at / PAGE))
    for (const page of pages) {
      if (loading.has(page)) continue
      loading.add(page)
      try {
        const { hits: found } = await call('search.messages', input(page * PAGE, PAGE), mine?.signal)
        if (running !== mine) return
        const next = [...hits.value]
        for (const [i, hit] of found.entries()) next[page * PAGE + i] = hit
        hits.value = next
      } catch (cause) {
        if (running !== mine || (cause instanceof CallFailed && cause.code === 'cancelled')) return
        error.value = failure(cause)
      } finally {
        loading.delete(page)
      }
    }
  }

  function clearAnswer(): void {
    running = null
    hits.value = []
    total.value = null
    facets.value = null
    related.value = []
    didYouMean.value = null
    readAs.value = []
    filters.value = []
    problems.value = []
    answered.value = null
    error.value = null
  }

  async function loadHistory(): Promise<void> {
    history.value = await call('search.history')
  }
  async function change(next: SearchHistory): Promise<void> {
    history.value = next
    await call('search.remember', next)
  }
  async function remember(text: string): Promise<void> {
    const query = text.trim()
    // prefixes typed on the way to this query are not kept beside it
    const recent = history.value.recent.filter((one) => !query.startsWith(one))
    await change({ ...history.value, recent: [query, ...recent].slice(0, MOST_RECENT) })
  }
  const forget = (text: string): Promise<void> => change({ ...history.value, recent: history.value.recent.filter((one) => one !== text) })
  const isSaved = computed(() => history.value.saved.includes(query.value.trim()))
  async function toggleSaved(text = query.value.trim()): Promise<void> {
    const { saved } = history.value
    await change({ ...history.value, saved: saved.includes(text) ? saved.filter((one) => one !== text) : [text, ...saved].slice(0, 100) })
  }

  /** Replaces the filters that `replaces` selects by `filter`; null only removes them. */
  async function put(replaces: (filter: QueryFilter) => boolean, filter: string | null): Promise<void> {
    // ranges change with what is typed in the meantime
    await whenAnswered()
    if (query.value.trim() !== '' && answered.value !== query.value) return
    query.value = `${withoutRanges(
      query.value,
      filters.value.filter(replaces).map(({ range }) => range)
    )} ${filter ?? ''}`.trim()
  }
  /** Adds a filter at the end of the query, or removes it if present. */
  async function toggle(filter: string): Promise<void> {
    await whenAnswered()
    const same = ({ range }: QueryFilter): boolean => query.value.slice(...range) === filter
    await put(same, filters.value.some(same) ? null : filter)
  }
  const has = (meaning: FilterMeaning): boolean => filters.value.some((filter) => filter.meaning === meaning && !filter.negative)
  const toggleMeaning = (meaning: FilterMeaning): Promise<void> =>
    put((filter) => filter.meaning === meaning, has(meaning) ? null : meaningFilter(app.queryLanguage, meaning))
  /** Shows only one kind of messages; a second call shows all again. */
  const toggleKind = (which: SearchKind): Promise<void> =>
    put(({ meaning }) => meaning !== null && KIND_OF[meaning] !== undefined, kind.value === which ? null : meaningFilter(app.queryLanguage, which))
  /** Shows all messages of a kind in one conversation. */
  function browse(where: ConversationId, which: SearchKind): void {
    scope.value = where
    query.value = meaningFilter(app.queryLanguage, which)
  }

  const clearFilters = (): Promise<void> => put(() => true, null)

  watch([query, scope, order], () => {
    still.value = false
    clearTimeout(pausing)
    pausing = setTimeout(() => (still.value = true), STILL_MS)
    void run()
  })

  return {
    query,
    scope,
    order,
    kind,
    words,
    still,
    hits,
    total,
    facets,
    counting,
    related,
    didYouMean,
    readAs,
    filters,
    problems,
    isBad,
    unsearched,
    notIndexed,
    answered,
    error,
    history,
    isSaved,
    whenAnswered,
    reveal,
    loadHistory,
    forget,
    toggleSaved,
    clearFilters,
    put,
    toggle,
    has,
    toggleMeaning,
    toggleKind,
    browse
  }
})
