/** XMPP over WebSocket (RFC 7395): discovered by XEP-0156, with our own certificate check. */
import { EventEmitter } from 'node:events'
import WebSocket from 'ws'
import { ConnectionError } from '../../net/problem.ts'
import { get } from '../../net/http.ts'
import { channelBindings, type ChannelBinding } from './sasl/channel-binding.ts'
import { RestrictedXml } from './restricted-xml.ts'
import { Route, type Goal } from './route.ts'
import type { Endpoint, Routed } from './secure-socket.ts'
import { secure } from '../../net/tls.ts'

const REL = 'urn:xmpp:alt-connections:websocket'
const DISCOVERY_MS = 15_000
const LONGEST_DISCOVERY = 65_536
/** Largest frame, which is one stanza; bytes. */
const LARGEST_FRAME = 64 * 1024 ** 2

const goalOf = (url: URL): Goal => ({ host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || 443, url })

/** WebSocket addresses of a domain's server. Throws ConnectionError if none is announced. */
async function goals(endpoint: Endpoint): Promise<Goal[]> {
  const { domain, host, port, trustedFingerprint, proxy } = endpoint
  if (host !== null) return [goalOf(new URL(/^wss:\/\//i.test(host) ? host : `wss://${host.includes(':') ? `[${host}]` : host}:${port ?? 443}/xmpp-websocket`))]
  const trust = { trustedFingerprint, privateAccess: 'any' as const, proxy }
  try {
    const { body } = await get(`https://${domain}${port === null ? '' : `:${port}`}/.well-known/host-meta.json`, {
      ...trust,
      signal: AbortSignal.timeout(DISCOVERY_MS)
    })
    let text = ''
    for await (const chunk of body.setEncoding('utf8')) if ((text += chunk).length > LONGEST_DISCOVERY) break
    const { links } = JSON.parse(text) as { links?: ({ rel?: unknown; href?: unknown } | null)[] }
    const found = (Array.isArray(links) ? links : []).flatMap((link) =>
      link?.rel === REL && typeof link.href === 'string' && /^wss:\/\//i.test(link.href) && URL.canParse(link.href) ? [goalOf(new URL(link.href))] : []
    )
    if (found.length > 0) return found
  } catch (error) {
    if (error instanceof ConnectionError) throw error
  }
  throw new ConnectionError('not-xmpp', `${domain} does not announce a WebSocket address (XEP-0156)`)
}

/** Route to an endpoint's WebSockets. Hosts named by redirects have no WebSocket address. */
export const webRouteTo = (endpoint: Endpoint): Route => new Route({ proxy: endpoint.proxy, mayMove: false, port: 443, find: () => goals(endpoint) })

/** Same interface as SecureSocket. */
export class WebSocketStream extends EventEmitter {
  readonly secure = true
  readonly #ends = new AbortController()
  #socket: WebSocket | null = null
  #address: string | null = null
  /** Binding types of the channel, strongest first. */
  bindings: readonly ChannelBinding[] = []
  #closed = false

  connect(endpoint: Routed): void {
    this.#open(endpoint).catch((error: unknown) => {
      if (!this.#closed) this.emit('error', error)
      this.destroy()
    })
  }

  get remoteAddress(): string | null {
    return this.#address
  }

  write(data: string, done?: (error?: Error | null) => void): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) done?.(new ConnectionError('network', 'the connection is closed'))
    else this.#socket.send(data, done)
  }

  end(): void {
    if (this.#socket === null) this.destroy()
    else this.#socket.close()
  }

  destroy(): void {
    this.#ends.abort()
    this.#socket?.terminate()
    this.#close()
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    this.emit('close')
  }

  async #open(endpoint: Routed): Promise<void> {
    const { socket: raw, host } = await endpoint.route.open(this.#ends.signal)
    const { host: name, url } = host
    if (url === undefined) throw new ConnectionError('not-xmpp', 'not a WebSocket address')
    const secured = await secure(raw, { name, trustedFingerprint: endpoint.trustedFingerprint, protocols: ['http/1.1'] })
    if (this.#closed) {
      secured.destroy()
      return
    }
    this.bindings = channelBindings(secured)
    this.#address = endpoint.proxy === null ? (secured.remoteAddress ?? null) : null
    const socket = new WebSocket(url, ['xmpp'], {
      createConnection: () => secured,
      perMessageDeflate: false,
      maxPayload: LARGEST_FRAME,
      handshakeTimeout: DISCOVERY_MS
    })
    this.#socket = socket
    socket.once('open', () => this.emit('connect'))
    const xml = new RestrictedXml()
    socket.on('message', (data) => {
      try {
        xml.check(String(data))
        this.emit('data', String(data))
      } catch (error) {
        this.emit('error', error)
        this.destroy()
      }
    })
    socket.on('error', (error) => this.emit('error', new ConnectionError('network', error.message, null, { cause: error })))
    socket.once('close', (code) => {
      // RFC 6455 section 7.4.1: message too big
      if (code === 1009) this.emit('error', Object.assign(new Error('policy-violation'), { name: 'StreamError', condition: 'policy-violation' }))
      this.#close()
    })
  }
}
