import { expect, test } from 'vitest'
import type { Jid } from '../../../contract/domain.ts'
import { Typists } from './typists.ts'

test('floods of people who type are remembered in a limited number, and those who stop make room', () => {
  let told = 0
  const typists = new Typists(() => told++)
  const room = 'room@rooms.example.org' as Jid
  const nick = (n: number): Jid => `${room}/${n}` as Jid
  for (let n = 0; n < 10_000; n++) typists.set(room, nick(n), true)
  expect(typists.now.get(room)?.length).toBe(50)
  typists.set(room, nick(0), false)
  typists.set(room, nick(9999), true)
  expect(typists.now.get(room)?.at(-1)).toBe(nick(9999))
  for (let n = 0; n < 10_000; n++) typists.set(`stranger${n}@example.org` as Jid, `stranger${n}@example.org` as Jid, true)
  expect(typists.now.size).toBe(500)
  expect(told).toBeLessThan(600)
  typists.clear()
  expect(typists.now.size).toBe(0)
})
