/** Media folder of a profile: files of messages, named by the SHA-256 of their content. */
import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { imageSizeFromFile } from 'image-size/fromFile'

export interface Kept {
  /** Name in the folder: SHA-256 in hex, and the extension of the original name. */
  stored: string
  bytes: number
}

/** Error of a stream longer than allowed. */
export class TooLarge extends Error {
  readonly most: number
  constructor(most: number) {
    super(`the file is larger than ${most} bytes`)
    this.name = 'TooLarge'
    this.most = most
  }
}

/** True for names in the folder that `keep` gave. */
export const isKeptName = (name: string): boolean => /^[0-9a-f]{64}(\.[a-z0-9]{1,8})?$/.test(name) || name.startsWith('.incoming-')

/** Name prefix of a partial download (media/partial-file.ts). */
export const PARTIAL = '.incoming-part-'

/** Name of a file in the folder. `hash`: its SHA-256, hex; `name`: its original name. */
export const storedName = (hash: string, name: string): string => `${hash}${/^\.[A-Za-z0-9]{1,8}$/.exec(extname(name))?.[0].toLowerCase() ?? ''}`

/** SHA-256 of a kept file, hex. */
export const hashOf = (stored: string): string => stored.slice(0, 64)

/**
 * Writes a stream into the folder, once. A stream of more than `most` bytes is discarded (TooLarge). Rejects with the error of the stream or file system, or
 * the signal's reason.
 */
export async function keep(folder: string, stream: Readable, name: string, options: { signal?: AbortSignal; most?: number } = {}): Promise<Kept> {
  const { signal, most = Infinity } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const temporary = join(folder, `.incoming-${process.pid}-${randomUUID()}`)
  const hash = createHash('sha256')
  let bytes = 0
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      bytes += chunk.length
      hash.update(chunk)
      if (bytes > most) next(new TooLarge(most))
      else next(null, chunk)
    }
  })
  try {
    await pipeline(stream, hashing, createWriteStream(temporary, { mode: 0o600, flush: true }), ...(signal === undefined ? [] : [{ signal }]))
    const stored = storedName(hash.digest('hex'), name)
    if (!existsSync(join(folder, stored))) await rename(temporary, join(folder, stored))
    return { stored, bytes }
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Displayed width and height of an image, in pixels; nulls for unknown formats. */
export async function dimensions(path: string): Promise<{ width: number | null; height: number | null }> {
  try {
    const { width, height, orientation = 1 } = await imageSizeFromFile(path)
    if (!(width > 0) || !(height > 0)) return { width: null, height: null }
    // EXIF orientation: from 5 on the image is rotated by 90 degrees
    return orientation >= 5 ? { width: Math.round(height), height: Math.round(width) } : { width: Math.round(width), height: Math.round(height) }
  } catch {
    return { width: null, height: null }
  }
}
