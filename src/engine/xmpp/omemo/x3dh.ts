/**
 * Start of a session without the receiver's participation (X3DH, https://signal.org/docs/specifications/x3dh/), as in libsignal's version 3 and
 * `urn:xmpp:omemo:2`.
 */
import { randomInt } from 'node:crypto'
import { agree, edwardsKey, encodeKey, keyPair, sign, signEdwards, toMontgomery, verify, verifyEdwards, type Identity, type KeyPair } from './curve.ts'
import { firstKeys, firstRoot, stepRoot } from './kdf.ts'
import type { Session } from './ratchet.ts'
import { OmemoRefusal } from './refusal.ts'
import type { Version } from './version.ts'
import type { FirstMessage } from './wire.ts'

export interface PublicPreKey {
  id: number
  /** X25519, 32 bytes. */
  key: Buffer
}

/** Published bundle of a device (XEP-0384 version 0.3, 'Announcing support'; version 0.8, 'Bundles'). */
export interface Bundle {
  version: Version
  /** 32 bytes: X25519, in `urn:xmpp:omemo:2` Ed25519. */
  identityKey: Buffer
  signedPreKey: PublicPreKey & { signature: Buffer }
  preKeys: readonly PublicPreKey[]
}

/** Private keys of what this device has published in a version; undefined: unknown, or deleted. */
export interface OwnKeys {
  identity: Identity
  signedPreKey(id: number): KeyPair | undefined
  preKey(id: number): KeyPair | undefined
}

/** Prefix of the shared secrets, so that they cannot be mistaken for keys of another curve (X3DH 2.2). */
const FIRST = Buffer.alloc(32, 0xff)

/** Signature of a prekey. */
export const signPreKey = (version: Version, identity: Identity, key: Buffer): Buffer =>
  version === 'axolotl' ? sign(identity, encodeKey(key)) : signEdwards(identity, key)
const isSigned = ({ version, identityKey, signedPreKey: { key, signature } }: Bundle): boolean =>
  version === 'axolotl' ? verify(identityKey, encodeKey(key), signature) : verifyEdwards(identityKey, key, signature)

/** Identity key as the bundles of that version contain it. */
export const announcedKey = (version: Version, own: Identity): Buffer => (version === 'axolotl' ? own.public : edwardsKey(own))
const agreedKey = (version: Version, announced: Buffer): Buffer => (version === 'axolotl' ? announced : toMontgomery(announced))

/**
 * Starts a session with the device of this bundle. Throws OmemoRefusal: 'forged' if the prekey is not signed by the identity, 'malformed', also if
 * `urn:xmpp:omemo:2` has no one-time prekey, which its messages have to name.
 */
export function begin(own: Identity, bundle: Bundle): Session {
  const { version, identityKey, signedPreKey, preKeys } = bundle
  if (!isSigned(bundle)) throw new OmemoRefusal('forged', 'The signature of a signed prekey is not by the identity of its bundle.')
  const preKey = preKeys.length === 0 ? null : (preKeys[randomInt(preKeys.length)] ?? null)
  if (preKey === null && version !== 'axolotl') throw new OmemoRefusal('malformed', 'A bundle has no prekeys.')
  const peerIdentity = agreedKey(version, identityKey)
  const [base, pair] = [keyPair(), keyPair()]
  const secret = Buffer.concat([
    FIRST,
    agree(own.secret, signedPreKey.key),
    agree(base.secret, peerIdentity),
    agree(base.secret, signedPreKey.key),
    ...(preKey === null ? [] : [agree(base.secret, preKey.key)])
  ])
  const first = version === 'axolotl' ? firstKeys(secret) : { root: firstRoot(secret), chain: null }
  const { root, chain } = stepRoot(version, first.root, agree(pair.secret, signedPreKey.key))
  return {
    ownIdentity: own.public,
    peerIdentity,
    associated: version === 'axolotl' ? null : Buffer.concat([edwardsKey(own), identityKey]),
    baseKey: base.public,
    opening: { preKeyId: preKey?.id ?? null, signedPreKeyId: signedPreKey.id },
    root,
    sending: { pair, key: chain, counter: 0 },
    previousCounter: 0,
    receiving: first.chain === null ? [] : [{ ratchetKey: signedPreKey.key, key: first.chain, counter: 0, skipped: [], heard: [] }]
  }
}

/** Chain key of a session in which nobody has sent: the first message turns it. */
const NO_CHAIN = Buffer.alloc(32)

/**
 * Session that a peer started with this message, before the message itself is decrypted. Throws OmemoRefusal: 'no-key' if its prekeys are unknown, or if it
 * names no one-time prekey, since such a message could be replayed and start the session again (X3DH 4.2): our bundle always has some. 'malformed'.
 */
export function answer(version: Version, keys: OwnKeys, message: FirstMessage): Session {
  const { preKeyId, signedPreKeyId, baseKey, identityKey } = message
  const signed = keys.signedPreKey(signedPreKeyId)
  const oneTime = preKeyId === null ? undefined : keys.preKey(preKeyId)
  if (signed === undefined) throw new OmemoRefusal('no-key', `A session begins with signed prekey ${signedPreKeyId}, which is not known.`)
  if (oneTime === undefined) throw new OmemoRefusal('no-key', `A session begins with prekey ${preKeyId ?? 'none'}, which is not known or was used before.`)
  const peerIdentity = agreedKey(version, identityKey)
  const secret = Buffer.concat([
    FIRST,
    agree(signed.secret, peerIdentity),
    agree(keys.identity.secret, baseKey),
    agree(signed.secret, baseKey),
    agree(oneTime.secret, baseKey)
  ])
  const { root, chain } = version === 'axolotl' ? firstKeys(secret) : { root: firstRoot(secret), chain: NO_CHAIN }
  return {
    ownIdentity: keys.identity.public,
    peerIdentity,
    associated: version === 'axolotl' ? null : Buffer.concat([identityKey, edwardsKey(keys.identity)]),
    baseKey,
    opening: null,
    root,
    sending: { pair: signed, key: chain, counter: 0 },
    previousCounter: 0,
    receiving: []
  }
}
