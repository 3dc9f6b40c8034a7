/** Removal: single messages, expired ones, undone imports, whole conversations, files that can be fetched again. */
import type { ConversationId, Jid, MessageId } from '../../contract/domain.ts'
import { ATTACHED, idsOf, toMessage, type MessageRow } from './tables/message-row.ts'
import type { StoreChanges } from './types.ts'
import type { Tables } from './tables/index.ts'

/** Number of newest messages reported individually when many change at once. */
const MOST_TOLD = 500
/** Newest messages of a deleted conversation that are remembered, so that they are recognized in an archive. */
const MARKING = 1000

/** Each function must be called within a transaction. `forgetJoined`: forgets the histories joined into a removed conversation. */
export function createRemoval(
  { accounts, alterations, conversations, messages, notices, changes, read }: Tables,
  forgetJoined: (conversation: number) => void
) {
  /** Unread count of each conversation without these messages. */
  function unreadAmong(rows: readonly MessageRow[]): Map<number, number> {
    const left = new Map<number, number>()
    for (const id of new Set(rows.map((row) => row.conversation))) {
      const { unread, readUpTo } = conversations.byId(id) ?? { unread: 0, readUpTo: 0 }
      const first = unread === 0 ? null : messages.firstUnread(id, readUpTo, unread)
      if (first === null) continue
      const gone = rows.filter((row) => row.conversation === id && row.outgoing === 0 && row.id >= first).length
      if (gone > 0) left.set(id, unread - gone)
    }
    return left
  }

  function removeRows(rows: readonly MessageRow[]): StoreChanges {
    for (const [conversation, unread] of unreadAmong(rows)) conversations.setUnread(conversation, unread)
    for (const row of rows) {
      for (const { id } of alterations.of(row.conversation, idsOf(row))) alterations.forgetSent(id)
      messages.remove(row)
    }
    const touched = new Set(rows.map((row) => row.conversation))
    for (const conversation of touched) conversations.summarize(conversation)
    return changes(
      touched,
      [],
      rows.map((row) => ({ conversation: row.conversation, id: row.id }))
    )
  }

  function remove(ids: MessageId[]): StoreChanges {
    const rows = ids.flatMap((id) => messages.byId(id) ?? [])
    for (const row of rows) messages.deleted.record(row, messages.formerText(row.id))
    return removeRows(rows)
  }
  const expire = (input: { before: number; limit: number }): StoreChanges => removeRows(messages.expired(input.before, input.limit))

  function undoImport(input: { jid: Jid; ids: MessageId[] }): StoreChanges {
    const removed = removeRows(input.ids.flatMap((id) => messages.byId(id) ?? []))
    const conversation = conversations.byJid(input.jid)
    if (conversation === null || conversations.isJoined(conversation.id) || messages.newest(conversation.id) !== null) return removed
    conversations.remove(conversation.id)
    return { ...changes([]), removedConversations: [conversation.id] }
  }

  /** Names of media files, among these, that nothing refers to any more. */
  function unneeded(names: readonly string[]): string[] {
    if (names.length === 0) return []
    const needed = new Set(messages.files.storedNames())
    return [...new Set(names)].filter((name) => !needed.has(name))
  }

  /** Forgets local copies of files that can be fetched again; `files`: media files that nothing needs any more. */
  function clearFiles(conversation: ConversationId | null): StoreChanges & { files: string[]; bytes: number } {
    const cleared = messages.files.clearable(conversation)
    for (const { id } of cleared) messages.files.clear(id)
    const ids = [...new Set(cleared.map(({ message }) => message))]
    return {
      ...changes(
        [],
        ids.slice(-MOST_TOLD).map((id) => toMessage(read(id)))
      ),
      files: unneeded(cleared.map(({ stored }) => stored)),
      bytes: cleared.reduce((sum, { bytes }) => sum + bytes, 0)
    }
  }

  /** Deletes a conversation in its current state: from the list at once, its messages by `removeCleared`. */
  function clearConversation(input: { conversation: ConversationId; time: number }): StoreChanges {
    const key = messages.newest(input.conversation) ?? 0
    // the newest messages mark the archive position below which all was deleted, whatever clocks say; the archive ids of some are not known yet
    for (const row of messages.before(input.conversation, Number.MAX_SAFE_INTEGER, MARKING)) messages.deleted.record(row, messages.formerText(row.id))
    conversations.clear(input.conversation, input.time, key)
    return { ...changes([]), removedConversations: [input.conversation] }
  }

  /**
   * Removes `limit` messages of deleted conversations, and their other data together with the last message; later messages stay. `files`: media files that
   * nothing needs any more; `left`: there is more to remove.
   */
  function removeCleared(limit: number): { files: string[]; left: boolean } {
    const [conversation] = conversations.clearing()
    if (conversation === undefined) return { files: [], left: false }
    const { id, jid, account, cleared, cleared_key: last } = conversation
    const rows = messages.upTo(id, last, limit)
    const stored = rows.flatMap((row) => (row.flags & ATTACHED ? messages.files.of(row.id).flatMap((file) => file.stored ?? []) : []))
    removeRows(rows)
    const files = unneeded(stored)
    if (rows.length === limit) return { files, left: true }
    notices.clear(id, cleared)
    accounts.removeAvatarsIn(jid)
    conversations.wholeCleared(id)
    forgetJoined(id)
    // an imported conversation gets no more messages
    if (account === '' && messages.newest(id) === null) conversations.remove(id)
    return { files, left: true }
  }

  return { remove, expire, undoImport, clearFiles, clearConversation, removeCleared }
}
