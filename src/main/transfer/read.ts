/** Reads a history from a file: what format it has, and what is in it. */
import { createReadStream, existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, extname, join, normalize, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import yauzl from 'yauzl'
import { ImportError, type ImportFormat, type ParsedHistory } from './history.ts'
import { parseCsv, parseJsonLines, parseTsv } from './formats/rows.ts'
import { parseSlack } from './formats/slack.ts'
import { parseTelegram } from './formats/telegram.ts'
import { isWhatsApp, parseWhatsApp } from './formats/whatsapp.ts'

export interface OpenHistory {
  history: ParsedHistory
  /** A media file by the source its message names; null where it is not there. */
  open(source: string): Promise<Readable | null>
  close(): void
}

/** A text beyond this is not a chat, and would not fit into memory several times over. */
const LARGEST_TEXT = 1_000_000_000

/** `format`: null to find out. Throws ImportError. */
export async function readHistory(path: string, format: ImportFormat | null): Promise<OpenHistory> {
  const file = basename(path)
  let bytes: Buffer
  try {
    const { size } = statSync(path)
    if (await isZip(path)) return await readZip(path, format)
    if (size > LARGEST_TEXT) throw new ImportError(file, null, 'it is larger than 1 GB')
    bytes = await readFile(path)
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes)
  } catch (error) {
    if (error instanceof ImportError) throw error
    throw new ImportError(path, null, `it cannot be read (${error instanceof Error ? error.message : String(error)})`)
  }
  const text = decode(bytes)
  const name = nameOf(file)
  const folder = dirname(path)
  const within = (source: string): string | null => {
    const full = normalize(join(folder, source))
    return full.startsWith(folder + sep) && existsSync(full) && statSync(full).isFile() ? full : null
  }
  const open = (source: string): Promise<Readable | null> => {
    const full = within(source)
    return Promise.resolve(full === null ? null : createReadStream(full))
  }
  const found = format ?? guess(file, text)
  const history = (): ParsedHistory => {
    switch (found) {
      case 'whatsapp': {
        const media = new Map<string, { bytes: number; source: string }>()
        for (const [, attached = ''] of text.matchAll(/(?:^|[:：] ?)\u200e?<?(?:attached[:：] |附件[:：] ?)?([^\s<>:]+\.\w{2,5})(?:>| \()/gmu)) {
          const full = within(attached)
          if (full !== null) media.set(attached, { bytes: statSync(full).size, source: attached })
        }
        const { conversation, notices } = parseWhatsApp(text, file, chatName(name), media)
        return { format: 'whatsapp', conversations: [conversation], self: null, notices, unreadableTimes: 0 }
      }
      case 'telegram':
        return parseTelegram(text, file)
      case 'slack':
        throw new ImportError(file, null, 'a Slack export is a .zip file')
      case 'csv':
        return parseCsv(text, file, name)
      case 'tsv':
        return parseTsv(text, file, name)
      case 'jsonl':
        return parseJsonLines(text, file, name)
    }
  }
  return { history: history(), open, close: () => undefined }
}

/** UTF-8, or UTF-16 with a byte order mark, as Windows' programs write it. */
function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2)
  return bytes.toString('utf8').replace(/^\ufeff/, '')
}

function guess(file: string, text: string): ImportFormat {
  const extension = extname(file.replace(/\.gz$/i, '')).toLowerCase()
  if (extension === '.jsonl' || extension === '.ndjson') return 'jsonl'
  if (extension === '.json') return 'telegram'
  if (extension === '.csv') return 'csv'
  if (isWhatsApp(text.replace(/^\s+/, ''))) return 'whatsapp'
  return 'tsv'
}

const nameOf = (file: string): string => {
  const plain = file.replace(/\.gz$/i, '')
  return plain.slice(0, plain.length - extname(plain).length) || plain
}
/** 'WhatsApp Chat with Alice.txt' and its like. */
const chatName = (name: string): string => name.replace(/^WhatsApp Chat (?:with|-) |^与(.+)的 ?WhatsApp (?:聊天|对话)(?:记录)?$|^WhatsApp 聊天 ?[-–] ?/iu, '$1').trim() || name

async function isZip(path: string): Promise<boolean> {
  const stream = createReadStream(path, { end: 3 })
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('latin1') === 'PK\u0003\u0004'
}

interface Entry {
  path: string
  bytes: number
  entry: yauzl.Entry
}

async function readZip(path: string, format: ImportFormat | null): Promise<OpenHistory> {
  const file = basename(path)
  const zip = await new Promise<yauzl.ZipFile>((resolve, reject) => {
    yauzl.open(path, { autoClose: false, lazyEntries: false }, (error, opened) => (error === null ? resolve(opened) : reject(error)))
  })
  const entries = new Map<string, Entry>()
  await new Promise<void>((resolve, reject) => {
    zip.on('entry', (entry: yauzl.Entry) => void (entry.fileName.endsWith('/') || entries.set(entry.fileName, { path: entry.fileName, bytes: entry.uncompressedSize, entry })))
    zip.on('end', resolve)
    zip.on('error', reject)
  })
  const stream = (entry: Entry): Promise<Readable> =>
    new Promise((resolve, reject) => zip.openReadStream(entry.entry, (error, opened) => (error === null ? resolve(opened) : reject(error))))
  const text = async (entry: Entry): Promise<string> => {
    if (entry.bytes > LARGEST_TEXT) throw new ImportError(`${file}/${entry.path}`, null, 'it is larger than 1 GB')
    const chunks: Buffer[] = []
    for await (const chunk of await stream(entry)) chunks.push(chunk as Buffer)
    return decode(Buffer.concat(chunks))
  }
  const open = async (source: string): Promise<Readable | null> => {
    const entry = entries.get(source)
    return entry === undefined ? null : stream(entry)
  }
  try {
    const isSlack = entries.has('channels.json') || entries.has('users.json')
    const result = [...entries.keys()].find((name) => /(?:^|\/)result\.json$/.test(name))
    if (format === 'slack' || (format === null && isSlack)) {
      const texts = new Map<string, string>()
      for (const entry of entries.values()) if (entry.path.endsWith('.json')) texts.set(entry.path, await text(entry))
      return { history: parseSlack(texts, file), open, close: () => zip.close() }
    }
    if ((format === 'telegram' || format === null) && result !== undefined) {
      const folder = result.slice(0, -'result.json'.length)
      return { history: parseTelegram(await text(entries.get(result)!), `${file}/${result}`), open: (source) => open(folder + source), close: () => zip.close() }
    }
    const chats = [...entries.values()].filter((entry) => entry.path.endsWith('.txt'))
    const chat = chats.find((entry) => /(?:^|\/)_chat\.txt$/.test(entry.path)) ?? chats[0]
    if (chat === undefined || (format !== null && format !== 'whatsapp')) throw new ImportError(file, null, 'there is no chat in it that Mnemo can read')
    const media = new Map([...entries.values()].map((entry) => [basename(entry.path), { bytes: entry.bytes, source: entry.path }]))
    const name = /_chat\.txt$/.test(chat.path) ? nameOf(file) : nameOf(basename(chat.path))
    const { conversation, notices } = parseWhatsApp(await text(chat), `${file}/${chat.path}`, chatName(name), media)
    return { history: { format: 'whatsapp', conversations: [conversation], self: null, notices, unreadableTimes: 0 }, open, close: () => zip.close() }
  } catch (error) {
    zip.close()
    throw error
  }
}
