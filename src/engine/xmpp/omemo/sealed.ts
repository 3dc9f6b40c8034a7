/** What an encrypted message is between its stanza and the store, which opens and seals it. */
import type { ConversationKind, Jid } from '../../../contract/domain.ts'
import type { DeviceKey } from './elements.ts'
import type { Version } from './version.ts'

/** What crossed from another thread with its bytes as buffers again: as plain data they come as Uint8Array. */
export function buffers<T>(value: T): T {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength) as T & Buffer
  if (Array.isArray(value)) return value.map((one: unknown) => buffers(one)) as T
  return value === null || typeof value !== 'object'
    ? value
    : (Object.fromEntries(Object.entries(value).map(([name, one]) => [name, buffers<unknown>(one)])) as T)
}

/** What an encrypted message has for this device. */
export interface Sealed {
  version: Version
  /** Bare address of the sender's account; null: nobody says it. */
  from: Jid | null
  /** The sender's. */
  device: number
  /** null: none is for this device. */
  key: { bytes: Buffer; first: boolean } | null
  /** null: it carries keys alone. `iv`: empty in `urn:xmpp:omemo:2`. */
  payload: { iv: Buffer; ciphertext: Buffer } | null
  /** What of the text stands in for a reply; in `urn:xmpp:omemo:2` the content says it. */
  fallback: Fallback | null
}

/** Whose an encrypted message is and where it was said, as its server or its group says. */
export interface ContentPlace {
  /** Own bare address. */
  own: Jid
  /** The sender's bare address. */
  from: Jid
  conversation: Jid
  kind: ConversationKind
  /** Ours, or another device's of ours. */
  outgoing: boolean
  /** Our nickname in the group; null outside of groups. */
  nick: string | null
}

/** A message that was encrypted, in one version. */
export interface SealedMessage {
  version: Version
  device: number
  keys: DeviceKey[]
  iv: Buffer
  /** null: of a message that says nothing. */
  ciphertext: Buffer | null
}

/** A part of a text that only says something again, for clients that do not know it otherwise (XEP-0428): code points, the end exclusive; null: to the end of the text. */
export interface Fallback {
  start: number
  end: number | null
}

/** The text without it; as it is where the part does not lie in it, or is all of it. */
export function without(text: string, { start, end: last }: Fallback): string {
  const characters = [...text]
  const end = last ?? characters.length
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end > characters.length || start > end) return text
  const rest = [...characters.slice(0, start), ...characters.slice(end)].join('')
  // a reply that is all fallback is a text after all
  return rest === '' ? text : rest
}
