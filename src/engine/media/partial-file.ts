/** A file of which a part has come, in the media folder: its bytes as the server sends them, and beside them which version of it the server says they are of. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync, type ReadStream } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { PARTIAL, storedName, TooLarge, type Kept } from '../store/media-folder.ts'

/** Longer than any server's word for a version. */
const LONGEST_VERSION = 1000

export class PartialFile {
  readonly #folder: string
  readonly #path: string
  readonly #versionPath: string

  /** `url`: where the whole file lies. */
  constructor(folder: string, url: string) {
    this.#folder = folder
    this.#path = join(folder, `${PARTIAL}${createHash('sha256').update(url).digest('hex').slice(0, 32)}`)
    this.#versionPath = `${this.#path}-version`
  }

  /** Bytes that are here. */
  async bytes(): Promise<number> {
    return stat(this.#path).then(
      ({ size }) => size,
      () => 0
    )
  }

  /** What the server called the version that is here; null: nobody knows. */
  async version(): Promise<string | null> {
    const version = await readFile(this.#versionPath, 'utf8').catch(() => '')
    return version === '' || version.length > LONGEST_VERSION || /[^\x20-\x7e]/.test(version) ? null : version
  }

  /** Whole files of that server's are begun with this. */
  async begin(version: string | null): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await this.forget()
    if (version !== null) await writeFile(this.#versionPath, version, { mode: 0o600 })
  }

  /** Writes a stream after the first `from` bytes; what came before a break stays. Rejects with the stream's error, the file system's, TooLarge, or the signal's reason. */
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

  /** The whole becomes a file of the folder. `expected`: the SHA-256 it is to have, hex; null is returned where it has another. */
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
