import { expect, test } from 'vitest'
import { isPrivate } from '../../net/http.ts'
import { backoff, LONGEST_MS } from '../../net/backoff.ts'
import { toConnectionError } from '../../net/problem.ts'

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

test.each([
  ['10.1.2.3', true],
  ['127.0.0.1', true],
  ['192.168.1.1', true],
  ['169.254.169.254', true],
  ['100.64.0.1', true],
  ['198.18.0.1', true],
  ['0.0.0.0', true],
  ['::1', true],
  ['::', true],
  ['fe80::1', true],
  ['fd00::1', true],
  ['::ffff:10.0.0.1', true],
  ['64:ff9b::10.0.0.1', true],
  ['64:ff9b::a00:1', true],
  ['64:ff9b:1::1', true],
  ['2002:a00:1::1', true],
  ['2002:7f00:1::', true],
  ['::127.0.0.1', true],
  ['2001::1', true],
  ['fec0::1', true],
  ['1.1.1.1', false],
  ['172.32.0.1', false],
  ['2606:4700::1', false],
  ['64:ff9b::1.1.1.1', false],
  ['2002:101:101::1', false],
  ['::ffff:1.1.1.1', false],
  ['2001:db8::1', false]
])('%s is of a private network: %s', (address, expected) => {
  expect(isPrivate(address)).toBe(expected)
})
