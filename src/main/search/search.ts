/**
 * Query -> plan -> hits, in the search thread.
 *
 * The first page of a query of texts alone is a walk of the index from the newest end, which stops when the page is
 * full. Everything else - totals, facets, filters, other orders, later pages - is counted on bit sets: one of each
 * phrase from the index (mnemo_hits), one of each filter from the columns. Where a filter leaves few messages, or a
 * text is one letter that half of all messages have, the newest of them are read and compared instead.
 * Messages that the index does not have yet (it is being made anew) are compared one by one, the newest first.
 */
import type { ConversationId, Facets, Jid, MessageId, QueryProblem, Range, SearchAnswer, SearchHit, SearchOrder } from '../../contract/domain.ts'
import type { ReadableDB } from '../store/database.ts'
import { COLUMNS, OUTGOING, toMessage, WITHOUT_DOC, type MessageRow } from '../store/tables/message.ts'
import { and, andNot, ascending, count, descending, each, has, inExactly, noBits, type Bits } from './bits.ts'
import { Columns, monthName } from './columns.ts'
import { createHits, type MessageFacts } from './hits.ts'
import { createPeople } from './people.ts'
import { parseQuery, type QueryNode } from './query.ts'
import { ownConversations, rank, type RankedText } from './ranking.ts'
import { createSpelling } from './spelling.ts'

export interface SearchQuery {
  query: string
  /** Only in this conversation. */
  conversation?: ConversationId | null
  order?: SearchOrder
  limit: number
  /** Hits to leave out at the start. */
  offset?: number
  total?: boolean
  facets?: boolean
  /** Also what is like the query: related messages, another spelling. */
  suggest?: boolean
  /** ms; what 'yesterday' is counted from */
  now?: number
}

/** Few enough to be read and compared one by one. */
const FEW = 400
/** Hits that a walk within a filter passes at most. */
const WALK = 3000
const WALK_LEAST = 300
/** How many of the newest are compared before the index is asked: within a filter, and for one letter. */
const PEEK = 300
const PEEK_LETTER = 1500
/** By then it shows whether that will do. */
const PEEK_LEAST = 40
/** More runs than this are not walked one by one. */
const MOST_RUNS = 8
/** How long a search may look through what is not in the index yet, ms. */
const SCAN_MS = 40
const MOST_RELATED = 20
const MOST_WORDS = 8

export function createSearch(db: ReadableDB) {
  const columns = new Columns(db)
  const people = createPeople(db)
  const hits = createHits(db, columns, people)
  const nearest = createSpelling(db)
  const rangesOf = db.prepare<[string, string], string>('SELECT mnemo_ranges(?, ?)').pluck()
  const foldOf = db.prepare<[string], string>('SELECT mnemo_fold(?)').pluck()
  const wordsOf = db.prepare<[string], string>('SELECT mnemo_words(?)').pluck()
  const setUserWords = db.prepare<[string], number>('SELECT mnemo_user_words(?)').pluck()
  const select = db.prepare<[number], MessageRow>(`SELECT ${COLUMNS} FROM message m WHERE m.id = ?`)
  const selectMarked = db.prepare<[string, number], MessageRow & { marked: string }>(`SELECT ${COLUMNS}, mnemo_ranges(m.text, ?) AS marked FROM message m WHERE m.id = ?`)
  const walkDown = db.prepare<[string, number, number, number], number>('SELECT rowid FROM message_index WHERE message_index MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?').pluck()
  const walkUp = db.prepare<[string, number, number, number], number>('SELECT rowid FROM message_index WHERE message_index MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid LIMIT ?').pluck()
  const messageOf = db.prepare<[number], number>('SELECT message FROM doc WHERE doc = ?').pluck()
  const FACTS = "m.id, m.conversation, a.id AS sender, m.flags | (m.outgoing * 256) AS flags, m.text, (SELECT group_concat(name, char(10)) FROM attachment WHERE message = m.id) AS files FROM message m LEFT JOIN address a ON a.jid = m.sender"
  const factsOf = db.prepare<[number], MessageFacts>(`SELECT ${FACTS} WHERE m.id = ?`)
  const unindexed = db.prepare<[], MessageFacts>(`SELECT ${FACTS} WHERE ${WITHOUT_DOC} ORDER BY m.id DESC`)
  const unindexedCount = db.prepare<[], number>(`SELECT count(*) FROM message WHERE ${WITHOUT_DOC}`).pluck()
  const nameNow = db.prepare<[number], string>("SELECT coalesce((SELECT name FROM contact WHERE jid = c.jid AND name <> ''), nullif(c.name, ''), c.jid) FROM conversation c WHERE id = ?").pluck()
  const conversationNames = new Map<number, string>()
  let namesOf = -1
  /** The name of a conversation, kept until somebody is renamed. */
  function nameOf(id: number): string {
    if (namesOf !== people.version) {
      conversationNames.clear()
      namesOf = people.version
    }
    let name = conversationNames.get(id)
    if (name === undefined) conversationNames.set(id, (name = nameNow.get(id) ?? ''))
    return name
  }
  /** Changes when another connection has written (https://sqlite.org/pragma.html#pragma_data_version). */
  const dataVersion = db.prepare<[], number>('PRAGMA data_version').pluck()
  let seen = -1
  /** Messages that the index does not have. */
  let waiting = 0
  /** The version of the names that jieba was given. */
  let wordsOfNames = -1
  let own: { version: number; conversations: Set<number> } | null = null
  /** The docs of the latest query, in its order, for its next pages. */
  let latest: { key: string; places: ArrayLike<number> } | null = null

  function words(text: string): string[] {
    if (wordsOfNames !== people.version) {
      setUserWords.get(people.names.join('\ufffd'))
      wordsOfNames = people.version
    }
    return (wordsOf.get(text) ?? '').split('\u001f').filter((word) => word !== '')
  }

  /** Where the texts stand, in order, overlapping ones joined, never in the middle of a character as people see it. */
  function ranges(text: string, texts: readonly string[]): Range[] {
    return joined(text, texts.flatMap((piece) => toRanges(rangesOf.get(text, piece) ?? '')))
  }

  function joined(text: string, found: Range[]): Range[] {
    if (found.length === 0) return found
    const whole = clusters(text, found)
    whole.sort((a, b) => a[0] - b[0] || a[1] - b[1])
    const apart: Range[] = []
    for (const range of whole) {
      const last = apart.at(-1)
      if (last !== undefined && range[0] <= last[1]) last[1] = Math.max(last[1], range[1])
      else apart.push(range)
    }
    return apart
  }

  function toHit(message: number, texts: readonly string[]): SearchHit[] {
    const [only = '', ...more] = texts
    const row = selectMarked.get(only, message)
    if (row === undefined) return []
    const found = [...toRanges(row.marked), ...more.flatMap((piece) => toRanges(rangesOf.get(row.text, piece) ?? ''))]
    return [{ message: toMessage(row), conversationName: nameOf(row.conversation), ranges: joined(row.text, found) }]
  }

  const messageAt = (at: number): number => (columns.loaded ? columns.message[at]! : (messageOf.get(at + columns.base) ?? 0))

  /** The places of `set` in the order of history, at most `most`. */
  function inHistory(set: Bits, order: 'newest' | 'oldest', most: number): number[] {
    const { runs, base } = columns
    const [only] = runs
    if (runs.length <= 1) return only === undefined ? [] : (order === 'newest' ? descending : ascending)(set, most, only.first - base, only.last + 1 - base)
    columns.load()
    const { message } = columns
    const places = runs.flatMap((run) => (order === 'newest' ? descending : ascending)(set, most, run.first - base, run.last + 1 - base))
    places.sort(order === 'newest' ? (a, b) => message[b]! - message[a]! : (a, b) => message[a]! - message[b]!)
    return places.length > most ? places.slice(0, most) : places
  }

  /** The first page by walking the index, or null where it cannot be walked: the message ids. */
  function walk(node: QueryNode, order: 'newest' | 'oldest', most: number): number[] | null {
    const expression = hits.expression(node)
    if (expression === null || columns.runs.length > MOST_RUNS) return null
    const known = node.kind === 'text' && node.field === 'any' ? hits.byTerms(node.text, true) : null
    if (known !== null) return inHistory(known, order, most).map(messageAt)
    // one letter: its many terms would all be read before the first hit
    if (/" \*/.test(expression)) {
      const near = peek(node, null, order, most, PEEK_LETTER)
      if (near !== null) return near
    }
    const down = order === 'newest'
    const list = columns.runs.toSorted((a, b) => (down ? b.newest - a.newest : a.oldest - b.oldest))
    let found: number[] = []
    for (const [index, run] of list.entries()) {
      const docs = (down ? walkDown : walkUp).all(expression, run.first, run.last, most)
      found.push(...docs.map((doc) => messageAt(doc - columns.base)))
      found.sort((a, b) => (down ? b - a : a - b))
      found = found.slice(0, most)
      const next = list[index + 1]
      if (next !== undefined && found.length === most && (down ? found[most - 1]! > next.newest : found[most - 1]! < next.oldest)) break
    }
    return found
  }

  /** The first page within `filters` by walking the index past what they leave out; null where that takes too long. */
  function walkWithin(node: QueryNode, filters: Bits, order: 'newest' | 'oldest', most: number): number[] | null {
    const expression = hits.expression(node)
    const [run, another] = columns.runs
    if (expression === null || /" \*/.test(expression) || run === undefined || another !== undefined) return null
    const known = node.kind === 'text' && node.field === 'any' ? hits.byTerms(node.text, true) : null
    if (known !== null) return inHistory(and(known, filters), order, most).map(messageAt)
    const found: number[] = []
    let seen = 0
    for (const doc of (order === 'newest' ? walkDown : walkUp).iterate(expression, run.first, run.last, WALK)) {
      if (has(filters, doc - columns.base)) found.push(messageAt(doc - columns.base))
      if (found.length === most) return found
      // at this rate it would not be filled
      if (++seen >= WALK_LEAST && found.length * WALK < most * seen) return null
    }
    // all there are
    return seen < WALK ? found : null
  }

  /** The first page by comparing the newest (or oldest) of `within`; null where that does not fill it. */
  function peek(node: QueryNode, within: Bits | null, order: 'newest' | 'oldest', most: number, reach: number): number[] | null {
    const matches = hits.matcher(node)
    const found: number[] = []
    for (const [seen, at] of inHistory(within ?? everything(), order, reach).entries()) {
      // at this rate it would not be filled
      if (seen >= PEEK_LEAST && found.length * reach < most * seen) return null
      const facts = factsOf.get(messageAt(at))
      if (facts !== undefined && matches(facts)) found.push(facts.id)
      if (found.length === most) return found
    }
    return null
  }
  const everything = (): Bits => noBits(columns.words).fill(0xffffffff)

  /** Filters as a set of their own and the rest: only of queries all of whose items must hold. */
  function split(node: QueryNode, conversation: ConversationId | null): { filters: Bits | null; rest: QueryNode | null } {
    const nodes = node.kind === 'all' ? node.nodes : [node]
    const isFilter = (one: QueryNode): boolean => one.kind === 'filter' || (one.kind === 'not' && one.node.kind === 'filter') || (one.kind === 'any' && one.nodes.every(isFilter))
    const sets = nodes.filter(isFilter).map(hits.bits)
    if (conversation !== null) sets.push(hits.within(conversation))
    const rest = nodes.filter((one) => !isFilter(one))
    return { filters: sets.length === 0 ? null : sets.reduce(and), rest: rest.length === 0 ? null : rest.length === 1 ? (rest[0] ?? null) : { kind: 'all', nodes: rest } }
  }

  /** Those of `within` that match, by comparing each. */
  function compared(node: QueryNode, within: Bits): Bits {
    const matches = hits.matcher(node)
    const out = noBits(columns.words)
    each(within, (at) => {
      const facts = factsOf.get(messageAt(at))
      if (facts !== undefined && matches(facts)) out[at >> 5]! |= 1 << (at & 31)
    })
    return out
  }

  function facetsOf(set: Bits): Facets {
    columns.load()
    const { conversation, sender, flags, month } = columns
    const perConversation = new Map<number, number>()
    const perMonth = new Map<number, number>()
    let senders = new Uint32Array(1024)
    let own = 0
    each(set, (at) => {
      perConversation.set(conversation[at]!, (perConversation.get(conversation[at]!) ?? 0) + 1)
      perMonth.set(month[at]!, (perMonth.get(month[at]!) ?? 0) + 1)
      if ((flags[at]! & OUTGOING) !== 0) own++
      else {
        const id = sender[at]!
        if (id >= senders.length) {
          const more = new Uint32Array(id * 2)
          more.set(senders)
          senders = more
        }
        senders[id]!++
      }
    })
    // one person writes under an address of each group
    const bySender = new Map<string, Facets['senders'][number]>()
    for (const [id, number] of senders.entries()) {
      if (number === 0) continue
      const jid = people.jidOf(id)
      const name = people.nameOf(jid)
      const known = bySender.get(name)
      if (known === undefined) bySender.set(name, { jid: jid as Jid, name, count: number })
      else known.count += number
    }
    const everyone = [...bySender.values(), ...(own === 0 ? [] : [{ jid: null, name: '', count: own }])]
    return {
      conversations: [...perConversation].sort((a, b) => b[1] - a[1]).map(([id, number]) => ({ id: id as ConversationId, name: nameOf(id), count: number })),
      senders: everyone.sort((a, b) => b.count - a.count).slice(0, 200),
      months: [...perMonth].sort((a, b) => a[0] - b[0]).map(([at, number]) => ({ month: monthName(at), count: number }))
    }
  }

  /** The docs in which each of the words stands as a word. */
  function wholeWords(text: string): Bits {
    const sets = words(text).flatMap((word) => ([...word].length < 2 ? [] : [hits.phraseBits(`"\u0001${word.replaceAll('"', '""')}"`)]))
    return sets.length === 0 ? noBits(columns.words) : sets.reduce(and)
  }

  function best(set: Bits, texts: readonly string[], now: number, most: number): number[] {
    columns.load()
    const list: RankedText[] = texts.map((text) => {
      const found = hits.textBits(text, 'any')
      return { hits: found, whole: and(wholeWords(text), found), count: count(found) }
    })
    const frequency = (at: number, text: number): number => {
      const row = select.get(messageAt(at))
      return row === undefined ? 0 : (rangesOf.get(row.text, texts[text] ?? '') ?? '').split(';').length
    }
    if (own?.version !== columns.version) own = { version: columns.version, conversations: ownConversations(columns, people.direct()) }
    return rank(columns, set, list, own.conversations, now, most, frequency)
  }

  /** Messages with all words of the texts in any order, then with most of them; none of `exact`. */
  function related(texts: readonly string[], filters: Bits | null, exact: Bits): number[] {
    const all = [...new Set(texts.flatMap(words))].filter((word) => word.length > 1 || texts.length > 1).slice(0, MOST_WORDS)
    if (all.length < 2) return []
    const sets = all.map((word) => hits.textBits(word, 'any'))
    const found: number[] = []
    for (let wanted = all.length; wanted >= Math.max(2, Math.ceil(all.length * 0.6)) && found.length < MOST_RELATED; wanted--) {
      const set = andNot(inExactly(sets, wanted), exact)
      found.push(...inHistory(filters === null ? set : and(set, filters), 'newest', MOST_RELATED - found.length))
    }
    return found
  }

  /** The query with one misspelt word put right, where that finds more. */
  function didYouMean(query: string, node: QueryNode, found: number): string | null {
    if (found >= 3) return null
    const nodes = node.kind === 'all' ? node.nodes : [node]
    for (const one of nodes) {
      if (one.kind !== 'text' || one.field !== 'any') continue
      for (const word of words(one.text)) {
        const better = nearest(word, columns.held)
        if (better === null) continue
        const at = (foldOf.get(query) ?? '').indexOf(word)
        // the same place in the query as it was typed, where folding left lengths alone
        if (at < 0 || (foldOf.get(query.slice(at, at + word.length)) ?? '') !== word) continue
        const suggestion = query.slice(0, at) + better + query.slice(at + word.length)
        const other = parseQuery(suggestion, Date.now()).node
        if (other !== null && count(hits.bits(other)) > found) return suggestion
      }
    }
    return null
  }

  /** Messages that the index does not have yet, compared one by one until enough, or until time is up. */
  function scan(node: QueryNode, conversation: ConversationId | null, most: number): number[] {
    const matches = hits.matcher(node)
    const found: number[] = []
    const until = performance.now() + SCAN_MS
    for (const facts of unindexed.iterate()) {
      if ((conversation === null || facts.conversation === conversation) && matches(facts)) found.push(facts.id)
      if (found.length >= most || performance.now() > until) break
    }
    return found
  }

  function answer(input: SearchQuery): SearchAnswer {
    const started = performance.now()
    const { query, conversation = null, order = 'newest', limit, offset = 0, total: wantTotal = false, facets: wantFacets = false, suggest = false, now = Date.now() } = input
    look()
    const { node, texts, filters: written, problems: syntax } = parseQuery(query, now)
    const problems: QueryProblem[] = [...syntax, ...hits.problems(node)]
    const result: SearchAnswer = { total: wantTotal ? 0 : null, tookMs: 0, hits: [], problems, facets: wantFacets ? { conversations: [], senders: [], months: [] } : null, related: [], didYouMean: null, notIndexed: waiting, filters: written }
    if (node === null || (texts.length > 0 && texts.every((text) => (foldOf.get(text) ?? '') === ''))) return result

    const waitingHits = waiting === 0 ? [] : scan(node, conversation, offset + Math.max(limit, 1))
    const simple = conversation === null && !wantTotal && !wantFacets && !suggest && offset === 0 && waiting === 0
    const key = JSON.stringify([query, conversation, order, columns.version, Math.floor(now / 60_000)])
    let ids: number[] | null = null
    if (simple && order !== 'best' && limit > 0 && latest?.key !== key) ids = walk(node, order, limit)
    if (ids === null) {
      const { filters, rest } = split(node, conversation)
      const quick = !wantTotal && !wantFacets && !suggest && offset === 0 && waiting === 0 && order !== 'best' && limit > 0
      if (quick && filters !== null && rest !== null && latest?.key !== key && count(filters) > FEW) ids = walkWithin(rest, filters, order, limit) ?? peek(rest, filters, order, limit, PEEK)
      if (ids === null) {
        const set = (): Bits => {
          if (rest === null) return filters ?? columns.all()
          if (filters === null) return hits.bits(rest)
          return count(filters) <= FEW ? compared(rest, filters) : and(filters, hits.bits(rest))
        }
        let found: Bits | null = null
        if (wantTotal || wantFacets || suggest || latest?.key !== key) {
          found = set()
          const places = order === 'best' ? best(found, texts, now, Math.max(offset + limit, 200)) : inHistory(found, order, offset + limit > FEW || offset > 0 ? Infinity : offset + limit)
          latest = { key, places: order === 'best' || places.length === count(found) ? places : [] }
          if (wantTotal) result.total = count(found) + waitingHits.length
          if (wantFacets) result.facets = facetsOf(found)
          if (suggest) {
            result.related = related(texts, filters, found).flatMap((at) => toHit(messageAt(at), texts.flatMap(words)))
            result.didYouMean = didYouMean(query, node, count(found) + waitingHits.length)
          }
          ids = places.slice(offset, offset + limit).map(messageAt)
          if (latest.places.length === 0) latest = null
        } else ids = Array.from(latest.places).slice(offset, offset + limit).map(messageAt)
      }
    }
    if (waitingHits.length > 0) {
      // of a state in between, pages further down come from the index alone
      const merged = [...new Set([...waitingHits, ...ids])]
      if (order !== 'best') merged.sort((a, b) => (order === 'newest' ? b - a : a - b))
      ids = merged.slice(0, limit)
    }
    result.hits = ids.flatMap((id) => toHit(id, texts))
    result.tookMs = performance.now() - started
    return result
  }

  /** Sees what has changed since the last search, where anything has. */
  function look(): void {
    const now = dataVersion.get() ?? 0
    if (now === seen) return
    seen = now
    columns.look()
    people.look()
    waiting = unindexedCount.get() ?? 0
  }

  /** Where the texts of a query stand in these messages; those without a hit are left out. */
  function mark(input: { query: string; ids: MessageId[] }): { id: MessageId; ranges: Range[] }[] {
    const { texts } = parseQuery(input.query, Date.now())
    return input.ids.flatMap((id) => {
      const row = select.get(id)
      const found = row === undefined ? [] : ranges(row.text, texts)
      return found.length === 0 ? [] : [{ id, ranges: found }]
    })
  }

  /** All hits of a query in the order of history, by id, for an export. */
  function ids(input: { query: string; conversation: ConversationId | null; now?: number }): MessageId[] {
    look()
    const { node } = parseQuery(input.query, input.now ?? Date.now())
    if (node === null) return []
    const set = hits.bits(node)
    const places = inHistory(input.conversation === null ? set : and(set, hits.within(input.conversation)), 'oldest', Infinity)
    return places.map((at) => messageAt(at) as MessageId)
  }

  return {
    /** Reads what searches need in memory, before the first of them. */
    prepare: db.transaction((): void => {
      look()
      columns.load()
    }) as () => void,
    /** One state of the database for all of it. */
    search: db.transaction(answer) as (input: SearchQuery) => SearchAnswer,
    mark,
    ids: db.transaction(ids) as typeof ids,
    people
  }
}
export type Search = ReturnType<typeof createSearch>

/** What mnemo_ranges says, 'start,end;start,end'. */
function toRanges(text: string): Range[] {
  return text === '' ? [] : text.split(';').map((range) => range.split(',').map(Number) as Range)
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Ranges that begin or end within a grapheme cluster, such as a flag or a family, are widened to all of it. */
function clusters(text: string, ranges: readonly Range[]): Range[] {
  if (!/[\u200d\ufe0f\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}\p{M}]/u.test(text)) return [...ranges]
  const segments = segmenter.segment(text)
  return ranges.map(([start, end]) => {
    const first = segments.containing(start)
    const last = end > start ? segments.containing(end - 1) : undefined
    return [first?.index ?? start, last === undefined ? end : last.index + last.segment.length]
  })
}
