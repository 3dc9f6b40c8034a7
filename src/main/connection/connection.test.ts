import { expect, test } from 'vitest'
import { backoff, LONGEST_MS } from './backoff.ts'
import { toConnectionError } from './problem.ts'

test('waiting doubles up to a minute, between half and all of the step', () => {
  expect([1, 2, 3, 7, 50].map((tries) => backoff(tries, 0.999999))).toEqual([1000, 2000, 4000, LONGEST_MS, LONGEST_MS])
  expect(backoff(3, 0)).toBe(2000)
})

test('errors of sockets, TLS, SASL and streams become problems with a sentence of their own', () => {
  const error = (change: object): Error => Object.assign(new Error('x'), change)
  const problem = (change: object): string => toConnectionError(error(change)).problem
  expect(problem({ code: 'ENOTFOUND' })).toBe('unknown-host')
  expect(problem({ code: 'ECONNREFUSED' })).toBe('refused')
  expect(problem({ name: 'TimeoutError' })).toBe('timed-out')
  expect(problem({ name: 'SASLError', condition: 'not-authorized' })).toBe('wrong-password')
  expect(problem({ name: 'SASLError', condition: 'temporary-auth-failure' })).toBe('server-error')
  expect(problem({ name: 'StreamError', condition: 'conflict' })).toBe('conflict')
  expect(problem({ code: 'ERR_SSL_WRONG_VERSION_NUMBER' })).toBe('no-encryption')
  expect(problem({ code: 'ECONNRESET' })).toBe('network')
})
