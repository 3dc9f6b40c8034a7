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

/** What one message is asked about, without its columns. */
export interface MessageFacts {
  id: number
  conversation: number
  sender: number
  /** With OUTGOING. */
  flags: number
  text: string
  files: string | null
}

/** A text of so many terms is looked for by them. */
const LONG = 3
/** At most so many candidates are compared rather than looked for in the index. */
export const COMPARED = 600
/** So many of the newest messages show which terms are frequent. */
const SAMPLE = 2000
const WARM_MS = 10
/** With room for fewer sets a term is read only where it saves more at once. */
const ROOMY = 120
/** The rest is for what is asked. */
const WARM_SHARE = 0.6
/** So many of the most frequent words are read, too: to intersect the places of two frequent characters takes longest. */
const WARM_WORDS = 64
/** What is long is looked for by its terms. */
const WORD = /(?=(\p{Script=Han}{2}))|(?<![\p{L}\p{N}])([\p{L}\p{N}]{3})(?![\p{L}\p{N}])/gu
/** Bit sets that are kept. */
const KEPT = 48

/** A condition on one column; `numbers` may be large sets. */
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
  // many at once cost a third of as many calls; the order is that of the list
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
  /** Phrases that are still to be read; the most frequent terms last, before them the most frequent words. */
  let common: string[] | null = null

  /** A bit set that was made lately, or is made now; all are made anew when the index changed. */
  function keep(key: string, make: () => Bits): Bits {
    if (version !== columns.version) {
      kept.clear()
      version = columns.version
    }
    const bits = kept.get(key) ?? make()
    // the latest used stays longest
    kept.delete(key)
    kept.set(key, bits)
    const [oldest] = kept.keys()
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest)
    return bits
  }

  /**
   * The docs that may contain a text: those with all its terms, whatever their order, and what changed lately. null where
   * it has fewer than `least` terms, or none as a whole (one letter), or where one is not known and it would not be kept for long.
   * The set is the next call's, too.
   */
  function candidates(text: string, least: number, make = sets.capacity() >= ROOMY): Bits | null {
    const list = termsIn(text)
    if (list.length < least || list.length === 0 || (!make && !list.every((term) => sets.has(quoted(term))))) return null
    return sets.meet(list.map(quoted))
  }
  const termsIn = (text: string): string[] => [...new Set((termsOf.get(text) ?? '').split('\u001f').filter((term) => term !== ''))]

  /** Reads the next of the terms that the newest messages have most, for a few ms; whether there is more to do. */
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

  /** Whether the doc at a place contains a text, or a file of it does. */
  const confirm = (at: number, text: string): boolean => containsOf.get({ text, id: columns.messageAt(at) }) === 1
  /** The first `most` of many places that do. */
  function confirmed(places: readonly number[], text: string, most = places.length): number[] {
    const ids = places.map((at) => columns.messageAt(at))
    return containing.all({ text, ids: JSON.stringify(ids), most }).map((index) => places[index] ?? 0)
  }

  /**
   * The docs of a long text by its terms: where few docs have them all, those are compared, which is quicker than to walk
   * through the places of every term. null where that does not pay.
   */
  function byTerms(text: string): Bits | null {
    const found = candidates(text, LONG, true)
    if (found === null || count(found) > COMPARED) return null
    const sure = noBits(found.length)
    for (const at of confirmed(ascending(found, COMPARED), text)) sure[at >> 5]! |= 1 << (at & 31)
    return sure
  }

  /** The docs that contain a text. */
  function textBits(text: string, field: 'any' | 'files'): Bits {
    const made = phrase(text, field)
    if (made === null) return columns.all()
    if (field === 'files') return keep(made, () => sets.read(made))
    return termsIn(text).length < LONG
      ? sets.exact(made, (at) => confirm(at, text))
      : keep(made, () => byTerms(text) ?? sets.exact(made, (at) => confirm(at, text)))
  }

  /** The docs that have a code, whatever groups it: of those with its digits. */
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

  /** The docs that match one FTS5 phrase. */
  const phraseBits = (phrase: string): Bits => keep(phrase, () => sets.read(phrase))

  /** The phrase of a text, or null where folding leaves nothing of it: then every message contains it. */
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

  /** The same of one message. */
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

  // what is unread changes without the index
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

  /** The same question about one message. Filters are resolved once. */
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

  /** The FTS5 expression of a query of texts alone, or null where it has filters, or asks only for what is not there. */
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

  /** Names that nobody has. */
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

  /** The docs of one conversation. */
  function within(conversation: ConversationId): Bits {
    return keep(`in ${conversation}`, () => {
      columns.load()
      return columns.among(columns.conversation, new Set([conversation]))
    })
  }

  const facts = (message: number): MessageFacts | undefined => factsOf.get(message)
  /** Of the messages at many places, in that order; `nth`: at which of them. */
  const factsAt = (places: readonly number[]): (MessageFacts & { nth: number })[] => factsOfAll.all(JSON.stringify(places.map((at) => columns.messageAt(at))))
  /** Those that the index does not have yet, newest first. */
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
