/** Evaluates a parsed query: as bit sets over all docs, or message by message over a few. */
import type { ConversationId } from '../../contract/domain.ts'
import type { QueryProblem } from '../../contract/search.ts'
import type { ReadableDB } from '../store/database.ts'
import { WITHOUT_DOC } from '../store/tables/message-index.ts'
import { ATTACHED, FLAG, OUTGOING } from '../store/tables/message-row.ts'
import { and, andNot, ascending, count, noBits, or, type Bits } from './bits.ts'
import type { Columns } from './columns.ts'
import { groupedNumber, hasNumber } from './numbers.ts'
import type { People } from './people.ts'
import type { Filter, QueryNode } from './query.ts'
import { createSets } from './sets.ts'

/** Data of one message that a query is compared with, beside the columns. */
export interface MessageFacts {
  id: number
  conversation: number
  sender: number
  /** Flags, including OUTGOING. */
  flags: number
  text: string
  files: string | null
}

/** Number of terms from which a text is searched by its terms. */
const LONG = 3
/** Largest number of candidates that are compared instead of searched in the index. */
export const COMPARED = 600
/** Number of newest messages sampled for frequent terms. */
const SAMPLE = 2000
const WARM_MS = 10
/** Capacity in sets below which a term is read only if it saves more at once. */
const ROOMY = 120
/** Share of the capacity for warming; the rest is for queries. */
const WARM_SHARE = 0.6
/** Number of most frequent words read in advance: the intersection of two frequent characters' positions takes longest. */
const WARM_WORDS = 64
/** Sample words; longer texts are searched by their terms. */
const WORD = /(?=(\p{Script=Han}{2}))|(?<![\p{L}\p{N}])([\p{L}\p{N}]{3})(?![\p{L}\p{N}])/gu
/** Number of cached bit sets. */
const KEPT = 48

/** Condition on one column; `numbers` may be large sets. */
type Condition =
  | { column: 'sender' | 'conversation'; numbers: ReadonlySet<number> }
  | { column: 'flags'; mask: number; equals: number; conversations?: ReadonlySet<number> }
  | { column: 'message'; from: number; to: number }
  | { column: 'unread'; readUpTo: ReadonlyMap<number, number> }

const quoted = (term: string): string => `"${term.replaceAll('"', '""')}"`

export function createHits(db: ReadableDB, columns: Columns, people: People) {
  const phraseOf = db.prepare<[string], string | null>('SELECT mnemo_phrase(?)').pluck()
  const foldOf = db.prepare<[string], string>('SELECT mnemo_fold(?)').pluck()
  const newestTexts = db.prepare<[number], string>('SELECT text FROM message ORDER BY id DESC LIMIT ?').pluck()
  const termsOf = db.prepare<[string], string | null>('SELECT mnemo_terms(?)').pluck()
  const FACTS = `m.id, m.conversation, m.sender_id AS sender, m.flags | (m.outgoing * ${OUTGOING}) AS flags, m.text, (SELECT group_concat(name, char(10)) FROM attachment WHERE message = m.id) AS files`
  const factsOf = db.prepare<[number], MessageFacts>(`SELECT ${FACTS} FROM message m WHERE m.id = ?`)
  // a batch costs a third of single calls; the order is that of the list
  const factsOfAll = db.prepare<[string], MessageFacts & { nth: number }>(
    `SELECT j.key AS nth, ${FACTS} FROM json_each(?) j CROSS JOIN message m ON m.id = j.value`
  )
  const unindexed = db.prepare<[], MessageFacts>(`SELECT ${FACTS} FROM message m WHERE ${WITHOUT_DOC} ORDER BY m.id DESC`)
  const unindexedCount = db.prepare<[], number>(`SELECT count(*) FROM message WHERE ${WITHOUT_DOC}`).pluck()
  const CONTAINS = `(mnemo_contains(m.text, :text) OR (m.flags & ${ATTACHED} AND mnemo_contains((SELECT group_concat(name, char(10)) FROM attachment WHERE message = m.id), :text)))`
  const containsOf = db.prepare<[{ text: string; id: number }], number>(`SELECT ${CONTAINS} FROM message m WHERE m.id = :id`).pluck()
  const containing = db
    .prepare<[{ text: string; ids: string; most: number }], number>(
      `SELECT j.key FROM json_each(:ids) j CROSS JOIN message m ON m.id = j.value WHERE ${CONTAINS} LIMIT :most`
    )
    .pluck()
  const contains = db.prepare<[string, string], number>('SELECT mnemo_contains(?, ?)').pluck()
  const kept = new Map<string, Bits>()
  let version = -1
  const sets = createSets(db, columns)
  /** Phrases still to be read; read from the end: the most frequent terms, then the most frequent words. */
  let common: string[] | null = null

  /** Cached bit set, or a new one; the cache is cleared when the index changes. */
  function keep(key: string, make: () => Bits): Bits {
    if (version !== columns.version) {
      kept.clear()
      version = columns.version
    }
    const bits = kept.get(key) ?? make()
    // least recently used sets are evicted first
    kept.delete(key)
    kept.set(key, bits)
    const [oldest] = kept.keys()
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest)
    return bits
  }

  /**
   * Docs that may contain a text: those with all its terms in any order, and recently changed ones. null if it has fewer than `least` terms, or no complete
   * one (a single letter), or if a term is unknown and would not be cached for long. The set is reused by the next call.
   */
  function candidates(text: string, least: number, make = sets.capacity() >= ROOMY): Bits | null {
    const list = termsIn(text)
    if (list.length < least || list.length === 0 || (!make && !list.every((term) => sets.has(quoted(term))))) return null
    return sets.meet(list.map(quoted))
  }
  const termsIn = (text: string): string[] => [...new Set((termsOf.get(text) ?? '').split('\u001f').filter((term) => term !== ''))]

  /** Reads the next frequent terms for a few ms; returns whether there is more to do. */
  function warm(): boolean {
    if (common === null) {
      const [terms, words] = [new Map<string, number>(), new Map<string, number>()]
      const note = (docs: Map<string, number>, found: Iterable<string>): void => {
        for (const one of found) docs.set(one, (docs.get(one) ?? 0) + 1)
      }
      for (const text of newestTexts.all(SAMPLE)) {
        const beginning = text.slice(0, 200)
        note(terms, termsIn(beginning).map(quoted))
        note(words, new Set([...beginning.matchAll(WORD)].map(([, han, latin]) => (han ?? latin ?? '').toLowerCase())))
      }
      const most = (docs: Map<string, number>, room: number): string[] =>
        room < 1
          ? []
          : [...docs]
              .sort((a, b) => a[1] - b[1])
              .slice(-room)
              .map(([one]) => one)
      const room = Math.floor(sets.capacity() * WARM_SHARE)
      common = [...most(words, Math.min(WARM_WORDS, room - WARM_WORDS)).flatMap((word) => phraseOf.get(word) ?? []), ...most(terms, room)]
    }
    const until = performance.now() + WARM_MS
    while (performance.now() < until) {
      const term = common.pop()
      if (term === undefined) return false
      sets.load(term)
    }
    return true
  }

  /** True if the message at a position, or the name of a file of it, contains a text. */
  const confirm = (at: number, text: string): boolean => containsOf.get({ text, id: columns.messageAt(at) }) === 1
  /** First `most` of these positions whose messages contain a text. */
  function confirmed(places: readonly number[], text: string, most = places.length): number[] {
    const ids = places.map((at) => columns.messageAt(at))
    return containing.all({ text, ids: JSON.stringify(ids), most }).map((index) => places[index] ?? 0)
  }

  /**
   * Docs of a long text by its terms: few docs with all of them are compared, which is faster than walking all terms' positions. null if that does not pay.
   */
  function byTerms(text: string): Bits | null {
    const found = candidates(text, LONG, true)
    if (found === null || count(found) > COMPARED) return null
    const sure = noBits(found.length)
    for (const at of confirmed(ascending(found, COMPARED), text)) sure[at >> 5]! |= 1 << (at & 31)
    return sure
  }

  /** Docs that contain a text. */
  function textBits(text: string, field: 'any' | 'files'): Bits {
    const made = phrase(text, field)
    if (made === null) return columns.all()
    if (field === 'files') return keep(made, () => sets.read(made))
    return termsIn(text).length < LONG
      ? sets.exact(made, (at) => confirm(at, text))
      : keep(made, () => byTerms(text) ?? sets.exact(made, (at) => confirm(at, text)))
  }

  /** Docs that contain a code in any grouping, among those with its digits. */
  function codeBits(digits: string, whole: string): Bits {
    return keep(`code ${whole}`, () => {
      const found = or(textBits(digits, 'any'), phraseBits(groupedNumber(digits)))
      const sure = noBits(found.length)
      for (const at of ascending(found, Infinity)) {
        const facts = factsOf.get(columns.messageAt(at))
        const folded = (text: string): string => foldOf.get(text) ?? ''
        if (facts !== undefined && (hasNumber(folded(facts.text), whole) || (facts.files !== null && hasNumber(folded(facts.files), whole))))
          sure[at >> 5]! |= 1 << (at & 31)
      }
      return sure
    })
  }

  /** Docs that match one FTS5 phrase. */
  const phraseBits = (phrase: string): Bits => keep(phrase, () => sets.read(phrase))

  /** Phrase of a text, or null if folding leaves nothing of it: then every message contains it. */
  function phrase(text: string, field: 'any' | 'files'): string | null {
    const made = phraseOf.get(text) ?? null
    return made === null || field === 'any' ? made : `files : ${made}`
  }

  function condition(filter: Filter): Condition {
    switch (filter.by) {
      case 'sender':
        return filter.name === null ? { column: 'flags', mask: OUTGOING, equals: OUTGOING } : { column: 'sender', numbers: people.senders(filter.name) }
      case 'recipient':
        return filter.name === null
          ? { column: 'flags', mask: OUTGOING, equals: 0, conversations: people.direct() }
          : { column: 'flags', mask: OUTGOING, equals: OUTGOING, conversations: people.conversations(filter.name) }
      case 'conversation':
        return { column: 'conversation', numbers: people.conversations(filter.name) }
      case 'time':
        return { column: 'message', from: (filter.from ?? 0) * 1024, to: filter.to === null ? Infinity : filter.to * 1024 }
      case 'flag':
        return { column: 'flags', mask: FLAG[filter.flag], equals: FLAG[filter.flag] }
      case 'unread':
        return { column: 'unread', readUpTo: people.readUpTo() }
      case 'text-only':
        return { column: 'flags', mask: ATTACHED, equals: 0 }
    }
  }

  /** True if one message meets a condition. */
  function holds(wanted: Condition, { id, conversation, sender, flags }: MessageFacts): boolean {
    switch (wanted.column) {
      case 'sender':
        return wanted.numbers.has(sender)
      case 'conversation':
        return wanted.numbers.has(conversation)
      case 'flags':
        return (flags & wanted.mask) === wanted.equals && (wanted.conversations?.has(conversation) ?? true)
      case 'message':
        return id >= wanted.from && id < wanted.to
      case 'unread':
        return (flags & OUTGOING) === 0 && id > (wanted.readUpTo.get(conversation) ?? 0)
    }
  }

  // unread messages change without the index
  const filterBits = (filter: Filter): Bits =>
    filter.by === 'unread' ? readFilter(filter) : keep(`${people.version} ${JSON.stringify(filter)}`, () => readFilter(filter))

  function readFilter(filter: Filter): Bits {
    columns.load()
    const wanted = condition(filter)
    switch (wanted.column) {
      case 'sender':
        return columns.among(columns.sender, wanted.numbers)
      case 'conversation':
        return columns.among(columns.conversation, wanted.numbers)
      case 'flags': {
        const flagged = columns.flagged(wanted.mask, wanted.equals)
        return wanted.conversations === undefined ? flagged : and(flagged, columns.among(columns.conversation, wanted.conversations))
      }
      case 'message':
        return columns.between(wanted.from, wanted.to)
      case 'unread':
        return columns.after(wanted.readUpTo, OUTGOING)
    }
  }

  function bits(node: QueryNode): Bits {
    switch (node.kind) {
      case 'text':
        return textBits(node.text, node.field)
      case 'number':
        return node.whole === undefined ? or(textBits(node.digits, 'any'), phraseBits(groupedNumber(node.digits))) : codeBits(node.digits, node.whole)
      case 'other':
        return bits(node.node)
      case 'filter':
        return filterBits(node.filter)
      case 'not':
        return andNot(columns.all(), bits(node.node))
      case 'any':
        return node.nodes.map(bits).reduce(or)
      case 'all': {
        const wanted = node.nodes.filter((one) => one.kind !== 'not').map(bits)
        const without = node.nodes.flatMap((one) => (one.kind === 'not' ? [bits(one.node)] : []))
        return without.reduce(andNot, wanted.length === 0 ? columns.all() : wanted.reduce(and))
      }
    }
  }

  /** Predicate of a query for single messages. Filters are resolved once. */
  function matcher(node: QueryNode): (message: MessageFacts) => boolean {
    switch (node.kind) {
      case 'text': {
        const { text, field } = node
        return (message) => (field === 'any' && contains.get(message.text, text) === 1) || (message.files !== null && contains.get(message.files, text) === 1)
      }
      case 'number':
        return ({ text, files }) =>
          hasNumber(foldOf.get(text) ?? '', node.whole ?? node.digits) || (files !== null && hasNumber(foldOf.get(files) ?? '', node.whole ?? node.digits))
      case 'other':
        return matcher(node.node)
      case 'filter': {
        const wanted = condition(node.filter)
        return (message) => holds(wanted, message)
      }
      case 'not': {
        const inner = matcher(node.node)
        return (message) => !inner(message)
      }
      case 'any': {
        const inner = node.nodes.map(matcher)
        return (message) => inner.some((one) => one(message))
      }
      case 'all': {
        const inner = node.nodes.map(matcher)
        return (message) => inner.every((one) => one(message))
      }
    }
  }

  /** FTS5 expression of a query of texts, or null if it has filters or consists of negations only. */
  function expression(node: QueryNode): string | null {
    switch (node.kind) {
      case 'text':
        return phrase(node.text, node.field)
      case 'other':
        return expression(node.node)
      case 'number':
      case 'filter':
      case 'not':
        return null
      case 'any': {
        const inner = node.nodes.map(expression)
        return inner.includes(null) ? null : `(${inner.join(' OR ')})`
      }
      case 'all': {
        const wanted = node.nodes.filter((one) => one.kind !== 'not').map(expression)
        const without = node.nodes.flatMap((one) => (one.kind === 'not' ? [expression(one.node)] : []))
        if (wanted.length === 0 || wanted.includes(null) || without.includes(null)) return null
        return without.reduce<string>((left, right) => `(${left}) NOT (${right ?? ''})`, wanted.join(' AND '))
      }
    }
  }

  /** Names in filters that match nobody. */
  function problems(node: QueryNode | null): QueryProblem[] {
    if (node === null || node.kind === 'text' || node.kind === 'number' || node.kind === 'other') return []
    if (node.kind === 'not') return problems(node.node)
    if (node.kind !== 'filter') return node.nodes.flatMap(problems)
    const { filter, range } = node
    if (!('name' in filter) || filter.name === null) return []
    if (filter.by === 'conversation') return people.conversations(filter.name).size > 0 ? [] : [{ code: 'unknown-conversation', range, value: filter.name }]
    const known = (filter.by === 'sender' ? people.senders(filter.name) : people.conversations(filter.name)).size > 0
    return known ? [] : [{ code: 'unknown-person', range, value: filter.name }]
  }

  /** Docs of one conversation. */
  function within(conversation: ConversationId): Bits {
    return keep(`in ${conversation}`, () => {
      columns.load()
      return columns.among(columns.conversation, new Set([conversation]))
    })
  }

  const facts = (message: number): MessageFacts | undefined => factsOf.get(message)
  /** Data of the messages at these positions, in that order; `nth`: index in the list. */
  const factsAt = (places: readonly number[]): (MessageFacts & { nth: number })[] => factsOfAll.all(JSON.stringify(places.map((at) => columns.messageAt(at))))
  /** Messages that are not indexed yet, newest first. */
  const unindexedFacts = (): Iterable<MessageFacts> => unindexed.iterate()

  return {
    facts,
    factsAt,
    unindexed: unindexedFacts,
    unindexedCount: () => unindexedCount.get() ?? 0,
    bits,
    phraseBits,
    textBits,
    candidates,
    confirmed,
    warm,
    matcher,
    expression,
    problems,
    within
  }
}
export type Hits = ReturnType<typeof createHits>
