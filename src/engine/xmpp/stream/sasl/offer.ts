/** Choice among a server's sign-in mechanisms, compared with its earlier offers. Pure. */
import { z } from 'zod'
import type { Security } from '../../../../contract/domain.ts'
import { ConnectionError } from '../../../net/problem.ts'
import type { ChannelBinding } from './channel-binding.ts'
import type { Binding, ScramHash } from './scram.ts'

/** Mechanisms, strongest first. Channel binding counts for more than a longer hash: it detects a man in the middle. */
export const MECHANISMS = ['SCRAM-SHA-512-PLUS', 'SCRAM-SHA-256-PLUS', 'SCRAM-SHA-1-PLUS', 'SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'] as const
export type MechanismName = (typeof MECHANISMS)[number]

const HASHES: Record<string, ScramHash> = { 'SCRAM-SHA-512': 'sha512', 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-1': 'sha1' }
const PLUS = '-PLUS'
/** RFC 5929 section 4: binds the certificate only. */
const END_POINT = 'tls-server-end-point'

/** Last successful sign-in of an account; kept in the store. */
export const Pin = z.object({
  mechanism: z.enum(MECHANISMS),
  /** Type of channel binding of a -PLUS mechanism. */
  binding: z.string().nullable(),
  security: z.enum(['starttls', 'direct-tls', 'websocket'])
})
export type Pin = z.infer<typeof Pin>

export interface Offer {
  /** Mechanisms of the profile in use: SASL2 (XEP-0388) if offered, else RFC 6120. */
  mechanisms: readonly string[]
  /** Mechanisms of both profiles. */
  all: readonly string[]
  /** Channel binding types (XEP-0440); null: not announced. */
  types: readonly string[] | null
}

export interface Choice {
  mechanism: MechanismName
  /** Hash of SCRAM; null: PLAIN. */
  hash: ScramHash | null
  binding: Binding
  /** Weaker than the last time: the server has to prove its offer (XEP-0474). */
  mustProveOffer: boolean
}

export interface Circumstances {
  /** Binding types of the channel, strongest first. */
  bindings: readonly ChannelBinding[]
  security: Security
  pin: Pin | null
  /** The user has just typed the password, knowing that the server offers less. */
  mayBeWeaker: boolean
}

/**
 * Strongest common mechanism. Throws ConnectionError if there is none ('no-sign-in'), or if a password that was hashed before would be sent in plain text
 * ('password-in-plain', XEP-0474 section 6).
 */
export function choose(offer: Offer, { bindings, security, pin, mayBeWeaker }: Circumstances): Choice {
  const binding = bindingFor(offer.types, bindings)
  const mechanism = MECHANISMS.find((name) => offer.mechanisms.includes(name) && (!name.endsWith(PLUS) || binding !== null))
  if (mechanism === undefined) throw new ConnectionError('no-sign-in', offer.mechanisms.join(', '))
  if (mechanism === 'PLAIN' && pin !== null && pin.mechanism !== 'PLAIN') throw new ConnectionError('password-in-plain', offer.mechanisms.join(', '))
  const bound = mechanism.endsWith(PLUS) ? binding : null
  // a server that can bind, and whose offer was altered on its way, refuses 'y' (RFC 5802 section 6)
  const flag = bindings.length > 0 && !offer.all.some((name) => name.endsWith(PLUS)) ? 'y' : 'n'
  return {
    mechanism,
    hash: HASHES[mechanism.replace(PLUS, '')] ?? null,
    binding: bound === null ? { flag } : { flag: 'p', ...bound },
    mustProveOffer: !mayBeWeaker && pin !== null && mechanism !== 'PLAIN' && isWeaker({ mechanism, binding: bound?.type ?? null, security }, pin)
  }
}

function bindingFor(types: readonly string[] | null, bindings: readonly ChannelBinding[]): ChannelBinding | null {
  // without XEP-0440: the default type of RFC 5802 section 6.1. TLS 1.3 has none; ejabberd 23.01 offers -PLUS there and then refuses tls-exporter
  if (types === null) return bindings.find(({ type }) => type === 'tls-unique') ?? null
  return bindings.find(({ type }) => types.includes(type)) ?? null
}

function isWeaker({ mechanism, binding, security }: Pin, before: Pin): boolean {
  // another connection method may end its TLS elsewhere, where binding is impossible: compare only the hashes
  const isSameWay = before.security === security
  const comparable = (name: string): number => MECHANISMS.indexOf((isSameWay ? name : name.replace(PLUS, '')) as MechanismName)
  // an attacker with the server's key can imitate its end point, but not this connection
  const isLooser = isSameWay && binding === END_POINT && before.binding !== null && before.binding !== END_POINT
  return isLooser || comparable(mechanism) > comparable(before.mechanism)
}
