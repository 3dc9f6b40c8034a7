/** Nested archives and compressed files, presented as one archive: several exports of a phone, shared as one file. */
import { createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { openArchive, type Archive } from './archive.ts'

/** Deepest level of nested archives. */
const DEEPEST = 2
const MOST_ARCHIVES = 200
/** Total unpacked size, bytes: more would be an attempt to fill the disk. */
const MOST_BYTES = 8e9
/** Largest compression ratio of a compressed file. */
const MOST_TIMES = 1100

/** Temporary folder for files that can only be used as a whole; deleted when the import ends. */
export class Spool {
  #folder: string | null = null
  #count = 0
  #bytes = 0

  /** `path`: position relative to another kept file; absent: a name of its own. */
  async keep(stream: Readable, name: string, path?: string): Promise<string> {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'mnemo-import-'))
    const kept = path ?? join(this.#folder, `${this.#count++}${extname(name)}`)
    stream.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length
      if (this.#bytes > MOST_BYTES) stream.destroy(new Error('what is packed in it takes more than 8 GB'))
    })
    await pipeline(stream, createWriteStream(kept, { mode: 0o600 }))
    return kept
  }
  close(): void {
    if (this.#folder !== null && existsSync(this.#folder)) rmSync(this.#folder, { recursive: true, force: true })
    this.#folder = null
  }
}

/** Archive including the contents of nested archives, each under its archive's name. */
export async function unfolded(archive: Archive, spool: Spool, depth = 0): Promise<Archive> {
  const inner: { prefix: string; archive: Archive }[] = []
  const gunzipped = new Map<string, string>()
  const entries = new Map(archive.entries)
  const locked = new Map(archive.locked)
  for (const [path, size] of archive.entries) {
    if (path.startsWith('__MACOSX/')) continue
    if (/\.gz$/i.test(path) && !/\.tar\.gz$/i.test(path)) {
      const plain = path.replace(/\.gz$/i, '')
      if (entries.has(plain)) continue
      entries.delete(path)
      // the length is known only when it is read
      entries.set(plain, size)
      gunzipped.set(plain, path)
    } else if (/\.zip$/i.test(path) && depth < DEEPEST && inner.length < MOST_ARCHIVES) {
      try {
        const stream = await archive.stream(path)
        if (stream === null) continue
        const opened = await openArchive(await spool.keep(stream, path))
        const packed = [...opened.entries.values()].reduce((sum, bytes) => sum + bytes, 0)
        if (packed > size * MOST_TIMES) {
          opened.close()
          locked.set(path, 'it was made to fill the disk')
          continue
        }
        inner.push({ prefix: `${path}/`, archive: await unfolded(opened, spool, depth + 1) })
      } catch (error) {
        locked.set(path, error instanceof Error ? error.message : String(error))
      }
    }
  }
  if (inner.length === 0 && gunzipped.size === 0 && locked.size === archive.locked.size) return archive
  for (const { prefix, archive: one } of inner) {
    entries.delete(prefix.slice(0, -1))
    for (const [path, size] of one.entries) entries.set(prefix + path, size)
    for (const [path, why] of one.locked) locked.set(prefix + path, why)
  }
  const stream = async (path: string): Promise<Readable | null> => {
    const packed = gunzipped.get(path)
    if (packed !== undefined) return (await archive.stream(packed))?.pipe(createGunzip()) ?? null
    const held = inner.find(({ prefix }) => path.startsWith(prefix))
    return held === undefined ? archive.stream(path) : held.archive.stream(path.slice(held.prefix.length))
  }
  return {
    entries,
    locked,
    stream,
    async read(path) {
      const opened = await stream(path)
      return opened === null ? Buffer.alloc(0) : buffer(opened)
    },
    saved(path) {
      const held = inner.find(({ prefix }) => path.startsWith(prefix))
      return held === undefined ? archive.saved(gunzipped.get(path) ?? path) : held.archive.saved(path.slice(held.prefix.length))
    },
    close() {
      for (const { archive: one } of inner) one.close()
      archive.close()
    }
  }
}
