/** Read queries of the store. Runs in reader threads beside the writer (WAL). */
import type { ConversationId, ConversationUsage, GroupReader, Jid, Message, MessageId, MessagePage, TextVersion, Usage } from '../../contract/domain.ts'
import type { PageAnchor } from '../../contract/requests/messages.ts'
import type { ReadableDB } from './database.ts'
import { firstKeyAt } from './order.ts'
import { accountReads } from './tables/account.ts'
import { agendaReads } from './tables/agenda.ts'
import { stickerReads } from './tables/sticker.ts'
import { archiveReads } from './tables/archive.ts'
import { attachmentReads, type AttachmentRow } from './tables/attachment.ts'
import { changeReads } from './tables/change.ts'
import { conversationReads } from './tables/conversation.ts'
import { errandReads } from './tables/errand.ts'
import { joiningReads } from './joining.ts'
import { messageReads, type ReceivedId } from './tables/message-reads.ts'
import { WITHOUT_DOC } from './tables/message-index.ts'
import { ATTACHED, idsOf, quotedAuthor, toMessage } from './tables/message-row.ts'
import { omemoReads, type DeviceRow } from './tables/omemo.ts'
import { nameReads } from './tables/name.ts'
import { noticeReads } from './tables/notice.ts'
import { rawReads } from './tables/raw.ts'

export interface QueuedMessage {
  message: Message
  originId: string
  replyTo: string | null
  /** Author of the message that this one answers, if it is stored. */
  replyAuthor: Jid | null
  /** Attached files to send. */
  files: AttachmentRow[]
}

type Stretch = Omit<MessagePage, 'notices'>

/** Number of conversations listed in the usage report. */
const MOST_USED = 100

export function createReads(db: ReadableDB) {
  const accounts = accountReads(db)
  const archives = archiveReads(db)
  const attachments = attachmentReads(db)
  /** Size of the whole database, bytes; part of it may still be in the write-ahead log. */
  const databaseBytes = (): number => Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }))
  const changes = changeReads(db)
  const conversations = conversationReads(db)
  const messages = messageReads(db)
  const names = nameReads(db)
  const notices = noticeReads(db)
  const omemo = omemoReads(db)

  function older(conversation: number, id: number, limit: number): { list: Message[]; more: boolean } {
    const rows = messages.before(conversation, id, limit + 1)
    return { list: rows.slice(0, limit).reverse().map(toMessage), more: rows.length > limit }
  }

  function newer(conversation: number, id: number, limit: number): { list: Message[]; more: boolean } {
    const rows = messages.after(conversation, id, limit + 1)
    return { list: rows.slice(0, limit).map(toMessage), more: rows.length > limit }
  }

  function around(conversation: number, id: number, limit: number): Stretch {
    const half = Math.max(1, Math.floor(limit / 2))
    const before = older(conversation, id, half)
    const after = newer(conversation, id - 1, limit - half)
    return { messages: [...before.list, ...after.list], hasOlder: before.more, hasNewer: after.more }
  }

  function stretch(input: { conversation: ConversationId; anchor: PageAnchor; limit: number }): Stretch {
    const { conversation, anchor, limit } = input
    switch (anchor.kind) {
      case 'newest': {
        const { list, more } = older(conversation, Number.MAX_SAFE_INTEGER, limit)
        return { messages: list, hasOlder: more, hasNewer: false }
      }
      case 'before': {
        const { list, more } = older(conversation, anchor.id, limit)
        return { messages: list, hasOlder: more, hasNewer: true }
      }
      case 'after': {
        const { list, more } = newer(conversation, anchor.id, limit)
        return { messages: list, hasOlder: true, hasNewer: more }
      }
      case 'around':
        return around(conversation, anchor.id, limit)
      case 'time':
        return around(conversation, firstKeyAt(anchor.time), limit)
      case 'first-unread': {
        const readUpTo = conversations.byId(conversation)?.readUpTo ?? 0
        const first = messages.after(conversation, readUpTo, 1)[0]
        return first === undefined || readUpTo === 0 ? stretch({ conversation, anchor: { kind: 'newest' }, limit }) : around(conversation, first.id, limit)
      }
    }
  }

  /** Page of history, with group events of the same time. */
  function page(input: { conversation: ConversationId; anchor: PageAnchor; limit: number }): MessagePage {
    const found = stretch(input)
    const [first, last] = [found.messages[0], found.messages.at(-1)]
    if (first === undefined || last === undefined) return { ...found, notices: [] }
    return {
      ...found,
      notices: notices.noticesBetween(input.conversation, found.hasOlder ? first.time : 0, found.hasNewer ? last.time : Number.MAX_SAFE_INTEGER)
    }
  }

  /** Texts of a message over time, oldest first. */
  function versions(id: number): TextVersion[] {
    const row = messages.byId(id)
    if (row === undefined) return []
    const former = messages.formerText(id)
    const now = { text: row.text, time: row.time }
    if (former === null) return [now]
    return [{ text: former, time: row.time }, ...changes.corrections(row.conversation, row.sender, idsOf(row))]
  }

  return {
    ...accounts,
    ...agendaReads(db),
    ...stickerReads(db),
    archiveProgress: archives.progress,
    missingHistory: archives.missing,
    ...joiningReads(db),
    conversations: conversations.all,
    conversation: conversations.byId,
    conversationByJid: conversations.byJid,
    unseen: conversations.unseen,
    /** Password of a group, or null. */
    groupPassword: conversations.password,
    page,
    versions,
    contactNames: names.contactNames,
    pinned: ({ conversation }: { conversation: ConversationId }): Message[] => messages.pinned(conversation).map(toMessage),
    /** Read position of each group occupant who sends markers. */
    groupReaders: (conversation: ConversationId): GroupReader[] => notices.readers(conversation),
    /** Days of a month (2024-05, local time) that have messages. */
    days({ conversation, month }: { conversation: ConversationId; month: string }): number[] {
      const [year = 0, number = 1] = month.split('-').map(Number)
      const start = (day: number): number => firstKeyAt(new Date(year, number - 1, day).getTime())
      const all = Array.from({ length: new Date(year, number, 0).getDate() }, (_, i) => i + 1)
      return all.filter((day) => messages.anyBetween(conversation, start(day), start(day + 1)))
    },
    /** Account of a message; null for imported ones. */
    accountOf(message: number): Jid | null {
      const row = messages.byId(message)
      return row === undefined ? null : (conversations.byId(row.conversation)?.account ?? null)
    },
    /** Archive id of a message, or null. */
    stanzaIdOf: (id: number): string | null => messages.byId(id)?.stanza_id ?? null,
    message(id: number): Message | null {
      const row = messages.byId(id)
      return row === undefined ? null : toMessage(row)
    },
    attachment: attachments.byId,
    thumbnail: attachments.thumbnail,
    /**
     * Files that may be fetched automatically, newest first: of contacts and groups of these accounts, with ids below `before`, of at most `most` bytes or
     * unknown size.
     */
    filesToFetch: ({
      before,
      most,
      accounts: whose,
      groups,
      limit
    }: {
      before: number
      most: number
      accounts: readonly string[]
      groups: readonly string[]
      limit: number
    }): AttachmentRow[] => attachments.toFetch(before, most, whose, groups, limit),
    /** Disk usage by conversation. */
    usage(): Usage {
      const files = new Map(attachments.usage().map((one) => [one.conversation, one]))
      const counts = new Map(db.prepare<[], [number, number]>('SELECT conversation, count(*) FROM message GROUP BY conversation').raw().all())
      const list = conversations.all().map(({ id, name, jid }) => {
        const { files: count = 0, bytes = 0, clearable = 0 } = files.get(id) ?? {}
        return { id, name, jid, messages: counts.get(id) ?? 0, files: count, bytes, clearable }
      })
      const sum = (of: (one: ConversationUsage) => number): number => list.reduce((all, one) => all + of(one), 0)
      const used = list.filter(({ messages: count, files: some }) => count + some > 0).sort((a, b) => b.bytes - a.bytes || b.messages - a.messages)
      return {
        messages: sum((one) => one.messages),
        databaseBytes: databaseBytes(),
        mediaBytes: sum((one) => one.bytes),
        conversations: used.slice(0, MOST_USED)
      }
    },
    /** True if own messages still wait for their archive position. */
    hasUnplaced: (account?: string): boolean => messages.hasUnplaced(account),
    /** Number of messages that `expire` would delete. `before`: ms. */
    expiring: (before: number): number => messages.expiringCount(before),
    /** Origin ids, in order, of own messages within a time range (ms) that the server accepted and the group has never reflected. */
    untold: ({ group, account, from, before }: { group: Jid; account: Jid; from: number; before: number }): string[] =>
      messages.untold(group, account, from, before),
    newestTime: messages.newestTime,
    sendersIn: ({ conversation, most }: { conversation: ConversationId; most: number }) => messages.sendersIn(conversation, most),
    /** Names of attached files in the media folder. */
    storedFiles: attachments.storedNames,
    queuedChanges: changes.queuedChanges,
    ...rawReads(db),
    /** Devices of a person, or our own; with identity keys (X25519, 32 bytes) where known. */
    devices: ({ account, jid }: { account: Jid; jid: Jid }): DeviceRow[] => omemo.devices(account, jid),
    ...errandReads(db),
    /** Newest message of others up to `upTo`, by the ids its sender knows; null if there is none. */
    newestReceived: (input: { conversation: ConversationId; upTo: MessageId }): ReceivedId | null => messages.newestReceived(input.conversation, input.upTo),
    /** Queued messages after a given one, in order. */
    queued: ({ after, limit, account }: { after: number; limit: number; account?: string }): QueuedMessage[] =>
      messages.queued(after, limit, account).flatMap((row) =>
        row.origin_id === null
          ? []
          : [
              {
                message: toMessage(row),
                originId: row.origin_id,
                replyTo: row.reply_to,
                replyAuthor: quotedAuthor(row),
                files: row.flags & ATTACHED ? attachments.of(row.id) : []
              }
            ]
      ),
    /** Checks the file; false if pages are damaged (https://sqlite.org/pragma.html#pragma_quick_check). */
    isSound: (): boolean => {
      try {
        return db.pragma('quick_check(1)', { simple: true }) === 'ok'
      } catch {
        return false
      }
    },
    /** Releases the page cache to the system; takes some ms in which other threads may wait. */
    releaseMemory(): void {
      db.pragma('shrink_memory')
      db.prepare('SELECT mnemo_release_memory()').get()
    },
    /** Moves the write-ahead log into the database file beside the writer, as far as readers allow. */
    checkpoint: () => void db.pragma('wal_checkpoint(PASSIVE)'),
    stats: () => ({
      messages: messages.count(),
      conversations: conversations.all().length,
      databaseBytes: databaseBytes(),
      textBytes: db.prepare<[], number>('SELECT coalesce(sum(length(CAST(text AS BLOB))), 0) FROM message').pluck().get() ?? 0,
      notIndexed: db.prepare<[], number>(`SELECT count(*) FROM message WHERE ${WITHOUT_DOC}`).pluck().get() ?? 0,
      indexBytes: db.prepare<[], number>('SELECT coalesce(sum(length(block)), 0) FROM message_index_data').pluck().get() ?? 0
    })
  }
}
export type Reads = ReturnType<typeof createReads>
