/** The engine: store, accounts and media of one profile, without any window. The app and the command line both run on it. */
import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { bare, domainOf, parseJid } from '../contract/address.ts'
import type {
  AccountSettings,
  ChangeKind,
  ConnectionState,
  Conversation,
  ConversationId,
  ConversationKind,
  Device,
  GroupMembers,
  Jid,
  LinkMetadata,
  Message,
  MessageId,
  RegistrationState,
  Secrecy,
  SeenRange,
  ServerInvitation,
  ServerReport
} from '../contract/domain.ts'
import { Accounts } from './accounts.ts'
import { Agenda } from './agenda.ts'
import { forward } from './forwarding.ts'
import { JoinError, type Groups } from './xmpp/modules/groups.ts'
import { buffers } from './xmpp/omemo/sealed.ts'
import { lookAlikesIn } from './look-alikes.ts'
import { LiveState } from './live.ts'
import { Media } from './media/media.ts'
import type { Log } from './log.ts'
import type { Session } from './xmpp/session.ts'
import { lookAtServer } from './xmpp/modules/server-report.ts'
import { ConnectionError, refused } from './net/problem.ts'
import { inviteCommand, madeInvitation } from './xmpp/stanzas/registration.ts'
import { Registration } from './xmpp/stream/registration.ts'
import { TrustedClock } from './store/clock.ts'
import { profileKey, type Keyring } from './store/key.ts'
import type { Salvaged } from './store/salvage.ts'
import { Store, type SlowReport } from './threads/store.ts'
import { Transfer } from './history-files/transfer.ts'
import { Upkeep } from './threads/upkeep.ts'
import type { Errand } from './store/tables/errand.ts'
import { isContactFile, type ContactFile } from '../contract/contact-files.ts'
import { nameOf } from './store/tables/name.ts'
import type { PersonMatch } from '../contract/search.ts'
import { contactsIn } from './media/contact-file.ts'
import type { OutgoingMessage, StoreChanges } from './store/types.ts'

/** What may be wished of a contact. */
type Wish = Errand extends infer E ? (E extends { kind: 'block' | 'contact' } ? Omit<E, 'account'> : never) : never

export interface EngineOptions {
  /** The folder of everything the user has here. */
  profile: string
  /** threads/worker.ts and history-files/worker.ts, or what they were built to. */
  worker: URL
  transferWorker: URL
  /** The native search extension, and jieba's dictionaries. */
  extension: string
  dictionary: string
  /** SQLite's binary for better-sqlite3; absent or null: its package finds its own. */
  addon?: string | null
  keyring?: Keyring
  log?: Log
  onTime?: SlowReport
}

interface Events {
  changes: [StoreChanges]
}

/** A wish that cannot be fulfilled, with a reason for the user. */
export class EngineError extends Error {
  readonly code: 'not-found' | 'invalid-address' | 'not-connected' | 'too-long'
  constructor(code: EngineError['code'], message: string) {
    super(message)
    this.name = 'EngineError'
    this.code = code
  }
}

/** Of a message that is quoted in words, so much, in UTF-16 units. */
const LONGEST_QUOTE = 500
/** XEP-0393 section 5.1.3 */
const quoting = (quoted: string, text: string): string =>
  quoted === '' ? text : `${quoted.slice(0, LONGEST_QUOTE).toWellFormed().replace(/^/gm, '> ')}\n${text}`

const QUIET: Log = { info: () => undefined, warn: () => undefined }

/** A timer runs so long at most, ms (https://nodejs.org/api/timers.html#settimeoutcallback-delay-args takes 31 bits). */
const LONGEST_TIMER_MS = 86_400_000

export class Engine extends EventEmitter<Events> {
  readonly store: Store
  readonly transfer: Transfer
  readonly media: Media
  readonly accounts: Accounts
  readonly agenda: Agenda
  readonly keyProtection: 'keychain' | 'file'
  /** What windows show at every moment. */
  readonly live = new LiveState()
  readonly #log: Log
  readonly #upkeep: Upkeep
  /** The form for a new account that is being filled in. */
  #registration: Registration | null = null
  #unmuting: NodeJS.Timeout | null = null
  #closed = false
  /** To whom we said that we type, if to anyone. */
  #typingTo: Jid | null = null

  private constructor(store: Store, transfer: Transfer, keyProtection: 'keychain' | 'file', log: Log) {
    super()
    this.store = store
    this.transfer = transfer
    this.keyProtection = keyProtection
    this.#log = log
    this.media = new Media(transfer.media, store, (message) => log.info(message))
    this.media.on('changes', (changes) => this.emit('changes', changes))
    this.accounts = new Accounts(store, this.media, this.live, log)
    this.accounts.on('changes', (changes) => this.emit('changes', changes))
    this.agenda = new Agenda(store, log, (id) => void this.#flush(id).catch((error: unknown) => log.warn(String(error))))
    this.agenda.on('changes', (changes) => this.emit('changes', changes))
    this.media.on('progress', (files) => this.live.set('files', Object.fromEntries(files)))
    store.onBroken((broken) => this.live.set('storeBroken', broken))
    const clock = new TrustedClock()
    this.accounts.on('time', (account, time, exact) => (exact ? clock.say(account, time) : clock.stamped(time)))
    const told = {
      indexing: (left: number, total: number) => this.live.set('indexing', { left, total }),
      changes: (changes: StoreChanges) => this.emit('changes', changes)
    }
    this.#upkeep = new Upkeep(store, transfer.media, log, told, clock)
  }

  /** Makes the index anew, in the background; what is not in it yet is searched message by message. */
  reindex = (): Promise<void> => this.#upkeep.reindex()

  /** Somebody is about to search: what that needs is read into memory. */
  prepareSearch = (): Promise<void> => this.#upkeep.prepareSearch()

  /** Opens the profile's store; connects nothing yet. Throws StoreOpenError. */
  static async open(options: EngineOptions): Promise<Engine> {
    const file = join(options.profile, 'messages.db')
    const { key, protection } = profileKey(options.profile, options.keyring)
    const { worker, transferWorker, extension, dictionary, addon, onTime } = options
    const files = { file, key, extension, dictionary, addon: addon ?? null }
    const log = options.log ?? QUIET
    const onSalvage = ({ kept, messages, incomplete }: Salvaged): void =>
      log.warn(
        `the store was damaged: ${messages} messages were saved into a new one${incomplete ? ', some could not be read' : ''}; the damaged file is ${kept}`
      )
    const store = await Store.open({ ...files, worker, onSalvage, onEnded: log.warn, ...(onTime === undefined ? {} : { onTime }) })
    const transfer = new Transfer({
      worker: transferWorker,
      store,
      files,
      media: join(options.profile, 'media'),
      onChanges: (changes) => engine.emit('changes', changes)
    })
    const engine: Engine = new Engine(store, transfer, protection, log)
    await engine.accounts.load()
    engine.#upkeep.start()
    engine.agenda.start()
    await engine.#unmute()
    return engine
  }

  /** The first account, which is meant where none is named. */
  get account(): AccountSettings | null {
    return this.accounts.settings[0] ?? null
  }
  /** Of the first account. */
  get connection(): ConnectionState {
    return this.account === null ? { status: 'signed-out' } : this.accounts.state(this.account.jid)
  }
  /** Connects the accounts that are stored. */
  connect = (): Promise<void> => this.accounts.connect()

  /**
   * Signs in, beside the accounts that are; settles when that worked or failed. The account is stored only where it
   * worked, so a typing error changes nothing. Throws EngineError.
   */
  async signIn(settings: AccountSettings): Promise<ConnectionState> {
    const jid = parseJid(settings.jid)
    if (jid === null || !jid.includes('@')) throw new EngineError('invalid-address', `${settings.jid} is no address`)
    return this.accounts.signIn({ ...settings, jid })
  }

  /** Asks a server what it wants to know of a new account; `token`: of an invitation. Throws EngineError, `signal`'s reason, and xmpp.js's StanzaError where it makes none. */
  async beginRegistration(server: AccountSettings, token: string | null, signal?: AbortSignal): Promise<RegistrationState> {
    this.endRegistration()
    const jid = parseJid(server.jid)
    if (jid === null) throw new EngineError('invalid-address', `${server.jid} is no server`)
    let registration: Registration
    try {
      registration = await Registration.open({ ...server, jid }, signal)
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error
      return { status: 'unreachable', problem: error.problem, detail: error.message, certificate: error.certificate }
    }
    try {
      const form = await registration.form(token)
      signal?.throwIfAborted()
      this.endRegistration()
      this.#registration = registration
      return { status: 'form', form }
    } catch (error) {
      registration.close()
      throw error
    }
  }

  /** Hands in the form that was asked for last. Throws EngineError where it is not open any more, and xmpp.js's StanzaError where the server refuses. */
  async register(values: Readonly<Record<string, string>>): Promise<void> {
    if (this.#registration === null) throw new EngineError('not-found', 'the form')
    try {
      await this.#registration.submit(values)
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error
      this.endRegistration()
      throw new EngineError('not-found', `the form: ${error.message}`)
    }
    this.endRegistration()
  }

  endRegistration(): void {
    this.#registration?.close()
    this.#registration = null
  }

  /** An invitation that an account's server makes (XEP-0401); null: it makes none. Throws EngineError. */
  async invite(account: Jid): Promise<ServerInvitation | null> {
    return this.#connected(account)
      .connection.request(inviteCommand(domainOf(account)))
      .then(madeInvitation, refused(null))
  }

  /** What an account's server can do. Throws EngineError; rejects with ConnectionError where the connection is lost meanwhile. */
  async serverReport(account: Jid): Promise<ServerReport> {
    return lookAtServer(this.#connected(account).connection)
  }

  /** Forgets an account; its messages stay. */
  async signOut(jid: Jid | undefined = this.account?.jid): Promise<void> {
    if (jid !== undefined) await this.accounts.signOut(jid)
  }

  /** Tries again now, with a password or a certificate that the user has just given. */
  async reconnect(change: { trustFingerprint: string | null; password: string | null }, jid: Jid | undefined = this.account?.jid): Promise<void> {
    if (jid !== undefined) await this.accounts.reconnect(jid, change)
  }

  /** Goes on fetching older history where the settings want it. */
  async fillHistory(): Promise<void> {
    for (const { account, jid } of await this.store.read.missingHistory()) this.accounts.of(account)?.archives.fill(jid)
  }

  /** Fetches more of a conversation from before what is here; false: there is no more, or no connection to ask. */
  async older(id: ConversationId): Promise<boolean> {
    const conversation = await this.store.read.conversation(id)
    const session = this.accounts.of(conversation?.account ?? null)
    if (conversation === null || session?.connection.isReady !== true) return false
    return session.archives.older(conversation.jid, conversation.kind)
  }

  /** Messages that would go where nothing older than so many days is kept. */
  expiring = (days: number): Promise<number> => this.#upkeep.expiring(days)

  /** Deletes what is older than the settings say, soon. */
  expire(): void {
    this.#upkeep.expire()
  }

  /** Whether any window can be seen. */
  set active(active: boolean) {
    this.accounts.active = active
  }

  wake(): void {
    for (const session of this.accounts.sessions) session.connection.wake()
  }

  /** Says yes or no to somebody who asks to be a contact. Throws EngineError. */
  async answerRequest(jid: Jid, accept: boolean, account?: Jid): Promise<void> {
    const session = this.#connected(account)
    await session.contacts.answer(jid, accept)
    if (accept) this.#changed([await this.store.write.ensureConversation({ account: session.own, jid, kind: 'direct', name: '', nick: null })])
  }

  /** Opens a conversation of an account, the first where none is named; a group is entered. `token`: of an invitation to be a contact. Throws EngineError, and JoinError where the group refuses. */
  async startConversation(
    address: string,
    kind: ConversationKind,
    nick: string | null,
    password: string | null = null,
    account?: Jid,
    token?: string
  ): Promise<Conversation> {
    const parsed = parseJid(address)
    if (parsed === null || !parsed.includes('@')) throw new EngineError('invalid-address', `${address} is no address`)
    const jid = bare(parsed)
    const whose = account ?? (await this.store.read.conversationByJid(jid))?.account ?? this.account?.jid
    if (kind === 'direct') {
      // somebody met in a group goes on to be called as there
      const name = this.accounts.of(whose ?? null)?.groups.people.find((met) => met.jid === jid)?.name ?? ''
      const { id } = await this.store.write.ensureConversation({ ...(whose === undefined ? {} : { account: whose }), jid, kind, name, nick: null })
      const conversation = await this.#begun(id)
      // notes to oneself need no contact
      if (whose !== undefined && whose !== jid && (token !== undefined || !(await this.store.read.contacts(whose)).some((contact) => contact.jid === jid)))
        await this.#add(jid, whose, token, name)
      return conversation
    }
    const session = this.#connected(whose)
    await session.membership.join(jid, nick ?? session.membership.defaultNick, { password })
    return this.#entered(session, jid)
  }

  /** People one can write to, by what is typed of a name: contacts and those spoken with, then those in groups with us. */
  async findPeople(input: { text: string; limit: number }, signal?: AbortSignal): Promise<PersonMatch[]> {
    const known = this.accounts.sessions.flatMap(({ own, groups }) => groups.people.map((person) => ({ ...person, account: own })))
    return this.store.find.findPeople({ ...input, known, without: this.accounts.settings.map(({ jid }) => jid) }, signal)
  }

  async #add(jid: Jid, account: Jid, token: string | undefined, name: string): Promise<void> {
    await this.store.write.addErrand({
      account,
      jid,
      kind: 'contact',
      value: { wish: 'add', ...(token === undefined ? {} : { token }), ...(name === '' ? {} : { name }) }
    })
    void this.accounts.of(account)?.errands.flush()
  }

  async #entered(session: Session, jid: Jid): Promise<Conversation> {
    const conversation = await this.store.read.conversationByJid(jid, session.own)
    if (conversation === null) throw new EngineError('not-found', 'the group')
    return this.#begun(conversation.id)
  }

  /** The user has just begun it: it stands above those that nobody has opened for longer. */
  async #begun(id: ConversationId): Promise<Conversation> {
    await this.store.write.used({ conversation: id, time: Date.now() })
    const conversation = await this.store.read.conversation(id)
    if (conversation === null) throw new EngineError('not-found', 'the conversation')
    this.#changed([conversation])
    return conversation
  }

  /** Makes a group on an account's own server and asks people into it. Throws EngineError, JoinError. */
  async createGroup({
    name,
    membersOnly,
    invite,
    account
  }: {
    name: string
    membersOnly: boolean
    invite: readonly Jid[]
    account?: Jid | undefined
  }): Promise<Conversation> {
    const session = this.#connected(account)
    const jid = await session.groups.newAddress(name)
    if (jid === null) throw new EngineError('not-found', 'a service for groups')
    await session.membership.join(jid, session.membership.defaultNick, { create: { name, membersOnly } })
    await session.groups.invite(jid, invite)
    return this.#entered(session, jid)
  }

  /** Does something in a group that we are in. Throws EngineError, and xmpp.js's StanzaError where the group refuses. */
  async inGroup<T>(id: ConversationId, run: (groups: Groups, group: Jid) => Promise<T>): Promise<T> {
    const conversation = await this.store.read.conversation(id)
    if (conversation?.kind !== 'group') throw new EngineError('not-found', 'the group')
    return run(this.#connected(conversation.account ?? undefined).groups, conversation.jid)
  }

  /** Names in a group that look like other people's there. */
  async lookAlikes(id: ConversationId): Promise<Record<string, string[]>> {
    const conversation = await this.store.read.conversation(id)
    if (conversation?.kind !== 'group') return {}
    return lookAlikesIn(this.store, id, this.accounts.of(conversation.account)?.groups.nicksIn(conversation.jid) ?? [])
  }

  /** Takes another nickname in a group. Throws EngineError, JoinError. */
  async changeNick(id: ConversationId, nick: string): Promise<void> {
    const conversation = await this.store.read.conversation(id)
    if (conversation?.kind !== 'group') throw new EngineError('not-found', 'the group')
    await this.#connected(conversation.account ?? undefined).membership.changeNick(conversation.jid, nick)
  }

  async renameGroup(id: ConversationId, name: string): Promise<void> {
    await this.inGroup(id, async (groups, jid) => {
      await groups.rename(jid, name)
      this.emit('changes', await this.store.write.renameConversation({ conversation: id, name }))
    })
  }

  async setConversation(change: Parameters<Store['write']['setConversation']>[0]): Promise<void> {
    this.emit('changes', await this.store.write.setConversation(change))
    if (change.mutedUntil !== undefined) await this.#unmute()
  }

  /** Lets those conversations speak up again whose silence is over, now and each at its time. */
  async #unmute(): Promise<void> {
    if (this.#unmuting !== null) clearTimeout(this.#unmuting)
    const { changes, next } = await this.store.write.unmute(Date.now())
    if (changes.conversations.length > 0) this.emit('changes', changes)
    if (next === null || this.#closed) return
    this.#unmuting = setTimeout(
      () => void this.#unmute().catch((error: unknown) => this.#log.warn(String(error))),
      Math.min(next - Date.now(), LONGEST_TIMER_MS)
    ).unref()
  }

  /** Says yes or no to an invitation. Throws EngineError, JoinError. */
  async answerInvitation(group: Jid, accept: boolean, account?: Jid): Promise<void> {
    await this.#connected(account).membership.answerInvitation(group, accept)
  }

  /** What is asked of the server for an account. Throws EngineError, and xmpp.js's StanzaError where it refuses. */
  block = (jid: Jid, blocked: boolean, account?: Jid): Promise<void> => this.#wish({ kind: 'block', jid, value: { blocked } }, account)
  renameContact = (jid: Jid, name: string, account?: Jid): Promise<void> => this.#wish({ kind: 'contact', jid, value: { wish: 'rename', name } }, account)
  groupContact = (jid: Jid, groups: string[], account?: Jid): Promise<void> => this.#wish({ kind: 'contact', jid, value: { wish: 'group', groups } }, account)
  removeContact = (jid: Jid, account?: Jid): Promise<void> => this.#wish({ kind: 'contact', jid, value: { wish: 'remove' } }, account)
  setNick = async (nick: string, account?: Jid): Promise<void> => this.#connected(account).personal.setNick(nick)
  setAvatar = async (picture: { data: Buffer; type: string; side: number } | null, account?: Jid): Promise<void> =>
    this.#connected(account).pictures.set(picture)

  /** Does at once what the user wishes of a contact, or keeps it for the next connection. Throws EngineError, and xmpp.js's StanzaError where the server refuses. */
  async #wish(wish: Wish, account: Jid | undefined = this.account?.jid): Promise<void> {
    if (account === undefined) throw new EngineError('not-connected', 'That needs an account.')
    const session = this.accounts.of(account)
    const errand: Errand = { account, ...wish }
    if (session?.connection.isReady === true) return session.contacts.fulfil(errand)
    await this.store.write.addErrand(errand)
    await session?.contacts.foresee(errand)
  }

  /** The session of an account, of the first where none is named. Throws EngineError where it has no connection. */
  #connected(account: Jid | undefined = this.account?.jid): Session {
    const session = this.accounts.of(account ?? null)
    if (session === null || !session.connection.isReady) throw new EngineError('not-connected', 'That needs a connection.')
    return session
  }

  /** Leaves a group; its history stays here. */
  async leave(id: ConversationId): Promise<void> {
    const conversation = await this.store.read.conversation(id)
    if (conversation?.kind !== 'group') return
    const session = this.accounts.of(conversation.account)
    // kept before it is done: it may be cut off
    this.emit('changes', await this.store.write.leave({ conversation: id, why: 'left', reason: '', tell: true }))
    await session?.membership.leave(conversation.jid)
    void session?.errands.flush()
  }

  /** Stores the message and its place in the queue, then sends when it can. Throws EngineError, 'too-long' where the server would not take it. */
  async send(id: ConversationId, written: string, more: Pick<OutgoingMessage, 'reply' | 'attachments' | 'link'> = {}): Promise<Message> {
    const { sender, session, conversation } = await this.#own(id)
    const answered = more.reply === undefined || more.reply === null ? null : await this.store.read.message(more.reply)
    // a message that the others cannot look up, such as an imported one, is quoted in words
    const text = answered === null || answered.changeable ? written : quoting(answered.text, written)
    if (text !== '' && session?.outbox.takes(conversation, text, more.link) === false)
      throw new EngineError('too-long', 'the text is longer than the server takes')
    this.#typingTo = null
    const changes = await this.store.write.queueMessage({
      conversation: id,
      text,
      originId: randomUUID(),
      sender,
      time: Date.now(),
      encrypted: conversation.encryption === 'on',
      ...more
    })
    this.emit('changes', changes)
    session?.outbox.flush()
    const message = changes.messages[0]
    if (message === undefined) throw new Error('the message was written and is not there')
    return message
  }

  async #flush(id: ConversationId): Promise<void> {
    const conversation = await this.store.read.conversation(id)
    this.accounts.of(conversation?.account ?? null)?.outbox.flush()
  }

  /** Sends a text at a time, ms. Throws EngineError, 'too-long' where the server would not take it. */
  async schedule(id: ConversationId, text: string, reply: MessageId | null, due: number): Promise<void> {
    const { session, conversation } = await this.#own(id)
    if (session?.outbox.takes(conversation, text) === false) throw new EngineError('too-long', 'the text is longer than the server takes')
    await this.store.write.schedule({ conversation: id, text, reply, due, originId: randomUUID() })
    this.agenda.emit('scheduled')
    this.agenda.look()
  }

  /** One that was to be sent later: not at all, or `now`. */
  async unschedule(id: ConversationId, scheduled: number, now: boolean): Promise<void> {
    if (now) return this.agenda.send(scheduled, id)
    await this.store.write.unschedule(scheduled)
    this.agenda.emit('scheduled')
  }

  /** Reminds of a message at a time, ms; null: not any more. */
  async remind(id: MessageId, due: number | null): Promise<void> {
    this.emit('changes', await this.store.write.remind({ id, due }))
    this.agenda.look()
  }

  /** Who we are in a conversation, and what connects us. Throws EngineError. */
  async #own(id: ConversationId): Promise<{ sender: Jid; session: Session | null; conversation: Conversation }> {
    const conversation = await this.store.read.conversation(id)
    if (conversation === null) throw new EngineError('not-found', 'the conversation')
    const own = conversation.account ?? ('me@local.invalid' as Jid)
    return {
      sender: conversation.kind === 'group' ? (`${conversation.jid}/${conversation.nick ?? own}` as Jid) : own,
      session: this.accounts.of(conversation.account),
      conversation
    }
  }

  /** Corrects or takes back an own message, or reacts to any: here at once, to the others when it can. `text`: the new text, or emoji, separated by spaces. */
  async change(id: MessageId, kind: ChangeKind, text: string): Promise<void> {
    const message = await this.store.read.message(id)
    if (message === null) throw new EngineError('not-found', 'the message')
    const { sender, session, conversation } = await this.#own(message.conversation)
    if (session?.outbox.takes(conversation, text) === false) throw new EngineError('too-long', 'the text is longer than the server takes')
    this.emit('changes', await this.store.write.change({ id, kind, text, originId: randomUUID(), sender, time: Date.now() }))
    session?.outbox.flush()
  }

  /** Whether what is written next in a conversation is encrypted end to end. */
  async secrecy(id: ConversationId): Promise<Secrecy> {
    const conversation = await this.store.read.conversation(id)
    const session = this.accounts.of(conversation?.account ?? null)
    if (conversation === null || session === null) return { on: conversation?.encryption === 'on', possible: false, undecided: 0, without: [] }
    return session.encryption.secrecy(conversation)
  }

  /** Somebody's devices, or our own others; `own`: this one, where they are our own. */
  async devices(account: Jid, jid: Jid): Promise<{ own: Device | null; devices: Device[] }> {
    await this.accounts.of(account)?.encryption.learn(jid)
    const own = jid === account ? buffers(await this.store.write.ownDevice({ account, time: Date.now() })) : null
    const rows = buffers(await this.store.read.devices({ account, jid })).filter(({ device }) => device !== own?.device)
    const devices = rows.map(({ device, identity, label, trust, active, active_2, first_at: firstAt, last_at: lastAt }): Device => ({
      device,
      label,
      fingerprint: identity?.toString('hex') ?? null,
      trust,
      active: active === 1 || active_2 === 1,
      firstAt,
      lastAt
    }))
    return {
      own:
        own === null
          ? null
          : { device: own.device, fingerprint: own.identity.toString('hex'), label: null, trust: 'verified', active: true, firstAt: 0, lastAt: 0 },
      devices
    }
  }

  /** Takes another device of ours from our list: nothing is encrypted for it any more. Throws EngineError. */
  forgetDevice = (account: Jid, device: number): Promise<void> => this.#connected(account).encryption.forget(device)

  /** Sends messages on; the names of the files that could not go along. */
  forward = (ids: readonly MessageId[], to: readonly ConversationId[], merged: boolean): Promise<string[]> =>
    forward({ store: this.store, folder: this.media.folder, send: (conversation, text, more) => this.send(conversation, text, more) }, ids, to, merged)

  /** Takes back what somebody else wrote in a group that we lead, for all. Throws EngineError, and xmpp.js's StanzaError where the group refuses. */
  async moderate(id: MessageId): Promise<void> {
    const [message, stanzaId] = [await this.store.read.message(id), await this.store.read.stanzaIdOf(id)]
    if (message === null || stanzaId === null) throw new EngineError('not-found', 'the message')
    await this.inGroup(message.conversation, (groups, jid) => groups.moderate(jid, stanzaId))
  }

  /** Deletes messages from this computer alone. */
  async remove(ids: MessageId[]): Promise<void> {
    this.emit('changes', await this.store.write.remove(ids))
  }

  /** What a page that is about to be linked to says of itself; null where the user does not want it asked, or the message is encrypted: the card would not go along. */
  async readLink(id: ConversationId, url: string, signal: AbortSignal): Promise<LinkMetadata | null> {
    const conversation = await this.store.read.conversation(id)
    if (conversation === null || !(await this.store.read.settings()).linkPreviews || (await this.secrecy(id)).on) return null
    return this.media.readLink(conversation.account, url, signal)
  }

  /** Who is in a group, and who may be. Throws EngineError. */
  async groupMembers(id: ConversationId): Promise<GroupMembers> {
    const { members, ...group } = await this.inGroup(id, (groups, jid) => groups.members(jid))
    const names = await this.store.read.contactNames(members.map(({ jid }) => jid ?? ''))
    return { ...group, members: members.map((member, at) => ({ ...member, name: names[at] ?? member.nick ?? nameOf(member.jid ?? '', null) })) }
  }

  /** We type in a conversation, or do no longer. */
  async type(id: ConversationId, typing: boolean): Promise<void> {
    const conversation = await this.store.read.conversation(id)
    if (conversation === null || conversation.kind === 'group' || (!typing && this.#typingTo !== conversation.jid)) return
    if (!(await this.store.read.settings()).tellTyping) return
    this.#typingTo = typing ? conversation.jid : null
    this.accounts.of(conversation.account)?.typing.tell(conversation.jid, typing)
  }

  async retry(id: MessageId): Promise<void> {
    const changes = await this.store.write.retry(id)
    this.emit('changes', changes)
    this.accounts.of(changes.conversations[0]?.account ?? null)?.outbox.flush()
  }

  async discard(id: MessageId): Promise<void> {
    for (const file of (await this.store.read.message(id))?.attachments ?? []) this.media.cancel(file.id)
    this.emit('changes', await this.store.write.discard(id))
  }

  /** Sends a text that is too long for a message as a file. */
  async sendAsFile(id: ConversationId, text: string): Promise<Message> {
    const data = Buffer.from(text.toWellFormed())
    const token = this.media.intake.begin({ name: 'text.txt', bytes: data.length, type: 'text/plain' })
    await this.media.intake.append(token, data)
    return this.sendFile(id, token)
  }

  /** Stores a file that a window has handed over as a message, then sends it when it can. */
  async sendFile(id: ConversationId, token: string): Promise<Message> {
    return this.send(id, '', { attachments: [await this.media.intake.finish(token)] })
  }

  /** Sends one of the user's stickers, as an ordinary picture. */
  async sendSticker(id: ConversationId, sticker: number): Promise<Message> {
    const file = await this.media.stickers.use(sticker)
    if (file === null) throw new EngineError('not-found', 'the sticker')
    return this.send(id, '', { attachments: [file] })
  }

  /** The file of an attachment and its own name, or null where it is not on this computer. */
  async attachmentFile(id: number): Promise<{ path: string; name: string } | null> {
    const file = await this.store.read.attachment(id)
    return file === null || file.stored === null ? null : { path: join(this.media.folder, file.stored), name: file.name }
  }

  /** The contact cards in the file of an attachment; empty: it is none, or is not here. */
  async contactsIn(id: number): Promise<ContactFile[]> {
    const file = await this.store.read.attachment(id)
    if (file === null || file.stored === null || !isContactFile(file)) return []
    return contactsIn(await readFile(join(this.media.folder, file.stored)))
  }

  /** Removes files from this computer that can be fetched again, of one conversation or of all; bytes that were freed. */
  async clearFiles(conversation: ConversationId | null): Promise<number> {
    const { files, bytes, ...changes } = await this.store.write.clearFiles(conversation)
    this.emit('changes', changes)
    for (const name of files) await rm(join(this.media.folder, name), { force: true })
    return bytes
  }

  /** The picture that somebody shows, or null. */
  async avatarFile(jid: string): Promise<string | null> {
    const avatar = await this.store.read.avatar(jid)
    return avatar === null ? null : join(this.media.folder, avatar.stored)
  }

  async pin(id: MessageId, on: boolean): Promise<void> {
    this.emit('changes', await this.store.write.pin({ id, on }))
  }

  /** Shows an imported history within another conversation. Throws EngineError where one of them is not there, or is no such history. */
  async joinHistories(from: ConversationId, into: ConversationId): Promise<void> {
    const changes = await this.store.write.joinHistories({ from, into })
    if (changes.removedConversations.length === 0) throw new EngineError('not-found', 'the history, or the conversation to join it with')
    this.emit('changes', changes)
  }

  /** An imported history stands for itself again. */
  async partHistory(id: ConversationId): Promise<void> {
    this.emit('changes', await this.store.write.partHistory(id))
  }

  /** Deletes a conversation from this computer, with its files; a group is left. */
  async deleteConversation(id: ConversationId): Promise<void> {
    await this.leave(id)
    this.emit('changes', await this.store.write.clearConversation({ conversation: id, time: Date.now() }))
    await this.#upkeep.removeCleared()
  }

  async star(id: MessageId, on: boolean): Promise<void> {
    this.emit('changes', await this.store.write.star({ id, on }))
  }

  /** `seen`: messages on screen, whose new reactions are seen; absent: all are. */
  async markRead(conversation: ConversationId, upTo: MessageId, seen?: SeenRange): Promise<void> {
    const { tellRead } = await this.store.read.settings()
    const changes = await this.store.write.markRead({ conversation, upTo, ...(seen === undefined ? {} : { seen }), tell: tellRead })
    this.emit('changes', changes)
    void this.accounts.of(changes.conversations[0]?.account ?? null)?.errands.flush()
  }

  /** Reads every conversation, here and on all other devices. */
  async markAllRead(): Promise<void> {
    for (const { id, unread, markedUnread, reactions, last } of await this.store.read.conversations()) {
      if (unread === 0 && !markedUnread && reactions === 0) continue
      if (last === null) await this.setConversation({ conversation: id, markedUnread: false })
      else await this.markRead(id, last.id)
    }
  }

  async saveDraft(conversation: ConversationId, draft: string): Promise<void> {
    this.emit('changes', await this.store.write.saveDraft({ conversation, draft }))
  }

  /** Ends the sessions, not the store. */
  disconnect = (): Promise<void> => this.accounts.disconnect()

  async close(): Promise<void> {
    this.#closed = true
    this.endRegistration()
    if (this.#unmuting !== null) clearTimeout(this.#unmuting)
    this.#upkeep.stop()
    this.agenda.stop()
    await this.disconnect()
    await this.#upkeep.stopped
    // on a full disk the log stays beside the file, and is part of the store as well
    await this.store.write.checkpoint().catch((error: unknown) => this.#log.warn(String(error)))
    await this.store.close()
  }

  #changed(conversations: Conversation[]): void {
    this.emit('changes', { conversations, removedConversations: [], messages: [], removed: [], added: 0 })
  }
}

export { JoinError }
