/** Archive interface for a .zip or a folder: its files as streams. */
import { createReadStream, readdirSync, statSync } from 'node:fs'
import { open as openFile, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import yauzl from 'yauzl'
import { decode, nameEncodingOf } from './decoding.ts'

export interface Archive {
  /** Files by path, with their unpacked sizes in bytes. */
  entries: ReadonlyMap<string, number>
  /** Unreadable files, with the reason. */
  locked: ReadonlyMap<string, string>
  /** Stream of a file; null: no such file. */
  stream(path: string): Promise<Readable | null>
  read(path: string): Promise<Buffer>
  /** Time at which a file was last written, ms; null: unknown. */
  saved(path: string): number | null
  close(): void
}

/** Record at the end of a .zip (APPNOTE 4.3.16), and the largest distance from the end of the file at which it may begin, bytes. */
const END = 0x06054b50
const END_LENGTH = 22
const LONGEST_TAIL = 1_200_000

/**
 * Position of a .zip within a file, with other bytes before or after it. `shift`: to be added to all its offsets; `size`: in its own count. null: no .zip.
 */
async function placeOf(path: string): Promise<{ shift: number; size: number } | null> {
  const { size } = statSync(path)
  const length = Math.min(size, LONGEST_TAIL)
  const tail = Buffer.alloc(length)
  const file = await openFile(path, 'r')
  try {
    await file.read(tail, 0, length, size - length)
  } finally {
    await file.close()
  }
  for (let at = length - END_LENGTH; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END) continue
    const comment = tail.readUInt16LE(at + 20)
    const listed = tail.readUInt32LE(at + 12)
    const begins = tail.readUInt32LE(at + 16)
    if (at + END_LENGTH + comment > length) continue
    const end = size - length + at
    // in large archives another record has the offsets
    const shift = listed === 0xffffffff || begins === 0xffffffff ? 0 : end - listed - begins
    if (shift < 0) continue
    return { shift, size: end + END_LENGTH + comment - shift }
  }
  return null
}

class Part extends yauzl.RandomAccessReader {
  readonly #path: string
  readonly #shift: number
  constructor(path: string, shift: number) {
    super()
    this.#path = path
    this.#shift = shift
  }
  override _readStreamForRange(start: number, end: number): Readable {
    return createReadStream(this.#path, { start: start + this.#shift, end: end + this.#shift - 1 })
  }
}

/** True if a file ends like a .zip. */
export const isArchive = async (path: string): Promise<boolean> => (await placeOf(path)) !== null

/** UTF-8 name that Info-ZIP stores beside another one (APPNOTE 4.6.9). */
function unicodeName(entry: yauzl.Entry): string | null {
  const field = entry.extraFields.find(({ id }) => id === 0x7075)?.data
  return field === undefined || field.length < 6 || field[0] !== 1 ? null : field.toString('utf8', 5)
}
/** Path within the archive, or null if it leads out of it. */
function within(name: string): string | null {
  const steps = name
    .replace(/^[a-z]:(?=[\\/])/i, '')
    .split(/[\\/]/)
    .filter((step) => step !== '' && step !== '.')
  return steps.includes('..') || steps.some((step) => step.includes('\0')) ? null : steps.join('/')
}
const isLink = ({ externalFileAttributes, versionMadeBy }: yauzl.Entry): boolean =>
  versionMadeBy >> 8 === 3 && ((externalFileAttributes >>> 16) & 0o170000) === 0o120000

/** Rejects if the file is no archive, or a damaged one. */
export async function openArchive(path: string): Promise<Archive> {
  const place = await placeOf(path)
  if (place === null) throw new Error('the archive is cut off or damaged: its list of files is missing')
  const zip = await new Promise<yauzl.ZipFile>((resolve, reject) => {
    yauzl.fromRandomAccessReader(
      new Part(path, place.shift),
      place.size,
      { autoClose: false, lazyEntries: false, decodeStrings: false, strictFileNames: false },
      (error, opened) => (error === null ? resolve(opened) : reject(error))
    )
  })
  const found: yauzl.Entry[] = []
  await new Promise<void>((resolve, reject) => {
    zip.on('entry', (entry: yauzl.Entry) => void found.push(entry))
    zip.on('end', resolve)
    zip.on('error', reject)
  }).catch((error: unknown) => {
    zip.close()
    throw error
  })
  const rawOf = (entry: yauzl.Entry): Buffer => entry.fileNameRaw
  const isUnicode = ({ generalPurposeBitFlag }: yauzl.Entry): boolean => (generalPurposeBitFlag & 0x800) !== 0
  const encoding = await nameEncodingOf(found.filter((entry) => !isUnicode(entry)).map(rawOf))
  const entries = new Map<string, yauzl.Entry>()
  const locked = new Map<string, string>()
  for (const entry of found) {
    const written = unicodeName(entry) ?? decode(rawOf(entry), isUnicode(entry) ? 'utf-8' : encoding)
    if (/[\\/]$/.test(written)) continue
    const inside = within(written)
    if (inside === null) locked.set(written, 'it leads out of the archive')
    else if (isLink(entry)) locked.set(inside, 'it is a link')
    else if ((entry.generalPurposeBitFlag & 1) !== 0) locked.set(inside, 'it is encrypted')
    else if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
      locked.set(inside, `it is packed by method ${entry.compressionMethod}, which Mnemo does not know`)
    else {
      // keep both of two files with the same name
      let name = inside
      for (let copy = 2; entries.has(name); copy++) name = inside.replace(/(\.[^./]*)?$/, ` (${copy})$1`)
      entries.set(name, entry)
    }
  }
  const stream = async (name: string): Promise<Readable | null> => {
    const entry = entries.get(name)
    if (entry === undefined) return null
    return new Promise((resolve, reject) => zip.openReadStream(entry, (error, opened) => (error === null ? resolve(opened) : reject(error))))
  }
  return {
    entries: new Map([...entries].map(([name, { uncompressedSize }]) => [name, uncompressedSize])),
    locked,
    stream,
    read: async (name) => buffer((await stream(name)) ?? Readable.from([])),
    saved: (name) => entries.get(name)?.getLastModDate().getTime() ?? null,
    close: () => zip.close()
  }
}

/** Opens a folder like an archive: all files in it and its subfolders. Links are not followed: they may lead anywhere, and in circles. */
export function openFolder(path: string): Archive {
  const entries = new Map<string, number>()
  const locked = new Map<string, string>()
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const full = join(folder, entry.name)
      const name = relative(path, full).split(sep).join('/')
      if (entry.isDirectory()) walk(full)
      else if (entry.isFile()) entries.set(name, statSync(full).size)
      else locked.set(name, 'it is a link')
    }
  }
  walk(path)
  const full = (name: string): string => join(path, ...name.split('/'))
  return {
    entries,
    locked,
    stream: (name) => Promise.resolve(entries.has(name) ? createReadStream(full(name)) : null),
    read: (name) => readFile(full(name)),
    saved: (name) => (entries.has(name) ? statSync(full(name)).mtimeMs : null),
    close: () => undefined
  }
}
