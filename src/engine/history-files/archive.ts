/** A .zip, or a folder: what is in it, read as streams. */
import { createReadStream, readdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
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
    read: async (name) => buffer((await stream(name)) ?? Readable.from([])),
    close: () => zip.close()
  }
}

/** A folder as if it were an archive: all files in it, and in those within. */
export function openFolder(path: string): Archive {
  const entries = new Map<string, number>()
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const full = join(entry.parentPath, entry.name)
    entries.set(relative(path, full).split(sep).join('/'), statSync(full).size)
  }
  const full = (name: string): string => join(path, ...name.split('/'))
  return {
    entries,
    stream: (name) => Promise.resolve(entries.has(name) ? createReadStream(full(name)) : null),
    read: (name) => readFile(full(name)),
    close: () => undefined
  }
}
