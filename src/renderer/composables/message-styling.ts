/** XEP-0393 Message Styling: spans and blocks of a text. Offsets in UTF-16 units. Pure. */

export const STYLES = { '*': 'strong', _: 'emphasis', '~': 'strike', '`': 'code' } as const
export type Style = (typeof STYLES)[keyof typeof STYLES]

export interface StyledSpan {
  /** Start and end include the directives. */
  start: number
  end: number
  style: Style
}

export interface StyledBlock {
  kind: 'plain' | 'quote' | 'pre'
  /** Depth of a quotation; otherwise 0. */
  depth: number
  /** Lines to show, without the characters that mark the block. */
  lines: { start: number; end: number }[]
  spans: StyledSpan[]
}

/** Deepest level of quotation with a look of its own. */
const DEEPEST = 4

const isDirective = (character: string | undefined): character is keyof typeof STYLES => character !== undefined && character in STYLES
const isSpace = (character: string | undefined): boolean => character === undefined || /\s/.test(character)
/**
 * Borders of words: spaces, and CJK and full-width punctuation, since Chinese and Japanese write no spaces around
 * punctuation.
 */
const isBorder = (character: string | undefined): boolean =>
  isSpace(character) || /[\u3001-\u301f\u30fb\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\u2014\u2018-\u201f\u2026]/.test(character ?? '')

/** Offsets in a line at which a directive may close a span, ascending, by directive. */
type Closers = Record<keyof typeof STYLES, number[]>

function closersIn(text: string, from: number, to: number): Closers {
  const closers: Closers = { '*': [], _: [], '~': [], '`': [] }
  for (let at = from + 1; at < to; at++) {
    const directive = text[at]
    if (isDirective(directive) && !isSpace(text[at - 1])) closers[directive].push(at)
  }
  return closers
}

/** First of the sorted `places` that is at or after `from`. */
function firstFrom(places: readonly number[], from: number): number | undefined {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((places[middle] ?? Infinity) < from) low = middle + 1
    else high = middle
  }
  return places[low]
}

/**
 * Finds spans (section 6): an opening directive begins a line or follows a space, CJK punctuation or another opening
 * directive; the nearest possible closing directive ends the span.
 */
function spansOf(text: string, from: number, to: number, closers: Closers, into: StyledSpan[]): void {
  for (let at = from; at < to; at++) {
    const directive = text[at]
    if (!isDirective(directive) || at + 1 >= to || isSpace(text[at + 1])) continue
    const before = at === from ? undefined : text[at - 1]
    if (!isBorder(before) && !(isDirective(before) && before !== directive)) continue
    // two directives with nothing between them are no span
    const end = text[at + 1] === directive ? undefined : firstFrom(closers[directive], at + 2)
    if (end === undefined || end >= to) continue
    into.push({ start: at, end: end + 1, style: STYLES[directive] })
    if (directive !== '`') spansOf(text, at + 1, end, closers, into)
    at = end
  }
}

/** Splits a text into blocks, in order (section 5). */
export function styledBlocks(text: string): StyledBlock[] {
  const blocks: StyledBlock[] = []
  let fenced = false
  for (let start = 0, end: number; start <= text.length; start = end + 1) {
    end = text.indexOf('\n', start)
    if (end < 0) end = text.length
    const line = text.slice(start, end)
    const before = blocks.at(-1)
    if (fenced) {
      if (line.trimEnd() === '```') fenced = false
      else before?.lines.push({ start, end })
      continue
    }
    if (line.startsWith('```')) {
      blocks.push({ kind: 'pre', depth: 0, lines: [], spans: [] })
      fenced = true
      continue
    }
    const marker = /^(?:>\s?)+/.exec(line)?.[0] ?? ''
    const depth = Math.min(DEEPEST, [...marker].filter((character) => character === '>').length)
    const kind = depth > 0 ? 'quote' : 'plain'
    const block =
      before !== undefined && before.kind === kind && before.depth === depth
        ? before
        : ({ kind, depth, lines: [], spans: [] } satisfies StyledBlock as StyledBlock)
    if (block !== before) blocks.push(block)
    const shown = { start: start + marker.length, end }
    block.lines.push(shown)
    spansOf(text, shown.start, shown.end, closersIn(text, shown.start, shown.end), block.spans)
  }
  return blocks
}

/** Whether any styling applies; most messages have none. */
export const isStyled = (blocks: readonly StyledBlock[]): boolean => blocks.some(({ kind, spans }) => kind !== 'plain' || spans.length > 0)
