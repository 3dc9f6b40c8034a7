/** Archive reading page by page: first messages newer than the store, then the hole below, newest first. */
import { randomUUID } from 'node:crypto'
import type { Element } from '@xmpp/client'
import { addressOf, bare } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import type { Connection } from '../stream/connection.ts'
import { archivePage, archiveQuery, archiveResult, type ArchivedMessage, type ArchivePage, type UndatedMessage } from '../stanzas/archive.ts'
import type { ServerTime } from '../stanzas/delay.ts'
import { invitationOf, isOfGroup, type Invitation } from '../stanzas/group.ts'
import { decodeMessage, type Self } from '../stanzas/message.ts'
import { isRefusal } from '../../net/problem.ts'
import { decodeAcknowledgements } from '../stanzas/acknowledgements.ts'
import type { Store } from '../../threads/store.ts'
import { settledIn, type ArchiveIds } from './archive-order.ts'
import type { ArchiveResults } from './archive-results.ts'
import type { IncomingMessage, RecordBatch, StoreChanges } from '../../store/types.ts'

/** Page size of missed messages, which are wanted soon: a page costs a server much time however short it is. */
const PAGE = 500
/** Smallest page, of an archive that is too slow for larger ones. */
const LEAST_PAGE = 30
/** Page size of older history, small so as not to load the server. */
const OLDER_PAGE = 200
const PAGE_MS = 60_000
/** Number of results of one page that are taken, however many the server sends. */
const MOST_RESULTS = 5000

export interface CatchUpContext {
  connection: Connection
  store: Store
  self: Self
  /** Source of query results. */
  results: Pick<ArchiveResults, 'during'>
  /** Known ids of our own archive. */
  ids?: ArchiveIds
  /** Clock of the account's server. */
  clock?: ServerTime
  onChanges(changes: StoreChanges): void
  /** Called for an invitation that arrived while we were away. */
  onInvitation(invitation: Invitation): void
  /** Called with the error of a message that could not be decoded. */
  onFault?(error: Error): void
  /** Number of consecutive failures of the archive to answer: each halves the page. */
  failures?: number
  /** Called when the archive has answered. */
  onHeard?(): void
  /** Called with stamps of our own archive, ms. */
  onStamp?(time: number): void
}

/** Limit of consecutive empty pages, after which an archive has no more: some answer without end. */
const MOST_EMPTY = 20

interface Page extends ArchivePage {
  messages: ArchivedMessage[]
}

/** Queries for an archive's older history since its last start; a server that repeats itself is not followed. */
export interface Asked {
  before: Set<string>
  empty: number
}
export const nothingAsked = (): Asked => ({ before: new Set(), empty: 0 })

/** Fetches a page; an empty answer that does not say it is complete is requested once more. */
async function fetchPage(...asked: Parameters<typeof fetchOnce>): Promise<Page> {
  const page = await fetchOnce(...asked)
  return page.complete || page.first !== null ? page : fetchOnce(...asked)
}

async function fetchOnce(context: CatchUpContext, archive: Jid | null, position: { after?: string | null; before?: string }, wanted = PAGE): Promise<Page> {
  const { connection, results, failures = 0 } = context
  const max = Math.max(Math.min(wanted, LEAST_PAGE), Math.floor(wanted / 2 ** failures))
  const query = { archive, queryId: randomUUID(), max, ...position }
  const found: UndatedMessage[] = []
  const isOlder = position.before !== undefined
  let taken = 0
  const collect = (stanza: Element): void => {
    const result = archiveResult(stanza, query, connection.account.jid, context.clock)
    if (result === null) return
    // of an older page the newest are kept, since the rest is asked for from their end
    if (found.length < MOST_RESULTS || isOlder) found.push(result)
    if (isOlder && found.length > 2 * MOST_RESULTS) found.splice(0, MOST_RESULTS)
    taken++
    if (archive === null && result.time !== null) context.onStamp?.(result.time)
    context.onHeard?.()
  }
  const { complete: said, first, last } = archivePage(await results.during(collect, () => connection.request(archiveQuery(query), PAGE_MS)))
  const messages = dated(found.slice(isOlder ? -MOST_RESULTS : 0), context.clock)
  const isCut = taken > messages.length
  // a full page is hardly the last one, whatever the archive says
  const complete = said && messages.length < max && !isCut
  // some servers leave out the first and last id of a page, or give one that is too long
  const usable = messages.flatMap(({ archiveId }) => archiveId || [])
  // the messages that were left out are asked for again
  const [begin, end] = isCut ? [null, null] : [first, last]
  return { complete, first: begin ?? usable[0] ?? null, last: end ?? usable.at(-1) ?? null, messages }
}

/** Gives messages without a stamp the time of the one before, or of the first with a stamp. */
function dated(messages: readonly UndatedMessage[], clock?: ServerTime): ArchivedMessage[] {
  let time = messages.find((one) => one.time !== null)?.time ?? clock?.now ?? Date.now()
  return messages.map((one) => ({ ...one, time: (time = one.time ?? time) }))
}

/** Limit of messages of one reading that are remembered, to recognize those that its later pages repeat. */
const MOST_PLACED = 5000
/** Identity of a message of an archive that gives ids twice. */
const nameOf = ({ stanzaId, message }: ArchivedMessage): string =>
  stanzaId === null ? '' : [stanzaId, message.attrs['from'], message.attrs['id'], message.getChildText('body')].join('\n')

/**
 * True for messages that an archive may contain: a group's archive has messages said in it, our own has messages that we received or sent (XEP-0313 section
 * 5). `archive` null: our own account's.
 */
export function isOfArchive(message: Element, archive: Jid | null, own: Jid): boolean {
  const { from, to, type } = message.attrs
  const [sender, receiver] = [from, to].map((address) => (address === undefined ? own : bare(addressOf(address) ?? '')))
  if (archive !== null) return type === 'groupchat' && from !== undefined && sender === archive
  return type !== 'groupchat' && (sender === own || receiver === own)
}

/** `archive` null: our own account's, the only one with invitations. */
function decode(
  page: Page,
  { self: live, onInvitation, onFault }: CatchUpContext,
  archive: Jid | null,
  older: boolean
): Pick<RecordBatch, 'messages' | 'acknowledgements'> {
  const self = { ...live, isArchived: true }
  /** Skips a message that throws: the archive would return it each time, and the others would never be read. */
  const each = <T, R>(list: readonly T[], read: (one: T) => R[]): R[] =>
    list.flatMap((one) => {
      try {
        return read(one)
      } catch (error) {
        onFault?.(error instanceof Error ? error : new Error(String(error)))
        return []
      }
    })
  const own = each(page.messages, (one) => (isOfArchive(one.message, archive, self.jid) ? [one] : []))
  const messages = each(own, ({ stanzaId, time, message }): IncomingMessage[] => {
    const invitation = archive !== null || message.attrs['from'] === undefined || bare(message.attrs['from']) === self.jid ? null : invitationOf(message)
    if (invitation !== null) {
      if (!older) onInvitation(invitation)
      // invitations of a group carry no text; those of a person may
      if (isOfGroup(message)) return []
    }
    const decoded = decodeMessage(message, self)
    return decoded === null ? [] : [{ ...decoded, time, stanzaId, replayed: false }]
  })
  return { messages, acknowledgements: each(own, ({ message }) => decodeAcknowledgements(message, self)) }
}

/**
 * Stores all archive messages that are newer than the store. A gap below them (first sign-in, expired position) becomes a hole, for fillHole. `archive` null:
 * our own account's. Rejects if the connection is lost.
 */
export async function catchUp(context: CatchUpContext, archive: Jid | null): Promise<void> {
  const { store, self, connection } = context
  const jid = archive ?? bare(connection.account.jid)
  const record = async (
    page: Page,
    order: RecordBatch['order'],
    progress: Omit<NonNullable<RecordBatch['archive']>, 'jid' | 'lastOf'>,
    settled: string | null = progress.lastId ?? null
  ): Promise<void> => {
    const decoded = decode(page, context, archive, false)
    const lastOf = decoded.messages.find(({ stanzaId }) => stanzaId === settled)?.conversation ?? jid
    const { lastId, ...rest } = progress
    const last = settled === null ? {} : settled === lastId ? { lastId } : { lastId: settled, lastOf }
    context.ids?.learn(page.messages.flatMap(({ archiveId }) => archiveId || []))
    context.onChanges(await store.write.record({ account: self.jid, ...decoded, archive: { jid, ...rest, ...last }, order, missed }))
  }
  /**
   * Last settled id of a page. Our own archive may still insert messages before its newest ones, which are read again. A group has one order and announces
   * it.
   */
  const settledOf = (page: Page): string | null => (archive === null ? settledIn(page.messages) : page.last)

  const placed = new Set<string>()
  /** Page without the messages that an earlier page of this reading had: their first position counts. */
  function news(page: Page): Page {
    const names = page.messages.map(nameOf)
    const messages = page.messages.filter((_, i) => names[i] === '' || !placed.has(names[i] ?? ''))
    for (const name of names) placed.add(name)
    for (const name of placed) {
      if (placed.size <= MOST_PLACED) break
      placed.delete(name)
    }
    return { ...page, messages }
  }

  /** True if the archive no longer has the last message read: all it has now is newer. */
  let missed = false
  let { lastId } = await store.read.archiveProgress(jid, self.jid)
  /** Storing of one page while the next one is fetched. */
  let storing: Promise<void> = Promise.resolve()
  const asked = new Set<string>()
  let empty = 0
  while (lastId !== null) {
    const page: Page | null = await fetchPage(context, archive, { after: lastId }).catch(async (error: unknown) => {
      await storing
      // the server no longer knows the id where we stopped (section 4.1.2): start from the newest
      if (error instanceof Error && 'condition' in error && error.condition === 'item-not-found') return null
      throw error
    })
    if (page === null) {
      await store.write.forgetArchive({ account: self.jid, jid })
      missed = true
      break
    }
    await storing
    const after: string = lastId
    asked.add(after)
    empty = page.messages.length === 0 ? empty + 1 : 0
    const isEnd = page.complete || page.last === null || asked.has(page.last) || empty === MOST_EMPTY
    if (page.last !== null && page.last !== after) {
      storing = record(news(page), 'forward', { after, lastId: page.last }, isEnd ? settledOf(page) : page.last)
      storing.catch(() => undefined)
    }
    if (isEnd || page.last === null) return storing
    lastId = page.last
  }
  const newest = await fetchPage(context, archive, { before: '' })
  if (newest.first === null || newest.last === null) return
  const hole = newest.complete ? null : { before: newest.first, after: null }
  await record(newest, 'backward', { lastId: newest.last, hole }, settledOf(newest) ?? newest.first)
}

/** Reads the newest page of the archive's hole, in one transaction. Null: nothing is missing any more, or the archive has no more. */
export async function fillPage(context: CatchUpContext, archive: Jid | null, asked: Asked = nothingAsked()): Promise<StoreChanges | null> {
  const { store, self, connection } = context
  const jid = archive ?? bare(connection.account.jid)
  const { hole } = await store.read.archiveProgress(jid, self.jid)
  if (hole === null || asked.empty === MOST_EMPTY) return null
  asked.before.add(hole.before)
  // an id unknown to the server is older than all it keeps
  const page = await fetchPage(context, archive, { before: hole.before, ...(hole.after === null ? {} : { after: hole.after }) }, OLDER_PAGE).catch(
    (error: unknown): Page => {
      if (isRefusal(error) && error.condition === 'item-not-found') return { complete: true, first: null, last: null, messages: [] }
      throw error
    }
  )
  asked.empty = page.messages.length === 0 ? asked.empty + 1 : 0
  const next = page.complete || page.first === null || asked.before.has(page.first) ? null : { before: page.first, after: hole.after }
  const changes = await store.write.record({ account: self.jid, ...decode(page, context, archive, true), archive: { jid, hole: next }, order: 'backward' })
  context.onChanges(changes)
  return changes
}
