/** TLS to a server, with our own certificate check (RFC 7590). */
import { isIP, type Socket } from 'node:net'
import { connect as connectTls, type DetailedPeerCertificate, type TLSSocket } from 'node:tls'
import type { Certificate, ConnectionProblem } from '../../contract/domain.ts'
import { CONNECT_MS } from './dial.ts'
import { ConnectionError } from './problem.ts'

export interface SecureOptions {
  /** Name that the certificate must contain. */
  name: string
  /** SHA-256 of a certificate that the user accepted without a trusted authority, or null. */
  trustedFingerprint: string | null
  /** ALPN (RFC 7301). */
  protocols: string[]
}

/** Problems by the error codes of OpenSSL and Node. */
const BY_REASON: Record<string, ConnectionProblem> = { CERT_HAS_EXPIRED: 'certificate-expired', ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-name' }

function describe(peer: DetailedPeerCertificate, reason: string): Certificate {
  const name = (value: { CN?: string | string[]; O?: string | string[] } | undefined): string => [value?.CN ?? value?.O ?? '?'].flat().join(', ')
  return { fingerprint: peer.fingerprint256, subject: name(peer.subject), issuer: name(peer.issuer), validTo: Date.parse(peer.valid_to), reason }
}

/**
 * Secures a socket with TLS. The check is ours instead of Node's because a refused certificate has to be shown to the user, and an accepted one recognized:
 * nothing is sent before it.
 */
export function secure(raw: Socket, { name, trustedFingerprint, protocols }: SecureOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secured = connectTls({
      socket: raw,
      servername: isIP(name) === 0 ? name : '',
      host: name,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: false,
      ALPNProtocols: protocols
    })
    const timer = setTimeout(() => {
      secured.destroy()
      reject(new ConnectionError('timed-out', 'the TLS handshake timed out'))
    }, CONNECT_MS)
    const onError = (error: Error): void => {
      clearTimeout(timer)
      reject(new ConnectionError('no-encryption', error.message, null, { cause: error }))
    }
    const onClose = (): void => onError(new Error('the server closed the connection during the TLS handshake'))
    secured.once('error', onError)
    secured.once('close', onClose)
    secured.once('secureConnect', () => {
      clearTimeout(timer)
      secured.removeListener('error', onError)
      secured.removeListener('close', onClose)
      const peer = secured.getPeerCertificate(true)
      const pinned = trustedFingerprint !== null && peer.fingerprint256 === trustedFingerprint
      if (secured.authorized || pinned) {
        resolve(secured)
        return
      }
      const refusal = secured.authorizationError as (Error & { code?: string }) | string
      const reason = typeof refusal === 'string' ? refusal : (refusal.code ?? refusal.message)
      secured.destroy()
      reject(
        new ConnectionError(
          trustedFingerprint === null ? (BY_REASON[reason] ?? 'certificate') : 'certificate-changed',
          `the certificate is not trusted (${reason})`,
          describe(peer, reason)
        )
      )
    })
  })
}
