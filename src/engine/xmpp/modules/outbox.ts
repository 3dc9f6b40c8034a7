/**
 * Sends what the store has queued, in order, each with the origin-id it was given when it was typed. A message leaves
 * the queue when the server has taken it (XEP-0198), so one that was cut off is sent again, under the same id.
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

/** Not yet acknowledged at once; other servers cut a longer burst off. */
const WINDOW = 100
/** Of the queue, read at once. */
const PAGE = 200
/** After a failure that is not the connection's, ms. */
const AGAIN_MS = 2000
/** A message that a group does not take is sent there again so often. */
const MOST_RETURNS = 2

export interface OutboxOptions {
  /** In place of AGAIN_MS. */
  againMs?: number
  connection: Connection
  store: Store
  /** Whose messages. */
  own: Jid
  uploads: Pick<Uploads, 'put'>
  onChanges(changes: StoreChanges): void
  /** Whether a group has let us in; messages to the others wait. */
  maySendTo(conversation: string): Promise<boolean>
  /** End-to-end encryption of messages. */
  encryption: Pick<Encryption, 'encrypt' | 'hasLooked' | 'learn' | 'wants'>
  /** Who is in a group. */
  nicksIn(group: string): Iterable<string>
  /** Whether we may speak to everybody there. */
  callsAll(group: string): boolean
  /** The server took a message. */
  onTaken(conversation: Jid, kind: ConversationKind): void
  warn(message: string): void
}

/** About what stands beside an encrypted text, base64, in a message for a dozen devices. */
const ENVELOPE_BYTES = 4000

export class Outbox implements Module {
  readonly #options: OutboxOptions
  /** Sent, and not yet known in the store to have been taken. */
  readonly #inFlight = new Set<string>()
  /** Taken since the list of queued messages was last read; that list may still have them. */
  readonly #settled = new Set<string>()
  /** Not to be sent again, and not yet known in the store to have failed. */
  readonly #refused = new Set<string>()
  /** Given back by a group, before the server has said that it took them. */
  readonly #returned = new Set<string>()
  /** Counts what was given back: a list of queued messages from before that lacks it. */
  #gifts = 0
  /** How often a group has given each back. */
  readonly #returns = new Map<string, number>()
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

  /** Whether the server takes a message of that text, as far as anybody knows. */
  takes(conversation: Pick<Conversation, 'jid' | 'kind' | 'encryption'>, text: string, link: LinkMetadata | null = null): boolean {
    const { outgoing } = this.#options.connection
    const { most } = outgoing
    if (most === null) return true
    const { jid, kind, encryption } = conversation
    const said = { text, id: randomUUID(), link, nicks: this.#options.nicksIn(jid), callsAll: this.#options.callsAll(jid) }
    const bytes = outgoing.bytesOf(encodeMessage(jid, kind, said))
    // encrypted it stands there in base64, and at worst as text and as element
    return (encryption === 'on' ? Math.ceil((bytes + Buffer.byteLength(text)) / 3) * 4 + ENVELOPE_BYTES : bytes) <= most
  }

  /** The origin-ids of what was sent and is not known in the store to have been taken. */
  get onTheWay(): string[] {
    return [...this.#inFlight]
  }

  /**
   * After the archive was caught up, so that what it already has is not sent again. `resumed`: what was on its way still
   * is, xmpp.js sends it again itself.
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

  /** Sends what is queued, now or after the run that is under way. */
  flush(): void {
    this.#again = true
    if (!this.#running) void this.#run()
  }

  /** A group has not taken it, or has lost it: it is sent again once we are in. False: that was so too often. */
  async sendAgain(group: Jid, originId: string): Promise<boolean> {
    const times = (this.#returns.get(originId) ?? 0) + 1
    if (times > MOST_RETURNS) return false
    this.#returns.set(originId, times)
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
        // page by page: there may be thousands, and only the first of them can go
        for (let after = 0, more = true; more && this.#open && this.#inFlight.size < WINDOW;) {
          const known = [...this.#settled]
          const gifts = this.#gifts
          const queued = await this.#options.store.read.queued({ account: this.#options.own, after, limit: PAGE })
          more = queued.length === PAGE
          after = queued.at(-1)?.message.id ?? after
          // those were committed before the list was read, so neither it nor a later one has them
          for (const originId of known) this.#settled.delete(originId)
          await this.#sendAll(queued, open, gifts)
          if (gifts !== this.#gifts) break
        }
        // what is done to messages goes after the messages
        for (const { originId, jid, conversationKind, encrypted, ...change } of await this.#options.store.read.queuedChanges(this.#options.own)) {
          if (!(await this.#options.maySendTo(jid))) continue
          if (!this.#open || this.#inFlight.size >= WINDOW) break
          if (this.#inFlight.has(originId) || this.#settled.has(originId)) continue
          const plain = encodeChange(jid, conversationKind, change, originId)
          const isChange = change.kind !== 'correction'
          const stanza = encrypted === 1 ? await this.#encrypted(plain, { jid, kind: conversationKind }, originId, isChange) : plain
          if (!this.#open) break
          if (stanza !== null && !this.#inFlight.has(originId) && !this.#settled.has(originId)) await this.#send(stanza, originId)
        }
      }
    } catch (error) {
      // what was not sent stays queued; a connection that went away opens the outbox again when it is back
      this.#options.warn(`sending stopped: ${error instanceof Error ? error.message : String(error)}`)
      setTimeout(() => this.#open && this.flush(), this.#options.againMs ?? AGAIN_MS).unref()
    } finally {
      this.#running = false
    }
  }

  /** `open`: the conversations that may be sent to; whose first message has to wait waits with all, so that their order is kept. */
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
        // whether the other side can is not known yet; nobody else waits for its server
        open.set(message.conversation, null)
        if (this.#open) void this.#options.encryption.learn(conversation.jid).finally(() => this.flush())
        continue
      }
      const secret = message.encrypted || (await this.#options.encryption.wants(conversation))
      if (secret && !message.encrypted) this.#options.onChanges(await this.#options.store.write.setEncrypted(message.id))
      const [file] = files
      // one that was put there as it is, before the message was to be encrypted, is put there anew
      if (file !== undefined && (file.url === null || (secret && parseMediaAddress(file.url) === null))) {
        // what follows it waits, so that their order is kept
        open.set(message.conversation, null)
        if (this.#open) this.#options.uploads.put(file, { conversation: conversation.jid, originId, secret, onDone: () => this.flush() })
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
      // from here to the sending nothing is awaited
      if (!this.#open || this.#inFlight.size >= WINDOW) return
      if (gifts !== this.#gifts) {
        this.#again = true
        return
      }
      if (stanza === null || this.#inFlight.has(originId) || this.#settled.has(originId)) continue
      await this.#send(stanza, originId)
    }
  }

  /** Null: it cannot be, and has failed with its reason. What is not sent after this uses up its keys, and gets others when it is. */
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
      // the others pass it
      if (isRefusal(error)) await this.#giveUp(stanza, error.condition)
      else throw error
    }
  }

  /** It fails alone, with its reason. */
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

  /** Without XEP-0198: an answer that the server gives after it has taken the message. */
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
    // the server took it, and the group did not
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

/** Under which address the others know who wrote a message: in a group an occupant's. */
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
