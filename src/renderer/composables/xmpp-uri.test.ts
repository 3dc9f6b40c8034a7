import { expect, test } from 'vitest'
import { fingerprintsIn, parseXmppUri, xmppUriWithDevices } from './xmpp-uri.ts'

const KEY = '0123456789abcdef'.repeat(4)

test('device keys in a link are parsed as other clients write them, and as we do', () => {
  const link = xmppUriWithDevices('bob@example.org', [
    { device: 7, fingerprint: KEY },
    { device: 2_147_483_647, fingerprint: 'f'.repeat(64) }
  ])
  expect(link).toBe(`xmpp:bob@example.org?omemo-sid-7=${KEY};omemo-sid-2147483647=${'f'.repeat(64)}`)
  expect(parseXmppUri(link)?.jid).toBe('bob@example.org')
  expect([...fingerprintsIn(link)]).toEqual([
    [7, KEY],
    [2_147_483_647, 'f'.repeat(64)]
  ])
  // with the key type byte in front, in capitals, after an action
  expect([...fingerprintsIn(`xmpp:bob@example.org?message;omemo-sid-7=05${KEY.toUpperCase()}`)]).toEqual([[7, KEY]])
  for (const none of ['', 'xmpp:bob@example.org', `xmpp:bob@example.org?omemo-sid-7=${KEY}0`, `xmpp:bob@example.org?omemo-sid-7=${KEY.slice(1)}`])
    expect([...fingerprintsIn(none)]).toEqual([])
})
