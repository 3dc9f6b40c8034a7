/** Events to windows: each window gets only changes of what it shows, in batches. */
import type { WebContents } from 'electron'
import type { ConversationId } from '../../contract/domain.ts'
import { IPC } from '../../contract/channels.ts'
import { EVENT_INTERVAL_MS, type AppEvent } from '../../contract/ipc.ts'
import type { StoreChanges } from '../../engine/store/types.ts'
import { EventBatch } from './event-batch.ts'

interface Listener {
  batch: EventBatch
  watches: ConversationId | null
  timer: NodeJS.Timeout | null
  last: number
}

export class EventHub {
  readonly #listeners = new Map<WebContents, Listener>()

  add(contents: WebContents): void {
    this.#listeners.set(contents, { batch: new EventBatch(), watches: null, timer: null, last: 0 })
    contents.once('destroyed', () => {
      clearTimeout(this.#listeners.get(contents)?.timer ?? undefined)
      this.#listeners.delete(contents)
    })
  }

  /** Sets the conversation whose messages a window shows. */
  watch(contents: WebContents, conversation: ConversationId | null): void {
    const listener = this.#listeners.get(contents)
    if (listener !== undefined) listener.watches = conversation
  }

  /** Whether a window shows that conversation. */
  shows(contents: WebContents, conversation: ConversationId): boolean {
    return this.#listeners.get(contents)?.watches === conversation
  }

  broadcast(event: AppEvent): void {
    for (const [contents, listener] of this.#listeners) this.#queue(contents, listener, event)
  }

  tell(contents: WebContents, event: AppEvent): void {
    const listener = this.#listeners.get(contents)
    if (listener !== undefined) this.#queue(contents, listener, event)
  }

  storeChanged(changes: StoreChanges): void {
    for (const [contents, listener] of this.#listeners) {
      if (changes.conversations.length > 0 || changes.removedConversations.length > 0)
        this.#queue(contents, listener, { type: 'conversations', changed: changes.conversations, removed: changes.removedConversations })
      const conversation = listener.watches
      if (conversation === null) continue
      const changed = changes.messages.filter((message) => message.conversation === conversation)
      const removed = changes.removed.flatMap((gone) => (gone.conversation === conversation ? [gone.id] : []))
      const notices = changes.notices?.filter((notice) => notice.conversation === conversation) ?? []
      if (notices.length > 0) this.#queue(contents, listener, { type: 'notices', conversation, notices })
      const bulk = changes.reread?.includes(conversation) === true
      if (bulk || changed.length > 0 || removed.length > 0) this.#queue(contents, listener, { type: 'messages', conversation, changed, removed, bulk })
    }
  }

  /** Queues an event. The first one after a quiet time is sent at once, the following ones together. */
  #queue(contents: WebContents, listener: Listener, event: AppEvent): void {
    listener.batch.add(event)
    listener.timer ??= setTimeout(() => this.#send(contents, listener), Math.max(0, listener.last + EVENT_INTERVAL_MS - Date.now()))
  }

  #send(contents: WebContents, listener: Listener): void {
    listener.timer = null
    listener.last = Date.now()
    if (!contents.isDestroyed() && !listener.batch.isEmpty) contents.send(IPC.events, listener.batch.take())
  }
}
