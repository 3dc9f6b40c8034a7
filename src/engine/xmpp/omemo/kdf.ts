/** Keys from keys, with the words and sizes that libsignal's version 3 has: HKDF (RFC 5869) and HMAC over SHA-256. */
import { createHmac, hkdfSync } from 'node:crypto'

const ZEROS = Buffer.alloc(32)

export interface MessageKeys {
  /** AES-256-CBC: key, 32 bytes, and vector, 16 bytes. */
  cipher: Buffer
  iv: Buffer
  /** HMAC-SHA-256, 32 bytes. */
  mac: Buffer
}

const hkdf = (secret: Buffer, salt: Buffer, info: string, length: number): Buffer => Buffer.from(hkdfSync('sha256', secret, salt, info, length))
export const hmac = (key: Buffer, data: Buffer): Buffer => createHmac('sha256', key).update(data).digest()

/** The first root and chain key of a session, 32 bytes each, from the secret of X3DH. */
export function firstKeys(secret: Buffer): { root: Buffer; chain: Buffer } {
  const bytes = hkdf(secret, ZEROS, 'WhisperText', 64)
  return { root: bytes.subarray(0, 32), chain: bytes.subarray(32) }
}

/** A step of the root chain with what two ratchet keys agree on: the next root key, and the key of a new chain. */
export function stepRoot(root: Buffer, agreed: Buffer): { root: Buffer; chain: Buffer } {
  const bytes = hkdf(agreed, root, 'WhisperRatchet', 64)
  return { root: bytes.subarray(0, 32), chain: bytes.subarray(32) }
}

/** A step of a message chain: the seed of this message's keys, and the next chain key. */
export function stepChain(chain: Buffer): { seed: Buffer; chain: Buffer } {
  return { seed: hmac(chain, Buffer.of(1)), chain: hmac(chain, Buffer.of(2)) }
}

export function messageKeys(seed: Buffer): MessageKeys {
  const bytes = hkdf(seed, ZEROS, 'WhisperMessageKeys', 80)
  return { cipher: bytes.subarray(0, 32), mac: bytes.subarray(32, 64), iv: bytes.subarray(64) }
}
