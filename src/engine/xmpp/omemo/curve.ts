/**
 * Curve25519 as libsignal uses it, on node:crypto: key agreement (X25519, RFC 7748) and signatures with the same keys (XEdDSA,
 * https://signal.org/docs/specifications/xeddsa/). Keys are raw: 32 bytes.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  randomBytes,
  sign as signEd25519,
  verify as verifyEd25519,
  type KeyObject
} from 'node:crypto'
import { OmemoRefusal } from './refusal.ts'

export interface KeyPair {
  /** X25519, 32 bytes. */
  secret: Buffer
  /** X25519, 32 bytes. */
  public: Buffer
}

/** A device's identity: a key pair for agreement whose secret is the clamped half of an Ed25519 seed's hash, so that node:crypto signs with it. */
export interface Identity extends KeyPair {
  /** Ed25519 seed, 32 bytes: all else follows from it. */
  seed: Buffer
}

export const KEY_LENGTH = 32
const SIGNATURE_LENGTH = 64
/** The type byte of Curve25519 before each public key in bundles and messages. */
const TYPE = 5

/** DER of the keys (RFC 8410) up to their raw bytes. */
const X25519_PRIVATE = Buffer.from('302e020100300506032b656e04220420', 'hex')
const X25519_PUBLIC = Buffer.from('302a300506032b656e032100', 'hex')
const ED25519_PRIVATE = Buffer.from('302e020100300506032b657004220420', 'hex')
const ED25519_PUBLIC = Buffer.from('302a300506032b6570032100', 'hex')
const privateKey = (prefix: Buffer, raw: Buffer): KeyObject => createPrivateKey({ key: Buffer.concat([prefix, raw]), format: 'der', type: 'pkcs8' })
const publicKey = (prefix: Buffer, raw: Buffer): KeyObject => createPublicKey({ key: Buffer.concat([prefix, raw]), format: 'der', type: 'spki' })
const publicHalf = (key: KeyObject): Buffer => createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-KEY_LENGTH)

/** `secret`: 32 bytes, a new one where none is given. */
export function keyPair(secret: Buffer = randomBytes(KEY_LENGTH)): KeyPair {
  return { secret, public: publicHalf(privateKey(X25519_PRIVATE, secret)) }
}

/** `seed`: 32 bytes, a new one where none is given. */
export function identity(seed: Buffer = randomBytes(KEY_LENGTH)): Identity {
  const secret = createHash('sha512').update(seed).digest().subarray(0, KEY_LENGTH)
  return { ...keyPair(secret), seed }
}

/** X25519. 32 bytes. Throws OmemoRefusal 'malformed' where `theirs` is of another length or a point of low order, with which any secret agrees alike. */
export function agree(secret: Buffer, theirs: Buffer): Buffer {
  if (theirs.length !== KEY_LENGTH) throw new OmemoRefusal('malformed', `A public key has ${theirs.length} bytes.`)
  try {
    return diffieHellman({ privateKey: privateKey(X25519_PRIVATE, secret), publicKey: publicKey(X25519_PUBLIC, theirs) })
  } catch (error) {
    throw new OmemoRefusal('malformed', 'A public key is a point of low order.', { cause: error })
  }
}

/** As bundles and messages carry it: 33 bytes. */
export const encodeKey = (raw: Buffer): Buffer => Buffer.concat([Buffer.of(TYPE), raw])

/**
 * Throws OmemoRefusal 'malformed' where it is no public key of Curve25519. The unused top bit is 0 in every key that is made; with it a
 * base key, which no authentication code covers, would have a second form that agrees alike.
 */
export function decodeKey(bytes: Buffer): Buffer {
  if (bytes.length !== KEY_LENGTH + 1 || bytes[0] !== TYPE || bytes.readUInt8(KEY_LENGTH) > 0x7f)
    throw new OmemoRefusal('malformed', 'A public key is of an unknown kind.')
  return bytes.subarray(1)
}

const P = (1n << 255n) - 19n
const toNumber = (littleEndian: Buffer): bigint => BigInt(`0x${Buffer.from(littleEndian).reverse().toString('hex')}`)
const toBytes = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(2 * KEY_LENGTH, '0'), 'hex').reverse()

/** 1 / `value` modulo P, by Fermat; public keys alone come here, so its time tells nothing. */
function inverse(value: bigint): bigint {
  let result = 1n
  let base = value
  for (let exponent = P - 2n; exponent > 0n; exponent >>= 1n) {
    if ((exponent & 1n) === 1n) result = (result * base) % P
    base = (base * base) % P
  }
  return result
}

/** The Ed25519 key of an X25519 key, its sign bit 0 (XEdDSA, 'convert_mont'); null where there is none. */
function toEdwards(montgomery: Buffer): Buffer | null {
  const u = toNumber(montgomery)
  if (u >= P || u === P - 1n) return null
  return toBytes(((u - 1n + P) * inverse(u + 1n)) % P)
}

/**
 * The X25519 key of an Ed25519 key (RFC 7748 section 4.1): in `urn:xmpp:omemo:2` an identity is announced as the latter. Throws OmemoRefusal 'malformed' where
 * there is none.
 */
export function toMontgomery(edwards: Buffer): Buffer {
  if (edwards.length !== KEY_LENGTH) throw new OmemoRefusal('malformed', `An identity has ${edwards.length} bytes.`)
  const plain = Buffer.from(edwards)
  plain.writeUInt8(plain.readUInt8(KEY_LENGTH - 1) & 0x7f, KEY_LENGTH - 1)
  const y = toNumber(plain)
  if (y >= P || y === 1n) throw new OmemoRefusal('malformed', 'An identity is no key of Ed25519.')
  return toBytes(((1n + y) * inverse((1n - y + P) % P)) % P)
}

/** Ed25519, 32 bytes: the identity as `urn:xmpp:omemo:2` announces it. */
export const edwardsKey = ({ seed }: Identity): Buffer => publicHalf(privateKey(ED25519_PRIVATE, seed))

/** 64 bytes, Ed25519 (RFC 8032). */
export const signEdwards = ({ seed }: Identity, message: Buffer): Buffer => signEd25519(null, message, privateKey(ED25519_PRIVATE, seed))

/** `key`: Ed25519, 32 bytes. False for anything that is no signature of this message by this key. */
export function verifyEdwards(key: Buffer, message: Buffer, signature: Buffer): boolean {
  if (key.length !== KEY_LENGTH || signature.length !== SIGNATURE_LENGTH) return false
  try {
    return verifyEd25519(null, message, publicKey(ED25519_PUBLIC, key), signature)
  } catch {
    // a key that is no point of the curve has signed nothing
    return false
  }
}

/** 64 bytes: an Ed25519 signature, with the sign bit of the public key in the top bit of the last byte, as libsignal has it. */
export function sign({ seed }: Identity, message: Buffer): Buffer {
  const key = privateKey(ED25519_PRIVATE, seed)
  const signature = signEd25519(null, message, key)
  const signBit = (publicHalf(key).at(-1) ?? 0) & 0x80
  signature.writeUInt8(signature.readUInt8(SIGNATURE_LENGTH - 1) | signBit, SIGNATURE_LENGTH - 1)
  return signature
}

/** `key`: X25519, 32 bytes. False for anything that is no signature of this message by this key. */
export function verify(key: Buffer, message: Buffer, signature: Buffer): boolean {
  if (key.length !== KEY_LENGTH || signature.length !== SIGNATURE_LENGTH) return false
  const edwards = toEdwards(key)
  if (edwards === null) return false
  const plain = Buffer.from(signature)
  const last = plain.readUInt8(SIGNATURE_LENGTH - 1)
  plain.writeUInt8(last & 0x7f, SIGNATURE_LENGTH - 1)
  edwards.writeUInt8(edwards.readUInt8(KEY_LENGTH - 1) | (last & 0x80), KEY_LENGTH - 1)
  try {
    return verifyEd25519(null, message, publicKey(ED25519_PUBLIC, edwards), plain)
  } catch {
    // a key that is no point of the curve has signed nothing
    return false
  }
}
