import { xml, type Element } from '@xmpp/client'
import parse from '@xmpp/xml/lib/parse.js'
import { expect, test } from 'vitest'
import { gradient } from '../../../../test/support/pictures.ts'
import type { Jid } from '../../../contract/domain.ts'
import { archivePage, archiveQuery, archiveResult } from './archive.ts'
import { carbonOf } from './carbons.ts'
import { encodeChange } from './changes.ts'
import { typingOf } from './chat-states.ts'
import { delayStamp } from './delay.ts'
import { joinAnswer } from './group.ts'
import { safeName } from '../../file-names.ts'
import { uploadSlot } from './http-upload.ts'
import { decodeMessage, encodeMessage, type Self } from './message.ts'
import { displayed, displayedId } from './markers.ts'
import { sendable } from './text.ts'
import { presenceOf } from './presence.ts'
import { receiptFor, receiptOf } from './receipts.ts'
import { isRosterPush, rosterItems } from './roster.ts'
import { decodeAcknowledgements } from './acknowledgements.ts'
import { originId, stanzaId } from './stable-ids.ts'

const me = 'me@example.org' as Jid
const self: Self = { jid: me, nickIn: (group) => (group === 'room@rooms.example.org' ? 'mimi' : null) }
const message = (attrs: Record<string, string>, ...children: Element[]): Element => xml('message', { xmlns: 'jabber:client', ...attrs }, ...children)
const body = (text: string): Element => xml('body', {}, text)

test('a direct message is decoded from either side', () => {
  expect(decodeMessage(message({ from: 'Bob@Example.org/phone', to: me, type: 'chat' }, body('hi')), self)).toMatchObject({
    conversation: 'bob@example.org',
    kind: 'direct',
    sender: 'bob@example.org',
    outgoing: false,
    text: 'hi'
  })
  expect(decodeMessage(message({ from: `${me}/laptop`, to: 'bob@example.org', type: 'chat' }, body('hi')), self)).toMatchObject({
    conversation: 'bob@example.org',
    sender: me,
    outgoing: true
  })
})

test('a group message is its occupant’s; ours by our nickname', () => {
  const from = (nick: string): Element => message({ from: `room@rooms.example.org${nick}`, to: me, type: 'groupchat' }, body('hi'))
  expect(decodeMessage(from('/eve'), self)).toMatchObject({
    kind: 'group',
    conversation: 'room@rooms.example.org',
    sender: 'room@rooms.example.org/eve',
    outgoing: false
  })
  expect(decodeMessage(from('/mimi'), self)).toMatchObject({ outgoing: true })
  expect(decodeMessage(from(''), self)).toMatchObject({ kind: 'group', sender: 'room@rooms.example.org', outgoing: false })
  expect(decodeMessage(message({ from: 'other@rooms.example.org/eve', to: me, type: 'groupchat' }, body('spam')), self)).toBeNull()
})

test('occupant ids identify people in a group that assigns them, whatever the nickname; elsewhere they are ignored', () => {
  const stamped = (nick: string, id: string | null, ...more: Element[]): Element =>
    message(
      { from: `room@rooms.example.org/${nick}`, to: me, type: 'groupchat' },
      ...more,
      ...(id === null ? [] : [xml('occupant-id', { xmlns: 'urn:xmpp:occupant-id:0', id })])
    )
  const knows = (own: string | null): Self => ({ ...self, occupantIds: () => ({ own }) })
  const decode = (nick: string, id: string | null, who: Self): unknown => {
    const { outgoing, occupant } = decodeMessage(stamped(nick, id, body('hi')), who)!
    return [outgoing, occupant]
  }
  expect(decode('mimi', 'me', knows('me'))).toEqual([true, 'me'])
  expect(decode('mimi', 'other', knows('me'))).toEqual([false, 'other'])
  expect(decode('former nick', 'me', knows('me'))).toEqual([true, 'me'])
  // own id unknown, or no id in the stanza: decided by the nickname
  expect(decode('mimi', 'other', knows(null))).toEqual([true, 'other'])
  expect(decode('mimi', null, knows('me'))).toEqual([true, null])
  expect(decode('mimi', 'other', self)).toEqual([true, null])
  const marker = xml('displayed', { xmlns: 'urn:xmpp:chat-markers:0', id: 'x' })
  expect(decodeAcknowledgements(stamped('mimi', 'other', marker), knows('me'))).toMatchObject([{ own: false, nick: 'mimi' }])
  expect(decodeAcknowledgements(stamped('mimi', 'me', marker), knows('me'))).toMatchObject([{ own: true, nick: null }])
})

test('a private message in a group is a conversation with that occupant', () => {
  expect(decodeMessage(message({ from: 'room@rooms.example.org/eve', to: me, type: 'chat' }, body('psst')), self)).toMatchObject({
    kind: 'direct',
    conversation: 'room@rooms.example.org/eve'
  })
})

test('errors, empty bodies and broken addresses are no messages', () => {
  for (const stanza of [
    message({ from: 'bob@example.org', type: 'error' }, body('x')),
    message({ from: 'bob@example.org' }),
    message({ from: '@', to: me }, body('x')),
    message({ from: 'a@b@c', to: me }, body('x'))
  ])
    expect(decodeMessage(stanza, self)).toBeNull()
})

test('an encoded message carries its origin-id as its id, and nothing XML cannot', () => {
  const stanza = encodeMessage('bob@example.org', 'direct', { text: 'a\u0000b\ud800c <&>', id: 'id-1' })
  expect(stanza.attrs).toMatchObject({ id: 'id-1', type: 'chat', to: 'bob@example.org' })
  expect(originId(stanza)).toBe('id-1')
  expect(stanza.getChildText('body')).toBe('a\ufffdb\ufffdc <&>')
  expect(sendable('好 👍 \t\n')).toBe('好 👍 \t\n')
})

test('metadata of a page that the text does not link to is ignored, even if its address begins like a linked one', () => {
  const stanza = encodeMessage(me, 'direct', {
    text: 'https://paypal.com/signin',
    id: 'id-1',
    link: { url: 'https://paypal.co', title: 'PayPal', description: '', site: 'paypal.com' }
  })
  stanza.attrs['from'] = 'bob@example.org/x'
  expect(decodeMessage(stanza, self)).toMatchObject({ link: null, text: 'https://paypal.com/signin' })
})

test("a link's picture is taken from the message alone, and only if it is the small picture that it says it is", () => {
  const png = gradient(64, 48, [1, 2, 3], [200, 100, 50])
  const uri = (data: Buffer, type = 'image/png'): string => `data:${type};base64,${data.toString('base64')}`
  const link = { url: 'https://example.org/', title: 'A page', description: '', site: '' }
  const received = (...images: string[]): unknown => {
    const stanza = encodeMessage(me, 'direct', { text: link.url, id: 'id-1', link })
    stanza.attrs['from'] = 'bob@example.org/x'
    const about = stanza.getChildElements().find(({ name }) => name === 'rdf:Description')
    for (const image of images) about?.append(xml('og:image', {}, image))
    return decodeMessage(parse(`<r xmlns='jabber:client'>${stanza.toString()}</r>`).getChild('message') as Element, self)
  }
  expect(received(uri(png))).toMatchObject({ link: { ...link, image: uri(png) } })
  expect(received('https://example.org/picture.png', uri(png))).toMatchObject({ link: { image: uri(png) } })
  for (const refused of [
    'https://example.org/picture.png',
    'cid:sha1+abc@bob.xmpp.org',
    uri(png, 'image/jpeg'),
    uri(png, 'image/svg+xml'),
    uri(Buffer.from('<svg onload="alert(1)"/>')),
    uri(gradient(3000, 1, [0, 0, 0], [0, 0, 0])),
    `${uri(png)}" onerror="x`,
    `data:image/png;base64,${'A'.repeat(30_000)}`
  ])
    expect([refused.slice(0, 40), received(refused)]).toMatchObject([refused.slice(0, 40), { link }])
  for (const refused of ['https://example.org/picture.png', uri(png, 'image/jpeg')]) expect(JSON.stringify(received(refused))).not.toContain('"image"')
})

test('link metadata is sent, and accepted only for pages that the text links to', () => {
  const link = { url: 'https://example.org/路?a=1&b=2', title: 'A <page> & more', description: '', site: '例子' }
  const sent = encodeMessage(me, 'direct', { text: `look: ${link.url}`, id: 'id-1', link })
  sent.attrs['from'] = 'bob@example.org/x'
  expect(decodeMessage(parse(`<r xmlns='jabber:client'>${sent.toString()}</r>`).getChild('message') as Element, self)).toMatchObject({ link, raw: null })
  // nor can input from a window end the stream
  expect(encodeMessage(me, 'direct', { text: link.url, id: 'id-1', link: { ...link, title: 'a\u0000b\uffff\ud800' } }).toString()).not.toMatch(
    /[\u0000\uffff\ud800]/
  )
  const about = (url: string, title: string): Element =>
    parse(
      `<d:Description xmlns:d='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='https://ogp.me/ns#' d:about='${url}'><title>${title}</title></d:Description>`
    )
  const linkOf = (text: string, ...more: Element[]) =>
    decodeMessage(message({ from: 'bob@example.org/x', to: me, type: 'chat' }, body(text), ...more), self)?.link
  expect(linkOf('https://a.example', about('https://b.example', 'no'), about('https://a.example', ' yes\u202e '))).toEqual({
    url: 'https://a.example',
    title: 'yes',
    description: '',
    site: ''
  })
  for (const [url, title] of [
    ['https://a.example', ''],
    ['javascript:alert(1)', 'x'],
    ['http://a.example', 'x'],
    ['https://user@a.example', 'x'],
    ['', 'x']
  ] as const)
    expect(linkOf(`see ${url}`, about(url, title))).toBeNull()
  expect(linkOf('https://a.example', about('https://a.example', '长'.repeat(10_000)))?.title).toHaveLength(200)
})

test('a group’s own address mentions everybody, if that is allowed; a person with that name takes precedence', () => {
  const uris = (text: string, nicks: string[], callsAll: boolean): unknown[] =>
    encodeMessage('room@rooms.example.org', 'group', { text, id: 'x', nicks, callsAll })
      .getChildren('reference')
      .map(({ attrs }) => attrs['uri'])
  expect(uris('@all see @eve', ['eve'], true)).toEqual(['xmpp:room@rooms.example.org', 'xmpp:room@rooms.example.org/eve'])
  expect(uris('@所有人 明天放假', [], true)).toEqual(['xmpp:room@rooms.example.org'])
  expect(uris('@all', ['all'], true)).toEqual(['xmpp:room@rooms.example.org/all'])
  expect(uris('@all', ['eve'], false)).toEqual([])
  const self = { jid: 'me@example.org' as Jid, nickIn: () => 'mimi' }
  const said = encodeMessage('room@rooms.example.org', 'group', { text: '@all', id: 'x', callsAll: true })
  Object.assign(said.attrs, { from: 'room@rooms.example.org/eve', to: 'me@example.org' })
  expect(decodeMessage(said, { ...self, mayCallAll: (occupant) => occupant === 'room@rooms.example.org/eve' })?.mentioned).toBe(true)
  expect(decodeMessage(said, self)?.mentioned).toBe(false)
})

test('a place is sent as a geo: URI and by XEP-0080, and received as one line whatever is beside it', () => {
  const sent = encodeMessage('bob@example.org', 'direct', { text: 'geo:31.2304,121.4737', id: 'x' })
  expect(sent.getChildText('body')).toBe('geo:31.2304,121.4737')
  expect(sent.getChild('geoloc', 'http://jabber.org/protocol/geoloc')?.getChildText('lon')).toBe('121.4737')
  expect(encodeMessage('bob@example.org', 'direct', { text: 'see geo:31.2304,121.4737', id: 'x' }).getChild('geoloc')).toBeUndefined()
  const from = (text: string | null, lat: string, lon: string) =>
    decodeMessage(
      message(
        { from: 'bob@example.org/x', to: me, type: 'chat' },
        ...(text === null ? [] : [body(text)]),
        xml('geoloc', { xmlns: 'http://jabber.org/protocol/geoloc' }, xml('lat', {}, lat), xml('lon', {}, lon))
      ),
      self
    )?.text
  expect(from('https://maps.example/?q=1,2', '31.2304', ' 121.4737 ')).toBe('geo:31.2304,121.4737')
  expect(from(null, '31.2304', '121.4737')).toBe('geo:31.2304,121.4737')
  expect(from('I am here', '-33.8568', '151.2153')).toBe('I am here\ngeo:-33.8568,151.2153')
  expect(from('I am here', '95', '151')).toBe('I am here')
  expect(from('I am here', '', '')).toBe('I am here')
})

test('mentions are sent for the longest matching name, and recognized for us', () => {
  const stanza = encodeMessage('room@rooms.example.org', 'group', {
    text: '👍 @王芳芳 @mimi',
    id: 'id-1',
    reply: { id: 'x', to: 'y@example.org', text: '@王芳' },
    nicks: ['王芳', '王芳芳', 'mimi', 'eve']
  })
  const sent = [...(stanza.getChildText('body') ?? '')]
  const references = stanza.getChildren('reference', 'urn:xmpp:reference:0')
  expect(references.map(({ attrs }) => [sent.slice(Number(attrs['begin']), Number(attrs['end'])).join(''), decodeURIComponent(attrs['uri'] ?? '')])).toEqual([
    ['@王芳芳', 'xmpp:room@rooms.example.org/王芳芳'],
    ['@mimi', 'xmpp:room@rooms.example.org/mimi']
  ])
  const from = (uri: string): Element =>
    message(
      { from: 'room@rooms.example.org/eve', to: me, type: 'groupchat' },
      body('look'),
      xml('reference', { xmlns: 'urn:xmpp:reference:0', type: 'mention', begin: '0', end: '4', uri })
    )
  expect(
    ['xmpp:me@example.org', 'xmpp:room@rooms.example.org/mimi', 'xmpp:room@rooms.example.org/eve', 'xmpp:%ff', 'https://example.org'].map(
      (uri) => decodeMessage(from(uri), self)?.mentioned
    )
  ).toEqual([true, true, false, false, false])
})

test('unknown elements are stored as received; without a text only if meant to be stored', () => {
  const poll = (): Element => xml('poll', { xmlns: 'urn:example:poll:0' }, xml('choice', {}, '周六 <&>'))
  const direct = (...children: Element[]): Element => message({ from: 'bob@example.org/phone', to: me, type: 'chat', id: '1' }, ...children)
  expect(decodeMessage(direct(body('Which day?'), poll()), self)).toMatchObject({
    text: 'Which day?',
    raw: { stanza: expect.stringContaining('周六 &lt;&amp;&gt;') as unknown }
  })
  expect(decodeMessage(direct(poll()), self)).toBeNull()
  expect(decodeMessage(direct(poll(), xml('store', { xmlns: 'urn:xmpp:hints' })), self)).toMatchObject({ text: '', raw: {} })
  const hint = (): Element => xml('store', { xmlns: 'urn:xmpp:hints' })
  for (const mark of [
    xml('displayed', { xmlns: 'urn:xmpp:chat-markers:0', id: '1' }),
    xml('received', { xmlns: 'urn:xmpp:receipts', id: '1' }),
    xml('archived', { xmlns: 'urn:xmpp:mam:tmp' })
  ]) {
    if (mark.name !== 'archived') expect(decodeMessage(direct(mark, poll(), hint()), self)).toBeNull()
    expect(decodeMessage(direct(mark, hint()), self)).toBeNull()
  }
  expect(decodeMessage(direct(body('hi'), xml('active', { xmlns: 'http://jabber.org/protocol/chatstates' })), self)?.raw).toBeNull()
})

test('a stanza-id counts only in the name of the archive that may give it', () => {
  const id = (by: string, value: string): Element => xml('stanza-id', { xmlns: 'urn:xmpp:sid:0', by, id: value })
  expect(stanzaId(message({}, id(me, '1'), id('eve@example.org', '2')), me)).toBe('1')
  expect(stanzaId(message({}, id('eve@example.org', '2')), me)).toBeNull()
  expect(stanzaId(message({}, id(me, '1'), id(me, '2')), me)).toBeNull()
})

test('a carbon from anyone but our own account is spoofed (CVE-2017-5589)', () => {
  const carbon = (from: string | null): Element =>
    message(
      from === null ? {} : { from },
      xml('sent', { xmlns: 'urn:xmpp:carbons:2' }, xml('forwarded', { xmlns: 'urn:xmpp:forward:0' }, message({ from: me, to: 'bob@example.org' }, body('x'))))
    )
  expect(carbonOf(carbon(me), me)).toMatchObject({ direction: 'sent' })
  expect(carbonOf(carbon(null), me)).toMatchObject({ direction: 'sent' })
  for (const from of ['eve@example.org', 'example.org', `${me}/other`]) expect(carbonOf(carbon(from), me)).toBe('spoofed')
  expect(carbonOf(message({ from: 'bob@example.org' }, body('x')), me)).toBeNull()
})

test('an archive result counts only for the open query and from the archive that was asked', () => {
  const result = (from: string | null, queryid: string): Element =>
    message(
      from === null ? {} : { from },
      xml(
        'result',
        { xmlns: 'urn:xmpp:mam:2', queryid, id: 'a1' },
        xml(
          'forwarded',
          { xmlns: 'urn:xmpp:forward:0' },
          xml('delay', { xmlns: 'urn:xmpp:delay', stamp: '2024-05-31T08:00:00Z' }),
          message({ from: 'bob@example.org' }, body('x'))
        )
      )
    )
  const own = { archive: null, queryId: 'q' }
  expect(archiveResult(result(null, 'q'), own, me)).toMatchObject({ archiveId: 'a1', time: Date.UTC(2024, 4, 31, 8) })
  expect(archiveResult(result(me, 'q'), own, me)).not.toBeNull()
  expect(archiveResult(result('eve@example.org', 'q'), own, me)).toBeNull()
  expect(archiveResult(result(me, 'other'), own, me)).toBeNull()
  expect(archiveResult(result(me, 'q'), { archive: 'room@rooms.example.org', queryId: 'q' }, me)).toBeNull()
})

test('an archive query pages by RSM, and its answer gives the position', () => {
  const text = archiveQuery({ archive: null, queryId: 'q', after: 'x1', max: 50 }).toString()
  expect(text).toContain('<after>x1</after>')
  expect(text).toContain('<max>50</max>')
  expect(archiveQuery({ archive: null, queryId: 'q', before: '', max: 50 }).toString()).toContain('<before/>')
  const answer = xml(
    'iq',
    {},
    xml(
      'fin',
      { xmlns: 'urn:xmpp:mam:2', complete: 'true' },
      xml('set', { xmlns: 'http://jabber.org/protocol/rsm' }, xml('first', {}, 'a'), xml('last', {}, 'b'))
    )
  )
  expect(archivePage(answer)).toEqual({ complete: true, first: 'a', last: 'b' })
})

test('a receipt answers a message that asks for one, never a group or an error', () => {
  const request = xml('request', { xmlns: 'urn:xmpp:receipts' })
  const receipt = receiptOf(message({ from: 'bob@example.org/x', id: 'm1', type: 'chat' }, request))
  expect(receipt === null ? null : receiptFor(receipt)).toBe('m1')
  expect(receiptOf(message({ from: 'bob@example.org/x', id: 'm1', type: 'groupchat' }, request))).toBeNull()
  expect(receiptOf(message({ from: 'bob@example.org/x', type: 'chat' }, request))).toBeNull()
})

test('a roster push is accepted only from our own server', () => {
  const push = (from: string | null): Element =>
    xml(
      'iq',
      { type: 'set', ...(from === null ? {} : { from }) },
      xml('query', { xmlns: 'jabber:iq:roster' }, xml('item', { jid: 'Bob@example.org', name: 'Bob', subscription: 'both' }))
    )
  expect(isRosterPush(push(null), me)).toBe(true)
  expect(isRosterPush(push(me), me)).toBe(true)
  expect(isRosterPush(push('eve@example.org'), me)).toBe(false)
  expect(rosterItems(push(null))).toEqual([{ groups: [], jid: 'bob@example.org', name: 'Bob', subscription: 'both', asked: false }])
})

test('presence, delays and joining are read as the XEPs have them', () => {
  expect(presenceOf(xml('presence', {}, xml('show', {}, 'dnd')))).toBe('dnd')
  expect(presenceOf(xml('presence', { type: 'unavailable' }))).toBe('offline')
  expect(delayStamp(message({}, xml('delay', { xmlns: 'urn:xmpp:delay', stamp: 'yesterday' })))).toBeNull()
  const stamped = (stamp: string): number | null => delayStamp(message({}, xml('delay', { xmlns: 'urn:xmpp:delay', stamp })))
  const day = 86_400_000
  expect(stamped('2024-05-31T08:00:00Z')).toBe(Date.UTC(2024, 4, 31, 8))
  for (const far of ['9999-12-31T23:59:59Z', '2200-01-01T00:00:00Z', `${new Date().getUTCFullYear() + 1}-12-31T00:00:00+14:00`])
    expect(stamped(far)).toBeLessThanOrEqual(Date.now() + day)
  for (const early of ['0001-01-01T00:00:00Z', '1969-12-31T23:59:59Z']) expect(stamped(early)).toBe(0)
  for (const odd of ['2024-13-45T99:99:99Z', '2024-05-31', '-2024-05-31T08:00:00Z', '٢٠٢٤-05-31T08:00:00Z', '']) expect(stamped(odd)).toBeNull()
  const own = xml(
    'presence',
    { from: 'room@rooms.example.org/mimi' },
    xml('x', { xmlns: 'http://jabber.org/protocol/muc#user' }, xml('status', { code: '110' }))
  )
  expect(joinAnswer(own, 'room@rooms.example.org')).toEqual({ kind: 'joined', nick: 'mimi' })
  const conflict = xml(
    'presence',
    { from: 'room@rooms.example.org/mimi', type: 'error' },
    xml('error', {}, xml('conflict', { xmlns: 'urn:ietf:params:xml:ns:xmpp-stanzas' }))
  )
  expect(joinAnswer(conflict, 'room@rooms.example.org')).toEqual({ kind: 'refused', condition: 'conflict' })
})

test('a retraction is readable for clients before version 0.4, and decoded as one', () => {
  const stanza = encodeChange('bob@example.org', 'direct', { kind: 'retraction', target: 'm1', text: '' }, 'c1')
  const old = stanza.getChild('apply-to', 'urn:xmpp:fasten:0')
  expect([old?.attrs['id'], old?.getChild('retract', 'urn:xmpp:message-retract:0') !== undefined, stanza.getChildText('body') !== null]).toEqual([
    'm1',
    true,
    true
  ])
  // retractions in the old form only, and in both forms
  for (const children of [[old!], [old!, stanza.getChild('retract')!]])
    expect(decodeMessage(message({ from: 'bob@example.org', to: me, type: 'chat' }, body('not for you'), ...children), self)).toMatchObject({
      text: '',
      change: { kind: 'retraction', target: 'm1' }
    })
})

test('corrections, retractions and reactions are written as they are read', () => {
  for (const change of [
    { kind: 'correction', target: 'm1', text: '改好了 <&>' },
    { kind: 'retraction', target: 'm1', text: '' },
    { kind: 'reactions', target: 'm1', text: '👍 ❤️' },
    { kind: 'reactions', target: 'm1', text: '' }
  ] as const) {
    const stanza = encodeChange('bob@example.org', 'direct', change, 'c1')
    stanza.attrs['from'] = `${me}/laptop`
    expect(decodeMessage(stanza, self)).toMatchObject({
      conversation: 'bob@example.org',
      outgoing: true,
      text: change.text,
      originId: 'c1',
      messageId: null,
      change: { kind: change.kind, target: 'm1' }
    })
  }
})

test('hostile changes are bounded', () => {
  const from = { from: 'bob@example.org/x', to: me, type: 'chat' }
  const many = Array.from({ length: 5000 }, (_, i) => xml('reaction', {}, i % 2 === 0 ? `r${i}` : 'with space'))
  expect(decodeMessage(message(from, xml('reactions', { xmlns: 'urn:xmpp:reactions:0', id: 'm' }, ...many)), self)?.text.split(' ')).toHaveLength(16)
  expect(decodeMessage(message(from, xml('reactions', { xmlns: 'urn:xmpp:reactions:0', id: 'x'.repeat(2000) }, xml('reaction', {}, '👍'))), self)).toBeNull()
  expect(decodeMessage(message(from, xml('replace', { xmlns: 'urn:xmpp:message-correct:0', id: 'm' })), self)).toBeNull()
  expect(decodeMessage(message(from, xml('retract', { xmlns: 'urn:xmpp:message-retract:1' })), self)).toBeNull()
})

test('a stanza of the group itself only counts as a moderators’ retraction', () => {
  const room = { from: 'room@rooms.example.org', to: me, type: 'groupchat' }
  const retract = (...inside: Element[]): Element => xml('retract', { xmlns: 'urn:xmpp:message-retract:1', id: 'a1' }, ...inside)
  expect(
    decodeMessage(message(room, retract(xml('moderated', { xmlns: 'urn:xmpp:message-moderate:1', by: 'room@rooms.example.org/mod' }))), self)
  ).toMatchObject({ sender: 'room@rooms.example.org', change: { kind: 'retraction', target: 'a1' } })
  expect(decodeMessage(message(room, retract()), self)).toBeNull()
})

test('a reply is sent with a quotation for clients without replies, and received without it', () => {
  const stanza = encodeMessage('bob@example.org', 'direct', {
    text: '好的',
    id: 'm2',
    reply: { id: 'm1', to: 'bob@example.org', text: '👨‍👩‍👧 first line\nsecond line' }
  })
  expect(stanza.getChildText('body')).toBe('> 👨‍👩‍👧 first line\n> second line\n好的')
  stanza.attrs['from'] = me
  expect(decodeMessage(stanza, self)).toMatchObject({ text: '好的', replyTo: 'm1' })
  const lying = (start: string, end: string): Element =>
    message(
      { from: 'bob@example.org', to: me, type: 'chat' },
      body('short'),
      xml('fallback', { xmlns: 'urn:xmpp:fallback:0', for: 'urn:xmpp:reply:0' }, xml('body', { start, end }))
    )
  for (const [start, end] of [
    ['0', '99'],
    ['-1', '3'],
    ['4', '2'],
    ['x', '3'],
    ['0', '5']
  ] as const)
    expect(decodeMessage(lying(start, end), self)?.text).toBe('short')
})

test('a file is sent as its address, as out-of-band data and with metadata, and received as one file', () => {
  const file = {
    kind: 'image',
    name: '猫 photo.png',
    bytes: 1234,
    url: 'https://files.example.org/a/%E7%8C%AB.png',
    type: 'image/png',
    width: 40,
    height: 30,
    hash: 'ab'.repeat(32),
    preview: '1QcSHQRnh493V4dIh4eXh1h4kJUI'
  } as const
  const stanza = encodeMessage('bob@example.org', 'direct', { text: '', id: 'f1', file })
  expect(stanza.getChildText('body')).toBe(file.url)
  stanza.attrs['from'] = me
  expect(decodeMessage(stanza, self)).toMatchObject({ text: '', files: [file] })
  // a peer that sends the address only
  const oob = (url: string, text = url): Element =>
    message({ from: 'bob@example.org/x', to: me, type: 'chat' }, body(text), xml('x', { xmlns: 'jabber:x:oob' }, xml('url', {}, url)))
  expect(decodeMessage(oob('https://h.example/x/report%202024.pdf'), self)).toMatchObject({
    text: '',
    files: [{ kind: 'file', name: 'report 2024.pdf', bytes: null }]
  })
  expect(decodeMessage(oob('https://h.example/a.png', '看 https://h.example/a.png'), self)).toMatchObject({
    text: '看 https://h.example/a.png',
    files: [{ kind: 'image' }]
  })
})

test.each([
  ['data:image/thumbhash;base64,1QcSHQRnh493V4dIh4eXh1h4kJUI', '1QcSHQRnh493V4dIh4eXh1h4kJUI'],
  ['data:image/thumbhash;base64,ab%2Bcd%2Fe%3D%3D', 'ab+cd/e=='],
  ['https://tracker.example/thumb.png', null],
  ['cid:sha1+abc@bob.xmpp.org', null],
  ['data:image/svg+xml;base64,PHN2Zz4=', null],
  [`data:image/thumbhash;base64,${'A'.repeat(4000)}`, null],
  ['data:image/thumbhash;base64,<script>', null]
])('a thumbnail at %j says what a picture looks like, or nothing; none is fetched', (uri, preview) => {
  const url = 'https://files.example.org/a.png'
  const stanza = message(
    { from: 'bob@example.org/x', to: me, type: 'chat' },
    body(url),
    xml(
      'file-sharing',
      { xmlns: 'urn:xmpp:sfs:0' },
      xml('file', { xmlns: 'urn:xmpp:file:metadata:0' }, xml('name', {}, 'a.png'), xml('thumbnail', { xmlns: 'urn:xmpp:thumbs:1', uri })),
      xml('sources', {}, xml('url-data', { xmlns: 'http://jabber.org/protocol/url-data', target: url }))
    )
  )
  expect(decodeMessage(stanza, self)?.files).toMatchObject([{ name: 'a.png', preview }])
})

test.each([
  'http://h.example/a.png',
  'https://user:pass@h.example/a.png',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'https://',
  `https://h.example/${'x'.repeat(5000)}`
])('%s is no file, but a text', (url) => {
  const stanza = message({ from: 'bob@example.org/x', to: me, type: 'chat' }, body(url), xml('x', { xmlns: 'jabber:x:oob' }, xml('url', {}, url)))
  expect(decodeMessage(stanza, self)).toMatchObject({ text: url, files: [] })
})

test.each([
  ['photo\u202egpj.exe', 'photogpj.exe'],
  ['../../.bashrc', '_.._.bashrc'],
  ['a\u0000b\nc.txt', 'abc.txt'],
  ['C:\\x\\y.doc', 'C__x_y.doc'],
  ['', 'file'],
  [`${'长'.repeat(300)}.docx`, `${'长'.repeat(195)}.docx`]
])('a file name of another reads as what it is: %j', (name, safe) => {
  expect(safeName(name)).toBe(safe)
})

test('an upload slot is accepted only with https, and with the allowed headers only', () => {
  const slot = (put: string): Element =>
    xml(
      'iq',
      {},
      xml(
        'slot',
        { xmlns: 'urn:xmpp:http:upload:0' },
        xml('put', { url: put }, xml('header', { name: 'Authorization' }, 'Basic a\r\nX-Evil: 1'), xml('header', { name: 'Host' }, 'evil')),
        xml('get', { url: 'https://h.example/f' })
      )
    )
  expect(uploadSlot(slot('https://h.example/put'))).toEqual({
    put: 'https://h.example/put',
    get: 'https://h.example/f',
    headers: { Authorization: 'Basic aX-Evil: 1' }
  })
  expect(uploadSlot(slot('http://h.example/put'))).toBeNull()
})

test('chat states and markers are distinguished from messages', () => {
  const state = (name: string): Element =>
    message({ from: 'bob@example.org/x', to: me, type: 'chat' }, xml(name, { xmlns: 'http://jabber.org/protocol/chatstates' }))
  expect(['composing', 'paused', 'active', 'gone', 'other'].map((name) => typingOf(state(name)))).toEqual([true, false, false, false, null])
  expect(decodeMessage(state('composing'), self)).toBeNull()
  expect(displayedId(displayed('bob@example.org', 'm9'))).toBe('m9')
  expect(displayedId(message({ from: 'bob@example.org' }, body('hi')))).toBeNull()
})

test('receipts and markers come from the peer, another device of ours, or an occupant of a group', () => {
  const displayed = xml('displayed', { xmlns: 'urn:xmpp:chat-markers:0', id: 'm9' })
  const received = xml('received', { xmlns: 'urn:xmpp:receipts', id: 'm9' })
  const room = 'room@rooms.example.org'
  const acknowledgements = (from: string, to: string, type: string, ...children: Element[]): unknown =>
    decodeAcknowledgements(message({ from, to, type }, ...children), self).map(({ kind, conversation, id, own, nick }) => [kind, conversation, id, own, nick])
  expect(acknowledgements('bob@example.org/x', me, 'chat', received, displayed)).toEqual([
    ['delivered', 'bob@example.org', 'm9', false, null],
    ['displayed', 'bob@example.org', 'm9', false, null]
  ])
  // receipts sent by our own devices acknowledge the peer's messages
  expect(acknowledgements(`${me}/phone`, 'bob@example.org', 'chat', received, displayed)).toEqual([['displayed', 'bob@example.org', 'm9', true, null]])
  expect(acknowledgements(`${room}/eve`, me, 'groupchat', received, displayed)).toEqual([['displayed', room, 'm9', false, 'eve']])
  expect(acknowledgements(`${room}/mimi`, me, 'groupchat', displayed)).toEqual([['displayed', room, 'm9', true, null]])
  expect(acknowledgements(`${room}/eve`, me, 'chat', displayed)).toEqual([['displayed', `${room}/eve`, 'm9', false, null]])
  for (const [from, type] of [
    [room, 'groupchat'],
    ['other@rooms.example.org/eve', 'groupchat'],
    ['bob@example.org', 'error'],
    ['@', 'chat']
  ] as const)
    expect(acknowledgements(from, me, type, displayed)).toEqual([])
  expect(acknowledgements('bob@example.org', me, 'chat', body('hi'))).toEqual([])
})
