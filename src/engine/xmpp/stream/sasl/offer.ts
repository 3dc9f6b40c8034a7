/** The choice among the ways to sign in that a server offers, and the memory of what it offered before. Pure. */
import { z } from 'zod'
import type { Security } from '../../../../contract/domain.ts'
import { ConnectionError } from '../../../net/problem.ts'
import type { ChannelBinding } from './channel-binding.ts'
import type { Binding, ScramHash } from './scram.ts'

/** Strongest first. A bound channel counts for more than a longer hash: it shows that nobody stands between. */
export const MECHANISMS = ['SCRAM-SHA-512-PLUS', 'SCRAM-SHA-256-PLUS', 'SCRAM-SHA-1-PLUS', 'SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'] as const
export type MechanismName = (typeof MECHANISMS)[number]

const HASHES: Record<string, ScramHash> = { 'SCRAM-SHA-512': 'sha512', 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-1': 'sha1' }
const PLUS = '-PLUS'
/** RFC 5929 section 4: it binds the certificate alone. */
const END_POINT = 'tls-server-end-point'

/** How an account signed in the last time; kept in the store. */
export const Pin = z.object({
  mechanism: z.enum(MECHANISMS),
  /** The type of channel binding, of a -PLUS form. */
  binding: z.string().nullable(),
  security: z.enum(['starttls', 'direct-tls', 'websocket'])
})
export type Pin = z.infer<typeof Pin>

export interface Offer {
  /** Of the profile that is used: SASL2 (XEP-0388) where it is there, else RFC 6120. */
  mechanisms: readonly string[]
  /** Of both profiles. */
  all: readonly string[]
  /** XEP-0440; null: the server announced none. */
  types: readonly string[] | null
}

export interface Choice {
  mechanism: MechanismName
  /** null: PLAIN */
  hash: ScramHash | null
  binding: Binding
  /** Less than the last time: the server has to prove that it meant it so (XEP-0474). */
  mustProveOffer: boolean
}

export interface Circumstances {
  /** What the channel can be bound by, strongest first. */
  bindings: readonly ChannelBinding[]
  security: Security
  pin: Pin | null
  /** The user has just typed the password, knowing that the server offers less. */
  mayBeWeaker: boolean
}

/**
 * The strongest way that both know. Throws ConnectionError where there is none ('no-sign-in'), or the password, which
 * once was hashed, would go in plain ('password-in-plain', XEP-0474 section 6).
 */
export function choose(offer: Offer, { bindings, security, pin, mayBeWeaker }: Circumstances): Choice {
  const binding = bindingFor(offer.types, bindings)
  const mechanism = MECHANISMS.find((name) => offer.mechanisms.includes(name) && (!name.endsWith(PLUS) || binding !== null))
  if (mechanism === undefined) throw new ConnectionError('no-sign-in', offer.mechanisms.join(', '))
  if (mechanism === 'PLAIN' && pin !== null && pin.mechanism !== 'PLAIN') throw new ConnectionError('password-in-plain', offer.mechanisms.join(', '))
  const bound = mechanism.endsWith(PLUS) ? binding : null
  // a server that could bind, and whose offer lost that on its way, refuses 'y' (RFC 5802 section 6)
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
  // another way to the server may end its TLS elsewhere, where nothing can be bound: only the hash is compared then
  const isSameWay = before.security === security
  const comparable = (name: string): number => MECHANISMS.indexOf((isSameWay ? name : name.replace(PLUS, '')) as MechanismName)
  // who has the server's key can be this end point, but not this connection
  const isLooser = isSameWay && binding === END_POINT && before.binding !== null && before.binding !== END_POINT
  return isLooser || comparable(mechanism) > comparable(before.mechanism)
}
