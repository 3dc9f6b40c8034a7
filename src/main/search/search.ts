/**
 * Query -> plan -> hits, in a reader thread.
 *
 * A term becomes an FTS5 phrase whose matches include every text that contains it (native/src/extension.cc,
 * mnemo_phrase). Where the phrase alone cannot tell (several tokens, punctuation between them) each match is checked
 * against the folded text; a term without any indexed character is looked for by a scan.
 */
import type { ConversationId, MessageId, Range, SearchAnswer } from '../../contract/domain.ts'
import type { ReadableDB } from '../store/database.ts'
import { COLUMNS, toMessage, type MessageRow } from '../store/tables/message.ts'
import { parseQuery } from './query.ts'

export interface SearchQuery {
  query: string
  conversation: ConversationId | null
  /** 0: count only */
  limit: number
  /** Hits older than this one; the next page. */
  before: MessageId | null
}

interface Plan {
  from: string
  where: string[]
  parameters: (string | number)[]
  /** The column that orders history. */
  key: string
}

export function createSearch(db: ReadableDB): (query: SearchQuery) => SearchAnswer {
  const phraseOf = db.prepare<[string], string | null>('SELECT mnemo_phrase(?)').pluck()
  const rangesOf = db.prepare<[string, string], string>('SELECT mnemo_ranges(?, ?)').pluck()
  const nameOf = db
    .prepare<[number], string>("SELECT coalesce((SELECT name FROM contact WHERE jid = c.jid AND name <> ''), nullif(c.name, ''), c.jid) FROM conversation c WHERE id = ?")
    .pluck()

  function plan(terms: string[], conversation: ConversationId | null): Plan {
    const phrases: string[] = []
    const checks: string[] = []
    for (const term of terms) {
      const phrase = phraseOf.get(term) ?? null
      if (phrase === null) checks.push(term)
      else phrases.push(phrase)
    }
    const indexed = phrases.length > 0
    const result: Plan = {
      from: indexed ? 'message_index f' : 'message m',
      where: indexed ? ['f.message_index MATCH ?'] : [],
      parameters: indexed ? [phrases.join(' AND ')] : [],
      key: indexed ? 'f.rowid' : 'm.id'
    }
    if (indexed && (checks.length > 0 || conversation !== null)) result.from += ' CROSS JOIN message m ON m.id = f.rowid'
    for (const check of checks) {
      result.where.push('mnemo_contains(m.text, ?)')
      result.parameters.push(check)
    }
    if (conversation !== null) {
      result.where.push('m.conversation = ?')
      result.parameters.push(conversation)
    }
    return result
  }

  /** Where the terms stand in the text, in order, overlapping ones joined. */
  function ranges(text: string, terms: string[]): Range[] {
    const found = terms.flatMap((term) =>
      (rangesOf.get(text, term) ?? '')
        .split(';')
        .filter((range) => range !== '')
        .map((range) => range.split(',').map(Number) as Range)
    )
    found.sort((a, b) => a[0] - b[0] || a[1] - b[1])
    const joined: Range[] = []
    for (const range of found) {
      const last = joined.at(-1)
      if (last !== undefined && range[0] <= last[1]) last[1] = Math.max(last[1], range[1])
      else joined.push(range)
    }
    return joined
  }

  return ({ query, conversation, limit, before }) => {
    const started = performance.now()
    const terms = parseQuery(query)
    if (terms.length === 0) return { total: 0, tookMs: 0, hits: [] }
    const { from, where, parameters, key } = plan(terms, conversation)
    const condition = where.join(' AND ')
    const total = db.prepare<unknown[], number>(`SELECT count(*) FROM ${from} WHERE ${condition}`).pluck().get(...parameters) ?? 0
    const ids =
      limit === 0
        ? []
        : db
            .prepare<unknown[], number>(
              `SELECT ${key} FROM ${from} WHERE ${condition}${before === null ? '' : ` AND ${key} < ?`} ORDER BY ${key} DESC LIMIT ?`
            )
            .pluck()
            .all(...parameters, ...(before === null ? [] : [before]), limit)
    const select = db.prepare<[number], MessageRow>(`SELECT ${COLUMNS} FROM message m WHERE m.id = ?`)
    const hits = ids.flatMap((id) => {
      const row = select.get(id)
      if (row === undefined) return []
      return [{ message: toMessage(row), conversationName: nameOf.get(row.conversation) ?? '', ranges: ranges(row.text, terms) }]
    })
    return { total, tookMs: performance.now() - started, hits }
  }
}
