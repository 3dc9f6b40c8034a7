/** What is searched for and found, also names, and what may be typed next. Ranges are in UTF-16 units. */
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

/** What is wrong with a part of a query. */
export const QueryProblem = z.object({
  code: z.enum(['unknown-person', 'unknown-conversation', 'bad-date', 'unknown-value', 'missing-value']),
  /** Where it stands in the query, in UTF-16 units. */
  range: Range,
  /** The words in question. */
  value: z.string()
})
export type QueryProblem = z.infer<typeof QueryProblem>

/** How the hits are spread; the largest first, months in their order. */
export const Facets = z.object({
  conversations: z.array(z.object({ id: ConversationId, name: z.string(), count: z.number().int() })),
  /** `jid` is null for one's own messages. */
  senders: z.array(z.object({ jid: Jid.nullable(), name: z.string(), count: z.number().int() })),
  /** `month` as 2024-05, local time. */
  months: z.array(z.object({ month: z.string(), count: z.number().int() }))
})
export type Facets = z.infer<typeof Facets>

/** What a filter by kind or state asks for, in whatever words it is written; media: pictures and videos. */
export const FilterMeaning = z.enum(['text', 'image', 'video', 'media', 'voice', 'file', 'link', 'mention', 'starred', 'edited', 'unread', 'encrypted'])
export type FilterMeaning = z.infer<typeof FilterMeaning>

/** Words that stand for oneself in a filter by sender or recipient; in quotes they are a name. */
export const isMe = (name: string): boolean => /^(?:me|myself|我|自己|本人|私|自分)$/iu.test(name)

/** A filter as it stands in a query, such as from:alice. `own`: its value stands for oneself; `meaning` is null of filters by name and time. */
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
  /** null where it was not asked for. */
  total: z.number().int().nonnegative().nullable(),
  tookMs: z.number().nonnegative(),
  hits: z.array(SearchHit),
  filters: z.array(QueryFilter),
  problems: z.array(QueryProblem),
  facets: Facets.nullable(),
  /** Messages with all of the query's words in any order, then with most of them; none of the hits. */
  related: z.array(SearchHit),
  /** A query that is spelt otherwise and has more hits. */
  didYouMean: z.string().nullable(),
  /** What a query of Latin letters may stand for: words in pinyin or romaji, the keys of another keyboard; with how many messages have it. */
  readAs: z.array(z.object({ text: z.string(), count: z.number().int().positive() })),
  /** While the index is made anew: messages that are not in it yet are searched one by one, the newest first. */
  notIndexed: z.number().int().nonnegative()
})
export type SearchAnswer = z.infer<typeof SearchAnswer>

/** What was searched for before, and what was kept for good; the latest first. */
export const SearchHistory = z.object({ recent: z.array(z.string().max(1000)).max(20), saved: z.array(z.string().max(1000)).max(100) })
export type SearchHistory = z.infer<typeof SearchHistory>

/** Somebody of a group whose name fits what is typed. */
/** Somebody in a group; `ranges` of what was typed are in the name. */
export const OccupantMatch = z.object({ nick: z.string(), name: z.string(), jid: Jid, ranges: z.array(Range) })
export type OccupantMatch = z.infer<typeof OccupantMatch>

/** Something that may be written where the cursor stands. */
export const Completion = z.object({
  kind: z.enum(['operator', 'person', 'conversation', 'date', 'value']),
  /** What is shown. */
  label: z.string(),
  /** Says more: an address, a date. */
  detail: z.string(),
  /** The part of the query that is replaced, in UTF-16 units, and by what. */
  range: Range,
  insert: z.string()
})
export type Completion = z.infer<typeof Completion>

/** A person or conversation whose name fits what was typed. */
export const NameMatch = z.object({
  conversation: ConversationId,
  jid: Jid,
  name: z.string(),
  kind: ConversationKind,
  /** The part of the name that fits, in UTF-16 units. */
  ranges: z.array(Range)
})
export type NameMatch = z.infer<typeof NameMatch>

/** Somebody one can write to. */
export const PersonMatch = z.object({
  jid: Jid,
  name: z.string(),
  /** The account that knows them; null: the one that has the conversation, or the first. */
  account: Jid.nullable(),
  /** The group they are known from; null: a contact, or somebody spoken with. */
  group: Jid.nullable(),
  /** The part of the name that fits, in UTF-16 units. */
  ranges: z.array(Range)
})
export type PersonMatch = z.infer<typeof PersonMatch>
