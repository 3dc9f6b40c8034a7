/**
 * Payloads of `eu.siacs.conversations.axolotl` (XEP-0384 version 0.3, 'Sending a message': a text in AES-128-GCM, its tag beside the key) and of
 * `urn:xmpp:omemo:2` (version 0.8, 'Message Encryption': an envelope in AES-256-CBC under HMAC).
 */
import { createCipheriv, createDecipheriv, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import { hmac, payloadKeys } from './kdf.ts'
import { OmemoRefusal } from './refusal.ts'

const CIPHER = 'aes-128-gcm'
const KEY_LENGTH = 16
const TAG_LENGTH = 16
/** Length of the vector, bytes; older clients use 16. */
const IV_LENGTH = 12
const IV_LENGTHS = new Set([IV_LENGTH, 16])

export interface Payload {
  /** Initialization vector; empty in `urn:xmpp:omemo:2`, where it is derived from the key. */
  iv: Buffer
  ciphertext: Buffer
}

/** `key`: key and tag for each device's session, 32 bytes. */
export function sealPayload(text: string): Payload & { key: Buffer } {
  const [key, iv] = [randomBytes(KEY_LENGTH), randomBytes(IV_LENGTH)]
  const cipher = createCipheriv(CIPHER, key, iv)
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return { iv, ciphertext, key: Buffer.concat([key, cipher.getAuthTag()]) }
}

/** `key`: from a session; clients from before 2018 keep the tag at the end of the ciphertext. Throws OmemoRefusal 'malformed' or 'forged'. */
export function openPayload({ iv, ciphertext }: Payload, key: Buffer): string {
  const apart = key.length === KEY_LENGTH + TAG_LENGTH
  if (!IV_LENGTHS.has(iv.length) || (!apart && (key.length !== KEY_LENGTH || ciphertext.length < TAG_LENGTH))) {
    throw new OmemoRefusal('malformed', `A payload has a key of ${key.length} bytes, a vector of ${iv.length} and a content of ${ciphertext.length}.`)
  }
  const end = apart ? ciphertext.length : ciphertext.length - TAG_LENGTH
  const decipher = createDecipheriv(CIPHER, key.subarray(0, KEY_LENGTH), iv, { authTagLength: TAG_LENGTH })
  decipher.setAuthTag(apart ? key.subarray(KEY_LENGTH) : ciphertext.subarray(end))
  let bytes: Buffer
  try {
    bytes = Buffer.concat([decipher.update(ciphertext.subarray(0, end)), decipher.final()])
  } catch (error) {
    throw new OmemoRefusal('forged', 'A payload was altered on its way, or the key belongs to another one.', { cause: error })
  }
  return textOf(bytes)
}

/** Throws OmemoRefusal 'malformed'. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw new OmemoRefusal('malformed', 'A payload is not valid UTF-8.', { cause: error })
  }
}

const CONTENT_CIPHER = 'aes-256-cbc'
const CONTENT_KEY_LENGTH = 32
/** Key that an empty message transports to each device. */
export const EMPTY_KEY = Buffer.alloc(CONTENT_KEY_LENGTH)

/** Longest padding, characters; its random length hides that of the content (XEP-0420, 'rpad'). */
const LONGEST_PADDING = 200
export const padding = (): string =>
  randomBytes(LONGEST_PADDING)
    .toString('base64')
    .slice(0, randomInt(LONGEST_PADDING + 1))

/** `key`: key and code for each device's session, 48 bytes. */
export function sealContent(envelope: string): Payload & { key: Buffer } {
  const key = randomBytes(CONTENT_KEY_LENGTH)
  const { cipher: cipherKey, iv, mac } = payloadKeys(key)
  const cipher = createCipheriv(CONTENT_CIPHER, cipherKey, iv)
  const ciphertext = Buffer.concat([cipher.update(envelope, 'utf8'), cipher.final()])
  return { iv: Buffer.alloc(0), ciphertext, key: Buffer.concat([key, hmac(mac, ciphertext).subarray(0, TAG_LENGTH)]) }
}

/** Decrypts an envelope (XEP-0420). `key`: from a session. Throws OmemoRefusal 'malformed' or 'forged'. */
export function openContent({ ciphertext }: Payload, key: Buffer): string {
  if (key.length !== CONTENT_KEY_LENGTH + TAG_LENGTH) throw new OmemoRefusal('malformed', `A payload has a key of ${key.length} bytes.`)
  const { cipher: cipherKey, iv, mac } = payloadKeys(key.subarray(0, CONTENT_KEY_LENGTH))
  if (!timingSafeEqual(hmac(mac, ciphertext).subarray(0, TAG_LENGTH), key.subarray(CONTENT_KEY_LENGTH)))
    throw new OmemoRefusal('forged', 'A payload was altered on its way, or the key belongs to another one.')
  const decipher = createDecipheriv(CONTENT_CIPHER, cipherKey, iv)
  try {
    return textOf(Buffer.concat([decipher.update(ciphertext), decipher.final()]))
  } catch (error) {
    if (error instanceof OmemoRefusal) throw error
    throw new OmemoRefusal('malformed', 'A payload has no content.', { cause: error })
  }
}
