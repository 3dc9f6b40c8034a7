import fc from 'fast-check'
import { expect, test } from 'vitest'
import { agree, decodeKey, encodeKey, identity, keyPair, sign, verify } from './curve.ts'
import { OmemoRefusal } from './refusal.ts'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')
const bytes = (length: number): fc.Arbitrary<Buffer> => fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array))

test('keys agree as RFC 7748, section 5.2, has it', () => {
  const secret = hex('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4')
  const theirs = hex('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c')
  expect(agree(secret, theirs).toString('hex')).toBe('c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552')
})

// made by libxeddsa 2.0.0 (python3-xeddsa): the same Curve25519 key, with either sign of its Edwards form
const KEY = hex('ecc57c3d1fcaccd3f54859b4a9ae0745234f4966eb5da2dd5065fe3a7dde9270')
const SIGNED = hex('053e642a7e1962992677b37186e113d1f8e2732bc5439692eca33fe038c1546f54')
const POSITIVE = hex('857dc386fde03e07d9a82f193d9050917e570f52f8f1966ed83139643ac6b97649898b6a001a2f25048f3b7235d5b42254df4e83d6dc744449eaa4690a181d04')
const NEGATIVE = hex('4ca53c9e8c7d5808a329157eb6f76f621a41fb665555d89e6f22cdfdea6b35777ba299c8dee3a84734b926db750ad2e15fc78e1268611a6b407df1a579810c03')

test('signatures of another implementation are valid, each only with its own sign bit', () => {
  const withBit = (signature: Buffer): Buffer => Buffer.concat([signature.subarray(0, 63), Buffer.of(signature.readUInt8(63) | 0x80)])
  expect([POSITIVE, withBit(NEGATIVE)].map((signature) => verify(KEY, SIGNED, signature))).toEqual([true, true])
  expect([withBit(POSITIVE), NEGATIVE].map((signature) => verify(KEY, SIGNED, signature))).toEqual([false, false])
})

test('every signature is verified, and none with a changed bit', () => {
  fc.assert(
    fc.property(bytes(32), fc.uint8Array({ maxLength: 80 }), fc.nat(64 * 8 - 1), fc.nat(32 * 8 - 1), (seed, text, signatureBit, keyBit) => {
      const own = identity(seed)
      const message = Buffer.from(text)
      const signature = sign(own, message)
      const flipped = (source: Buffer, bit: number): Buffer => Buffer.from(source.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)))
      return (
        verify(own.public, message, signature) &&
        !verify(own.public, message, flipped(signature, signatureBit)) &&
        !verify(flipped(own.public, keyBit), message, signature) &&
        !verify(own.public, Buffer.concat([message, Buffer.of(0)]), signature)
      )
    }),
    { numRuns: 60 }
  )
})

test('signatures and keys of any bytes and lengths are refused, never more', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }),
      fc.uint8Array({ maxLength: 70 }),
      (key, signature) => !verify(Buffer.from(key), Buffer.of(1), Buffer.from(signature))
    ),
    { numRuns: 200 }
  )
  // the key without an Edwards form, and keys that are not below 2^255 - 19
  for (const key of [Buffer.concat([Buffer.of(0xec), Buffer.alloc(30, 0xff), Buffer.of(0x7f)]), Buffer.alloc(32, 0xff)]) {
    expect(verify(key, SIGNED, POSITIVE)).toBe(false)
  }
})

test('a point of low order is refused: any secret would agree with it alike', () => {
  const { secret } = keyPair()
  const low = ['00'.repeat(32), `01${'00'.repeat(31)}`, 'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800', `ec${'ff'.repeat(30)}7f`]
  for (const point of low) expect(() => agree(secret, hex(point))).toThrow(expect.objectContaining({ code: 'malformed' }))
})

test('a public key has its type before it', () => {
  const { public: key } = keyPair()
  expect(decodeKey(encodeKey(key))).toEqual(key)
  for (const other of [
    key,
    Buffer.concat([Buffer.of(6), key]),
    Buffer.of(5),
    Buffer.alloc(0),
    Buffer.concat([encodeKey(key).subarray(0, 32), Buffer.of(0xff)])
  ])
    expect(() => decodeKey(other)).toThrow(OmemoRefusal)
})
