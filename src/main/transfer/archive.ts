/** A .zip: what is in it, read as streams. */
import type { Readable } from 'node:stream'
import yauzl from 'yauzl'

export interface Archive {
  /** Files by path, with their bytes when unpacked. */
  entries: ReadonlyMap<string, number>
  /** null: there is no such file. */
  stream(path: string): Promise<Readable | null>
  read(path: string): Promise<Buffer>
  close(): void
}

/** Rejects where it is no archive, or a damaged one. */
export async function openArchive(path: string): Promise<Archive> {
  const zip = await new Promise<yauzl.ZipFile>((resolve, reject) => {
    yauzl.open(path, { autoClose: false, lazyEntries: false }, (error, opened) => (error === null ? resolve(opened) : reject(error)))
  })
  const entries = new Map<string, yauzl.Entry>()
  await new Promise<void>((resolve, reject) => {
    zip.on('entry', (entry: yauzl.Entry) => void (entry.fileName.endsWith('/') || entries.set(entry.fileName, entry)))
    zip.on('end', resolve)
    zip.on('error', reject)
  }).catch((error: unknown) => {
    zip.close()
    throw error
  })
  const stream = async (name: string): Promise<Readable | null> => {
    const entry = entries.get(name)
    if (entry === undefined) return null
    return new Promise((resolve, reject) => zip.openReadStream(entry, (error, opened) => (error === null ? resolve(opened) : reject(error))))
  }
  return {
    entries: new Map([...entries].map(([name, { uncompressedSize }]) => [name, uncompressedSize])),
    stream,
    async read(name) {
      const chunks: Buffer[] = []
      for await (const chunk of (await stream(name)) ?? []) chunks.push(chunk as Buffer)
      return Buffer.concat(chunks)
    },
    close: () => zip.close()
  }
}
