import { xml, type Element } from '@xmpp/client'
import { expect, test } from 'vitest'
import type { Jid } from '../../../contract/domain.ts'
import { isOfArchive } from './catch-up.ts'

const OWN = 'alice@example.org' as Jid
const ROOM = 'room@rooms.example.org' as Jid
const message = (attributes: object): Element => xml('message', { ...attributes })

test("a group's archive speaks for what was said in the group, and for nothing else", () => {
  expect(isOfArchive(message({ from: `${ROOM}/bob`, type: 'groupchat' }), ROOM, OWN)).toBe(true)
  expect(isOfArchive(message({ from: ROOM, type: 'groupchat' }), ROOM, OWN)).toBe(true)
  for (const forged of [
    { from: 'bob@example.org/x', to: OWN, type: 'chat' },
    { from: `${OWN}/x`, to: 'bob@example.org', type: 'chat' },
    { from: 'other@rooms.example.org/bob', type: 'groupchat' },
    { from: 'bob@example.org', type: 'groupchat' },
    { from: `${ROOM}/bob`, to: OWN, type: 'chat' },
    { from: `${ROOM}/bob`, to: OWN },
    { type: 'groupchat' },
    { from: '@@/x', type: 'groupchat' }
  ])
    expect(isOfArchive(message(forged), ROOM, OWN), JSON.stringify(forged)).toBe(false)
})

test('our own archive speaks for what came to us or went out, not for what is said in groups', () => {
  for (const kept of [
    { from: 'bob@example.org/x', to: OWN, type: 'chat' },
    { from: 'bob@example.org/x', to: `${OWN}/desk` },
    { from: `${OWN}/x`, to: 'bob@example.org', type: 'chat' },
    { from: `${ROOM}/bob`, to: OWN, type: 'chat' },
    { from: 'bob@example.org' },
    { to: 'bob@example.org' }
  ])
    expect(isOfArchive(message(kept), null, OWN), JSON.stringify(kept)).toBe(true)
  for (const forged of [
    { from: 'bob@example.org/x', to: 'carol@example.org', type: 'chat' },
    { from: `${ROOM}/bob`, to: OWN, type: 'groupchat' },
    { from: '@@', to: 'carol@example.org' }
  ])
    expect(isOfArchive(message(forged), null, OWN), JSON.stringify(forged)).toBe(false)
})
