/** Notifications of new messages, one per conversation, closed when it is read; and the unread count on the app's icon. */
import { app, Notification } from 'electron'
import { isMuted, type Conversation, type ConversationId, type Message, type MessageId } from '../../contract/domain.ts'
import type { Settings } from '../../contract/settings.ts'
import type { Engine } from '../../engine/engine.ts'
import type { StoreChanges } from '../../engine/store/types.ts'
import { isQuiet, isWorthTelling, notificationText } from './notify-rules.ts'
import type { DesktopWords } from './words.ts'

/** Minimum interval between notifications, ms. */
const EVERY_MS = 1500
/** Conversations named at most in the summary of messages that arrived while offline. */
const MOST = 5

export interface NotificationsOptions {
  engine(): Engine
  words(settings: Settings): DesktopWords
  /** Whether the user is looking at that conversation. */
  isSeen(conversation: ConversationId): boolean
  open(conversation: ConversationId, message: MessageId): void
  /** Called with the total of unread messages. */
  onUnread(count: number): void
  warn(message: string): void
}

export class Notifications {
  readonly #options: NotificationsOptions
  readonly #waiting = new Map<ConversationId, { conversation: Conversation; message: Message; count: number }>()
  readonly #shown = new Map<ConversationId, Notification>()
  readonly #unread = new Map<ConversationId, number>()
  /** Reminders already shown, so that each is shown once. */
  readonly #reminded = new Set<string>()
  #timer: NodeJS.Timeout | null = null

  constructor(options: NotificationsOptions) {
    this.#options = options
  }

  /** Switches to another engine. */
  async restart(): Promise<void> {
    this.#waiting.clear()
    this.#unread.clear()
    for (const notification of this.#shown.values()) notification.close()
    this.#shown.clear()
    this.#count(await this.#options.engine().store.read.conversations())
  }

  onChanges(changes: StoreChanges): void {
    this.#count(changes.conversations)
    for (const id of changes.removedConversations) this.#unread.delete(id)
    const byId = new Map(changes.conversations.map((conversation) => [conversation.id, conversation]))
    for (const conversation of changes.conversations) if (conversation.unread === 0) this.#clear(conversation.id)
    if (changes.added === 0 || changes.old === true) return
    for (const message of changes.messages) {
      const conversation = byId.get(message.conversation)
      if (conversation === undefined || !isWorthTelling(message, conversation) || this.#options.isSeen(conversation.id)) continue
      const before = this.#waiting.get(conversation.id)
      this.#waiting.set(conversation.id, { conversation, message, count: (before?.count ?? 0) + 1 })
    }
    if (this.#waiting.size > 0) this.#timer ??= setTimeout(() => this.#show(), EVERY_MS / 5)
  }

  /** Shows the reminders that are due; each is shown once. */
  async remind(due: readonly Message[]): Promise<void> {
    const engine = this.#options.engine()
    const settings = await engine.store.read.settings()
    const words = this.#options.words(settings)
    for (const message of due) {
      const told = `${message.key} ${message.remindAt ?? 0}`
      if (this.#reminded.has(told) || !Notification.isSupported()) continue
      this.#reminded.add(told)
      const conversation = await engine.store.read.conversation(message.conversation)
      if (conversation === null) continue
      const { title, body } = notificationText(conversation, message, 1, settings, words)
      const notification = new Notification({ title: words.reminder(title), body, silent: !settings.notifySound })
      notification.on('click', () => this.#options.open(conversation.id, message.id))
      notification.show()
    }
  }

  #show(): void {
    this.#showWaiting().catch((error: unknown) => this.#options.warn(`notifications: ${String(error)}`))
  }

  async #showWaiting(): Promise<void> {
    const engine = this.#options.engine()
    // the summary waits until catch-up has finished
    if (engine.connection.status === 'catching-up') {
      this.#timer = setTimeout(() => this.#show(), EVERY_MS)
      return
    }
    const settings = await engine.store.read.settings()
    const waiting = [...this.#waiting.values()].slice(-MOST)
    this.#waiting.clear()
    this.#timer = setTimeout(() => {
      this.#timer = null
      if (this.#waiting.size > 0) this.#show()
    }, EVERY_MS)
    if (!settings.notify || isQuiet(settings.quiet, new Date()) || !Notification.isSupported()) return
    for (const { conversation, message, count } of waiting) {
      if (this.#options.isSeen(conversation.id)) continue
      this.#clear(conversation.id)
      const words = this.#options.words(settings)
      const notification = new Notification({
        ...notificationText(conversation, message, Math.max(count, conversation.unread), settings, words),
        silent: !(conversation.notifySound ?? settings.notifySound),
        hasReply: true,
        replyPlaceholder: words.reply
      })
      notification.on('click', () => this.#options.open(conversation.id, message.id))
      notification.on('reply', (_event: unknown, reply?: string) => {
        if (typeof reply === 'string' && reply.trim() !== '')
          engine.messages.send(conversation.id, reply.trim()).catch((error: unknown) => this.#options.warn(`a reply: ${String(error)}`))
      })
      notification.on('close', () => {
        if (this.#shown.get(conversation.id) === notification) this.#shown.delete(conversation.id)
      })
      this.#shown.set(conversation.id, notification)
      notification.show()
    }
  }

  #clear(id: ConversationId): void {
    this.#waiting.delete(id)
    this.#shown.get(id)?.close()
    this.#shown.delete(id)
  }

  #count(conversations: readonly Conversation[]): void {
    for (const one of conversations) this.#unread.set(one.id, isMuted(one) || one.archived ? 0 : Math.max(one.unread, one.markedUnread ? 1 : 0))
    const all = [...this.#unread.values()].reduce((sum, one) => sum + one, 0)
    app.setBadgeCount(all)
    this.#options.onUnread(all)
  }
}
