import { xml, type Element } from '@xmpp/client'
import { expect, test } from 'vitest'
import type { Jid } from '../../contract/domain.ts'
import { archivePage, archiveQuery, archiveResult } from './archive.ts'
import { carbonOf } from './carbons.ts'
import { delayStamp } from './delay.ts'
import { joinAnswer } from './group.ts'
import { decodeMessage, encodeMessage, sendable, type Self } from './message.ts'
import { presenceOf } from './presence.ts'
import { receiptFor, receiptOf } from './receipts.ts'
import { isRosterPush, rosterItems } from './roster.ts'
import { originId, stanzaId } from './stable-ids.ts'

const me = 'me@example.org' as Jid
const self: Self = { jid: me, nickIn: (group) => (group === 'room@rooms.example.org' ? 'mimi' : null) }
const message = (attrs: Record<string, string>, ...children: Element[]): Element => xml('message', { xmlns: 'jabber:client', ...attrs }, ...children)
const body = (text: string): Element => xml('body', {}, text)

test('a direct message is decoded from either side', () => {
  expect(decodeMessage(message({ from: 'Bob@Example.org/phone', to: me, type: 'chat' }, body('hi')), self)).toMatchObject({ conversation: 'bob@example.org', kind: 'direct', sender: 'bob@example.org', outgoing: false, text: 'hi' })
  expect(decodeMessage(message({ from: `${me}/laptop`, to: 'bob@example.org', type: 'chat' }, body('hi')), self)).toMatchObject({ conversation: 'bob@example.org', sender: me, outgoing: true })
})

test('a group message is its occupant’s; ours by our nickname', () => {
  const from = (nick: string): Element => message({ from: `room@rooms.example.org${nick}`, to: me, type: 'groupchat' }, body('hi'))
  expect(decodeMessage(from('/eve'), self)).toMatchObject({ kind: 'group', conversation: 'room@rooms.example.org', sender: 'room@rooms.example.org/eve', outgoing: false })
  expect(decodeMessage(from('/mimi'), self)).toMatchObject({ outgoing: true })
  expect(decodeMessage(from(''), self)).toBeNull()
  expect(decodeMessage(message({ from: 'other@rooms.example.org/eve', to: me, type: 'groupchat' }, body('spam')), self)).toBeNull()
})

test('a private message in a group is a conversation with that occupant', () => {
  expect(decodeMessage(message({ from: 'room@rooms.example.org/eve', to: me, type: 'chat' }, body('psst')), self)).toMatchObject({ kind: 'direct', conversation: 'room@rooms.example.org/eve' })
})

test('errors, empty bodies and broken addresses are no messages', () => {
  for (const stanza of [message({ from: 'bob@example.org', type: 'error' }, body('x')), message({ from: 'bob@example.org' }), message({ from: '@', to: me }, body('x')), message({ from: 'a@b@c', to: me }, body('x'))])
    expect(decodeMessage(stanza, self)).toBeNull()
})

test('an encoded message carries its origin-id as its id, and nothing XML cannot', () => {
  const stanza = encodeMessage('bob@example.org', 'direct', 'a\u0000b\ud800c <&>', 'id-1')
  expect(stanza.attrs).toMatchObject({ id: 'id-1', type: 'chat', to: 'bob@example.org' })
  expect(originId(stanza)).toBe('id-1')
  expect(stanza.getChildText('body')).toBe('a\ufffdb\ufffdc <&>')
  expect(sendable('好 👍 \t\n')).toBe('好 👍 \t\n')
})

test('a stanza-id counts only in the name of the archive that may give it', () => {
  const id = (by: string, value: string): Element => xml('stanza-id', { xmlns: 'urn:xmpp:sid:0', by, id: value })
  expect(stanzaId(message({}, id(me, '1'), id('eve@example.org', '2')), me)).toBe('1')
  expect(stanzaId(message({}, id('eve@example.org', '2')), me)).toBeNull()
  expect(stanzaId(message({}, id(me, '1'), id(me, '2')), me)).toBeNull()
})

test('a carbon from anyone but our own account is spoofed (CVE-2017-5589)', () => {
  const carbon = (from: string | null): Element =>
    message(from === null ? {} : { from }, xml('sent', { xmlns: 'urn:xmpp:carbons:2' }, xml('forwarded', { xmlns: 'urn:xmpp:forward:0' }, message({ from: me, to: 'bob@example.org' }, body('x')))))
  expect(carbonOf(carbon(me), me)).toMatchObject({ direction: 'sent' })
  expect(carbonOf(carbon(null), me)).toMatchObject({ direction: 'sent' })
  for (const from of ['eve@example.org', 'example.org', `${me}/other`]) expect(carbonOf(carbon(from), me)).toBe('spoofed')
  expect(carbonOf(message({ from: 'bob@example.org' }, body('x')), me)).toBeNull()
})

test('an archive result counts only for the open query and from the archive that was asked', () => {
  const result = (from: string | null, queryid: string): Element =>
    message(from === null ? {} : { from }, xml('result', { xmlns: 'urn:xmpp:mam:2', queryid, id: 'a1' }, xml('forwarded', { xmlns: 'urn:xmpp:forward:0' }, xml('delay', { xmlns: 'urn:xmpp:delay', stamp: '2024-05-31T08:00:00Z' }), message({ from: 'bob@example.org' }, body('x')))))
  const own = { archive: null, queryId: 'q' }
  expect(archiveResult(result(null, 'q'), own, me)).toMatchObject({ archiveId: 'a1', time: Date.UTC(2024, 4, 31, 8) })
  expect(archiveResult(result(me, 'q'), own, me)).not.toBeNull()
  expect(archiveResult(result('eve@example.org', 'q'), own, me)).toBeNull()
  expect(archiveResult(result(me, 'other'), own, me)).toBeNull()
  expect(archiveResult(result(me, 'q'), { archive: 'room@rooms.example.org', queryId: 'q' }, me)).toBeNull()
})

test('an archive query pages by RSM, and its answer says where it stands', () => {
  const text = archiveQuery({ archive: null, queryId: 'q', after: 'x1', max: 50 }).toString()
  expect(text).toContain('<after>x1</after>')
  expect(text).toContain('<max>50</max>')
  expect(archiveQuery({ archive: null, queryId: 'q', before: '', max: 50 }).toString()).toContain('<before/>')
  const answer = xml('iq', {}, xml('fin', { xmlns: 'urn:xmpp:mam:2', complete: 'true' }, xml('set', { xmlns: 'http://jabber.org/protocol/rsm' }, xml('first', {}, 'a'), xml('last', {}, 'b'))))
  expect(archivePage(answer)).toEqual({ complete: true, first: 'a', last: 'b' })
})

test('a receipt answers a message that asks for one, never a group or an error', () => {
  const request = xml('request', { xmlns: 'urn:xmpp:receipts' })
  const receipt = receiptOf(message({ from: 'bob@example.org/x', id: 'm1', type: 'chat' }, request))
  expect(receipt === null ? null : receiptFor(receipt)).toBe('m1')
  expect(receiptOf(message({ from: 'bob@example.org/x', id: 'm1', type: 'groupchat' }, request))).toBeNull()
  expect(receiptOf(message({ from: 'bob@example.org/x', type: 'chat' }, request))).toBeNull()
})

test('a roster push is believed from our own server alone', () => {
  const push = (from: string | null): Element => xml('iq', { type: 'set', ...(from === null ? {} : { from }) }, xml('query', { xmlns: 'jabber:iq:roster' }, xml('item', { jid: 'Bob@example.org', name: 'Bob', subscription: 'both' })))
  expect(isRosterPush(push(null), me)).toBe(true)
  expect(isRosterPush(push(me), me)).toBe(true)
  expect(isRosterPush(push('eve@example.org'), me)).toBe(false)
  expect(rosterItems(push(null))).toEqual([{ jid: 'bob@example.org', name: 'Bob', subscription: 'both', asked: false }])
})

test('presence, delays and joining are read as the XEPs have them', () => {
  expect(presenceOf(xml('presence', {}, xml('show', {}, 'dnd')))).toBe('dnd')
  expect(presenceOf(xml('presence', { type: 'unavailable' }))).toBe('offline')
  expect(delayStamp(message({}, xml('delay', { xmlns: 'urn:xmpp:delay', stamp: 'yesterday' })))).toBeNull()
  const own = xml('presence', { from: 'room@rooms.example.org/mimi' }, xml('x', { xmlns: 'http://jabber.org/protocol/muc#user' }, xml('status', { code: '110' })))
  expect(joinAnswer(own, 'room@rooms.example.org')).toEqual({ kind: 'joined', nick: 'mimi' })
  const conflict = xml('presence', { from: 'room@rooms.example.org/mimi', type: 'error' }, xml('error', {}, xml('conflict', { xmlns: 'urn:ietf:params:xml:ns:xmpp-stanzas' })))
  expect(joinAnswer(conflict, 'room@rooms.example.org')).toEqual({ kind: 'refused', condition: 'conflict' })
})
