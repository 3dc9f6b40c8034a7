/** Shared context of the engine's parts: store, accounts, media, log, and the listener for changes. */
import type { Conversation, ConversationId, Jid } from '../contract/domain.ts'
import type { Accounts } from './accounts.ts'
import type { Log } from './log.ts'
import type { Media } from './media/media.ts'
import type { StoreChanges } from './store/types.ts'
import type { Store } from './threads/store.ts'
import type { Session } from './xmpp/session.ts'

/** Request that cannot be fulfilled; `code` tells the user why. */
export class EngineError extends Error {
  readonly code: 'not-found' | 'invalid-address' | 'not-connected' | 'too-long'
  constructor(code: EngineError['code'], message: string) {
    super(message)
    this.name = 'EngineError'
    this.code = code
  }
}

export class Scope {
  readonly store: Store
  readonly accounts: Accounts
  readonly media: Media
  readonly log: Log
  /** Reports changes in the store. */
  readonly changed: (changes: StoreChanges) => void

  constructor(store: Store, accounts: Accounts, media: Media, log: Log, changed: (changes: StoreChanges) => void) {
    this.store = store
    this.accounts = accounts
    this.media = media
    this.log = log
    this.changed = changed
  }

  /** First account, the default where none is named. */
  get first(): Jid | undefined {
    return this.accounts.settings[0]?.jid
  }

  /** Session of an account (default: the first). Throws EngineError if it is not connected. */
  connected(account: Jid | undefined = this.first): Session {
    const session = this.accounts.of(account ?? null)
    if (session === null || !session.connection.isReady) throw new EngineError('not-connected', 'That needs a connection.')
    return session
  }

  /** Own address in a conversation, and its session. Throws EngineError. */
  async own(id: ConversationId): Promise<{ sender: Jid; session: Session | null; conversation: Conversation }> {
    const conversation = await this.store.read.conversation(id)
    if (conversation === null) throw new EngineError('not-found', 'the conversation')
    const own = conversation.account ?? ('me@local.invalid' as Jid)
    return {
      sender: conversation.kind === 'group' ? (`${conversation.jid}/${conversation.nick ?? own}` as Jid) : own,
      session: this.accounts.of(conversation.account),
      conversation
    }
  }

  /** Records that the user has just started a conversation, so that it is listed above those opened longer ago. */
  async begun(id: ConversationId): Promise<Conversation> {
    await this.store.write.used({ conversation: id, time: Date.now() })
    const conversation = await this.store.read.conversation(id)
    if (conversation === null) throw new EngineError('not-found', 'the conversation')
    this.touched(conversation)
    return conversation
  }

  /** Conversation of a group that was just joined. */
  async entered(session: Session, jid: Jid): Promise<Conversation> {
    const conversation = await this.store.read.conversationByJid(jid, session.own)
    if (conversation === null) throw new EngineError('not-found', 'the group')
    return this.begun(conversation.id)
  }

  touched(conversation: Conversation): void {
    this.changed({ conversations: [conversation], removedConversations: [], messages: [], removed: [], added: 0 })
  }
}
