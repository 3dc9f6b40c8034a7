/** Self-signed certificate for localhost, made for one test. */
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** `fingerprint`: SHA-256, as the account settings take it. */
export function selfSigned(folder: string): { key: Buffer; cert: Buffer; fingerprint: string } {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', key, '-out', cert], {
    stdio: 'pipe'
  })
  const made = { key: readFileSync(key), cert: readFileSync(cert) }
  return { ...made, fingerprint: new X509Certificate(made.cert).fingerprint256 }
}
