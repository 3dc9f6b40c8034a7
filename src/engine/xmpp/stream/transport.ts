/** The transport that xmpp.js opens for an account, on sockets of our own, which are secured before anything else may use them. */
import ConnectionTCP from '@xmpp/tcp/lib/Connection.js'
import ConnectionWebSocket from '@xmpp/websocket/lib/Connection.js'
import { domainOf } from '../../../contract/address.ts'
import type { AccountSettings } from '../../../contract/domain.ts'
import { SecureSocket, type Endpoint } from './secure-socket.ts'
import { WebSocketStream } from './web-socket.ts'

/** The only service that it knows: whatever a server names instead (see-other-host) is not gone to. */
export const SERVICE = 'mnemo://account'

/** A class for xmpp.js's list of transports. */
export function transportOf({ jid, host, port, security, trustedFingerprint, proxy }: AccountSettings): typeof ConnectionTCP {
  const endpoint: Endpoint = { domain: domainOf(jid), host, port, security, trustedFingerprint, proxy }
  const web = security === 'websocket'
  class Transport extends (web ? ConnectionWebSocket : ConnectionTCP) {
    override socketParameters(service: string): unknown {
      return service === SERVICE ? endpoint : undefined
    }
  }
  Object.assign(Transport.prototype, { Socket: web ? WebSocketStream : SecureSocket, NS: 'jabber:client' })
  return Transport
}
