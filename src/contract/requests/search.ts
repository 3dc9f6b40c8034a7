/** Requests of the search. */
import { z } from 'zod'
import { ConversationId, MessageId } from '../domain.ts'
import { LARGEST_PAGE, LONGEST_QUERY } from '../limits.ts'
import { Completion, NameMatch, OccupantMatch, Range, SearchAnswer, SearchHistory, SearchOrder } from '../search.ts'
import { call, nothing } from './call.ts'

export const searchRequests = {
  'search.messages': call(
    z.object({
      query: z.string().max(LONGEST_QUERY),
      conversation: ConversationId.nullable(),
      order: SearchOrder,
      offset: z
        .number()
        .int()
        .min(0)
        .max(2 ** 31),
      limit: z.number().int().min(0).max(LARGEST_PAGE),
      /** Extra results; each costs more than the first page. */
      total: z.boolean(),
      facets: z.boolean(),
      suggest: z.boolean()
    }),
    SearchAnswer
  ),
  /** Rebuilds the index in the background. */
  'search.reindex': call(nothing, nothing),
  /** Warms up the search. */
  'search.prepare': call(nothing, nothing),
  /** Ranges of the matches within messages. */
  'search.mark': call(
    z.object({ query: z.string().max(LONGEST_QUERY), ids: z.array(MessageId).max(1000) }),
    z.array(z.object({ id: MessageId, ranges: z.array(Range) }))
  ),
  'search.names': call(z.object({ text: z.string().max(LONGEST_QUERY), limit: z.number().int().min(1).max(LARGEST_PAGE) }), z.array(NameMatch)),
  /** Authors in a group for mentions, best match first. */
  'search.occupants': call(
    z.object({ conversation: ConversationId, text: z.string().max(100), limit: z.number().int().min(1).max(50) }),
    z.array(OccupantMatch)
  ),
  'search.complete': call(
    z.object({ query: z.string().max(LONGEST_QUERY), cursor: z.number().int().min(0), language: z.enum(['zh-CN', 'en']) }),
    z.array(Completion)
  ),
  'search.history': call(nothing, SearchHistory),
  'search.remember': call(SearchHistory, nothing)
} as const
