/** Evaluates a parsed query: as bit sets over all docs, or message by message over a few. */
import type { ConversationId, QueryProblem } from '../../contract/domain.ts'
import type { ReadableDB } from '../store/database.ts'
import { ATTACHED, FLAG, OUTGOING, WITHOUT_DOC } from '../store/tables/message.ts'
import { and, andNot, count, each, fromBuffer, noBits, or, type Bits } from './bits.ts'
import type { Columns } from './columns.ts'
import type { People } from './people.ts'
import { isMe, type Filter, type QueryNode } from './query.ts'

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
/** So many candidates are compared rather than looked for in the index. */
const COMPARED = 160
/** Docs that came or changed since a term was read, at most. */
const MOST_UNSURE = 64
/** What the sets of terms may take. */
const TERM_BYTES = 24e6
/** A phrase of two or three characters, in its quotes. */
const SHORT = 5
/** Bit sets that are kept. */
const KEPT = 48

/** A condition on one column; `numbers` may be large sets. */
type Condition =
  | { column: 'sender' | 'conversation'; numbers: ReadonlySet<number>; orOwn?: boolean }
  | { column: 'flags'; mask: number; equals: number; conversations?: ReadonlySet<number> }
  | { column: 'message'; from: number; to: number }
  | { column: 'unread'; readUpTo: ReadonlyMap<number, number> }

/** The docs that may have a term: those that have it, as far as was read, and all that came or changed since. */
interface TermSet {
  bits: Bits
  epoch: number
  /** The last doc that was read. */
  last: number
  /** How many of the columns' edits are marked. */
  edits: number
}

export function createHits(db: ReadableDB, columns: Columns, people: People) {
  const phraseOf = db.prepare<[string], string | null>('SELECT mnemo_phrase(?)').pluck()
  const hitsOf = db.prepare<[number, number, string], Buffer>('SELECT mnemo_hits(message_index, ?, ?) FROM message_index WHERE message_index MATCH ? LIMIT 1').pluck()
  const bitsOf = db.prepare<[number, number, string], Buffer | null>('SELECT mnemo_bits(rowid, ?, ?) FROM message_index WHERE message_index MATCH ?').pluck()
  const termsOf = db.prepare<[string], string | null>('SELECT mnemo_terms(?)').pluck()
  const FACTS = `m.id, m.conversation, a.id AS sender, m.flags | (m.outgoing * ${OUTGOING}) AS flags, m.text, (SELECT group_concat(name, char(10)) FROM attachment WHERE message = m.id) AS files FROM message m LEFT JOIN address a ON a.jid = m.sender`
  const factsOf = db.prepare<[number], MessageFacts>(`SELECT ${FACTS} WHERE m.id = ?`)
  const unindexed = db.prepare<[], MessageFacts>(`SELECT ${FACTS} WHERE ${WITHOUT_DOC} ORDER BY m.id DESC`)
  const unindexedCount = db.prepare<[], number>(`SELECT count(*) FROM message WHERE ${WITHOUT_DOC}`).pluck()
  const contains = db.prepare<[string, string], number>('SELECT mnemo_contains(?, ?)').pluck()
  const kept = new Map<string, Bits>()
  let version = -1
  const terms = new Map<string, TermSet>()

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

  /** The set of a term that was made before, with all that came since added to it; undefined where it is to be made. */
  function knownTerm(term: string): TermSet | undefined {
    const set = terms.get(term)
    if (set === undefined || set.epoch !== columns.epoch || columns.last - set.last + columns.edits.length - set.edits > MOST_UNSURE) return undefined
    if (set.bits.length !== columns.words) {
      const longer = noBits(columns.words)
      longer.set(set.bits)
      set.bits = longer
    }
    for (let doc = set.last + 1; doc <= columns.last; doc++) mark(set.bits, doc - columns.base)
    for (; set.edits < columns.edits.length; set.edits++) mark(set.bits, (columns.edits[set.edits] ?? 0) - columns.base)
    set.last = columns.last
    terms.delete(term)
    terms.set(term, set)
    return set
  }
  function mark(bits: Bits, at: number): void {
    if (at >= 0 && at < bits.length * 32) bits[at >> 5]! |= 1 << (at & 31)
  }

  function termBits(term: string): Bits {
    const known = knownTerm(term)
    if (known !== undefined) return known.bits
    const blob = hitsOf.get(columns.base, columns.size, `"${term.replaceAll('"', '""')}"`)
    const bits = blob === undefined ? noBits(columns.words) : fromBuffer(blob)
    terms.set(term, { bits, epoch: columns.epoch, last: columns.last, edits: columns.edits.length })
    const [oldest] = terms.keys()
    if (terms.size * columns.words * 4 > TERM_BYTES && oldest !== undefined) terms.delete(oldest)
    return bits
  }

  /**
   * The docs of a long text by its terms: where few docs have them all, those are compared, which is quicker than to walk
   * through the places of every term. null where that does not pay. `cheap`: only where all terms are known.
   */
  function byTerms(text: string, cheap: boolean): Bits | null {
    const list = [...new Set((termsOf.get(text) ?? '').split('\u001f'))]
    if (list.length < LONG || (cheap && !list.every((term) => knownTerm(term) !== undefined))) return null
    const candidates = list.map(termBits).reduce(and)
    if (count(candidates) > COMPARED) return null
    each(candidates, (at) => {
      const facts = factsOf.get(columns.messageAt(at))
      const found = facts !== undefined && (contains.get(facts.text, text) === 1 || (facts.files !== null && contains.get(facts.files, text) === 1))
      if (!found) candidates[at >> 5]! &= ~(1 << (at & 31))
    })
    return candidates
  }

  /** The docs that contain a text. */
  function textBits(text: string, field: 'any' | 'files'): Bits {
    const made = phrase(text, field)
    if (made === null) return columns.all()
    return keep(made, () => (field === 'any' ? byTerms(text, false) : null) ?? readPhrase(made))
  }

  /** The docs that match one FTS5 phrase. */
  const phraseBits = (phrase: string): Bits => keep(phrase, () => readPhrase(phrase))

  function readPhrase(phrase: string): Bits {
    // what is long is rare, and to find its first row takes as long as to find all
    const rare = phrase.length > SHORT || phrase.endsWith('*')
    const blob = (rare ? bitsOf : hitsOf).get(columns.base, columns.size, phrase) ?? undefined
    return blob === undefined ? noBits(columns.words) : fromBuffer(blob)
  }

  /** The phrase of a text, or null where folding leaves nothing of it: then every message contains it. */
  function phrase(text: string, field: 'any' | 'files'): string | null {
    const made = phraseOf.get(text) ?? null
    return made === null || field === 'any' ? made : `files : ${made}`
  }

  function condition(filter: Filter): Condition {
    switch (filter.by) {
      case 'sender':
        return { column: 'sender', numbers: people.senders(filter.name), orOwn: isMe(filter.name) }
      case 'recipient':
        return isMe(filter.name)
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
        return wanted.numbers.has(sender) || (wanted.orOwn === true && (flags & OUTGOING) !== 0)
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
  const filterBits = (filter: Filter): Bits => (filter.by === 'unread' ? readFilter(filter) : keep(`${people.version} ${JSON.stringify(filter)}`, () => readFilter(filter)))

  function readFilter(filter: Filter): Bits {
    columns.load()
    const wanted = condition(filter)
    switch (wanted.column) {
      case 'sender':
        return wanted.orOwn === true ? or(columns.among(columns.sender, wanted.numbers), columns.flagged(OUTGOING, OUTGOING)) : columns.among(columns.sender, wanted.numbers)
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
    if (node === null || node.kind === 'text') return []
    if (node.kind === 'not') return problems(node.node)
    if (node.kind !== 'filter') return node.nodes.flatMap(problems)
    const { filter, range } = node
    if (!('name' in filter)) return []
    if (filter.by === 'conversation') return people.conversations(filter.name).size > 0 ? [] : [{ code: 'unknown-conversation', range, value: filter.name }]
    const known = isMe(filter.name) || (filter.by === 'sender' ? people.senders(filter.name) : people.conversations(filter.name)).size > 0
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
  /** Those that the index does not have yet, newest first. */
  const unindexedFacts = (): Iterable<MessageFacts> => unindexed.iterate()

  return { facts, unindexed: unindexedFacts, unindexedCount: () => unindexedCount.get() ?? 0, bits, phraseBits, textBits, byTerms, matcher, expression, problems, within }
}
export type Hits = ReturnType<typeof createHits>
