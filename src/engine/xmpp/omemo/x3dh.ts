/** How a session begins without its receiver's doing (X3DH, https://signal.org/docs/specifications/x3dh/) in libsignal's version 3. */
import { randomInt } from 'node:crypto'
import { agree, encodeKey, keyPair, sign, verify, type Identity, type KeyPair } from './curve.ts'
import { firstKeys, stepRoot } from './kdf.ts'
import type { Session } from './ratchet.ts'
import { OmemoRefusal } from './refusal.ts'
import type { FirstMessage } from './wire.ts'

export interface PublicPreKey {
  id: number
  /** X25519, 32 bytes. */
  key: Buffer
}

/** What a device publishes (XEP-0384 version 0.3, 'Announcing support'). */
export interface Bundle {
  /** X25519, 32 bytes. */
  identityKey: Buffer
  signedPreKey: PublicPreKey & { signature: Buffer }
  preKeys: readonly PublicPreKey[]
}

/** The secret halves of what this device has published; undefined: not known, or no longer. */
export interface OwnKeys {
  identity: Identity
  signedPreKey(id: number): KeyPair | undefined
  preKey(id: number): KeyPair | undefined
}

/** Before all that is agreed on, so that it can be no key of another curve (X3DH 2.2). */
const FIRST = Buffer.alloc(32, 0xff)

export const signPreKey = (identity: Identity, key: Buffer): Buffer => sign(identity, encodeKey(key))

/** A session with the device of this bundle. Throws OmemoRefusal: 'forged' where the prekey is not signed by the identity, 'malformed'. */
export function begin(own: Identity, bundle: Bundle): Session {
  const { identityKey, signedPreKey, preKeys } = bundle
  if (!verify(identityKey, encodeKey(signedPreKey.key), signedPreKey.signature)) {
    throw new OmemoRefusal('forged', 'The signature of a signed prekey is not by the identity of its bundle.')
  }
  const preKey = preKeys.length === 0 ? null : (preKeys[randomInt(preKeys.length)] ?? null)
  const [base, pair] = [keyPair(), keyPair()]
  const secret = Buffer.concat([
    FIRST,
    agree(own.secret, signedPreKey.key),
    agree(base.secret, identityKey),
    agree(base.secret, signedPreKey.key),
    ...(preKey === null ? [] : [agree(base.secret, preKey.key)])
  ])
  const first = firstKeys(secret)
  const { root, chain } = stepRoot(first.root, agree(pair.secret, signedPreKey.key))
  return {
    ownIdentity: own.public,
    peerIdentity: identityKey,
    baseKey: base.public,
    opening: { preKeyId: preKey?.id ?? null, signedPreKeyId: signedPreKey.id },
    root,
    sending: { pair, key: chain, counter: 0 },
    previousCounter: 0,
    receiving: [{ ratchetKey: signedPreKey.key, key: first.chain, counter: 0, skipped: [] }]
  }
}

/**
 * The session that a peer began with this message, before the message itself is opened. Throws OmemoRefusal: 'no-key' where its prekeys
 * are not known; also where it names no one-time prekey, since such a message could come again and begin the session again (X3DH 4.2):
 * our bundle always has some. 'malformed'.
 */
export function answer(keys: OwnKeys, message: FirstMessage): Session {
  const { preKeyId, signedPreKeyId, baseKey, identityKey } = message
  const signed = keys.signedPreKey(signedPreKeyId)
  const oneTime = preKeyId === null ? undefined : keys.preKey(preKeyId)
  if (signed === undefined) throw new OmemoRefusal('no-key', `A session begins with signed prekey ${signedPreKeyId}, which is not known.`)
  if (oneTime === undefined) throw new OmemoRefusal('no-key', `A session begins with prekey ${preKeyId ?? 'none'}, which is not known or was used before.`)
  const secret = Buffer.concat([
    FIRST,
    agree(signed.secret, identityKey),
    agree(keys.identity.secret, baseKey),
    agree(signed.secret, baseKey),
    agree(oneTime.secret, baseKey)
  ])
  const { root, chain } = firstKeys(secret)
  return {
    ownIdentity: keys.identity.public,
    peerIdentity: identityKey,
    baseKey,
    opening: null,
    root,
    sending: { pair: signed, key: chain, counter: 0 },
    previousCounter: 0,
    receiving: []
  }
}
