/** The accounts of a profile: a session each, side by side, and what windows are to know of all of them. */
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
import { Typists } from './xmpp/modules/typists.ts'

interface Events {
  changes: [StoreChanges]
  /** What the clock of an account's server says, ms; `exact` false: it says that or more. */
  time: [account: Jid, time: number, exact: boolean]
}

/** What is told of all accounts together. */
type Topic = 'accounts' | 'requests' | 'invitations' | 'blocked'

interface Running {
  session: Session
  shortages: Shortages
  presences: Presences
  typists: Typists
}

/** What is remembered of an account, and of all. */
const KEEP_ALIVE = 'keep-alive'
const DEVICE = 'device'
const signInName = (jid: Jid): string => `sign-in:${jid}`
const limitName = (jid: Jid): string => `limit:${jid}`
const pinName = (jid: Jid): string => `sign-in-pin:${jid}`
/** At most so long signing out waits for the server to invalidate the token, ms. */
const REVOKE_MS = 10_000

export class Accounts extends EventEmitter<Events> {
  readonly #store: Store
  readonly #media: Media
  readonly #live: LiveState
  readonly #log: Log
  readonly #running = new Map<Jid, Running>()
  #settings: AccountSettings[] = []
  #active = true
  /** How often it was told who types. */
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

  /** Those that are stored, in the order in which they were added. */
  get settings(): readonly AccountSettings[] {
    return this.#settings
  }

  /** How each of them is connected. */
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

  /** The session of an account; null where it has none. */
  of(jid: Jid | null): Session | null {
    return jid === null ? null : (this.#running.get(jid)?.session ?? null)
  }

  get sessions(): Session[] {
    return [...this.#running.values()].map(({ session }) => session)
  }

  /** What each one's best resource shows, by bare address. */
  get presence(): ReadonlyMap<string, Presence> {
    return new Map([...this.#running.values()].flatMap(({ presences }) => [...presences.now]))
  }
  /** The same of one person: as the last account that knows it says. */
  presenceOf(jid: Jid): Presence {
    return [...this.#running.values()].findLast(({ presences }) => presences.now.has(jid))?.presences.now.get(jid) ?? 'offline'
  }
  /** Who types now, by conversation: occupants in groups, addresses otherwise. */
  get typing(): ReadonlyMap<Jid, readonly Jid[]> {
    return new Map([...this.#running.values()].flatMap(({ typists }) => [...typists.now]))
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

  /** What all accounts together say of a topic. */
  readonly #topics: { [T in Topic]: () => EngineLive[T] } = {
    accounts: () => this.list,
    requests: () => this.requests,
    invitations: () => this.invitations,
    blocked: () => this.blocked
  }

  #tell(...topics: Topic[]): void {
    for (const topic of topics) this.#live.set(topic, this.#topics[topic]())
  }

  /** Those who type, as they are called everywhere. */
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

  /** Whether any window can be seen. */
  set active(active: boolean) {
    this.#active = active
    for (const session of this.sessions) session.connection.active = active
  }

  /** Connects those that are stored and not connected. */
  async connect(): Promise<void> {
    for (const settings of this.#settings) if (!this.#running.has(settings.jid)) await this.#start(settings)
  }

  /** Signs in; settles when that worked or failed. It is stored only where it worked; until then an account that is there goes on as it is. */
  async signIn(settings: AccountSettings): Promise<ConnectionState> {
    const account = { ...settings, jid: bare(settings.jid) }
    if (this.#running.has(account.jid)) {
      const refused = await this.#try(account, await this.#signInOptions(account.jid, true))
      if (refused !== null) return refused
    }
    await this.#stop(account.jid)
    // what was written before there was any account goes out with the first one
    const adopted = this.#settings.length === 0 ? await this.#store.write.adopt(account.jid) : []
    const { connection } = await this.#start(account, true)
    const state = await settled(connection)
    if (state.status !== 'online' && state.status !== 'catching-up') {
      await this.#stop(account.jid)
      await this.#store.write.disown(adopted)
    } else await this.#save(account)
    return state
  }

  /** Signs in beside the session that is running, and out again; null: that works. */
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

  /** Forgets an account; its messages stay. */
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

  /** Lets the server forget the token that signs this installation in (XEP-0484 section 5.4): who has a copy has nothing. */
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

  /** Tries again now, with a password or a certificate that the user has just given; it is stored once that works. */
  async reconnect(jid: Jid, change: { trustFingerprint: string | null; password: string | null }): Promise<void> {
    const session = this.of(jid)
    // what was given before and has not worked yet is still tried
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
    running.typists.clear()
    running.presences.clear()
    this.#tell('requests', 'invitations', 'blocked', 'accounts')
  }

  /** `typed`: the password was just typed, so it is what signs in. */
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
    const typists = new Typists(() => void this.#tellTyping().catch((error: unknown) => this.#log.warn(String(error))))
    this.#running.set(jid, { session, shortages, presences, typists })
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
    session.groups.on('occupants', () => this.#live.count('occupants'))
    session.clock.on('time', (time, exact) => this.emit('time', jid, time, exact))
    session.on('avatars', () => void this.#tellAvatars().catch((error: unknown) => this.#log.warn(String(error))))
    session.typing.on('typing', (conversation, person, typing) => typists.set(conversation, person, typing))
    session.on('presenceReset', () => {
      typists.clear()
      presences.clear()
    })
    await session.start()
    return session
  }

  /** Who this installation is to a server, what the server gave it to sign in with, and how it signed in the last time. */
  async #signInOptions(jid: Jid, typed: boolean): Promise<SignInOptions> {
    const known = await this.#store.read.remembered(DEVICE)
    const device = known === null ? randomUUID() : (JSON.parse(known) as string)
    if (known === null) await this.#store.write.remember({ name: DEVICE, json: JSON.stringify(device) })
    const pin = Pin.nullable().safeParse(JSON.parse((await this.#store.read.remembered(pinName(jid))) ?? 'null'))
    const token = JSON.parse((await this.#store.read.remembered(signInName(jid))) ?? 'null') as SignInToken | null
    return { device, token: typed ? null : token, pin: pin.data ?? null, mayBeWeaker: typed }
  }
}

/** How a connection that was started ends up: open, waiting, or ended. */
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
