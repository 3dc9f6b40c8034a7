import { expect, test } from 'vitest'
import { newAccountAt } from './invitation.ts'

test.each([
  ['example.org', 'example.org', null, '', null],
  [' Example.ORG ', 'example.org', null, '', null],
  ['ada@example.org', 'example.org', null, 'ada', null],
  ['localhost', 'localhost', null, '', null],
  ['xmpp:example.org?register;preauth=T0-k_n', 'example.org', 'T0-k_n', '', null],
  ['xmpp:ada@example.org?register;preauth=Token1', 'example.org', 'Token1', 'ada', null],
  ['xmpp:bob@example.org?roster;preauth=Token1;ibr=y', 'example.org', 'Token1', '', 'bob@example.org'],
  ['XMPP:Bob@Example.org?roster;ibr=y;preauth=a%2Bb', 'example.org', 'a+b', '', 'bob@example.org'],
  ['https://example.org/invite?TOKEN_123', 'example.org', 'TOKEN_123', '', null],
  ['https://example.org/invite/TOKEN-123/', 'example.org', 'TOKEN-123', '', null],
  ['https://example.org/register?t=TOKEN123', 'example.org', 'TOKEN123', '', null],
  ['https://invite.example/#bob@example.org?roster;preauth=Token1;ibr=y', 'example.org', 'Token1', '', 'bob@example.org']
])('%s', (text, domain, token, name, inviter) => {
  expect(newAccountAt(text)).toEqual({ domain, token, name, inviter })
})

test.each([
  '',
  'two words',
  'xmpp:room@rooms.example.org?join',
  'https://example.org/',
  'http://example.org/invite?TOKEN_123',
  'a..b',
  'https://example.org/blog?t=1',
  'a/b'
])('%s is none', (text) => {
  expect(newAccountAt(text)).toBeNull()
})
