/** Stream of an account: sign-in, stream management with resumption, keep-alive, reconnection. */
import { EventEmitter } from 'node:events'
import { client, xml, type Client, type Element } from '@xmpp/client'
import { domainOf, localOf } from '../../../contract/address.ts'
import type { AccountSettings, ConnectionState } from '../../../contract/domain.ts'
import type { Learnt } from './keep-alive.ts'
import { Liveness } from './liveness.ts'
import { advance, LASTED_MS, OFF, type MachineEffect, type MachineEvent, type MachineState } from './machine.ts'
import { networkKey } from '../../net/network.ts'
import { negotiate, NS_SM } from './negotiation.ts'
import { Outgoing } from './outgoing.ts'
import { ConnectionError, toConnectionError } from '../../net/problem.ts'
import type { Route } from './route.ts'
import type { Pin } from './sasl/offer.ts'
import { SignIn, type SignInOptions, type SignInToken } from './sasl/sign-in.ts'
import { SecureSocket } from './secure-socket.ts'
import type { GivenUp, Limit } from './stanza-limit.ts'
import { SERVICE, transportOf } from './transport.ts'
import { WebSocketStream } from './web-socket.ts'

const CLOSE_MS = 2000
/** Interval of checks for changed network addresses of this computer, ms. */
const NETWORK_MS = 3000
const NS_BIND2 = 'urn:xmpp:bind:0'
const NS_CSI = 'urn:xmpp:csi:0'
const NS_ROSTER_VERSIONS = 'urn:xmpp:features:rosterver'
const NS_STREAMS = 'http://etherx.jabber.org/streams'

export interface ConnectionOptions extends SignInOptions {
  /** Keep-alive times learnt by earlier connections. */
  learnt?: Learnt
  /** Known limit of stanza sizes. */
  limit?: Limit
}

interface Events {
  state: [ConnectionState]
  /** Bound and ready to send; `resumed`: the old session continues, nothing was missed. */
  ready: [resumed: boolean]
  lost: []
  stanza: [Element]
  /** A stanza listener threw an error. */
  fault: [Error]
  /** The server acknowledged (XEP-0198) or lost this stanza. */
  acked: [Element]
  unacked: [Element]
  /** The stanza ended the stream, or would do so again, and is not sent any more. */
  givenUp: [GivenUp]
  /** Changed limit of stanza sizes, to be stored for the next start. */
  limit: [Limit]
  /** Changed keep-alive times, to be stored for the next start. */
  learnt: [Learnt]
  /** Sign-in token, to be stored for the next start; null: it is invalid. */
  token: [SignInToken | null]
  /** Way in which the server let us in; to be stored for the next start. */
  pin: [Pin]
}

/** Features that a server offers before authentication: RFC 6120, XEP-0388; or binding at once. */
const WAYS_IN = new Set(['mechanisms', 'authentication', 'starttls', 'bind'])

export class Connection extends EventEmitter<Events> {
  readonly account: AccountSettings
  /** Outgoing stanzas and their size limit. */
  readonly outgoing: Outgoing
  readonly #client: Client
  readonly #signIn: SignIn
  readonly #liveness: Liveness
  readonly #route: Route
  #machine: MachineState = OFF
  #shown: ConnectionState = { status: 'signed-out' }
  #retry: NodeJS.Timeout | null = null
  #watch: NodeJS.Timeout | null = null
  #lasted: NodeJS.Timeout | null = null
  #network = ''
  #hasCsi = false
  #offersAcks = false
  #hasRosterVersions = false
  /** Permanent 'nonza' listeners of xmpp.js, which stay from stream to stream. */
  readonly #kept: ReadonlySet<unknown>
  #active = true
  #isLeaving = false
  #toldActive = true

  constructor(account: AccountSettings, { learnt = {}, limit, ...options }: ConnectionOptions = {}) {
    super()
    // each pending request listens for the end of the stream
    this.setMaxListeners(0)
    this.account = account
    const domain = domainOf(account.jid)
    this.#liveness = new Liveness({
      learnt,
      isOpen: () => this.isReady,
      ping: (ms) => this.request(xml('iq', { type: 'get', to: domain }, xml('ping', { xmlns: 'urn:xmpp:ping' })), ms),
      onDied: () => this.#fail(new ConnectionError('timed-out', 'the server no longer answers')),
      onLearnt: (known) => this.emit('learnt', known)
    })
    this.#signIn = new SignIn(account, options, {
      bindings: () => this.#secured?.bindings ?? [],
      onToken: (token) => this.emit('token', token),
      onPin: (pin) => this.emit('pin', pin),
      onError: (error) => entity.emit('error', error)
    })
    const entity = client({ domain, username: localOf(account.jid), credentials: this.#signIn.credentials, service: SERVICE, timeout: this.#liveness.patience })
    entity.reconnect.stop()
    this.#signIn.attach(entity)
    const { transport, route } = transportOf(account)
    entity.transports = [transport]
    this.#route = route
    // a stream that xmpp.js closes gracefully may be the next one already
    const close = entity.disconnect.bind(entity)
    entity.disconnect = () => (this.#isLeaving ? close() : Promise.resolve(entity.socket?.destroy?.()))
    // xmpp.js would follow the redirect by itself, without limit
    entity._onSeeOtherHost = (error) => {
      route.redirect(error.element?.getChildText('see-other-host') ?? '')
      entity.emit('error', error)
    }
    this.#client = entity
    this.outgoing = new Outgoing(entity, limit, { onGivenUp: (given) => this.emit('givenUp', given), onLimit: (known) => this.emit('limit', known) })
    entity.on('stanza', (stanza: Element) => this.#hand(stanza))
    let isSignedIn = false
    entity.on('disconnect', () => {
      isSignedIn = false
      this.#forget()
    })
    entity.on('element', (element: Element) => {
      if (element.name === 'success') isSignedIn = true
      const enabled = element.is('enabled', NS_SM) ? element : element.getChild('bound', NS_BIND2)?.getChild('enabled', NS_SM)
      const location = enabled?.attrs['location']
      if (location !== undefined) route.location = location
      if (element.is('features', NS_STREAMS)) {
        this.#hasCsi = element.getChild('csi', NS_CSI) !== undefined
        this.#offersAcks = element.getChild('sm', NS_SM) !== undefined
        if (!isSignedIn && !element.getChildElements().some(({ name }) => WAYS_IN.has(name))) entity.emit('error', new ConnectionError('no-sign-in', '–'))
        this.#hasRosterVersions = element.getChild('ver', NS_ROSTER_VERSIONS) !== undefined
      }
      if (this.isReady) this.#liveness.heard()
    })
    entity.on('error', (error: Error) => this.#onError(error))
    entity.on('disconnect', () => this.#onDisconnect())
    entity.streamManagement.on('ack', (stanza: Element) => this.emit('acked', stanza))
    entity.streamManagement.on('fail', (stanza: Element) => this.emit('unacked', stanza))
    entity.streamManagement.requestAckDebounce = 50
    this.#kept = new Set(entity.listeners('nonza'))
  }

  get state(): ConnectionState {
    return this.#shown
  }
  get isReady(): boolean {
    return this.#machine.name === 'open'
  }
  /** False: the server has no XEP-0198, and only an answer that follows a stanza shows that it was accepted. */
  get hasAcks(): boolean {
    return this.#client.streamManagement.enabled
  }
  /** XEP-0352 */
  get hasCsi(): boolean {
    return this.#hasCsi
  }
  /** The server sends roster changes only (RFC 6121 section 2.6.1). */
  get hasRosterVersions(): boolean {
    return this.#hasRosterVersions
  }
  /** IP address of the server; null: not connected. */
  get serverAddress(): string | null {
    return this.#secured?.remoteAddress ?? null
  }
  get #secured(): SecureSocket | WebSocketStream | null {
    const socket: unknown = this.#client.socket
    return socket instanceof SecureSocket || socket instanceof WebSocketStream ? socket : null
  }
  /** Full address bound by the server. */
  get jid(): string {
    return this.#client.jid?.toString() ?? this.account.jid
  }

  start(): void {
    this.#network = networkKey()
    this.#liveness.network = this.#network
    this.#watch = setInterval(() => this.#lookAtNetwork(), NETWORK_MS)
    this.#watch.unref()
    this.#on({ type: 'start' })
  }

  /** Tries at once instead of waiting for the next attempt. */
  retryNow(): void {
    this.#route.forget()
    this.#on({ type: 'retry' })
  }

  /** Handles a wake-up of this computer. */
  wake(): void {
    this.#route.forget()
    this.#on({ type: 'woke' })
  }

  /** Signs out; ends all timers and retries. */
  async stop(): Promise<void> {
    if (this.#watch !== null) clearInterval(this.#watch)
    this.#watch = null
    const wasOpen = this.isReady
    const closed = this.#client.socket === null ? Promise.resolve() : this.#sayGoodbye()
    this.#on({ type: 'stop' })
    if (wasOpen) this.emit('lost')
    await closed
  }

  /** State shown while the archive is read; set by the sync. */
  set catchingUp(running: boolean) {
    this.#on({ type: 'catching-up', running })
  }

  /** True while a window is visible: otherwise the server may hold back unimportant stanzas (XEP-0352). */
  set active(active: boolean) {
    this.#active = active
    this.#tellActive()
  }

  send(stanza: Element): Promise<void> {
    if (!this.isReady) return Promise.reject(new ConnectionError('network', 'not connected'))
    if (this.hasAcks) this.#liveness.owed()
    return this.outgoing.send(stanza)
  }

  /** Answers requests of others: with an element, with an empty result (true), or as unsupported (undefined). */
  answer(type: 'get' | 'set', namespace: string, name: string, handler: (stanza: Element) => Element | true | undefined): void {
    this.#client.iqCallee[type](namespace, name, ({ stanza }) => handler(stanza))
  }

  /** Sends an IQ and returns its answer. Rejects with xmpp.js's StanzaError, or ConnectionError if the stream ended or time ran out. */
  async request(iq: Element, timeoutMs = 30_000): Promise<Element> {
    if (!this.isReady) throw new ConnectionError('network', 'not connected')
    const lost = Promise.withResolvers<never>()
    const onLost = (): void => lost.reject(new ConnectionError('network', 'the connection was lost'))
    this.once('lost', onLost)
    try {
      return await Promise.race([this.outgoing.request(iq, timeoutMs), lost.promise])
    } finally {
      this.removeListener('lost', onLost)
    }
  }

  /** Calls all listeners: an error in one of them neither stops the others nor ends the stream. */
  #hand(stanza: Element): void {
    for (const listener of this.listeners('stanza')) {
      try {
        listener(stanza)
      } catch (error) {
        this.emit('fault', error instanceof Error ? error : new Error(String(error)))
      }
    }
  }

  /**
   * Drops xmpp.js's pending work of an ended stream, which would otherwise run on in the next one: an interrupted sign-in would answer the next challenge,
   * too, and a request that timed out would end a healthy stream.
   */
  #forget(): void {
    const entity = this.#client
    for (const listener of entity.listeners('nonza')) if (!this.#kept.has(listener)) entity.removeListener('nonza', listener)
    const error = new ConnectionError('network', 'the server closed the connection')
    for (const { reject } of entity.iqCaller.handlers.values()) reject(error)
    entity.iqCaller.handlers.clear()
    entity.emit('error', error)
  }

  /** The one place where the state changes. */
  #on(event: MachineEvent, error: ConnectionError | null = null): void {
    const before = this.#machine
    const { state, effects } = advance(before, event, Math.random())
    this.#machine = state
    if (state.name !== before.name && this.#lasted !== null) clearTimeout(this.#lasted)
    if (state.name !== before.name) this.#lasted = state.name === 'open' ? setTimeout(() => this.#lastedLong(), LASTED_MS).unref() : null
    if (before.name === 'open' && state.name === 'waiting') {
      this.#liveness.rest()
      this.emit('lost')
    }
    for (const effect of effects) this.#do(effect)
    if (state !== before) this.#show(error)
  }

  #lastedLong(): void {
    this.#route.lasted()
    this.#on({ type: 'lasted' })
  }

  #do(effect: MachineEffect): void {
    switch (effect) {
      case 'attempt':
        // by then the remains of the last stream are cleaned up
        setImmediate(() => {
          if (this.#machine.name === 'connecting') void this.#attempt()
        })
        break
      case 'wait':
        if (this.#machine.name === 'waiting' && this.#machine.ms !== null) this.#retry = setTimeout(() => this.#on({ type: 'elapsed' }), this.#machine.ms)
        break
      case 'stop-waiting':
        if (this.#retry !== null) clearTimeout(this.#retry)
        this.#retry = null
        this.#liveness.rest()
        break
      case 'close':
        // after stop() the stream is still to be closed gracefully
        if (this.#machine.name !== 'off') this.#client.socket?.destroy?.()
        break
      case 'check':
        void this.#liveness.check()
        break
    }
  }

  async #attempt(): Promise<void> {
    try {
      const resumed = await negotiate(this.#client, this.#signIn, () => this.#offersAcks, this.#liveness.patience)
      if (this.#machine.name !== 'connecting') {
        this.#client.socket?.destroy?.()
        return
      }
      // a new stream counts as active (XEP-0352 section 4)
      if (!resumed) this.#toldActive = true
      this.#signIn.succeeded()
      this.#route.opened()
      this.#liveness.opened()
      this.#on({ type: 'opened', resumed })
      this.#tellActive()
      this.emit('ready', resumed)
    } catch (cause) {
      const error = toConnectionError(this.#signIn.explain(cause))
      if (error.problem === 'timed-out') this.#liveness.slow()
      if (this.#machine.name === 'connecting') this.#fail(error)
    }
  }

  #onError(error: Error): void {
    if (!this.isReady) return
    const problem = toConnectionError(error)
    if (problem.problem !== 'network') this.#fail(problem)
  }

  #onDisconnect(): void {
    if (this.isReady) this.#fail(new ConnectionError('network', 'the connection was lost'))
  }

  #fail(error: ConnectionError): void {
    const { elsewhere, problem, error: shown } = this.#route.failed(error)
    this.#on({ type: 'failed', problem, shutdown: error.message === 'system-shutdown', elsewhere }, shown)
  }

  /** Handles a network change: open connections may be dead, and unreachable hosts may be reachable. */
  #lookAtNetwork(): void {
    const now = networkKey()
    if (now === this.#network) return
    this.#network = now
    this.#liveness.network = now
    this.#route.forget()
    if (now !== '') this.#on({ type: 'network' })
  }

  #tellActive(): void {
    if (!this.isReady || !this.#hasCsi || this.#active === this.#toldActive) return
    this.#toldActive = this.#active
    this.#client.send(xml(this.#active ? 'active' : 'inactive', { xmlns: NS_CSI })).catch(() => undefined)
  }

  async #sayGoodbye(): Promise<void> {
    const gone = Promise.withResolvers<undefined>()
    const timer = setTimeout(() => gone.resolve(undefined), CLOSE_MS)
    this.#client.once('disconnect', () => gone.resolve(undefined))
    this.#isLeaving = true
    // xmpp.js waits much longer for the server's closing tag, even if the stream has broken off
    await Promise.race([this.#client.stop().catch(() => undefined), gone.promise])
    this.#isLeaving = false
    clearTimeout(timer)
    this.#client.socket?.destroy?.()
  }

  /** Updates the state shown to the user. */
  #show(error: ConnectionError | null): void {
    const machine = this.#machine
    switch (machine.name) {
      case 'off':
        this.#shown = { status: 'signed-out' }
        break
      case 'connecting':
        this.#shown = { status: 'connecting' }
        break
      case 'open':
        this.#shown = { status: machine.caughtUp ? 'online' : 'catching-up' }
        break
      case 'waiting':
        this.#shown = {
          status: 'waiting',
          problem: error?.problem ?? 'network',
          detail: error?.message ?? '',
          retryAt: machine.ms === null ? null : Date.now() + machine.ms,
          certificate: error?.certificate ?? null
        }
    }
    this.emit('state', this.#shown)
  }
}
