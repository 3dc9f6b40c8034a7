/**
 * Signature of an announcement (latest.yml and its companions): Ed25519 (RFC 8032) over the bytes of the file, in base64, in a file of the
 * same name with `.sig` behind it. The announcement holds the SHA-512 of each installer, so that it stands for them, too.
 */
import { createPublicKey, verify } from 'node:crypto'

export class SignatureError extends Error {
  readonly code = 'ERR_UPDATER_INVALID_SIGNATURE'
  constructor() {
    super('the announcement of the update is not signed by the key of this build')
    this.name = 'SignatureError'
  }
}

/** Throws SignatureError. `key`: the public key, PEM. */
export function checkSignature(text: string, signature: string, key: string): void {
  const bytes = Buffer.from(signature.trim(), 'base64')
  if (bytes.length !== 64 || !verify(null, Buffer.from(text, 'utf8'), createPublicKey(key), bytes)) throw new SignatureError()
}
