/**
 * Decodes the bytes of a history file: UTF-8 if all of it is valid, UTF-16 in either order, otherwise the result of a detector for the encodings of phones
 * and tables. The user sees the assumption and can change it.
 */
import { isAscii, isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'

/** Reads the same bytes again from their start. */
export type Bytes = () => AsyncIterable<Buffer>

export interface Encoding {
  /** Name in ENCODINGS. */
  name: EncodingName
  /** True unless another encoding is possible and nearly as likely. */
  sure: boolean
  /** A few lines with non-ASCII characters, decoded. */
  sample: string
  /** Invalid bytes (UTF-8) or characters (others); decoded as U+FFFD. */
  damaged: number
}

export const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'gb18030',
  'big5',
  'shift_jis',
  'euc-jp',
  'euc-kr',
  'windows-1250',
  'windows-1251',
  'windows-1252',
  'windows-1253',
  'windows-1254',
  'windows-1255',
  'windows-1256',
  'windows-1257',
  'windows-1258',
  'windows-874',
  'koi8-r',
  'koi8-u',
  'cp866',
  'iso-8859-2',
  'iso-8859-5',
  'iso-8859-6',
  'macintosh'
] as const
export type EncodingName = (typeof ENCODINGS)[number]

/** Encodings by the detector's names for them. */
const DETECTED: Record<string, EncodingName> = {
  gb18030: 'gb18030',
  big5: 'big5',
  shift_jis: 'shift_jis',
  cp932: 'shift_jis',
  'euc-jp': 'euc-jp',
  cp949: 'euc-kr',
  'euc-kr': 'euc-kr',
  'koi8-r': 'koi8-r',
  'koi8-u': 'koi8-u',
  cp874: 'windows-874',
  'tis-620': 'windows-874',
  ...Object.fromEntries(
    ['0', '1', '2', '3', '4', '5', '6', '7', '8'].flatMap((last) => [
      [`windows-125${last}`, `windows-125${last}`],
      [`cp125${last}`, `windows-125${last}`]
    ])
  ),
  cp866: 'cp866',
  ibm866: 'cp866',
  'iso-8859-2': 'iso-8859-2',
  'iso-8859-5': 'iso-8859-5',
  'iso-8859-6': 'iso-8859-6',
  macroman: 'macintosh'
}
/** Single-byte encodings, the usual ones first: of two with the same result the first is taken. */
const SINGLE: readonly EncodingName[] = [
  'windows-1252',
  'windows-1251',
  'windows-1250',
  'windows-1254',
  'windows-1253',
  'windows-1255',
  'windows-1256',
  'windows-1257',
  'windows-1258',
  'windows-874',
  'koi8-r',
  'koi8-u',
  'cp866',
  'iso-8859-2',
  'iso-8859-5',
  'iso-8859-6',
  'macintosh'
]
/** Score of an encoding that the detector does not name. */
const UNNAMED = 0.01
/** Limits of the detection: bytes read, and non-ASCII bytes that suffice. */
const LOOKED_AT = 64_000_000
const ENOUGH = 60_000
/** Bytes that are searched for samples at once, and the most of them without a border between characters. */
const SAMPLED = 64_000
const LONGEST_SAMPLED = 4_000_000
/** Length of the beginning that shows UTF-16, bytes. */
const HEAD = 4096
const SAMPLE_LINES = 5
const LONGEST_LINE = 160
/** Share of valid UTF-8 among non-ASCII bytes above which the rest counts as damage. */
const MOSTLY = 0.9
/** Letters of Chinese, Japanese or Korean below which a text says nothing for sure. */
const FEW_LETTERS = 12
/** Factor by which the best score must exceed the next one to be sure. */
const CLEARLY = 1.8

/** Detects the encoding, or uses the `chosen` one. Keeps nothing but samples of the bytes. */
export async function encodingOf(bytes: Bytes, chosen: EncodingName | null): Promise<Encoding> {
  let utf8 = true
  let size = 0
  let told = 0
  let head: Buffer = Buffer.alloc(0)
  let right = 0
  let wrong = 0
  const telling: Buffer[] = []
  const check = (part: Buffer): void => {
    if (isAscii(part)) return
    const good = isUtf8(part)
    if (!good) utf8 = false
    if (good && right >= ENOUGH) return
    const counted = countUtf8(part)
    right += counted.right
    wrong += counted.wrong
  }
  /** Bytes that are not looked at for samples yet. */
  let waiting: Buffer[] = []
  let waitingLength = 0
  const sample = (last: boolean): void => {
    const whole = Buffer.concat(waiting)
    // no character is cut
    const end = last ? whole.length : whole.findLastIndex((byte) => byte < BORDER) + 1
    waiting = [whole.subarray(end)]
    waitingLength = whole.length - end
    const lines = notAscii(whole.subarray(0, end), ENOUGH - told)
    if (lines.length > 0) telling.push(lines)
    told += lines.length
  }
  /** Bytes of a character that goes on in the next chunk. */
  let open: Buffer = Buffer.alloc(0)
  for await (const chunk of bytes()) {
    if (head.length < HEAD) head = Buffer.concat([head, chunk.subarray(0, HEAD - head.length)])
    if (told < ENOUGH && (waitingLength > 0 || !isAscii(chunk))) {
      waiting.push(chunk)
      waitingLength += chunk.length
      if (waitingLength >= SAMPLED) sample(waitingLength >= LONGEST_SAMPLED)
    }
    size += chunk.length
    const missing = open.length === 0 ? 0 : lengthOf(open[0] ?? 0) - open.length
    if (chunk.length < missing) {
      open = Buffer.concat([open, chunk])
      continue
    }
    if (missing > 0) check(Buffer.concat([open, chunk.subarray(0, missing)]))
    const rest = chunk.subarray(missing)
    const tail = openTail(rest)
    check(rest.subarray(0, rest.length - tail))
    open = Buffer.from(rest.subarray(rest.length - tail))
    if (size > LOOKED_AT && !utf8) break
  }
  if (told < ENOUGH && waitingLength > 0) sample(true)
  // a UTF-8 file cut within a character is still UTF-8
  if (open.length > 0 && right === 0) utf8 = false
  if (open.length > 0) wrong += open.length
  const looked = Buffer.concat(telling)
  const tell = (name: EncodingName, sure: boolean): Encoding => {
    const text = decode(looked.length === 0 || name.startsWith('utf-16') ? head.subarray(0, 4000) : looked, name)
    return { name, sure, sample: sampleOf(text), damaged: name === 'utf-8' ? wrong : text.split('\ufffd').length - 1 }
  }
  if (chosen !== null) return tell(chosen, true)
  if (head[0] === 0xff && head[1] === 0xfe) return tell('utf-16le', true)
  if (head[0] === 0xfe && head[1] === 0xff) return tell('utf-16be', true)
  const wide = inPairs(head)
  if (wide !== null) return tell(wide, true)
  if (utf8) return tell('utf-8', true)
  if (right > 0 && right / (right + wrong) >= MOSTLY) return tell('utf-8', false)
  const { name, sure } = await detect(looked)
  return tell(name, sure)
}

/** Encoding of an archive's file names without the UTF-8 flag: UTF-8 if valid, otherwise detected over all names, or the default of .zip (APPNOTE D.1). */
export async function nameEncodingOf(names: readonly Buffer[]): Promise<EncodingName | 'cp437'> {
  const strange = names.filter((name) => name.some((byte) => byte >= 0x80))
  if (strange.length === 0 || strange.every((name) => isUtf8(name))) return 'utf-8'
  const { name } = await detect(Buffer.concat(strange.flatMap((one) => [one, Buffer.from('\n')])))
  return WIDE.has(name) ? name : 'cp437'
}
const WIDE: ReadonlySet<EncodingName> = new Set(['gb18030', 'big5', 'shift_jis', 'euc-jp', 'euc-kr'])

/** Text in pieces, without a byte order mark. */
export async function* decoded(bytes: Bytes, name: EncodingName): AsyncIterable<string> {
  if (name === 'utf-8') {
    const decoder = new TextDecoder('utf-8')
    for await (const chunk of bytes()) yield decoder.decode(chunk, { stream: true })
    yield decoder.decode()
    return
  }
  const decoder = iconv.getDecoder(name)
  for await (const chunk of bytes()) yield decoder.write(chunk)
  yield decoder.end() ?? ''
}

/** Decodes a whole text. */
export const decode = (bytes: Buffer, name: EncodingName | 'cp437'): string => iconv.decode(bytes, name).replace(/^\ufeff/, '')

/** Length of a UTF-8 character by its first byte. */
const lengthOf = (first: number): number => (first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1)
/** Number of bytes of an incomplete UTF-8 character at the end. */
function openTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    return lengthOf(byte) > back ? back : 0
  }
  return 0
}

/** Bytes below this are no part of a longer character in any encoding but UTF-16. */
const BORDER = 0x30
/** Lines with non-ASCII characters, up to `most` bytes. */
function notAscii(bytes: Buffer, most: number): Buffer {
  const parts: Buffer[] = []
  let length = 0
  for (let from = 0; from < bytes.length && length < most;) {
    const found = bytes.indexOf(10, from)
    const end = found < 0 ? bytes.length : found + 1
    const line = bytes.subarray(from, Math.min(end, from + most))
    if (line.some((byte) => byte >= 0x80)) {
      parts.push(line)
      length += line.length
    }
    from = end
  }
  return Buffer.concat(parts)
}

/** Counts of valid UTF-8 sequences above ASCII, and of invalid bytes. */
function countUtf8(bytes: Buffer): { right: number; wrong: number } {
  let right = 0
  let wrong = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0
    if (byte < 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 0
    let whole = length > 0
    for (let k = 1; k < length && whole; k++) whole = ((bytes[i + k] ?? 0) & 0xc0) === 0x80
    if (whole) {
      right++
      i += length - 1
    } else wrong++
  }
  return { right, wrong }
}

/** UTF-16 without a byte order mark: every other byte of its ASCII characters is zero. */
function inPairs(bytes: Buffer): 'utf-16le' | 'utf-16be' | null {
  const zeros = [0, 0]
  for (let i = 0; i < Math.min(bytes.length, 4096); i++) if (bytes[i] === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  if (even + odd < Math.max(2, Math.min(bytes.length, 4096) / 50)) return null
  return odd > even * 4 ? 'utf-16le' : even > odd * 4 ? 'utf-16be' : null
}

async function detect(bytes: Buffer): Promise<{ name: EncodingName; sure: boolean }> {
  const { detectAll } = await import('jschardet')
  const found = detectAll(bytes, { minimumThreshold: 0, detectEncodings: Object.keys(DETECTED) })
  const named = new Map<EncodingName, number>()
  for (const { encoding, confidence } of found) {
    const name = DETECTED[encoding?.toLowerCase() ?? '']
    if (name !== undefined) named.set(name, Math.max(named.get(name) ?? 0, confidence))
  }
  const likely = new Map<EncodingName, { share: number; text: string }>()
  for (const name of new Set([...SINGLE, ...WIDE, ...named.keys()])) {
    const text = decode(bytes, name)
    const share = ((named.get(name) ?? 0) + UNNAMED) * sense(text) * (SINGLE.includes(name) ? readable(text) : usual(text, name))
    if (share > 0) likely.set(name, { share, text })
  }
  const [first, ...others] = [...likely].sort(([, a], [, b]) => b.share - a.share)
  if (first === undefined) return { name: 'windows-1252', sure: false }
  const [name, { share, text }] = first
  const second = others.find(([, other]) => other.text !== text)
  const letters = text.match(/(?=[^\x00-\x7f])\p{L}/gu)?.length ?? 0
  return { name, sure: (letters >= FEW_LETTERS || !WIDE.has(name)) && share > (second?.[1].share ?? 0) * CLEARLY }
}

/** Plausibility of a text, 0 to 1: words do not mix alphabets, and symbols are rarer than letters. */
function sense(text: string): number {
  const strange = text.match(/[^\x00-\x7f]/gu) ?? []
  if (strange.length === 0) return 0
  const broken = strange.filter((one) => /[\ufffd\u0080-\u009f\p{Co}\p{Cn}]/u.test(one)).length
  if (broken > 0) return broken * 50 > strange.length ? 0 : 0.3
  const signs = strange.filter((one) => !/[\p{L}\p{M}\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u.test(one)).length
  const mixed = (
    text.match(
      /\p{Script=Latin}(?=[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Thai}])|[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Thai}](?=\p{Script=Latin})/gu
    ) ?? []
  ).length
  return (signs * 2 > strange.length ? 0.5 : 1) * (mixed * 5 > strange.length ? 0.2 : 1)
}

/** Most frequent syllables of Korean texts. */
const SYLLABLES =
  '이다는에의가을하고지를로은기사어아리나시자대한해서그라있수도일인게정으들면보여부전제마니요네안만것거세주오상성장했습까죠구저알겠은잘우무진원할신동경응ㅋㅎㅠㅜ'
/** Plausibility of a text in Chinese, Japanese or Korean, 0 to 1: by its common characters. */
function usual(text: string, name: EncodingName): number {
  const letters = text.match(/(?=[^\x00-\x7f])[\p{L}\p{M}\uff65-\uff9f]/gu) ?? []
  if (letters.length === 0) return 0
  const shareOf = (test: (letter: string) => boolean): number => letters.filter(test).length / letters.length
  if (name === 'euc-kr') {
    // hardly any Chinese characters are among them today
    const mixed = shareOf((letter) => /\p{Script=Han}/u.test(letter)) > 0.1 ? 0.3 : 1
    return mixed * Math.max(0.05, Math.min(1, shareOf((letter) => SYLLABLES.includes(letter)) / 0.35))
  }
  if (name === 'shift_jis' || name === 'euc-jp')
    return Math.min(1, 0.4 + shareOf((letter) => /[\p{Script=Hiragana}\p{Script=Katakana}ｰﾞﾟー]/u.test(letter)) * 2)
  // the common ones come first in both tables: GB 2312 level 1, Big5 level 1
  const [encoding, first, last] = name === 'big5' ? ['big5', 0xa4, 0xc6] : ['gbk', 0xb0, 0xd7]
  const isCommon = (letter: string): boolean => {
    const [lead = 0, trail = 0] = iconv.encode(letter, encoding)
    return lead >= first && lead <= last && (name === 'big5' || trail >= 0xa1)
  }
  // rare characters are in names
  return Math.max(0.05, Math.min(1, shareOf(isCommon) / 0.6))
}

/** Non-ASCII letters of the languages with single-byte encodings (CLDR, exemplars). */
const ALPHABETS = [
  'àâæçéèêëîïôœùûüÿ',
  'äöüß',
  'áéíñóúü',
  'àáâãçéêíóôõúü',
  'àèéìíîòóùú',
  'ąćęłńóśźż',
  'áäčďéíĺľňóôŕšťúýž',
  'áčďéěíňóřšťúůýž',
  'áéíóöőúüű',
  'âăîșțşţ',
  'âçğıîöşûü\u0307',
  'ąčęėįšųūž',
  'āčēģīķļņšūž',
  'äõöüšž',
  'åäöæøéü',
  'áæéíðóöúýþ',
  'čćđšž',
  'àçèéíïòóúü·',
  'ëïéèöüáóíê',
  'çë',
  'àáâãăđèéêìíòóôõơùúưý\u0300\u0301\u0303\u0309\u0323'
]
/** Scripts of one alphabet, and their most frequent letters. */
const SCRIPTS: readonly [RegExp, string][] = [
  [/\p{Script=Cyrillic}/u, 'оеаинтсрвлкмдпуі'],
  [/\p{Script=Greek}/u, 'αοιετσνηυρπκμλςάίόέή'],
  [/[\u05d0-\u05ea]/u, 'יוהלאמרתבשנפכד'],
  [/[\u0621-\u064aپچژگیک]/u, 'اليمنورتبهدةكعفسحقى'],
  [/\p{Script=Thai}/u, 'านรอกเงมยลวดทตสปบพหค่้ีัิไะ็์แ']
]
/** Symbols that are common in texts. */
const SIGNS = /[’‘“”„«»–—…¿¡°€£§·•№™©®´\u00a0]/u

/** Plausibility of a single-byte text in some language, 0 to 1: by its letters, their frequency and the position of capitals. */
function readable(text: string): number {
  const strange = text.match(/[^\x00-\x7f]/gu) ?? []
  const letters = strange.filter((one) => /[\p{L}\p{M}]/u.test(one))
  if (letters.length === 0) return 0
  const shareOf = (test: (letter: string) => boolean): number => letters.filter(test).length / letters.length
  // other symbols are rare, and capitals are at the start of words
  const signs = strange.filter((one) => !/[\p{L}\p{M}]/u.test(one) && !SIGNS.test(one)).length / strange.length
  const capitals = (text.match(/\p{Ll}(?=\p{Lu})/gu) ?? []).length / letters.length
  const order = (capitals > 0.08 ? 0.3 : 1) * Math.max(0, 1 - 2 * signs)
  for (const [script, common] of SCRIPTS) {
    const share = shareOf((letter) => script.test(letter))
    if (share > 0.5) return order * share ** 2 * Math.min(1, shareOf((letter) => common.includes(letter.toLowerCase())) / 0.65) ** 2
  }
  const lower = letters.flatMap((letter) => [...letter.toLowerCase()].filter((one) => one > '\x7f'))
  const covered = Math.max(...ALPHABETS.map((alphabet) => lower.filter((letter) => alphabet.includes(letter)).length)) / lower.length
  // in Latin languages non-ASCII letters are among ASCII letters
  const among = (text.match(/[a-z\p{M}][^\x00-\x7f]|[^\x00-\x7f][a-z\p{M}]/giu) ?? []).length / letters.length
  return order * covered ** 2 * Math.min(1, among / 0.5)
}

const sampleOf = (text: string): string =>
  text
    .split(/\r?\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(0, SAMPLE_LINES)
    .map((line) => line.slice(0, LONGEST_LINE))
    .join('\n')
