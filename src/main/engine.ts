/** The engine: store, connection and sync of one profile, without any window. The app and the command line both run on it. */
import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { bare, parseJid } from '../contract/address.ts'
import type { AccountSettings, ChangeKind, ConnectionState, Conversation, ConversationId, ConversationKind, Invitation, Jid, Message, MessageId, Presence } from '../contract/domain.ts'
import { Connection, type SignInToken } from './connection/connection.ts'
import { Learnt } from './connection/keep-alive.ts'
import { JoinError, type Groups } from './sync/groups.ts'
import { Media } from './media/media.ts'
import { Presences } from './sync/presences.ts'
import { Session, type Log } from './sync/session.ts'
import { Typists } from './sync/typists.ts'
import { unwritable } from './store/database.ts'
import { NO_KEYRING, storeKey, type Keyring, type StoreKey } from './store/key.ts'
import type { Salvaged } from './store/salvage.ts'
import { Store, type SlowReport } from './store/store.ts'
import { Transfer } from './transfer/transfer.ts'
import { Upkeep } from './store/upkeep.ts'
import type { NewAttachment } from './store/tables/attachment.ts'
import type { StoreChanges } from './store/types.ts'

export interface EngineOptions {
  /** The folder of everything the user has here. */
  profile: string
  /** store/worker.ts and transfer/worker.ts, or what they were built to. */
  worker: URL
  transferWorker: URL
  /** The native search extension, and jieba's dictionaries. */
  extension: string
  dictionary: string
  keyring?: Keyring
  log?: Log
  onTime?: SlowReport
}

interface Events {
  changes: [StoreChanges]
  /** Messages the index still lacks, and how many they were at first. */
  indexing: [left: number, total: number]
  connection: [ConnectionState]
  presence: [ReadonlyMap<string, Presence>]
  /** Who types now, by conversation. */
  typing: [ReadonlyMap<Jid, readonly string[]>]
  /** Who asks to be a contact. */
  requests: [readonly Jid[]]
  /** Whom we do not want to hear of. */
  blocked: [readonly Jid[]]
  /** Somebody looks different. */
  avatars: []
  /** Who asks us into groups. */
  invitations: [readonly Invitation[]]
  /** Who is in some group has changed. */
  occupants: []
}

/** A wish that cannot be fulfilled, with a reason for the user. */
export class EngineError extends Error {
  readonly code: 'not-found' | 'invalid-address' | 'not-connected'
  constructor(code: EngineError['code'], message: string) {
    super(message)
    this.name = 'EngineError'
    this.code = code
  }
}

/** What connections learnt is remembered under this name. */
const KEEP_ALIVE = 'keep-alive'
const DEVICE = 'device'
const SIGN_IN = 'sign-in'

const QUIET: Log = { info: () => undefined, warn: () => undefined }

export class Engine extends EventEmitter<Events> {
  readonly store: Store
  readonly transfer: Transfer
  readonly media: Media
  readonly keyProtection: 'keychain' | 'file'
  readonly #log: Log
  readonly #upkeep: Upkeep
  #session: Session | null = null
  #account: AccountSettings | null = null
  readonly #presences = new Presences((now) => this.emit('presence', now))
  #active = true
  readonly #typists = new Typists((typing) => this.emit('typing', typing))
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
    this.#upkeep = new Upkeep(store, transfer.media, log, {
      indexing: (left, total) => this.emit('indexing', left, total),
      changes: (changes) => this.emit('changes', changes)
    })
  }

  /** What the index still lacks. */
  get indexing(): { left: number; total: number } {
    return this.#upkeep.progress
  }

  /** Opens the profile's store; connects nothing yet. Throws StoreOpenError. */
  static async open(options: EngineOptions): Promise<Engine> {
    const file = join(options.profile, 'messages.db')
    const { key, protection } = keyOf(options)
    const { worker, transferWorker, extension, dictionary, onTime } = options
    const files = { file, key, extension, dictionary }
    const log = options.log ?? QUIET
    const onSalvage = ({ kept, messages, incomplete }: Salvaged): void => log.warn(`the store was damaged: ${messages} messages were saved into a new one${incomplete ? ', some could not be read' : ''}; the damaged file is ${kept}`)
    const store = await Store.open({ ...files, worker, onSalvage, ...(onTime === undefined ? {} : { onTime }) })
    const transfer = new Transfer({ worker: transferWorker, store, files, media: join(options.profile, 'media'), onChanges: (changes) => engine.emit('changes', changes) })
    const engine: Engine = new Engine(store, transfer, protection, log)
    engine.#account = await store.read.account()
    engine.#upkeep.start()
    return engine
  }

  get account(): AccountSettings | null {
    return this.#account
  }
  get connection(): ConnectionState {
    return this.#session?.connection.state ?? { status: 'signed-out' }
  }
  /** What each contact's best resource shows, by bare address. */
  get presence(): ReadonlyMap<string, Presence> {
    return this.#presences.now
  }
  get requests(): readonly Jid[] {
    return this.#session?.contacts.requests ?? []
  }
  get blocked(): readonly Jid[] {
    return this.#session?.contacts.blocked ?? []
  }
  get invitations(): readonly Invitation[] {
    return this.#session?.membership.invitations ?? []
  }
  /** Who types now, by conversation: addresses. */
  get typing(): ReadonlyMap<Jid, readonly string[]> {
    return this.#typists.now
  }

  /** Connects the account that is stored, if there is one. */
  async connect(): Promise<void> {
    if (this.#account !== null && this.#session === null) await this.#start(this.#account)
  }

  /**
   * Signs in and settles when that worked or failed; the account is stored only where it worked, so a typing error
   * changes nothing.
   */
  async signIn(settings: AccountSettings): Promise<ConnectionState> {
    const jid = parseJid(settings.jid)
    if (jid === null || !jid.includes('@')) throw new EngineError('invalid-address', `${settings.jid} is no address`)
    await this.disconnect()
    const account = { ...settings, jid: bare(jid) }
    const session = await this.#start(account)
    const state = await new Promise<ConnectionState>((resolve) => {
      const onState = (next: ConnectionState): void => {
        if (next.status !== 'online' && next.status !== 'catching-up' && next.status !== 'waiting') return
        session.connection.removeListener('state', onState)
        resolve(next)
      }
      session.connection.on('state', onState)
      onState(session.connection.state)
    })
    if (state.status === 'waiting') {
      await this.disconnect()
      return state
    }
    this.#account = account
    await this.store.write.saveAccount(account)
    return state
  }

  /** Forgets the account; its messages stay. */
  async signOut(): Promise<void> {
    await this.disconnect()
    this.#account = null
    await this.store.write.removeAccount()
    await this.store.write.remember({ name: SIGN_IN, json: 'null' })
  }

  /** Tries again now, with a password or a certificate that the user has just given. */
  async reconnect(change: { trustFingerprint: string | null; password: string | null }): Promise<void> {
    if (this.#account === null) return
    if (change.trustFingerprint === null && change.password === null && this.#session !== null) {
      this.#session.connection.retryNow()
      return
    }
    const account = {
      ...this.#account,
      ...(change.trustFingerprint === null ? {} : { trustedFingerprint: change.trustFingerprint }),
      ...(change.password === null ? {} : { password: change.password })
    }
    this.#account = account
    await this.store.write.saveAccount(account)
    await this.disconnect()
    await this.#start(account)
  }

  /** Goes on fetching older history where the settings want it. */
  async fillHistory(): Promise<void> {
    for (const { jid } of await this.store.read.missingHistory()) this.#session?.archives.fill(jid)
  }

  /** Fetches more of a conversation from before what is here; false: there is no more, or no connection to ask. */
  async older(id: ConversationId): Promise<boolean> {
    const conversation = await this.store.read.conversation(id)
    if (conversation === null || this.#session?.connection.isReady !== true) return false
    return this.#session.archives.older(conversation.jid, conversation.kind)
  }

  /** Deletes what is older than the settings say, soon. */
  expire(): void {
    this.#upkeep.expire()
  }

  /** Whether any window can be seen. */
  set active(active: boolean) {
    this.#active = active
    if (this.#session !== null) this.#session.connection.active = active
  }

  wake(): void {
    this.#session?.connection.wake()
  }

  /** Says yes or no to somebody who asks to be a contact. Throws EngineError. */
  async answerRequest(jid: Jid, accept: boolean): Promise<void> {
    const session = this.#connected()
    await session.contacts.answer(jid, accept)
    if (accept) this.#changed([await this.store.write.ensureConversation({ jid, kind: 'direct', name: '', nick: null })])
  }

  /** Opens a conversation; a group is entered. Throws EngineError, and JoinError where the group refuses. */
  async startConversation(address: string, kind: ConversationKind, nick: string | null, password: string | null = null): Promise<Conversation> {
    const jid = parseJid(address)
    if (jid === null || !jid.includes('@')) throw new EngineError('invalid-address', `${address} is no address`)
    if (kind === 'direct') {
      const conversation = await this.store.write.ensureConversation({ jid: bare(jid), kind, name: '', nick: null })
      this.#session?.contacts.add(bare(jid)).catch((error: unknown) => this.#log.warn(`adding a contact: ${String(error)}`))
      this.#changed([conversation])
      return conversation
    }
    const session = this.#connected()
    await session.membership.join(bare(jid), nick ?? session.membership.defaultNick, { password })
    return this.#entered(bare(jid))
  }

  async #entered(jid: Jid): Promise<Conversation> {
    const conversation = await this.store.read.conversationByJid(jid)
    if (conversation === null) throw new EngineError('not-found', 'the group')
    this.#changed([conversation])
    return conversation
  }

  /** Makes a group on our own server and asks people into it. Throws EngineError, JoinError. */
  async createGroup({ name, membersOnly, invite }: { name: string; membersOnly: boolean; invite: readonly Jid[] }): Promise<Conversation> {
    const session = this.#connected()
    const jid = await session.groups.newAddress(name)
    if (jid === null) throw new EngineError('not-found', 'a service for groups')
    await session.membership.join(jid, session.membership.defaultNick, { create: { name, membersOnly } })
    await session.groups.invite(jid, invite)
    return this.#entered(jid)
  }

  /** Does something in a group that we are in. Throws EngineError, and xmpp.js's StanzaError where the group refuses. */
  async inGroup<T>(id: ConversationId, run: (groups: Groups, group: Jid) => Promise<T>): Promise<T> {
    const session = this.#connected()
    const conversation = await this.store.read.conversation(id)
    if (conversation?.kind !== 'group') throw new EngineError('not-found', 'the group')
    return run(session.groups, conversation.jid)
  }

  async renameGroup(id: ConversationId, name: string): Promise<void> {
    await this.inGroup(id, async (groups, jid) => {
      await groups.rename(jid, name)
      this.emit('changes', await this.store.write.renameConversation({ jid, name }))
    })
  }

  async setConversation(change: Parameters<Store['write']['setConversation']>[0]): Promise<void> {
    this.emit('changes', await this.store.write.setConversation(change))
  }

  /** Says yes or no to an invitation. Throws EngineError, JoinError. */
  async answerInvitation(group: Jid, accept: boolean): Promise<void> {
    await this.#connected().membership.answerInvitation(group, accept)
  }

  /** What is asked of the server for the account. Throws EngineError, and xmpp.js's StanzaError where it refuses. */
  block = (jid: Jid, blocked: boolean): Promise<void> => this.#asked((session) => session.contacts.block(jid, blocked))
  renameContact = (jid: Jid, name: string): Promise<void> => this.#asked((session) => session.contacts.rename(jid, name))
  removeContact = (jid: Jid): Promise<void> => this.#asked((session) => session.contacts.remove(jid))
  setNick = (nick: string): Promise<void> => this.#asked((session) => session.personal.setNick(nick))
  setAvatar = (picture: { data: Buffer; type: string; side: number } | null): Promise<void> => this.#asked((session) => session.personal.setAvatar(picture))

  async #asked(run: (session: Session) => Promise<void>): Promise<void> {
    await run(this.#connected())
  }

  #connected(): Session {
    const session = this.#session
    if (session === null || !session.connection.isReady) throw new EngineError('not-connected', 'That needs a connection.')
    return session
  }

  /** Leaves a group; its history stays here. */
  async leave(id: ConversationId): Promise<void> {
    const conversation = await this.store.read.conversation(id)
    if (conversation?.kind !== 'group') return
    await this.#session?.membership.leave(conversation.jid)
    this.emit('changes', await this.store.write.leave({ conversation: id, why: 'left', reason: '' }))
  }

  /** Stores the message and its place in the queue, then sends when it can. */
  async send(id: ConversationId, text: string, reply: MessageId | null = null, attachments: NewAttachment[] = []): Promise<Message> {
    const sender = await this.#senderIn(id)
    this.#typingTo = null
    const changes = await this.store.write.queueMessage({ conversation: id, text, originId: randomUUID(), sender, time: Date.now(), reply, attachments })
    this.emit('changes', changes)
    this.#session?.outbox.flush()
    const message = changes.messages[0]
    if (message === undefined) throw new Error('the message was written and is not there')
    return message
  }

  /** Who we are in a conversation. */
  async #senderIn(id: ConversationId): Promise<Jid> {
    const conversation = await this.store.read.conversation(id)
    if (conversation === null) throw new EngineError('not-found', 'the conversation')
    const own = this.#account === null ? ('me@local.invalid' as Jid) : bare(this.#account.jid)
    return conversation.kind === 'group' ? (`${conversation.jid}/${conversation.nick ?? own}` as Jid) : own
  }

  /** Corrects or takes back an own message, or reacts to any: here at once, to the others when it can. `text`: the new text, or emoji, separated by spaces. */
  async change(id: MessageId, kind: ChangeKind, text: string): Promise<void> {
    const message = await this.store.read.message(id)
    if (message === null) throw new EngineError('not-found', 'the message')
    this.emit('changes', await this.store.write.change({ id, kind, text, originId: randomUUID(), sender: await this.#senderIn(message.conversation), time: Date.now() }))
    this.#session?.outbox.flush()
  }

  /** Deletes messages from this computer alone. */
  async remove(ids: MessageId[]): Promise<void> {
    this.emit('changes', await this.store.write.remove(ids))
  }

  /** We type in a conversation, or do no longer. */
  async type(id: ConversationId, typing: boolean): Promise<void> {
    const conversation = await this.store.read.conversation(id)
    if (conversation === null || conversation.kind === 'group' || (!typing && this.#typingTo !== conversation.jid)) return
    if (!(await this.store.read.settings()).tellTyping) return
    this.#typingTo = typing ? conversation.jid : null
    this.#session?.tellTyping(conversation.jid, typing)
  }

  async retry(id: MessageId): Promise<void> {
    this.emit('changes', await this.store.write.retry(id))
    this.#session?.outbox.flush()
  }

  async discard(id: MessageId): Promise<void> {
    for (const file of (await this.store.read.message(id))?.attachments ?? []) this.media.cancel(file.id)
    this.emit('changes', await this.store.write.discard(id))
  }

  /** Stores a file that a window has handed over as a message, then sends it when it can. */
  async sendFile(id: ConversationId, token: string): Promise<Message> {
    return this.send(id, '', null, [await this.media.intake.finish(token)])
  }

  /** The file of an attachment and its own name, or null where it is not on this computer. */
  async attachmentFile(id: number): Promise<{ path: string; name: string } | null> {
    const file = await this.store.read.attachment(id)
    return file === null || file.stored === null ? null : { path: join(this.media.folder, file.stored), name: file.name }
  }

  /** The picture that somebody shows, or null. */
  async avatarFile(jid: string): Promise<string | null> {
    const avatar = await this.store.read.avatar(jid)
    return avatar === null ? null : join(this.media.folder, avatar.stored)
  }

  async star(id: MessageId, on: boolean): Promise<void> {
    this.emit('changes', await this.store.write.star({ id, on }))
  }

  async markRead(conversation: ConversationId, upTo: MessageId): Promise<void> {
    const changes = await this.store.write.markRead({ conversation, upTo })
    this.emit('changes', changes)
    const [read] = changes.conversations
    const newest = read === undefined ? null : await this.store.read.newestReceived({ conversation, upTo })
    if (read === undefined || newest === null) return
    if (newest.stanzaId !== null) this.#session?.noteRead(read.jid, newest.stanzaId)
    if (newest.id !== null && read.kind === 'direct' && (await this.store.read.settings()).tellRead) this.#session?.tellRead(read.jid, newest.id)
  }

  async saveDraft(conversation: ConversationId, draft: string): Promise<void> {
    this.emit('changes', await this.store.write.saveDraft({ conversation, draft }))
  }

  /** Ends the session, not the store. */
  async disconnect(): Promise<void> {
    const session = this.#session
    this.#session = null
    await this.media.disconnect()
    await session?.stop()
    this.#presences.clear()
    this.emit('requests', [])
    this.emit('invitations', [])
    this.emit('blocked', [])
    this.emit('connection', this.connection)
  }

  async close(): Promise<void> {
    this.#upkeep.stop()
    await this.disconnect()
    await this.#upkeep.stopped
    // on a full disk the log stays beside the file, and is part of the store as well
    await this.store.write.checkpoint().catch((error: unknown) => this.#log.warn(String(error)))
    await this.store.close()
  }

  async #start(account: AccountSettings): Promise<Session> {
    const learnt = Learnt.safeParse(JSON.parse((await this.store.read.remembered(KEEP_ALIVE)) ?? '{}'))
    const connection = new Connection(account, { learnt: learnt.success ? learnt.data : {}, ...(await this.#device(account.jid)) })
    connection.on('token', (token) => void this.store.write.remember({ name: SIGN_IN, json: JSON.stringify({ jid: account.jid, token }) }).catch((error: unknown) => this.#log.warn(String(error))))
    const session = new Session(connection, this.store, this.media.connect(connection), this.media.folder, this.#log)
    connection.active = this.#active
    connection.on('learnt', (now) => void this.store.write.remember({ name: KEEP_ALIVE, json: JSON.stringify(now) }).catch((error: unknown) => this.#log.warn(String(error))))
    this.#session = session
    connection.on('state', (state) => {
      if (this.#session === session) this.emit('connection', state)
    })
    session.on('changes', (changes) => {
      this.emit('changes', changes)
      if (changes.added > 0) this.media.downloads.look()
    })
    session.contacts.on('presence', (jid, presence) => this.#presences.set(jid, presence))
    session.contacts.on('blocked', (blocked) => this.emit('blocked', blocked))
    session.contacts.on('requests', (requests) => this.emit('requests', requests))
    session.membership.on('invitations', (invitations) => this.emit('invitations', invitations))
    session.groups.on('occupants', () => this.emit('occupants'))
    session.on('avatars', () => this.emit('avatars'))
    session.on('typing', (conversation, person, typing) => this.#typists.set(conversation, person, typing))
    session.on('presenceReset', () => {
      this.#typists.clear()
      this.#presences.clear()
    })
    await session.start()
    return session
  }

  /** Who this installation is to a server, and what the server gave it to sign in with. */
  async #device(jid: Jid): Promise<{ device: string; token: SignInToken | null }> {
    const known = await this.store.read.remembered(DEVICE)
    const device = known === null ? randomUUID() : (JSON.parse(known) as string)
    if (known === null) await this.store.write.remember({ name: DEVICE, json: JSON.stringify(device) })
    const kept = JSON.parse((await this.store.read.remembered(SIGN_IN)) ?? 'null') as { jid: Jid; token: SignInToken | null } | null
    return { device, token: kept?.jid === jid ? kept.token : null }
  }

  #changed(conversations: Conversation[]): void {
    this.emit('changes', { conversations, removedConversations: [], messages: [], removed: [], added: 0 })
  }
}

/** Makes the profile's folder and its key where they are missing. Throws StoreOpenError. */
function keyOf({ profile, keyring = NO_KEYRING }: EngineOptions): StoreKey {
  try {
    mkdirSync(profile, { recursive: true, mode: 0o700 })
    return storeKey(profile, keyring, existsSync(join(profile, 'messages.db')))
  } catch (error) {
    // the system's own errors: no room, no right
    throw error instanceof Error && 'syscall' in error ? unwritable(profile, error) : error
  }
}

export { JoinError }
