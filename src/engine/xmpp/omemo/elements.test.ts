import { randomBytes } from 'node:crypto'
import { xml, type Element } from '@xmpp/client'
import parse from '@xmpp/xml/lib/parse.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { identity, keyPair } from './curve.ts'
import { bundleElement, changedList, decodeBundle, decodeDeviceList, decodeEnvelope, deviceList, envelopeElement, NAMESPACES } from './elements.ts'
import { openContent, openPayload, sealContent, sealPayload } from './payload.ts'
import { OmemoRefusal } from './refusal.ts'
import { VERSIONS, type Version } from './version.ts'
import { announcedKey, signPreKey } from './x3dh.ts'

const refusedOrDone = (run: () => unknown): boolean => {
  try {
    run()
    return true
  } catch (error) {
    return error instanceof OmemoRefusal
  }
}

const OWN = 'me@example.org'
const ROOTS: Record<Version, { list: string; others: string[] }> = {
  axolotl: { list: 'list', others: [] },
  'omemo:2': { list: 'devices', others: ['keys', 'spk', 'spks', 'ik', 'pk'] }
}

describe.each(VERSIONS)('%s', (version) => {
  const xmlns = NAMESPACES[version]

  test('a device list names each device once, and none that cannot be', () => {
    const devices = [5, 2147483647].map((id) => ({ id, label: version === 'axolotl' ? null : `device ${id}` }))
    expect(decodeDeviceList(version, deviceList(version, devices))).toEqual(devices)
    const ids = ['7', '7', '0', '-1', '1e3', '2147483648', '', undefined]
    const list = xml(ROOTS[version].list, { xmlns }, ...ids.map((id) => xml('device', { id })))
    expect(decodeDeviceList(version, list)).toEqual([{ id: 7, label: null }])
    expect(decodeDeviceList(version, undefined)).toEqual([])
    const many = Array.from({ length: 5000 }, (_, i) => ({ id: i + 1, label: 'x'.repeat(5000) }))
    const known = decodeDeviceList(version, deviceList(version, many))
    expect(known).toHaveLength(200)
    expect(Math.max(...known.map(({ label }) => label?.length ?? 0))).toBeLessThan(100)
  })

  test('a list that we change keeps everything that others put into it', () => {
    const { list } = ROOTS[version]
    const published = parse(
      `<${list} xmlns='${xmlns}' mark='1'><device id='5' label='  a name ' labelsig='c2ln'><more xmlns='urn:x'/></device><device id='7'/>` +
        `<labels xmlns='urn:x:labels'><label id='7'>x</label></labels><device id='odd'/>between</${list}>`
    )
    expect(changedList(version, published, 9).toString()).toBe(published.toString())
    const added = changedList(version, published, 9, { id: 9, label: 'Mnemo' })
    expect(added.toString().replace(/<device id="9"[^>]*>/, '')).toBe(published.toString())
    expect(decodeDeviceList(version, added).map(({ id }) => id)).toEqual([5, 7, 9])
    const removed = changedList(version, added, 5)
    expect(decodeDeviceList(version, removed).map(({ id }) => id)).toEqual([7, 9])
    expect(removed.getChild('labels')?.getChildText('label')).toBe('x')
    expect(removed.attrs['mark']).toBe('1')
    for (const none of [undefined, parse("<list xmlns='urn:other'><device id='5'/></list>")])
      expect(decodeDeviceList(version, changedList(version, none, 5, { id: 9, label: null }))).toEqual([{ id: 9, label: null }])
  })

  test('numbers of devices and keys: only those in range count, of a repeated one the first', () => {
    const numbers = ['0', '-1', '1.5', '1e3', '+7', '', ' 7', 'seven', '2147483648', '4294967296', '9'.repeat(5000), '٣', '0x10']
    const [open, close] = version === 'axolotl' ? ['', ''] : [`<keys jid='${OWN}'>`, '</keys>']
    const message = (sid: string, keys: string): Element =>
      parse(`<encrypted xmlns='${xmlns}'><header sid='${sid}'>${open}${keys}${close}<iv>aGk=</iv></header><payload>aGk=</payload></encrypted>`)
    for (const odd of numbers) {
      expect(() => decodeEnvelope(version, message(odd, ''), OWN)).toThrow(OmemoRefusal)
      expect(decodeEnvelope(version, message('1', `<key rid='${odd}'>YQ==</key><key rid='7'>Yg==</key>`), OWN).keys).toEqual(
        new Map([[7, { bytes: Buffer.from('b'), first: false }]])
      )
    }
    expect(decodeEnvelope(version, message('2147483647', "<key rid='7'>YQ==</key><key rid='7'>Yg==</key>"), OWN)).toMatchObject({
      deviceId: 2147483647,
      keys: new Map([[7, { bytes: Buffer.from('a'), first: false }]])
    })
    for (const none of [`<header sid='1'/>`, `<header sid='1'><keys/></header>`, `<header sid='1'><keys jid='${OWN}'/></header>`])
      expect(decodeEnvelope(version, parse(`<encrypted xmlns='${xmlns}'>${none}</encrypted>`), OWN)).toMatchObject({
        deviceId: 1,
        keys: new Map(),
        payload: null
      })
    expect(() => decodeEnvelope(version, parse(`<encrypted xmlns='${xmlns}'><payload>aGk=</payload></encrypted>`), OWN)).toThrow(OmemoRefusal)
  })

  test('a bundle is decoded as published', () => {
    const own = identity()
    const [signed, one] = [keyPair(), keyPair()]
    const bundle = {
      version,
      identityKey: announcedKey(version, own),
      signedPreKey: { id: 3, key: signed.public, signature: signPreKey(version, own, signed.public) },
      preKeys: [{ id: 9, key: one.public }]
    }
    expect(decodeBundle(version, bundleElement(bundle))).toEqual(bundle)
    for (const broken of [undefined, xml('bundle', { xmlns }), xml('bundle', { xmlns: 'urn:xmpp:omemo:1' })])
      expect(() => decodeBundle(version, broken)).toThrow(OmemoRefusal)
  })

  test('a message is decoded as sent; without a payload it is a key transport message', () => {
    const { key, ...payload } = version === 'axolotl' ? sealPayload('text') : sealContent('text')
    const messages = [
      { bytes: key, first: true },
      { bytes: randomBytes(9), first: false }
    ] as const
    const keys = [
      { jid: OWN, device: 6, message: messages[0] },
      { jid: OWN, device: 7, message: messages[1] },
      { jid: 'bob@example.org', device: 8, message: messages[1] }
    ]
    const sent = envelopeElement(version, { deviceId: 5, keys, payload }, payload.iv)
    const ours = new Map(keys.filter(({ jid }) => version === 'axolotl' || jid === OWN).map(({ device, message }) => [device, message]))
    expect(decodeEnvelope(version, sent, OWN)).toEqual({ deviceId: 5, keys: ours, payload })
    expect(decodeEnvelope(version, envelopeElement(version, { deviceId: 5, keys, payload: null }, payload.iv), OWN).payload).toBeNull()
  })

  test('elements of any names, attributes and texts are understood or refused', () => {
    const text = fc.oneof(
      fc.string(),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64')),
      fc.nat().map(String),
      fc.constant(OWN)
    )
    const name = fc.constantFrom(
      'header',
      'key',
      'iv',
      'payload',
      'list',
      'device',
      'prekeys',
      'preKeyPublic',
      'signedPreKeyPublic',
      'signedPreKeySignature',
      'identityKey',
      ...ROOTS[version].others
    )
    const attributes = fc.dictionary(fc.constantFrom('id', 'sid', 'rid', 'prekey', 'kex', 'jid', 'label', 'preKeyId', 'signedPreKeyId', 'xmlns'), text)
    const { element } = fc.letrec<{ element: Element }>((tie) => ({
      element: fc
        .tuple(name, attributes, fc.array(fc.oneof({ maxDepth: 3 }, text, tie('element')), { maxLength: 4 }))
        .map(([named, attrs, children]) => xml(named, attrs, ...children))
    }))
    fc.assert(
      fc.property(fc.constantFrom('encrypted', 'bundle', ROOTS[version].list), fc.array(element, { maxLength: 5 }), (root, children) => {
        const whole = xml(root, { xmlns }, ...children)
        return (
          refusedOrDone(() => decodeEnvelope(version, whole, OWN)) &&
          refusedOrDone(() => decodeBundle(version, whole)) &&
          refusedOrDone(() => decodeDeviceList(version, whole))
        )
      }),
      { numRuns: 1000 }
    )
  })
})

test('content decrypts only with its key, and only unaltered', () => {
  const { key, iv, ciphertext } = sealContent('<envelope>你好 👋</envelope>')
  expect(openContent({ iv, ciphertext }, key)).toBe('<envelope>你好 👋</envelope>')
  for (let at = 0; at < key.length; at++)
    expect(() => openContent({ iv, ciphertext }, Buffer.from(key.map((byte, i) => (i === at ? byte ^ 1 : byte))))).toThrow(
      expect.objectContaining({ code: 'forged' })
    )
  expect(() => openContent({ iv, ciphertext: ciphertext.subarray(16) }, key)).toThrow(expect.objectContaining({ code: 'forged' }))
  expect(() => openContent({ iv, ciphertext }, key.subarray(0, 32))).toThrow(expect.objectContaining({ code: 'malformed' }))
})

test('a payload decrypts only with its key, with the tag beside the key or, as in older clients, at its end', () => {
  const { key, iv, ciphertext } = sealPayload('你好 👋')
  expect(openPayload({ iv, ciphertext }, key)).toBe('你好 👋')
  expect(openPayload({ iv, ciphertext: Buffer.concat([ciphertext, key.subarray(16)]) }, key.subarray(0, 16))).toBe('你好 👋')
  for (let at = 0; at < key.length; at++)
    expect(() => openPayload({ iv, ciphertext }, Buffer.from(key.map((byte, i) => (i === at ? byte ^ 1 : byte))))).toThrow(OmemoRefusal)
  expect(() => openPayload({ iv, ciphertext: ciphertext.subarray(1) }, key)).toThrow(expect.objectContaining({ code: 'forged' }))
  expect(() => openPayload({ iv: Buffer.alloc(0), ciphertext }, key)).toThrow(expect.objectContaining({ code: 'malformed' }))
})

test('payloads of any bytes are refused', () => {
  const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array))
  fc.assert(
    fc.property(
      bytes,
      bytes,
      bytes,
      (iv, ciphertext, key) => refusedOrDone(() => openPayload({ iv, ciphertext }, key)) && refusedOrDone(() => openContent({ iv, ciphertext }, key))
    ),
    { numRuns: 500 }
  )
})
