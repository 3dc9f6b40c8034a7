/** Parts of a web archive (.mht, RFC 2557), or values of XML attributes, in Base64: located in one pass, and read from their positions. */
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { dataIn } from './attribute-data.ts'

/** Prefix of a part's name in a message's file reference. */
export const PART = 'part:'

interface Place {
  start: number
  end: number
}

/** Positions of all parts, by Content-Location. */
async function placesIn(path: string): Promise<Map<string, Place>> {
  const places = new Map<string, Place>()
  let offset = 0
  let rest = ''
  let name: string | null = null
  let start: number | null = null
  for await (const chunk of createReadStream(path)) {
    const text = rest + (chunk as Buffer).toString('latin1')
    let at = 0
    for (let end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', at)) {
      const line = text.slice(at, end).trim()
      const begins = offset + at
      at = end + 1
      if (line.startsWith('--')) {
        if (name !== null && start !== null) places.set(name, { start, end: begins - 1 })
        name = start = null
      } else if (start === null) {
        // the body begins after the blank line that ends the part's header
        if (line === '' && name !== null) start = offset + at
        else name = /^Content-Location:\s*(.+)$/i.exec(line)?.[1]?.trim() ?? name
      }
    }
    offset += at
    rest = text.slice(at)
  }
  return places
}

/** Decodes Base64 as a stream, with any line length. */
async function* decodedBytes(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let open = ''
  for await (const chunk of source) {
    const text = open + chunk.toString('latin1').replace(/[^A-Za-z0-9+/=]/g, '')
    const whole = text.length - (text.length % 4)
    if (whole > 0) yield Buffer.from(text.slice(0, whole), 'base64')
    open = text.slice(whole)
  }
  if (open !== '') yield Buffer.from(open, 'base64')
}

/** Opens parts of the file at `path` by the name after PART; null: no such part. */
export function partsOf(path: string): (source: string) => Promise<Readable | null> {
  let places: Promise<Map<string, Place>> | null = null
  let data: Promise<Map<string, Place>> | null = null
  return async (source) => {
    const name = source.slice(PART.length)
    const place = (await (places ??= placesIn(path))).get(name) ?? (await (data ??= dataIn(path))).get(name)
    if (place === undefined || place.end < place.start) return null
    return Readable.from(decodedBytes(createReadStream(path, { start: place.start, end: place.end }) as AsyncIterable<Buffer>), { objectMode: false })
  }
}
