import { expect, test } from 'vitest'
import { bare, domainOf, localOf, parseJid, resource } from './address.ts'

test('addresses are compared case-insensitively, resources case-sensitively', () => {
  expect(parseJid(' Alice@Example.ORG/Phone')).toBe('alice@example.org/Phone')
  // a resource is a nickname in groups: blanks and letter forms distinguish people
  for (const nick of ['alice', 'alice ', ' alice', 'alice\u00a0', 'alice\u3000', 'Alice', 'é', 'e\u0301'])
    expect(parseJid(`room@rooms.example.org/${nick}`)).toBe(`room@rooms.example.org/${nick}`)
  expect(parseJid('李雷@例子.中国')).toBe('李雷@例子.中国')
  expect(parseJid('example.org')).toBe('example.org')
})

test.each(['', '@', 'a@', '@b', 'a b@c', 'a@b@c', 'a@b/', 'a"b@c', 'a@b\u202ec', 'a\u0000@b', `${'x'.repeat(1100)}@b`, 'a@b c'])('%j is no address', (text) => {
  expect(parseJid(text)).toBeNull()
})

test('parts of an address', () => {
  expect([bare('a@b/c/d'), resource('a@b/c/d'), domainOf('a@b/c'), localOf('a@b/c')]).toEqual(['a@b', 'c/d', 'b', 'a'])
})
