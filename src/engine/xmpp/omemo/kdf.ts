/**
 * Key derivation: HKDF (RFC 5869) and HMAC over SHA-256, with the labels and sizes of libsignal's version 3 and of `urn:xmpp:omemo:2` (XEP-0384 version 0.8).
 */
import { createHmac, hkdfSync } from 'node:crypto'
import type { Version } from './version.ts'

const ZEROS = Buffer.alloc(32)
const ROOT_INFO: Record<Version, string> = { axolotl: 'WhisperRatchet', 'omemo:2': 'OMEMO Root Chain' }
const MESSAGE_INFO: Record<Version, string> = { axolotl: 'WhisperMessageKeys', 'omemo:2': 'OMEMO Message Key Material' }

export interface MessageKeys {
  /** AES-256-CBC: key, 32 bytes, and initialization vector, 16 bytes. */
  cipher: Buffer
  iv: Buffer
  /** HMAC-SHA-256, 32 bytes. */
  mac: Buffer
}

const hkdf = (secret: Buffer, salt: Buffer, info: string, length: number): Buffer => Buffer.from(hkdfSync('sha256', secret, salt, info, length))
export const hmac = (key: Buffer, data: Buffer): Buffer => createHmac('sha256', key).update(data).digest()

/** First root and chain key of a libsignal session, 32 bytes each, from the secret of X3DH. */
export function firstKeys(secret: Buffer): { root: Buffer; chain: Buffer } {
  const bytes = hkdf(secret, ZEROS, 'WhisperText', 64)
  return { root: bytes.subarray(0, 32), chain: bytes.subarray(32) }
}

/** First root key of a session of `urn:xmpp:omemo:2`, 32 bytes, from the secret of X3DH. */
export const firstRoot = (secret: Buffer): Buffer => hkdf(secret, ZEROS, 'OMEMO X3DH', 32)

/** Step of the root chain with the shared secret of two ratchet keys: next root key, and key of a new chain. */
export function stepRoot(version: Version, root: Buffer, agreed: Buffer): { root: Buffer; chain: Buffer } {
  const bytes = hkdf(agreed, root, ROOT_INFO[version], 64)
  return { root: bytes.subarray(0, 32), chain: bytes.subarray(32) }
}

/** Step of a message chain: seed of this message's keys, and next chain key. */
export function stepChain(chain: Buffer): { seed: Buffer; chain: Buffer } {
  return { seed: hmac(chain, Buffer.of(1)), chain: hmac(chain, Buffer.of(2)) }
}

export function messageKeys(version: Version, seed: Buffer): MessageKeys {
  return keysOf(hkdf(seed, ZEROS, MESSAGE_INFO[version], 80))
}

/** Keys of a payload of `urn:xmpp:omemo:2`. `key`: 32 bytes. */
export const payloadKeys = (key: Buffer): MessageKeys => keysOf(hkdf(key, ZEROS, 'OMEMO Payload', 80))

function keysOf(bytes: Buffer): MessageKeys {
  return { cipher: bytes.subarray(0, 32), mac: bytes.subarray(32, 64), iv: bytes.subarray(64) }
}
