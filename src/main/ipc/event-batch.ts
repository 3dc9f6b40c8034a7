/** Events queued for one window until its next turn: of several changes to the same thing, only the last is kept. Pure. */
import type { Conversation, ConversationId, Message, MessageId, Notice } from '../../contract/domain.ts'
import type { Live } from '../../contract/live.ts'
import type { AppEvent } from '../../contract/ipc.ts'

/** Limit of changed messages sent to a window; beyond it, the window reloads its page. */
export const MOST_MESSAGES = 50

export class EventBatch {
  readonly #single = new Map<AppEvent['type'], AppEvent>()
  readonly #conversations = new Map<ConversationId, Conversation>()
  readonly #removedConversations = new Set<ConversationId>()
  readonly #messages = new Map<ConversationId, { changed: Map<string, Message>; keys: Map<MessageId, string>; removed: Set<MessageId>; bulk: boolean }>()
  #live: Partial<Live> = {}
  readonly #notices = new Map<ConversationId, Notice[]>()

  add(event: AppEvent): void {
    switch (event.type) {
      case 'conversations':
        for (const conversation of event.changed) {
          this.#removedConversations.delete(conversation.id)
          this.#conversations.set(conversation.id, conversation)
        }
        for (const id of event.removed) {
          this.#conversations.delete(id)
          this.#removedConversations.add(id)
        }
        break
      case 'messages': {
        const known = this.#messages.get(event.conversation) ?? {
          changed: new Map<string, Message>(),
          keys: new Map<MessageId, string>(),
          removed: new Set<MessageId>(),
          bulk: false
        }
        this.#messages.set(event.conversation, known)
        for (const message of event.changed) {
          known.changed.set(message.key, message)
          known.keys.set(message.id, message.key)
        }
        for (const id of event.removed) {
          known.removed.add(id)
          const key = known.keys.get(id)
          // a message that moved has its key under another id
          if (key !== undefined && known.changed.get(key)?.id === id) known.changed.delete(key)
          known.keys.delete(id)
        }
        known.bulk ||= event.bulk
        break
      }
      case 'notices': {
        const known = this.#notices.get(event.conversation) ?? []
        known.push(...event.notices)
        this.#notices.set(event.conversation, known)
        break
      }
      case 'live':
        this.#live = { ...this.#live, ...event.changed, ...(event.changed.presence === undefined ? {} : { presence: this.#presence(event.changed.presence) }) }
        break
      default:
        this.#single.set(event.type, event)
    }
  }

  /** Merges presence, keeping the latest per person. */
  #presence(changed: Live['presence']): Live['presence'] {
    return Object.assign(this.#live.presence ?? {}, changed)
  }

  get isEmpty(): boolean {
    return (
      this.#single.size === 0 &&
      Object.keys(this.#live).length === 0 &&
      this.#conversations.size === 0 &&
      this.#removedConversations.size === 0 &&
      this.#messages.size === 0 &&
      this.#notices.size === 0
    )
  }

  /** Returns all events since the last call. */
  take(): AppEvent[] {
    // the conversation to show may have come with the same batch
    const show = this.#single.get('show')
    this.#single.delete('show')
    const events: AppEvent[] = [...this.#single.values()]
    if (Object.keys(this.#live).length > 0) events.unshift({ type: 'live', changed: this.#live })
    if (this.#conversations.size > 0 || this.#removedConversations.size > 0)
      events.push({ type: 'conversations', changed: [...this.#conversations.values()], removed: [...this.#removedConversations] })
    for (const [conversation, { changed, removed, bulk }] of this.#messages) {
      const tooMany = changed.size > MOST_MESSAGES
      events.push({
        type: 'messages',
        conversation,
        changed: tooMany ? [] : [...changed.values()],
        removed: tooMany ? [] : [...removed],
        bulk: bulk || tooMany
      })
    }
    for (const [conversation, notices] of this.#notices) events.push({ type: 'notices', conversation, notices })
    if (show !== undefined) events.push(show)
    this.#notices.clear()
    this.#single.clear()
    this.#live = {}
    this.#conversations.clear()
    this.#removedConversations.clear()
    this.#messages.clear()
    return events
  }
}
