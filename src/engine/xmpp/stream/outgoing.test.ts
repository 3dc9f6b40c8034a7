import { expect, test } from 'vitest'
import { isFromAsked } from './outgoing.ts'

const OWN = 'alice@example.org/desk'

test('an answer counts only from the address that was asked', () => {
  for (const [asked, from] of [
    ['bob@example.org', 'bob@example.org'],
    ['Bob@Example.org', 'bob@example.org'],
    ['room@rooms.example.org/Bob', 'room@rooms.example.org/Bob'],
    ['example.org', 'example.org'],
    // our own account: its server may answer with its own address, with ours or with none
    [undefined, undefined],
    [undefined, 'alice@example.org'],
    [undefined, OWN],
    [undefined, 'example.org'],
    ['alice@example.org', 'alice@example.org'],
    ['alice@example.org', undefined]
  ] as const)
    expect(isFromAsked(asked, from, OWN), `${asked} ${from}`).toBe(true)
  for (const [asked, from] of [
    ['bob@example.org', 'mallory@example.org'],
    ['bob@example.org', 'bob@example.org/phone'],
    ['room@rooms.example.org/Bob', 'room@rooms.example.org/bob'],
    ['room@rooms.example.org/Bob', 'room@rooms.example.org/Bob '],
    ['room@rooms.example.org', 'rooms.example.org'],
    ['example.org', 'alice@example.org'],
    ['example.org', 'evil.example.org'],
    [undefined, 'mallory@example.org'],
    [undefined, 'alice@example.org/phone'],
    [undefined, '@@'],
    ['@@', '@@']
  ] as const)
    expect(isFromAsked(asked, from, OWN), `${asked} ${from}`).toBe(false)
})
