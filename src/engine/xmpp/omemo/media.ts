/** Files of encrypted messages: `aesgcm:` addresses and AES-256-GCM (XEP-0454), as streams. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { OmemoRefusal } from './refusal.ts'

const SCHEME = 'aesgcm://'
const CIPHER = 'aes-256-gcm'
const KEY_LENGTH = 32
const TAG_LENGTH = 16
/** 12 bytes are written; older clients write 16. */
const IV_LENGTH = 12
const LONGEST_ADDRESS = 4000

/** Bytes that an encrypted file has more. */
export const OVERHEAD = TAG_LENGTH

export interface MediaKey {
  iv: Buffer
  key: Buffer
}

export const newMediaKey = (): MediaKey => ({ iv: randomBytes(IV_LENGTH), key: randomBytes(KEY_LENGTH) })

/** `url`: https. */
export const mediaAddress = (url: string, { iv, key }: MediaKey): string => `${url.replace(/^https:\/\//, SCHEME)}#${iv.toString('hex')}${key.toString('hex')}`

/** Where an encrypted file lies, and its key; null: the text is no such address. */
export function parseMediaAddress(text: string): ({ url: string } & MediaKey) | null {
  if (!text.startsWith(SCHEME) || text.length > LONGEST_ADDRESS) return null
  const [, address = '', fragment = ''] = /^aesgcm:\/\/([^\s#]+)#((?:[0-9a-f]{2}){44}|(?:[0-9a-f]{2}){48})$/i.exec(text) ?? []
  if (fragment === '' || !URL.canParse(`https://${address}`)) return null
  const bytes = Buffer.from(fragment, 'hex')
  return { url: `https://${address}`, iv: bytes.subarray(0, -KEY_LENGTH), key: bytes.subarray(-KEY_LENGTH) }
}

/** The ciphertext, and the tag behind it. */
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

/** The other way; it ends with an OmemoRefusal 'forged' where the tag does not hold: what came until then is to be thrown away. */
export function decrypting({ iv, key }: MediaKey): Transform {
  const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_LENGTH })
  /** What may be the tag. */
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
        next(new OmemoRefusal('forged', 'A file was changed on its way, or its key is of another.', { cause: error }))
      }
    }
  })
}
