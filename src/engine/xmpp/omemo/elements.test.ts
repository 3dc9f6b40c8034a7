import { randomBytes } from 'node:crypto'
import { xml, type Element } from '@xmpp/client'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { identity, keyPair } from './curve.ts'
import { AXOLOTL, bundleElement, decodeBundle, decodeDeviceList, decodeEnvelope, deviceList, envelopeElement } from './elements.ts'
import { openPayload, sealPayload } from './payload.ts'
import { OmemoRefusal } from './refusal.ts'
import { signPreKey } from './x3dh.ts'

const refusedOrDone = (run: () => unknown): boolean => {
  try {
    run()
    return true
  } catch (error) {
    return error instanceof OmemoRefusal
  }
}

test('a device list names each device once, and none that cannot be', () => {
  expect(decodeDeviceList(deviceList([5, 2147483647]))).toEqual([5, 2147483647])
  const list = xml('list', { xmlns: AXOLOTL }, ...['7', '7', '0', '-1', '1e3', '2147483648', '', undefined].map((id) => xml('device', { id })))
  expect(decodeDeviceList(list)).toEqual([7])
  expect(decodeDeviceList(undefined)).toEqual([])
  expect(decodeDeviceList(deviceList(Array.from({ length: 5000 }, (_, i) => i + 1)))).toHaveLength(200)
})

test('a bundle comes back as it was published', () => {
  const own = identity()
  const [signed, one] = [keyPair(), keyPair()]
  const bundle = {
    identityKey: own.public,
    signedPreKey: { id: 3, key: signed.public, signature: signPreKey(own, signed.public) },
    preKeys: [{ id: 9, key: one.public }]
  }
  expect(decodeBundle(bundleElement(bundle))).toEqual(bundle)
  for (const broken of [undefined, xml('bundle', { xmlns: AXOLOTL }), xml('bundle', { xmlns: 'urn:xmpp:omemo:2' })])
    expect(() => decodeBundle(broken)).toThrow(OmemoRefusal)
})

test('a message comes back as it was sent; one without a payload carries keys alone', () => {
  const { key, ...payload } = sealPayload('text')
  const envelope = {
    deviceId: 5,
    keys: new Map([
      [6, { bytes: key, first: true }],
      [7, { bytes: randomBytes(9), first: false }]
    ]),
    payload
  }
  expect(decodeEnvelope(envelopeElement(envelope, payload.iv))).toEqual(envelope)
  expect(decodeEnvelope(envelopeElement({ ...envelope, payload: null }, payload.iv)).payload).toBeNull()
})

test('elements of any names, attributes and texts are understood or refused', () => {
  const text = fc.oneof(
    fc.string(),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64')),
    fc.nat().map(String)
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
    'identityKey'
  )
  const attributes = fc.dictionary(fc.constantFrom('id', 'sid', 'rid', 'prekey', 'preKeyId', 'signedPreKeyId', 'xmlns'), text)
  const { element } = fc.letrec<{ element: Element }>((tie) => ({
    element: fc
      .tuple(name, attributes, fc.array(fc.oneof({ maxDepth: 3 }, text, tie('element')), { maxLength: 4 }))
      .map(([named, attrs, children]) => xml(named, attrs, ...children))
  }))
  fc.assert(
    fc.property(fc.constantFrom('encrypted', 'bundle', 'list'), fc.array(element, { maxLength: 5 }), (root, children) => {
      const whole = xml(root, { xmlns: AXOLOTL }, ...children)
      return refusedOrDone(() => decodeEnvelope(whole)) && refusedOrDone(() => decodeBundle(whole)) && refusedOrDone(() => decodeDeviceList(whole))
    }),
    { numRuns: 1000 }
  )
})

test('a payload opens with its key alone, the tag beside the key or, as older clients have it, at its end', () => {
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
    fc.property(bytes, bytes, bytes, (iv, ciphertext, key) => refusedOrDone(() => openPayload({ iv, ciphertext }, key))),
    { numRuns: 500 }
  )
})
