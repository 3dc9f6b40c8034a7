/** Archive or folder as a history: all its parts, of any number of apps. */
import { basename, dirname } from 'node:path'
import type { Readable } from 'node:stream'
import type { ImportFormat } from '../../contract/history-files.ts'
import type { Archive } from './archive.ts'
import { withoutCopies } from './copies.ts'
import { decode, type Bytes } from './decoding.ts'
import type { Probe } from './formats/format.ts'
import { isDatabase, readDatabase } from './formats/databases.ts'
import { isSlack, readSlack } from './formats/slack.ts'
import { telegram } from './formats/telegram.ts'
import { isWhatsApp, readWhatsApp, whatsApp } from './formats/whatsapp.ts'
import { ImportError, kindOf, unclearColumns, type OpenHistory, type ParsedHistory, type ReadOptions } from './history.ts'
import { Spool, unfolded } from './nested.ts'
import { COMPANIONS, joined, jsonOf, openParts, partsIn, textsIn, TEXTS, type OpenPart } from './parts.ts'
import { firstBytes, headOf, openText, type TextFile } from './source.ts'
import { asFarAsPossible, nameOf, plainFormatOf, readAs, type Damage } from './texts.ts'

/** Largest file of one day in a Slack export, bytes; such files are read in one piece. */
const LONGEST_PART = 200_000_000

/** Folders of Slack exports in an archive: each has the lists of rooms, and the files of its channels. */
function slackFolders(paths: readonly string[], format: ImportFormat | null): string[] {
  if (format !== null && format !== 'slack') return []
  const shared = sharedFolder(paths)
  const found = new Set(paths.filter((path) => SLACK_ROOMS.has(basename(path))).map((path) => path.slice(0, path.length - basename(path).length)))
  if (format === 'slack' || isSlack(paths.map((path) => path.slice(shared.length)))) found.add(shared)
  return [...found].filter((folder) => ![...found].some((other) => other !== folder && folder.startsWith(other)))
}
/** True for files that each Slack export has: lists, and days of channels. */
const isOfSlack = (path: string): boolean =>
  path.includes('/')
    ? /\/\d{4}-\d{2}-\d{2}\.json$/.test(path)
    : /^(?:users|org_users|channels|groups|mpims|dms|integration_logs|canvases|lists|file_conversations|huddle_transcripts)\.json$/.test(path)
const SLACK_ROOMS = new Set(['channels.json', 'groups.json', 'mpims.json', 'dms.json'])

const DATABASES = /\.(?:db3?|sqlite3?|sqlitedb)$/i
/** Table formats, which any file may have. */
const TABLES: ReadonlySet<ImportFormat> = new Set(['csv', 'tsv', 'json', 'jsonl'])

/** Reads all parts of an archive, each in its own format. Throws ImportError. */
export async function readArchive(path: string, outer: Archive, format: ImportFormat | null, options: ReadOptions, damage: Damage): Promise<OpenHistory> {
  const name = basename(path)
  const spool = new Spool()
  let archive = outer
  const close = (): void => {
    archive.close()
    spool.close()
  }
  try {
    archive = await unfolded(outer, spool)
    const paths = [...archive.entries.keys()]
    const shared = sharedFolder(paths)
    const textAt = (part: string): Promise<TextFile> => textIn(archive, name, part, nameOf(basename(part)), options, damage)
    const opened: OpenPart[] = []
    const failed: ImportError[] = []
    const taken = new Set<string>()
    const attempt = async (file: string, path: string, kind: unknown, read: () => Promise<ParsedHistory> | ParsedHistory): Promise<void> => {
      try {
        opened.push({ path, kind, file, place: path, history: await read() })
      } catch (error) {
        if (!(error instanceof ImportError)) throw error
        failed.push(error)
      }
    }
    for (const folder of slackFolders(paths, format)) {
      const inside = paths.filter((one) => one.startsWith(folder)).map((one) => one.slice(folder.length))
      for (const one of inside) taken.add(folder + one)
      const text = async (part: string): Promise<string> => {
        if ((archive.entries.get(folder + part) ?? 0) > LONGEST_PART) throw new ImportError(`${name}/${part}`, null, 'it is larger than 200 MB', 'too-large')
        return decode(await archive.read(folder + part), 'utf-8')
      }
      await attempt(name, folder, 'slack', () => readSlack({ paths: inside, text }, name))
      // a Slack export may contain another app's export
      for (const one of inside) if (!isOfSlack(one)) taken.delete(folder + one)
    }
    const chat = format === null || format === 'whatsapp' ? await chatIn(archive, name, options, damage) : null
    if (chat !== null && chat.sure && !taken.has(chat.path)) {
      taken.add(chat.path)
      await attempt(chat.file.file, chat.path, whatsApp, () => readWhatsApp(chat.file, options))
      if (textsIn(archive).length > 1) for (const one of await attachedTo(opened.at(-1)?.history ?? null)) taken.add(one)
    }
    const candidates = textsIn(archive).filter((one) => !taken.has(one))
    const others = [telegram, whatsApp].filter((one) => format === null || format === one.name)
    const { parts, rest } = await partsIn(candidates, textAt, format === null || TABLES.has(format) ? null : format, others)
    const read = new Set(taken)
    if (format === null || !TABLES.has(format)) {
      const more = await openParts(parts, options)
      opened.push(...more.opened)
      failed.push(...more.failed)
      for (const { path: one } of parts) read.add(one)
    }
    if (format === null)
      for (const one of paths.filter((each) => DATABASES.test(each)))
        if (await readDatabaseIn(archive, spool, one, options, `${name}/${one}`, opened, failed)) read.add(one)
    // tables among an app's files belong to it
    const topOf = (one: string): string => one.slice(shared.length).split('/', 2)[0] ?? ''
    const tops = new Set([...parts.map((part) => part.path), ...taken].filter((one) => one.slice(shared.length).includes('/')).map(topOf))
    const unclear: OpenPart[] = []
    if (format === null || TABLES.has(format))
      for (const { path: one, file, probe } of rest) {
        if (one.slice(shared.length).includes('/') && tops.has(topOf(one))) continue
        const table = await tableIn(file, probe, format, options)
        if (table === null || (/\.txt$/i.test(one) && table.columns?.found.time === null)) continue
        read.add(one)
        const part = { path: one, kind: 'table', file: file.file, place: dirname(one), history: table }
        if (table.columns === null || table.columns.sure || format !== null) opened.push(part)
        else unclear.push(part)
      }
    // the user can be asked for the columns of one table
    if (opened.length === 0 && failed.length === 0 && unclear.length === 1) opened.push(...unclear.splice(0))
    const [first] = opened
    if (first === undefined && failed[0] !== undefined) throw failed[0]
    if (first === undefined && unclear[0] !== undefined) throw unclearColumns(unclear[0].file, unclear[0].history.columns?.heading ?? [])
    if (first === undefined) throw new ImportError(name, null, nothingIn(archive), 'other-format')
    const open = (source: string): Promise<Readable | null> => archive.stream(source)
    const readable = [...archive.locked].filter(([one]) => TEXTS.test(one) || /\.zip$/i.test(one)).map(([one, why]) => `${name}/${one}: ${why}`)
    const told = [...failed.map(({ message }) => message), ...readable]
    const known = await withoutCopies(opened)
    const [only] = known
    const whole = known.length === 1 && told.length === 0 && only !== undefined ? only.history : joined(first.history, known, told)
    const left = paths.filter((one) => !read.has(one) && mayBeLeft(one))
    return { history: withOthers(whole, name, left, unclear), open, close }
  } catch (error) {
    close()
    throw error
  }
}

/** Reason why an archive has nothing to import. */
function nothingIn({ locked }: Archive): string {
  const [reason] = [...locked].map(([path, why]) => `${path} cannot be read: ${why}`)
  return reason ?? 'there is no chat in it that Mnemo can read'
}

/** Files that hold no messages and are no attachments: parts of pages, and files of systems. */
const NO_MESSAGES =
  /(?:^|\/)(?:__MACOSX\/|\.|Thumbs\.db$|desktop\.ini$)|\.(?:css|m?js|map|woff2?|ttf|otf|eot|svg|ico|vcf|vcard|tgs|webmanifest)$|-(?:wal|shm|journal)$/i
/** Parts of pages and thumbnails, which every export of such an app has. */
const OF_PAGES =
  /(?:^|\/)(?:images?|css|js|icons?|emoji|thumbs?|thumbnails?|userpics?|avatars?|profile_pictures)\/|_thumb\b|(?:^|\/)(?:avatar|icon|logo|favicon)[^/]*$/i
const mayBeLeft = (path: string): boolean =>
  !path.endsWith('/') && !COMPANIONS.includes(basename(path)) && !NO_MESSAGES.test(path) && !(kindOf(path) !== 'file' && OF_PAGES.test(path))

/** History that reports the files left out: `left`, unless a message has them, and tables with unclear columns. */
function withOthers(history: ParsedHistory, name: string, left: readonly string[], unclear: readonly OpenPart[]): ParsedHistory {
  if (left.length === 0 && unclear.length === 0) return history
  return {
    ...history,
    async read(sink) {
      const attached = new Set<string>()
      await history.read({
        conversation: (head) => sink.conversation(head),
        message: (message) => {
          for (const { source } of message.files ?? []) if (source !== null) attached.add(source)
          sink.message(message)
        },
        notice: () => sink.notice(),
        unread: (kind, line) => sink.unread(kind, line),
        rest: () => sink.rest()
      })
      for (const { file } of unclear) sink.unread('columns', file)
      for (const path of left) if (!attached.has(path)) sink.unread('other', `${name}/${path}`)
    }
  }
}

/** Files of the archive that a chat's messages name as attachments. */
async function attachedTo(history: ParsedHistory | null): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  await history?.read({
    conversation: () => undefined,
    message: ({ files = [] }) => {
      for (const { source } of files) if (source !== null && TEXTS.test(source)) found.add(source)
    },
    notice: () => undefined,
    unread: () => undefined,
    rest: () => Promise.resolve()
  })
  return found
}

/** Table; null: none. */
async function tableIn(file: TextFile, probe: Probe, format: ImportFormat | null, options: ReadOptions): Promise<ParsedHistory | null> {
  try {
    const found = format ?? (await plainFormatOf(file, probe))
    if (!TABLES.has(found) || !/\.(?:csv|tsv|jsonl?|ndjson|txt)$/i.test(file.file)) return null
    const history = await readAs(file, found, options, probe)
    return history
  } catch (error) {
    if (error instanceof ImportError && format === null) return null
    throw error
  }
}

/** Opens the database of an app in an archive; false: it is another file. */
async function readDatabaseIn(
  archive: Archive,
  spool: Spool,
  path: string,
  options: ReadOptions,
  file: string,
  opened: OpenPart[],
  failed: ImportError[]
): Promise<boolean> {
  const stream = await archive.stream(path)
  if (stream === null) return false
  const kept = await spool.keep(stream, path)
  if (!isDatabase(await firstBytes(kept))) return false
  const log = await archive.stream(`${path}-wal`)
  if (log !== null) await spool.keep(log, path, `${kept}-wal`)
  const folder = path.slice(0, path.length - basename(path).length)
  try {
    opened.push({ path, kind: 'database', file, place: path, history: readDatabase(kept, options, (source) => archive.entries.get(folder + source) ?? null) })
    return true
  } catch (error) {
    if (!(error instanceof ImportError)) throw error
    // many exports contain other databases
    if (error.reason === 'other-format') return false
    failed.push(error)
    return true
  }
}

/** Common folder of all paths, with a '/' at its end, or ''. */
function sharedFolder(paths: readonly string[]): string {
  // files added by macOS are not part of the export
  const own = paths.filter((path) => !path.startsWith('__MACOSX/') && basename(path) !== '.DS_Store')
  const [first = ''] = own
  const folder = first.includes('/') ? first.slice(0, first.indexOf('/') + 1) : ''
  return folder !== '' && own.every((path) => path.startsWith(folder)) ? folder + sharedFolder(own.map((path) => path.slice(folder.length))) : ''
}

/** Chat among the texts of an archive: `sure` if it is named like the archive, or is the only one. */
async function chatIn(archive: Archive, name: string, options: ReadOptions, damage: Damage): Promise<{ file: TextFile; path: string; sure: boolean } | null> {
  const texts = [...archive.entries.keys()].filter((path) => /\.txt$/i.test(path) && !path.startsWith('__MACOSX/'))
  const likely = (path: string): number => (/^_chat\.txt$/i.test(basename(path)) ? 0 : nameOf(basename(path)) === nameOf(name) ? 1 : 2)
  const alone = texts.filter((path) => likely(path) === 0).length === 1
  let first: { file: TextFile; path: string; sure: boolean } | null = null
  for (const path of texts.sort((a, b) => likely(a) - likely(b))) {
    const file = await textIn(
      archive,
      name,
      path,
      likely(path) === 0 && alone ? nameOf(/([^/]+\.zip)\/[^/]*$/i.exec(path)?.[1] ?? name) : nameOf(basename(path)),
      options,
      damage
    )
    if (!isWhatsApp(await headOf(file, 2000))) continue
    const sure = likely(path) === 1 || (likely(path) === 0 && alone) || texts.length === 1
    if (sure) return { file, path, sure }
    first ??= { file, path, sure }
  }
  return first
}

async function textIn(archive: Archive, name: string, path: string, called: string, options: ReadOptions, damage: Damage): Promise<TextFile> {
  const folder = path.slice(0, path.length - basename(path).length)
  const companions = new Map<string, unknown>()
  for (const one of COMPANIONS) if (archive.entries.has(folder + one)) companions.set(one, jsonOf(await archive.read(folder + one)))
  const media: TextFile['media'] = (source) => {
    const found = archive.entries.has(folder + source)
      ? folder + source
      : (byName(archive).get(alike(folder + source)) ?? byName(archive).get(alike(basename(source))))
    const bytes = found === undefined ? undefined : archive.entries.get(found)
    return found === undefined || bytes === undefined ? null : { bytes, source: found }
  }
  const bytes: Bytes = async function* () {
    const stream = await archive.stream(path)
    if (stream !== null) for await (const chunk of stream) yield chunk as Buffer
  }
  const saved = archive.saved(path)
  return openText(
    {
      file: `${name}/${path}`,
      ...(saved === null ? {} : { saved }),
      name: called,
      folder: basename(folder).replace(/\.zip$/i, '') || nameOf(name),
      size: archive.entries.get(path) ?? 0,
      bytes: asFarAsPossible(bytes, `${name}/${path}`, damage),
      media,
      beside: (one) => companions.get(one)
    },
    options
  )
}

const names = new WeakMap<Archive, Map<string, string>>()
/** Comparable form of a name: systems disagree on case and normal form. */
export const alike = (name: string): string => name.normalize('NFC').toLowerCase()
/** Paths of an archive by file name. */
function byName(archive: Archive): Map<string, string> {
  let known = names.get(archive)
  if (known === undefined)
    names.set(archive, (known = new Map([...archive.entries.keys()].flatMap((one) => [[alike(basename(one)), one] as const, [alike(one), one] as const]))))
  return known
}
