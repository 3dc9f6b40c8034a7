/** Accounts of a profile: one session per account, and the live state that windows show of all of them. */
import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { bare } from '../contract/address.ts'
import type { AccountSettings, ConnectionState, ContactRequest, Invitation, Jid, Presence } from '../contract/domain.ts'
import type { EngineLive } from '../contract/live.ts'
import { Connection } from './xmpp/stream/connection.ts'
import { Pin } from './xmpp/stream/sasl/offer.ts'
import type { SignInOptions, SignInToken } from './xmpp/stream/sasl/sign-in.ts'
import { Learnt } from './xmpp/stream/keep-alive.ts'
import { Limit } from './xmpp/stream/stanza-limit.ts'
import type { Media } from './media/media.ts'
import { nameOf } from './store/tables/name.ts'
import type { Store } from './threads/store.ts'
import type { StoreChanges } from './store/types.ts'
import { ArchiveWatch } from './xmpp/modules/archive-watch.ts'
import { Presences } from './xmpp/modules/presences.ts'
import { rosterCopyName } from './xmpp/modules/roster-copy.ts'
import type { LiveState } from './live.ts'
import type { Log } from './log.ts'
import { Session } from './xmpp/session.ts'
import { Shortages } from './xmpp/modules/shortages.ts'
import { TypingPeople } from './xmpp/modules/typing-people.ts'

interface Events {
  changes: [StoreChanges]
  /** Time of an account's server, ms; `exact` false: the clock shows this time or a later one. */
  time: [account: Jid, time: number, exact: boolean]
}

/** Live topics that combine all accounts. */
type Topic = 'accounts' | 'requests' | 'invitations' | 'blocked'

interface Running {
  session: Session
  shortages: Shortages
  presences: Presences
  typingPeople: TypingPeople
}

/** Names of stored values, of one account or of all. */
const KEEP_ALIVE = 'keep-alive'
const DEVICE = 'device'
const signInName = (jid: Jid): string => `sign-in:${jid}`
const limitName = (jid: Jid): string => `limit:${jid}`
const pinName = (jid: Jid): string => `sign-in-pin:${jid}`
/** Longest wait for the server to invalidate the token at sign-out, ms. */
const REVOKE_MS = 10_000

export class Accounts extends EventEmitter<Events> {
  readonly #store: Store
  readonly #media: Media
  readonly #live: LiveState
  readonly #log: Log
  readonly #running = new Map<Jid, Running>()
  #settings: AccountSettings[] = []
  #active = true
  /** Counter of typing updates: a newer update supersedes one that still waits for names. */
  #typingTold = 0

  constructor(store: Store, media: Media, live: LiveState, log: Log) {
    super()
    this.#live = live
    this.#store = store
    this.#media = media
    this.#log = log
    media.closedGroups = () => [...this.#running.values()].flatMap(({ session }) => session.groups.closed)
  }

  async load(): Promise<void> {
    this.#settings = await this.#store.read.accounts()
    await this.#tellAvatars()
    this.#tell('accounts')
  }

  /** Stored accounts, in the order in which they were added. */
  get settings(): readonly AccountSettings[] {
    return this.#settings
  }

  /** Connection state of each account. */
  get list(): EngineLive['accounts'] {
    return this.#settings.map(({ jid, trustedFingerprint }) => ({
      jid,
      connection: this.state(jid),
      accepted: trustedFingerprint,
      shortages: this.#running.get(jid)?.shortages.now ?? []
    }))
  }

  state(jid: Jid): ConnectionState {
    return this.#running.get(jid)?.session.connection.state ?? { status: 'signed-out' }
  }

  /** Session of an account, or null. */
  of(jid: Jid | null): Session | null {
    return jid === null ? null : (this.#running.get(jid)?.session ?? null)
  }

  get sessions(): Session[] {
    return [...this.#running.values()].map(({ session }) => session)
  }

  /** Presence of each contact's best resource, by bare address. */
  get presence(): ReadonlyMap<string, Presence> {
    return new Map([...this.#running.values()].flatMap(({ presences }) => [...presences.now]))
  }
  /** Presence of one person, from the last account that knows it. */
  presenceOf(jid: Jid): Presence {
    return [...this.#running.values()].findLast(({ presences }) => presences.now.has(jid))?.presences.now.get(jid) ?? 'offline'
  }
  /** Typing people by conversation: occupants in groups, addresses otherwise. */
  get typing(): ReadonlyMap<Jid, readonly Jid[]> {
    return new Map([...this.#running.values()].flatMap(({ typingPeople }) => [...typingPeople.now]))
  }
  get requests(): ContactRequest[] {
    return [...this.#running].flatMap(([account, { session }]) => session.contacts.requests.map((jid) => ({ account, jid })))
  }
  get blocked(): ContactRequest[] {
    return [...this.#running].flatMap(([account, { session }]) => session.contacts.blocked.map((jid) => ({ account, jid })))
  }
  get invitations(): Invitation[] {
    return this.sessions.flatMap((session) => session.membership.invitations)
  }

  /** Current value of each topic, over all accounts. */
  readonly #topics: { [T in Topic]: () => EngineLive[T] } = {
    accounts: () => this.list,
    requests: () => this.requests,
    invitations: () => this.invitations,
    blocked: () => this.blocked
  }

  #tell(...topics: Topic[]): void {
    for (const topic of topics) this.#live.set(topic, this.#topics[topic]())
  }

  /** Publishes who is typing, with the names that contacts have elsewhere in the app. */
  async #tellTyping(): Promise<void> {
    const mine = ++this.#typingTold
    const now = [...this.typing]
    const names = await this.#store.read.contactNames(now.flatMap(([, people]) => people))
    if (mine !== this.#typingTold) return
    let at = 0
    this.#live.set('typing', Object.fromEntries(now.map(([conversation, people]) => [conversation, people.map((person) => nameOf(person, names[at++]))])))
  }

  async #tellAvatars(): Promise<void> {
    const avatars = await this.#store.read.avatars()
    this.#live.set('avatars', Object.fromEntries(avatars.map(({ jid, hash }) => [jid, hash])))
  }

  /** True while any window is visible. */
  set active(active: boolean) {
    this.#active = active
    for (const session of this.sessions) session.connection.active = active
  }

  /** Connects stored accounts that are not connected. */
  async connect(): Promise<void> {
    for (const settings of this.#settings) if (!this.#running.has(settings.jid)) await this.#start(settings)
  }

  /** Signs in; settles when that worked or failed. The account is stored only on success; until then an existing account keeps running unchanged. */
  async signIn(settings: AccountSettings): Promise<ConnectionState> {
    const account = { ...settings, jid: bare(settings.jid) }
    if (this.#running.has(account.jid)) {
      const refused = await this.#try(account, await this.#signInOptions(account.jid, true))
      if (refused !== null) return refused
    }
    await this.#stop(account.jid)
    // messages written before there was an account go out with the first one
    const adopted = this.#settings.length === 0 ? await this.#store.write.adopt(account.jid) : []
    const { connection } = await this.#start(account, true)
    const state = await settled(connection)
    if (state.status !== 'online' && state.status !== 'catching-up') {
      await this.#stop(account.jid)
      await this.#store.write.disown(adopted)
    } else await this.#save(account)
    return state
  }

  /** Signs in on a second connection and out again; null on success. */
  async #try(account: AccountSettings, options: SignInOptions): Promise<ConnectionState | null> {
    const connection = new Connection(account, options)
    connection.start()
    const state = await settled(connection)
    await connection.stop()
    return state.status === 'waiting' ? state : null
  }

  async #save(account: AccountSettings): Promise<void> {
    const at = this.#settings.findIndex(({ jid }) => jid === account.jid)
    this.#settings = at < 0 ? [...this.#settings, account] : this.#settings.with(at, account)
    await this.#store.write.saveAccount(account)
    this.#tell('accounts')
  }

  /** Removes an account; its messages stay. */
  async signOut(jid: Jid): Promise<void> {
    const account = this.#settings.find((known) => known.jid === jid)
    const session = this.of(jid)
    const mayRevoke = session?.connection.isReady === true
    await session?.encryption.retire()
    await this.#stop(jid)
    if (account !== undefined && mayRevoke) await this.#revoke(account)
    this.#settings = this.#settings.filter((account) => account.jid !== jid)
    await this.#store.write.removeAccount(jid)
    for (const name of [signInName(jid), pinName(jid), limitName(jid), rosterCopyName(jid)]) await this.#store.write.remember({ name, json: 'null' })
    this.#tell('accounts')
  }

  /** Invalidates the sign-in token of this installation on the server (XEP-0484 section 5.4), so that a copy of it is worthless. */
  async #revoke(account: AccountSettings): Promise<void> {
    const options = await this.#signInOptions(account.jid, false)
    if (options.token === null) return
    const connection = new Connection(account, { ...options, revoke: true })
    connection.start()
    const timer = setTimeout(() => void connection.stop(), REVOKE_MS)
    const state = await settled(connection)
    clearTimeout(timer)
    if (state.status === 'waiting') this.#log.warn(`the server did not invalidate the token: ${state.problem}`)
    await connection.stop()
  }

  /** Retries now, with a password or certificate that the user has just given; it is stored once it works. */
  async reconnect(jid: Jid, change: { trustFingerprint: string | null; password: string | null }): Promise<void> {
    const session = this.of(jid)
    // credentials that were given before and have not worked yet are tried again
    const known = session?.connection.account ?? this.#settings.find((account) => account.jid === jid)
    if (known === undefined) return
    if (change.trustFingerprint === null && change.password === null && session !== null) {
      session.connection.retryNow()
      return
    }
    const account = {
      ...known,
      ...(change.trustFingerprint === null ? {} : { trustedFingerprint: change.trustFingerprint }),
      ...(change.password === null ? {} : { password: change.password })
    }
    await this.#stop(jid)
    const { connection } = await this.#start(account, change.password !== null)
    const keep = (): void => void this.#save(account).catch((error: unknown) => this.#log.warn(String(error)))
    if (connection.isReady) keep()
    else connection.once('ready', keep)
  }

  /** Ends all sessions; the accounts stay. */
  async disconnect(): Promise<void> {
    for (const jid of [...this.#running.keys()]) await this.#stop(jid)
  }

  async #stop(jid: Jid): Promise<void> {
    const running = this.#running.get(jid)
    if (running === undefined) return
    this.#running.delete(jid)
    await this.#media.disconnect(jid)
    await running.session.stop()
    running.typingPeople.clear()
    running.presences.clear()
    this.#tell('requests', 'invitations', 'blocked', 'accounts')
  }

  /** `typed`: the password was just typed, so sign in with it and not with a token. */
  async #start(account: AccountSettings, typed = false): Promise<Session> {
    const { jid } = account
    const learnt = Learnt.safeParse(JSON.parse((await this.#store.read.remembered(KEEP_ALIVE)) ?? '{}'))
    const limit = Limit.safeParse(JSON.parse((await this.#store.read.remembered(limitName(jid))) ?? 'null'))
    const connection = new Connection(account, {
      ...(limit.success ? { limit: limit.data } : {}),
      learnt: learnt.success ? learnt.data : {},
      ...(await this.#signInOptions(jid, typed))
    })
    const keep = (name: string, value: unknown): void => {
      this.#store.write.remember({ name, json: JSON.stringify(value) }).catch((error: unknown) => this.#log.warn(String(error)))
    }
    connection.on('token', (token) => keep(signInName(jid), token))
    connection.on('pin', (pin) => keep(pinName(jid), pin))
    connection.on('limit', (known) => keep(limitName(jid), known))
    connection.on('learnt', (now) => keep(KEEP_ALIVE, now))
    connection.on('state', () => this.#tell('accounts'))
    connection.active = this.#active
    const uploads = this.#media.connect(connection)
    const shortages = new Shortages(connection, uploads, (message) => this.#log.warn(message))
    shortages.on('change', () => this.#tell('accounts'))
    const session = new Session(connection, this.#store, uploads, this.#media.folder, this.#log)
    new ArchiveWatch(
      connection,
      shortages,
      () => session.archives.read(jid),
      (message) => this.#log.warn(message)
    )
    const presences = new Presences((person) => this.#live.set('presence', { [person]: this.presenceOf(person) }))
    const typingPeople = new TypingPeople(() => void this.#tellTyping().catch((error: unknown) => this.#log.warn(String(error))))
    this.#running.set(jid, { session, shortages, presences, typingPeople })
    session.on('changes', (changes) => {
      this.emit('changes', changes)
      if (changes.added > 0) this.#media.downloads.look()
    })
    session.on('entered', () => this.#media.downloads.look())
    session.contacts.on('presence', (from, presence) => presences.set(from, presence))
    session.contacts.on('blocked', () => this.#tell('blocked'))
    session.contacts.on('requests', () => this.#tell('requests'))
    session.membership.on('invitations', () => this.#tell('invitations'))
    session.contacts.on('roster', () => this.#live.count('rosters'))
    session.on('devices', () => this.#live.count('devices'))
    session.groups.on('occupants', () => this.#live.count('occupants'))
    session.clock.on('time', (time, exact) => this.emit('time', jid, time, exact))
    session.on('avatars', () => void this.#tellAvatars().catch((error: unknown) => this.#log.warn(String(error))))
    session.typing.on('typing', (conversation, person, typing) => typingPeople.set(conversation, person, typing))
    session.on('presenceReset', () => {
      typingPeople.clear()
      presences.clear()
    })
    await session.start()
    return session
  }

  /** Sign-in data of this installation: its device id, the token from the server, and the mechanism used last time. */
  async #signInOptions(jid: Jid, typed: boolean): Promise<SignInOptions> {
    const known = await this.#store.read.remembered(DEVICE)
    const device = known === null ? randomUUID() : (JSON.parse(known) as string)
    if (known === null) await this.#store.write.remember({ name: DEVICE, json: JSON.stringify(device) })
    const pin = Pin.nullable().safeParse(JSON.parse((await this.#store.read.remembered(pinName(jid))) ?? 'null'))
    const token = JSON.parse((await this.#store.read.remembered(signInName(jid))) ?? 'null') as SignInToken | null
    return { device, token: typed ? null : token, pin: pin.data ?? null, mayBeWeaker: typed }
  }
}

/** First settled state of a connection that was started: open, waiting, or ended. */
function settled(connection: Connection): Promise<ConnectionState> {
  const { promise, resolve } = Promise.withResolvers<ConnectionState>()
  const onState = (next: ConnectionState): void => {
    if (next.status === 'connecting') return
    connection.removeListener('state', onState)
    resolve(next)
  }
  connection.on('state', onState)
  onState(connection.state)
  return promise
}
