/** The payload of `eu.siacs.conversations.axolotl` (XEP-0384 version 0.3, 'Sending a message'): AES-128-GCM, its tag beside the key. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { OmemoRefusal } from './refusal.ts'

const CIPHER = 'aes-128-gcm'
const KEY_LENGTH = 16
const TAG_LENGTH = 16
/** 12 bytes are written; older clients write 16. */
const IV_LENGTH = 12
const IV_LENGTHS = new Set([IV_LENGTH, 16])

export interface Payload {
  iv: Buffer
  ciphertext: Buffer
}

/** `key`: what each device gets through its session, key and tag, 32 bytes. */
export function sealPayload(text: string): Payload & { key: Buffer } {
  const [key, iv] = [randomBytes(KEY_LENGTH), randomBytes(IV_LENGTH)]
  const cipher = createCipheriv(CIPHER, key, iv)
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return { iv, ciphertext, key: Buffer.concat([key, cipher.getAuthTag()]) }
}

/** `key`: as a session gave it; clients of before 2018 keep the tag at the end of the ciphertext. Throws OmemoRefusal 'malformed' or 'forged'. */
export function openPayload({ iv, ciphertext }: Payload, key: Buffer): string {
  const apart = key.length === KEY_LENGTH + TAG_LENGTH
  if (!IV_LENGTHS.has(iv.length) || (!apart && (key.length !== KEY_LENGTH || ciphertext.length < TAG_LENGTH))) {
    throw new OmemoRefusal('malformed', `A payload has a key of ${key.length} bytes, ${iv.length} of its vector, ${ciphertext.length} of content.`)
  }
  const end = apart ? ciphertext.length : ciphertext.length - TAG_LENGTH
  const decipher = createDecipheriv(CIPHER, key.subarray(0, KEY_LENGTH), iv, { authTagLength: TAG_LENGTH })
  decipher.setAuthTag(apart ? key.subarray(KEY_LENGTH) : ciphertext.subarray(end))
  let bytes: Buffer
  try {
    bytes = Buffer.concat([decipher.update(ciphertext.subarray(0, end)), decipher.final()])
  } catch (error) {
    throw new OmemoRefusal('forged', 'A payload was changed on its way, or its key is of another.', { cause: error })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw new OmemoRefusal('malformed', 'A payload is no UTF-8.', { cause: error })
  }
}
