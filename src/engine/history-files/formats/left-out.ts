/**
 * Placeholders of files that an export leaves out, which become attachments that are not here: <Media omitted> and ‎image omitted of WhatsApp, [图片] of the
 * tools for WeChat and QQ, [Photo] of LINE, 사진 of KakaoTalk. Only whole lines count: within a sentence the same words are a person's.
 */
import type { AttachmentKind } from '../../../contract/domain.ts'
import { kindOf, type ParsedFile, type ParsedMessage } from '../history.ts'
import { fileOf, type TextFile } from '../source.ts'
import { FILE_WORDS, FILLER_WORDS, GONE_WORDS } from './left-out-words.ts'

type Role = AttachmentKind | 'gone' | 'filler'
const plain = (words: string): string => words.normalize('NFC').toLowerCase()
const listOf = (words: string): string[] => plain(words).split('|')

const KINDS: readonly AttachmentKind[] = ['image', 'video', 'voice', 'file']
const KIND_OF = new Map<string, AttachmentKind>(KINDS.flatMap((kind) => listOf(FILE_WORDS[kind]).map((word) => [word, kind] as const)))
const ROLES = new Map<string, Role>([
  ...listOf(FILLER_WORDS).map((word): [string, Role] => [word, 'filler']),
  ...KIND_OF,
  ...listOf(GONE_WORDS).map((word): [string, Role] => [word, 'gone'])
])
/** Scripts that are written without blanks, or with endings. */
const JOINED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}ー\s]+$/u
const alternatives = (words: readonly string[]): string =>
  words
    .toSorted((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|')
const [joined, spaced] = [[...ROLES.keys()].filter((word) => JOINED.test(word)), [...ROLES.keys()].filter((word) => !JOINED.test(word))]
const WORDS = new RegExp(`${alternatives(joined)}|(?<![\\p{L}\\p{M}])(?:${alternatives(spaced)})(?![\\p{L}\\p{M}])`, 'gu')

const LONGEST = 80
const MARKS = /[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

/** Kind of the file that words such as 'image omitted' stand for; null: other words. */
export function omittedKind(words: string): AttachmentKind | null {
  if (words.length > LONGEST) return null
  let kind: AttachmentKind | null = null
  let gone = false
  const rest = plain(words.replace(MARKS, '')).replace(WORDS, (word) => {
    const role = ROLES.get(word) ?? 'filler'
    if (role === 'gone') gone = true
    // 'GIF file' is a picture
    else if (role !== 'filler' && (kind === null || kind === 'file')) kind = role
    return ' '
  })
  return gone && /^[\s.。,、·/-]*$/u.test(rest) ? kind : null
}

/** Attachment that is not here, under the words of the app. */
export const notHere = (kind: AttachmentKind, words: string): ParsedFile => ({ kind, name: words.trim(), bytes: null, source: null, placeholder: true })

const FILE_NAME = /^[^\\/:*?"<>|\n]{1,200}\.(?=\w*[a-z])\w{1,5}$/i
/** True for a text that is the name of a file, and no sentence or address. */
export const isFileName = (text: string): boolean =>
  FILE_NAME.test(text) && !/^www\.|[.。!?？！] |^\S+\.(?:com|org|net|cn|io|de|jp|kr|fr|uk|eu|ru)$/i.test(text)

/** Brackets with a kind of file, and what may follow: a name, a duration or a size. */
const BRACKETS = /^(?:\[ ?([^[\]\n]{1,80}?) ?\]|【 ?([^【】\n]{1,80}?) ?】|［ ?([^［］\n]{1,80}?) ?］)\s*(.*)$/u
const LENGTH = /^[(（]?(?:\d{1,2}:)?\d{1,3}(?::\d{2})?(?:\.\d+)? ?(?:["”″'′]{1,2}|s|sec|secs|seconds?|秒|초|[KMG]?B)?[)）]?$/iu
/** Several pictures: 사진 3장, 写真3枚, 3张图片, 2 photos. */
const COUNTED = /^(?:(\d{1,3}) ?[张張枚장]? ?(\D+?)|(\D+?) ?(\d{1,3}) ?(?:[张張枚장]|개)?)$/u

/** Kind of file that the words name; null: other words. */
export function kindNamed(words: string): AttachmentKind | null {
  const said = plain(words.trim())
  const [, , behind, before] = COUNTED.exec(said) ?? []
  return KIND_OF.get(said) ?? KIND_OF.get((behind ?? before ?? '').trim()) ?? null
}

/** Attachment of a name, which may be beside the export. */
export const namedFile = (file: Pick<TextFile, 'media'>, kind: AttachmentKind, name: string): ParsedFile =>
  fileOf(file, name, { kind: kind === 'file' ? kindOf(name) : kind })

/** One placeholder in brackets; null: something else. */
function bracketed(text: string, file: Pick<TextFile, 'media'>): ParsedFile | null {
  const [whole, square, black, wide, behind = ''] = BRACKETS.exec(text) ?? []
  const inner = square ?? black ?? wide
  if (whole === undefined || inner === undefined) return null
  const [, label = inner, said = ''] = /^([^:：]+)[:：] ?(.+)$/.exec(inner) ?? []
  const withLength = /^(.*\D) ?(?=\d)(.+)$/u.exec(label)
  const kind = kindNamed(label) ?? omittedKind(label) ?? (withLength !== null && LENGTH.test(withLength[2] ?? '') ? kindNamed(withLength[1] ?? '') : null)
  if (kind === null) return null
  const [, name] = /^(.*?)(?:\s*[(（][^()（）]*[)）])?$/u.exec(said === '' ? behind : said) ?? []
  if (name !== undefined && isFileName(name) && (said === '' || behind === '')) return namedFile(file, kind, name)
  if (said !== '' || (behind !== '' && !LENGTH.test(behind))) return null
  return notHere(kind, behind === '' ? inner : `${inner} ${behind}`)
}

/** <Media omitted>, <사진 읽지 않음>. */
function angled(text: string): ParsedFile | null {
  const [, inner = ''] = /^[<＜]\s?([^<>＜＞\n]{2,80}?)\s?[>＞]$/u.exec(text) ?? []
  const kind = inner === '' ? null : omittedKind(inner)
  return kind === null ? null : notHere(kind, inner)
}

/** Placeholder that is a whole line: in brackets, or several of them. */
export function placeholdersOf(line: string, file: Pick<TextFile, 'media'>): ParsedFile[] | null {
  const text = line.replace(MARKS, '').trim()
  if (!/^[[【［<＜]/u.test(text)) return null
  const parts = text.split(/(?<=[\]】］])\s*(?=[[【［])/u)
  const files = parts.map((part) => bracketed(part, file) ?? angled(part))
  return files.some((file) => file === null) ? null : files.filter((file) => file !== null)
}

/** Text without the lines that are placeholders in brackets, and their files; null: it has none. */
export function withoutPlaceholders(text: string, file: Pick<TextFile, 'media'>): (Pick<ParsedMessage, 'text'> & { files: ParsedFile[] }) | null {
  if (!/[\]】］>＞]/u.test(text)) return null
  const files: ParsedFile[] = []
  const lines = text.split('\n').filter((line) => {
    const found = placeholdersOf(line, file)
    files.push(...(found ?? []))
    return found === null
  })
  return files.length === 0 ? null : { text: lines.join('\n').trim(), files }
}

/** Files in place of a text that a table has of any app; null: the text is a person's. */
export function leftOutOf(text: string, file: Pick<TextFile, 'media'>): ReturnType<typeof withoutPlaceholders> {
  const kind = omittedKind(text)
  return kind === null ? withoutPlaceholders(text, file) : { text: '', files: [notHere(kind, text.replace(MARKS, ''))] }
}

/** Content of a text that is a kind of file alone; null: it is a person's. */
export function bareOf(text: string, file: Pick<TextFile, 'media'>): ReturnType<typeof withoutPlaceholders> {
  const found = bareFile(text, file)
  return found === null ? null : { text: '', files: [found] }
}

/** A kind of file as the whole text, as some apps write it without brackets: 사진, 사진 3장, Photos; with the name behind a colon. */
export function bareFile(text: string, file: Pick<TextFile, 'media'>): ParsedFile | null {
  const said = text.replace(MARKS, '').trim()
  if (said.includes('\n') || said.length > 250) return null
  const [, label, name = ''] = /^([^:：]{1,20})[:：] ?(.+)$/u.exec(said) ?? []
  if (label !== undefined) {
    const kind = kindNamed(label)
    return kind !== null && isFileName(name) ? namedFile(file, kind, name) : null
  }
  // apps write them with a capital
  if (/^\p{Ll}/u.test(said)) return null
  const kind = kindNamed(said.replace(/^\((.+)\)$/u, '$1'))
  return kind === null || kind === 'file' ? null : notHere(kind, said)
}
