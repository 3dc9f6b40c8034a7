/** Changes of messages: corrections, retractions and reactions are stored, and applied to messages of the same author. */
import { bare } from '../../contract/address.ts'
import type { ChangeKind, Conversation, ConversationId, MessageId } from '../../contract/domain.ts'
import { authorOf, idsIn, isProven, isSame, type Author } from './authors.ts'
import type { ChangePlace, ChangeRow } from './tables/change.ts'
import type { Tables } from './tables/index.ts'
import { FLAG, idsOf, type MessageRow } from './tables/message-row.ts'
import type { IncomingMessage } from './types.ts'

/** Puts a message in the place of its stand-ins, which are removed; returns their flags. */
type RemoveStandIns = (id: ConversationId, ids: readonly (string | null)[], author: Author, key: MessageId) => number

export function createAltering(
  { messages, conversations, alterations }: Pick<Tables, 'messages' | 'conversations' | 'alterations'>,
  removeStandIns: RemoveStandIns
) {
  /** Removes a superseded change. */
  function forget({ id, conversation, outgoing, origin_id, encrypted }: ChangeRow): void {
    if (outgoing === 1 && encrypted === 1 && origin_id !== null) messages.deleted.recordOwn(conversation, origin_id)
    alterations.remove(id)
  }

  /** Applies a change to its message if that is stored and has the same author; returns the message, or null. */
  function alter(change: ChangeRow): MessageRow | null {
    const { conversation: id, sender, kind, target, text } = change
    const found = messages.byAnyId(id, target)
    if (kind === 'reactions') {
      // other senders may have used that id, but not the archive
      const row = found.find((one) => one.stanza_id === target) ?? found[0]
      if (row === undefined) return null
      const all = alterations.reactionsBy(change, idsOf(row)).filter((one) => isSame(one, change))
      // each reactions stanza holds the complete set of its author
      for (const older of all.slice(0, -1)) forget(older)
      messages.setFlag(row, FLAG.reacted, true)
      return row
    }
    const conversation = conversations.byId(id)
    if (conversation === null) return null
    // the group itself sends its moderators' retractions
    const row = found.find((one) => isProven(one, change, conversation) || (kind === 'retraction' && sender === bare(one.sender) && sender !== one.sender))
    if (row === undefined) return null
    if ((row.flags & FLAG.retracted) !== 0) {
      if (kind === 'correction') forget(change)
      return null
    }
    const isCorrection = (one: ChangeRow): boolean => one.kind === 'correction' && isProven(row, one, conversation)
    if (kind === 'retraction') {
      for (const one of alterations.of(id, idsOf(row))) if (isCorrection(one)) forget(one)
      messages.retract(row)
    } else {
      if (alterations.last(id, idsOf(row), isCorrection)?.id !== change.id) return null
      if (row.text !== text) messages.edit(row, text, change.encrypted === 1)
    }
    return row
  }

  /**
   * Stores a change, and applies it if its message is stored. `changed`: the message's id; `instead`: a message to be shown, because the corrected one is
   * missing or not provably of the same author. `pending`: messages of the same page that are not stored yet.
   */
  function recordChange(
    id: ConversationId,
    incoming: IncomingMessage,
    { kind, target: named }: { kind: ChangeKind; target: string },
    place: ChangePlace,
    pending: Map<IncomingMessage, IncomingMessage> | null = null
  ): { changed: MessageId | null; instead: IncomingMessage | null } {
    const nothing = { changed: null, instead: null }
    const { sender, occupant = null, outgoing, text, time, stanzaId, originId, messageId = null, encrypted = false } = incoming
    const conversation = conversations.byId(id)
    if (conversation === null) return nothing
    const author = authorOf(incoming)
    const isTheirs = (row: Author): boolean => (kind === 'reactions' ? true : isProven(row, author, conversation))
    const isHere = (one: string): boolean => messages.byAnyId(id, one).some(isTheirs)
    // XEP-0308 wants the first message's id; a sender who names the previous correction means the same
    const corrected = isHere(named) ? undefined : alterations.byAnyId(id, named).findLast((one) => one.kind === 'correction' && isTheirs(one))
    const target = corrected?.target ?? named
    const stored = alterations.add(
      {
        conversation: id,
        sender,
        occupant,
        outgoing,
        kind,
        target,
        text,
        time,
        state: outgoing ? 'sent' : 'received',
        stanzaId,
        originId,
        messageId,
        encrypted
      },
      place
    )
    if (stored === 'known') return nothing
    const isHereNow = isHere(target)
    if (kind === 'correction') {
      // changes that name this correction, by one of its ids, mean the message that it corrects
      const ids = idsIn(incoming).filter((one) => one !== target)
      retarget(conversation, ids, target, author)
      const waiting = [...(pending ?? [])].filter(([, one]) => one.conversation === incoming.conversation && isProven(authorOf(one), author, conversation))
      for (const [given, one] of waiting) if (ids.includes(one.messageId ?? null)) pending?.set(given, { ...one, messageId: target })
      if (stored === 'new' && !isHereNow && !waiting.some(([, one]) => [...ids, target].includes(one.messageId ?? null)) && !isHere(target))
        return { changed: null, instead: { ...incoming, change: null, originId: null, messageId: target, standIn: true } }
    }
    const latest = alterations.last(
      id,
      [target],
      (change) =>
        change.kind === kind &&
        (kind === 'reactions' ? isSame(change, author) : isProven(change, author, conversation) || (sender === conversation.jid && change.sender === sender))
    )
    const row = latest === undefined ? null : alter(latest)
    if (row !== null && kind === 'reactions' && !outgoing && row.outgoing === 1 && place.end === 'above') conversations.reacted(id, row.id, text !== '')
    return { changed: row?.id ?? null, instead: null }
  }

  function retarget(conversation: Conversation, ids: readonly (string | null)[], target: string, author: Author): void {
    const { id } = conversation
    for (const named of new Set(ids)) {
      if (named === null) continue
      for (const change of alterations.of(id, [named]))
        if (change.kind === 'reactions' || isProven(change, author, conversation)) alterations.setTarget(change.id, target)
      for (const row of messages.standInsFor(id, [named])) if (isProven(row, author, conversation)) messages.setMessageId(row.id, target)
    }
    const standIns = messages.standInsFor(id, [target])
    const here = standIns.length === 0 ? [] : messages.byAnyId(id, target).filter((row) => isProven(row, author, conversation))
    const real = here.find((row) => standIns.every((one) => one.id !== row.id))
    const marks = real === undefined ? 0 : removeStandIns(id, [target], author, real.id)
    if (real !== undefined && marks !== 0) messages.setFlag(real, marks, true)
  }

  return { alter, recordChange }
}
