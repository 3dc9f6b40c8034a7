/** The one stream of an account: sign-in, stream management with resume, keep-alive, reconnect. */
import { EventEmitter } from 'node:events'
import { client, xml, type Client, type Element } from '@xmpp/client'
import ConnectionTCP from '@xmpp/tcp/lib/Connection.js'
import { domainOf, localOf } from '../../contract/address.ts'
import type { AccountSettings, ConnectionState } from '../../contract/domain.ts'
import { backoff } from './backoff.ts'
import { ConnectionError, toConnectionError } from './problem.ts'
import { SecureSocket, type Endpoint } from './secure-socket.ts'

const SERVICE = 'mnemo://account'
const NS_SM = 'urn:xmpp:sm:3'
const NEGOTIATION_MS = 30_000
const PING_EVERY_MS = 60_000
const PING_ANSWER_MS = 20_000
const CLOSE_MS = 2000
/** Only the user can mend these. */
const FATAL = new Set(['wrong-password', 'certificate', 'conflict'])

interface Events {
  state: [ConnectionState]
  /** Bound and ready to send; `resumed`: the old session goes on, nothing was missed. */
  ready: [resumed: boolean]
  lost: []
  stanza: [Element]
  /** The server took (XEP-0198) or lost this stanza. */
  acked: [Element]
  unacked: [Element]
}

export class Connection extends EventEmitter<Events> {
  readonly account: AccountSettings
  readonly #client: Client
  #state: ConnectionState = { status: 'signed-out' }
  #wanted = false
  #tries = 0
  #retry: NodeJS.Timeout | null = null
  #pinger: NodeJS.Timeout | null = null
  #attempting = false
  #ready = false

  constructor(account: AccountSettings) {
    super()
    this.account = account
    const domain = domainOf(account.jid)
    const endpoint: Endpoint = { domain, host: account.host, port: account.port, security: account.security, trustedFingerprint: account.trustedFingerprint }
    class Transport extends ConnectionTCP {
      override socketParameters(service: string): unknown {
        return service === SERVICE ? endpoint : undefined
      }
    }
    Object.assign(Transport.prototype, { Socket: SecureSocket, NS: 'jabber:client' })
    const entity = client({ domain, username: localOf(account.jid), password: account.password, service: SERVICE, timeout: NEGOTIATION_MS })
    entity.reconnect.stop()
    entity.transports = [Transport]
    this.#client = entity
    entity.on('stanza', (stanza: Element) => this.emit('stanza', stanza))
    entity.on('error', (error: Error) => this.#onError(error))
    entity.on('disconnect', () => this.#onDisconnect())
    entity.streamManagement.on('ack', (stanza: Element) => this.emit('acked', stanza))
    entity.streamManagement.on('fail', (stanza: Element) => this.emit('unacked', stanza))
    entity.streamManagement.requestAckDebounce = 50
  }

  get state(): ConnectionState {
    return this.#state
  }
  get isReady(): boolean {
    return this.#ready
  }
  /** False: the server has no XEP-0198, and a stanza is known to be taken only by an answer that follows it. */
  get hasAcks(): boolean {
    return this.#client.streamManagement.enabled
  }
  /** The full address that the server bound. */
  get jid(): string {
    return this.#client.jid?.toString() ?? this.account.jid
  }

  start(): void {
    this.#wanted = true
    void this.#attempt()
  }

  /** Tries at once instead of waiting for the next turn. */
  retryNow(): void {
    if (!this.#wanted || this.#ready) return
    this.#tries = 0
    void this.#attempt()
  }

  /** Asks the server for a sign of life now; after a wake from sleep. */
  wake(): void {
    if (this.#ready) void this.#ping()
    else this.retryNow()
  }

  /** Signs out: no timer and no retry outlives this. */
  async stop(): Promise<void> {
    this.#wanted = false
    this.#clearTimers()
    if (this.#client.socket !== null) {
      const timer = setTimeout(() => this.#client.socket?.destroy?.(), CLOSE_MS)
      await this.#client.stop().catch(() => undefined)
      clearTimeout(timer)
      this.#client.socket?.destroy?.()
    }
    this.#ready = false
    this.#set({ status: 'signed-out' })
  }

  /** For sync: what the user is told while the archive is read. */
  set catchingUp(running: boolean) {
    if (this.#ready) this.#set({ status: running ? 'catching-up' : 'online' })
  }

  send(stanza: Element): Promise<void> {
    if (!this.#ready) return Promise.reject(new ConnectionError('network', 'not connected'))
    return this.#client.send(stanza)
  }

  /** An IQ and its answer. Rejects with xmpp.js's StanzaError, or ConnectionError where the stream ended or time ran out. */
  async request(iq: Element, timeoutMs = 30_000): Promise<Element> {
    if (!this.#ready) throw new ConnectionError('network', 'not connected')
    const lost = Promise.withResolvers<never>()
    const onLost = (): void => lost.reject(new ConnectionError('network', 'the connection was lost'))
    this.once('lost', onLost)
    try {
      return await Promise.race([this.#client.iqCaller.request(iq, timeoutMs), lost.promise])
    } finally {
      this.removeListener('lost', onLost)
    }
  }

  async #attempt(): Promise<void> {
    if (this.#attempting || this.#ready || !this.#wanted) return
    this.#attempting = true
    this.#clearTimers()
    this.#set({ status: 'connecting' })
    try {
      const resumed = await this.#negotiate()
      this.#attempting = false
      if (!this.#wanted) return
      this.#ready = true
      this.#tries = 0
      this.#pinger = setInterval(() => void this.#ping(), PING_EVERY_MS)
      this.#set({ status: resumed ? 'online' : 'catching-up' })
      this.emit('ready', resumed)
    } catch (cause) {
      this.#attempting = false
      this.#client.socket?.destroy?.()
      this.#failed(toConnectionError(cause))
    }
  }

  /** Opens socket and stream and waits until stanzas may be sent; true where the old session was resumed. */
  async #negotiate(): Promise<boolean> {
    const entity = this.#client
    const { promise, resolve, reject } = Promise.withResolvers<boolean>()
    promise.catch(() => undefined)
    const timer = setTimeout(() => reject(new ConnectionError('timed-out', 'signing in took too long')), NEGOTIATION_MS)
    let fallback: NodeJS.Timeout | undefined
    const onResumed = (): void => resolve(true)
    // stanzas sent before stream management is on would never be acknowledged
    const onOnline = (): void => void (fallback = setTimeout(() => resolve(false), 3000))
    const onNonza = (element: Element): void => {
      if (element.is('enabled', NS_SM)) setImmediate(() => resolve(false))
    }
    const onDisconnect = (): void => reject(new ConnectionError('network', 'the server closed the connection'))
    entity.on('error', reject)
    entity.on('online', onOnline)
    entity.on('nonza', onNonza)
    entity.on('disconnect', onDisconnect)
    entity.streamManagement.on('resumed', onResumed)
    try {
      await entity.connect(SERVICE)
      await entity.open(entity.options)
      return await promise
    } finally {
      clearTimeout(timer)
      clearTimeout(fallback)
      entity.removeListener('error', reject)
      entity.removeListener('online', onOnline)
      entity.removeListener('nonza', onNonza)
      entity.removeListener('disconnect', onDisconnect)
      entity.streamManagement.removeListener('resumed', onResumed)
    }
  }

  #onError(error: Error): void {
    if (!this.#ready) return
    const problem = toConnectionError(error)
    if (problem.problem !== 'network') this.#lost(problem)
  }

  #onDisconnect(): void {
    if (this.#ready) this.#lost(new ConnectionError('network', 'the connection was lost'))
  }

  #lost(problem: ConnectionError): void {
    this.#ready = false
    this.#clearTimers()
    this.emit('lost')
    this.#client.socket?.destroy?.()
    this.#failed(problem)
  }

  #failed(error: ConnectionError): void {
    if (!this.#wanted) return
    this.#tries++
    const wait = FATAL.has(error.problem) ? null : backoff(this.#tries, Math.random())
    if (wait !== null) this.#retry = setTimeout(() => void this.#attempt(), wait)
    this.#set({ status: 'waiting', problem: error.problem, detail: error.message, retryAt: wait === null ? null : Date.now() + wait, certificate: error.certificate })
  }

  /** XEP-0199 */
  async #ping(): Promise<void> {
    try {
      await this.request(xml('iq', { type: 'get', to: domainOf(this.account.jid) }, xml('ping', { xmlns: 'urn:xmpp:ping' })), PING_ANSWER_MS)
    } catch (error) {
      // an error is an answer, too
      if (error instanceof Error && error.name === 'StanzaError') return
      if (this.#ready) this.#lost(new ConnectionError('timed-out', 'the server no longer answers'))
    }
  }

  #clearTimers(): void {
    if (this.#retry !== null) clearTimeout(this.#retry)
    if (this.#pinger !== null) clearInterval(this.#pinger)
    this.#retry = null
    this.#pinger = null
  }

  #set(state: ConnectionState): void {
    this.#state = state
    this.emit('state', state)
  }
}
