/** Single text file as a history: its format is detected by content. */
import { extname } from 'node:path'
import type { ImportFormat } from '../../contract/history-files.ts'
import type { Bytes } from './decoding.ts'
import { formatOf, matching } from './formats/all.ts'
import { probeOf, type Probe } from './formats/format.ts'
import { layoutOf, readObjects } from './formats/objects.ts'
import { readTable } from './formats/tables.ts'
import { isTelegram, readTelegram } from './formats/telegram.ts'
import { isWhatsApp, readWhatsApp } from './formats/whatsapp.ts'
import { ImportError, type ParsedHistory, type ReadOptions } from './history.ts'
import { SealBroken } from './sealed-file.ts'
import { headOf, type TextFile } from './source.ts'

/** Reads a text in the requested or detected format. */
export async function readText(file: TextFile, format: ImportFormat | null, options: ReadOptions): Promise<ParsedHistory> {
  const probe = await probeOf(file)
  const found = format !== null && PLAIN.has(format) ? matching(probe, format) : formatOf(probe, format)
  return found === null ? readAs(file, format ?? (await plainFormatOf(file, probe)), options, probe) : found.read(file, options)
}
/** Fallback formats, recognized by exclusion: tried last. */
const PLAIN: ReadonlySet<ImportFormat> = new Set(['whatsapp', 'telegram', 'slack', 'csv', 'tsv', 'json', 'jsonl'])

export function readAs(file: TextFile, format: ImportFormat, options: ReadOptions, probe: Probe): Promise<ParsedHistory> {
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
      return readObjects(file, options, format === 'jsonl' ? { kind: 'lines' } : (layoutOf(probe) ?? { kind: 'list' }))
    default:
      throw new ImportError(file.file, null, `this is not a file of ${format}`, 'other-format')
  }
}

/** Signatures of non-text files, and their names. */
const NO_TEXTS: [RegExp, string][] = [
  [/^%PDF-/, 'a PDF'],
  [/^(?:Rar!|7z\xbc\xaf)/, 'an archive that has to be unpacked first, or packed as .zip'],
  [/^\xff\xd8\xff|^\x89PNG|^GIF8|^RIFF|^....ftyp|^OggS|^ID3/s, 'a picture, video or sound'],
  [/^MZ|^\x7fELF/, 'a program']
]
/** Characters that are rare in texts. */
const NO_LETTERS = /[\0-\x08\x0e-\x1a\x1c-\x1e\x7f-\x84\x86-\x9f\ufffd]/g
/** Page or XML of an unknown format. */
const PAGE = /^<(?:!doctype html|html|head|body|\?xml)\b/i
/** Throws ImportError if these bytes cannot begin a text. */
export function refuseOthers(file: string, first: Buffer): void {
  const what = NO_TEXTS.find(([signature]) => signature.test(first.toString('latin1')))
  if (what !== undefined) throw new ImportError(file, null, `this is ${what[1]}, not a history`, 'other-format')
}

export async function plainFormatOf(file: TextFile, probe: Probe): Promise<ImportFormat> {
  const extension = extname(file.file.replace(/\.gz$/i, '')).toLowerCase()
  const head = (await headOf(file)).replace(/\0+/g, '').trimStart()
  if (head === '') throw new ImportError(file.file, null, 'there is nothing in it', 'empty')
  if ((head.match(NO_LETTERS) ?? []).length * 50 > head.length)
    throw new ImportError(file.file, null, 'this is no text, nor a database or archive that Mnemo knows', 'other-format')
  if (PAGE.test(head))
    throw new ImportError(
      file.file,
      null,
      /class="page_wrap"/.test(head)
        ? "this is Telegram's export for reading; export it anew with the format JSON"
        : 'this is a page, or XML, of no app that Mnemo knows',
      'other-format'
    )
  const [line = ''] = head.split(/\r\n?|\n/)
  if (extension === '.jsonl' || extension === '.ndjson') return 'jsonl'
  if (probe.shape !== null) {
    if (probe.head.startsWith('[') && (extension === '.json' || /^\[\s*(?:\{|\]|\[|$)/.test(probe.head))) return 'json'
    if (!isTelegram(probe)) {
      const layout = layoutOf(probe)
      if (layout !== null) return layout.kind === 'lines' ? 'jsonl' : 'json'
    }
    if (probe.head.startsWith('{')) return 'telegram'
  }
  if (extension === '.json') return 'telegram'
  if (extension === '.csv') return 'csv'
  if (extension === '.tsv') return 'tsv'
  if (isWhatsApp(head)) return 'whatsapp'
  return line.includes('\t') ? 'tsv' : 'csv'
}

/** File name without the extension. */
export const nameOf = (file: string): string => {
  const plain = file.replace(/\.gz$/i, '')
  return plain.slice(0, plain.length - extname(plain).length) || plain
}

/** First error of unpacking, by file. */
export type Damage = Map<string, string>

/** Bytes up to the point where unpacking fails. */
export const asFarAsPossible = (bytes: Bytes, file: string, damage: Damage): Bytes =>
  async function* () {
    try {
      yield* bytes()
    } catch (error) {
      if (!isDamage(error)) throw error
      if (!damage.has(file)) damage.set(file, (error as Error).message)
    }
  }
/** True for errors of a file's content. */
export const isDamage = (error: unknown): boolean =>
  error instanceof Error &&
  (error instanceof SealBroken ||
    /^(?:Z_|ERR_ZLIB)/.test('code' in error ? String(error.code) : '') ||
    /^(?:too (?:many|few) bytes|invalid (?:local file header|stored))|not enough bytes|unexpected EOF/i.test(error.message))
