/** Chat states (XEP-0085): others' typing, and ours. */
import { EventEmitter } from 'node:events'
import { bare, parseJid, resource } from '../../../contract/address.ts'
import type { Jid } from '../../../contract/domain.ts'
import type { Incoming, Module } from '../module.ts'
import { chatState, typingOf } from '../stanzas/chat-states.ts'
import { delayStamp } from '../stanzas/delay.ts'
import type { Connection } from '../stream/connection.ts'

interface TypingOptions {
  connection: Connection
  own: Jid
  isContact(jid: Jid): boolean
  /** Our nickname in a joined group; null: not a group. */
  nickIn(address: string): string | null
}

interface Events {
  /** Somebody started or stopped typing in a conversation. */
  typing: [conversation: Jid, person: Jid, typing: boolean]
}

export class Typing extends EventEmitter<Events> implements Module {
  readonly #options: TypingOptions

  constructor(options: TypingOptions) {
    super()
    this.#options = options
  }

  message({ message, copied }: Incoming): void {
    if (copied === 'sent' || message.attrs['type'] === 'error') return
    const { own, nickIn } = this.#options
    const typing = typingOf(message)
    const from = parseJid(message.attrs['from'] ?? '')
    if (typing === null || from === null || bare(from) === own || delayStamp(message) !== null) return
    const nick = nickIn(bare(from))
    if (nick === null || resource(from) !== nick) this.emit('typing', bare(from), nick === null ? bare(from) : from, typing)
  }

  /** A message ends its sender's typing. */
  said(conversation: Jid, person: Jid): void {
    this.emit('typing', conversation, person, false)
  }

  /** Tells a contact that we started or stopped typing. */
  tell(conversation: Jid, typing: boolean): void {
    const { connection, isContact } = this.#options
    if (!isContact(conversation) || !connection.isReady) return
    connection.send(chatState(conversation, 'chat', typing ? 'composing' : 'paused')).catch(() => undefined)
  }
}
