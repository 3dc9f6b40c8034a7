import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decrypting, encrypting, mediaAddress, newMediaKey, OVERHEAD, parseMediaAddress } from './media.ts'

const chunks = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 }).map((list) => list.map((one) => Buffer.from(one)))
const through = (parts: readonly Buffer[], stream: ReturnType<typeof encrypting>): Promise<Buffer> => buffer(Readable.from(parts.filter(({ length }) => length > 0)).pipe(stream))

test('a file comes back in whatever pieces it goes, and no byte of it can be another', async () => {
  await fc.assert(
    fc.asyncProperty(chunks, fc.integer({ min: 1, max: 40 }), fc.nat(), async (parts, size, at) => {
      const key = newMediaKey()
      const sent = await through(parts, encrypting(key))
      expect(sent).toHaveLength(Buffer.concat(parts).length + OVERHEAD)
      const pieces = Array.from({ length: Math.ceil(sent.length / size) }, (_, i) => sent.subarray(i * size, (i + 1) * size))
      expect(await through(pieces, decrypting(key))).toEqual(Buffer.concat(parts))
      const forged = Buffer.from(sent)
      forged[at % sent.length]! ^= 1
      await expect(through([forged], decrypting(key))).rejects.toMatchObject({ code: 'forged' })
      await expect(through([sent.subarray(0, at % sent.length)], decrypting(key))).rejects.toMatchObject({ code: 'forged' })
    }),
    { numRuns: 60 }
  )
})

test('an address names file and key, and no other text is one', () => {
  const key = newMediaKey()
  const address = mediaAddress('https://files.example.org/a/b%20c.jpg', key)
  expect(parseMediaAddress(address)).toEqual({ url: 'https://files.example.org/a/b%20c.jpg', ...key })
  const old = `aesgcm://x.example/f#${'ab'.repeat(48)}`
  expect(parseMediaAddress(old)).toMatchObject({ iv: Buffer.alloc(16, 0xab), key: Buffer.alloc(32, 0xab) })
  for (const other of ['aesgcm://x', `aesgcm://x#${'ab'.repeat(43)}`, `see ${address}`, `${address}\n`, address.replace('aesgcm', 'https'), `aesgcm://#${'ab'.repeat(44)}`, `aesgcm://x y#${'ab'.repeat(44)}`]) {
    expect(parseMediaAddress(other)).toBe(null)
  }
  fc.assert(fc.property(fc.string(), (text) => parseMediaAddress(`aesgcm://${text}`) === null || /#[0-9a-f]{88,96}$/i.test(text)))
})
