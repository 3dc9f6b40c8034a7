/** A message's text as parts to show: plain, link, marked. Pure. */
import type { Range } from '../../contract/search.ts'
import { LINK } from '../../contract/web-links.ts'
import type { Style, StyledSpan } from './message-styling.ts'

export interface TextPart {
  text: string
  /** Where it leads; http, https, xmpp, mailto and tel only. */
  href: string | null
  marked: boolean
  styles: Style[]
  /** It says how something looks, and nothing else. */
  directive: boolean
}

const MAIL = /(?<![\w.+@/:-])[\w.+-]{1,64}@(?:[a-z\d-]+\.)+[a-z]{2,24}(?![\w@-])/giu

/** Numbers as people write them: with their country, Chinese mobiles and landlines, North American ones. Others are too easily something else. */
const PHONE = /(?<![\w.+\-/=#@])(?:\+\d{1,3}[ -]?(?:\(\d{1,4}\)[ -]?)?\d(?:[ -]?\d){6,12}|1[3-9]\d(?:[ -]?\d{4}){2}|0\d{2,3}-\d{7,8}|\(\d{3}\) ?\d{3}-\d{4})(?![\w\-/=@]|\.\d)/g

interface Link {
  start: number
  end: number
  href: string
}

function linksIn(text: string): Link[] {
  const found = (pattern: RegExp, prefix: string): Link[] => [...text.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length, href: `${prefix}${match[0]}` }))
  const links = found(LINK, '')
  // an address or a number within a link is a part of it
  const within = (inner: Link, list: readonly Link[]): boolean => list.some((link) => link.start <= inner.start && inner.end <= link.end)
  const mails = [...links, ...found(MAIL, 'mailto:').filter((mail) => !within(mail, links))]
  const phones = found(PHONE, '').filter((phone) => !within(phone, mails))
  return [...mails, ...phones.map((phone) => ({ ...phone, href: `tel:${phone.href.replace(/[ ()-]/g, '')}` }))]
}

/** The first page that the text leads to, or null. */
export const firstLink = (text: string): string | null => linksIn(text).find(({ href }) => href.startsWith('https://'))?.href ?? null

/** `ranges` in UTF-16 units, in order, not overlapping; those beyond the text are cut. Only what lies between `from` and `to`. */
export function textParts(text: string, ranges: readonly Range[], spans: readonly StyledSpan[] = [], from = 0, to = text.length): TextPart[] {
  const links = linksIn(text)
  const cuts = new Set([from, to])
  for (const { start, end } of links) cuts.add(start).add(end)
  for (const { start, end } of spans) cuts.add(start).add(start + 1).add(end - 1).add(end)
  for (const [start, end] of ranges) cuts.add(Math.min(start, text.length)).add(Math.min(end, text.length))
  const points = [...cuts].filter((point) => point >= from && point <= to).sort((a, b) => a - b)
  return points.slice(1).map((end, index) => {
    const start = points[index] ?? 0
    const link = links.find((candidate) => candidate.start <= start && end <= candidate.end)
    return { text: text.slice(start, end), href: link?.href ?? null, marked: ranges.some((range) => range[0] <= start && end <= range[1]), styles: spans.flatMap((span) => (span.start <= start && end <= span.end ? [span.style] : [])), directive: spans.some((span) => end - start === 1 && (span.start === start || span.end === end)) }
  })
}

/** A line of text around its first match, short enough to show it: at most `most` units, cut at character borders. */
export function snippet(text: string, ranges: readonly Range[], most = 120): { text: string; ranges: Range[] } {
  const first = ranges[0]?.[0] ?? 0
  let start = text.length <= most || first < most / 2 ? 0 : first - Math.floor(most / 3)
  // not in the middle of a surrogate pair
  if (start > 0 && /[\udc00-\udfff]/.test(text.charAt(start))) start--
  let end = Math.min(text.length, start + most)
  if (end < text.length && /[\udc00-\udfff]/.test(text.charAt(end))) end++
  const lead = start > 0 ? '…' : ''
  const body = text.slice(start, end).replace(/[\n\r\t]/g, ' ')
  const moved = ranges.flatMap(([from, to]): Range[] => (to <= start || from >= end ? [] : [[Math.max(from, start) - start + lead.length, Math.min(to, end) - start + lead.length]]))
  return { text: `${lead}${body}${end < text.length ? '…' : ''}`, ranges: moved }
}

/**
 * One to three emoji, by the form they have (https://www.unicode.org/reports/tr51/#EBNF_and_Regex) and shown as pictures: those
 * newer than Chromium's Unicode, too. \p{RGI_Emoji}, every one by name, takes 4 MB of each window and 62 ms in Chromium.
 */
const ONLY_EMOJI = /^(?:\p{RI}{2}|[0-9#*]\uFE0F\u20E3|(?![\p{RI}0-9#*])\p{Emoji}(?:\p{EMod}|\uFE0F|[\u{E0020}-\u{E007E}]+\u{E007F}|(?<=\p{EPres}))(?:\u200D\p{Emoji}(?:\p{EMod}|\uFE0F)?)*){1,3}$/u
/** Three families with skin tones, in UTF-16 units, and spaces around them. */
const LONGEST_EMOJI = 150
/** One to three emoji and nothing else. */
export const isEmojiOnly = (text: string): boolean => text.length <= LONGEST_EMOJI && ONLY_EMOJI.test(text.trim())
