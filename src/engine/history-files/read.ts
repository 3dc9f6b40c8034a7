/** Opens a history file, or a folder of them: what format it has, by its content, and what lies beside it or in the same archive. */
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, normalize, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { ImportFormat } from '../../contract/history-files.ts'
import { openArchive, openFolder, type Archive } from './archive.ts'
import { decode, type Bytes } from './decoding.ts'
import { formatOf } from './formats/all.ts'
import { hasAll, probeOf, type Probe } from './formats/format.ts'
import { listsIn, readObjects } from './formats/objects.ts'
import { isSlack, readSlack } from './formats/slack.ts'
import { backupIn, readConversations } from './formats/conversations.ts'
import { isDatabase, readDatabase } from './formats/databases.ts'
import { readTable } from './formats/tables.ts'
import { readTelegram } from './formats/telegram.ts'
import { PART, partsOf } from './formats/web-archive.ts'
import { isWhatsApp, readWhatsApp, whatsApp } from './formats/whatsapp.ts'
import { ImportError, type ParsedHistory, type ReadOptions } from './history.ts'
import { COMPANIONS, jsonOf, readParts } from './parts.ts'
import { headOf, openText, type TextFile } from './source.ts'
import { isTar, openTar } from './tar.ts'

export interface OpenHistory {
  history: ParsedHistory
  /** A media file by the source its message names; null where it is not there. */
  open(source: string): Promise<Readable | null>
  close(): void
}

/** A day of Slack's, read in one piece, is never so long, bytes. */
const LONGEST_PART = 200_000_000

/** `format`: null to find out. Throws ImportError. */
export async function readHistory(path: string, format: ImportFormat | null, options: ReadOptions): Promise<OpenHistory> {
  try {
    if (statSync(path).isDirectory()) return await readArchive(path, openFolder(path), format, options)
    const first = await firstBytes(path)
    if (first.toString('latin1', 0, 4) === 'PK\u0003\u0004') return await readArchive(path, await openArchive(path), format, options)
    if (isTar(first)) return await readArchive(path, openTar(path), format, options)
    if (isDatabase(first)) return readStore(path, options)
    const backup = backupIn(path)
    if (backup !== null) return { history: await readConversations(path, backup, options), open: () => Promise.resolve(null), close: () => undefined }
    return await readFile(path, first[0] === 0x1f && first[1] === 0x8b, format, options)
  } catch (error) {
    if (error instanceof ImportError) throw error
    throw new ImportError(path, null, `it cannot be read (${error instanceof Error ? error.message : String(error)})`)
  }
}

async function firstBytes(path: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of createReadStream(path, { end: 511 })) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Files of a folder by their path in it; null: not there, or outside of it. */
function filesIn(folder: string): (source: string) => string | null {
  return (source) => {
    const full = normalize(join(folder, source))
    return full.startsWith(folder + sep) && existsSync(full) && statSync(full).isFile() ? full : null
  }
}

/** An app's own database, with the files beside it. */
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

async function readFile(path: string, gzipped: boolean, format: ImportFormat | null, options: ReadOptions): Promise<OpenHistory> {
  const folder = dirname(path)
  const within = filesIn(folder)
  const bytes: Bytes = () => (gzipped ? createReadStream(path).pipe(createGunzip()) : createReadStream(path)) as AsyncIterable<Buffer>
  const media: TextFile['media'] = (source) => {
    const full = within(source)
    return full === null ? null : { bytes: statSync(full).size, source }
  }
  const beside = (name: string): unknown => {
    const full = within(name)
    return full === null ? undefined : jsonOf(readFileSync(full))
  }
  const file = await openText(
    { file: basename(path), name: nameOf(basename(path)), folder: basename(folder), size: statSync(path).size, bytes, media, beside },
    options
  )
  const part = partsOf(path)
  const open = (source: string): Promise<Readable | null> => {
    if (source.startsWith(PART)) return gzipped ? Promise.resolve(null) : part(source)
    const full = within(source)
    return Promise.resolve(full === null ? null : createReadStream(full))
  }
  return { history: await readText(file, format, options), open, close: () => undefined }
}

/** A single text, as the format that it is asked for or is found to have. */
async function readText(file: TextFile, format: ImportFormat | null, options: ReadOptions): Promise<ParsedHistory> {
  const probe = await probeOf(file)
  const found = format !== null && PLAIN.has(format) ? null : formatOf(probe, format)
  return found === null ? readAs(file, format ?? (await plainFormatOf(file, probe)), options, probe) : found.read(file, options)
}
/** Formats that are told by what they are not: they are asked last. */
const PLAIN: ReadonlySet<ImportFormat> = new Set(['whatsapp', 'telegram', 'slack', 'csv', 'tsv', 'json', 'jsonl'])

function readAs(file: TextFile, format: ImportFormat, options: ReadOptions, probe: Probe): Promise<ParsedHistory> {
  switch (format) {
    case 'whatsapp':
      return readWhatsApp(file, options)
    case 'telegram':
      return readTelegram(file)
    case 'slack':
      throw new ImportError(file.file, null, 'a Slack export is a .zip file', 'other-format')
    case 'csv':
    case 'tsv':
      return readTable(file, options, format === 'tsv')
    case 'json':
    case 'jsonl':
      return readObjects(file, options, format === 'jsonl' ? null : listsIn(probe))
    default:
      throw new ImportError(file.file, null, `this is not a file of ${format}`, 'other-format')
  }
}

/** What Telegram's JSON alone has. */
const OF_TELEGRAM = [
  'chats.list',
  'left_chats',
  'personal_information',
  'about',
  'messages[].from_id',
  'messages[].date_unixtime',
  'messages[].text_entities',
  'messages[].actor',
  'messages[].media_type',
  'messages[].forwarded_from'
]

async function plainFormatOf(file: TextFile, probe: Probe): Promise<ImportFormat> {
  const extension = extname(file.file.replace(/\.gz$/i, '')).toLowerCase()
  const head = (await headOf(file)).trimStart()
  const [line = ''] = head.split(/\r?\n/)
  if (extension === '.jsonl' || extension === '.ndjson') return 'jsonl'
  if (head.startsWith('[') && (extension === '.json' || /^\[\s*(?:\{|\]|\[|$)/.test(head))) return 'json'
  const telegram = OF_TELEGRAM.some((path) => probe.shape?.has(path) === true)
  if (
    head.startsWith('{') &&
    !probe.jsonLines &&
    !telegram &&
    listsIn(probe).length > 0 &&
    !hasAll(probe.shape, 'messages[].type', 'messages[].from', 'messages[].date')
  )
    return 'json'
  if (isObject(line)) return head.trimEnd() === line.trimEnd() && extension === '.json' ? 'telegram' : 'jsonl'
  if (head.startsWith('{') || extension === '.json') return 'telegram'
  if (extension === '.csv') return 'csv'
  if (extension === '.tsv') return 'tsv'
  if (isWhatsApp(head)) return 'whatsapp'
  return line.includes('\t') || extension !== '.txt' ? 'tsv' : 'csv'
}
function isObject(line: string): boolean {
  try {
    return line.startsWith('{') && typeof JSON.parse(line) === 'object'
  } catch {
    return false
  }
}

const nameOf = (file: string): string => {
  const plain = file.replace(/\.gz$/i, '')
  return plain.slice(0, plain.length - extname(plain).length) || plain
}

async function readArchive(path: string, archive: Archive, format: ImportFormat | null, options: ReadOptions): Promise<OpenHistory> {
  const name = basename(path)
  try {
    const paths = [...archive.entries.keys()]
    const shared = sharedFolder(paths)
    const inside = paths.map((one) => one.slice(shared.length))
    const open = (source: string): Promise<Readable | null> => archive.stream(source)
    const close = (): void => archive.close()
    if (format === 'slack' || (format === null && isSlack(inside))) {
      const text = async (part: string): Promise<string> => {
        if ((archive.entries.get(shared + part) ?? 0) > LONGEST_PART) throw new ImportError(`${name}/${part}`, null, 'it is larger than 200 MB', 'too-large')
        return decode(await archive.read(shared + part), 'utf-8')
      }
      return { history: await readSlack({ paths: inside, text }, name), open, close }
    }
    const result = paths.find((one) => basename(one) === 'result.json')
    if ((format === 'telegram' || format === null) && result !== undefined)
      return { history: await readTelegram(await textIn(archive, name, result, nameOf(name), options)), open, close }
    const chat = format === null || format === 'whatsapp' ? await chatIn(archive, name, options) : null
    if (chat !== null && chat.sure) return { history: await readWhatsApp(chat.file, options), open, close }
    const parts =
      format !== null && PLAIN.has(format) && !(format === 'whatsapp' && chat?.several === true)
        ? null
        : await readParts(
            archive,
            (part) => textIn(archive, name, part, nameOf(basename(part)), options),
            format,
            options,
            chat?.several === true ? [whatsApp] : []
          )
    if (parts !== null) return { history: parts, open, close }
    if (chat === null) throw new ImportError(name, null, 'there is no chat in it that Mnemo can read', 'other-format')
    return { history: await readWhatsApp(chat.file, options), open, close }
  } catch (error) {
    archive.close()
    throw error
  }
}

/** The folders that all paths share, with a '/' at their end, or ''. */
function sharedFolder(paths: readonly string[]): string {
  // what macOS adds is none of the export's
  const own = paths.filter((path) => !path.startsWith('__MACOSX/') && basename(path) !== '.DS_Store')
  const [first = ''] = own
  const folder = first.includes('/') ? first.slice(0, first.indexOf('/') + 1) : ''
  return folder !== '' && own.every((path) => path.startsWith(folder)) ? folder + sharedFolder(own.map((path) => path.slice(folder.length))) : ''
}

/** Of the texts in an archive the one that reads as a chat, or that is named like the archive. `sure`: both. `several`: others read so, too, and none is named like it. */
async function chatIn(archive: Archive, name: string, options: ReadOptions): Promise<{ file: TextFile; sure: boolean; several: boolean } | null> {
  const texts = [...archive.entries.keys()].filter((path) => /\.txt$/i.test(path) && !path.startsWith('__MACOSX/'))
  const likely = (path: string): number => (/^_chat\.txt$/i.test(basename(path)) ? 0 : nameOf(basename(path)) === nameOf(name) ? 1 : 2)
  let best: TextFile | null = null
  const alone = texts.filter((path) => likely(path) === 0).length === 1
  const chats: TextFile[] = []
  for (const path of texts.sort((a, b) => likely(a) - likely(b))) {
    const file = await textIn(archive, name, path, likely(path) === 0 && alone ? nameOf(name) : nameOf(basename(path)), options)
    if (isWhatsApp(await headOf(file, 2000))) {
      if (likely(path) === 1 || (likely(path) === 0 && alone) || texts.length === 1) return { file, sure: true, several: false }
      chats.push(file)
    }
    best ??= likely(path) < 2 ? file : null
  }
  const file = chats[0] ?? best
  return file === null ? null : { file, sure: false, several: chats.length > 1 }
}

async function textIn(archive: Archive, name: string, path: string, called: string, options: ReadOptions): Promise<TextFile> {
  const folder = path.slice(0, path.length - basename(path).length)
  const companions = new Map<string, unknown>()
  for (const one of COMPANIONS) if (archive.entries.has(folder + one)) companions.set(one, jsonOf(await archive.read(folder + one)))
  const media: TextFile['media'] = (source) => {
    const found = archive.entries.has(folder + source) ? folder + source : byName(archive).get(basename(source))
    const bytes = found === undefined ? undefined : archive.entries.get(found)
    return found === undefined || bytes === undefined ? null : { bytes, source: found }
  }
  const bytes: Bytes = async function* () {
    const stream = await archive.stream(path)
    if (stream !== null) for await (const chunk of stream) yield chunk as Buffer
  }
  return openText(
    {
      file: `${name}/${path}`,
      name: called,
      folder: basename(folder) || nameOf(name),
      size: archive.entries.get(path) ?? 0,
      bytes,
      media,
      beside: (one) => companions.get(one)
    },
    options
  )
}

const names = new WeakMap<Archive, Map<string, string>>()
/** Paths of an archive by the names of their files. */
function byName(archive: Archive): Map<string, string> {
  let known = names.get(archive)
  if (known === undefined) names.set(archive, (known = new Map([...archive.entries.keys()].map((one) => [basename(one), one]))))
  return known
}
