/** Cause of a failed or lost connection, as a value that the user can act on. */
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

/** Refusal of a request by a server (RFC 6120 section 8.3), or before sending; has the shape of xmpp.js's StanzaError, whose class is not exported. */
export class Refusal extends Error {
  readonly condition: string
  /** Text in the server's own words. */
  readonly text?: string
  constructor(condition: string, message: string) {
    super(message)
    this.name = 'StanzaError'
    this.condition = condition
  }
}
export const isRefusal = (error: unknown): error is Refusal => error instanceof Error && error.name === 'StanzaError'

/** Replaces a refusal by a value; other errors are rethrown. */
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
/** RFC 6120 section 6.5: SASL errors caused by the account. All others are the server's. */
const PASSWORD = new Set(['not-authorized', 'credentials-expired', 'account-disabled', 'invalid-authzid', 'malformed-request'])

/** Prosody's text when it ends a stream for lack of any feature to offer. */
const NOTHING_OFFERED = /no stream features/i

/** Converts any error of sockets, TLS or xmpp.js to a ConnectionError. */
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
