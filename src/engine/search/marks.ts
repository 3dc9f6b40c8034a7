/** Positions of a query's texts in a message. */
import type { Range } from '../../contract/search.ts'
import type { ReadableDB } from '../store/database.ts'
import { numberRanges } from './numbers.ts'

export interface Occurrence {
  often: number
  bounded: boolean
}

/** Letters and digits of scripts with blanks between words. */
const RUN = /[[\p{L}\p{N}\p{M}]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]]/v

/** True if no word spans this position of a text, UTF-16 units. */
function isBorder(text: string, place: number): boolean {
  const after = text.codePointAt(place)
  const low = text.charCodeAt(place - 1)
  const before = low >= 0xdc00 && low <= 0xdfff ? text.codePointAt(place - 2) : low
  return place === 0 || after === undefined || before === undefined || !RUN.test(String.fromCodePoint(after)) || !RUN.test(String.fromCodePoint(before))
}

export function createMarks(db: ReadableDB) {
  const rangesOf = db.prepare<[string, string], string>('SELECT mnemo_ranges(?, ?)').pluck()
  const find = (text: string, piece: string): Range[] => toRanges(rangesOf.get(text, piece) ?? '')

  /** Ranges of the texts, in order, overlapping ones joined, in whole graphemes. */
  function ranges(text: string, texts: readonly string[], numbers: readonly string[] = []): Range[] {
    return joined(text, [...texts.flatMap((piece) => find(text, piece)), ...numbers.flatMap((digits) => numberRanges(text, digits))])
  }

  function joined(text: string, found: Range[]): Range[] {
    if (found.length === 0) return found
    const whole = clusters(text, found)
    whole.sort((a, b) => a[0] - b[0] || a[1] - b[1])
    const apart: Range[] = []
    for (const range of whole) {
      const last = apart.at(-1)
      if (last !== undefined && range[0] <= last[1]) last[1] = Math.max(last[1], range[1])
      else apart.push(range)
    }
    return apart
  }

  return {
    ranges,
    /** Ranges if one piece was searched already: `marked` is the result of mnemo_ranges. */
    withMarked: (text: string, marked: string, pieces: readonly string[], numbers: readonly string[] = []): Range[] =>
      joined(text, [...toRanges(marked), ...pieces.flatMap((piece) => find(text, piece)), ...numbers.flatMap((digits) => numberRanges(text, digits))]),
    /** Number of times a text contains a piece, and whether it stands there between word borders; always true for scripts without blanks. */
    occurrence(text: string, piece: string): Occurrence {
      const found = find(text, piece)
      return { often: found.length, bounded: found.some(([start, end]) => isBorder(text, start) && isBorder(text, end)) }
    }
  }
}

export type Marks = ReturnType<typeof createMarks>

/** Parses the result of mnemo_ranges, 'start,end;start,end'. */
function toRanges(text: string): Range[] {
  return text === '' ? [] : text.split(';').map((range) => range.split(',').map(Number) as Range)
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Widens ranges that begin or end within a grapheme cluster, such as a flag or a family. */
function clusters(text: string, ranges: readonly Range[]): Range[] {
  if (!/[\u200d\ufe0f\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}\p{M}]/u.test(text)) return [...ranges]
  const segments = segmenter.segment(text)
  return ranges.map(([start, end]) => {
    const first = segments.containing(start)
    const last = end > start ? segments.containing(end - 1) : undefined
    return [first?.index ?? start, last === undefined ? end : last.index + last.segment.length]
  })
}
