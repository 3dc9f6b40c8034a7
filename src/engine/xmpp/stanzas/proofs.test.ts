/** Ids of any length and number, and authors as a group's archive names them. */
import { xml, type Element } from '@xmpp/client'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Jid } from '../../../contract/domain.ts'
import { archivePage, archiveResult } from './archive.ts'
import { blockPush } from './blocking.ts'
import { delayStamp } from './delay.ts'
import { displayedMark } from './displayed-sync.ts'
import { invitationOf, occupantChange } from './group.ts'
import { decodeMessage, type Self } from './message.ts'
import { NS } from './namespaces.ts'
import { occupantId } from './occupants.ts'
import { receiptOf } from './receipts.ts'
import { decodeAcknowledgements } from './acknowledgements.ts'

const ME = 'me@example.org' as Jid
const ROOM = 'room@rooms.example.org' as Jid
const MALLORY = `${ROOM}/mallory` as Jid
const self: Self = { jid: ME, nickIn: (group) => (group === ROOM ? 'me' : null), occupantIds: () => ({ own: 'mine' }) }
const inRoom = (nick: string, ...children: Element[]): Element =>
  xml('message', { xmlns: 'jabber:client', from: `${ROOM}/${nick}`, type: 'groupchat' }, xml('body', {}, 'said'), ...children)
const occupant = (id: string): Element => xml('occupant-id', { xmlns: NS.occupantId, id })

/** All ids in the output of a decoder. */
function* ids(value: unknown, name = ''): Generator<string> {
  if (typeof value === 'string' && /id$|target|^first$|^last$|replyTo|occupant|password/i.test(name)) yield value
  else if (typeof value === 'object' && value !== null && !('children' in value)) for (const [key, one] of Object.entries(value)) yield* ids(one, key)
}

test('an id is of one character at least and of 1,000 at most, wherever it stands', () => {
  const id = fc.oneof(fc.constantFrom('', 'a', 'x'.repeat(1000), 'x'.repeat(1001), 'x'.repeat(200_000)), fc.string({ maxLength: 2000 }))
  fc.assert(
    fc.property(id, fc.constantFrom('chat', 'groupchat'), fc.constantFrom('replace', 'retract', 'reactions', 'none'), (one, type, change) => {
      const done: Record<string, Element[]> = {
        replace: [xml('replace', { xmlns: NS.correction, id: one })],
        retract: [xml('retract', { xmlns: NS.retraction, id: one }), xml('fallback', { xmlns: NS.fallback })],
        reactions: [xml('reactions', { xmlns: NS.reactions, id: one }, xml('reaction', {}, '!'))],
        none: []
      }
      const message = xml(
        'message',
        { xmlns: 'jabber:client', from: type === 'chat' ? 'bob@example.org/x' : MALLORY, to: ME, type, id: one },
        ...(change === 'reactions' ? [] : [xml('body', {}, 'said')]),
        xml('origin-id', { xmlns: NS.stableId, id: one }),
        xml('stanza-id', { xmlns: NS.stableId, by: type === 'chat' ? ME : ROOM, id: one }),
        occupant(one),
        xml('reply', { xmlns: NS.replies, id: one }),
        xml('received', { xmlns: NS.receipts, id: one }),
        xml('displayed', { xmlns: NS.chatMarkers, id: one }),
        xml('request', { xmlns: NS.receipts }),
        ...(done[change] ?? [])
      )
      const result = xml('result', { xmlns: NS.mam, queryid: 'q', id: one }, xml('forwarded', { xmlns: NS.forward }, message))
      const set = xml('set', { xmlns: NS.rsm }, xml('first', {}, one), xml('last', {}, one))
      const { archiveId } = archiveResult(xml('message', { from: ME }, result), { archive: null, queryId: 'q' }, ME) ?? {}
      expect((archiveId ?? '').length).toBeLessThanOrEqual(1000)
      const invitation = xml('message', { from: 'bob@example.org/x' }, xml('x', { xmlns: NS.conference, jid: ROOM, password: one }))
      const decoded = [
        decodeMessage(message, self),
        decodeAcknowledgements(message, self),
        archivePage(xml('iq', {}, xml('fin', { xmlns: NS.mam }, set))),
        displayedMark({ id: ROOM, payload: xml('displayed', { xmlns: NS.displayedSync }, xml('stanza-id', { xmlns: NS.stableId, id: one })) }),
        { id: receiptOf(message)?.getChild('received')?.attrs['id'] }
      ]
      for (const found of ids(decoded)) expect(found.length > 0 && found.length <= 1000, found.slice(0, 20)).toBe(true)
      for (const found of ids(invitationOf(invitation))) expect(found.length).toBeLessThanOrEqual(1000)
      // bad ids lose no text
      if (change === 'none') expect(decodeMessage(message, self)?.text).toBe('said')
    }),
    { numRuns: 300 }
  )
})

test('of several occupant-ids none counts: whoever writes ours beside their own is not us', () => {
  expect(occupantId(inRoom('mallory', occupant('hers')))).toBe('hers')
  for (const message of [inRoom('mallory', occupant('mine'), occupant('hers')), inRoom('mallory', occupant('hers'), occupant('mine'))]) {
    expect(occupantId(message)).toBeNull()
    expect(decodeMessage(message, self)).toMatchObject({ outgoing: false, occupant: null })
  }
})

test('in an archive of a group without occupant-ids, what somebody said under our nickname while we were away is theirs; live nobody else has it', () => {
  const anonymous: Self = { ...self, occupantIds: () => null }
  const archived: Self = { ...anonymous, isArchived: true }
  const of = (jid: string): Element => xml('x', { xmlns: NS.mucUser }, xml('item', { jid }))
  const read = xml('displayed', { xmlns: NS.chatMarkers, id: 'a' })
  const isOwn = (message: Element, who: Self): boolean | undefined => decodeMessage(message, who)?.outgoing
  expect(isOwn(inRoom('me', of('mallory@example.org/x')), archived)).toBe(false)
  expect(decodeAcknowledgements(inRoom('me', of('mallory@example.org/x'), read), archived)).toMatchObject([{ own: false, nick: 'me' }])
  expect(isOwn(inRoom('me', of(`${ME}/x`)), archived)).toBe(true)
  expect(isOwn(inRoom('me'), archived)).toBe(true)
  // naming our account does not make a message ours
  expect(isOwn(inRoom('mallory', of(`${ME}/x`)), archived)).toBe(false)
  expect(isOwn(inRoom('me', of('mallory@example.org/x')), anonymous)).toBe(true)
})

test('whose device has encrypted it, a group says in its archive; live it is known by who is there, whatever the author writes', () => {
  const key = xml('key', { rid: '7' }, 'AA==')
  const encrypted = xml(
    'encrypted',
    { xmlns: 'eu.siacs.conversations.axolotl' },
    xml('header', { sid: '5' }, key, xml('iv', {}, Buffer.alloc(12).toString('base64'))),
    xml('payload', {}, 'AA==')
  )
  const message = inRoom('mallory', encrypted, xml('x', { xmlns: NS.mucUser }, xml('item', { jid: 'bob@example.org' })))
  const here: Self = { ...self, device: () => 7, accountIn: () => 'mallory@example.org' as Jid }
  expect(decodeMessage(message, here)?.sealed?.from).toBe('mallory@example.org')
  expect(decodeMessage(message, { ...here, isArchived: true })?.sealed?.from).toBe('bob@example.org')
})

test('a stamp without a zone is of UTC, and one with words behind it is none', () => {
  const stamp = (text: string): number | null => delayStamp(xml('message', {}, xml('delay', { xmlns: NS.delay, stamp: text })))
  const noon = Date.UTC(2024, 5, 1, 12)
  for (const text of [
    '2024-06-01T12:00:00Z',
    '2024-06-01T12:00:00',
    ' 2024-06-01T12:00:00.000z\n',
    '2024-06-01T14:00:00+02:00',
    '2024-06-01T12:00:00.0000001Z'
  ])
    expect(stamp(text), text).toBe(noon)
  for (const text of ['2024-06-01T12:00:00 (noon)', '2024-06-01T12:00:00Z x', '2024-06-01', 'yesterday', '2024-13-01T12:00:00Z', '2024-06-01T25:00:00Z', ''])
    expect(stamp(text), text).toBeNull()
})

test('the end of an archive is told as XML writes it; a nickname that is none is no new name; an unblocking of nobody who can be is none of all', () => {
  const ends = (complete: string): boolean => archivePage(xml('iq', {}, xml('fin', { xmlns: NS.mam, complete }))).complete
  expect(['true', '1', 'false', '0', '', 'yes'].map(ends)).toEqual([true, true, false, false, false, false])
  const renamed = (nick: string): string | null | undefined =>
    occupantChange(
      xml('presence', { from: MALLORY, type: 'unavailable' }, xml('x', { xmlns: NS.mucUser }, xml('item', { nick }), xml('status', { code: '303' })))
    )?.renamed
  expect([renamed('eve'), renamed(''), renamed('x'.repeat(5000)), renamed('a\u0000b')]).toEqual(['eve', null, null, null])
  const push = (...items: Element[]): boolean | undefined => blockPush(xml('iq', { type: 'set' }, xml('unblock', { xmlns: NS.blocking }, ...items)))?.all
  expect([push(), push(xml('item', { jid: '@@' })), push(xml('item', { jid: 'bob@example.org' }))]).toEqual([true, false, false])
})
