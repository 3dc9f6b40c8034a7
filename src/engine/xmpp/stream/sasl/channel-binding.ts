/** Channel binding: data that both ends of a TLS connection know and nobody between them does (RFC 5056). */
import { createHash, X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'

export interface ChannelBinding {
  type: string
  data: Buffer
}

/** Bytes, RFC 9266 section 2. */
const EXPORTED = 32

/** RFC 5929 section 4.1: the hash of the certificate's own signature, SHA-256 in place of MD5 and SHA-1. */
function endPoint(certificate: Buffer): Buffer | null {
  const named = /sha-?(224|256|384|512)/i.exec(new X509Certificate(certificate).signatureAlgorithm ?? '')
  const weak = /md5|sha-?1(?!\d)/i.test(new X509Certificate(certificate).signatureAlgorithm ?? '')
  if (named === null && !weak) return null
  return createHash(named === null ? 'sha256' : `sha${named[1] ?? '256'}`)
    .update(certificate)
    .digest()
}

/**
 * The types that this connection can be bound by, strongest first. tls-unique says nothing in TLS 1.3 (RFC 9266 section 1);
 * tls-exporter wants in older TLS an extension of which Node does not say whether it was used (section 3, RFC 7627).
 */
export function channelBindings(socket: TLSSocket): ChannelBinding[] {
  const found: ChannelBinding[] = []
  if (socket.getProtocol() === 'TLSv1.3')
    found.push({ type: 'tls-exporter', data: socket.exportKeyingMaterial(EXPORTED, 'EXPORTER-Channel-Binding', Buffer.alloc(0)) })
  else {
    // of a resumed session it would be the server's (RFC 5929 section 3.1)
    const finished = socket.isSessionReused() ? socket.getPeerFinished() : socket.getFinished()
    if (finished !== undefined) found.push({ type: 'tls-unique', data: finished })
  }
  const certificate = socket.getPeerCertificate().raw
  const data = (certificate as Buffer | undefined) === undefined ? null : endPoint(certificate)
  if (data !== null) found.push({ type: 'tls-server-end-point', data })
  return found
}
