/** Encrypted message between its stanza and the store, which decrypts and encrypts it. */
import type { ConversationKind, Jid } from '../../../contract/domain.ts'
import type { DeviceKey } from './elements.ts'
import type { Version } from './version.ts'

/** Data from another thread with its bytes as buffers again: they arrive as Uint8Array. */
export function buffers<T>(value: T): T {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength) as T & Buffer
  if (Array.isArray(value)) return value.map((one: unknown) => buffers(one)) as T
  return value === null || typeof value !== 'object'
    ? value
    : (Object.fromEntries(Object.entries(value).map(([name, one]) => [name, buffers<unknown>(one)])) as T)
}

/** Ciphertext of a message for this device. */
export interface Sealed {
  version: Version
  /** Bare address of the sender's account; null: unknown. */
  from: Jid | null
  /** Device id of the sender. */
  device: number
  /** Encrypted key; null: none for this device. */
  key: { bytes: Buffer; first: boolean } | null
  /** Payload; null: a key transport message. `iv`: empty in `urn:xmpp:omemo:2`. */
  payload: { iv: Buffer; ciphertext: Buffer } | null
  /** Range of the reply fallback in the text; in `urn:xmpp:omemo:2` it is part of the content. */
  fallback: Fallback | null
}

/** Author and conversation of an encrypted message, according to its server or group. */
export interface ContentPlace {
  /** Own bare address. */
  own: Jid
  /** Bare address of the sender. */
  from: Jid
  conversation: Jid
  kind: ConversationKind
  /** Sent by us, or by another device of ours. */
  outgoing: boolean
  /** Our nickname in the group; null outside of groups. */
  nick: string | null
}

/** Encrypted message in one version. */
export interface SealedMessage {
  version: Version
  device: number
  keys: DeviceKey[]
  iv: Buffer
  /** Ciphertext; null: an empty message. */
  ciphertext: Buffer | null
}

/** Fallback text for clients without a feature (XEP-0428): code points, the end exclusive; null: to the end of the text. */
export interface Fallback {
  start: number
  end: number | null
}

/** Text without the fallback; unchanged if the range is outside of it, or covers all of it. */
export function without(text: string, { start, end: last }: Fallback): string {
  const characters = [...text]
  const end = last ?? characters.length
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end > characters.length || start > end) return text
  const rest = [...characters.slice(0, start), ...characters.slice(end)].join('')
  // a reply that consists of fallback only is kept as text
  return rest === '' ? text : rest
}

/**
 * Text without the quotation that the range covers; unchanged if it covers anything else. In version 0.3 the range is not encrypted: a server could cut words
 * out of a text.
 */
export function withoutQuotation(text: string, { start, end }: Fallback): string {
  const characters = [...text]
  const [before, covered] = [characters[start - 1] ?? '\n', characters.slice(start, end ?? characters.length)]
  const isWhole = before === '\n' && (covered.at(-1) === '\n' || (characters[end ?? characters.length] ?? '\n') === '\n')
  const lines = covered.join('').split('\n')
  const isQuotation = lines.every((line, i) => line.startsWith('>') || (line === '' && i === lines.length - 1))
  return isWhole && isQuotation ? without(text, { start, end }) : text
}
