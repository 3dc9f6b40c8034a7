/** Self-signed certificate for localhost, made once per process. */
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'

interface Certificate {
  key: string
  cert: string
  /** SHA-256, as the account settings take it. */
  fingerprint: string
}

const REQUEST = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', '-']
let made: Certificate | undefined

export function selfSigned(): Certificate {
  if (made !== undefined) return made
  // key and certificate, one after the other
  const pem = execFileSync('openssl', REQUEST, { encoding: 'utf8', stdio: 'pipe' })
  const begin = pem.indexOf('-----BEGIN CERTIFICATE')
  const [key, cert] = [pem.slice(0, begin), pem.slice(begin)]
  return (made = { key, cert, fingerprint: new X509Certificate(cert).fingerprint256 })
}
