/**
 * Joins an imported history with another conversation of the same person or group, and separates them again. The messages change their conversation and keep
 * their origin in `home`; everything that counts XMPP messages (unread messages, read markers, archive positions) leaves them out.
 */
import { IMPORT_DOMAIN } from '../../contract/address.ts'
import type { ConversationId } from '../../contract/domain.ts'
import type { JoinedHistory } from '../../contract/history-files.ts'
import type { ReadableDB, WritableDB } from './handles.ts'
import type { Tables } from './tables/index.ts'
import type { StoreChanges } from './types.ts'

/** Address pattern of imported conversations, which no server knows. */
export const IMPORTED_JID = `%@${IMPORT_DOMAIN}`

export function joiningReads(db: ReadableDB) {
  const joined = db.prepare<[number], JoinedHistory>(
    'SELECT c.id, c.name, (SELECT count(*) FROM message WHERE home = c.id) AS messages FROM conversation c WHERE c.joined_into = ? ORDER BY c.id'
  )
  return {
    /** Imported histories shown within a conversation. */
    joined: (conversation: number): JoinedHistory[] => joined.all(conversation)
  }
}

/** Each function must be called within a transaction. */
export function createJoining(db: WritableDB, { conversations, changes }: Tables) {
  const mayJoin = db
    .prepare<[number, string], number>("SELECT 1 FROM conversation WHERE id = ? AND account = '' AND jid LIKE ? AND joined_into IS NULL AND clearing = 0")
    .pluck()
  const takesMore = db.prepare<[number], number>('SELECT 1 FROM conversation WHERE id = ? AND joined_into IS NULL AND clearing = 0').pluck()
  const intoOf = db.prepare<[number], ConversationId | null>('SELECT joined_into FROM conversation WHERE id = ?').pluck()
  const jidOf = db.prepare<[number], string>('SELECT jid FROM conversation WHERE id = ?').pluck()
  const join = db.prepare('UPDATE conversation SET joined_into = ?, hidden = 1, last_message = NULL, unread = 0, marked_unread = 0, pinned = NULL WHERE id = ?')
  const part = db.prepare('UPDATE conversation SET joined_into = NULL, hidden = 0 WHERE id = ?')
  const passOn = db.prepare('UPDATE conversation SET joined_into = ? WHERE joined_into = ?')
  const moveDocs = db.prepare('UPDATE doc SET conversation = ? WHERE doc IN (SELECT doc FROM message WHERE conversation = ? AND doc IS NOT NULL)')
  const tellDocs = db.prepare('INSERT INTO doc_change (doc) SELECT doc FROM message WHERE conversation = ? AND doc IS NOT NULL')
  const moveMessages = db.prepare('UPDATE message SET conversation = ?, home = coalesce(home, conversation) WHERE conversation = ?')
  const moveChanges = db.prepare('UPDATE change SET conversation = ? WHERE conversation = ?')
  const docsHome = db.prepare('UPDATE doc SET conversation = ? WHERE doc IN (SELECT doc FROM message WHERE home = ? AND doc IS NOT NULL)')
  const tellHome = db.prepare('INSERT INTO doc_change (doc) SELECT doc FROM message WHERE home = ? AND doc IS NOT NULL')
  const messagesHome = db.prepare('UPDATE message SET conversation = home, home = NULL WHERE home = ?')
  // senders of reactions in an imported history have addresses of its own
  const changesHome = db.prepare('UPDATE change SET conversation = ? WHERE conversation = ? AND sender >= ? AND sender < ?')
  const setHome = db.prepare('UPDATE message SET home = ? WHERE id IN (SELECT value FROM json_each(?))')
  const forget = db.prepare('DELETE FROM conversation WHERE joined_into = ?')

  return {
    /** Shows the messages of the imported history `from` in `into`. Does nothing if that is impossible. */
    join({ from, into }: { from: ConversationId; into: ConversationId }): StoreChanges {
      if (from === into || mayJoin.get(from, IMPORTED_JID) === undefined || takesMore.get(into) === undefined) return changes([])
      tellDocs.run(from)
      moveDocs.run(into, from)
      moveMessages.run(into, from)
      moveChanges.run(into, from)
      // histories that were joined into `from` move along
      passOn.run(into, from)
      join.run(into, from)
      conversations.summarize(into)
      return { ...changes([into]), removedConversations: [from], reread: [into] }
    },
    /** Separates an imported history again. */
    part(conversation: ConversationId): StoreChanges {
      const into = intoOf.get(conversation) ?? null
      const jid = jidOf.get(conversation)
      if (into === null || jid === undefined) return changes([])
      tellHome.run(conversation)
      docsHome.run(conversation, conversation)
      messagesHome.run(conversation)
      changesHome.run(conversation, into, `${jid}/`, `${jid}0`)
      part.run(conversation)
      for (const id of [conversation, into]) conversations.summarize(id)
      const newest = conversations.byId(conversation)?.last?.id
      if (newest !== undefined) conversations.read(conversation, newest, 0)
      return { ...changes([conversation, into]), reread: [into] }
    },
    /** Conversation that shows new imports into this one. */
    shownIn: (conversation: ConversationId): ConversationId => intoOf.get(conversation) ?? conversation,
    /** Marks newly imported messages as part of a history that is shown elsewhere. */
    setHome: (home: ConversationId, ids: readonly number[]) => setHome.run(home, JSON.stringify(ids)),
    /** Removes a deleted conversation and all histories joined into it. */
    forget: (conversation: number) => forget.run(conversation)
  }
}
