/**
 * TCP socket that is secured before anything else may use it: connects to a host of the domain (RFC 6120 section 3.2), then STARTTLS (section 5) or direct
 * TLS (XEP-0368), then the certificate check (RFC 7590). There is no unencrypted mode, so no server can talk the client into one.
 */
import { EventEmitter } from 'node:events'
import { isIP, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Security } from '../../../contract/domain.ts'
import { CONNECT_MS } from '../../net/dial.ts'
import { srvRecords } from '../../net/dns.ts'
import { ConnectionError } from '../../net/problem.ts'
import { secure } from '../../net/tls.ts'
import { bySrv } from './hosts.ts'
import { RestrictedXml } from './restricted-xml.ts'
import { Route, type Goal } from './route.ts'
import { channelBindings, type ChannelBinding } from './sasl/channel-binding.ts'

export interface Endpoint {
  /** Domain of the address, which the certificate must name. */
  domain: string
  host: string | null
  port: number | null
  security: Security
  trustedFingerprint: string | null
  /** socks5://... or http://..., or null. */
  proxy: string | null
}

/** Endpoint, and the route to its hosts. */
export interface Routed extends Endpoint {
  route: Route
}

const LONGEST_NEGOTIATION = 65_536

/** Hosts of a domain: from its SRV records (RFC 2782), or the domain itself if it has none. */
async function goals(endpoint: Endpoint): Promise<Goal[]> {
  const direct = endpoint.security === 'direct-tls'
  const port = endpoint.port ?? (direct ? 5223 : 5222)
  if (endpoint.host !== null) return [{ host: endpoint.host, port }]
  const itself = [{ host: endpoint.domain, port }]
  // proxies resolve names, not SRV records: nothing is queried beside the proxy
  if (endpoint.proxy !== null || endpoint.port !== null || isIP(endpoint.domain) !== 0 || endpoint.domain === 'localhost') return itself
  const name = `${direct ? '_xmpps-client' : '_xmpp-client'}._tcp.${endpoint.domain}`
  // a failing DNS server may be one without SRV support
  const records = await srvRecords(name).catch(() => [])
  if (records.length === 0) return itself
  const hosts = bySrv(
    records.filter((record) => record.name !== '' && record.name !== '.'),
    Math.random
  )
  if (hosts.length === 0) throw new ConnectionError('unknown-host', `${endpoint.domain} does not offer this (${name} is ".")`)
  return hosts.map(({ name: host, port: at }) => ({ host, port: at }))
}

/** Route to an endpoint's hosts, shared by all of its connections. */
export const routeTo = (endpoint: Endpoint): Route =>
  new Route({
    proxy: endpoint.proxy,
    mayMove: endpoint.host === null,
    port: endpoint.port ?? (endpoint.security === 'direct-tls' ? 5223 : 5222),
    find: () => goals(endpoint)
  })

/** Emits connect, data, close and error (ConnectionError); has the interface that xmpp.js expects of a socket. */
export class SecureSocket extends EventEmitter {
  readonly secure = true
  readonly #ends = new AbortController()
  #tls: TLSSocket | null = null
  #address: string | null = null
  /** Binding types of the channel, strongest first. */
  bindings: readonly ChannelBinding[] = []
  #closed = false

  connect(endpoint: Routed): void {
    this.#open(endpoint).then(
      (secured) => {
        if (this.#closed) {
          secured.destroy()
          return
        }
        this.#tls = secured
        this.bindings = channelBindings(secured)
        this.#address = endpoint.proxy === null ? (secured.remoteAddress ?? null) : null
        // xmpp.js decodes each packet separately, which breaks characters split across two
        secured.setEncoding('utf8')
        const xml = new RestrictedXml()
        secured.on('data', (text: string) => {
          try {
            xml.check(text)
            this.emit('data', text)
          } catch (error) {
            this.emit('error', error)
            this.destroy()
          }
        })
        secured.on('error', (error) => this.emit('error', error))
        secured.on('close', () => this.#close())
        this.emit('connect')
      },
      (error: unknown) => {
        if (!this.#closed) this.emit('error', error)
        this.destroy()
      }
    )
  }

  write(data: string, done?: (error?: Error | null) => void): void {
    if (this.#tls === null || this.#tls.destroyed) done?.(new ConnectionError('network', 'the connection is closed'))
    else this.#tls.write(data, done)
  }

  end(): void {
    if (this.#tls === null) this.destroy()
    else this.#tls.end()
  }

  destroy(): void {
    this.#ends.abort()
    this.#tls?.destroy()
    this.#close()
  }

  /** IP address of the server; null: not connected, or known to a proxy only. */
  get remoteAddress(): string | null {
    return this.#address
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    this.emit('close')
  }

  async #open(endpoint: Routed): Promise<TLSSocket> {
    const { signal } = this.#ends
    const { socket: raw } = await endpoint.route.open(signal)
    const end = (): void => void raw.destroy()
    signal.addEventListener('abort', end)
    try {
      if (endpoint.security === 'starttls') await negotiate(raw, endpoint)
      return await secure(raw, {
        name: endpoint.domain,
        trustedFingerprint: endpoint.trustedFingerprint,
        protocols: endpoint.security === 'direct-tls' ? ['xmpp-client'] : []
      })
    } finally {
      signal.removeEventListener('abort', end)
    }
  }
}

/** Requests STARTTLS; resolves when the server says to proceed. */
function negotiate(raw: Socket, { domain, route }: Routed): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    let asked = false
    const fail = (error: ConnectionError): void => {
      settle()
      raw.destroy()
      reject(error)
    }
    const timer = setTimeout(() => fail(new ConnectionError('timed-out', 'the server did not answer the stream header')), CONNECT_MS)
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('latin1')
      if (text.length > LONGEST_NEGOTIATION) return fail(new ConnectionError('not-xmpp', 'the answer is no XMPP stream'))
      if (!asked && !/^\s*(<\?xml|<stream:stream)/.test(text) && text.length > 16) return fail(new ConnectionError('not-xmpp', 'the answer is no XMPP stream'))
      if (/<stream:error[\s>]/.test(text)) {
        const [, condition = 'error', host = ''] = /<stream:error[^>]*>\s*<([\w-]+)(?:[^>]*>([^<]*))?/.exec(text) ?? []
        if (condition === 'see-other-host') route.redirect(host)
        return fail(new ConnectionError(condition === 'host-unknown' ? 'unknown-host' : 'server-error', condition))
      }
      if (!asked && /<\/stream:features>|<stream:features\s*\/>/.test(text)) {
        if (!/<starttls[\s/>]/.test(text)) return fail(new ConnectionError('no-encryption', 'the server does not offer STARTTLS'))
        asked = true
        text = ''
        raw.write("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
      } else if (asked && /<proceed[\s/>]/.test(text)) {
        settle()
        resolve()
      } else if (asked && /<failure[\s/>]/.test(text)) {
        fail(new ConnectionError('no-encryption', 'the server refused STARTTLS'))
      }
    }
    const onEnd = (): void => fail(new ConnectionError('network', 'the server closed the connection'))
    const onError = (error: Error): void => fail(new ConnectionError('network', error.message, null, { cause: error }))
    const settle = (): void => {
      clearTimeout(timer)
      raw.removeListener('data', onData)
      raw.removeListener('end', onEnd)
      raw.removeListener('error', onError)
    }
    raw.on('data', onData)
    raw.on('end', onEnd)
    raw.on('error', onError)
    raw.write(
      `<?xml version='1.0'?><stream:stream to='${domain.replace(/[<>&']/g, '')}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`
    )
  })
}
