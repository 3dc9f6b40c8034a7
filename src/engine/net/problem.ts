/** Why a connection could not be made or was lost, as a value a person can act on. */
import type { Certificate, ConnectionProblem } from '../../contract/domain.ts'
import { lookUp } from '../../contract/look-up.ts'

export class ConnectionError extends Error {
  readonly problem: ConnectionProblem
  readonly certificate: Certificate | null
  constructor(problem: ConnectionProblem, message: string, certificate: Certificate | null = null, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ConnectionError'
    this.problem = problem
    this.certificate = certificate
  }
}

/** A server understood a request and said no (RFC 6120 section 8.3), or would; the shape of what xmpp.js throws, which does not export its class. */
export class Refusal extends Error {
  readonly condition: string
  /** In the server's own words. */
  readonly text?: string
  constructor(condition: string, message: string) {
    super(message)
    this.name = 'StanzaError'
    this.condition = condition
  }
}
export const isRefusal = (error: unknown): error is Refusal => error instanceof Error && error.name === 'StanzaError'

/** Of a request that is refused, this instead; what else goes wrong is still an error. */
export const refused =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (isRefusal(error)) return instead
    throw error
  }

const BY_CODE: Record<string, ConnectionProblem> = {
  ENOTFOUND: 'unknown-host',
  EAI_AGAIN: 'unknown-host',
  ENODATA: 'unknown-host',
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timed-out',
  EPROTO: 'no-encryption'
}
/** RFC 6120 section 6.5: the account's fault. All else of SASL is the server's. */
const PASSWORD = new Set(['not-authorized', 'credentials-expired', 'account-disabled', 'invalid-authzid', 'malformed-request'])

/** Prosody ends a stream on which it has nothing to offer. */
const NOTHING_OFFERED = /no stream features/i

/** Any error of sockets, TLS or xmpp.js as one of ours. */
export function toConnectionError(cause: unknown): ConnectionError {
  if (cause instanceof ConnectionError) return cause
  const error = cause instanceof Error ? cause : new Error(String(cause))
  const { name } = error
  const condition = 'condition' in error ? String(error.condition) : ''
  const code = 'code' in error ? String(error.code) : ''
  if (error instanceof AggregateError && error.errors.length > 0) return toConnectionError(error.errors[0])
  const problem: ConnectionProblem =
    name === 'SASLError'
      ? PASSWORD.has(condition)
        ? 'wrong-password'
        : condition.startsWith('SASL: No compatible')
          ? 'no-sign-in'
          : 'server-error'
      : name === 'StreamError'
        ? condition === 'conflict'
          ? 'conflict'
          : condition === 'host-unknown'
            ? 'unknown-host'
            : NOTHING_OFFERED.test(error.message)
              ? 'no-sign-in'
              : 'server-error'
        : name === 'TimeoutError'
          ? 'timed-out'
          : name === 'XMLError'
            ? 'not-xmpp'
            : (lookUp(BY_CODE, code) ?? (code.startsWith('ERR_SSL') ? 'no-encryption' : 'network'))
  const text = 'text' in error ? String(error.text ?? '') : ''
  if (problem === 'no-sign-in' && name === 'StreamError') return new ConnectionError(problem, '–', null, { cause: error })
  return new ConnectionError(problem, condition === '' ? error.message : condition === 'undefined-condition' && text !== '' ? text : condition, null, {
    cause: error
  })
}
