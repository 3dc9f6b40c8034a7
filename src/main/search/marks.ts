/** Where the texts of a query stand in a message. */
import type { Range } from '../../contract/search.ts'
import type { ReadableDB } from '../store/database.ts'
import { numberRanges } from './numbers.ts'

export function createMarks(db: ReadableDB) {
  const rangesOf = db.prepare<[string, string], string>('SELECT mnemo_ranges(?, ?)').pluck()
  const find = (text: string, piece: string): Range[] => toRanges(rangesOf.get(text, piece) ?? '')

  /** Where the texts stand, in order, overlapping ones joined, never in the middle of a character as people see it. */
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
    /** The same where one piece was looked for already: `marked` is what mnemo_ranges said. */
    withMarked: (text: string, marked: string, pieces: readonly string[], numbers: readonly string[] = []): Range[] =>
      joined(text, [...toRanges(marked), ...pieces.flatMap((piece) => find(text, piece)), ...numbers.flatMap((digits) => numberRanges(text, digits))]),
    /** How often a piece is in a text. */
    frequency: (text: string, piece: string): number => find(text, piece).length
  }
}

/** What mnemo_ranges says, 'start,end;start,end'. */
function toRanges(text: string): Range[] {
  return text === '' ? [] : text.split(';').map((range) => range.split(',').map(Number) as Range)
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Ranges that begin or end within a grapheme cluster, such as a flag or a family, are widened to all of it. */
function clusters(text: string, ranges: readonly Range[]): Range[] {
  if (!/[\u200d\ufe0f\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}\p{M}]/u.test(text)) return [...ranges]
  const segments = segmenter.segment(text)
  return ranges.map(([start, end]) => {
    const first = segments.containing(start)
    const last = end > start ? segments.containing(end - 1) : undefined
    return [first?.index ?? start, last === undefined ? end : last.index + last.segment.length]
  })
}
