/** Exports of many files in an archive or folder: each is read in its own format, and together they are one history. */
import { basename, dirname } from 'node:path'
import type { ImportFormat } from '../../contract/history-files.ts'
import type { Archive } from './archive.ts'
import { formatOf } from './formats/all.ts'
import { probeOf, type Format, type Probe } from './formats/format.ts'
import { ImportError, type ConversationHead, type ParsedHistory, type ReadOptions, type Sink } from './history.ts'
import type { TextFile } from './source.ts'

/** Files with information about those beside them. */
export const COMPANIONS = ['group_info.json', 'realm.json']
export const TEXTS = /\.(?:txt|jsonl?|ndjson|html?|csv|tsv|log|mht|mhtml|xml|chatlog|history|weechatlog)$/i

/** Parsed JSON; undefined if invalid. */
export function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

/** File of an archive with its format. */
export interface Part {
  path: string
  file: TextFile
  format: Pick<Format, 'name' | 'read'>
}

/** Files of an archive that may hold messages, in numerical order. */
export function textsIn(archive: Archive): string[] {
  const order = new Intl.Collator('en', { numeric: true })
  return [...archive.entries.keys()]
    .filter((path) => TEXTS.test(path) && !path.startsWith('__MACOSX/') && !COMPANIONS.includes(basename(path)))
    .sort((a, b) => order.compare(a, b))
}

/** Files in multi-file formats. `others`: formats tried last. */
export async function partsIn(
  paths: readonly string[],
  open: (path: string) => Promise<TextFile>,
  wanted: ImportFormat | null,
  others: readonly Format[]
): Promise<{ parts: Part[]; rest: { path: string; file: TextFile; probe: Probe }[] }> {
  const parts: Part[] = []
  const rest: { path: string; file: TextFile; probe: Probe }[] = []
  for (const path of paths) {
    const file = await open(path)
    const probe = await probeOf(file)
    const format = formatOf(probe) ?? others.find((one) => one.matches(probe)) ?? null
    if (format === null) rest.push({ path, file, probe })
    else if (wanted === null || format.name === wanted) parts.push({ path, file, format })
  }
  return { parts, rest }
}

/** Opened part of an archive. */
export interface OpenPart {
  path: string
  /** Reader of the part: parts of one app may have several. */
  kind: unknown
  /** Path in messages to the user. */
  file: string
  /** Scope within which conversations of the same name are one, for formats without ids. */
  place: string
  history: ParsedHistory
}

/** Opens parts; unreadable ones are reported. */
export async function openParts(parts: readonly Part[], options: ReadOptions): Promise<{ opened: OpenPart[]; failed: ImportError[] }> {
  const opened: OpenPart[] = []
  const failed: ImportError[] = []
  for (const { path, file, format } of parts) {
    try {
      opened.push({ path, kind: format, file: file.file, place: `${dirname(path)}\n${format.name}`, history: await format.read(file, options) })
    } catch (error) {
      if (!(error instanceof ImportError)) throw error
      failed.push(error)
    }
  }
  return { opened, failed }
}

/** Joins several histories of one app or more: with people and order of dates if they agree. `failed`: sentences on parts that could not be opened. */
export function joined(first: ParsedHistory, parts: readonly OpenPart[], failed: readonly string[]): ParsedHistory {
  const histories = parts.map(({ history }) => history)
  const owners = new Set(histories.map(({ self }) => self).filter((self) => self !== null))
  const orders = histories.map(({ order }) => order).filter((order) => order !== null)
  const mixed = new Set(histories.map(({ format }) => format)).size > 1
  // a conversation without an id continues in the next file of the same place; the same in every pass
  const heads = new Map<string, ConversationHead>()
  return {
    format: first.format,
    self: owners.size === 1 ? ([...owners][0] ?? null) : null,
    encoding: histories.map(({ encoding }) => encoding).find((encoding) => encoding !== null && !encoding.sure) ?? first.encoding,
    order: orders.find(({ sure }) => !sure) ?? orders[0] ?? null,
    columns: null,
    async read(sink) {
      for (const line of failed) sink.unread('file', line)
      for (const { file, place, history } of parts) {
        let found = 0
        const part: Sink = {
          conversation(head) {
            const key = head.id === null ? `${place}\n${head.name}` : `${history.format}\n\n${head.id}`
            let known = heads.get(key)
            if (known === undefined) heads.set(key, (known = mixed ? { ...head, format: history.format } : head))
            sink.conversation(known)
          },
          message(message) {
            found++
            sink.message(message)
          },
          notice() {
            found++
            sink.notice()
          },
          unread(kind, line) {
            found++
            sink.unread(kind, kind === 'cut' || kind === 'broken' ? `${file}, ${line}` : line)
          },
          rest: () => sink.rest()
        }
        try {
          await history.read(part)
          if (found === 0) sink.unread('other', file)
        } catch (error) {
          if (!(error instanceof ImportError)) throw error
          sink.unread('file', error.message)
        }
      }
    }
  }
}
