import { imageSize } from 'image-size'
import { inflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { pngOfDump } from './display-picture.ts'

/** Dump of one row: a header of 100 bytes and a name, a colour map of one entry, then pixels of `order`. */
function dump(pixels: number[], order: 0 | 1, bits = 32): Buffer {
  const head = Buffer.alloc(108)
  for (const [place, value] of [
    [0, 108],
    [4, pixels.length],
    [5, 1],
    [7, order],
    [11, bits],
    [12, pixels.length * 4],
    [19, 1]
  ] as const)
    head.writeUInt32BE(value, place * 4)
  const body = Buffer.alloc(pixels.length * 4)
  const write = order === 0 ? body.writeUInt32LE.bind(body) : body.writeUInt32BE.bind(body)
  for (const [at, pixel] of pixels.entries()) write(pixel, at * 4)
  return Buffer.concat([head, Buffer.alloc(12), body])
}

test.each([0, 1] as const)('pixels of either byte order keep their colours', (order) => {
  const png = pngOfDump(dump([0xff0000, 0x00ff00, 0x0000ff], order))
  expect(imageSize(png)).toMatchObject({ width: 3, height: 1, type: 'png' })
  const at = png.indexOf('IDAT')
  const row = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)))
  expect([...row]).toEqual([0, 255, 0, 0, 0, 255, 0, 0, 0, 255])
})

test('a display with fewer colours is refused', () => {
  expect(() => pngOfDump(dump([0], 0, 8))).toThrow(/32 bits/)
})
