import { expect, test } from 'vitest'
import { contactFile, contactsIn } from './contact-file.ts'

const card = (...lines: string[]): Buffer => Buffer.from(['BEGIN:VCARD', ...lines, 'END:VCARD', ''].join('\r\n'))

test('version 4.0, with a URI as phone number, a group and folded lines', () => {
  expect(
    contactsIn(
      card(
        'VERSION:4.0',
        'FN:李 雷',
        'N:李;雷;;;',
        'ORG:山野\\, 户外;徒步部',
        'TEL;VALUE=uri;TYPE="voice,home":tel:+86-10-5555-0100',
        'item1.IMPP;PREF=1:xmpp:lilei@exam',
        ' ple.org?message',
        'EMAIL;TYPE=work:lilei@mail.example',
        'PHOTO:data:image/jpeg;base64,AAAA'
      )
    )
  ).toEqual([
    { name: '李 雷', organization: '山野, 户外, 徒步部', addresses: ['lilei@example.org'], phones: ['+86-10-5555-0100'], mails: ['lilei@mail.example'] }
  ])
})

test('version 2.1 of an old phone: quoted-printable with soft breaks, GBK and Latin-1', () => {
  const quoted = [...Buffer.from('韩梅梅')].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
  const half = `FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:${quoted.slice(0, 12)}=\r\n${quoted.slice(12)}`
  const gbk = Buffer.concat([
    Buffer.from('BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=GBK:'),
    Buffer.from([0xc0, 0xee]),
    Buffer.from(';'),
    Buffer.from([0xc0, 0xd7]),
    Buffer.from('\nTEL;CELL:13800138000\nEND:VCARD\n')
  ])
  const latin = Buffer.concat([
    Buffer.from('BEGIN:VCARD\nVERSION:2.1\nFN:Jos'),
    Buffer.from([0xe9]),
    Buffer.from('\nX-JABBER;HOME:jose@example.org/phone\nEND:VCARD\n')
  ])
  expect(
    contactsIn(Buffer.concat([card('VERSION:2.1', half, 'TEL;HOME;VOICE:010-5555'), gbk, latin])).map(({ name, phones, addresses }) => [
      name,
      phones,
      addresses
    ])
  ).toEqual([
    ['韩梅梅', ['010-5555'], []],
    ['李雷', ['13800138000'], []],
    ['José', [], ['jose@example.org']]
  ])
})

test('version 3.0 as an address book exports it; no name but an address', () => {
  expect(
    contactsIn(card('VERSION:3.0', 'N:Doe;Jane;Q.;;', 'TEL;TYPE=CELL,VOICE:+1 555 0100', 'IMPP;X-SERVICE-TYPE=Jabber:x-apple:jane@example.org'))
  ).toMatchObject([{ name: 'Jane Q. Doe', addresses: ['jane@example.org'] }])
  expect(contactsIn(card('IMPP:xmpp:%6aane@example.org', 'IMPP:aim:someone', 'IMPP:xmpp:%'))).toMatchObject([
    { name: 'jane@example.org', addresses: ['jane@example.org'] }
  ])
  expect(contactsIn(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('BEGIN:VCARD\r\nFN:宽字\r\nEND:VCARD\r\n', 'utf16le')]))).toMatchObject([
    { name: '宽字' }
  ])
})

test('hostile files are harmless: reversed text, no end, thousands of cards and lines', () => {
  expect(contactsIn(card('FN:a\u202egnp.exe'))[0]?.name).toBe('agnp.exe')
  expect(contactsIn(Buffer.from('BEGIN:VCARD\nFN:x'))).toEqual([])
  expect(contactsIn(Buffer.from('no card'))).toEqual([])
  expect(contactsIn(Buffer.concat(Array.from({ length: 500 }, () => card('FN:x'))))).toHaveLength(20)
  expect(contactsIn(card('FN:x', ...Array.from({ length: 5000 }, (_, i) => `TEL:${i}`)))[0]?.phones).toHaveLength(10)
  const started = performance.now()
  contactsIn(Buffer.from(`BEGIN:VCARD\nTEL${';"'.repeat(300_000)}:1\nFN:x\nEND:VCARD`))
  contactsIn(Buffer.from(`BEGIN:VCARD\nFN;${'a'.repeat(900_000)}\nEND:VCARD`))
  contactsIn(Buffer.from(`BEGIN:VCARD\nNOTE;ENCODING=QUOTED-PRINTABLE:${'=\n'.repeat(100_000)}\nEND:VCARD`))
  expect(performance.now() - started).toBeLessThan(10_000)
})

test.each([
  ['李雷', 'lilei@example.org'],
  ['Smith; Jones, \\new', 'o.neil%x+y@example.org'],
  ['a\r\nEND:VCARD\r\nTEL:1', '汉字@例子.example'],
  ['👩‍🚀 '.repeat(30).trim(), 'astronaut@example.org']
])('a card that is written is read again: %j', (name, jid) => {
  const written = contactFile(name, jid)
  expect(Math.max(...written.split('\r\n').map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75)
  const [read, ...others] = contactsIn(Buffer.from(written))
  expect(others).toEqual([])
  expect(read).toEqual({ name: name.replace(/\s+/g, ' ').slice(0, 200), organization: '', addresses: [jid], phones: [], mails: [] })
})
