import { xml, type Element } from '@xmpp/client'
import { expect, test } from 'vitest'
import type { Jid } from '../../../contract/domain.ts'
import { isOfArchive } from './catch-up.ts'

const OWN = 'alice@example.org' as Jid
const ROOM = 'room@rooms.example.org' as Jid
const message = (attributes: object): Element => xml('message', { ...attributes })

test("a group's archive is accepted for messages of the group only", () => {
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

test('our own archive is accepted for messages to and from us, not for group messages', () => {
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
