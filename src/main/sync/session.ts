/** One account's life: what is done at each (re)connect, and where each stanza goes. */
import { EventEmitter } from 'node:events'
import type { Element } from '@xmpp/client'
import { bare, localOf, parseJid, resource } from '../../contract/address.ts'
import type { Invitation, Jid, OutReason, Presence } from '../../contract/domain.ts'
import type { Connection } from '../connection/connection.ts'
import { isArchiveResult } from '../protocol/archive.ts'
import { carbonOf, enableCarbons } from '../protocol/carbons.ts'
import { delayStamp } from '../protocol/delay.ts'
import { decodeMessage, type Self } from '../protocol/message.ts'
import { available, presenceOf, subscription } from '../protocol/presence.ts'
import { chatState, typingOf } from '../protocol/chat-states.ts'
import { displayed, displayedId } from '../protocol/markers.ts'
import { invitationOf, type Invitation as MucInvitation } from '../protocol/group.ts'
import { block, blocklist, blocklistQuery, blockPush } from '../protocol/blocking.ts'
import type { Bookmark } from '../protocol/bookmarks.ts'
import { NS } from '../protocol/namespaces.ts'
import { receiptFor, receiptOf } from '../protocol/receipts.ts'
import { isRosterPush, rosterAdd, rosterGet, rosterItems, rosterRemove, type RosterItem } from '../protocol/roster.ts'
import type { Uploads } from '../media/uploads.ts'
import type { Store } from '../store/store.ts'
import type { StoreChanges } from '../store/writer.ts'
import { catchUp, fillHole, type CatchUpContext } from './catch-up.ts'
import { capabilities, discoAnswer } from './caps.ts'
import { Groups, JoinError } from './groups.ts'
import { Inbox } from './inbox.ts'
import { Outbox } from './outbox.ts'
import { Personal } from './personal.ts'

/** What could not be stored is asked for again after this time, ms. */
const AGAIN_MS = 2000
/** Of people who ask to be contacts; a flood of them is not shown. */
const MOST_REQUESTS = 100
/** Own messages are placed this long after the first of them was taken, ms: some servers read a whole archive for each question. */
const PLACE_MS = 8000

/** Groups that a fault put us out of are entered again after this time, ms. */
const ENTER_MS = 30_000
/** Answers to a joining after which another try would be the same. */
const FINAL: Record<string, OutReason> = { forbidden: 'banned', 'registration-required': 'members-only', 'not-authorized': 'password', gone: 'destroyed' }

/** The server understood, and said no (RFC 6120 section 8.3). */
const isRefusal = (error: unknown): error is Error => error instanceof Error && error.name === 'StanzaError'

/** As Groups.join takes them. */
export type JoinOptions = NonNullable<Parameters<Groups['join']>[2]>

export interface Log {
  info(message: string): void
  warn(message: string): void
}

interface Events {
  changes: [StoreChanges]
  presence: [jid: Jid, presence: Presence]
  presenceReset: []
  requests: [Jid[]]
  /** Somebody in a conversation types, or does no longer. */
  typing: [conversation: Jid, person: Jid, typing: boolean]
  /** Who is in these groups has changed. */
  occupants: [Jid[]]
  invitations: [readonly Invitation[]]
  /** Whom we do not want to hear of. */
  blocked: [readonly Jid[]]
  /** Somebody looks different. */
  avatars: []
}

export class Session extends EventEmitter<Events> {
  readonly connection: Connection
  readonly groups: Groups
  readonly outbox: Outbox
  readonly personal: Personal
  readonly #store: Store
  readonly #log: Log
  readonly #inbox: Inbox
  readonly #own: Jid
  readonly #roster = new Map<Jid, RosterItem>()
  readonly #self: Self
  readonly #context: CatchUpContext
  readonly #requests = new Set<Jid>()
  readonly #invitations = new Map<Jid, Invitation>()
  readonly #blocked = new Set<Jid>()
  /** What invitations say lets us in. */
  readonly #passwords = new Map<Jid, string>()
  #entering: NodeJS.Timeout | null = null
  #placing: NodeJS.Timeout | null = null
  readonly #reading = new Map<Jid, Promise<void>>()
  /** Archives whose older history is being read. */
  readonly #filling = new Set<Jid>()

  constructor(connection: Connection, store: Store, uploads: Uploads, folder: string, log: Log) {
    super()
    this.connection = connection
    this.#store = store
    this.#log = log
    this.#own = bare(connection.account.jid)
    this.groups = new Groups(connection)
    this.#self = { jid: this.#own, nickIn: (group) => this.groups.nickIn(group) }
    const onChanges = (changes: StoreChanges): void => void this.emit('changes', changes)
    this.#context = { connection, store, self: this.#self, onChanges }
    this.#inbox = new Inbox(store, onChanges, (archive, error) => {
      log.warn(`storing messages of ${archive} failed (${error.message}); reading its archive again`)
      this.#readAgain(archive)
    })
    const maySendTo = async (conversation: string): Promise<boolean> => {
      const known = await store.read.conversationByJid(conversation)
      return known?.kind !== 'group' || this.groups.isJoined(conversation)
    }
    this.outbox = new Outbox({ connection, store, uploads, onChanges, maySendTo, onTaken: () => this.#placeSoon(), warn: log.warn })
    this.groups.on('occupants', (groups) => this.emit('occupants', groups))
    this.groups.on('subject', (jid, subject) => this.#background(store.write.describe({ jid, subject }).then(onChanges)))
    this.groups.on('out', (group, why, reason) => {
      if (why === 'interrupted') this.#enterLater()
      else this.#background(this.#leave(group, why, reason))
    })
    this.personal = new Personal({
      connection,
      store,
      own: this.#own,
      folder,
      isContact: (jid) => this.#roster.has(jid),
      onChanges,
      onBookmark: (mark) => this.#followBookmark(mark),
      onAvatar: () => this.emit('avatars'),
      info: log.info
    })
    connection.answer('get', NS.disco, 'query', (stanza) => discoAnswer(stanza.getChild('query')?.attrs['node']))
    connection.answer('set', NS.roster, 'query', (stanza) => {
      if (!isRosterPush(stanza, this.#own)) return undefined
      this.#background(this.#onRosterPush(stanza))
      return true
    })
    for (const name of ['block', 'unblock'])
      connection.answer('set', NS.blocking, name, (stanza) => {
        const push = blockPush(stanza)
        if (push === null || (stanza.attrs['from'] !== undefined && stanza.attrs['from'] !== this.#own)) return undefined
        this.#onBlocked(push.jids, push.blocked)
        return true
      })
    connection.on('stanza', (stanza) => this.#onStanza(stanza))
    connection.on('ready', (resumed) => void this.#onReady(resumed))
    connection.on('lost', () => this.emit('presenceReset'))
  }

  /** Loads what decoding needs, then connects. */
  async start(): Promise<void> {
    for (const conversation of await this.#store.read.conversations())
      if (conversation.kind === 'group' && conversation.nick !== null) this.groups.know(conversation.jid, conversation.nick, await this.#store.read.groupPassword(conversation.id))
    this.connection.start()
  }

  async stop(): Promise<void> {
    if (this.#placing !== null) clearTimeout(this.#placing)
    if (this.#entering !== null) clearTimeout(this.#entering)
    this.groups.stop()
    await this.connection.stop()
    await this.#inbox.idle()
  }

  /** Adds a contact and asks to see their presence. */
  async addContact(jid: Jid): Promise<void> {
    if (this.#roster.has(jid) || !this.connection.isReady) return
    await this.connection.request(rosterAdd(jid, ''))
    await this.connection.send(subscription(jid, 'subscribe'))
  }

  /** Those who ask to be contacts and have no answer yet. The server asks again at each sign-in (RFC 6121 section 3.1.3). */
  get requests(): Jid[] {
    return [...this.#requests]
  }

  #setRequest(jid: Jid, asked: boolean): void {
    if (asked ? this.#requests.size >= MOST_REQUESTS || this.#requests.has(jid) : !this.#requests.delete(jid)) return
    if (asked) this.#requests.add(jid)
    this.emit('requests', this.requests)
  }

  /** Yes: each sees the other from now on. No: they are told nothing but that. */
  async answerRequest(jid: Jid, accept: boolean): Promise<void> {
    if (!this.#requests.has(jid)) return
    await this.connection.send(subscription(jid, accept ? 'subscribed' : 'unsubscribed'))
    this.#setRequest(jid, false)
    if (accept) await this.addContact(jid)
  }

  /** Enters a group and reads its history; `create`: makes it first. Throws JoinError. */
  async join(group: Jid, nick: string, options: JoinOptions = {}): Promise<void> {
    const name = await this.#enter(group, nick, options)
    this.#noteGroup(group, name, options.password ?? null)
  }

  /** Leaves a group, on all of our devices. */
  async leave(group: Jid): Promise<void> {
    await this.groups.leave(group)
    this.personal.noteGroup({ group, autojoin: false, name: '', nick: null, password: null })
  }

  async #enter(group: Jid, nick: string, options: JoinOptions = {}): Promise<string> {
    // once inside, live messages come before its archive was read
    this.#inbox.park(group)
    let name: string
    try {
      const entered = await this.groups.join(group, nick, options)
      name = entered.name
      this.emit('changes', await this.#store.write.enterGroup({ jid: group, name: entered.name, nick: entered.nick, password: options.password ?? null }))
    } catch (error) {
      // without a connection nobody knows whether we are in: its archive says what came
      if (this.connection.isReady && error instanceof JoinError && error.condition !== 'disconnected') this.#inbox.release(group)
      throw error
    }
    await this.#readArchive(group)
    this.outbox.flush()
    return name
  }

  /** Work that nobody waits for; its failure is told to the log. */
  #background(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#log.warn(error instanceof Error ? error.message : String(error)))
  }

  async #onReady(resumed: boolean): Promise<void> {
    try {
      if (resumed) {
        this.outbox.open(true)
        // what was being read when the stream broke off is read again before anything passes it
        for (const archive of this.#inbox.parkedArchives) this.#background(this.#readArchive(archive))
        await this.#joinGroups()
        return
      }
      this.#inbox.dropParked()
      this.#inbox.park(this.#own)
      await this.connection.request(enableCarbons()).catch((error: unknown) => this.#log.warn(`no carbons: ${String(error)}`))
      await this.#loadRoster()
      await this.connection.send(available(capabilities()))
      await this.#readArchive(this.#own)
      this.connection.catchingUp = false
      this.outbox.open(false)
      await this.#joinGroups()
      await this.#followBookmarks()
      await this.personal.readMarks()
      await this.#loadBlocked()
    } catch (error) {
      // the connection says itself why it was lost; all of this is done again at the next one
      this.#log.warn(`synchronising stopped: ${error instanceof Error ? error.message : String(error)}`)
      if (this.connection.isReady) this.connection.catchingUp = false
      if (this.connection.isReady) this.outbox.open(false)
    }
  }

  /** Enters the groups that we have conversations of and are not in. */
  async #joinGroups(): Promise<void> {
    for (const conversation of await this.#store.read.conversations()) {
      if (conversation.kind !== 'group' || conversation.nick === null || conversation.jid.endsWith('.invalid') || this.groups.isJoined(conversation.jid)) continue
      await this.#enter(conversation.jid, conversation.nick).catch((error: unknown) => {
        if (!(error instanceof JoinError)) throw error
        this.#log.warn(error.message)
        const why = FINAL[error.condition]
        if (why !== undefined) return this.#leave(conversation.jid, why, '')
        if (this.connection.isReady) this.#enterLater()
      })
    }
  }

  /** We were put out, or are not let in again: that is not tried any more. */
  async #leave(group: Jid, why: OutReason, reason: string): Promise<void> {
    await this.groups.leave(group)
    const conversation = await this.#store.read.conversationByJid(group)
    if (conversation !== null) this.emit('changes', await this.#store.write.leave({ conversation: conversation.id, why, reason }))
  }

  /** Groups that we should be in and are not, because of a fault. */
  #enterLater(): void {
    this.#entering ??= setTimeout(() => {
      this.#entering = null
      if (this.connection.isReady) this.#background(this.#joinGroups())
    }, ENTER_MS)
  }

  /** Enters the groups that our other devices are in; tells them of those that they do not know yet. */
  async #followBookmarks(): Promise<void> {
    const marks = await this.personal.bookmarks()
    if (marks === null) return
    for (const mark of marks) if (mark.autojoin) await this.#followBookmark(mark)
    const marked = new Set(marks.map(({ group }) => group))
    for (const conversation of await this.#store.read.conversations()) {
      if (conversation.kind !== 'group' || marked.has(conversation.jid) || !this.groups.isJoined(conversation.jid)) continue
      this.#noteGroup(conversation.jid, conversation.name, await this.#store.read.groupPassword(conversation.id))
    }
  }

  #noteGroup(group: Jid, name: string, password: string | null): void {
    this.personal.noteGroup({ group, autojoin: true, name, nick: this.groups.nickIn(group), password })
  }

  async #followBookmark({ group, autojoin, nick, password }: Bookmark): Promise<void> {
    const conversation = await this.#store.read.conversationByJid(group)
    if (!autojoin) {
      // another device has left it
      if (conversation !== null && conversation.nick !== null) await this.#leave(group, 'left', '')
      return
    }
    // who was put out is not let in again; who left here has taken the bookmark back
    if (this.groups.nickIn(group) !== null || (conversation?.out ?? null) !== null) return
    await this.#enter(group, nick ?? this.defaultNick, { password }).catch((error: unknown) => {
      if (!(error instanceof JoinError)) throw error
      this.#log.warn(error.message)
    })
  }

  get blocked(): readonly Jid[] {
    return [...this.#blocked]
  }

  async #loadBlocked(): Promise<void> {
    const answer = await this.connection.request(blocklistQuery()).catch(() => null)
    this.#blocked.clear()
    this.#onBlocked(answer === null ? [] : blocklist(answer), true)
  }

  #onBlocked(jids: readonly Jid[], blocked: boolean): void {
    // to unblock nobody in particular is to unblock everybody
    if (!blocked && jids.length === 0) this.#blocked.clear()
    for (const jid of jids) {
      if (blocked) this.#blocked.add(jid)
      else this.#blocked.delete(jid)
    }
    this.emit('blocked', this.blocked)
  }

  /** Rejects where the server refuses. */
  async block(jid: Jid, blocked: boolean): Promise<void> {
    await this.connection.request(block(jid, blocked))
    this.#onBlocked([jid], blocked)
    if (blocked) this.#setRequest(jid, false)
  }

  /** Gives a contact a name; an empty one: what it calls itself. */
  async renameContact(jid: Jid, name: string): Promise<void> {
    await this.connection.request(rosterAdd(jid, name))
  }

  /** Neither sees the other any more; their conversation stays. */
  async removeContact(jid: Jid): Promise<void> {
    await this.connection.request(rosterRemove(jid))
  }

  /** Those who ask us into groups that we are not in. */
  get invitations(): readonly Invitation[] {
    return [...this.#invitations.values()]
  }

  #onInvitation({ group, from, reason, password }: MucInvitation): void {
    if (this.groups.nickIn(group) !== null || (this.#invitations.size >= MOST_REQUESTS && !this.#invitations.has(group))) return
    this.#invitations.set(group, { group, from, reason })
    if (password !== null) this.#passwords.set(group, password)
    this.emit('invitations', this.invitations)
  }

  /** Yes: enters the group. Throws JoinError. */
  async answerInvitation(group: Jid, accept: boolean): Promise<void> {
    if (accept) await this.join(group, this.defaultNick, { password: this.#passwords.get(group) ?? null })
    this.#invitations.delete(group)
    this.#passwords.delete(group)
    this.emit('invitations', this.invitations)
  }

  /** Reads what an archive has and we have not; one reading of it after the other. */
  #readArchive(archive: Jid): Promise<void> {
    const reading = (this.#reading.get(archive) ?? Promise.resolve()).catch(() => undefined).then(() => this.#readOnce(archive))
    this.#reading.set(archive, reading)
    return reading
  }

  /** Soon, where it was not the connection that failed: a new one does so anyway. */
  #readAgain(archive: Jid): void {
    if (!this.connection.isReady) return
    setTimeout(() => {
      if (this.connection.isReady) this.#background(this.#readArchive(archive))
    }, AGAIN_MS).unref()
  }

  async #readOnce(archive: Jid): Promise<void> {
    // a query to our own account's names nobody
    const asked = archive === this.#own ? null : archive
    this.#inbox.park(archive)
    try {
      await catchUp(this.#context, asked)
    } catch (error) {
      // a server without an archive is still a server to talk through
      if (!isRefusal(error)) {
        // the disk may be full: what comes meanwhile stays parked until it could be stored
        this.#readAgain(archive)
        throw error
      }
      this.#log.warn(`${archive} has no archive: ${error.message}`)
    }
    this.#inbox.release(archive)
    if (this.#filling.has(archive)) return
    this.#filling.add(archive)
    fillHole(this.#context, asked)
      .catch((error: unknown) => {
        this.#log.info(`older history of ${archive} goes on later: ${String(error)}`)
        // what the server refuses it refuses again
        if (!isRefusal(error)) this.#readAgain(archive)
      })
      .finally(() => this.#filling.delete(archive))
  }

  /** An own message was taken: the archive says where it stands. Of many in a row it is asked once. */
  #placeSoon(): void {
    this.#placing ??= setTimeout(() => {
      this.#placing = null
      if (this.connection.isReady) this.#background(this.#place())
    }, PLACE_MS)
  }

  async #place(): Promise<void> {
    if (await this.#store.read.hasUnplaced()) await this.#readArchive(this.#own)
  }

  async #loadRoster(): Promise<void> {
    const items = rosterItems(await this.connection.request(rosterGet()))
    this.#roster.clear()
    for (const item of items) this.#roster.set(item.jid, item)
    await this.#saveRoster(items, true)
  }

  async #saveRoster(items: RosterItem[], complete: boolean): Promise<void> {
    const contacts = items.flatMap(({ jid, name, subscription: state }) => (state === 'remove' ? [] : [{ jid, name, subscription: state }]))
    this.emit('changes', await this.#store.write.saveContacts({ contacts, complete }))
  }

  #onStanza(stanza: Element): void {
    if (stanza.name === 'message') this.#onMessage(stanza)
    else if (stanza.name === 'presence') this.#onPresence(stanza)
  }

  #onMessage(stanza: Element): void {
    if (isArchiveResult(stanza)) return
    if (this.personal.take(stanza)) return
    const carbon = carbonOf(stanza, this.#own)
    if (carbon === 'spoofed') {
      this.#log.warn(`a carbon that is not our account's was ignored`)
      return
    }
    const message = carbon?.message ?? stanza
    if (message.attrs['type'] === 'error') {
      this.#background(this.#onError(message))
      return
    }
    const invitation = carbon?.direction === 'sent' ? null : invitationOf(message)
    if (invitation !== null) {
      this.#onInvitation(invitation)
      return
    }
    const delivered = receiptFor(message)
    const from = parseJid(message.attrs['from'] ?? '')
    if (delivered !== null && from !== null) this.#background(this.#transition(from, delivered, 'delivered', null))
    this.#onSigns(message, carbon?.direction === 'sent')
    const decoded = decodeMessage(message, this.#self)
    if (decoded === null) return
    const archive = decoded.kind === 'group' ? decoded.conversation : this.#own
    const stamp = delayStamp(message)
    this.#inbox.add(archive, { ...decoded, time: stamp ?? Date.now(), replayed: stamp !== null && decoded.stanzaId !== null })
    if (!decoded.outgoing) this.emit('typing', decoded.conversation, decoded.sender, false)
    if (carbon === null && !decoded.outgoing && decoded.change === null) {
      const receipt = receiptOf(message)
      if (receipt !== null && this.#roster.has(bare(decoded.sender))) this.connection.send(receipt).catch(() => undefined)
    }
  }

  /** What is said without a text: somebody types, somebody has read. `own`: by another device of ours. */
  #onSigns(message: Element, own: boolean): void {
    const from = parseJid(message.attrs['from'] ?? '')
    const to = parseJid(message.attrs['to'] ?? '')
    if (from === null || message.attrs['type'] === 'error') return
    const mine = own || bare(from) === this.#own
    const peer = mine ? to : from
    if (peer === null) return
    const group = this.groups.nickIn(bare(peer)) !== null
    const typing = typingOf(message)
    if (typing !== null && !mine && delayStamp(message) === null && !(group && resource(from) === this.groups.nickIn(bare(from)))) this.emit('typing', bare(from), group ? from : bare(from), typing)
    const seen = displayedId(message)
    if (seen !== null && !group) this.#background(this.#store.write.displayed({ conversation: bare(peer), id: seen, outgoing: mine }).then((changes) => this.emit('changes', changes)))
  }

  /** Tells a contact that all up to the message with that id was read; our other devices, that are copied in, learn it, too. */
  tellRead(conversation: Jid, id: string): void {
    if (this.#roster.has(conversation)) this.#send(displayed(conversation, id))
  }

  /** Tells our other devices alone, also those that come later. */
  noteRead(conversation: Jid, stanzaId: string): void {
    this.personal.noteRead(conversation, stanzaId, this.groups.nickIn(conversation) === null ? this.#own : conversation)
  }

  tellTyping(conversation: Jid, typing: boolean): void {
    if (this.#roster.has(conversation)) this.#send(chatState(conversation, 'chat', typing ? 'composing' : 'paused'))
  }

  /** What is of no use later. */
  #send(stanza: Element): void {
    if (this.connection.isReady) this.connection.send(stanza).catch(() => undefined)
  }

  async #onError(message: Element): Promise<void> {
    const from = parseJid(message.attrs['from'] ?? '')
    const { id } = message.attrs
    if (from === null || id === undefined) return
    const error = message.getChild('error')
    const condition = error?.getChildElements()[0]?.name ?? 'error'
    await this.#transition(from, id, 'failed', error?.getChildText('text') ?? condition)
  }

  async #transition(from: Jid, originId: string, state: 'delivered' | 'failed', error: string | null): Promise<void> {
    const conversation = this.groups.nickIn(bare(from)) === null || state === 'failed' ? bare(from) : from
    this.emit('changes', await this.#store.write.transition({ conversation, originId, state, error }))
  }

  #onPresence(stanza: Element): void {
    const from = parseJid(stanza.attrs['from'] ?? '')
    if (from === null) return
    const { type } = stanza.attrs
    if (type === 'subscribe') {
      // whom we asked ourselves may see us, too
      const known = this.#roster.get(bare(from))
      if (known !== undefined && (known.asked || known.subscription === 'to' || known.subscription === 'both'))
        this.connection.send(subscription(bare(from), 'subscribed')).catch(() => undefined)
      else if (bare(from) !== this.#own) this.#setRequest(bare(from), true)
      return
    }
    // they no longer want to
    if (type === 'unsubscribe') this.#setRequest(bare(from), false)
    if ((type === undefined || type === 'unavailable') && this.groups.nickIn(bare(from)) === null && bare(from) !== this.#own)
      this.emit('presence', from, presenceOf(stanza))
  }

  async #onRosterPush(stanza: Element): Promise<void> {
    const items = rosterItems(stanza)
    for (const item of items) {
      if (item.subscription === 'remove') {
        this.#roster.delete(item.jid)
        await this.#store.write.removeContact(item.jid)
      } else this.#roster.set(item.jid, item)
    }
    await this.#saveRoster(items, false)
  }

  /** The nickname we take in a group when the user names none. */
  get defaultNick(): string {
    return localOf(this.#own)
  }
}
