/** What is said of messages that are here: how far our own have come, who has read how far. */
import type { ConversationId, Jid, Message, MessageState } from '../../contract/domain.ts'
import { toMessage, type MessageRow } from './tables/message-row.ts'
import type { Tables } from './tables/index.ts'
import type { MessageSign, StoreChanges } from './types.ts'

/** What may become of an own message; 'queued' again where the server lost it. */
const FOLLOWS: Record<MessageState, readonly MessageState[]> = {
  received: [],
  queued: ['sent', 'delivered', 'failed'],
  sent: ['queued', 'delivered', 'failed'],
  failed: ['queued', 'delivered'],
  delivered: ['queued']
}

export function createSigning({ alterations, changes, conversations, messages, notices, read }: Tables) {
  /** The own message that has come so far now, or null where none has. */
  function advance(account: Jid | undefined, jid: Jid, originId: string, state: MessageState, error: string | null): MessageRow | null {
    const conversation = conversations.idOf(jid, account)
    if (conversation === null) return null
    const row = messages.ownByOriginId(conversation, originId)
    if (row === undefined && state !== 'received' && state !== 'delivered') alterations.setState(conversation, originId, state)
    if (row === undefined || !FOLLOWS[row.state].includes(state)) return null
    messages.setState(row.id, state, error)
    return read(row.id)
  }

  /** How far an own message, or an own change of one, has come. */
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

  /** The conversation that shows it, or null where that was known, or is of no message here. */
  function displayed({ conversation: jid, id, own, nick }: MessageSign, account: Jid | undefined): ConversationId | null {
    const conversation = conversations.byJid(jid, account)
    if (conversation === null) return null
    const found = messages.byAnyId(conversation.id, id)
    // in a group whoever wrote it, otherwise one reads what the other wrote
    const row = nick === null ? found.find(({ outgoing }) => (outgoing === 1) !== own) : found[0]
    if (row === undefined) return null
    if (own) {
      const { id, readUpTo, unread } = conversation
      // what came since may stand before what was read here
      if (readUpTo >= row.id && unread === 0) return null
      conversations.read(id, row.id, messages.unreadCount(id, Math.max(readUpTo, row.id)))
      return id
    }
    if (nick !== null && !notices.see(conversation.id, nick, row.id)) return null
    // in a group each who reads is news, not the first alone
    return conversations.see(conversation.id, row.id) || nick !== null ? conversation.id : null
  }

  /** One after the other, and what has changed by `before` and them; within a transaction. */
  function sign(signs: readonly MessageSign[], account: Jid | undefined, before: StoreChanges): StoreChanges {
    const touched = new Set(before.conversations.map(({ id }) => id))
    const changed = new Map<number, Message>(before.messages.map((message) => [message.id, message]))
    for (const one of signs) {
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

  return { sign, transition }
}
