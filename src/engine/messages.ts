/** Messages: sending, changing, forwarding, read state, reminders. */
import { randomUUID } from 'node:crypto'
import type { ChangeKind, ConversationId, Jid, LinkPreview, Message, MessageId, Secrecy, SeenRange } from '../contract/domain.ts'
import { localOf } from '../contract/address.ts'
import type { Agenda } from './agenda.ts'
import { forward } from './forwarding.ts'
import type { GroupChats } from './group-chats.ts'
import { contactFile } from './media/contact-file.ts'
import { EngineError, type Scope } from './scope.ts'
import type { OutgoingMessage } from './store/types.ts'

/** Longest quotation within a text, UTF-16 units. */
const LONGEST_QUOTE = 500
/** XEP-0393 section 5.1.3 */
const quoting = (quoted: string, text: string): string =>
  quoted === '' ? text : `${quoted.slice(0, LONGEST_QUOTE).toWellFormed().replace(/^/gm, '> ')}\n${text}`

export class Messages {
  readonly #scope: Scope
  readonly #groups: GroupChats
  readonly #agenda: Agenda
  /** Recipient of our last 'composing' notification, or null. */
  #typingTo: Jid | null = null

  constructor(scope: Scope, groups: GroupChats, agenda: Agenda) {
    this.#scope = scope
    this.#groups = groups
    this.#agenda = agenda
  }

  /** Stores the message in the queue, then sends it as soon as possible. Throws EngineError 'too-long' if the server would not take it. */
  async send(id: ConversationId, written: string, more: Pick<OutgoingMessage, 'reply' | 'attachments' | 'link'> = {}): Promise<Message> {
    const { sender, session, conversation } = await this.#scope.own(id)
    const answered = more.reply === undefined || more.reply === null ? null : await this.#scope.store.read.message(more.reply)
    // a message that the others cannot look up, such as an imported one, is quoted in the text
    const text = answered === null || answered.changeable ? written : quoting(answered.text, written)
    if (text !== '' && session?.outbox.takes(conversation, text) === false) throw new EngineError('too-long', 'the text is longer than the server takes')
    const link = more.link === undefined || more.link === null ? null : session === null ? more.link : session.outbox.cardBeside(conversation, text, more.link)
    this.#typingTo = null
    const changes = await this.#scope.store.write.queueMessage({
      conversation: id,
      text,
      originId: randomUUID(),
      sender,
      time: session?.clock.time.now ?? Date.now(),
      encrypted: conversation.encryption === 'on',
      ...more,
      link
    })
    this.#scope.changed(changes)
    session?.outbox.flush()
    const message = changes.messages[0]
    if (message === undefined) throw new Error('the queued message is missing in the store')
    return message
  }

  /** Schedules a text for a time, ms. Throws EngineError 'too-long' if the server would not take it. */
  async schedule(id: ConversationId, text: string, reply: MessageId | null, due: number): Promise<void> {
    const { session, conversation } = await this.#scope.own(id)
    if (session?.outbox.takes(conversation, text) === false) throw new EngineError('too-long', 'the text is longer than the server takes')
    await this.#scope.store.write.schedule({ conversation: id, text, reply, due, originId: randomUUID() })
    this.#agenda.emit('scheduled')
    this.#agenda.look()
  }

  /** Cancels a scheduled message, or sends it `now`. */
  async unschedule(id: ConversationId, scheduled: number, now: boolean): Promise<void> {
    if (now) return this.#agenda.send(scheduled, id)
    await this.#scope.store.write.unschedule(scheduled)
    this.#agenda.emit('scheduled')
  }

  /** Sets a message's reminder, ms; null removes it. */
  async remind(id: MessageId, due: number | null): Promise<void> {
    this.#scope.changed(await this.#scope.store.write.remind({ id, due }))
    this.#agenda.look()
  }

  /**
   * Corrects or retracts an own message, or reacts to any: locally at once, remotely as soon as possible. `text`: the new text, or emoji separated by spaces.
   */
  async change(id: MessageId, kind: ChangeKind, text: string): Promise<void> {
    const message = await this.#scope.store.read.message(id)
    if (message === null) throw new EngineError('not-found', 'the message')
    const { sender, session, conversation } = await this.#scope.own(message.conversation)
    if (session?.outbox.takes(conversation, text) === false) throw new EngineError('too-long', 'the text is longer than the server takes')
    this.#scope.changed(await this.#scope.store.write.change({ id, kind, text, originId: randomUUID(), sender, time: Date.now() }))
    session?.outbox.flush()
  }

  /** Encryption state for the next message of a conversation; `modern`: with the whole envelope (newer version of OMEMO). */
  async secrecy(id: ConversationId): Promise<Secrecy & { modern: boolean }> {
    const conversation = await this.#scope.store.read.conversation(id)
    const session = this.#scope.accounts.of(conversation?.account ?? null)
    if (conversation === null || session === null)
      return { on: conversation?.encryption === 'on', possible: false, verified: false, undecided: 0, ownUndecided: 0, without: [], modern: false }
    return session.encryption.secrecy(conversation)
  }

  /** Forwards messages; returns the names of files that could not be forwarded. */
  forward = (ids: readonly MessageId[], to: readonly ConversationId[], merged: boolean): Promise<string[]> =>
    forward(
      { store: this.#scope.store, folder: this.#scope.media.folder, send: (conversation, text, more) => this.send(conversation, text, more) },
      ids,
      to,
      merged
    )

  /** Retracts somebody else's message for everyone in a group that we moderate. Throws EngineError, and xmpp.js's StanzaError if the group refuses. */
  async moderate(id: MessageId): Promise<void> {
    const [message, stanzaId] = [await this.#scope.store.read.message(id), await this.#scope.store.read.stanzaIdOf(id)]
    if (message === null || stanzaId === null) throw new EngineError('not-found', 'the message')
    await this.#groups.inside(message.conversation, (groups, jid) => groups.moderate(jid, stanzaId))
  }

  /** Deletes messages from this computer only. */
  async remove(ids: MessageId[]): Promise<void> {
    this.#scope.changed(await this.#scope.store.write.remove(ids))
  }

  /** Metadata of a page for a link card; null if the user does not want pages fetched, or if the card could not be sent (the older version of OMEMO). */
  async readLink(id: ConversationId, url: string, signal: AbortSignal): Promise<LinkPreview | null> {
    const conversation = await this.#scope.store.read.conversation(id)
    if (conversation === null || !(await this.#scope.store.read.settings()).linkPreviews) return null
    const { on, modern } = await this.secrecy(id)
    if (on && !modern) return null
    return this.#scope.media.readLink(conversation.account, url, signal)
  }

  /** Sends a chat state: typing in a conversation, or no longer. */
  async type(id: ConversationId, typing: boolean): Promise<void> {
    const conversation = await this.#scope.store.read.conversation(id)
    if (conversation === null || conversation.kind === 'group' || (!typing && this.#typingTo !== conversation.jid)) return
    if (!(await this.#scope.store.read.settings()).tellTyping) return
    this.#typingTo = typing ? conversation.jid : null
    this.#scope.accounts.of(conversation.account)?.typing.tell(conversation.jid, typing)
  }

  async retry(id: MessageId): Promise<void> {
    const changes = await this.#scope.store.write.retry(id)
    this.#scope.changed(changes)
    this.#scope.accounts.of(changes.conversations[0]?.account ?? null)?.outbox.flush()
  }

  async discard(id: MessageId): Promise<void> {
    for (const file of (await this.#scope.store.read.message(id))?.attachments ?? []) this.#scope.media.cancel(file.id)
    this.#scope.changed(await this.#scope.store.write.discard(id))
  }

  /** Sends a text that is too long for a message as a file. */
  async sendAsFile(id: ConversationId, text: string): Promise<Message> {
    const data = Buffer.from(text.toWellFormed())
    const token = this.#scope.media.staging.begin({ name: 'text.txt', bytes: data.length, type: 'text/plain' })
    await this.#scope.media.staging.append(token, data)
    return this.sendFile(id, token)
  }

  /** Stores a file from a window as a message, then sends it as soon as possible. */
  async sendFile(id: ConversationId, token: string): Promise<Message> {
    return this.send(id, '', { attachments: [await this.#scope.media.staging.finish(token)] })
  }

  /** Sends contact cards into conversations: as files, or as addresses if the server takes no files. */
  async sendContacts(conversations: readonly ConversationId[], jids: readonly Jid[]): Promise<void> {
    const named = await this.#scope.store.read.contactNames(jids)
    for (const id of conversations) {
      const { conversation } = await this.#scope.own(id)
      const { accepts } = await this.#scope.media.limit(conversation.account)
      for (const [i, jid] of jids.entries()) {
        const name = named[i] ?? ((await this.#scope.store.read.conversationByJid(jid))?.name || localOf(jid))
        if (accepts) await this.#sendWritten(id, `${name}.vcf`, Buffer.from(contactFile(name, jid)), 'text/vcard')
        else await this.send(id, `xmpp:${jid}`)
      }
    }
  }

  async #sendWritten(id: ConversationId, name: string, content: Buffer, type: string): Promise<void> {
    const { staging } = this.#scope.media
    const token = staging.begin({ name, bytes: content.length, type })
    await staging.append(token, content)
    await this.sendFile(id, token)
  }

  /** Sends one of the user's stickers, as an ordinary picture. */
  async sendSticker(id: ConversationId, sticker: number): Promise<Message> {
    const file = await this.#scope.media.stickers.use(sticker)
    if (file === null) throw new EngineError('not-found', 'the sticker')
    return this.send(id, '', { attachments: [file] })
  }

  async pin(id: MessageId, on: boolean): Promise<void> {
    this.#scope.changed(await this.#scope.store.write.pin({ id, on }))
  }

  async star(id: MessageId, on: boolean): Promise<void> {
    this.#scope.changed(await this.#scope.store.write.star({ id, on }))
  }

  /** `seen`: messages on screen, whose new reactions become seen; absent: all of them. */
  async markRead(conversation: ConversationId, upTo: MessageId, seen?: SeenRange): Promise<void> {
    const { store, accounts } = this.#scope
    const { tellRead } = await store.read.settings()
    const found = await store.read.conversation(conversation)
    const session = accounts.of(found?.account ?? null)
    const told = found === null ? null : (session?.personal.told(found.jid) ?? null)
    this.#scope.changed(await store.write.markRead({ conversation, upTo, ...(seen === undefined ? {} : { seen }), tell: tellRead, told }))
    void session?.errands.flush()
  }

  /** Sends the queued messages of a conversation. */
  async flush(id: ConversationId): Promise<void> {
    const conversation = await this.#scope.store.read.conversation(id)
    this.#scope.accounts.of(conversation?.account ?? null)?.outbox.flush()
  }
}
