/** Session of one account: its modules, in the order in which streams and stanzas pass them. */
import { EventEmitter } from 'node:events'
import type { Element } from '@xmpp/client'
import { bare } from '../../contract/address.ts'
import type { Jid } from '../../contract/domain.ts'
import type { Log } from '../log.ts'
import type { StoreChanges } from '../store/types.ts'
import type { Store } from '../threads/store.ts'
import type { Incoming, Module } from './module.ts'
import { ArchiveResults } from './modules/archive-results.ts'
import { Archives } from './modules/archives.ts'
import { Availability } from './modules/availability.ts'
import { Carbons } from './modules/carbons.ts'
import { Contacts } from './modules/contacts.ts'
import { decodeAgain } from './modules/decode-again.ts'
import { Encryption } from './modules/encryption.ts'
import { Errands } from './modules/errands.ts'
import { Groups } from './modules/groups.ts'
import { Inbox } from './modules/inbox.ts'
import { Membership } from './modules/membership.ts'
import { Messages } from './modules/messages.ts'
import { NoticeLimit } from './modules/notice-limit.ts'
import { Outbox } from './modules/outbox.ts'
import { Personal } from './modules/personal.ts'
import { Pictures } from './modules/pictures.ts'
import { Reflections } from './modules/reflections.ts'
import { Refusals } from './modules/refusals.ts'
import { ServerClock } from './modules/server-clock.ts'
import { Typing } from './modules/typing.ts'
import type { Uploads } from './modules/uploads.ts'
import { understood, type Extension } from './stanzas/extensions.ts'
import type { Self } from './stanzas/message.ts'
import type { Connection } from './stream/connection.ts'
import { STREAM } from './stream/extensions.ts'

/** Delay before a failed step of the initial sync is repeated, ms; it doubles with each failure of a step that was put off. */
const AGAIN_MS = 5000
const LONGEST_AGAIN_MS = 10 * 60_000
/** Number of failures after which a step is put off to the end, and the others follow. */
const MOST_FAILURES = 2

/** Part of the initial sync. */
type Step = () => Promise<void>

interface Events {
  changes: [StoreChanges]
  /** All known presences are outdated. */
  presenceReset: []
  /** Somebody's avatar has changed. */
  avatars: []
  /** Somebody's encryption devices have changed, or the user's trust in them. */
  devices: []
  /** A group was joined. */
  entered: [group: Jid]
}

export class Session extends EventEmitter<Events> {
  readonly connection: Connection
  /** Bare address of the account. */
  readonly own: Jid
  /** Supported extensions: the stream's own, and its modules'. */
  readonly extensions: readonly Extension[]
  readonly archives: Archives
  readonly clock: ServerClock
  readonly contacts: Contacts
  readonly encryption: Encryption
  readonly errands: Errands
  readonly groups: Groups
  readonly membership: Membership
  readonly outbox: Outbox
  readonly personal: Personal
  readonly pictures: Pictures
  readonly typing: Typing
  readonly #inbox: Inbox
  readonly #modules: readonly Module[]
  readonly #self: Self
  readonly #store: Store
  readonly #log: Log
  readonly #againMs: number
  /** The initial sync of this stream is complete. */
  #introduced = false
  /** Number of the stream, to recognize outdated work. */
  #stream = 0

  constructor(connection: Connection, store: Store, uploads: Uploads, folder: string, log: Log, againMs = AGAIN_MS) {
    super()
    const own = bare(connection.account.jid)
    const onChanges = (changes: StoreChanges): void => this.#onChanges(changes)
    const groups = (this.groups = new Groups(connection))
    const isGroup = (address: string): boolean => groups.nickIn(address) !== null
    const contacts = (this.contacts = new Contacts(connection, store, own, log))
    const isContact = (jid: Jid): boolean => contacts.has(jid)
    const encryption = (this.encryption = new Encryption({
      connection,
      store,
      own,
      isContact: (jid) => isContact(jid) || groups.people.some((one) => bare(one.jid) === jid),
      accountsOf: async (group) => (groups.isPrivate(group) ? groups.accountsOf(group) : null),
      onDevices: () => this.emit('devices'),
      now: () => this.clock.time.now,
      log
    }))
    const self: Self & { understands?: ReadonlySet<string> } = {
      jid: own,
      nickIn: (group) => groups.nickIn(group),
      occupantIds: (group) => groups.occupantIds(group),
      isGroup: (address) => groups.isGroup(address),
      isContact: (address) => contacts.has(address as Jid),
      device: () => encryption.device,
      accountIn: (occupant) => groups.accountIn(occupant),
      mayCallAll: (occupant) => groups.mayCallAll(occupant)
    }
    const clock = (this.clock = new ServerClock(connection, own, log))
    const results = new ArchiveResults(own, isGroup)
    const inbox = new Inbox(store, own, onChanges, groups.isJoined)
    const context = { connection, store, self, results, clock: clock.time, onChanges, onStamp: (time: number) => clock.stamped(time) }
    const archives = (this.archives = new Archives({ context, inbox, own, log }))
    const outbox = (this.outbox = new Outbox({
      connection,
      store,
      own,
      uploads,
      encryption,
      onChanges,
      maySendTo: async (conversation) => (await store.read.conversationByJid(conversation, own))?.kind !== 'group' || groups.isOpen(conversation),
      nicksIn: (group) => groups.nicksIn(group),
      callsAll: (group) => groups.callsAll(group),
      onTaken: (conversation, kind) => (kind === 'group' ? reflections.taken(conversation) : archives.placeSoon()),
      warn: log.warn
    }))
    const reflections: Reflections = new Reflections({ connection, store, own, groups, inbox, archives, outbox, log })
    const onAvatar = (): void => void this.emit('avatars')
    const pictures = (this.pictures = new Pictures({ connection, store, folder, isContact, isGroup, occupants: groups.size, onAvatar, info: log.info }))
    const personal = (this.personal = new Personal({
      connection,
      store,
      own,
      pictures,
      encryption,
      isContact,
      onChanges,
      onMark: (conversation, id) => inbox.acknowledge(groups.archiveOf(conversation), { kind: 'displayed', conversation, id, own: true, nick: null }),
      info: log.info
    }))
    const errands = (this.errands = new Errands({ connection, store, own, contacts, groups, personal, stored: () => inbox.idle(), log }))
    const onEntered = async (group: Jid): Promise<void> => {
      await reflections.check(group).catch((error: unknown) => log.warn(`${group}: ${String(error)}`))
      groups.admit(group)
      personal.markAgain(group)
      outbox.flush()
      void errands.flush()
      this.emit('entered', group)
    }
    const membership = (this.membership = new Membership({ connection, store, groups, inbox, archives, personal, own, isContact, log, onEntered }))
    const typing = (this.typing = new Typing({ connection, own, isContact, nickIn: (address) => groups.nickIn(address) }))
    const availability = new Availability(connection)
    this.connection = connection
    this.own = own
    this.#store = store
    this.#log = log
    this.#againMs = againMs
    this.#inbox = inbox
    this.#self = self
    /* The order counts. Streams begin, open, resume and end with each module in turn; a stanza passes them until one has consumed it. */
    this.#modules = [
      // group presence is known before the group's messages are decoded
      groups,
      results,
      // from here on live messages wait for the archive
      inbox,
      // as soon as the archive is read
      encryption,
      outbox,
      personal,
      // from here on the copied message is read
      new Carbons(connection, own, log),
      clock,
      pictures,
      contacts,
      errands,
      availability,
      membership,
      archives,
      new Refusals({
        store,
        own,
        isGroup,
        interrupted: (group) => groups.interrupted(group),
        sendAgain: (group, id) => outbox.sendAgain(group, id),
        onChanges,
        log
      }),
      reflections,
      typing,
      new Messages({ connection, self, time: clock.time, contacts, groups, inbox, outbox, typing })
    ]
    this.extensions = [...STREAM, ...this.#modules.flatMap(({ extensions = [] }) => extensions)]
    self.understands = understood(this.extensions)
    availability.announce(this.extensions)

    const tell = (work: Promise<StoreChanges>): void => this.#background(work.then(onChanges))
    const noticeLimit = new NoticeLimit()
    groups.on('subject', (jid, subject, said) => {
      const by = said !== null && noticeLimit.take(jid, 'subject') ? said : null
      tell(store.write.describe({ account: own, jid, subject, by, time: clock.time.now }))
    })
    groups.on('configured', (jid, name) => tell(store.write.nameGroup({ account: own, jid, name })))
    groups.on('people', (group, people) => tell(store.write.meetOccupants({ account: own, group, people })))
    groups.on('notice', (jid, notice) => {
      if (noticeLimit.take(jid, notice.kind)) tell(store.write.notice({ account: own, jid, ...notice, time: clock.time.now }))
    })
    contacts.on('changes', onChanges)
    membership.on('changes', onChanges)
    for (const { answers = [] } of this.#modules) for (const { type, namespace, name, answer } of answers) connection.answer(type, namespace, name, answer)
    connection.on('stanza', (stanza) => this.#onStanza(stanza))
    connection.on('fault', (error) => log.warn(`handling a stanza failed: ${error.stack ?? error.message}`))
    connection.on('ready', (resumed) => void this.#onReady(resumed))
    connection.on('lost', () => {
      for (const module of this.#modules) module.lost?.()
      this.emit('presenceReset')
    })
  }

  /** Loads data that decoding needs, then connects. */
  async start(): Promise<void> {
    for (const module of this.#modules) await module.remember?.()
    this.#background(decodeAgain(this.#store, this.#self, (changes) => this.emit('changes', changes)))
    this.connection.start()
  }

  async stop(): Promise<void> {
    for (const module of this.#modules) module.stop?.()
    await this.connection.stop()
    await this.#inbox.idle()
    for (const part of [this, ...this.#modules]) if (part instanceof EventEmitter) part.removeAllListeners()
  }

  #onChanges(changes: StoreChanges): void {
    // whoever answers at once writes to the devices that these came from
    if (changes.encryption !== undefined) this.encryption.after(changes.encryption)
    this.emit('changes', changes)
  }

  /** Runs work in the background; failures are logged. */
  #background(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#log.warn(error instanceof Error ? error.message : String(error)))
  }

  async #onReady(resumed: boolean): Promise<void> {
    const stream = ++this.#stream
    if (resumed && this.#introduced) {
      for (const module of this.#modules) this.#background(Promise.resolve().then(() => module.resume?.()))
      return
    }
    // a stream that broke off during its initial sync, and was resumed, repeats it
    if (resumed) this.connection.catchingUp = true
    try {
      await this.#introduce(resumed, () => stream === this.#stream && this.connection.isReady)
    } catch (error) {
      // the connection reports itself why it was lost; the next one repeats all of this
      this.#log.warn(`synchronising stopped: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  /**
   * Initial sync, once per stream (RFC 6121 section 2.2, 4.2). A step that the server is too slow to answer is repeated, and not those before it; one that keeps
   * failing is put off. Rejects if the connection is lost. `isCurrent`: false as soon as another stream has begun.
   */
  async #introduce(resumed: boolean, isCurrent: () => boolean): Promise<void> {
    this.#introduced = false
    const late: Step[] = []
    const run = async (step: Step): Promise<void> => {
      for (let failures = 1; ; failures++) {
        try {
          await step()
          return
        } catch (error) {
          if (!isCurrent()) throw error
          this.#log.warn(`synchronising is delayed: ${error instanceof Error ? error.message : String(error)}`)
          if (failures === MOST_FAILURES) break
          this.connection.catchingUp = false
          this.outbox.open(resumed)
          await this.#pause(this.#againMs)
          if (!isCurrent()) throw error
        }
      }
      late.push(step)
    }
    for (const module of this.#modules) await run(async () => module.begin?.(resumed))
    this.connection.catchingUp = false
    for (const module of this.#modules) await run(async () => module.open?.(resumed))
    this.#introduced = true
    for (const step of late) this.#background(this.#later(step, isCurrent))
  }

  /** Repeats a step until it succeeds or the stream ends. */
  async #later(step: Step, isCurrent: () => boolean): Promise<void> {
    for (let ms = this.#againMs; ; ms = Math.min(2 * ms, LONGEST_AGAIN_MS)) {
      await this.#pause(ms)
      if (!isCurrent()) return
      try {
        await step()
        return
      } catch (error) {
        if (!isCurrent()) return
        this.#log.warn(`synchronising is delayed: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }

  #pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref())

  #onStanza(stanza: Element): void {
    if (stanza.name === 'message') {
      const incoming: Incoming = { stanza, message: stanza, copied: null }
      this.#pass((module) => module.message?.(incoming))
    } else if (stanza.name === 'presence') this.#pass((module) => module.presence?.(stanza))
  }

  /** Passes a stanza from module to module until one has consumed it; an error in one module does not stop the others. */
  #pass(hand: (module: Module) => boolean | void): void {
    for (const module of this.#modules) {
      try {
        if (hand(module) === true) return
      } catch (error) {
        this.#log.warn(`handling a stanza failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
      }
    }
  }
}
