/**
 * Sends queued messages in order, each with the origin-id it got when it was written. A message leaves the queue when the server has acknowledged it
 * (XEP-0198); an interrupted one is sent again under the same id.
 */
import { randomUUID } from 'node:crypto'
import { xml, type Element } from '@xmpp/client'
import { bare, domainOf } from '../../../contract/address.ts'
import type { Conversation, ConversationId, ConversationKind, Jid, LinkMetadata, MessageState } from '../../../contract/domain.ts'
import type { Module } from '../module.ts'
import type { Connection } from '../stream/connection.ts'
import { isRefusal, refused } from '../../net/problem.ts'
import { encodeChange } from '../stanzas/changes.ts'
import type { SharedFile } from '../stanzas/file-sharing.ts'
import { encodeMessage } from '../stanzas/message.ts'
import { parseMediaAddress } from '../omemo/media.ts'
import { hashOf } from '../../store/media-folder.ts'
import { CannotEncrypt, type Encryption } from './encryption.ts'
import { untilStored } from './until-stored.ts'
import type { Uploads } from './uploads.ts'
import type { QueuedMessage } from '../../store/reader.ts'
import type { Store } from '../../threads/store.ts'
import type { AttachmentRow } from '../../store/tables/attachment.ts'
import type { StoreChanges } from '../../store/types.ts'

/** Largest number of unacknowledged stanzas; some servers cut off longer bursts. */
const WINDOW = 100
/** Queued messages read at once. */
const PAGE = 200
/** Delay after a failure other than a lost connection, ms. */
const AGAIN_MS = 2000
/** Number of times a message refused by a group is sent there again. */
const MOST_RETURNS = 2
/** Number of returned messages that are remembered. */
const MOST_RETURNED = 1000

export interface OutboxOptions {
  /** Overrides AGAIN_MS. */
  againMs?: number
  connection: Connection
  store: Store
  /** Account that sends. */
  own: Jid
  uploads: Pick<Uploads, 'put'>
  onChanges(changes: StoreChanges): void
  /** True if a group is joined and open; messages to other addresses may always be sent. */
  maySendTo(conversation: string): Promise<boolean>
  /** End-to-end encryption of messages. */
  encryption: Pick<Encryption, 'encrypt' | 'hasLooked' | 'isPrepared' | 'learn' | 'prepare' | 'wants'>
  /** Nicknames of a group's occupants. */
  nicksIn(group: string): Iterable<string>
  /** True if we may mention everybody in a group. */
  callsAll(group: string): boolean
  /** Called when the server has acknowledged a message. */
  onTaken(conversation: Jid, kind: ConversationKind): void
  warn(message: string): void
}

/** Approximate size of an OMEMO envelope without the text, base64, for a dozen devices. */
const ENVELOPE_BYTES = 4000

export class Outbox implements Module {
  readonly #options: OutboxOptions
  /** Sent messages that are not yet stored as acknowledged. */
  readonly #inFlight = new Set<string>()
  /** Messages acknowledged since the queue was last read; that list may still have them. */
  readonly #settled = new Set<string>()
  /** Failed messages that are not yet stored as failed. */
  readonly #refused = new Set<string>()
  /** Messages returned by a group before the server's acknowledgement. */
  readonly #returned = new Set<string>()
  /** Counter of returned messages: a queue read before the last one is outdated. */
  #gifts = 0
  /** Number of returns per message. */
  readonly #returns = new Map<string, number>()
  /** Conversations whose recipients are being looked up. */
  readonly #preparing = new Set<Jid>()
  #open = false
  #running = false
  #again = false

  constructor(options: OutboxOptions) {
    this.#options = options
    const { connection, warn } = options
    const settle = (stanza: Element, taken: boolean): void =>
      void this.#settle(stanza, taken).catch((error: unknown) => warn(`an acknowledgement was not stored: ${String(error)}`))
    connection.on('acked', (stanza) => settle(stanza, true))
    connection.on('unacked', (stanza) => settle(stanza, false))
    connection.on(
      'givenUp',
      ({ stanza, reason }) => void this.#giveUp(stanza, reason).catch((error: unknown) => warn(`a failure was not stored: ${String(error)}`))
    )
  }

  /** True if the server accepts a message with that text, as far as its limits are known. */
  takes(conversation: Pick<Conversation, 'jid' | 'kind' | 'encryption'>, text: string, link: LinkMetadata | null = null): boolean {
    const { outgoing } = this.#options.connection
    const { most } = outgoing
    if (most === null) return true
    const { jid, kind, encryption } = conversation
    const said = { text, id: randomUUID(), link, nicks: this.#options.nicksIn(jid), callsAll: this.#options.callsAll(jid) }
    const bytes = outgoing.bytesOf(encodeMessage(jid, kind, said))
    // encrypted content is base64, and at worst contains the text and the element
    return (encryption === 'on' ? Math.ceil((bytes + Buffer.byteLength(text)) / 3) * 4 + ENVELOPE_BYTES : bytes) <= most
  }

  /** A link's card as far as the server accepts it beside the text: without its picture, or null. */
  cardBeside(conversation: Pick<Conversation, 'jid' | 'kind' | 'encryption'>, text: string, link: LinkMetadata): LinkMetadata | null {
    const { url, title, description, site } = link
    return [link, { url, title, description, site }].find((card) => this.takes(conversation, text, card)) ?? null
  }

  /** Origin ids of sent messages that are not stored as acknowledged. */
  get onTheWay(): string[] {
    return [...this.#inFlight]
  }

  /**
   * Opens the outbox after the archive was caught up, so that messages already in it are not sent again. `resumed`: unacknowledged stanzas are sent again by
   * xmpp.js itself.
   */
  open(resumed: boolean): void {
    if (!resumed) {
      this.#inFlight.clear()
      this.#returned.clear()
    }
    this.#open = true
    this.flush()
  }

  resume(): void {
    this.open(true)
  }

  lost(): void {
    this.#open = false
  }

  /** Sends queued messages, now or after the current run. */
  flush(): void {
    this.#again = true
    if (!this.#running) void this.#run()
  }

  /** Queues a message again that a group refused or lost; it is sent once we are in. False: too many returns. */
  async sendAgain(group: Jid, originId: string): Promise<boolean> {
    const times = (this.#returns.get(originId) ?? 0) + 1
    if (times > MOST_RETURNS) return false
    this.#returns.set(originId, times)
    // a group may return messages that nobody has sent
    if (this.#returns.size > MOST_RETURNED) this.#returns.delete([...this.#returns.keys()][0] ?? '')
    if (this.#inFlight.has(originId)) this.#returned.add(originId)
    this.#options.onChanges(await this.#transition(originId, group, 'groupchat', 'queued', null))
    this.#settled.delete(originId)
    this.#gifts++
    return true
  }

  async #run(): Promise<void> {
    this.#running = true
    try {
      while (this.#again && this.#open) {
        this.#again = false
        const open = new Map<ConversationId, Conversation | null>()
        // page by page: there may be thousands, and only the first of them can be sent
        for (let after = 0, more = true; more && this.#open && this.#inFlight.size < WINDOW;) {
          const known = [...this.#settled]
          const gifts = this.#gifts
          const queued = await this.#options.store.read.queued({ account: this.#options.own, after, limit: PAGE })
          more = queued.length === PAGE
          after = queued.at(-1)?.message.id ?? after
          // acknowledged messages were committed before the list was read, so neither it nor a later list has them
          for (const originId of known) this.#settled.delete(originId)
          await this.#sendAll(queued, open, gifts)
          if (gifts !== this.#gifts) break
        }
        // changes follow the messages
        for (const { originId, jid, conversationKind, encrypted, ...change } of await this.#options.store.read.queuedChanges(this.#options.own)) {
          if (!(await this.#options.maySendTo(jid))) continue
          if (!this.#open || this.#inFlight.size >= WINDOW) break
          if (this.#inFlight.has(originId) || this.#settled.has(originId)) continue
          if (encrypted === 1 && this.#waits({ jid, kind: conversationKind }, true)) continue
          const plain = encodeChange(jid, conversationKind, change, originId)
          const isChange = change.kind !== 'correction'
          const stanza = encrypted === 1 ? await this.#encrypted(plain, { jid, kind: conversationKind }, originId, isChange) : plain
          if (!this.#open) break
          if (stanza !== null && !this.#inFlight.has(originId) && !this.#settled.has(originId)) await this.#send(stanza, originId)
        }
      }
    } catch (error) {
      // unsent messages stay queued; the next connection opens the outbox again
      this.#options.warn(`sending stopped: ${error instanceof Error ? error.message : String(error)}`)
      setTimeout(() => this.#open && this.flush(), this.#options.againMs ?? AGAIN_MS).unref()
    } finally {
      this.#running = false
    }
  }

  /** `open`: conversations that may be sent to; if a first message has to wait, all later ones wait, so that their order is kept. */
  async #sendAll(queued: readonly QueuedMessage[], open: Map<ConversationId, Conversation | null>, gifts: number): Promise<void> {
    for (const { message, originId, replyTo, replyAuthor, files } of queued) {
      if (this.#inFlight.has(originId)) continue
      let conversation = open.get(message.conversation)
      if (conversation === undefined) {
        conversation = await this.#options.store.read.conversation(message.conversation)
        if (conversation !== null && !(await this.#options.maySendTo(conversation.jid))) conversation = null
        open.set(message.conversation, conversation)
      }
      if (conversation === null) continue
      if (!message.encrypted && conversation.encryption === null && !this.#options.encryption.hasLooked(conversation)) {
        // unknown whether the peer can decrypt; other conversations do not wait for that server
        open.set(message.conversation, null)
        if (this.#open) void this.#options.encryption.learn(conversation.jid).finally(() => this.flush())
        continue
      }
      // whether a group is encrypted depends on its members and their devices
      if (!message.encrypted && conversation.kind === 'group' && conversation.encryption === null && this.#waits(conversation, false)) {
        open.set(message.conversation, null)
        continue
      }
      const secret = message.encrypted || (await this.#options.encryption.wants(conversation))
      if (secret && !message.encrypted) this.#options.onChanges(await this.#options.store.write.setEncrypted(message.id))
      const [file] = files
      // a file uploaded unencrypted, before the message was to be encrypted, is uploaded again
      if (file !== undefined && (file.url === null || (secret && parseMediaAddress(file.url) === null))) {
        // later messages wait, so that their order is kept
        open.set(message.conversation, null)
        if (this.#open) this.#options.uploads.put(file, { conversation: conversation.jid, originId, secret, onDone: () => this.flush() })
        continue
      }
      if (secret && this.#waits(conversation, true)) {
        open.set(message.conversation, null)
        continue
      }
      if (!this.#open || this.#inFlight.size >= WINDOW) return
      const reply = replyTo === null || message.reply === null ? null : { id: replyTo, to: authorIn(conversation, replyAuthor), text: message.reply.text }
      const plain = encodeMessage(conversation.jid, conversation.kind, {
        text: message.text,
        id: originId,
        reply,
        file: file === undefined ? null : shared(file),
        link: message.link,
        nicks: this.#options.nicksIn(conversation.jid),
        callsAll: this.#options.callsAll(conversation.jid)
      })
      const stanza = secret ? await this.#encrypted(plain, conversation, originId) : plain
      // no await from here to the sending
      if (!this.#open || this.#inFlight.size >= WINDOW) return
      if (gifts !== this.#gifts) {
        this.#again = true
        return
      }
      if (stanza === null || this.#inFlight.has(originId) || this.#settled.has(originId)) continue
      await this.#send(stanza, originId)
    }
  }

  /** True if the recipients of a conversation have to be looked up first, which is started: other conversations do not wait for their servers. */
  #waits(conversation: Pick<Conversation, 'jid' | 'kind'>, secret: boolean): boolean {
    const { encryption } = this.#options
    if (encryption.isPrepared(conversation, secret)) return false
    if (this.#preparing.has(conversation.jid) || !this.#open) return true
    this.#preparing.add(conversation.jid)
    void encryption.prepare(conversation, secret).finally(() => {
      this.#preparing.delete(conversation.jid)
      this.flush()
    })
    return true
  }

  /**
   * Encrypts a stanza; null: impossible, and marked as failed with its reason. An unsent stanza has used its keys, and is encrypted with others next time.
   */
  async #encrypted(stanza: Element, { jid, kind }: Pick<Conversation, 'jid' | 'kind'>, originId: string, isChange = false): Promise<Element | null> {
    try {
      return await this.#options.encryption.encrypt(stanza, { jid, kind }, isChange)
    } catch (error) {
      if (!(error instanceof CannotEncrypt)) throw error
      if (this.#inFlight.has(originId) || this.#settled.has(originId)) return null
      await this.#giveUp(stanza, `cannot-encrypt-${error.reason}`)
      return null
    }
  }

  async #send(stanza: Element, originId: string): Promise<void> {
    if (this.#refused.has(originId)) return
    this.#inFlight.add(originId)
    try {
      await this.#options.connection.send(stanza)
      if (!this.#options.connection.hasAcks) await this.#confirm(stanza)
    } catch (error) {
      this.#inFlight.delete(originId)
      // other messages are not held up
      if (isRefusal(error)) await this.#giveUp(stanza, error.condition)
      else throw error
    }
  }

  /** Marks one message as failed, with its reason. */
  async #giveUp(stanza: Element, reason: string): Promise<void> {
    const { id, to } = stanza.attrs
    if (stanza.name !== 'message' || id === undefined || to === undefined) return
    this.#refused.add(id)
    try {
      this.#options.onChanges(await this.#transition(id, to, stanza.attrs['type'], 'failed', reason))
      this.#settled.add(id)
    } finally {
      this.#refused.delete(id)
      this.#inFlight.delete(id)
    }
    this.flush()
  }

  #transition(originId: string, to: string, type: string | undefined, state: MessageState, error: string | null): Promise<StoreChanges> {
    const conversation = (type === 'groupchat' ? bare(to) : to) as Jid
    const { store, own, warn } = this.#options
    return untilStored(() => store.write.transition({ account: own, conversation, originId, state, error }), warn)
  }

  /** Without XEP-0198: waits for an answer that the server gives after it has accepted the message. */
  async #confirm(stanza: Element): Promise<void> {
    const ping = xml('iq', { type: 'get', to: domainOf(this.#options.connection.jid) }, xml('ping', { xmlns: 'urn:xmpp:ping' }))
    await this.#options.connection.request(ping).catch(refused(null))
    await this.#settle(stanza, true)
  }

  async #settle(stanza: Element, taken: boolean): Promise<void> {
    const { id, to } = stanza.attrs
    if (stanza.name !== 'message' || id === undefined || to === undefined || !this.#inFlight.has(id)) return
    if (!taken) {
      this.#inFlight.delete(id)
      return
    }
    // accepted by the server, refused by the group
    if (this.#returned.delete(id)) {
      this.#inFlight.delete(id)
      this.flush()
      return
    }
    const changes = await this.#transition(id, to, stanza.attrs['type'], 'sent', null)
    this.#returned.delete(id)
    this.#settled.add(id)
    this.#inFlight.delete(id)
    this.#options.onChanges(changes)
    this.#options.onTaken(bare(to), stanza.attrs['type'] === 'groupchat' ? 'group' : 'direct')
    this.flush()
  }
}

/** Author's address as the others see it: in a group an occupant's. */
const authorIn = ({ jid, nick }: Conversation, author: Jid | null): string =>
  author !== null && (bare(author) === bare(jid) || nick === null) ? author : nick === null ? jid : `${jid}/${nick}`

const shared = ({ kind, name, bytes, url, type, width, height, stored, hash, preview }: AttachmentRow): SharedFile => ({
  preview,
  kind,
  name,
  bytes,
  url: url ?? '',
  type,
  width,
  height,
  hash: stored === null ? hash : hashOf(stored)
})
