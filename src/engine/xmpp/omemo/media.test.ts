import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decrypting, encrypting, mediaAddress, newMediaKey, openName, OVERHEAD, parseMediaAddress, sealedName } from './media.ts'

const chunks = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 }).map((list) => list.map((one) => Buffer.from(one)))
const through = (parts: readonly Buffer[], stream: ReturnType<typeof encrypting>): Promise<Buffer> =>
  buffer(Readable.from(parts.filter(({ length }) => length > 0)).pipe(stream))

test('a file is decrypted in pieces of any size, and every altered byte is noticed', async () => {
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
  for (const other of [
    'aesgcm://x',
    `aesgcm://x#${'ab'.repeat(43)}`,
    `see ${address}`,
    `${address}\n`,
    address.replace('aesgcm', 'https'),
    `aesgcm://#${'ab'.repeat(44)}`,
    `aesgcm://x y#${'ab'.repeat(44)}`
  ]) {
    expect(parseMediaAddress(other)).toBe(null)
  }
  fc.assert(fc.property(fc.string(), (text) => parseMediaAddress(`aesgcm://${text}`) === null || /#[0-9a-f]{88,96}$/i.test(text)))
})

test('a sealed name can be read with the key only, and nothing else is taken for one', () => {
  const key = newMediaKey()
  for (const name of ['会议纪要 budget 2026.pdf', 'a', 'README', '.hidden', 'weird.tar.gz', '日落 sunset.png', '👨‍👩‍👧.webp', 'no ending.']) {
    const sealed = sealedName(name, key)
    expect(sealed).toMatch(/^[\w-]+(\.[A-Za-z0-9]{1,10})?$/)
    expect(openName(sealed, key)).toBe(name)
    // with another key, changed or cut, it is an ordinary name
    expect(openName(sealed, newMediaKey())).toBeNull()
    expect(openName(`${sealed[0] === 'A' ? 'B' : 'A'}${sealed.slice(1)}`, key)).toBeNull()
  }
  expect(sealedName('budget.pdf', key).length).toBe(sealedName('holiday in 2026.pdf', key).length)
  expect(openName(sealedName(`${'长'.repeat(500)}.pdf`, key), key)).toMatch(/^长{40,}\.pdf$/)
  for (const other of ['', 'photo.jpg', '3f1c2a9e-8d41-4a52-9a0e-1f6c1d2b3c4d.jpg', 'a'.repeat(86), '../x', `${'a'.repeat(86)}.pdf`])
    expect(openName(other, key)).toBeNull()
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }).filter((name) => !name.includes('\0')),
      (name) => {
        const sealed = sealedName(name, key)
        expect(sealed.length).toBeLessThanOrEqual(255)
        expect(name.endsWith(openName(sealed, key) ?? '?')).toBe(true)
      }
    )
  )
})
