/**
 * Query -> plan -> hits, in the search thread. The first page of a text query is a walk of the index from its newest end, which stops when the page is full.
 * Everything else - totals, facets, filters, other orders, later pages - is counted on bit sets: one per phrase from the index (mnemo_hits), one per filter
 * from the columns. If a filter leaves few messages, or a text is a single letter that half of all messages have, the newest of them are read and compared
 * instead. Messages not indexed yet (while the index is rebuilt) are compared one by one, newest first.
 */
import type { ConversationId, MessageId } from '../../contract/domain.ts'
import type { QueryProblem, Range, SearchAnswer, SearchHit, SearchOrder } from '../../contract/search.ts'
import type { ReadableDB } from '../store/database.ts'
import { COLUMNS, MESSAGES, toMessage, type MessageRow } from '../store/tables/message-row.ts'
import { and, andNot, ascending, count, noBits, type Bits } from './bits.ts'
import { Columns } from './columns.ts'
import { facetsOf } from './facets.ts'
import { createHits } from './hits.ts'
import { createMarks, type Occurrence } from './marks.ts'
import { createPeople } from './people.ts'
import { asTyped, parseQuery, type QueryNode } from './query.ts'
import { ownConversations, rank, type RankedText } from './ranking.ts'
import { createSounds } from './sounds.ts'
import { createSuggest } from './suggest.ts'
import { createWalks } from './walks.ts'

export interface SearchQuery {
  query: string
  /** Restricts the search to this conversation. */
  conversation?: ConversationId | null
  order?: SearchOrder
  limit: number
  /** Number of hits to skip. */
  offset?: number
  total?: boolean
  facets?: boolean
  /** Also finds related messages and other spellings. */
  suggest?: boolean
  /** Reference time of 'yesterday', ms. */
  now?: number
}

/** Largest number of messages that are read and compared one by one. */
const FEW = 400
/** Time limit for scanning messages that are not indexed yet, ms. */
const SCAN_MS = 40

export function createSearch(db: ReadableDB) {
  const columns = new Columns(db)
  const people = createPeople(db)
  const hits = createHits(db, columns, people)
  const walks = createWalks(db, columns, hits)
  const marks = createMarks(db)
  const { words, wholeWords, related, didYouMean } = createSuggest(db, columns, people, hits, walks)
  const sounds = createSounds(db, hits, {
    marks,
    newest: (set) => {
      const [at] = walks.inHistory(set, 'newest', 1)
      return at === undefined ? undefined : hits.facts(columns.messageAt(at))?.text
    },
    size: () => columns.held
  })
  const foldOf = db.prepare<[string], string>('SELECT mnemo_fold(?)').pluck()
  const select = db.prepare<[number], MessageRow>(`SELECT ${COLUMNS} FROM ${MESSAGES} WHERE m.id = ?`)
  // the order is that of the list
  const selectMarked = db.prepare<[string, string], MessageRow & { marked: string }>(
    `SELECT ${COLUMNS}, mnemo_ranges(m.text, ?) AS marked FROM json_each(?) j CROSS JOIN message m ON m.id = j.value LEFT JOIN address s ON s.id = m.sender_id`
  )
  /** Changes when another connection has written (https://sqlite.org/pragma.html#pragma_data_version). */
  const dataVersion = db.prepare<[], number>('PRAGMA data_version').pluck()
  let seen = -1
  /** Number of messages that are not indexed. */
  let waiting = 0
  let own: { version: number; conversations: Set<number> } | null = null
  /** Docs of the latest query, in order, for its next pages. */
  let latest: { key: string; places: number[] } | null = null

  function toHits(messages: readonly number[], texts: readonly string[], numbers: readonly string[] = []): SearchHit[] {
    const [only = '', ...more] = texts
    return selectMarked.all(only, JSON.stringify(messages)).map((row) => ({
      message: toMessage(row),
      conversationName: people.conversationName(row.conversation),
      ranges: marks.withMarked(row.text, row.marked, more, numbers)
    }))
  }

  /** Splits filters from the rest: only if all items of the query must match. */
  function split(node: QueryNode, conversation: ConversationId | null): { filters: Bits | null; rest: QueryNode | null } {
    const nodes = node.kind === 'all' ? node.nodes : [node]
    const isFilter = (one: QueryNode): boolean =>
      one.kind === 'filter' || (one.kind === 'not' && one.node.kind === 'filter') || (one.kind === 'any' && one.nodes.every(isFilter))
    const sets = nodes.filter(isFilter).map(hits.bits)
    if (conversation !== null) sets.push(hits.within(conversation))
    const rest = nodes.filter((one) => !isFilter(one))
    return {
      filters: sets.length === 0 ? null : sets.reduce(and),
      rest: rest.length === 0 ? null : rest.length === 1 ? (rest[0] ?? null) : { kind: 'all', nodes: rest }
    }
  }

  /** Messages of `within` that match, by comparing each. */
  function compared(node: QueryNode, within: Bits): Bits {
    const matches = hits.matcher(node)
    const out = noBits(columns.words)
    const places = ascending(within, FEW)
    for (const facts of hits.factsAt(places)) {
      const at = places[facts.nth]!
      if (matches(facts)) out[at >> 5]! |= 1 << (at & 31)
    }
    return out
  }

  /** First page without looking at all hits; null if that does not pay. */
  function firstPage(rest: QueryNode | null, filters: Bits | null, order: 'newest' | 'oldest', limit: number): number[] | null {
    if (rest === null) return null
    if (filters === null) return walks.walk(rest, order, limit)
    return count(filters) > FEW ? walks.walkWithin(rest, filters, order, limit) : null
  }

  /** All docs that match. */
  function matching(rest: QueryNode | null, filters: Bits | null): Bits {
    if (rest === null) return filters ?? columns.all()
    if (filters === null) return hits.bits(rest)
    return count(filters) <= FEW ? compared(rest, filters) : and(filters, hits.bits(rest))
  }

  function best(set: Bits, texts: readonly string[], now: number, most: number): number[] {
    columns.load()
    const list: RankedText[] = texts.map((text) => {
      const found = hits.textBits(text, 'any')
      return { hits: found, whole: and(wholeWords(text), found), count: count(found) }
    })
    const occurrence = (at: number, text: number): Occurrence => {
      const facts = hits.facts(columns.messageAt(at))
      return facts === undefined ? { often: 0, bounded: true } : marks.occurrence(facts.text, texts[text] ?? '')
    }
    if (own?.version !== columns.version) own = { version: columns.version, conversations: ownConversations(columns, people.direct()) }
    return rank(columns, set, list, own.conversations, now, most, occurrence)
  }

  /** Matches among messages not indexed yet, until there are enough or time is up. */
  function scan(node: QueryNode, conversation: ConversationId | null, most: number): number[] {
    const matches = hits.matcher(node)
    const found: number[] = []
    const until = performance.now() + SCAN_MS
    for (const facts of hits.unindexed()) {
      if ((conversation === null || facts.conversation === conversation) && matches(facts)) found.push(facts.id)
      if (found.length >= most || performance.now() > until) break
    }
    return found
  }

  function answer(input: SearchQuery): SearchAnswer {
    const started = performance.now()
    const {
      query,
      conversation = null,
      order = 'newest',
      limit,
      offset = 0,
      total: wantTotal = false,
      facets: wantFacets = false,
      suggest = false,
      now = Date.now()
    } = input
    look()
    const { node, texts, others, numbers, filters: written, problems: syntax } = parseQuery(query, now)
    const problems: QueryProblem[] = [...syntax, ...hits.problems(node)]
    const result: SearchAnswer = {
      total: wantTotal ? 0 : null,
      tookMs: 0,
      hits: [],
      problems,
      facets: wantFacets ? { conversations: [], senders: [], months: [] } : null,
      related: [],
      didYouMean: null,
      readAs: [],
      notIndexed: waiting,
      filters: written
    }
    if (node === null || (texts.length > 0 && texts.every((text) => (foldOf.get(text) ?? '') === ''))) return result

    const waitingHits = waiting === 0 ? [] : scan(node, conversation, offset + Math.max(limit, 1))
    const key = JSON.stringify([query, conversation, order, columns.version, Math.floor(now / 60_000)])
    const known = latest?.key === key ? latest.places : null
    // only a first page may stop early
    const early = known === null && order !== 'best' && limit > 0 && offset === 0 && waiting === 0 && !wantTotal && !wantFacets && !suggest ? order : null
    const { filters, rest } = split(node, conversation)
    // numbers and words as typed come first; within one conversation all hits stand in order of time
    const typed = numbers.length + others.length > 0 && rest !== null && conversation === null ? asTyped(rest) : null
    let ids = early === null ? null : firstPage(typed ?? rest, filters, early, limit)
    if (typed !== null && ids !== null && ids.length < limit) ids = null
    if (ids === null) {
      let places = known ?? []
      if (known === null || wantTotal || wantFacets || suggest) {
        const found = matching(rest, filters)
        const total = count(found)
        const most = order === 'best' ? Math.max(offset + limit, 200) : offset + limit > FEW || offset > 0 ? Infinity : offset + limit
        const ordered = (set: Bits, some: number): number[] => (order === 'best' ? best(set, texts, now, some) : walks.inHistory(set, order, some))
        const exact = typed === null ? found : matching(typed, filters)
        places = ordered(exact, most)
        if (typed !== null && places.length < most) places = [...places, ...ordered(andNot(found, exact), most - places.length)]
        latest = order === 'best' || places.length === total ? { key, places } : null
        if (wantTotal) result.total = total + waitingHits.length
        if (wantFacets) result.facets = facetsOf(found, columns, people)
        if (suggest) {
          result.related = toHits(
            related(texts, filters, found).map((at) => columns.messageAt(at)),
            texts.flatMap(words)
          )
          result.didYouMean = didYouMean(query, node, total + waitingHits.length)
          if (texts.length > 0 && written.length === 0 && texts.join(' ') === query.trim().replace(/\s+/g, ' '))
            result.readAs = sounds.readAs(texts, total + waitingHits.length)
        }
      }
      ids = places.slice(offset, offset + limit).map((at) => columns.messageAt(at))
    }
    if (waitingHits.length > 0) {
      // while the index is being rebuilt, later pages come from the index only
      const merged = [...new Set([...waitingHits, ...ids])]
      if (order !== 'best') merged.sort((a, b) => (order === 'newest' ? b - a : a - b))
      ids = merged.slice(0, limit)
    }
    result.hits = toHits(ids, [...texts, ...others], numbers)
    result.tookMs = performance.now() - started
    return result
  }

  /** Reads changes since the last search, if there are any. */
  function look(): void {
    const now = dataVersion.get() ?? 0
    if (now === seen) return
    seen = now
    columns.look()
    people.look()
    waiting = hits.unindexedCount()
  }

  /** Ranges of a query's texts in these messages; messages without a hit are left out. */
  function mark(input: { query: string; ids: MessageId[] }): { id: MessageId; ranges: Range[] }[] {
    const { texts, others, numbers } = parseQuery(input.query, Date.now())
    return input.ids.flatMap((id) => {
      const row = select.get(id)
      const found = row === undefined ? [] : marks.ranges(row.text, [...texts, ...others], numbers)
      return found.length === 0 ? [] : [{ id, ranges: found }]
    })
  }

  /** Ids of all hits in order of history, for an export. */
  function ids(input: { query: string; conversation: ConversationId | null; now?: number }): MessageId[] {
    look()
    const { node } = parseQuery(input.query, input.now ?? Date.now())
    if (node === null) return []
    const set = hits.bits(node)
    const places = walks.inHistory(input.conversation === null ? set : and(set, hits.within(input.conversation)), 'oldest', Infinity)
    return places.map((at) => columns.messageAt(at) as MessageId)
  }

  return {
    /** Reads data for searches into memory, some ms at a time; returns whether there is more to do. */
    prepare: db.transaction((): boolean => {
      look()
      if (columns.loaded) return hits.warm() || sounds.prepare()
      columns.load()
      return true
    }) as () => boolean,
    /** Runs a search on one state of the database. */
    search: db.transaction(answer) as (input: SearchQuery) => SearchAnswer,
    mark,
    ids: db.transaction(ids) as typeof ids,
    people
  }
}
