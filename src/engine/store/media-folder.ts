/** The media folder of a profile: files of messages, each under the SHA-256 of what is in it. */
import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { imageSizeFromFile } from 'image-size/fromFile'

export interface Kept {
  /** Its name in the folder: SHA-256 in hex, and the ending of its own name. */
  stored: string
  bytes: number
}

/** A stream that is longer than was allowed. */
export class TooLarge extends Error {
  constructor(most: number) {
    super(`the file is larger than ${most} bytes`)
    this.name = 'TooLarge'
  }
}

/** Whether a name in the folder is one that `keep` gave. */
export const isKeptName = (name: string): boolean => /^[0-9a-f]{64}(\.[a-z0-9]{1,8})?$/.test(name) || name.startsWith('.incoming-')

/** What has come of a file before its stream broke off (media/partial-file.ts). */
export const PARTIAL = '.incoming-part-'

/** The name of a file in the folder. `hash`: its SHA-256, hex; `name`: its own name. */
export const storedName = (hash: string, name: string): string => `${hash}${/^\.[A-Za-z0-9]{1,8}$/.exec(extname(name))?.[0].toLowerCase() ?? ''}`

/** The SHA-256 of a kept file, hex. */
export const hashOf = (stored: string): string => stored.slice(0, 64)

/**
 * Writes a stream into the folder, once. Of more than `most` bytes nothing is kept (TooLarge). Rejects with the stream's error, the file
 * system's, or the signal's reason.
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

/** Width and height of an image as it is to be shown, in pixels; nulls where it is none that we know. */
export async function dimensions(path: string): Promise<{ width: number | null; height: number | null }> {
  try {
    const { width, height, orientation = 1 } = await imageSizeFromFile(path)
    if (!(width > 0) || !(height > 0)) return { width: null, height: null }
    // EXIF: from 5 on it lies on its side
    return orientation >= 5 ? { width: Math.round(height), height: Math.round(width) } : { width: Math.round(width), height: Math.round(height) }
  } catch {
    return { width: null, height: null }
  }
}
