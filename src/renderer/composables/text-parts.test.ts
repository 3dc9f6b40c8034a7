import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Range } from '../../contract/search.ts'
import { styledBlocks, type StyledSpan } from './message-styling.ts'
import { linesOfBlocks, partsOf, textParts, type TextPart } from './text-parts.ts'

const TEXT = fc
  .array(fc.constantFrom('*', '_', '~', '`', ' ', 'a', '字', '>', '\n', 'https://example.org/a ', 'a@example.org', '+86 138 0013 8000', '👍', '.'), {
    maxLength: 40
  })
  .map((list) => list.join(''))

/** Ranges from sorted pairs of offsets: ordered, not overlapping. */
const ranges = (text: string, seeds: readonly number[]): Range[] => {
  const places = [...new Set(seeds.map((seed) => seed % (text.length + 1)))].sort((a, b) => a - b)
  return places.flatMap((start, at): Range[] => (at % 2 === 0 && places[at + 1] !== undefined ? [[start, places[at + 1]!]] : []))
}

test('the parts of all lines add up to their texts, with the marks, links and styles of each position', () => {
  fc.assert(
    fc.property(TEXT, fc.array(fc.nat(400), { maxLength: 8 }), (text, seeds) => {
      const marks = ranges(text, seeds)
      const blocks = styledBlocks(text)
      const whole = textParts(text, marks)
      const hrefAt = new Map<number, string | null>()
      let at = 0
      for (const part of whole) for (let i = 0; i < part.text.length; i++) hrefAt.set(at++, part.href)
      for (const [index, lines] of linesOfBlocks(text, marks, blocks).entries()) {
        const block = blocks[index]!
        for (const [nth, parts] of lines.entries()) {
          const { start, end } = block.lines[nth]!
          expect(parts.map((part) => part.text).join('')).toBe(text.slice(start, end))
          let place = start
          for (const part of parts) {
            for (let i = 0; i < part.text.length; i++, place++) {
              expect(part.marked).toBe(marks.some(([from, to]) => from <= place && place < to))
              expect(part.href).toBe(hrefAt.get(place))
              expect(part.styles).toEqual(block.spans.filter((span) => span.start <= place && place < span.end).map(({ style }) => style))
              expect(part.directive).toBe(block.spans.some((span) => place === span.start || place === span.end - 1))
            }
          }
        }
      }
    }),
    { numRuns: 2000 }
  )
})

test('the work grows linearly with the text', () => {
  /** Number of reads of span offsets while a text of `words` styled words is cut. */
  const looks = (words: number): number => {
    let count = 0
    const text = '*a* '.repeat(words)
    const counted = (span: StyledSpan): StyledSpan => ({
      style: span.style,
      get start() {
        count++
        return span.start
      },
      get end() {
        count++
        return span.end
      }
    })
    const spans = styledBlocks(text).flatMap((block) => block.spans.map(counted))
    expect(spans).toHaveLength(words)
    const marks = spans.map(({ start }): Range => [start, start + 1])
    count = 0
    const parts: TextPart[] = partsOf(text, marks, spans)(0, text.length)
    expect(parts.length).toBeGreaterThan(3 * words)
    return count
  }
  expect(looks(25_000) / looks(2500)).toBeLessThan(10.5)
})
