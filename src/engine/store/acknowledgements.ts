/** Applies delivery receipts and read markers to stored messages. */
import type { ConversationId, Jid, Message, MessageState } from '../../contract/domain.ts'
import { FLAG, toMessage, type MessageRow } from './tables/message-row.ts'
import type { Tables } from './tables/index.ts'
import type { Acknowledgement, StoreChanges } from './types.ts'

/** Allowed transitions of an own message's state; back to 'queued' if the server lost it. */
const FOLLOWS: Record<MessageState, readonly MessageState[]> = {
  received: [],
  queued: ['sent', 'delivered', 'failed'],
  sent: ['queued', 'delivered', 'failed'],
  failed: ['queued', 'delivered'],
  delivered: ['queued']
}

export function createAcknowledgements({ alterations, changes, conversations, messages, notices, read }: Tables) {
  /** Own message whose state advanced, or null. */
  function advance(account: Jid | undefined, jid: Jid, originId: string, state: MessageState, error: string | null): MessageRow | null {
    const conversation = conversations.idOf(jid, account)
    if (conversation === null) return null
    const row = messages.ownByOriginId(conversation, originId)
    if (row === undefined && state !== 'received' && state !== 'delivered') alterations.setState(conversation, originId, state)
    if (row === undefined || !FOLLOWS[row.state].includes(state)) return null
    // of a message that cannot be decrypted, `error` is the reason for that
    messages.setState(row.id, state, (row.flags & FLAG.unreadable) === 0 ? error : row.error)
    return read(row.id)
  }

  /** Sets the state of an own message, or of an own change. */
  function transition({
    account,
    conversation,
    originId,
    state,
    error
  }: {
    account?: Jid
    conversation: Jid
    originId: string
    state: MessageState
    error: string | null
  }): StoreChanges {
    const row = advance(account, conversation, originId, state, error)
    return row === null ? changes([]) : changes([row.conversation], [toMessage(row)])
  }

  /** Conversation to refresh, or null if the marker is old or its message unknown. */
  function displayed({ conversation: jid, id, own, nick }: Acknowledgement, account: Jid | undefined): ConversationId | null {
    const conversation = conversations.byJid(jid, account)
    if (conversation === null) return null
    const found = messages.byAnyId(conversation.id, id)
    // in a group: any author; otherwise each side reads the other's messages
    const row = nick === null ? found.find(({ outgoing }) => (outgoing === 1) !== own) : found[0]
    if (row === undefined) return null
    if (own) {
      const { id, readUpTo, unread } = conversation
      // messages that arrived later may stand before the one read here
      if (readUpTo >= row.id && unread === 0) return null
      conversations.read(id, row.id, messages.unreadCount(id, Math.max(readUpTo, row.id)))
      return id
    }
    if (nick !== null && !notices.see(conversation.id, nick, row.id)) return null
    // in a group every reader counts, not only the first
    return conversations.see(conversation.id, row.id) || nick !== null ? conversation.id : null
  }

  /** Applies receipts and markers in order; returns `before` merged with their changes. Within a transaction. */
  function acknowledge(acknowledgements: readonly Acknowledgement[], account: Jid | undefined, before: StoreChanges): StoreChanges {
    const touched = new Set(before.conversations.map(({ id }) => id))
    const changed = new Map<number, Message>(before.messages.map((message) => [message.id, message]))
    for (const one of acknowledgements) {
      if (one.kind === 'delivered') {
        const row = advance(account, one.conversation, one.id, 'delivered', null)
        if (row === null) continue
        touched.add(row.conversation)
        changed.set(row.id, toMessage(row))
      } else {
        const conversation = displayed(one, account)
        if (conversation !== null) touched.add(conversation)
      }
    }
    return { ...changes(touched, [...changed.values()], before.removed, before.added), ...(before.old === true ? { old: true } : {}) }
  }

  return { acknowledge, transition }
}
