/** Opens a history file or folder: detects its format by content, and finds the files beside it or in the same archive. */
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, normalize, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { ImportFormat } from '../../contract/history-files.ts'
import { isArchive, openArchive, openFolder, type Archive } from './archive.ts'
import { alike, readArchive } from './archives.ts'
import { cleaned } from './clean.ts'
import type { Bytes } from './decoding.ts'
import { backupIn, readConversations } from './formats/conversations.ts'
import { isDatabase, readDatabase } from './formats/databases.ts'
import { PART, partsOf } from './formats/web-archive.ts'
import { ImportError, type OpenHistory, type ReadOptions, type Sink } from './history.ts'
import { Spool } from './nested.ts'
import { jsonOf } from './parts.ts'
import { isSealed, openSealed } from './sealed-file.ts'
import { firstBytes, openText, type TextFile } from './source.ts'
import { isTar, openTar } from './tar.ts'
import { asFarAsPossible, nameOf, readText, refuseOthers, type Damage } from './texts.ts'

/** `format`: null to detect it. Throws ImportError. */
export async function readHistory(path: string, format: ImportFormat | null, options: ReadOptions): Promise<OpenHistory> {
  const damage: Damage = new Map()
  const opened = await openHistory(path, format, options, damage)
  const history = cleaned(opened.history)
  // errors during reading are converted to ImportErrors
  const read = async (sink: Sink): Promise<void> => {
    try {
      await history.read(sink)
      for (const [file, message] of damage) sink.unread('cut', `${file}: ${message}`)
    } catch (error) {
      throw problemOf(path, error)
    }
  }
  return { ...opened, history: { ...history, read } }
}

/** Converts an error of a file to a sentence; errors of the listener pass unchanged. */
function problemOf(path: string, error: unknown): unknown {
  if (error instanceof ImportError || !(error instanceof Error)) return error
  const code = 'code' in error ? String(error.code) : ''
  return /^(?:Z_|ERR_(?:ZLIB|STREAM|BUFFER)|E[A-Z]+$|SQLITE_)/.test(code)
    ? new ImportError(basename(path), null, `it cannot be read to its end (${error.message})`)
    : error
}

async function openHistory(path: string, format: ImportFormat | null, options: ReadOptions, damage: Damage): Promise<OpenHistory> {
  try {
    if (statSync(path).isDirectory()) return await readArchive(path, openFolder(path), format, options, damage)
    const first = await firstBytes(path)
    if (/^PK(?:\x03\x04|\x05\x06)/.test(first.toString('latin1', 0, 4)) || (/\.zip$/i.test(path) && (await isArchive(path))))
      return await readArchive(path, await openArchive(path), format, options, damage)
    if (isTar(first)) return await readArchive(path, openTar(path), format, options, damage)
    if (isDatabase(first)) return readStore(path, options)
    if (isSealed(first)) return await readFile(path, await openSealed(path, options.password ?? null), format, options, damage, true)
    refuseOthers(basename(path), first)
    const backup = backupIn(path)
    if (backup !== null) return { history: await readConversations(path, backup, options), open: () => Promise.resolve(null), close: () => undefined }
    const isPacked = first[0] === 0x1f && first[1] === 0x8b
    const packed = isPacked ? await archiveWithin(path) : null
    if (packed !== null) {
      const opened = await readArchive(path, packed.archive, format, options, damage)
      const close = (): void => {
        opened.close()
        packed.spool.close()
      }
      return { ...opened, close }
    }
    const bytes: Bytes = () => (isPacked ? createReadStream(path).pipe(createGunzip()) : createReadStream(path)) as AsyncIterable<Buffer>
    return await readFile(path, bytes, format, options, damage, isPacked)
  } catch (error) {
    if (error instanceof ImportError) throw error
    throw new ImportError(path, null, `it cannot be read (${error instanceof Error ? error.message : String(error)})`)
  }
}

/** Compressed archive (.tar.gz); null: none. */
async function archiveWithin(path: string): Promise<{ archive: Archive; spool: Spool } | null> {
  const unpacked = (): Readable => createReadStream(path).pipe(createGunzip())
  let first = Buffer.alloc(0)
  try {
    for await (const chunk of unpacked()) {
      first = Buffer.concat([first, chunk as Buffer])
      if (first.length >= 512) break
    }
  } catch {
    return null
  }
  if (!isTar(first) && !first.toString('latin1').startsWith('PK\x03\x04')) return null
  const spool = new Spool()
  try {
    const kept = await spool.keep(unpacked(), path)
    return { archive: isTar(first) ? openTar(kept) : await openArchive(kept), spool }
  } catch (error) {
    spool.close()
    throw error
  }
}

/** Files of a folder by relative path, in any case and normal form; null: missing, or outside of it. */
function filesIn(folder: string): (source: string) => string | null {
  const listed = new Map<string, Map<string, string>>()
  const isFile = (full: string): boolean => existsSync(full) && statSync(full).isFile()
  /** File with an equivalent name. */
  const likeIt = (full: string): string | null => {
    const parent = dirname(full)
    let names = listed.get(parent)
    if (names === undefined) listed.set(parent, (names = new Map(existsSync(parent) ? readdirSync(parent).map((name) => [alike(name), name]) : [])))
    const name = names.get(alike(basename(full)))
    return name === undefined || !isFile(join(parent, name)) ? null : join(parent, name)
  }
  return (source) => {
    if (source.includes('\0')) return null
    const full = normalize(join(folder, source))
    if (!full.startsWith(folder + sep)) return null
    try {
      return isFile(full) ? full : likeIt(full)
    } catch {
      return null
    }
  }
}

/** Database of an app, with the files beside it. */
function readStore(path: string, options: ReadOptions): OpenHistory {
  const within = filesIn(dirname(path))
  const media = (source: string): number | null => {
    const full = within(source)
    return full === null ? null : statSync(full).size
  }
  const open = (source: string): Promise<Readable | null> => {
    const full = within(source)
    return Promise.resolve(full === null ? null : createReadStream(full))
  }
  return { history: readDatabase(path, options, media), open, close: () => undefined }
}

/** `bytes`: of its text. `wrapped`: they are not those that lie there. */
async function readFile(path: string, bytes: Bytes, format: ImportFormat | null, options: ReadOptions, damage: Damage, wrapped: boolean): Promise<OpenHistory> {
  const folder = dirname(path)
  const within = filesIn(folder)
  const media: TextFile['media'] = (source) => {
    const full = within(source)
    return full === null ? null : { bytes: statSync(full).size, source }
  }
  const beside = (name: string): unknown => {
    const full = within(name)
    return full === null ? undefined : jsonOf(readFileSync(full))
  }
  const file = await openText(
    {
      file: basename(path),
      name: nameOf(basename(path)),
      folder: basename(folder),
      size: statSync(path).size,
      saved: statSync(path).mtimeMs,
      bytes: asFarAsPossible(bytes, basename(path), damage),
      media,
      beside
    },
    options
  )
  const part = partsOf(path)
  const open = (source: string): Promise<Readable | null> => {
    if (source.startsWith(PART)) return wrapped ? Promise.resolve(null) : part(source)
    const full = within(source)
    return Promise.resolve(full === null ? null : createReadStream(full))
  }
  return { history: await readText(file, format, options), open, close: () => undefined }
}
