/** Connections through a proxy: SOCKS5 (RFC 1928, 1929), or HTTP's CONNECT (RFC 9110 section 9.3.6). */
import { request } from 'node:http'
import type { Socket } from 'node:net'
import { SocksClient } from 'socks'
import { ConnectionError } from './problem.ts'

export interface Target {
  host: string
  port: number
}

/** Opens a connection to `target`, whose name the proxy resolves. `proxy`: socks5://[user:password@]host:port or http://... */
export async function dialThrough(proxy: string, { host, port }: Target, timeoutMs: number): Promise<Socket> {
  const url = new URL(proxy)
  const server = { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || (url.protocol === 'http:' ? 80 : 1080) }
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
  try {
    if (url.protocol === 'http:')
      return await connect(server, `${host.includes(':') ? `[${host}]` : host}:${port}`, user === '' ? null : `${user}:${password}`, timeoutMs)
    const { socket } = await SocksClient.createConnection({
      command: 'connect',
      destination: { host, port },
      proxy: { host: server.host, port: server.port, type: 5, ...(user === '' ? {} : { userId: user, password }) },
      timeout: timeoutMs
    })
    return socket
  } catch (error) {
    if (error instanceof ConnectionError) throw error
    throw new ConnectionError('refused', `the proxy ${server.host}:${server.port}: ${error instanceof Error ? error.message : String(error)}`, null, {
      cause: error
    })
  }
}

function connect(server: Target, authority: string, credentials: string | null, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const headers = credentials === null ? {} : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }
    const asked = request({ ...server, method: 'CONNECT', path: authority, headers, timeout: timeoutMs, agent: false })
    asked.once('timeout', () => asked.destroy(new Error('no answer')))
    asked.once('error', reject)
    asked.once('connect', (response, socket, head) => {
      if (response.statusCode !== 200) {
        socket.destroy()
        reject(new Error(`it answered ${response.statusCode}`))
        return
      }
      socket.setTimeout(0)
      if (head.length > 0) socket.unshift(head)
      resolve(socket as Socket)
    })
    asked.end()
  })
}
