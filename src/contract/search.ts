/** Search queries and results, names, and completions. Ranges are in UTF-16 units. */
import { z } from 'zod'
import { ConversationId, ConversationKind, Jid, Message } from './domain.ts'

/** Start and end of a match in UTF-16 units of the text. */
export const Range = z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()])
export type Range = z.infer<typeof Range>

export const SearchHit = z.object({
  message: Message,
  conversationName: z.string(),
  ranges: z.array(Range)
})
export type SearchHit = z.infer<typeof SearchHit>

export const SearchOrder = z.enum(['newest', 'oldest', 'best'])
export type SearchOrder = z.infer<typeof SearchOrder>

/** Problem with a part of a query. */
export const QueryProblem = z.object({
  code: z.enum(['unknown-person', 'unknown-conversation', 'bad-date', 'unknown-value', 'missing-value']),
  /** Position in the query, in UTF-16 units. */
  range: Range,
  /** Words that cause the problem. */
  value: z.string()
})
export type QueryProblem = z.infer<typeof QueryProblem>

/** Distribution of the hits; largest first, months in order. */
export const Facets = z.object({
  conversations: z.array(z.object({ id: ConversationId, name: z.string(), count: z.number().int() })),
  /** `jid` is null for the user's own messages. */
  senders: z.array(z.object({ jid: Jid.nullable(), name: z.string(), count: z.number().int() })),
  /** `month` as 2024-05, local time. */
  months: z.array(z.object({ month: z.string(), count: z.number().int() }))
})
export type Facets = z.infer<typeof Facets>

/** Meaning of a filter by kind or state, in whatever words it is written; media: pictures and videos. */
export const FilterMeaning = z.enum(['text', 'image', 'video', 'media', 'voice', 'file', 'link', 'mention', 'starred', 'edited', 'unread', 'encrypted'])
export type FilterMeaning = z.infer<typeof FilterMeaning>

/** Whether a word means the user in a filter by sender or recipient; in quotes it is a name. */
export const isMe = (name: string): boolean => /^(?:me|myself|我|自己|本人|私|自分)$/iu.test(name)

/** A filter as written in a query, such as from:alice. `own`: its value means the user; `meaning` is null for filters by name and time. */
export const QueryFilter = z.object({
  operator: z.string(),
  value: z.string(),
  negative: z.boolean(),
  range: Range,
  own: z.boolean(),
  meaning: FilterMeaning.nullable()
})
export type QueryFilter = z.infer<typeof QueryFilter>

export const SearchAnswer = z.object({
  /** Total number of hits; null where it was not requested. */
  total: z.number().int().nonnegative().nullable(),
  tookMs: z.number().nonnegative(),
  hits: z.array(SearchHit),
  filters: z.array(QueryFilter),
  problems: z.array(QueryProblem),
  facets: Facets.nullable(),
  /** Messages with all of the query's words in any order, then with most of them; without the hits. */
  related: z.array(SearchHit),
  /** Query in another spelling that has more hits. */
  didYouMean: z.string().nullable(),
  /**
   * Possible readings of a query in Latin letters: words in pinyin or romaji, or typed with another keyboard layout; with their numbers of
   * messages.
   */
  readAs: z.array(z.object({ text: z.string(), count: z.number().int().positive() })),
  /** Messages not indexed yet while the index is being rebuilt; they are searched one by one, newest first. */
  notIndexed: z.number().int().nonnegative()
})
export type SearchAnswer = z.infer<typeof SearchAnswer>

/** Recent and saved searches; latest first. */
export const SearchHistory = z.object({ recent: z.array(z.string().max(1000)).max(20), saved: z.array(z.string().max(1000)).max(100) })
export type SearchHistory = z.infer<typeof SearchHistory>

/** Group member whose name matches the typed text; `ranges` of the matches in the name. */
export const OccupantMatch = z.object({ nick: z.string(), name: z.string(), jid: Jid, ranges: z.array(Range) })
export type OccupantMatch = z.infer<typeof OccupantMatch>

/** Completion at the cursor. */
export const Completion = z.object({
  kind: z.enum(['operator', 'person', 'conversation', 'date', 'value']),
  /** Text shown. */
  label: z.string(),
  /** Further detail: an address, a date. */
  detail: z.string(),
  /** Range of the query to replace, in UTF-16 units, and its replacement. */
  range: Range,
  insert: z.string()
})
export type Completion = z.infer<typeof Completion>

/** Person or conversation whose name matches the typed text. */
export const NameMatch = z.object({
  conversation: ConversationId,
  jid: Jid,
  name: z.string(),
  kind: ConversationKind,
  /** Matches in the name, in UTF-16 units. */
  ranges: z.array(Range)
})
export type NameMatch = z.infer<typeof NameMatch>

/** Person one can write to. */
export const PersonMatch = z.object({
  jid: Jid,
  name: z.string(),
  /** Account that knows the person; null: the account of the conversation, or the first one. */
  account: Jid.nullable(),
  /** Group that the person is known from; null for a contact or an earlier correspondent. */
  group: Jid.nullable(),
  /** Matches in the name, in UTF-16 units. */
  ranges: z.array(Range)
})
export type PersonMatch = z.infer<typeof PersonMatch>
