/** Pictures of a virtual display: Xvfb keeps its content in a file in the format of xwd (X11/XWDFile.h). */
import { crc32, deflateSync } from 'node:zlib'

/** Indices of 32-bit numbers in the header. */
const HEADER_SIZE = 0
const WIDTH = 4
const HEIGHT = 5
const BYTE_ORDER = 7
const BITS_PER_PIXEL = 11
const BYTES_PER_LINE = 12
const COLOURS = 19
/** Bytes per entry of the colour map, which is between the header and the pixels. */
const COLOUR_BYTES = 12
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const EIGHT_BITS_RGB = [8, 2, 0, 0, 0]

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** Converts a dump of 24-bit colours in 32-bit pixels to PNG (RFC 2083). Throws on any other. */
export function pngOfDump(dump: Buffer): Buffer {
  const field = (place: number): number => dump.readUInt32BE(place * 4)
  const [width, height, line] = [field(WIDTH), field(HEIGHT), field(BYTES_PER_LINE)]
  if (field(BITS_PER_PIXEL) !== 32) throw new Error('the display does not use 32 bits per pixel')
  const start = field(HEADER_SIZE) + field(COLOURS) * COLOUR_BYTES
  // with the usual byte order (0), blue comes first; otherwise the unused byte does
  const [red, green, blue] = field(BYTE_ORDER) === 0 ? [2, 1, 0] : [1, 2, 3]
  const rows = Buffer.alloc(height * (1 + width * 3))
  let at = 0
  for (let y = 0; y < height; y++) {
    // each row begins with its filter type: none
    at++
    for (let x = 0; x < width; x++) {
      const pixel = start + y * line + x * 4
      rows[at++] = dump[pixel + red] ?? 0
      rows[at++] = dump[pixel + green] ?? 0
      rows[at++] = dump[pixel + blue] ?? 0
    }
  }
  const size = Buffer.alloc(8)
  size.writeUInt32BE(width, 0)
  size.writeUInt32BE(height, 4)
  return Buffer.concat([
    PNG_SIGNATURE,
    chunk('IHDR', Buffer.concat([size, Buffer.from(EIGHT_BITS_RGB)])),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0))
  ])
}
