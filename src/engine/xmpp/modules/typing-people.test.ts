import { expect, test } from 'vitest'
import type { Jid } from '../../../contract/domain.ts'
import { TypingPeople } from './typing-people.ts'

test('floods of people who type are remembered in a limited number, and those who stop make room', () => {
  let told = 0
  const typingPeople = new TypingPeople(() => told++)
  const room = 'room@rooms.example.org' as Jid
  const nick = (n: number): Jid => `${room}/${n}` as Jid
  for (let n = 0; n < 10_000; n++) typingPeople.set(room, nick(n), true)
  expect(typingPeople.now.get(room)?.length).toBe(50)
  typingPeople.set(room, nick(0), false)
  typingPeople.set(room, nick(9999), true)
  expect(typingPeople.now.get(room)?.at(-1)).toBe(nick(9999))
  for (let n = 0; n < 10_000; n++) typingPeople.set(`stranger${n}@example.org` as Jid, `stranger${n}@example.org` as Jid, true)
  expect(typingPeople.now.size).toBe(500)
  expect(told).toBeLessThan(600)
  typingPeople.clear()
  expect(typingPeople.now.size).toBe(0)
})
