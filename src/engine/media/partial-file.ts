/** Partially downloaded file in the media folder: its bytes as sent by the server, and beside them the server's version of the file. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync, type ReadStream } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { PARTIAL, storedName, TooLarge, type Kept } from '../store/media-folder.ts'

/** Longest version text of a server that is kept. */
const LONGEST_VERSION = 1000

export class PartialFile {
  readonly #folder: string
  readonly #path: string
  readonly #versionPath: string

  /** `url`: of the whole file. */
  constructor(folder: string, url: string) {
    this.#folder = folder
    this.#path = join(folder, `${PARTIAL}${createHash('sha256').update(url).digest('hex').slice(0, 32)}`)
    this.#versionPath = `${this.#path}-version`
  }

  /** Number of stored bytes. */
  async bytes(): Promise<number> {
    return stat(this.#path).then(
      ({ size }) => size,
      () => 0
    )
  }

  /** Server's version of the stored bytes; null: unknown. */
  async version(): Promise<string | null> {
    const version = await readFile(this.#versionPath, 'utf8').catch(() => '')
    return version === '' || version.length > LONGEST_VERSION || /[^\x20-\x7e]/.test(version) ? null : version
  }

  /** Starts a new file of that version. */
  async begin(version: string | null): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await this.forget()
    if (version !== null) await writeFile(this.#versionPath, version, { mode: 0o600 })
  }

  /**
   * Appends a stream after the first `from` bytes; data received before an interruption stays. Rejects with the stream's error, the file system's, TooLarge,
   * or the signal's reason.
   */
  async append(
    stream: Readable,
    from: number,
    { signal, most, onBytes }: { signal: AbortSignal; most: number; onBytes: (bytes: number) => void }
  ): Promise<void> {
    let bytes = from
    const counting = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        bytes += chunk.length
        onBytes(bytes)
        if (bytes > most) next(new TooLarge(most))
        else next(null, chunk)
      }
    })
    const file = createWriteStream(this.#path, { mode: 0o600, flush: true, ...(from > 0 ? { flags: 'r+', start: from } : {}) })
    await pipeline(stream, counting, file, { signal })
  }

  read(): ReadStream {
    return createReadStream(this.#path)
  }

  /** Moves the complete file into the media folder. `expected`: its SHA-256, hex; returns null if it differs. */
  async keep(name: string, expected: string | null): Promise<Kept | null> {
    const hash = createHash('sha256')
    await pipeline(this.read(), hash)
    const found = hash.digest('hex')
    if (expected !== null && found !== expected) return null
    const stored = storedName(found, name)
    const bytes = await this.bytes()
    if (!existsSync(join(this.#folder, stored))) await rename(this.#path, join(this.#folder, stored))
    await this.forget()
    return { stored, bytes }
  }

  async forget(): Promise<void> {
    await rm(this.#path, { force: true })
    await rm(this.#versionPath, { force: true })
  }
}
