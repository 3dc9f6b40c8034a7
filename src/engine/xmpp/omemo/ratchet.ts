/**
 * The double ratchet (https://signal.org/docs/specifications/doubleratchet/) as libsignal's version 3 and `urn:xmpp:omemo:2` have it. A session is plain data and
 * is never changed: each step gives the session that follows it, to be stored in the transaction of the message. A step that refuses
 * gives none, so that nobody's bytes change a session that they are not part of.
 *
 * Other than the specification says, the previous chain's length (`previousCounter`) counts for nothing here, since clients write
 * it in two ways: earlier chains are kept instead, which yields the same keys.
 */
import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto'
import { agree, encodeKey, keyPair, type KeyPair } from './curve.ts'
import { hmac, messageKeys, stepChain, stepRoot } from './kdf.ts'
import { OmemoRefusal } from './refusal.ts'
import { FORMATS } from './format.ts'
import type { Version } from './version.ts'

/** Messages of a chain that may be missing before the one that came: as many as libsignal allows, so that what others send is opened. */
export const MAX_AHEAD = 2000
/** Keys of messages that have not come yet, in all chains of a session together: the oldest are given up. */
export const MAX_SKIPPED = 2000
/** Chains of the peer that are kept beside the newest: messages that are late by more turns are given up. */
export const MAX_CHAINS = 20

export interface SkippedKey {
  counter: number
  /** 32 bytes: the message's keys follow from it. */
  seed: Buffer
}

export interface ReceivingChain {
  ratchetKey: Buffer
  /** 32 bytes: the next message's. */
  key: Buffer
  /** The next message's. */
  counter: number
  /** By counter, rising. */
  skipped: readonly SkippedKey[]
}

export interface Session {
  /** X25519 public keys of both devices, 32 bytes each. */
  ownIdentity: Buffer
  peerIdentity: Buffer
  /** Of `urn:xmpp:omemo:2`: the identities (Ed25519) of who began the session and of the other, 64 bytes, over which each authentication code stands; null: the session is of version 0.3. */
  associated: Buffer | null
  /** The key with which its initiator began it: names the session. */
  baseKey: Buffer
  /** Whoever began it repeats how with each message until the peer has answered. */
  opening: { preKeyId: number | null; signedPreKeyId: number } | null
  root: Buffer
  sending: { pair: KeyPair; key: Buffer; counter: number }
  /** Messages of our chain before this one. */
  previousCounter: number
  /** The newest first. */
  receiving: readonly ReceivingChain[]
  /** It comes from an older copy of the store: keys of its sending chain may have been used. It opens messages, and sends again after the peer's next turn. */
  stale?: true
}

export const versionOf = ({ associated }: Session): Version => (associated === null ? 'axolotl' : 'omemo:2')

/** 32 bytes, of which messages carry the first. */
const authentication =
  ({ associated }: Session, from: Buffer, to: Buffer, macKey: Buffer) =>
  (authenticated: Buffer): Buffer =>
    hmac(macKey, Buffer.concat([associated ?? Buffer.concat([encodeKey(from), encodeKey(to)]), authenticated]))

/** `message`: a SessionMessage with its authentication code. */
export function seal(session: Session, plaintext: Buffer): { session: Session; message: Buffer } {
  const { pair, key, counter } = session.sending
  const { seed, chain } = stepChain(key)
  const version = versionOf(session)
  const keys = messageKeys(version, seed)
  const cipher = createCipheriv('aes-256-cbc', keys.cipher, keys.iv)
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  const message = FORMATS[version].encode(
    { ratchetKey: pair.public, counter, previousCounter: session.previousCounter, ciphertext },
    authentication(session, session.ownIdentity, session.peerIdentity, keys.mac)
  )
  return { session: { ...session, sending: { pair, key: chain, counter: counter + 1 } }, message }
}

/** The session after a new ratchet key of the peer: a chain to receive with, and a chain of our own with a new key. */
function turn(session: Session, ratchetKey: Buffer): Session {
  const version = versionOf(session)
  const theirs = stepRoot(version, session.root, agree(session.sending.pair.secret, ratchetKey))
  const pair = keyPair()
  const ours = stepRoot(version, theirs.root, agree(pair.secret, ratchetKey))
  const lasting = { ...session }
  delete lasting.stale
  return {
    ...lasting,
    root: ours.root,
    sending: { pair, key: ours.chain, counter: 0 },
    previousCounter: session.sending.counter,
    receiving: [{ ratchetKey, key: theirs.chain, counter: 0, skipped: [] }, ...session.receiving].slice(0, MAX_CHAINS + 1)
  }
}

/** The seed of a message's keys, and the chain without it. */
function take(chain: ReceivingChain, counter: number): { seed: Buffer; chain: ReceivingChain } {
  if (counter < chain.counter) {
    const kept = chain.skipped.find((skipped) => skipped.counter === counter)
    if (kept === undefined) throw new OmemoRefusal('used', `Message ${counter} of a chain came before, or its key is no longer kept.`)
    return { seed: kept.seed, chain: { ...chain, skipped: chain.skipped.filter((skipped) => skipped !== kept) } }
  }
  if (counter - chain.counter > MAX_AHEAD) throw new OmemoRefusal('too-far', `${counter - chain.counter} messages before this one are missing.`)
  const skipped = [...chain.skipped]
  let { key } = chain
  for (let at = chain.counter; ; at++) {
    const step = stepChain(key)
    key = step.chain
    if (at === counter) return { seed: step.seed, chain: { ...chain, key, counter: at + 1, skipped } }
    skipped.push({ counter: at, seed: step.seed })
  }
}

/** At most MAX_SKIPPED keys: those of the newest chains, and of each the newest. */
function bounded(chains: readonly ReceivingChain[]): ReceivingChain[] {
  let left = MAX_SKIPPED
  return chains.map((chain) => {
    const skipped = left === 0 ? [] : chain.skipped.slice(-left)
    left -= skipped.length
    return { ...chain, skipped }
  })
}

/** True where the session has a chain that the message belongs to: no other session can open it. */
export function knows(session: Session, bytes: Buffer): boolean {
  const { ratchetKey } = FORMATS[versionOf(session)].decode(bytes)
  return session.receiving.some((chain) => chain.ratchetKey.equals(ratchetKey))
}

/** Throws OmemoRefusal: 'malformed', 'version', 'forged', 'used', 'too-far'. At most MAX_AHEAD + 2 steps of a chain whatever the bytes say. */
export function open(session: Session, bytes: Buffer): { session: Session; plaintext: Buffer } {
  const version = versionOf(session)
  const { ratchetKey, counter, ciphertext, authenticated, mac } = FORMATS[version].decode(bytes)
  const turned = knows(session, bytes) ? session : turn(session, ratchetKey)
  const at = turned.receiving.findIndex((known) => known.ratchetKey.equals(ratchetKey))
  const found = turned.receiving[at]
  if (found === undefined) throw new OmemoRefusal('no-session', 'A message belongs to no chain of its session.')
  const { seed, chain } = take(found, counter)
  const keys = messageKeys(version, seed)
  const code = authentication(session, session.peerIdentity, session.ownIdentity, keys.mac)(authenticated)
  if (!timingSafeEqual(code.subarray(0, mac.length), mac)) {
    throw new OmemoRefusal('forged', 'A message was changed on its way, or belongs to another session.')
  }
  const decipher = createDecipheriv('aes-256-cbc', keys.cipher, keys.iv)
  let plaintext: Buffer
  try {
    plaintext = Buffer.concat([decipher.update(ciphertext), decipher.final()])
  } catch (error) {
    throw new OmemoRefusal('malformed', 'A message holds no content.', { cause: error })
  }
  return { session: { ...turned, opening: null, receiving: bounded(turned.receiving.with(at, chain)) }, plaintext }
}
