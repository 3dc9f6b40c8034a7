/** Channel binding: data known to both ends of a TLS connection and to nobody in between (RFC 5056). */
import { createHash, X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'

export interface ChannelBinding {
  type: string
  data: Buffer
}

/** Length in bytes, RFC 9266 section 2. */
const EXPORTED = 32

/** RFC 5929 section 4.1: hash of the certificate by its signature's algorithm, SHA-256 in place of MD5 and SHA-1. */
function endPoint(certificate: Buffer): Buffer | null {
  const named = /sha-?(224|256|384|512)/i.exec(new X509Certificate(certificate).signatureAlgorithm ?? '')
  const weak = /md5|sha-?1(?!\d)/i.test(new X509Certificate(certificate).signatureAlgorithm ?? '')
  if (named === null && !weak) return null
  return createHash(named === null ? 'sha256' : `sha${named[1] ?? '256'}`)
    .update(certificate)
    .digest()
}

/**
 * Binding types of this connection, strongest first. tls-unique is undefined in TLS 1.3 (RFC 9266 section 1); tls-exporter in older TLS needs an extension
 * that Node does not report (section 3, RFC 7627).
 */
export function channelBindings(socket: TLSSocket): ChannelBinding[] {
  const found: ChannelBinding[] = []
  if (socket.getProtocol() === 'TLSv1.3')
    found.push({ type: 'tls-exporter', data: socket.exportKeyingMaterial(EXPORTED, 'EXPORTER-Channel-Binding', Buffer.alloc(0)) })
  else {
    // in a resumed session it would be the server's (RFC 5929 section 3.1)
    const finished = socket.isSessionReused() ? socket.getPeerFinished() : socket.getFinished()
    if (finished !== undefined) found.push({ type: 'tls-unique', data: finished })
  }
  const certificate = socket.getPeerCertificate().raw
  const data = (certificate as Buffer | undefined) === undefined ? null : endPoint(certificate)
  if (data !== null) found.push({ type: 'tls-server-end-point', data })
  return found
}
