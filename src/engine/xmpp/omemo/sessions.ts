/**
 * The sessions with one device in one version: two are begun where both sides begin at once, and an earlier one is still needed for messages on their
 * way when a peer begins anew. The one last used to open a message is the one to send with.
 */
import { KEY_LENGTH } from './curve.ts'
import { FORMATS } from './format.ts'
import { knows, open, seal, versionOf, type Session } from './ratchet.ts'
import { OmemoRefusal } from './refusal.ts'
import type { Version } from './version.ts'
import { answer, type OwnKeys } from './x3dh.ts'

/** Sessions that are kept; the least recently used is given up. */
export const MAX_SESSIONS = 10

/** The newest first. */
export type Sessions = readonly Session[]

/** What stands in a <key/> for one device. */
export interface DeviceMessage {
  bytes: Buffer
  /** A FirstMessage (attribute `prekey`, in `urn:xmpp:omemo:2` `kex`), otherwise a SessionMessage. */
  first: boolean
}

export interface Received {
  sessions: Sessions
  plaintext: Buffer
  /** The one-time prekey that the session was begun with: to be deleted in the transaction that stores the session. */
  usedPreKeyId: number | null
}

const front = (sessions: Sessions, session: Session, without?: Session): Sessions =>
  [session, ...sessions.filter((other) => other !== without)].slice(0, MAX_SESSIONS)

/** Whether there is a session to send with. */
export const canSend = (sessions: Sessions): boolean => sessions.some(({ stale }) => stale !== true)

/** None of them sends before its peer's next turn: keys of their sending chains may have been used. */
export const staled = (sessions: Sessions): Sessions => sessions.map((session) => ({ ...session, stale: true }))

/** `deviceId`: our own. Throws OmemoRefusal 'no-session' where none was begun. */
export function send(sessions: Sessions, deviceId: number, plaintext: Buffer): { sessions: Sessions; message: DeviceMessage } {
  const current = sessions.find(({ stale }) => stale !== true)
  if (current === undefined) throw new OmemoRefusal('no-session', 'No session with the device has begun.')
  const { session, message } = seal(current, plaintext)
  const { opening, baseKey, ownIdentity, associated } = session
  // whoever repeats how has begun the session
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
  let refusal: unknown = new OmemoRefusal('no-session', 'No session with the device has begun.')
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

/** Throws OmemoRefusal of any code; the sessions are then as they were. */
export function receive(version: Version, sessions: Sessions, keys: OwnKeys, { bytes, first }: DeviceMessage): Received {
  return first ? receiveFirst(version, sessions, keys, bytes) : receiveNext(sessions, bytes)
}
