/** SASL mechanisms in the form that xmpp.js calls: texts hold one byte per UTF-16 unit, which it encodes in base64. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { SaslMechanism } from '@xmpp/client'
import { ConnectionError } from '../../../net/problem.ts'
import type { ChannelBinding } from './channel-binding.ts'
import type { Scram } from './scram.ts'

const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
const text = (binary: string): string => Buffer.from(binary, 'latin1').toString('utf8')

export interface Mechanism extends SaslMechanism {
  /** Checks the data of the server's success, null: none. Throws ConnectionError if it does not prove the server's identity. */
  finish(data: string | null): void
}

/** RFC 4616 */
export const plain = (username: string, password: string): Mechanism => ({
  name: 'PLAIN',
  clientFirst: true,
  response: () => bytes(`\0${username}\0${password}`),
  challenge: () => undefined,
  finish: () => undefined
})

/** RFC 5802; the server's last message arrives as a separate challenge, or with the success (RFC 6120 section 6.3.10). */
export function scram(name: string, handshake: Scram): Mechanism {
  let answer = handshake.first()
  let step = 0
  return {
    name,
    clientFirst: true,
    response: () => bytes(answer),
    async challenge(data) {
      if (step++ === 0) answer = await handshake.final(text(data))
      else {
        handshake.verify(text(data))
        answer = ''
      }
    },
    finish(data) {
      if (data !== null) handshake.verify(text(data))
      if (!handshake.verified) throw new ConnectionError('not-the-server', 'the server did not prove that it knows the password')
    }
  }
}

/** Suffixes of token mechanisms with their type of channel binding; strongest first. */
const TOKEN_BINDINGS: [suffix: string, type: string | null][] = [
  ['EXPR', 'tls-exporter'],
  ['UNIQ', 'tls-unique'],
  ['ENDP', 'tls-server-end-point'],
  ['NONE', null]
]

/** Hashed-token mechanisms (draft-schmaus-kitten-sasl-ht) available on such a channel, strongest first. */
export const tokenMechanisms = (bindings: readonly ChannelBinding[]): string[] =>
  TOKEN_BINDINGS.filter(([, type]) => type === null || bindings.some((binding) => binding.type === type)).map(([suffix]) => `HT-SHA-256-${suffix}`)

/** Sign-in by a token (XEP-0484); `mechanism` is one of tokenMechanisms. */
export function hashedToken(mechanism: string, username: string, bindings: readonly ChannelBinding[]): Mechanism {
  const type = TOKEN_BINDINGS.find(([suffix]) => mechanism.endsWith(`-${suffix}`))?.[1]
  const channel = bindings.find((binding) => binding.type === type)?.data ?? Buffer.alloc(0)
  let key = ''
  let proven = false
  const mac = (who: string): Buffer => createHmac('sha256', key).update(who).update(channel).digest()
  const verify = (data: string): void => {
    const theirs = Buffer.from(data, 'latin1')
    const ours = mac('Responder')
    if (theirs.length !== ours.length || !timingSafeEqual(theirs, ours))
      throw new ConnectionError('not-the-server', 'the server did not prove that it knows the token')
    proven = true
  }
  return {
    name: mechanism,
    clientFirst: true,
    response(credentials) {
      key = credentials.password
      return bytes(`${username}\0`) + mac('Initiator').toString('latin1')
    },
    challenge: () => undefined,
    final: verify,
    finish(data) {
      if (data !== null) verify(data)
      if (!proven) throw new ConnectionError('not-the-server', 'the server did not prove that it knows the token')
    }
  }
}
