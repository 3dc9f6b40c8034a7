/** TCP connection to a server: resolves its name and tries its addresses in parallel (RFC 8305), or leaves both to a proxy. */
import { connect, type Socket } from 'node:net'
import { addressesOf } from './dns.ts'
import { ConnectionError } from './problem.ts'
import { dialThrough, type Target } from './proxy.ts'
import { race } from './race.ts'

/** Timeout of a connection attempt, ms. */
export const CONNECT_MS = 15_000
/** Delay before the next address of the same name is tried in parallel (RFC 8305 section 5), ms. */
export const ADDRESS_MS = 250
/** TCP connection to one address. Rejects with ConnectionError, the system's error, or the signal's reason. */
export function dialAddress(address: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const raw = connect({ host: address, port })
    const end = (error: Error): void => {
      signal.removeEventListener('abort', onAbort)
      raw.destroy()
      reject(error)
    }
    const onAbort = (): void => end(signal.reason as Error)
    signal.addEventListener('abort', onAbort)
    raw.setTimeout(CONNECT_MS, () => end(new ConnectionError('timed-out', `${address}:${port} did not answer within ${CONNECT_MS / 1000} s`)))
    raw.once('error', end)
    raw.once('connect', () => {
      signal.removeEventListener('abort', onAbort)
      raw.removeListener('error', end)
      raw.setTimeout(0)
      raw.setNoDelay(true)
      resolve(raw)
    })
  })
}

export interface DialOptions {
  /** socks5://... or http://..., or null. */
  proxy?: string | null
  /** Addresses of the target's host, if already resolved. */
  addresses?: readonly string[]
  signal?: AbortSignal
}

/** TCP connection to the first address that answers. Rejects with ConnectionError, the system's error, or the signal's reason. */
export async function dial({ host, port }: Target, { proxy = null, addresses, signal }: DialOptions = {}): Promise<Socket> {
  if (proxy !== null) return dialThrough(proxy, { host, port }, CONNECT_MS)
  const { socket } = await race(addresses ?? (await addressesOf(host)), {
    open: (address, ends) => dialAddress(address, port, ends),
    pause: () => ADDRESS_MS,
    drop: (late) => late.destroy(),
    ...(signal === undefined ? {} : { signal })
  })
  return socket
}
