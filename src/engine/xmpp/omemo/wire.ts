/** Messages of libsignal, version 3: the content of a <key/> of `eu.siacs.conversations.axolotl` (XEP-0384 version 0.3). */
import { decodeKey, encodeKey } from './curve.ts'
import { bytesOf, decodeFields, encodeFields, numberOf, type Fields } from './protobuf.ts'
import { OmemoRefusal } from './refusal.ts'

/** Version byte: upper half: version of this message; lower half: newest version that its sender knows. */
const VERSION = 0x33
const MAC_LENGTH = 8
/** Longest message for one device, bytes: it holds the keys of a payload, or a client's own data; clients write nothing longer. */
const MAX_BYTES = 64 * 1024

/** WhisperMessage: a message of a session. */
export interface SessionMessage {
  /** Newest ratchet key of the sender (X25519, 32 bytes). */
  ratchetKey: Buffer
  /** Position in the sending chain, from 0. */
  counter: number
  /** Number of messages in the sender's previous chain; libsignal writes one less. */
  previousCounter: number
  ciphertext: Buffer
}

/** Message with its authenticated bytes and the authentication code. */
export interface SealedMessage extends SessionMessage {
  authenticated: Buffer
  mac: Buffer
}

/** PreKeyWhisperMessage: a session's message with all data that its receiver needs to start the session. */
export interface FirstMessage {
  /** Device id of the sender. */
  registrationId: number
  /** Number of the used one-time prekey; null if the bundle had none. */
  preKeyId: number | null
  signedPreKeyId: number
  /** X25519, 32 bytes. */
  baseKey: Buffer
  /** Identity of the sender (X25519, 32 bytes). */
  identityKey: Buffer
  /** An encoded SessionMessage. */
  message: Buffer
}

function fieldsOf(bytes: Buffer): Fields {
  const version = bytes[0]
  if (version === undefined || bytes.length > MAX_BYTES) throw new OmemoRefusal('malformed', `A message has ${bytes.length} bytes.`)
  if (version >> 4 !== 3) throw new OmemoRefusal('version', `A message is of version ${version >> 4}, not 3.`)
  return decodeFields(bytes.subarray(1))
}

/** `mac`: authentication code of the message, 8 bytes or more. */
export function encodeSessionMessage({ ratchetKey, counter, previousCounter, ciphertext }: SessionMessage, mac: (authenticated: Buffer) => Buffer): Buffer {
  const authenticated = Buffer.concat([
    Buffer.of(VERSION),
    encodeFields([
      [1, encodeKey(ratchetKey)],
      [2, counter],
      [3, previousCounter],
      [4, ciphertext]
    ])
  ])
  return Buffer.concat([authenticated, mac(authenticated).subarray(0, MAC_LENGTH)])
}

/** Throws OmemoRefusal 'malformed' or 'version'. The authentication code is not checked here. */
export function decodeSessionMessage(bytes: Buffer): SealedMessage {
  const end = bytes.length - MAC_LENGTH
  if (end < 1) throw new OmemoRefusal('malformed', `A message has ${bytes.length} bytes.`)
  const authenticated = bytes.subarray(0, end)
  const fields = fieldsOf(authenticated)
  return {
    ratchetKey: decodeKey(bytesOf(fields, 1)),
    counter: numberOf(fields, 2),
    previousCounter: fields.has(3) ? numberOf(fields, 3) : 0,
    ciphertext: bytesOf(fields, 4),
    authenticated,
    mac: bytes.subarray(end)
  }
}

export function encodeFirstMessage({ registrationId, preKeyId, signedPreKeyId, baseKey, identityKey, message }: FirstMessage): Buffer {
  const fields = encodeFields([
    [1, preKeyId ?? undefined],
    [2, encodeKey(baseKey)],
    [3, encodeKey(identityKey)],
    [4, message],
    [5, registrationId],
    [6, signedPreKeyId]
  ])
  return Buffer.concat([Buffer.of(VERSION), fields])
}

/** Throws OmemoRefusal 'malformed' or 'version'. */
export function decodeFirstMessage(bytes: Buffer): FirstMessage {
  const fields = fieldsOf(bytes)
  return {
    registrationId: fields.has(5) ? numberOf(fields, 5) : 0,
    preKeyId: fields.has(1) ? numberOf(fields, 1) : null,
    signedPreKeyId: numberOf(fields, 6),
    baseKey: decodeKey(bytesOf(fields, 2)),
    identityKey: decodeKey(bytesOf(fields, 3)),
    message: bytesOf(fields, 4)
  }
}
