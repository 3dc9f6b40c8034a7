/**
 * Double ratchet (https://signal.org/docs/specifications/doubleratchet/) of libsignal's version 3 and `urn:xmpp:omemo:2`. A session is plain, immutable data:
 * each step returns the next session, to be stored in the transaction of the message. A refused step returns none, so that foreign bytes never change a
 * session. Unlike in the specification, the previous chain's length (`previousCounter`) is ignored, since clients write it in two ways: earlier chains are
 * kept instead, which yields the same keys.
 */
import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto'
import { agree, encodeKey, keyPair, type KeyPair } from './curve.ts'
import { hmac, messageKeys, stepChain, stepRoot } from './kdf.ts'
import { OmemoRefusal } from './refusal.ts'
import { FORMATS } from './format.ts'
import type { Version } from './version.ts'

/** Largest number of missing messages before one of a chain, as in libsignal, so that others' messages can be decrypted. */
export const MAX_AHEAD = 2000
/** Largest number of skipped message keys in all chains of a session together: the oldest are dropped. */
export const MAX_SKIPPED = 2000
/** Number of the peer's chains kept beside the newest: messages that are late by more turns are lost. */
export const MAX_CHAINS = 20

/** Number of last messages of a chain whose codes are kept. */
export const MAX_HEARD = 50

/** Code of a decrypted message, which tells a repeated one from another message under the same key. */
export interface HeardCode {
  counter: number
  /** Beginning of its authentication code, 4 bytes. */
  code: Buffer
}
export const CODE_LENGTH = 4

export interface SkippedKey {
  counter: number
  /** Seed of the message's keys, 32 bytes. */
  seed: Buffer
}

export interface ReceivingChain {
  ratchetKey: Buffer
  /** Key of the next message, 32 bytes. */
  key: Buffer
  /** Counter of the next message. */
  counter: number
  /** Skipped keys by rising counter. */
  skipped: readonly SkippedKey[]
  /** Codes of the last decrypted messages; none in sessions of older versions. */
  heard: readonly HeardCode[]
}

export interface Session {
  /** X25519 public keys of both devices, 32 bytes each. */
  ownIdentity: Buffer
  peerIdentity: Buffer
  /**
   * In `urn:xmpp:omemo:2`: identities (Ed25519) of the session's initiator and of the other side, 64 bytes, covered by each authentication code; null: a
   * session of version 0.3.
   */
  associated: Buffer | null
  /** Key with which the initiator started the session; identifies it. */
  baseKey: Buffer
  /** Start of the session, which its initiator repeats with each message until the peer has answered. */
  opening: { preKeyId: number | null; signedPreKeyId: number } | null
  root: Buffer
  sending: { pair: KeyPair; key: Buffer; counter: number }
  /** Number of messages in our previous chain. */
  previousCounter: number
  /** Receiving chains, newest first. */
  receiving: readonly ReceivingChain[]
  /**
   * Restored from an older copy of the store: keys of its sending chain may have been used. It decrypts messages, and sends again after the peer's next turn.
   */
  stale?: true
}

export const versionOf = ({ associated }: Session): Version => (associated === null ? 'axolotl' : 'omemo:2')

/** Authentication code, 32 bytes, of which messages carry the first ones. */
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

/** Session after a new ratchet key of the peer: with a new receiving chain, and a sending chain with a new key. */
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
    receiving: [{ ratchetKey, key: theirs.chain, counter: 0, skipped: [], heard: [] }, ...session.receiving].slice(0, MAX_CHAINS + 1)
  }
}

/** Seed of a message's keys, and the chain without it. `code`: of the message. */
function take(chain: ReceivingChain, counter: number, code: Buffer): { seed: Buffer; chain: ReceivingChain } {
  if (counter < chain.counter) {
    const kept = chain.skipped.find((skipped) => skipped.counter === counter)
    const heard = chain.heard.find((one) => one.counter === counter)
    if (kept === undefined && heard !== undefined && !heard.code.equals(code))
      throw new OmemoRefusal('reused', `Another message came before under the key of message ${counter} of a chain.`)
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

/** Limits skipped keys to MAX_SKIPPED: those of the newest chains, and of each the newest. */
function bounded(chains: readonly ReceivingChain[]): ReceivingChain[] {
  let left = MAX_SKIPPED
  return chains.map((chain) => {
    const skipped = left === 0 ? [] : chain.skipped.slice(-left)
    left -= skipped.length
    return { ...chain, skipped }
  })
}

/** True if the session has a chain that the message belongs to: no other session can decrypt it. */
export function knows(session: Session, bytes: Buffer): boolean {
  const { ratchetKey } = FORMATS[versionOf(session)].decode(bytes)
  return session.receiving.some((chain) => chain.ratchetKey.equals(ratchetKey))
}

/** Throws OmemoRefusal: 'malformed', 'version', 'forged', 'used', 'reused', 'too-far'. At most MAX_AHEAD + 2 steps of a chain whatever the bytes say. */
export function open(session: Session, bytes: Buffer): { session: Session; plaintext: Buffer } {
  const version = versionOf(session)
  const { ratchetKey, counter, ciphertext, authenticated, mac } = FORMATS[version].decode(bytes)
  const turned = knows(session, bytes) ? session : turn(session, ratchetKey)
  const at = turned.receiving.findIndex((known) => known.ratchetKey.equals(ratchetKey))
  const found = turned.receiving[at]
  if (found === undefined) throw new OmemoRefusal('no-session', 'A message belongs to no chain of its session.')
  const begin = mac.subarray(0, CODE_LENGTH)
  const { seed, chain: taken } = take(found, counter, begin)
  const chain = { ...taken, heard: [...taken.heard, { counter, code: begin }].slice(-MAX_HEARD) }
  const keys = messageKeys(version, seed)
  const code = authentication(session, session.peerIdentity, session.ownIdentity, keys.mac)(authenticated)
  if (!timingSafeEqual(code.subarray(0, mac.length), mac)) {
    throw new OmemoRefusal('forged', 'A message was altered on its way, or belongs to another session.')
  }
  const decipher = createDecipheriv('aes-256-cbc', keys.cipher, keys.iv)
  let plaintext: Buffer
  try {
    plaintext = Buffer.concat([decipher.update(ciphertext), decipher.final()])
  } catch (error) {
    throw new OmemoRefusal('malformed', 'A message has no content.', { cause: error })
  }
  return { session: { ...turned, opening: null, receiving: bounded(turned.receiving.with(at, chain)) }, plaintext }
}
