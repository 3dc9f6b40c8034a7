/** Files of encrypted messages: `aesgcm:` addresses and AES-256-GCM (XEP-0454), as streams. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { extname } from 'node:path'
import { Transform, type TransformCallback } from 'node:stream'
import { OmemoRefusal } from './refusal.ts'

const SCHEME = 'aesgcm://'
const CIPHER = 'aes-256-gcm'
const KEY_LENGTH = 32
const TAG_LENGTH = 16
/** Length of the vector, bytes; older clients use 16. */
const IV_LENGTH = 12
const LONGEST_ADDRESS = 4000

/** Additional bytes of an encrypted file. */
export const OVERHEAD = TAG_LENGTH

export interface MediaKey {
  iv: Buffer
  key: Buffer
}

export const newMediaKey = (): MediaKey => ({ iv: randomBytes(IV_LENGTH), key: randomBytes(KEY_LENGTH) })

/** `url`: https. */
export const mediaAddress = (url: string, { iv, key }: MediaKey): string => `${url.replace(/^https:\/\//, SCHEME)}#${iv.toString('hex')}${key.toString('hex')}`

/** URL and key of an encrypted file; null: the text is no such address. */
export function parseMediaAddress(text: string): ({ url: string } & MediaKey) | null {
  if (!text.startsWith(SCHEME) || text.length > LONGEST_ADDRESS) return null
  const [, address = '', fragment = ''] = /^aesgcm:\/\/([^\s#]+)#((?:[0-9a-f]{2}){44}|(?:[0-9a-f]{2}){48})$/i.exec(text) ?? []
  if (fragment === '' || !URL.canParse(`https://${address}`)) return null
  const bytes = Buffer.from(fragment, 'hex')
  return { url: `https://${address}`, iv: bytes.subarray(0, -KEY_LENGTH), key: bytes.subarray(-KEY_LENGTH) }
}

/** Longest encrypted name, bytes; longer names keep their end. With tag and base64url it stays within 255, the longest name of most file systems. */
const LONGEST_NAME = 144
/** Block size to which names are padded, bytes, to hide their length. */
const NAME_BLOCK = 48

/** Key of a file's name, derived from the file's key and used once. */
function nameCipher(key: Buffer): { key: Buffer; iv: Buffer } {
  const bytes = Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'Mnemo file name', KEY_LENGTH + IV_LENGTH))
  return { key: bytes.subarray(0, KEY_LENGTH), iv: bytes.subarray(KEY_LENGTH) }
}

/** Last `most` bytes of a text, in whole characters. */
function ending(text: string, most: number): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  let start = Math.max(0, bytes.length - most)
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++
  return bytes.subarray(start)
}

/**
 * Upload name of an encrypted file: the real name, encrypted, with its extension, which tells other clients the type. The server learns no more, other
 * clients show it like the random names that they use themselves, and clients with the file's key can read it.
 */
export function sealedName(name: string, { key }: MediaKey): string {
  const plain = ending(name, LONGEST_NAME)
  const filled = Buffer.alloc(Math.ceil(plain.length / NAME_BLOCK) * NAME_BLOCK)
  plain.copy(filled)
  const { key: nameKey, iv } = nameCipher(key)
  const cipher = createCipheriv(CIPHER, nameKey, iv)
  const sealed = Buffer.concat([cipher.update(filled), cipher.final(), cipher.getAuthTag()])
  return `${sealed.toString('base64url')}${/^\.[A-Za-z0-9]{1,10}$/.exec(extname(name))?.[0] ?? ''}`
}

/** Real name behind the last segment of a path; null: not sealed with this key. */
export function openName(path: string, { key }: MediaKey): string | null {
  const sealed = Buffer.from(/^([\w-]+)(?:\.[A-Za-z0-9]{1,10})?$/.exec(path)?.[1] ?? '', 'base64url')
  if (sealed.length <= TAG_LENGTH || (sealed.length - TAG_LENGTH) % NAME_BLOCK !== 0) return null
  const { key: nameKey, iv } = nameCipher(key)
  const decipher = createDecipheriv(CIPHER, nameKey, iv, { authTagLength: TAG_LENGTH })
  decipher.setAuthTag(sealed.subarray(-TAG_LENGTH))
  try {
    const filled = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_LENGTH)), decipher.final()])
    const end = filled.indexOf(0)
    return new TextDecoder('utf-8', { fatal: true }).decode(end < 0 ? filled : filled.subarray(0, end))
  } catch {
    return null
  }
}

/** Stream that appends the tag to the ciphertext. */
export function encrypting({ iv, key }: MediaKey): Transform {
  const cipher = createCipheriv(CIPHER, key, iv)
  return new Transform({
    transform: (chunk: Buffer, _encoding, next) => next(null, cipher.update(chunk)),
    flush(next) {
      this.push(cipher.final())
      next(null, cipher.getAuthTag())
    }
  })
}

/** Stream that decrypts; ends with an OmemoRefusal 'forged' if the tag does not match: discard the output then. */
export function decrypting({ iv, key }: MediaKey): Transform {
  const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_LENGTH })
  /** Last bytes read, possibly the tag. */
  let last = Buffer.alloc(0)
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      const bytes = Buffer.concat([last, chunk])
      const end = Math.max(0, bytes.length - TAG_LENGTH)
      last = Buffer.from(bytes.subarray(end))
      next(null, decipher.update(bytes.subarray(0, end)))
    },
    flush(next: TransformCallback) {
      try {
        decipher.setAuthTag(last)
        next(null, decipher.final())
      } catch (error) {
        next(new OmemoRefusal('forged', 'A file was altered on its way, or the key belongs to another one.', { cause: error }))
      }
    }
  })
}
