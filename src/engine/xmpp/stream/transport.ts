/** The transport that xmpp.js opens for an account, on sockets of our own, which are secured before anything else may use them. */
import ConnectionTCP from '@xmpp/tcp/lib/Connection.js'
import ConnectionWebSocket from '@xmpp/websocket/lib/Connection.js'
import { domainOf } from '../../../contract/address.ts'
import type { AccountSettings } from '../../../contract/domain.ts'
import type { Route } from './route.ts'
import { routeTo, SecureSocket, type Endpoint, type Routed } from './secure-socket.ts'
import { webRouteTo, WebSocketStream } from './web-socket.ts'

/** The only service that it knows: its hosts are the route's matter. */
export const SERVICE = 'mnemo://account'

/** A class for xmpp.js's list of transports, and the way to the account's hosts that it takes. */
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
