/** The media folder of a profile: files of messages, each under the SHA-256 of what is in it. */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
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

/** The SHA-256 of a kept file, hex. */
export const hashOf = (stored: string): string => stored.slice(0, 64)

/** What has come of a file before its stream broke off, under a name of its own. */
export const partialName = (of: string): string => `.incoming-part-${createHash('sha256').update(of).digest('hex').slice(0, 32)}`
/** Its bytes; 0: nothing. */
export const partialBytes = (folder: string, partial: string): Promise<number> =>
  stat(join(folder, partial)).then(
    ({ size }) => size,
    () => 0
  )

/**
 * Writes a stream into the folder, once. `onBytes` hears how much has come; of more than `most` bytes nothing is kept
 * (TooLarge). `partial`: what came of a stream that breaks off is kept under that name; the stream goes on after the first `from` bytes of it. Rejects with the stream's error, the file system's, or the signal's reason.
 */
export async function keep(
  folder: string,
  stream: Readable,
  name: string,
  options: { signal?: AbortSignal; most?: number; onBytes?: (bytes: number) => void; partial?: string; from?: number } = {}
): Promise<Kept> {
  const { signal, most = Infinity, onBytes, partial, from = 0 } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const temporary = join(folder, partial ?? `.incoming-${process.pid}-${randomUUID()}`)
  const hash = createHash('sha256')
  let bytes = from
  if (from > 0) for await (const chunk of createReadStream(temporary, { end: from - 1 })) hash.update(chunk as Buffer)
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      bytes += chunk.length
      hash.update(chunk)
      onBytes?.(bytes)
      if (bytes > most) next(new TooLarge(most))
      else next(null, chunk)
    }
  })
  let isBroken = false
  try {
    await pipeline(
      stream,
      hashing,
      createWriteStream(temporary, { mode: 0o600, flush: true, ...(from > 0 ? { flags: 'r+', start: from } : {}) }),
      ...(signal === undefined ? [] : [{ signal }])
    )
    const ending = /^\.[A-Za-z0-9]{1,8}$/.exec(extname(name))?.[0].toLowerCase() ?? ''
    const stored = `${hash.digest('hex')}${ending}`
    if (!existsSync(join(folder, stored))) await rename(temporary, join(folder, stored))
    return { stored, bytes }
  } catch (error) {
    isBroken = partial !== undefined && !(error instanceof TooLarge)
    throw error
  } finally {
    if (!isBroken) await rm(temporary, { force: true })
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
