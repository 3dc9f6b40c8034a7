import { createServer } from 'node:tls'
import { expect, test } from 'vitest'
import { selfSigned } from '../../../../test/support/certificate.ts'
import { routeTo, SecureSocket, type Endpoint } from './secure-socket.ts'

test('a character that lies across two packets arrives whole', async () => {
  const { key, cert, fingerprint } = selfSigned()
  const text = '<message>永远幸福👍开心</message>'
  const server = createServer({ key, cert }, (peer) => {
    peer.setNoDelay(true)
    const bytes = Buffer.from(text)
    let at = 0
    const timer = setInterval(() => {
      if (at < bytes.length) peer.write(bytes.subarray(at, ++at))
      else {
        clearInterval(timer)
        peer.end()
      }
    }, 2)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const socket = new SecureSocket()
  let heard = ''
  socket.on('data', (part: { toString(encoding: string): string }) => (heard += part.toString('utf8')))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  const endpoint: Endpoint = {
    domain: 'localhost',
    host: '127.0.0.1',
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    security: 'direct-tls',
    proxy: null,
    trustedFingerprint: fingerprint
  }
  socket.connect({ ...endpoint, route: routeTo(endpoint) })
  await closed
  server.close()
  expect(heard).toBe(text)
})
