/**
 * Sessions with one device in one version: there are two if both sides start at once, and an earlier one is still needed for messages under way when a peer
 * starts again. The session that last decrypted a message is used for sending.
 */
import { KEY_LENGTH } from './curve.ts'
import { FORMATS } from './format.ts'
import { knows, open, seal, versionOf, type Session } from './ratchet.ts'
import { OmemoRefusal } from './refusal.ts'
import type { Version } from './version.ts'
import { answer, type OwnKeys } from './x3dh.ts'

/** Number of sessions kept; the least recently used is dropped. */
export const MAX_SESSIONS = 10

/** Newest first. */
export type Sessions = readonly Session[]

/** Content of a <key/> for one device. */
export interface DeviceMessage {
  bytes: Buffer
  /** True for a FirstMessage (attribute `prekey`, in `urn:xmpp:omemo:2` `kex`), false for a SessionMessage. */
  first: boolean
}

export interface Received {
  sessions: Sessions
  plaintext: Buffer
  /** One-time prekey that started the session: to be deleted in the transaction that stores the session. */
  usedPreKeyId: number | null
}

const front = (sessions: Sessions, session: Session, without?: Session): Sessions =>
  [session, ...sessions.filter((other) => other !== without)].slice(0, MAX_SESSIONS)

/** Session for sending: with a device of that identity (null: unknown, none), or of any (absent). */
const sending = (sessions: Sessions, identity?: Buffer | null): Session | undefined =>
  sessions.find(({ stale, peerIdentity }) => stale !== true && (identity === undefined || identity?.equals(peerIdentity) === true))

/** True if there is a session for sending. `identity`: of the device, X25519; null: unknown; absent: any. */
export const canSend = (sessions: Sessions, identity?: Buffer | null): boolean => sending(sessions, identity) !== undefined

/** Marks all sessions as stale: they do not send before the peer's next turn, because keys of their sending chains may have been used. */
export const staled = (sessions: Sessions): Sessions => sessions.map((session) => ({ ...session, stale: true }))

/** `deviceId`: our own; `identity`: of the receiver, X25519; absent: any. Throws OmemoRefusal 'no-session' if there is none. */
export function send(sessions: Sessions, deviceId: number, plaintext: Buffer, identity?: Buffer): { sessions: Sessions; message: DeviceMessage } {
  const current = sending(sessions, identity)
  if (current === undefined) throw new OmemoRefusal('no-session', 'There is no session with the device.')
  const { session, message } = seal(current, plaintext)
  const { opening, baseKey, ownIdentity, associated } = session
  // only the initiator repeats the start of the session
  const identityKey = associated?.subarray(0, KEY_LENGTH) ?? ownIdentity
  const bytes = opening === null ? message : FORMATS[versionOf(session)].encodeFirst({ registrationId: deviceId, ...opening, baseKey, identityKey, message })
  return { sessions: front(sessions, session, current), message: { bytes, first: opening !== null } }
}

function receiveFirst(version: Version, sessions: Sessions, keys: OwnKeys, bytes: Buffer): Received {
  const first = FORMATS[version].decodeFirst(bytes)
  const known = sessions.find(
    ({ baseKey, peerIdentity, associated }) =>
      baseKey.equals(first.baseKey) && (associated === null ? peerIdentity : associated.subarray(0, KEY_LENGTH)).equals(first.identityKey)
  )
  const { session, plaintext } = open(known ?? answer(version, keys, first), first.message)
  return { sessions: front(sessions, session, known), plaintext, usedPreKeyId: known === undefined ? first.preKeyId : null }
}

function receiveNext(sessions: Sessions, bytes: Buffer): Received {
  const owner = sessions.find((session) => knows(session, bytes))
  let refusal: unknown = new OmemoRefusal('no-session', 'There is no session with the device.')
  for (const session of owner === undefined ? sessions : [owner]) {
    try {
      const opened = open(session, bytes)
      return { sessions: front(sessions, opened.session, session), plaintext: opened.plaintext, usedPreKeyId: null }
    } catch (error) {
      if (!(error instanceof OmemoRefusal)) throw error
      refusal = error
    }
  }
  throw refusal
}

/** Throws OmemoRefusal of any code; the sessions then stay unchanged. */
export function receive(version: Version, sessions: Sessions, keys: OwnKeys, { bytes, first }: DeviceMessage): Received {
  return first ? receiveFirst(version, sessions, keys, bytes) : receiveNext(sessions, bytes)
}
