/**
 * Signature of an announcement (latest.yml and its companions): Ed25519 (RFC 8032) over the bytes of the file, in base64, in a file of the same
 * name plus `.sig`. The announcement contains the SHA-512 of each installer, so the signature covers them, too.
 */
import { createPublicKey, verify } from 'node:crypto'

export class SignatureError extends Error {
  readonly code = 'ERR_UPDATER_INVALID_SIGNATURE'
  constructor() {
    super('the announcement of the update is not signed by the key of this build')
    this.name = 'SignatureError'
  }
}

/** Checks a signature. `key`: the public key, PEM. Throws SignatureError. */
export function checkSignature(text: string, signature: string, key: string): void {
  const bytes = Buffer.from(signature.trim(), 'base64')
  if (bytes.length !== 64 || !verify(null, Buffer.from(text, 'utf8'), createPublicKey(key), bytes)) throw new SignatureError()
}
