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

/** Identity of a device: a key pair for agreement whose secret is the clamped half of an Ed25519 seed's hash, so that node:crypto signs with it. */
export interface Identity extends KeyPair {
  /** Ed25519 seed, 32 bytes: the other keys are derived from it. */
  seed: Buffer
}

export const KEY_LENGTH = 32
const SIGNATURE_LENGTH = 64
/** Type byte of Curve25519 before each public key in bundles and messages. */
const TYPE = 5

/** DER prefixes of the keys (RFC 8410). */
const X25519_PRIVATE = Buffer.from('302e020100300506032b656e04220420', 'hex')
const X25519_PUBLIC = Buffer.from('302a300506032b656e032100', 'hex')
const ED25519_PRIVATE = Buffer.from('302e020100300506032b657004220420', 'hex')
const ED25519_PUBLIC = Buffer.from('302a300506032b6570032100', 'hex')
const privateKey = (prefix: Buffer, raw: Buffer): KeyObject => createPrivateKey({ key: Buffer.concat([prefix, raw]), format: 'der', type: 'pkcs8' })
const publicKey = (prefix: Buffer, raw: Buffer): KeyObject => createPublicKey({ key: Buffer.concat([prefix, raw]), format: 'der', type: 'spki' })
/** Public half of a private key. Its JWK (RFC 8037) has it already; a public key object would take half as long again. */
const publicHalf = (key: KeyObject): Buffer => Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url')

/** `secret`: 32 bytes, random by default. */
export function keyPair(secret: Buffer = randomBytes(KEY_LENGTH)): KeyPair {
  return { secret, public: publicHalf(privateKey(X25519_PRIVATE, secret)) }
}

/** `seed`: 32 bytes, random by default. */
export function identity(seed: Buffer = randomBytes(KEY_LENGTH)): Identity {
  const secret = createHash('sha512').update(seed).digest().subarray(0, KEY_LENGTH)
  return { ...keyPair(secret), seed }
}

/**
 * X25519 shared secret, 32 bytes. Throws OmemoRefusal 'malformed' if `theirs` has another length or is a point of low order, which yields the same result for
 * any secret.
 */
export function agree(secret: Buffer, theirs: Buffer): Buffer {
  if (theirs.length !== KEY_LENGTH) throw new OmemoRefusal('malformed', `A public key has ${theirs.length} bytes.`)
  try {
    return diffieHellman({ privateKey: privateKey(X25519_PRIVATE, secret), publicKey: publicKey(X25519_PUBLIC, theirs) })
  } catch (error) {
    throw new OmemoRefusal('malformed', 'A public key is a point of low order.', { cause: error })
  }
}

/** Encoded public key of bundles and messages: 33 bytes. */
export const encodeKey = (raw: Buffer): Buffer => Buffer.concat([Buffer.of(TYPE), raw])

/**
 * Throws OmemoRefusal 'malformed' if it is no public key of Curve25519. The unused top bit is 0 in every generated key; with it a base key, which no
 * authentication code covers, would have a second form with the same result.
 */
export function decodeKey(bytes: Buffer): Buffer {
  if (bytes.length !== KEY_LENGTH + 1 || bytes[0] !== TYPE || bytes.readUInt8(KEY_LENGTH) > 0x7f)
    throw new OmemoRefusal('malformed', 'A public key is of an unknown kind.')
  return bytes.subarray(1)
}

const P = (1n << 255n) - 19n
const toNumber = (littleEndian: Buffer): bigint => BigInt(`0x${Buffer.from(littleEndian).reverse().toString('hex')}`)
const toBytes = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(2 * KEY_LENGTH, '0'), 'hex').reverse()

/** 1 / `value` modulo P, by Fermat; used with public keys only, so its timing reveals nothing. */
function inverse(value: bigint): bigint {
  let result = 1n
  let base = value
  for (let exponent = P - 2n; exponent > 0n; exponent >>= 1n) {
    if ((exponent & 1n) === 1n) result = (result * base) % P
    base = (base * base) % P
  }
  return result
}

/** Ed25519 key of an X25519 key, its sign bit 0 (XEdDSA, 'convert_mont'); null if there is none. */
function toEdwards(montgomery: Buffer): Buffer | null {
  const u = toNumber(montgomery)
  if (u >= P || u === P - 1n) return null
  return toBytes(((u - 1n + P) * inverse(u + 1n)) % P)
}

/**
 * X25519 key of an Ed25519 key (RFC 7748 section 4.1), the form in which `urn:xmpp:omemo:2` announces an identity. Throws OmemoRefusal 'malformed' if there
 * is none.
 */
export function toMontgomery(edwards: Buffer): Buffer {
  if (edwards.length !== KEY_LENGTH) throw new OmemoRefusal('malformed', `An identity has ${edwards.length} bytes.`)
  const plain = Buffer.from(edwards)
  plain.writeUInt8(plain.readUInt8(KEY_LENGTH - 1) & 0x7f, KEY_LENGTH - 1)
  const y = toNumber(plain)
  if (y >= P || y === 1n) throw new OmemoRefusal('malformed', 'An identity is no key of Ed25519.')
  return toBytes(((1n + y) * inverse((1n - y + P) % P)) % P)
}

/** Ed25519 public key, 32 bytes: the identity as `urn:xmpp:omemo:2` announces it. */
export const edwardsKey = ({ seed }: Identity): Buffer => publicHalf(privateKey(ED25519_PRIVATE, seed))

/** Ed25519 signature (RFC 8032), 64 bytes. */
export const signEdwards = ({ seed }: Identity, message: Buffer): Buffer => signEd25519(null, message, privateKey(ED25519_PRIVATE, seed))

/** `key`: Ed25519, 32 bytes. False if the signature is not by this key over this message. */
export function verifyEdwards(key: Buffer, message: Buffer, signature: Buffer): boolean {
  if (key.length !== KEY_LENGTH || signature.length !== SIGNATURE_LENGTH) return false
  try {
    return verifyEd25519(null, message, publicKey(ED25519_PUBLIC, key), signature)
  } catch {
    // a key that is no point of the curve has signed nothing
    return false
  }
}

/** Signature, 64 bytes: Ed25519, with the sign bit of the public key in the top bit of the last byte, as in libsignal. */
export function sign({ seed }: Identity, message: Buffer): Buffer {
  const key = privateKey(ED25519_PRIVATE, seed)
  const signature = signEd25519(null, message, key)
  const signBit = (publicHalf(key).at(-1) ?? 0) & 0x80
  signature.writeUInt8(signature.readUInt8(SIGNATURE_LENGTH - 1) | signBit, SIGNATURE_LENGTH - 1)
  return signature
}

/** `key`: X25519, 32 bytes. False if the signature is not by this key over this message. */
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
