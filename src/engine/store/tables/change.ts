/**
 * Statements of the table `change`. The last change by `place` counts: changes are ordered by the archive, because clocks differ. An archive that is started
 * anew from its end has a new era; newer changes count up from the middle of the era, older history down.
 */
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
  place: number
  stanza_id: string | null
  origin_id: string | null
  /** End-to-end encrypted, received or to be sent. */
  encrypted: 0 | 1
}

/** Change still to be sent. */
export interface QueuedChange {
  originId: string
  jid: Jid
  conversationKind: ConversationKind
  kind: ChangeKind
  target: string
  text: string
  encrypted: 0 | 1
}

export function changeReads(db: ReadableDB) {
  const queued = db.prepare<[string | null], QueuedChange>(
    `SELECT h.origin_id AS originId, c.jid, c.kind AS conversationKind, h.kind, h.target, h.text, h.encrypted
     FROM change h JOIN conversation c ON c.id = h.conversation WHERE h.state = 'queued' AND c.account = coalesce(?, c.account) ORDER BY h.id`
  )
  // '+': search by target, not through all changes of the conversation in order
  const corrections = db.prepare<[number, string, string | null, string | null, string | null], TextVersion>(
    "SELECT text, time FROM change WHERE conversation = ? AND kind = 'correction' AND sender = ? AND target IN (?, ?, ?) ORDER BY +place, id"
  )
  return {
    /** Corrected texts of a message by its author, oldest first; `ids`: the three ids that it may have. */
    corrections: (conversation: number, sender: string, [origin = null, message = null, stanza = null]: readonly (string | null)[]): TextVersion[] =>
      corrections.all(conversation, sender, origin, message, stanza),
    /** Changes still to be sent, of one account or all. */
    queuedChanges: (account?: string) => queued.all(account ?? null)
  }
}

export interface NewChange {
  conversation: ConversationId
  sender: Jid
  /** Occupant id (XEP-0421). */
  occupant?: string | null
  outgoing: boolean
  kind: ChangeKind
  target: string
  text: string
  time: number
  state: 'received' | 'queued' | 'sent'
  stanzaId: string | null
  originId: string | null
  /** Stanza id, if it differs from the origin id. */
  messageId?: string | null
  encrypted?: boolean
}

/** Largest number of rows read for one id; an id shared by more identifies nothing. */
export const MOST_SHARING = 100
/** Range of places in one era. */
const ERA = 2 ** 32
const MIDDLE = 2 ** 31

/**
 * Position of a change: above all known changes of its conversation, or below those in the era of its archive. `firm`: moves a known change there as well.
 */
export interface ChangePlace {
  end: 'above' | 'below'
  era: number
  firm: boolean
}

export function changeWrites(db: WritableDB) {
  const COLUMNS = 'id, conversation, sender, occupant, outgoing, kind, target, text, time, place, stanza_id, origin_id, encrypted'
  const highest = db.prepare<[number], number | null>('SELECT max(place) FROM change WHERE conversation = ?').pluck()
  const lowest = db.prepare<[number, number], number | null>('SELECT min(place) FROM change WHERE conversation = ? AND place >= ?').pluck()
  const latest = db.prepare<[], number | null>('SELECT max(place) FROM change').pluck()
  const setPlace = db.prepare('UPDATE change SET place = ? WHERE id = ?')
  const placeFor = (conversation: number, { end, era }: ChangePlace): number =>
    end === 'above' ? Math.max(highest.get(conversation) ?? 0, era * ERA + MIDDLE) + 1 : (lowest.get(conversation, era * ERA) ?? era * ERA + MIDDLE) - 1
  const insert = db.prepare(
    'INSERT INTO change (conversation, sender, outgoing, kind, target, text, time, state, stanza_id, origin_id, message_id, occupant, place, encrypted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
  )
  const withId = db.prepare<[number, string, number, string, number, string], ChangeRow>(
    `SELECT ${COLUMNS} FROM change WHERE (conversation = ? AND stanza_id = ?) OR (conversation = ? AND origin_id = ?) OR (conversation = ? AND message_id = ?) LIMIT ${MOST_SHARING}`
  )
  const newestOf = db.prepare<[number, string], ChangeRow>(`SELECT ${COLUMNS} FROM change WHERE conversation = ? AND target = ? ORDER BY place DESC, id DESC`)
  const reactionsOf = db.prepare<[number, string, 0 | 1, string, string | null], ChangeRow>(
    `SELECT ${COLUMNS} FROM change WHERE conversation = ? AND target = ? AND kind = 'reactions' AND outgoing = ? AND (sender = ? OR occupant = ?) ORDER BY +place, id`
  )
  const setTarget = db.prepare('UPDATE change SET target = ? WHERE id = ?')
  const settle = db.prepare("UPDATE change SET stanza_id = coalesce(stanza_id, ?), state = CASE state WHEN 'queued' THEN 'sent' ELSE state END WHERE id = ?")
  const setState = db.prepare('UPDATE change SET state = ? WHERE conversation = ? AND origin_id = ? AND outgoing = 1 AND state <> ?')
  const of = db.prepare<[number, string], ChangeRow>(`SELECT ${COLUMNS} FROM change WHERE conversation = ? AND target = ? ORDER BY +place, id`)
  const remove = db.prepare('DELETE FROM change WHERE id = ?')
  const forgetSent = db.prepare("DELETE FROM change WHERE id = ? AND state <> 'queued'")
  const some = db.prepare<[], number>('SELECT DISTINCT conversation FROM change').pluck()
  let conversations: Set<number> | null = null
  return {
    ...changeReads(db),
    /** Next era, for an archive that is started anew. */
    nextEra: (): number => Math.floor((latest.get() ?? 0) / ERA) + 1,
    /** Changes with an id given by their sender or archive. */
    byAnyId: (conversation: number, id: string): ChangeRow[] => withId.all(conversation, id, conversation, id, conversation, id),
    /** Sets the target of a change to another message. */
    setTarget: (id: number, target: string) => setTarget.run(target, id),
    /** Stores a change: 'new'; 'placed' if a known one moved; 'known' if nothing changed. */
    add(change: NewChange, place: ChangePlace = { end: 'above', era: 0, firm: false }): 'new' | 'placed' | 'known' {
      const {
        conversation,
        sender,
        outgoing,
        kind,
        target,
        text,
        time,
        state,
        stanzaId,
        originId,
        messageId = null,
        occupant = null,
        encrypted = false
      } = change
      // for an id that was given twice the text decides; a group may have altered the text of our own
      const isOne = (one: ChangeRow): boolean =>
        one.kind === kind &&
        (one.outgoing === 1 && outgoing
          ? one.text === text || one.stanza_id === null || one.stanza_id === stanzaId
          : one.sender === sender && one.target === target && one.text === text)
      const before = [stanzaId, originId, messageId]
        .flatMap((id) => (id === null ? [] : withId.all(conversation, id, conversation, id, conversation, id)))
        .find(isOne)
      if (before !== undefined) {
        settle.run(stanzaId, before.id)
        // only the archive tells the position of an own change
        if (!place.firm && (before.stanza_id !== null || stanzaId === null)) return 'known'
        setPlace.run(placeFor(conversation, place), before.id)
        return 'placed'
      }
      insert.run(
        conversation,
        sender,
        outgoing ? 1 : 0,
        kind,
        target,
        text,
        time,
        state,
        stanzaId,
        originId,
        messageId,
        occupant,
        placeFor(conversation, place),
        encrypted ? 1 : 0
      )
      conversations?.add(conversation)
      return 'new'
    },
    /** All changes of the message that has one of these ids, oldest first. */
    of(conversation: number, ids: readonly (string | null)[]): ChangeRow[] {
      conversations ??= new Set(some.all())
      if (!conversations.has(conversation)) return []
      return [...new Set(ids)].flatMap((id) => (id === null ? [] : of.all(conversation, id))).sort((a, b) => a.place - b.place || a.id - b.id)
    },
    /** Last change that `fits` accepts, of the message with one of these ids. */
    last(conversation: number, ids: readonly (string | null)[], fits: (change: ChangeRow) => boolean): ChangeRow | undefined {
      let last: ChangeRow | undefined
      for (const id of new Set(ids)) {
        if (id === null) continue
        for (const row of newestOf.iterate(conversation, id)) {
          if (!fits(row)) continue
          if (last === undefined || row.place > last.place || (row.place === last.place && row.id > last.id)) last = row
          break
        }
      }
      return last
    },
    /** Reactions by the author of this one, or under the same nickname, oldest first. */
    reactionsBy: ({ conversation, outgoing, sender, occupant }: ChangeRow, ids: readonly (string | null)[]): ChangeRow[] =>
      [...new Set(ids)]
        .flatMap((id) => (id === null ? [] : reactionsOf.all(conversation, id, outgoing, sender, occupant)))
        .sort((a, b) => a.place - b.place || a.id - b.id),
    remove: (id: number) => remove.run(id),
    /** Removes a change unless it is still to be sent. */
    forgetSent: (id: number) => forgetSent.run(id),
    /** Sets the state of an own change; false: there is none with that id, or it has that state. */
    setState: (conversation: number, originId: string, state: 'sent' | 'failed' | 'queued'): boolean =>
      setState.run(state, conversation, originId, state).changes > 0,
    forget(): void {
      conversations = null
    }
  }
}
