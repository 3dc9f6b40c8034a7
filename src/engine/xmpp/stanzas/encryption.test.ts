/** Stanzas from encrypting clients, received by a client without the key. */
import parse from '@xmpp/xml/lib/parse.js'
import { expect, test } from 'vitest'
import type { Jid } from '../../../contract/domain.ts'
import { decodeMessage, type Self } from './message.ts'

const self: Self = { jid: 'me@example.org' as Jid, nickIn: (group) => (group === 'room@rooms.example.org' ? 'me' : null) }
const decode = (inner: string, from = 'bob@example.org/x', type = 'chat') =>
  decodeMessage(parse(`<message xmlns='jabber:client' from='${from}' to='me@example.org' type='${type}' id='1'>${inner}</message>`), self)

const header = "<header sid='1'><key rid='2'>aGk=</key><iv>aGk=</iv></header>"
const fallback = "<body>I sent you an OMEMO encrypted message but your client doesn't seem to support that.</body>"
const hint = "<store xmlns='urn:xmpp:hints'/>"
const eme = (namespace: string): string => `<encryption xmlns='urn:xmpp:eme:0' namespace='${namespace}' name='X'/>`

test.each([
  [
    'OMEMO 0.3',
    `<encrypted xmlns='eu.siacs.conversations.axolotl'>${header}<payload>aGk=</payload></encrypted>${eme('eu.siacs.conversations.axolotl')}${fallback}${hint}`
  ],
  ['OMEMO 0.3 without a word about it', `<encrypted xmlns='eu.siacs.conversations.axolotl'>${header}<payload>aGk=</payload></encrypted>${fallback}`],
  [
    'OMEMO 0.8',
    `<encrypted xmlns='urn:xmpp:omemo:2'><header sid='1'><keys jid='me@example.org'><key rid='2'>aGk=</key></keys></header><payload>aGk=</payload></encrypted>${hint}`
  ],
  ['OpenPGP', `<openpgp xmlns='urn:xmpp:openpgp:0'>aGk=</openpgp>${eme('urn:xmpp:openpgp:0')}<body>This message is encrypted with OpenPGP.</body>`],
  ['old OpenPGP', `<body>This message is encrypted.</body><x xmlns='jabber:x:encrypted'>aGk=</x>`],
  ['OTR', `<body>?OTR:AAMDJ+MVmSfjFZcAAAAAAQAAAAIAAADA1g5IjD1ZGLDVQEyCgCyn9hb=.</body>`],
  ['a kind that is not known', `${eme('urn:example:future')}<body>Your client cannot read this.</body>`],
  ['a subject beside it', `<subject>secret</subject><encrypted xmlns='urn:xmpp:omemo:2'><payload>aGk=</payload></encrypted>`],
  [
    'a file in the fallback',
    `<encrypted xmlns='urn:xmpp:omemo:2'><payload>aGk=</payload></encrypted><body>https://example.org/a.jpg</body><x xmlns='jabber:x:oob'><url>https://example.org/a.jpg</url></x>`
  ]
])('%s: it is said that it is encrypted; the words for other clients are no text of its author', (_, inner) => {
  for (const decoded of [decode(inner), decode(inner, 'room@rooms.example.org/bob', 'groupchat')])
    expect(decoded).toMatchObject({ text: '', encrypted: true, files: [], link: null, change: null })
})

test('an encrypted message is stored as received, for a version that can read it', () => {
  expect(decode(`<encrypted xmlns='urn:xmpp:omemo:1'><payload>aGk=</payload></encrypted>`)?.raw?.stanza).toContain('aGk=')
})

test.each([
  ['OMEMO 0.3', `<encrypted xmlns='eu.siacs.conversations.axolotl'>${header}</encrypted>${hint}`],
  [
    'OMEMO 0.3 with a fallback',
    `<encrypted xmlns='eu.siacs.conversations.axolotl'>${header}</encrypted>${eme('eu.siacs.conversations.axolotl')}${fallback}${hint}`
  ],
  ['OMEMO 0.8', `<encrypted xmlns='urn:xmpp:omemo:2'><header sid='1'/></encrypted>${hint}`],
  [
    'a correction that is encrypted',
    `<encrypted xmlns='urn:xmpp:omemo:2'><payload>aGk=</payload></encrypted><replace xmlns='urn:xmpp:message-correct:0' id='0'/>${fallback}`
  ]
])('keys alone say nothing: %s', (_, inner) => {
  expect(decode(inner)).toBeNull()
})

test('a text about encryption is a text', () => {
  for (const text of ['?OTR is what I used', '?OTRv23? Alice would like to begin', 'OMEMO encrypted'])
    expect(decode(`<body>${text}</body>`)).toMatchObject({ text, encrypted: false })
})

test('unencrypted parts of an encrypted message still count', () => {
  expect(decode(`<retract xmlns='urn:xmpp:message-retract:1' id='7'/>${eme('urn:xmpp:omemo:2')}<body>fallback</body>`)).toMatchObject({
    change: { kind: 'retraction', target: '7' },
    encrypted: false
  })
})
