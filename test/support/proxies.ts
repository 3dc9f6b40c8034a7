/** Proxies on loopback: HTTP CONNECT (RFC 9110) and SOCKS5 with a password (RFC 1928, 1929). */
import { createServer as createHttpServer } from 'node:http'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export interface TestProxy {
  port: number
  /** Requested targets, host:port. */
  asked: string[]
  close(): void
}

export const CREDENTIALS = { user: 'alice', password: 'open sesame' } as const

async function listen(server: Server, asked: string[]): Promise<TestProxy> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, asked, close: () => void server.close() }
}

function join(a: Socket, b: Socket): void {
  a.pipe(b)
  b.pipe(a)
  for (const [from, to] of [
    [a, b],
    [b, a]
  ] as const)
    from.on('error', () => to.destroy()).on('close', () => to.destroy())
}

export function httpProxy(): Promise<TestProxy> {
  const asked: string[] = []
  const server = createHttpServer((_request, response) => response.writeHead(405).end())
  server.on('connect', (request, client: Socket) => {
    const expected = `Basic ${Buffer.from(`${CREDENTIALS.user}:${CREDENTIALS.password}`).toString('base64')}`
    if (request.headers['proxy-authorization'] !== expected) return client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    asked.push(request.url ?? '')
    const [host = '', port = ''] = (request.url ?? '').split(':')
    const target = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      join(client, target)
    })
    target.once('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'))
  })
  return listen(server, asked)
}

export function socksProxy(): Promise<TestProxy> {
  const asked: string[] = []
  const server = createServer((client) => {
    let step: 'greeting' | 'password' | 'request' = 'greeting'
    client.on('error', () => client.destroy())
    client.on('data', function onData(data: Buffer) {
      if (step === 'greeting') {
        step = 'password'
        client.write(Buffer.from(data.subarray(2, 2 + (data[1] ?? 0)).includes(2) ? [5, 2] : [5, 255]))
      } else if (step === 'password') {
        const user = data.subarray(2, 2 + (data[1] ?? 0)).toString()
        const password = data.subarray(3 + user.length).toString()
        const right = user === CREDENTIALS.user && password === CREDENTIALS.password
        step = 'request'
        client.write(Buffer.from([1, right ? 0 : 1]))
        if (!right) client.end()
      } else {
        // the address by name: only the proxy resolves it
        const length = data[4] ?? 0
        const host = data[3] === 3 ? data.subarray(5, 5 + length).toString() : data[3] === 1 ? [...data.subarray(4, 8)].join('.') : ''
        const port = data.readUInt16BE(data.length - 2)
        asked.push(`${host}:${port}`)
        client.removeListener('data', onData)
        const target = connect(port, host, () => {
          client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
          join(client, target)
        })
        target.once('error', () => client.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])))
      }
    })
  })
  return listen(server, asked)
}

/** Proxy to another port of this computer that cuts connections which send much: `cuts` are the numbers of bytes, one after the other. */
export async function cuttingProxy(cuts: number[]): Promise<TestProxy & { target: number }> {
  const asked: string[] = []
  const server = createServer((client) => {
    const target = connect(made.target, '127.0.0.1')
    asked.push(String(made.target))
    join(client, target)
    let bytes = 0
    client.on('data', (data: Buffer) => {
      bytes += data.length
      if (bytes < (cuts[0] ?? Infinity)) return
      cuts.shift()
      client.destroy()
    })
  })
  const made = { ...(await listen(server, asked)), target: 0 }
  return made
}
