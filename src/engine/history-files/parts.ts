/** An export of many files, in an archive or a folder: each is read as the format that it has, and all are one history. */
import { basename, dirname } from 'node:path'
import type { ImportFormat } from '../../contract/history-files.ts'
import type { Archive } from './archive.ts'
import { formatOf } from './formats/all.ts'
import { probeOf, type Format } from './formats/format.ts'
import { ImportError, type ConversationHead, type ParsedHistory, type ReadOptions, type Sink } from './history.ts'
import type { TextFile } from './source.ts'

/** Files that say more of those beside them. */
export const COMPANIONS = ['group_info.json', 'realm.json']
const TEXTS = /\.(?:txt|jsonl?|ndjson|html?|csv|tsv|log|mht|mhtml|xml|chatlog|history|weechatlog)$/i

/** What JSON says; undefined where it is none. */
export function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

interface Part {
  file: TextFile
  format: Format
}

/** Of several formats in one folder, which hold the same, the one of the most files. */
function bestOf(parts: readonly Part[]): Part[] {
  const byFolder = new Map<string, Map<Format, Part[]>>()
  for (const part of parts) {
    const folder = dirname(part.file.file)
    const formats = byFolder.get(folder) ?? new Map<Format, Part[]>()
    byFolder.set(folder, formats.set(part.format, [...(formats.get(part.format) ?? []), part]))
  }
  return [...byFolder.values()].flatMap((formats) => [...formats.values()].sort((a, b) => b.length - a.length)[0] ?? [])
}

/** Throws ImportError where none of the files can be read; null: there is none of a format that comes in many files. `open`: a file of the archive; `others`: formats that are asked last. */
export async function readParts(
  archive: Archive,
  open: (path: string) => Promise<TextFile>,
  wanted: ImportFormat | null,
  options: ReadOptions,
  others: readonly Format[] = []
): Promise<ParsedHistory | null> {
  const order = new Intl.Collator('en', { numeric: true })
  const paths = [...archive.entries.keys()]
    .filter((path) => TEXTS.test(path) && !path.startsWith('__MACOSX/') && !COMPANIONS.includes(basename(path)))
    .sort((a, b) => order.compare(a, b))
  const found: Part[] = []
  for (const path of paths) {
    const file = await open(path)
    const probe = await probeOf(file)
    const format = formatOf(probe) ?? others.find((one) => one.matches(probe)) ?? null
    if (format !== null && (wanted === null || format.name === wanted)) found.push({ file, format })
  }
  if (found.length === 0) return null
  const histories: { folder: string; history: ParsedHistory }[] = []
  const failed: ImportError[] = []
  for (const { file, format } of bestOf(found)) {
    try {
      histories.push({ folder: dirname(file.file), history: await format.read(file, options) })
    } catch (error) {
      if (!(error instanceof ImportError)) throw error
      failed.push(error)
    }
  }
  const [first] = histories
  if (first === undefined) throw failed[0] ?? new Error('no part can be read')
  return joined(first.history, histories, failed)
}

/** One history of several: people and order of dates where all agree. */
function joined(first: ParsedHistory, histories: readonly { folder: string; history: ParsedHistory }[], failed: readonly ImportError[]): ParsedHistory {
  const owners = new Set(histories.map(({ history }) => history.self).filter((self) => self !== null))
  const orders = histories.map(({ history }) => history.order).filter((order) => order !== null)
  return {
    format: first.format,
    self: owners.size === 1 ? ([...owners][0] ?? null) : null,
    encoding: histories.map(({ history }) => history.encoding).find((encoding) => encoding !== null && !encoding.sure) ?? first.encoding,
    order: orders.find(({ sure }) => !sure) ?? orders[0] ?? null,
    columns: null,
    async read(sink) {
      // a conversation that the format gives no id goes on in the next file of the same folder
      const heads = new Map<string, ConversationHead>()
      for (const error of failed) sink.unread('file', error.message)
      for (const { folder, history } of histories) {
        const part: Sink = {
          conversation(head) {
            const key = `${folder}\n${head.name}`
            const known = head.id === null ? heads.get(key) : head
            if (head.id === null && known === undefined) heads.set(key, head)
            sink.conversation(known ?? head)
          },
          message: (message) => sink.message(message),
          notice: () => sink.notice(),
          unread: (kind, line) => sink.unread(kind, line),
          rest: () => sink.rest()
        }
        try {
          await history.read(part)
        } catch (error) {
          if (!(error instanceof ImportError)) throw error
          sink.unread('file', error.message)
        }
      }
    }
  }
}
