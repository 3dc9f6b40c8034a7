/** One account's life: what is done at each (re)connect, and where each stanza goes. */
import { EventEmitter } from 'node:events'
import type { Element } from '@xmpp/client'
import { bare, domainOf, parseJid, resource } from '../../contract/address.ts'
import type { Jid } from '../../contract/domain.ts'
import type { Log } from '../log.ts'
import type { Connection } from './stream/connection.ts'
import { refused } from '../net/problem.ts'
import type { Uploads } from './modules/uploads.ts'
import { isArchiveResult } from './stanzas/archive.ts'
import { carbonOf, enableCarbons } from './stanzas/carbons.ts'
import { chatState, typingOf } from './stanzas/chat-states.ts'
import { delayStamp, heldBackSince, ServerTime } from './stanzas/delay.ts'
import { timeOf, timeQuery } from './stanzas/entity-time.ts'
import { invitationOf, isOfGroup } from './stanzas/group.ts'
import { decodeMessage, type DecodedMessage, type Self } from './stanzas/message.ts'
import { NS } from './stanzas/namespaces.ts'
import { available } from './stanzas/presence.ts'
import { receiptOf } from './stanzas/receipts.ts'
import { decodeSigns } from './stanzas/signs.ts'
import type { Store } from '../threads/store.ts'
import type { StoreChanges } from '../store/types.ts'
import { Archives } from './modules/archives.ts'
import { capabilities, discoAnswer } from './modules/caps.ts'
import { Contacts } from './modules/contacts.ts'
import { decodeAgain } from './modules/decode-again.ts'
import { Encryption } from './modules/encryption.ts'
import { Errands } from './modules/errands.ts'
import { Groups } from './modules/groups.ts'
import { Inbox } from './modules/inbox.ts'
import { Membership } from './modules/membership.ts'
import { Outbox } from './modules/outbox.ts'
import { Personal } from './modules/personal.ts'
import { Pictures } from './modules/pictures.ts'
import { untilStored } from './modules/until-stored.ts'

/** A server that does not say its time holds up nothing for longer, ms. */
const TIME_MS = 5000
/** What could not be done at a stream's beginning is done again after this time, ms. */
const AGAIN_MS = 5000

interface Events {
  changes: [StoreChanges]
  /** Nobody's presence is known any more. */
  presenceReset: []
  /** Somebody in a conversation types, or does no longer. */
  typing: [conversation: Jid, person: Jid, typing: boolean]
  /** Somebody looks different. */
  avatars: []
  /** We are in a group now. */
  entered: [group: Jid]
  /** What our server's clock says, ms; `exact` false: it says that or more. */
  time: [time: number, exact: boolean]
}

export class Session extends EventEmitter<Events> {
  readonly archives: Archives
  readonly connection: Connection
  /** The account's bare address. */
  readonly own: Jid
  readonly contacts: Contacts
  readonly encryption: Encryption
  readonly errands: Errands
  readonly groups: Groups
  readonly membership: Membership
  readonly outbox: Outbox
  readonly personal: Personal
  readonly pictures: Pictures
  readonly #store: Store
  readonly #log: Log
  readonly #inbox: Inbox
  readonly #self: Self
  readonly #clock = new ServerTime()
  /** All that is done at the beginning of a stream was done in this one: presence, carbons, the archive, groups. */
  #introduced = false
  /** Counts what the connection was when. */
  #stream = 0

  constructor(connection: Connection, store: Store, uploads: Uploads, folder: string, log: Log) {
    super()
    this.connection = connection
    this.#store = store
    this.#log = log
    const own = bare(connection.account.jid)
    this.own = own
    this.groups = new Groups(connection)
    this.#self = {
      jid: own,
      nickIn: (group) => this.groups.nickIn(group),
      occupantIds: (group) => this.groups.occupantIds(group),
      isGroup: (address) => this.groups.isGroup(address),
      isContact: (address) => this.contacts.has(address as Jid),
      device: () => this.encryption.device,
      accountIn: (occupant) => this.groups.accountIn(occupant)
    }
    const onChanges = (changes: StoreChanges): void => {
      this.emit('changes', changes)
      if (changes.encryption !== undefined) this.encryption.after(changes.encryption)
    }
    const inbox = new Inbox(store, own, onChanges, (archive, error) => {
      this.archives.readAgain(archive)
      log.warn(`storing messages of ${archive} failed (${error.message}); reading its archive again`)
    })
    this.#inbox = inbox
    const archives = new Archives({
      context: {
        connection,
        store,
        self: this.#self,
        clock: this.#clock,
        onChanges,
        onInvitation: (invitation) => this.membership.onInvitation(invitation),
        onStamp: (time) => this.emit('time', time, false)
      },
      inbox,
      own,
      log
    })
    this.archives = archives
    const maySendTo = async (conversation: string): Promise<boolean> => {
      const known = await store.read.conversationByJid(conversation, own)
      return known?.kind !== 'group' || this.groups.isJoined(conversation)
    }
    this.groups.on('subject', (jid, subject, by) =>
      this.#background(store.write.describe({ account: own, jid, subject, by, time: Date.now() }).then(onChanges))
    )
    this.groups.on('people', (group, people) => this.#background(store.write.meetOccupants({ account: own, group, people }).then(onChanges)))
    this.groups.on('notice', (jid, notice) => this.#background(store.write.notice({ account: own, jid, ...notice, time: Date.now() }).then(onChanges)))
    this.contacts = new Contacts(connection, store, own, log)
    this.contacts.on('changes', onChanges)
    const isContact = (jid: Jid): boolean => this.contacts.has(jid)
    this.encryption = new Encryption({
      connection,
      store,
      own,
      isContact: (jid) => isContact(jid) || this.groups.people.some((one) => bare(one.jid) === jid),
      accountsOf: async (group) => (this.groups.isPrivate(group) ? this.groups.accountsOf(group) : null),
      log
    })
    this.outbox = new Outbox({
      connection,
      store,
      own,
      uploads,
      encryption: this.encryption,
      onChanges,
      maySendTo,
      nicksIn: (group) => this.groups.nicksIn(group),
      callsAll: (group) => this.groups.callsAll(group),
      onTaken: () => archives.placeSoon(),
      warn: log.warn
    })
    this.pictures = new Pictures({
      connection,
      store,
      folder,
      isContact,
      occupants: (group) => this.groups.size(group),
      onAvatar: () => this.emit('avatars'),
      info: log.info
    })
    this.personal = new Personal({
      connection,
      store,
      own,
      pictures: this.pictures,
      encryption: this.encryption,
      isContact,
      onChanges,
      onMark: (conversation, id) => inbox.sign(this.#archiveOf(conversation), { kind: 'displayed', conversation, id, own: true, nick: null }),
      onBookmark: (mark) => this.membership.follow(mark),
      info: log.info
    })
    this.errands = new Errands({ connection, store, own, contacts: this.contacts, groups: this.groups, personal: this.personal, log })
    const onEntered = (group: Jid): void => {
      this.personal.markAgain(group)
      this.outbox.flush()
      void this.errands.flush()
      this.emit('entered', group)
    }
    this.membership = new Membership({ connection, store, groups: this.groups, inbox, archives, personal: this.personal, own, log, onEntered })
    this.membership.on('changes', onChanges)
    connection.answer('get', NS.disco, 'query', (stanza) => discoAnswer(stanza.getChild('query')?.attrs['node']))
    connection.on('stanza', (stanza) => this.#onStanza(stanza))
    connection.on('fault', (error) => log.warn(`a stanza was not understood: ${error.stack ?? error.message}`))
    connection.on('ready', (resumed) => void this.#onReady(resumed))
    connection.on('lost', () => this.emit('presenceReset'))
  }

  /** Loads what decoding needs, then connects. */
  async start(): Promise<void> {
    await this.membership.remember()
    await this.encryption.remember()
    this.contacts.remember(await this.#store.read.errands(this.own))
    for (const conversation of await this.#store.read.conversations()) {
      if (conversation.account !== this.own || conversation.kind !== 'group') continue
      this.groups.recognize(conversation.jid)
      if (conversation.nick !== null) this.groups.know(conversation.jid, conversation.nick, await this.#store.read.groupPassword(conversation.id))
    }
    this.#background(decodeAgain(this.#store, this.#self, (changes) => this.emit('changes', changes)))
    this.connection.start()
  }

  async stop(): Promise<void> {
    this.archives.stop()
    this.membership.stop()
    this.groups.stop()
    await this.connection.stop()
    await this.#inbox.idle()
    for (const part of [this, this.contacts, this.groups, this.membership]) part.removeAllListeners()
  }

  /** Work that nobody waits for; its failure is told to the log. */
  #background(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#log.warn(error instanceof Error ? error.message : String(error)))
  }

  async #onReady(resumed: boolean): Promise<void> {
    const stream = ++this.#stream
    try {
      if (resumed && this.#introduced) {
        this.encryption.resume()
        this.outbox.open(true)
        void this.errands.open('contact', 'block', 'leave', 'read')
        this.archives.resume()
        await this.membership.enterAll()
      } else {
        // a stream that broke off before it was introduced, and was resumed, still has to be
        if (resumed) this.connection.catchingUp = true
        await this.#introduce(resumed)
      }
    } catch (error) {
      // the connection says itself why it was lost; all of this is done again at the next one
      this.#log.warn(`synchronising stopped: ${error instanceof Error ? error.message : String(error)}`)
      if (stream !== this.#stream || !this.connection.isReady) return
      this.connection.catchingUp = false
      this.outbox.open(resumed)
      if (this.#introduced) return
      // the server was too slow to answer, and is still there
      setTimeout(() => {
        if (stream === this.#stream && this.connection.isReady) void this.#onReady(true)
      }, AGAIN_MS).unref()
    }
  }

  /** All that is to be done once in each stream (RFC 6121 section 2.2, 4.2). */
  async #introduce(resumed: boolean): Promise<void> {
    this.#introduced = false
    // groups whose archives were being read are still in; a new stream enters them anew
    if (resumed) this.archives.resume()
    // what was held back in the last stream stays so until the archive is read: a server without one has nothing else of it
    this.#inbox.park(this.own)
    await Promise.all([
      this.connection.request(enableCarbons()).catch((error: unknown) => this.#log.warn(`no carbons: ${String(error)}`)),
      this.#askTime().catch((error: unknown) => this.#log.info(`no time: ${String(error)}`))
    ])
    await this.contacts.load().catch(refused(undefined))
    // before anything of what was wished otherwise meanwhile is read
    await this.errands.open('contact', 'block', 'leave')
    await this.connection.send(available(capabilities()))
    // a new device knows by them which of those in its archive are groups
    await this.membership.learn()
    await this.archives.read(this.own)
    this.connection.catchingUp = false
    void this.encryption.introduce()
    this.outbox.open(resumed)
    // these do not wait for groups, some of which may not answer
    await this.personal.readMarks()
    await this.#inbox.idle()
    void this.errands.open('read')
    await this.contacts.loadBlocked()
    await this.membership.enterAll()
    await this.membership.followAll()
    this.#introduced = true
  }

  /** Before stamps are read: where our own clock is wrong, the server's counts. */
  async #askTime(): Promise<void> {
    const time = timeOf(await this.connection.request(timeQuery(domainOf(this.own)), TIME_MS))
    if (time === null) return
    this.#clock.learn(time)
    this.emit('time', time, true)
  }

  #onStanza(stanza: Element): void {
    if (stanza.name === 'message') this.#onMessage(stanza)
    else if (stanza.name !== 'presence') return
    else if (this.groups.nickIn(bare(stanza.attrs['from'] ?? '')) === null) {
      this.contacts.onPresence(stanza)
      this.pictures.onPresence(stanza)
    } else this.pictures.onOccupant(stanza)
  }

  #onMessage(stanza: Element): void {
    // a result speaks for the archive that was asked; in anybody else's message it says nothing, and the words beside it are theirs
    if (isArchiveResult(stanza) && this.#isArchive(stanza.attrs['from'])) return
    if (this.personal.take(stanza) && stanza.getChild('body') === undefined) return
    const copied = carbonOf(stanza, this.own)
    if (copied === 'spoofed') this.#log.warn(`a carbon that is not our account's was ignored`)
    // what stands beside a forged one is said by who sent it
    const carbon = copied === 'spoofed' ? null : copied
    const message = carbon?.message ?? stanza
    if (message.attrs['type'] === 'error') {
      this.#background(this.#onError(message))
      return
    }
    const invitation = carbon?.direction === 'sent' ? null : invitationOf(message)
    if (invitation !== null) {
      this.membership.onInvitation(invitation)
      // a group says in it what it is; a person may say something besides
      if (isOfGroup(message)) return
    }
    if (carbon?.direction !== 'sent') this.#onTyping(message)
    const decoded = decodeMessage(message, this.#self)
    if (decoded !== null) this.#onDecoded(decoded, message, carbon !== null)
    for (const sign of decodeSigns(message, this.#self)) this.#inbox.sign(this.#archiveOf(sign.conversation), sign)
  }

  /** Ours, or a group's. */
  #isArchive(from: string | undefined): boolean {
    return from === undefined || bare(from) === this.own || this.groups.nickIn(from) !== null
  }

  #archiveOf(conversation: Jid): Jid {
    return this.groups.nickIn(conversation) === null ? this.own : conversation
  }

  #onDecoded(decoded: DecodedMessage, message: Element, copied: boolean): void {
    const archive = this.#archiveOf(decoded.conversation)
    const stamp = heldBackSince(message, decoded.kind === 'group' ? [decoded.conversation] : [this.own, domainOf(this.own)], this.#clock)
    const receipt = copied || decoded.outgoing || decoded.change !== null || !this.contacts.has(bare(decoded.sender)) ? null : receiptOf(message)
    // 'delivered' is what its sender is shown: true only once it cannot be lost any more
    const onStored = receipt === null ? undefined : () => this.#send(receipt)
    const onTheWay = decoded.kind === 'group' && decoded.outgoing && decoded.originId === null ? this.outbox.onTheWay : []
    // while it is said the group shows who has that nickname
    const occupant =
      decoded.occupant ??
      (stamp === null && !copied
        ? this.groups.personOf(decoded.outgoing ? `${decoded.conversation}/${this.groups.nickIn(decoded.conversation)}` : decoded.sender)
        : null)
    this.#inbox.add(
      archive,
      {
        ...decoded,
        occupant,
        time: stamp ?? Date.now(),
        replayed: stamp !== null,
        onTheWay,
        ahead: this.#clock.ahead,
        ...(stamp !== null && decoded.kind === 'group' ? { telling: this.groups.tellingOf(decoded.conversation) } : {})
      },
      onStored
    )
    // what carries keys alone says nothing
    if (decoded.sealed?.payload === null) return
    if (decoded.outgoing && decoded.kind === 'direct') this.archives.placeSoon()
    if (!decoded.outgoing) this.emit('typing', decoded.conversation, decoded.sender, false)
  }

  #onTyping(message: Element): void {
    const typing = typingOf(message)
    const from = parseJid(message.attrs['from'] ?? '')
    if (typing === null || from === null || bare(from) === this.own || delayStamp(message) !== null) return
    const nick = this.groups.nickIn(bare(from))
    if (nick === null || resource(from) !== nick) this.emit('typing', bare(from), nick === null ? bare(from) : from, typing)
  }

  tellTyping(conversation: Jid, typing: boolean): void {
    if (this.contacts.has(conversation)) this.#send(chatState(conversation, 'chat', typing ? 'composing' : 'paused'))
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
    // what was said to one occupant of a group is refused in the occupant's name (XEP-0045 section 7.5)
    const conversation = this.groups.nickIn(bare(from)) === null || (await this.#store.read.conversationByJid(from, this.own)) === null ? bare(from) : from
    const failed = { account: this.own, conversation, originId: id, state: 'failed', error: error?.getChildText('text') ?? condition } as const
    this.emit('changes', await untilStored(() => this.#store.write.transition(failed), this.#log.warn))
  }
}
