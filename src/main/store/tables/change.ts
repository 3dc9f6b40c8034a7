/** Statements of the table `change`. */
import type { ChangeKind, ConversationId, ConversationKind, Jid, TextVersion } from '../../../contract/domain.ts'
import type { ReadableDB, WritableDB } from '../database.ts'

export interface ChangeRow {
  id: number
  conversation: ConversationId
  sender: Jid
  occupant: string | null
  outgoing: 0 | 1
  kind: ChangeKind
  target: string
  text: string
  time: number
}

/** One that is still to be sent. */
export interface QueuedChange {
  originId: string
  jid: Jid
  conversationKind: ConversationKind
  kind: ChangeKind
  target: string
  text: string
}

export function changeReads(db: ReadableDB) {
  const queued = db.prepare<[string | null], QueuedChange>(
    `SELECT h.origin_id AS originId, c.jid, c.kind AS conversationKind, h.kind, h.target, h.text
     FROM change h JOIN conversation c ON c.id = h.conversation WHERE h.state = 'queued' AND c.account = coalesce(?, c.account) ORDER BY h.id`
  )
  const corrections = db.prepare<[number, string, string | null, string | null, string | null], TextVersion>("SELECT text, time FROM change WHERE conversation = ? AND kind = 'correction' AND sender = ? AND target IN (?, ?, ?) ORDER BY time, id")
  return {
    /** What a message was corrected to by its author, oldest first; `ids`: the three that it may have. */
    corrections: (conversation: number, sender: string, [origin = null, message = null, stanza = null]: readonly (string | null)[]): TextVersion[] => corrections.all(conversation, sender, origin, message, stanza),
    /** Those still to be sent; `account`: by whom. */
    queuedChanges: (account?: string) => queued.all(account ?? null)
  }
}

export interface NewChange {
  conversation: ConversationId
  sender: Jid
  /** XEP-0421 */
  occupant?: string | null
  outgoing: boolean
  kind: ChangeKind
  target: string
  text: string
  time: number
  state: 'received' | 'queued' | 'sent'
  stanzaId: string | null
  originId: string | null
}

export function changeWrites(db: WritableDB) {
  const COLUMNS = 'id, conversation, sender, occupant, outgoing, kind, target, text, time'
  const insert = db.prepare('INSERT INTO change (conversation, sender, outgoing, kind, target, text, time, state, stanza_id, origin_id, occupant) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const known = db.prepare<[number, string | null, number, string, string | null], number>('SELECT id FROM change WHERE (conversation = ? AND stanza_id = ?) OR (conversation = ? AND sender = ? AND origin_id = ?)').pluck()
  const settle = db.prepare("UPDATE change SET stanza_id = coalesce(stanza_id, ?), state = CASE state WHEN 'queued' THEN 'sent' ELSE state END WHERE id = ?")
  const setState = db.prepare("UPDATE change SET state = ? WHERE conversation = ? AND origin_id = ? AND outgoing = 1 AND state <> ?")
  const of = db.prepare<[number, string], ChangeRow>(`SELECT ${COLUMNS} FROM change WHERE conversation = ? AND target = ? ORDER BY time, id`)
  const remove = db.prepare('DELETE FROM change WHERE id = ?')
  const forgetSent = db.prepare("DELETE FROM change WHERE id = ? AND state <> 'queued'")
  const some = db.prepare<[], number>('SELECT DISTINCT conversation FROM change').pluck()
  let conversations: Set<number> | null = null
  return {
    ...changeReads(db),
    /** Stores a change; false: it was there. */
    add(change: NewChange): boolean {
      const { conversation, sender, outgoing, kind, target, text, time, state, stanzaId, originId, occupant = null } = change
      const before = known.get(conversation, stanzaId, conversation, sender, originId)
      if (before !== undefined) {
        settle.run(stanzaId, before)
        return false
      }
      insert.run(conversation, sender, outgoing ? 1 : 0, kind, target, text, time, state, stanzaId, originId, occupant)
      conversations?.add(conversation)
      return true
    },
    /** All changes of the message that has one of these ids, oldest first. */
    of(conversation: number, ids: readonly (string | null)[]): ChangeRow[] {
      conversations ??= new Set(some.all())
      if (!conversations.has(conversation)) return []
      return [...new Set(ids)].flatMap((id) => (id === null ? [] : of.all(conversation, id))).sort((a, b) => a.time - b.time || a.id - b.id)
    },
    remove: (id: number) => remove.run(id),
    /** Removes it unless it is still to be sent. */
    forgetSent: (id: number) => forgetSent.run(id),
    /** Of one of our own; false: there is none with that id, or it is in that state. */
    setState: (conversation: number, originId: string, state: 'sent' | 'failed'): boolean => setState.run(state, conversation, originId, state).changes > 0,
    forget(): void {
      conversations = null
    }
  }
}
