/** HTTPS for files: the same certificate check as for the stream, and no access to private networks on behalf of strangers. */
import type { ClientRequest, IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { BlockList, isIP } from 'node:net'
import { pipeline } from 'node:stream/promises'
import type { Readable } from 'node:stream'
import { dial } from './dial.ts'
import { addressesOf } from './dns.ts'
import { secure } from './tls.ts'

/** Longest time without data from a server, ms. */
const QUIET_MS = 60_000
/** Longest time from the end of a request to the head of its answer, ms. */
const HEAD_MS = 2 * QUIET_MS
/** Least number of bytes of a file per LEAST_MS: slower servers would hold up the files that follow. */
const LEAST_BYTES = 4096
const LEAST_MS = 60_000
const MOST_REDIRECTS = 3

/** Unsuccessful response, or an address that may not be requested. `status` 0: nothing was requested. */
export class HttpError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.name = 'HttpError'
    this.status = status
  }
}

/** An address that may not be asked. */
export class AddressRefused extends HttpError {
  constructor(message: string) {
    super(0, message)
    this.name = 'AddressRefused'
  }
}

const PRIVATE = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3]
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4')
  // the same networks within IPv6: NAT64 (RFC 6052), 6to4 (RFC 3056), IPv4-compatible (RFC 4291)
  const [a = 0, b = 0, c = 0, d = 0] = network.split('.').map(Number)
  PRIVATE.addSubnet(`64:ff9b::${network}`, 96 + prefix, 'ipv6')
  PRIVATE.addSubnet(`::${network}`, 96 + prefix, 'ipv6')
  PRIVATE.addSubnet(`2002:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::`, 16 + prefix, 'ipv6')
}
// IPv6: unspecified and loopback, local NAT64 (RFC 8215), Teredo, unique local, link local, site local, multicast
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8]
] as const)
  PRIVATE.addSubnet(network, prefix, 'ipv6')

/** True for IP addresses of this computer or its own network (RFC 6890). */
export const isPrivate = (address: string): boolean => PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/**
 * Addresses of private networks that may be requested: none, all, or those of our own server, which are its address and hosts below its domain. Others tell
 * us addresses, and their redirects and names may lead to devices of this network.
 */
export type PrivateAccess = 'none' | 'any' | { address: string | null; domain: string }

const mayRequest = (address: string, host: string, access: PrivateAccess): boolean =>
  isIP(address) === 0 ||
  !isPrivate(address) ||
  access === 'any' ||
  (access !== 'none' && (address === access.address || host === access.domain || host.endsWith(`.${access.domain}`)))

export interface Trust {
  /** SHA-256 of a certificate that the user accepted, or null. */
  trustedFingerprint: string | null
  privateAccess: PrivateAccess
  /** Proxy to use, or null. */
  proxy: string | null
}

interface Exchange extends Trust {
  method: 'GET' | 'PUT'
  headers?: Record<string, string>
  body?: Readable
  signal: AbortSignal
}

/** Sends one request and returns the head of its response. Rejects with HttpError, ConnectionError, or the system's error. */
async function exchange(url: URL, { method, headers = {}, body, signal, trustedFingerprint, privateAccess, proxy }: Exchange): Promise<IncomingMessage> {
  if (url.protocol !== 'https:') throw new AddressRefused('the address is not encrypted')
  const name = url.hostname.replace(/^\[|\]$/g, '')
  // a proxy resolves names itself, and its own network is not ours
  const addresses = proxy === null ? await addressesOf(name) : [name]
  const allowed = addresses.filter((address) => mayRequest(address, name, privateAccess))
  if (allowed.length === 0) throw new AddressRefused('the address is of a private network')
  signal.throwIfAborted()
  const raw = await dial({ host: name, port: Number(url.port) || 443 }, { proxy, addresses: allowed, signal })
  const socket = await secure(raw, { name, trustedFingerprint, protocols: ['http/1.1'] })
  return new Promise((resolve, reject) => {
    const request = httpsRequest(url, { method, headers, createConnection: () => socket, signal })
    request.setTimeout(QUIET_MS, () => request.destroy(new HttpError(0, 'the server fell silent')))
    let head: NodeJS.Timeout | undefined
    // a server may send bytes of a head without end
    request.once('finish', () => (head = setTimeout(() => request.destroy(new HttpError(0, 'the server does not answer')), HEAD_MS)))
    request.once('close', () => clearTimeout(head))
    request.once('error', reject)
    request.once('response', (response) => {
      clearTimeout(head)
      response.once('error', () => socket.destroy())
      resolve(response)
    })
    if (body === undefined) request.end()
    else {
      hasten(request, () => socket.bytesWritten - socket.writableLength)
      pipeline(body, request, { signal }).catch(reject)
    }
  })
}

export interface Fetched {
  /** Address after redirects. */
  url: string
  body: IncomingMessage
  /** Size of the whole file; null: unknown. */
  bytes: number | null
  /** Position of the body within the file (RFC 9110 section 14.4). */
  from: number
  /** Byte-exact version of the file for If-Range; null: the server gives none. */
  version: string | null
}

/** RFC 9110 section 13.1.5: a strong ETag, or a Last-Modified that is a second older than the answer (section 8.8.2.2). */
function versionOf({ etag, 'last-modified': modified, date }: IncomingMessage['headers']): string | null {
  if (etag !== undefined) return etag.startsWith('W/') ? null : etag
  return modified !== undefined && Date.parse(date ?? '') - Date.parse(modified) >= 1000 ? modified : null
}

/** Ends a body that is slower than LEAST_BYTES per LEAST_MS (RFC 9110 section 15.5.9). `done`: number of transferred bytes. */
function hasten(message: ClientRequest | IncomingMessage, done: () => number): void {
  let before = done()
  const look = setInterval(() => {
    const now = done()
    const isComplete = 'complete' in message ? message.complete : message.writableFinished
    if (now - before < LEAST_BYTES && !isComplete) message.destroy(new HttpError(408, 'the server is too slow'))
    before = now
  }, LEAST_MS).unref()
  message.once('close', () => clearInterval(look))
}

/** Fetches a file. Follows redirects, each under the same rules as the first address. */
export async function get(address: string, options: Trust & { headers?: Record<string, string>; signal: AbortSignal }): Promise<Fetched> {
  let url = new URL(address)
  for (let redirects = 0; ; redirects++) {
    const response = await exchange(url, { method: 'GET', ...options })
    const { statusCode = 0, headers } = response
    if (statusCode >= 200 && statusCode < 300) {
      const length = Number(headers['content-length'] ?? NaN)
      const from = statusCode === 206 ? Number(/^bytes (\d{1,15})-/.exec(headers['content-range'] ?? '')?.[1] ?? NaN) : 0
      if (!Number.isSafeInteger(from)) {
        response.destroy()
        throw new HttpError(0, 'the server does not name the range it sends')
      }
      hasten(response, () => response.socket.bytesRead)
      return { url: url.href, body: response, bytes: Number.isSafeInteger(length) ? length + from : null, from, version: versionOf(headers) }
    }
    response.destroy()
    if (statusCode < 300 || statusCode >= 400 || headers.location === undefined || redirects === MOST_REDIRECTS)
      throw new HttpError(statusCode, `the server answered ${statusCode}`)
    url = new URL(headers.location, url)
  }
}

/** Uploads a file. Redirects are not followed. */
export async function put(address: string, body: Readable, options: Trust & { headers: Record<string, string>; signal: AbortSignal }): Promise<void> {
  const response = await exchange(new URL(address), { method: 'PUT', body, ...options })
  const { statusCode = 0 } = response
  // the answer's body may be endless
  response.destroy()
  if (statusCode < 200 || statusCode >= 300) throw new HttpError(statusCode, `the server answered ${statusCode}`)
}
