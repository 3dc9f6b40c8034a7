/** Encoding and authentication of session messages, by version. */
import { decodeAuthenticated, decodeKeyExchange, encodeAuthenticated, encodeKeyExchange } from './messages.ts'
import type { Version } from './version.ts'
import {
  decodeFirstMessage,
  decodeSessionMessage,
  encodeFirstMessage,
  encodeSessionMessage,
  type FirstMessage,
  type SealedMessage,
  type SessionMessage
} from './wire.ts'

interface Format {
  /** `mac`: authentication code of its argument, 16 bytes or more. */
  encode(message: SessionMessage, mac: (authenticated: Buffer) => Buffer): Buffer
  /** Decoders throw OmemoRefusal 'malformed' or 'version'. */
  decode(bytes: Buffer): SealedMessage
  encodeFirst(message: FirstMessage): Buffer
  decodeFirst(bytes: Buffer): FirstMessage
}

export const FORMATS: Record<Version, Format> = {
  axolotl: { encode: encodeSessionMessage, decode: decodeSessionMessage, encodeFirst: encodeFirstMessage, decodeFirst: decodeFirstMessage },
  'omemo:2': { encode: encodeAuthenticated, decode: decodeAuthenticated, encodeFirst: encodeKeyExchange, decodeFirst: decodeKeyExchange }
}
