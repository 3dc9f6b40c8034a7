/** .tar as an archive: the positions of files are looked up once (POSIX ustar, with GNU's and pax's long names). */
import { createReadStream, openSync, readSync, closeSync } from 'node:fs'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Archive } from './archive.ts'

const BLOCK = 512
/** Longest file name, bytes. */
const LONGEST_NAME = 1 << 16

const text = (block: Buffer, from: number, length: number): string => {
  const end = block.indexOf(0, from)
  return block.toString('utf8', from, end < 0 || end > from + length ? from + length : end)
}
/** Octal digits, or a base-256 number if the first bit is set (GNU). */
function numberOf(block: Buffer, from: number, length: number): number {
  if (((block[from] ?? 0) & 0x80) !== 0) return Number(block.subarray(from + 1, from + length).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n))
  return parseInt(text(block, from, length).trim() || '0', 8)
}
/** Checks a header's sum, in which its own field counts as blanks. */
const isHeader = (block: Buffer): boolean => block.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0) === numberOf(block, 148, 8)

/** True if these first bytes belong to a .tar. */
export const isTar = (first: Buffer): boolean => first.length >= BLOCK && first[0] !== 0 && isHeader(first.subarray(0, BLOCK))

/** Throws if the file is damaged. */
export function openTar(path: string): Archive {
  const places = new Map<string, { from: number; size: number }>()
  const times = new Map<string, number>()
  const file = openSync(path, 'r')
  try {
    const block = Buffer.alloc(BLOCK)
    let [at, long] = [0, null as string | null]
    const piece = (from: number, size: number): Buffer => {
      const bytes = Buffer.alloc(Math.min(size, LONGEST_NAME))
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from))
    }
    while (readSync(file, block, 0, BLOCK, at) === BLOCK && block.some((byte) => byte !== 0)) {
      if (!isHeader(block)) throw new Error(`no header at byte ${at}`)
      const size = numberOf(block, 124, 12)
      // a negative size would lead back to a header already read, for ever
      if (!Number.isSafeInteger(size) || size < 0) throw new Error(`no size at byte ${at}`)
      const type = String.fromCharCode(block[156] ?? 48)
      const from = at + BLOCK
      if (type === 'L') long = piece(from, size).toString('utf8').replace(/\0.*$/s, '')
      else if (type === 'x') long = /(?:^|\n)\d+ path=([^\n]+)\n/.exec(piece(from, size).toString('utf8'))?.[1] ?? long
      else {
        const prefix = text(block, 257, 5) === 'ustar' ? text(block, 345, 155) : ''
        const name = long ?? (prefix === '' ? text(block, 0, 100) : `${prefix}/${text(block, 0, 100)}`)
        if (type === '0' || type === '\0') {
          places.set(name.replace(/^\.\//, ''), { from, size })
          times.set(name.replace(/^\.\//, ''), numberOf(block, 136, 12) * 1000)
        }
        long = null
      }
      at = from + Math.ceil(size / BLOCK) * BLOCK
    }
  } finally {
    closeSync(file)
  }
  const stream = (name: string): Readable | null => {
    const place = places.get(name)
    if (place === undefined) return null
    return place.size === 0 ? Readable.from([]) : createReadStream(path, { start: place.from, end: place.from + place.size - 1 })
  }
  return {
    entries: new Map([...places].map(([name, { size }]) => [name, size])),
    locked: new Map(),
    stream: (name) => Promise.resolve(stream(name)),
    read: (name) => buffer(stream(name) ?? Readable.from([])),
    saved: (name) => times.get(name) ?? null,
    close: () => undefined
  }
}
