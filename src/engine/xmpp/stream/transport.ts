/** Transport of xmpp.js for an account, on our own sockets, which are secured before anything else may use them. */
import ConnectionTCP from '@xmpp/tcp/lib/Connection.js'
import ConnectionWebSocket from '@xmpp/websocket/lib/Connection.js'
import { domainOf } from '../../../contract/address.ts'
import type { AccountSettings } from '../../../contract/domain.ts'
import type { Route } from './route.ts'
import { routeTo, SecureSocket, type Endpoint, type Routed } from './secure-socket.ts'
import { webRouteTo, WebSocketStream } from './web-socket.ts'

/** Only service known to the transport; the route finds its hosts. */
export const SERVICE = 'mnemo://account'

/** Transport class for xmpp.js, and its route to the account's hosts. */
export function transportOf({ jid, host, port, security, trustedFingerprint, proxy }: AccountSettings): { transport: typeof ConnectionTCP; route: Route } {
  const endpoint: Endpoint = { domain: domainOf(jid), host, port, security, trustedFingerprint, proxy }
  const web = security === 'websocket'
  const route = web ? webRouteTo(endpoint) : routeTo(endpoint)
  const routed: Routed = { ...endpoint, route }
  class Transport extends (web ? ConnectionWebSocket : ConnectionTCP) {
    override socketParameters(service: string): unknown {
      return service === SERVICE ? routed : undefined
    }
  }
  Object.assign(Transport.prototype, { Socket: web ? WebSocketStream : SecureSocket, NS: 'jabber:client' })
  return { transport: Transport, route }
}
