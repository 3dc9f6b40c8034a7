/** A message's text as parts to show: plain, linked, marked. Pure. */
import type { Range } from '../../contract/search.ts'
import { LINK } from '../../contract/web-links.ts'
import { styledBlocks, type Style, type StyledBlock, type StyledSpan } from './message-styling.ts'

export interface TextPart {
  text: string
  /** Target of the link; http, https, xmpp, mailto and tel only. */
  href: string | null
  marked: boolean
  styles: Style[]
  /** The part is a styling directive only. */
  directive: boolean
}

const MAIL = /(?<![\w.+@/:-])[\w.+-]{1,64}@(?:[a-z\d-]+\.)+[a-z]{2,24}(?![\w@-])/giu

/**
 * Phone numbers in common notations: international, Chinese mobile and landline, North American. Other digits too easily mean
 * something else.
 */
const PHONE =
  /(?<![\w.+\-/=#@])(?:\+\d{1,3}[ -]?(?:\(\d{1,4}\)[ -]?)?\d(?:[ -]?\d){6,12}|1[3-9]\d(?:[ -]?\d{4}){2}|0\d{2,3}-\d{7,8}|\(\d{3}\) ?\d{3}-\d{4})(?![\w\-/=@]|\.\d)/g

interface Link {
  start: number
  end: number
  href: string
}

/** Links in order, none within another. */
function linksIn(text: string): Link[] {
  const found = (pattern: RegExp, prefix: string): Link[] =>
    [...text.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length, href: `${prefix}${match[0]}` }))
  const mails = merged(found(LINK, ''), found(MAIL, 'mailto:'))
  const phones = found(PHONE, '').map((phone) => ({ ...phone, href: `tel:${phone.href.replace(/[ ()-]/g, '')}` }))
  return merged(mails, phones)
}

/** Merges two ordered lists of links; an address or number that overlaps a link is dropped as a part of it. */
function merged(links: readonly Link[], others: readonly Link[]): Link[] {
  const all: Link[] = []
  let at = 0
  for (const other of others) {
    for (let link = links[at]; link !== undefined && link.start < other.end; link = links[++at]) all.push(link)
    if ((all.at(-1)?.end ?? 0) <= other.start) all.push(other)
  }
  return [...all, ...links.slice(at)]
}

/** First https link in the text, or null. */
export const firstLink = (text: string): string | null => linksIn(text).find(({ href }) => href.startsWith('https://'))?.href ?? null

/**
 * Cuts sections of a text into parts, in one pass: sections must be requested in order. `ranges` in UTF-16 units, in order,
 * not overlapping; `spans` ordered by start, nested or disjoint.
 */
export function partsOf(text: string, ranges: readonly Range[], spans: readonly StyledSpan[]): (from: number, to: number) => TextPart[] {
  const links = linksIn(text)
  const cuts = new Set<number>()
  for (const { start, end } of links) cuts.add(start).add(end)
  for (const { start, end } of spans)
    cuts
      .add(start)
      .add(start + 1)
      .add(end - 1)
      .add(end)
  for (const [start, end] of ranges) cuts.add(Math.min(start, text.length)).add(Math.min(end, text.length))
  const points = [...cuts].sort((a, b) => a - b)
  let point = 0
  let link = 0
  let range = 0
  let span = 0
  /** Spans that enclose the current offset, outermost first. */
  let around: StyledSpan[] = []

  function part(start: number, end: number): TextPart {
    while ((links[link]?.end ?? Infinity) <= start) link++
    while ((ranges[range]?.[1] ?? Infinity) <= start) range++
    around = around.filter((one) => one.end > start)
    for (let next = spans[span]; next !== undefined && next.start <= start; next = spans[++span]) if (next.end > start) around.push(next)
    const [linked, marked] = [links[link], ranges[range]]
    const styled = around.filter((one) => end <= one.end)
    return {
      text: text.slice(start, end),
      href: linked !== undefined && linked.start <= start && end <= linked.end ? linked.href : null,
      marked: marked !== undefined && marked[0] <= start && end <= marked[1],
      styles: styled.map(({ style }) => style),
      directive: end - start === 1 && styled.some((one) => one.start === start || one.end === end)
    }
  }

  return (from, to) => {
    const parts: TextPart[] = []
    while ((points[point] ?? Infinity) <= from) point++
    let start = from
    for (let next = points[point]; next !== undefined && next < to; next = points[++point]) {
      parts.push(part(start, next))
      start = next
    }
    if (start < to) parts.push(part(start, to))
    return parts
  }
}

/** A whole text as parts; see partsOf. */
export const textParts = (text: string, ranges: readonly Range[], spans: readonly StyledSpan[] = []): TextPart[] => partsOf(text, ranges, spans)(0, text.length)

/** Parts of each line of each block. */
export function linesOfBlocks(text: string, ranges: readonly Range[], blocks: readonly StyledBlock[]): TextPart[][][] {
  const parts = partsOf(
    text,
    ranges,
    blocks.flatMap(({ spans }) => spans)
  )
  return blocks.map(({ lines }) => lines.map(({ start, end }) => parts(start, end)))
}

/** Longest text whose directives are removed, in UTF-16 units; longer ones are shortened as written. */
const LONGEST_STYLED = 4000

/** A styled text without its directives (XEP-0393), on one line. `ranges` in order. */
export function plainText(text: string, ranges: readonly Range[]): { text: string; ranges: Range[] } {
  if (text.length > LONGEST_STYLED) return { text, ranges: [...ranges] }
  let plain = ''
  const marked: Range[] = []
  for (const line of linesOfBlocks(text, ranges, styledBlocks(text)).flat()) {
    if (plain !== '') plain += ' '
    for (const part of line) {
      if (part.directive) continue
      if (part.marked) marked.push([plain.length, plain.length + part.text.length])
      plain += part.text
    }
  }
  return { text: plain, ranges: marked }
}

/** Excerpt of a text around its first match: at most `most` UTF-16 units, cut at character borders. */
export function snippet(text: string, ranges: readonly Range[], most = 120): { text: string; ranges: Range[] } {
  const first = ranges[0]?.[0] ?? 0
  let start = text.length <= most || first < most / 2 ? 0 : first - Math.floor(most / 3)
  // do not cut a surrogate pair
  if (start > 0 && /[\udc00-\udfff]/.test(text.charAt(start))) start--
  let end = Math.min(text.length, start + most)
  if (end < text.length && /[\udc00-\udfff]/.test(text.charAt(end))) end++
  const lead = start > 0 ? '…' : ''
  const body = text.slice(start, end).replace(/[\n\r\t]/g, ' ')
  const moved = ranges.flatMap(([from, to]): Range[] =>
    to <= start || from >= end ? [] : [[Math.max(from, start) - start + lead.length, Math.min(to, end) - start + lead.length]]
  )
  return { text: `${lead}${body}${end < text.length ? '…' : ''}`, ranges: moved }
}

/**
 * One to three emoji, matched by form (https://www.unicode.org/reports/tr51/#EBNF_and_Regex) and emoji presentation, which
 * includes emoji newer than Chromium's Unicode. \p{RGI_Emoji}, which lists each one, takes 4 MB per window and 62 ms in
 * Chromium.
 */
const ONLY_EMOJI =
  /^(?:\p{RI}{2}|[0-9#*]\uFE0F\u20E3|(?![\p{RI}0-9#*])\p{Emoji}(?:\p{EMod}|\uFE0F|[\u{E0020}-\u{E007E}]+\u{E007F}|(?<=\p{EPres}))(?:\u200D\p{Emoji}(?:\p{EMod}|\uFE0F)?)*){1,3}$/u
/** Length of three families with skin tones, in UTF-16 units, with spaces around them. */
const LONGEST_EMOJI = 150
/** Whether a text consists of one to three emoji. */
export const isEmojiOnly = (text: string): boolean => text.length <= LONGEST_EMOJI && ONLY_EMOJI.test(text.trim())
