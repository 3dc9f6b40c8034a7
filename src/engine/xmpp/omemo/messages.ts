/** Messages of `urn:xmpp:omemo:2` (XEP-0384 version 0.8, 'Protobuf Schemas'): OMEMOMessage, OMEMOAuthenticatedMessage, OMEMOKeyExchange. */
import { KEY_LENGTH } from './curve.ts'
import { bytesOf, decodeFields, encodeFields, numberOf, type Fields } from './protobuf.ts'
import { OmemoRefusal } from './refusal.ts'
import type { FirstMessage, SealedMessage, SessionMessage } from './wire.ts'

export const MAC_LENGTH = 16
/** Longest message for one device, bytes: it holds the keys of a payload, or a client's own data; clients write nothing longer. */
const MAX_BYTES = 64 * 1024

function fieldsOf(bytes: Buffer): Fields {
  if (bytes.length === 0 || bytes.length > MAX_BYTES) throw new OmemoRefusal('malformed', `A message has ${bytes.length} bytes.`)
  return decodeFields(bytes)
}

/** Public key, X25519 or Ed25519. The unused top bit of X25519 has to be 0, as in version 0.3 (curve.ts, `decodeKey`). */
function keyOf(fields: Fields, field: number, isAgreed: boolean): Buffer {
  const key = bytesOf(fields, field)
  if (key.length !== KEY_LENGTH || (isAgreed && key.readUInt8(KEY_LENGTH - 1) > 0x7f))
    throw new OmemoRefusal('malformed', 'A public key is of an unknown kind.')
  return key
}

/** Encodes an OMEMOAuthenticatedMessage. `mac`: authentication code of the OMEMOMessage, 16 bytes or more. */
export function encodeAuthenticated({ ratchetKey, counter, previousCounter, ciphertext }: SessionMessage, mac: (authenticated: Buffer) => Buffer): Buffer {
  const message = encodeFields([
    [1, counter],
    [2, previousCounter],
    [3, ratchetKey],
    [4, ciphertext]
  ])
  return encodeFields([
    [1, mac(message).subarray(0, MAC_LENGTH)],
    [2, message]
  ])
}

/** Throws OmemoRefusal 'malformed', also for further fields, which the code does not cover. The code is not checked here. */
export function decodeAuthenticated(bytes: Buffer): SealedMessage {
  const outer = fieldsOf(bytes)
  const [mac, authenticated] = [bytesOf(outer, 1), bytesOf(outer, 2)]
  const whole = encodeFields([
    [1, mac],
    [2, authenticated]
  ])
  if (!whole.equals(bytes)) throw new OmemoRefusal('malformed', 'A message has fields that its code does not cover.')
  if (mac.length !== MAC_LENGTH) throw new OmemoRefusal('malformed', `An authentication code has ${mac.length} bytes.`)
  const fields = fieldsOf(authenticated)
  return {
    ratchetKey: keyOf(fields, 3, true),
    counter: numberOf(fields, 1),
    previousCounter: numberOf(fields, 2),
    ciphertext: bytesOf(fields, 4),
    authenticated,
    mac
  }
}

/** Encodes an OMEMOKeyExchange; the identity is Ed25519, and no device is named. */
export function encodeKeyExchange({ preKeyId, signedPreKeyId, baseKey, identityKey, message }: FirstMessage): Buffer {
  return encodeFields([
    [1, preKeyId ?? undefined],
    [2, signedPreKeyId],
    [3, identityKey],
    [4, baseKey],
    [5, message]
  ])
}

/** Throws OmemoRefusal 'malformed'. */
export function decodeKeyExchange(bytes: Buffer): FirstMessage {
  const fields = fieldsOf(bytes)
  return {
    registrationId: 0,
    preKeyId: numberOf(fields, 1),
    signedPreKeyId: numberOf(fields, 2),
    identityKey: keyOf(fields, 3, false),
    baseKey: keyOf(fields, 4, true),
    message: bytesOf(fields, 5)
  }
}
