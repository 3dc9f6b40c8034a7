/** Conversations: start, list settings, older history, deletion. */
import { bare, parseJid } from '../contract/address.ts'
import type { Conversation, ConversationId, ConversationKind, Jid } from '../contract/domain.ts'
import type { GroupChats } from './group-chats.ts'
import type { Messages } from './messages.ts'
import { EngineError, type Scope } from './scope.ts'
import type { Store } from './threads/store.ts'

/** Longest timer, ms (https://nodejs.org/api/timers.html#settimeoutcallback-delay-args takes 31 bits). */
const LONGEST_TIMER_MS = 86_400_000

export class Conversations {
  readonly #scope: Scope
  readonly #groups: GroupChats
  readonly #messages: Messages
  readonly #removeCleared: () => Promise<void>
  #unmuting: NodeJS.Timeout | null = null
  #closed = false

  constructor(scope: Scope, groups: GroupChats, messages: Messages, removeCleared: () => Promise<void>) {
    this.#scope = scope
    this.#groups = groups
    this.#messages = messages
    this.#removeCleared = removeCleared
  }

  /** Continues fetching older history where the settings want it. */
  async fillHistory(): Promise<void> {
    for (const { account, jid } of await this.#scope.store.read.missingHistory()) this.#scope.accounts.of(account)?.archives.fill(jid)
  }

  /** Fetches history older than the stored part of a conversation; false: there is no more, or no connection. */
  async older(id: ConversationId): Promise<boolean> {
    const conversation = await this.#scope.store.read.conversation(id)
    const session = this.#scope.accounts.of(conversation?.account ?? null)
    if (conversation === null || session?.connection.isReady !== true) return false
    return session.archives.older(conversation.jid, conversation.kind)
  }

  /**
   * Opens a conversation of an account (default: the first account); a group is joined. `token`: from an invitation to become a contact. Throws EngineError,
   * and JoinError if the group refuses.
   */
  async start(
    address: string,
    kind: ConversationKind,
    nick: string | null,
    password: string | null = null,
    account?: Jid,
    token?: string,
    called = ''
  ): Promise<Conversation> {
    const parsed = parseJid(address)
    if (parsed === null || !parsed.includes('@')) throw new EngineError('invalid-address', `${address} is no address`)
    const jid = bare(parsed)
    const whose = account ?? (await this.#scope.store.read.conversationByJid(jid))?.account ?? this.#scope.first
    if (kind === 'direct') {
      // a person met in a group keeps the name used there
      const name = called || (this.#scope.accounts.of(whose ?? null)?.groups.people.find((met) => met.jid === jid)?.name ?? '')
      const { id } = await this.#scope.store.write.ensureConversation({ ...(whose === undefined ? {} : { account: whose }), jid, kind, name, nick: null })
      const conversation = await this.#scope.begun(id)
      // notes to oneself need no contact
      if (
        whose !== undefined &&
        whose !== jid &&
        (token !== undefined || !(await this.#scope.store.read.contacts(whose)).some((contact) => contact.jid === jid))
      )
        await this.#befriend(jid, whose, token, name)
      return conversation
    }
    const session = this.#scope.connected(whose)
    await session.membership.join(jid, nick ?? session.membership.defaultNick, { password })
    return this.#scope.entered(session, jid)
  }

  async set(change: Parameters<Store['write']['setConversation']>[0]): Promise<void> {
    this.#scope.changed(await this.#scope.store.write.setConversation(change))
    if (change.mutedUntil !== undefined) await this.unmute()
  }

  /** Unmutes conversations whose mute time is over, now and each at its time. */
  async unmute(): Promise<void> {
    if (this.#unmuting !== null) clearTimeout(this.#unmuting)
    const { changes, next } = await this.#scope.store.write.unmute(Date.now())
    if (changes.conversations.length > 0) this.#scope.changed(changes)
    if (next === null || this.#closed) return
    this.#unmuting = setTimeout(
      () => void this.unmute().catch((error: unknown) => this.#scope.log.warn(String(error))),
      Math.min(next - Date.now(), LONGEST_TIMER_MS)
    ).unref()
  }

  /** Shows an imported history within another conversation. Throws EngineError if one of them does not exist or `from` is no imported history. */
  async joinHistories(from: ConversationId, into: ConversationId): Promise<void> {
    const changes = await this.#scope.store.write.joinHistories({ from, into })
    if (changes.removedConversations.length === 0) throw new EngineError('not-found', 'the history, or the conversation to join it with')
    this.#scope.changed(changes)
  }

  /** Separates an imported history from the conversation that shows it. */
  async partHistory(id: ConversationId): Promise<void> {
    this.#scope.changed(await this.#scope.store.write.partHistory(id))
  }

  /** Deletes a conversation from this computer, with its files; leaves a group. */
  async delete(id: ConversationId): Promise<void> {
    await this.#groups.leave(id)
    this.#scope.changed(await this.#scope.store.write.clearConversation({ conversation: id, time: Date.now() }))
    await this.#removeCleared()
  }

  /** Marks every conversation as read, here and on all other devices. */
  async markAllRead(): Promise<void> {
    for (const { id, unread, markedUnread, readByAnswer, reactions, last } of await this.#scope.store.read.conversations()) {
      if (unread === 0 && !markedUnread && !readByAnswer && reactions === 0) continue
      if (last === null) await this.set({ conversation: id, markedUnread: false })
      else await this.#messages.markRead(id, last.id)
    }
  }

  async saveDraft(conversation: ConversationId, draft: string): Promise<void> {
    this.#scope.changed(await this.#scope.store.write.saveDraft({ conversation, draft }))
  }

  async #befriend(jid: Jid, account: Jid, token: string | undefined, name: string): Promise<void> {
    await this.#scope.store.write.addErrand({
      account,
      jid,
      kind: 'contact',
      value: { wish: 'add', ...(token === undefined ? {} : { token }), ...(name === '' ? {} : { name }) }
    })
    void this.#scope.accounts.of(account)?.errands.flush()
  }

  stop(): void {
    this.#closed = true
    if (this.#unmuting !== null) clearTimeout(this.#unmuting)
  }
}
