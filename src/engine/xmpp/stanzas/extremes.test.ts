/** Extreme numbers in any field of any stanza: nothing throws, and each result is a number that can be stored and shown. */
import { xml, type Element } from '@xmpp/client'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Jid } from '../../../contract/domain.ts'
import { handled } from '../stream/outgoing.ts'
import { Scram } from '../stream/sasl/scram.ts'
import { StanzaLimit } from '../stream/stanza-limit.ts'
import { archivePage, archiveResult } from './archive.ts'
import { avatarInfo } from './avatars.ts'
import { carbonOf } from './carbons.ts'
import { typingOf } from './chat-states.ts'
import { delayStamp, heldBackSince } from './delay.ts'
import { info } from './disco.ts'
import { affiliated, groupName, invitationOf, isNewRoom, joinAnswer, occupantChange, subjectOf } from './group.ts'
import { uploadService, uploadSlot } from './http-upload.ts'
import { displayedId } from './markers.ts'
import { decodeMessage, type Self } from './message.ts'
import { NS } from './namespaces.ts'
import { presenceOf } from './presence.ts'
import { eventOf, itemsOf } from './pubsub.ts'
import { mentioned } from './references.ts'
import { rosterItems } from './roster.ts'
import { decodeAcknowledgements } from './acknowledgements.ts'

const ME = 'me@example.org' as Jid
const ROOM = 'room@rooms.example.org'
const SELF: Self = { jid: ME, nickIn: (group) => (group === ROOM ? 'me' : null) }
const DAY = 86_400_000

const digits = fc.integer({ min: 1, max: 400 }).map((length) => '9'.repeat(length))
const stamp = fc
  .tuple(
    fc.constantFrom('0000', '0001', '1969', '1970', '2026', '2200', '9999', '-271821', '+275760', '275761'),
    fc.constantFrom('-00-00', '-01-01', '-02-30', '-12-31', '-99-99'),
    fc.constantFrom('T00:00:00Z', 'T23:59:60Z', 'T24:00:00Z', 'T99:99:99Z', 'T12:00:00.999999999999Z', 'T12:00:00+99:99', 'T12:00:00-14:00', '')
  )
  .map((parts) => parts.join(''))
const numeral = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '-0',
    '-1',
    '1',
    '1.5',
    '+1',
    ' 7 ',
    '07',
    '0x10',
    '0b1',
    '1e3',
    '1e308',
    '1e309',
    '1e-400',
    'Infinity',
    '-Infinity',
    'NaN',
    'null',
    'undefined',
    '٣',
    '一',
    '1_000',
    '1,000'
  ),
  fc.constantFrom(
    '2147483647',
    '2147483648',
    '4294967295',
    '4294967296',
    '9007199254740991',
    '9007199254740992',
    '9007199254740993',
    '18446744073709551616',
    '-9223372036854775809'
  ),
  digits,
  stamp,
  fc.double().map(String),
  fc.bigInt().map(String),
  fc.string({ maxLength: 8 })
)

/** All numbers in a decoder's result. */
function* numbers(value: unknown, path = ''): Generator<[string, number]> {
  if (typeof value === 'number') yield [path, value]
  else if (value instanceof Set || value instanceof Map || Array.isArray(value))
    for (const [i, one] of [...value].entries()) yield* numbers(one, `${path}.${i}`)
  else if (typeof value === 'object' && value !== null && !('children' in value))
    for (const [name, one] of Object.entries(value)) yield* numbers(one, `${path}.${name}`)
}
function sound(value: unknown): void {
  for (const [path, number] of numbers(value)) {
    const largest = path.endsWith('time') ? Date.now() + DAY : Number.MAX_SAFE_INTEGER
    expect(Number.isSafeInteger(number) && number >= 0 && number <= largest, `${path} is ${number}`).toBe(true)
    if (/width|height|side$/.test(path)) expect(number > 0 && number <= 100_000, `${path} is ${number}`).toBe(true)
  }
}

/** Stanza with every numeric field of every extension; `n` gives the next number. */
function crowded(n: () => string, type: string, from: string): Element {
  const delay = (by: string): Element => xml('delay', { xmlns: NS.delay, from: by, stamp: n() })
  const file = xml(
    'file',
    { xmlns: NS.fileMetadata },
    xml('name', {}, 'a.png'),
    xml('media-type', {}, 'image/png'),
    xml('size', {}, n()),
    xml('width', {}, n()),
    xml('height', {}, n()),
    xml('length', {}, n()),
    xml('date', {}, n()),
    xml('thumbnail', { xmlns: NS.thumbnails, uri: 'data:image/thumbhash;base64,AAAA', width: n(), height: n() })
  )
  return xml(
    'message',
    { xmlns: 'jabber:client', from, to: ME, type, id: n() },
    xml('body', {}, '> quoted\nsaid'),
    delay('example.org'),
    delay(ROOM),
    xml('x', { xmlns: 'jabber:x:delay', stamp: n() }),
    xml('file-sharing', { xmlns: NS.fileSharing }, file, xml('sources', {}, xml('url-data', { xmlns: NS.urlData, target: 'https://example.org/a.png' }))),
    xml('reply', { xmlns: NS.replies, id: n(), to: from }),
    xml('fallback', { xmlns: NS.fallback, for: NS.replies }, xml('body', { start: n(), end: n() })),
    xml('reference', { xmlns: NS.references, type: 'mention', begin: n(), end: n(), uri: 'xmpp:me@example.org' }),
    xml('stanza-id', { xmlns: NS.stableId, by: ME, id: n() }),
    xml('ephemeral', { xmlns: 'urn:xmpp:ephemeral:0', timer: n() }),
    xml('amp', { xmlns: 'http://jabber.org/protocol/amp' }, xml('rule', { condition: 'expire-at', value: n() })),
    xml('finish', { xmlns: 'urn:xmpp:jingle-message:0', id: n() }, xml('duration', {}, n())),
    xml('call-invite', { xmlns: 'urn:xmpp:call-invites:0', id: n() }, xml('length', {}, n())),
    xml('geoloc', { xmlns: 'http://jabber.org/protocol/geoloc' }, xml('lat', {}, n()), xml('lon', {}, n())),
    xml('x', { xmlns: NS.mucUser }, xml('status', { code: n() }), xml('item', { affiliation: n(), role: n() })),
    xml('hats', { xmlns: 'urn:xmpp:hats:0' }, xml('hat', { uri: n(), title: n(), hue: n() })),
    xml('displayed', { xmlns: NS.chatMarkers, id: n() }),
    xml('composing', { xmlns: NS.chatStates }),
    xml('subject', {}, n())
  )
}

test('in messages, live, copied and archived, of people and of groups', () => {
  fc.assert(
    fc.property(
      fc.array(numeral, { minLength: 40, maxLength: 60 }),
      fc.constantFrom('chat', 'groupchat', 'normal'),
      fc.constantFrom(`${ROOM}/eve`, ROOM, 'bob@example.org/x'),
      (values, type, from) => {
        let at = 0
        const n = (): string => values[at++ % values.length] ?? ''
        const message = crowded(n, type, from)
        for (const decode of [
          (one: Element) => decodeMessage(one, SELF),
          (one: Element) => decodeAcknowledgements(one, SELF),
          (one: Element) => delayStamp(one),
          (one: Element) => heldBackSince(one, ['example.org', ROOM]),
          invitationOf,
          occupantChange,
          subjectOf,
          mentioned,
          displayedId,
          typingOf,
          isNewRoom
        ])
          sound(decode(message))
        const stamps = [delayStamp(message), heldBackSince(message, ['example.org', ROOM])].filter((time) => time !== null)
        for (const time of stamps) expect(time >= 0 && time <= Date.now() + DAY).toBe(true)
        const forwarded = xml('forwarded', { xmlns: 'urn:xmpp:forward:0' }, xml('delay', { xmlns: NS.delay, stamp: n() }), message)
        sound(carbonOf(xml('message', { from: ME, to: ME }, xml('received', { xmlns: 'urn:xmpp:carbons:2' }, forwarded)), ME) === null ? 0 : 1)
        const archived = archiveResult(
          xml('message', { from: ME, to: ME }, xml('result', { xmlns: NS.mam, queryid: 'q', id: n() }, forwarded)),
          { archive: null, queryId: 'q' },
          ME
        )
        sound(archived === null ? null : { time: archived.time })
        sound(
          archivePage(
            xml(
              'iq',
              {},
              xml(
                'fin',
                { xmlns: NS.mam, complete: n() },
                xml('set', { xmlns: NS.rsm }, xml('first', { index: n() }, n()), xml('last', {}, n()), xml('count', {}, n()), xml('max', {}, n()))
              )
            )
          )
        )
      }
    ),
    { numRuns: 300 }
  )
})

test('in presences, services, files to be put, pictures, rosters and nodes', () => {
  fc.assert(
    fc.property(fc.array(numeral, { minLength: 20, maxLength: 20 }), (values) => {
      let at = 0
      const n = (): string => values[at++ % values.length] ?? ''
      const presence = xml(
        'presence',
        { from: `${ROOM}/eve` },
        xml('priority', {}, n()),
        xml('idle', { xmlns: 'urn:xmpp:idle:1', since: n() }),
        xml('x', { xmlns: NS.mucUser }, xml('item', { role: n(), affiliation: n() }), xml('status', { code: n() }))
      )
      for (const decode of [presenceOf, occupantChange, (one: Element) => joinAnswer(one, ROOM)]) sound(decode(presence))
      const field = (name: string): Element => xml('field', { var: name }, xml('value', {}, n()))
      const disco = info(
        xml(
          'iq',
          {},
          xml(
            'query',
            { xmlns: NS.disco },
            xml('identity', { category: 'conference', name: n() }),
            xml('feature', { var: NS.upload }),
            xml(
              'x',
              { xmlns: NS.dataForm },
              xml('field', { var: 'FORM_TYPE' }, xml('value', {}, NS.upload)),
              field('max-file-size'),
              field('muc#roominfo_occupants'),
              field('muc#maxhistoryfetch')
            )
          )
        )
      )
      const service = uploadService(disco, 'up.example.org' as Jid)
      expect(service?.largest === null || (Number.isSafeInteger(service?.largest) && (service?.largest ?? 0) > 0)).toBe(true)
      sound(groupName(disco))
      sound(
        uploadSlot(
          xml(
            'iq',
            {},
            xml(
              'slot',
              { xmlns: NS.upload },
              xml('put', { url: `https://u.example:${n()}/` }, xml('header', { name: 'Expires' }, n())),
              xml('get', { url: `https://u.example:${n()}/` })
            )
          )
        )
      )
      sound(
        avatarInfo({
          id: n(),
          payload: xml('metadata', { xmlns: NS.avatarMetadata }, xml('info', { bytes: n(), id: 'a'.repeat(40), type: 'image/png', width: n(), height: n() }))
        })
      )
      sound(rosterItems(xml('iq', {}, xml('query', { xmlns: NS.roster, ver: n() }, xml('item', { jid: n(), name: n(), approved: n() })))))
      sound(affiliated(xml('iq', {}, xml('query', { xmlns: NS.mucAdmin }, xml('item', { jid: n(), affiliation: n() })))))
      sound(itemsOf(xml('iq', {}, xml('pubsub', { xmlns: NS.pubsub }, xml('items', { node: n(), max_items: n() }, xml('item', { id: n() }))))).length)
      sound(
        eventOf(xml('message', { from: ME }, xml('event', { xmlns: `${NS.pubsub}#event` }, xml('items', { node: n() }, xml('retract', { id: n() })))), ME)
          ?.items.length
      )
    }),
    { numRuns: 300 }
  )
})

test('in the stream: number of handled stanzas, stanza limit, iterations of the password hash', async () => {
  fc.assert(
    fc.property(numeral, fc.nat(1000), fc.nat(50), (h, outbound, waiting) => {
      const count = handled(h, { outbound, outbound_q: Array.from({ length: waiting }) })
      expect(count >= outbound && count <= outbound + waiting).toBe(true)
      const limit = new StanzaLimit()
      limit.announce(Number(h))
      const most = limit.most(0)
      expect(most === null || (Number.isSafeInteger(most) && most > 0)).toBe(true)
    })
  )
  expect(handled('7', { outbound: 5, outbound_q: [1, 2, 3] })).toBe(7)
  await fc.assert(
    fc.asyncProperty(
      numeral.filter((text) => !/^[1-9]\d{3,9}$/.test(text) && !text.includes(',')),
      async (rounds) => {
        const scram = new Scram({
          hash: 'sha1',
          username: 'me',
          password: 'x',
          binding: { flag: 'n' },
          offered: { mechanisms: ['SCRAM-SHA-1'], types: null },
          nonce: 'abc'
        })
        await expect(scram.final(`r=abcdef,s=${btoa('salt')},i=${rounds}`)).rejects.toThrow(/malformed|rounds/)
      }
    )
  )
})
