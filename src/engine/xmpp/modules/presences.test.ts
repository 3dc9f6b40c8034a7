import { expect, test } from 'vitest'
import type { Jid } from '../../../contract/domain.ts'
import { Presences } from './presences.ts'

const jid = (text: string): Jid => text as Jid

test('the best resource of a person counts, and only changes are reported', () => {
  const told: string[] = []
  const presences = new Presences((person) => told.push(`${person} ${presences.now.get(person) ?? 'offline'}`))
  presences.set(jid('a@x/1'), 'away')
  presences.set(jid('a@x/2'), 'dnd')
  presences.set(jid('a@x/1'), 'away')
  presences.set(jid('a@x/3'), 'online')
  presences.set(jid('a@x/3'), 'offline')
  presences.set(jid('a@x/1'), 'offline')
  presences.set(jid('b@x/1'), 'chat')
  expect(told).toEqual(['a@x away', 'a@x online', 'a@x away', 'a@x dnd', 'b@x chat'])
  presences.clear()
  expect(told.slice(5)).toEqual(['a@x offline', 'b@x offline'])
  expect(presences.now.size).toBe(0)
})

test('ten thousand people who come online at once are reported once each', () => {
  let told = 0
  const presences = new Presences(() => told++)
  for (let i = 0; i < 10_000; i++) presences.set(jid(`p${i}@x/1`), 'online')
  expect([told, presences.now.size]).toEqual([10_000, 10_000])
  // a server that invents resources without end
  for (let i = 0; i < 10_000; i++) presences.set(jid(`p0@x/r${i}`), 'away')
  expect(told).toBe(10_000)
  presences.clear()
  expect(told).toBe(20_000)
})
