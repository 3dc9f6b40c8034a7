import { xml } from '@xmpp/client'
import parse from '@xmpp/xml/lib/parse.js'
import { expect, test } from 'vitest'
import type { Jid } from '../../../contract/domain.ts'
import { contentOf, encryptedMessage } from './encryption.ts'
import { contentIn, envelope } from './envelope.ts'
import { decodeContent, decodeMessage, encodeMessage } from './message.ts'

const ME = 'me@example.org' as Jid
const BOB = 'bob@example.org' as Jid
const ROOM = 'room@rooms.example.org' as Jid
const affixes = { from: BOB, to: ME, time: 1_700_000_000_000, padding: 'abc' }
const direct = { own: ME, from: BOB, conversation: BOB, kind: 'direct', outgoing: false, nick: null } as const
const content = (message: Parameters<typeof contentOf>[0]): string => envelope(contentOf(message), affixes)

test('a message is decoded as written: text, reply, markup and entities', () => {
  const text = '<b>&amp; "quoted" \u{1F44B}\nsecond line'
  const said = encodeMessage(ME, 'direct', { text, id: '1', reply: { id: 'first', to: ME, text: 'before\nit' } })
  expect(decodeContent(content(said), direct)).toMatchObject({ text, replyTo: 'first', change: null, says: true })
})

test('an envelope counts only in its conversation and from its sender', () => {
  const said = content(encodeMessage(ME, 'direct', { text: 'hello', id: '1' }))
  const text = (place: Partial<Parameters<typeof decodeContent>[1]>): string | undefined => decodeContent(said, { ...direct, ...place })?.text
  expect(text({})).toBe('hello')
  expect(text({ from: 'eve@example.org' as Jid })).toBeUndefined()
  expect(text({ own: 'other@example.org' as Jid })).toBeUndefined()
  // the copy for another device of Bob's was addressed to us
  expect(text({ own: BOB, outgoing: true, conversation: ME })).toBe('hello')
  expect(text({ kind: 'group', conversation: ROOM })).toBeUndefined()
  const inRoom = envelope([xml('body', {}, 'hello')], { ...affixes, to: ROOM })
  expect(decodeContent(inRoom, { ...direct, kind: 'group', conversation: ROOM })?.text).toBe('hello')
  expect(decodeContent(inRoom, direct)).toBeNull()
  const without = (name: string): string => said.replace(new RegExp(`<${name} [^>]*/>`), '')
  expect(decodeContent(without('from'), direct)).toBeNull()
  expect(decodeContent(without('to'), direct)?.text).toBe('hello')
  expect(decodeContent(without('to').replace(BOB, BOB), { ...direct, kind: 'group', conversation: ROOM })).toBeNull()
})

test('the time of encryption is read, if there is one', () => {
  const said = content(encodeMessage(ME, 'direct', { text: 'hello', id: '1' }))
  expect(decodeContent(said, direct)?.written).toBe(affixes.time)
  for (const time of ['', '<time/>', "<time stamp='soon'/>"])
    expect(decodeContent(said.replace(/<time [^>]*\/>/, time), direct)).toMatchObject({ text: 'hello', written: null })
})

test('reactions and retractions are recognized, receipts and markers are distinguished', () => {
  const of = (...children: ReturnType<typeof xml>[]) => decodeContent(envelope(children, affixes), direct)
  expect(of(xml('reactions', { xmlns: 'urn:xmpp:reactions:0', id: 'x' }, xml('reaction', {}, '👍')))).toMatchObject({
    text: '👍',
    change: { kind: 'reactions', target: 'x' },
    says: true
  })
  expect(of(xml('retract', { xmlns: 'urn:xmpp:message-retract:1', id: 'x' }))).toMatchObject({ change: { kind: 'retraction', target: 'x' } })
  expect(of(xml('received', { xmlns: 'urn:xmpp:receipts', id: 'x' }))).toMatchObject({ says: false, delivered: 'x', displayed: null })
  expect(of(xml('active', { xmlns: 'http://jabber.org/protocol/chatstates' }))).toMatchObject({ says: false, delivered: null, displayed: null })
})

test('namespace prefixes make no difference; an invalid or too deeply nested envelope is refused', () => {
  const prefixed = content(encodeMessage(ME, 'direct', { text: 'hello', id: '1' })).replace(
    /<body xmlns="jabber:client">hello<\/body>/,
    '<a:body xmlns:a="jabber:client">hello</a:body>'
  )
  expect(prefixed).toContain('a:body')
  expect(decodeContent(prefixed, direct)?.text).toBe('hello')
  const place = { from: BOB, to: ME, isGroup: false }
  for (const text of ['', 'hello', '<envelope/>', '<envelope xmlns="urn:xmpp:sce:1">', '<a/><b/>']) expect(contentIn(text, place)).toBeNull()
  const deep = `${'<x>'.repeat(5000)}${'</x>'.repeat(5000)}`
  expect(contentIn(content(encodeMessage(ME, 'direct', { text: 'hello', id: '1' })).replace('<content>', `<content>${deep}`), place)).toBeNull()
})

test('in the newer version only ids and requests common to all messages are outside of the envelope', () => {
  const said = encodeMessage(ME, 'direct', { text: 'hello', id: '1', reply: { id: 'first', to: ME, text: 'before' } })
  const keys = { device: 1, keys: [], iv: Buffer.alloc(12), ciphertext: Buffer.alloc(16) }
  const names = (versions: readonly ('axolotl' | 'omemo:2')[]): string[] =>
    encryptedMessage(
      said,
      versions.map((version) => ({ version, ...keys }))
    )
      .getChildElements()
      .map(({ name }) => name)
  expect(names(['omemo:2']).toSorted()).toEqual(['encrypted', 'encryption', 'markable', 'origin-id', 'request', 'store'])
  expect(names(['axolotl', 'omemo:2']).filter((name) => name === 'encrypted')).toHaveLength(2)
})

test('elements reserved for servers are ignored within an envelope, and those beside it stay outside (XEP-0420, server-processed elements)', () => {
  const inside = [
    xml('body', {}, 'hello'),
    xml('stanza-id', { xmlns: 'urn:xmpp:sid:0', id: 'forged', by: ME }),
    xml('no-store', { xmlns: 'urn:xmpp:hints' }),
    xml('addresses', { xmlns: 'http://jabber.org/protocol/address' }),
    xml('encryption', { xmlns: 'urn:xmpp:eme:0', namespace: 'urn:xmpp:omemo:2' }),
    xml('delay', { xmlns: 'urn:xmpp:delay', stamp: '2001-01-01T00:00:00Z' }),
    xml('x', { xmlns: 'http://jabber.org/protocol/muc#user' }),
    xml('encrypted', { xmlns: 'urn:xmpp:omemo:2' }),
    xml('envelope', { xmlns: 'urn:xmpp:sce:1' }),
    xml('origin-id', { xmlns: 'urn:xmpp:sid:0', id: 'ours' })
  ]
  const found = contentIn(envelope(inside, affixes), { from: BOB, to: ME, isGroup: false })?.content
  expect(found?.map(({ name }) => name)).toEqual(['body', 'origin-id'])
  const sent = encodeMessage(ME, 'direct', { text: 'hello', id: '1' })
  sent.append(xml('store', { xmlns: 'urn:xmpp:hints' }))
  expect(contentOf(sent).map(({ name }) => name)).toEqual(['body'])
})

test('required contents of an envelope: namespaces of all content, a time, padding of any length, both addresses (XEP-0420 section 3; XEP-0384, SCE profile)', () => {
  const text = envelope([xml('body', {}, 'hello')], { ...affixes, padding: 'x'.repeat(5000) })
  const root = parse(text)
  expect(root.getChild('content')?.getChild('body', 'jabber:client')?.text()).toBe('hello')
  expect(root.getChild('time')?.attrs['stamp']).toBe('2023-11-14T22:13:20.000Z')
  expect(root.getChild('rpad')?.text()).toHaveLength(5000)
  expect([root.getChild('from')?.attrs['jid'], root.getChild('to')?.attrs['jid']]).toEqual([BOB, ME])
  // overlong padding and unknown affixes are accepted
  expect(decodeContent(text, direct)?.text).toBe('hello')
  expect(decodeContent(text.replace('<rpad>', "<other xmlns='urn:x'/><rpad>"), direct)?.text).toBe('hello')
  // a body without a namespace is no body; invalid XML is refused
  expect(decodeContent(text.replace('xmlns="jabber:client"', 'xmlns=""'), direct)?.says ?? false).toBe(false)
  expect(decodeContent(text.replace('</rpad>', ''), direct)).toBeNull()
})

test('an encrypted message has a hint to be kept, names its method, and has no body beside it; an envelope beside is nothing', () => {
  const sealed = [{ version: 'omemo:2' as const, device: 1, keys: [], iv: Buffer.alloc(0), ciphertext: Buffer.from('x') }]
  const stanza = encryptedMessage(encodeMessage(ME, 'direct', { text: 'hello', id: '1' }), sealed)
  expect(stanza.getChild('body')).toBeUndefined()
  expect(stanza.getChild('store', 'urn:xmpp:hints')).toBeDefined()
  expect(stanza.getChild('encryption', 'urn:xmpp:eme:0')?.attrs['namespace']).toBe('urn:xmpp:omemo:2')
  const open = xml('message', { from: BOB, to: ME, type: 'chat' }, parse(envelope([xml('body', { xmlns: 'jabber:client' }, 'smuggled')], affixes)))
  expect(JSON.stringify(decodeMessage(open, { jid: ME, nickIn: () => null, device: () => 1 }))).not.toContain('smuggled')
})
