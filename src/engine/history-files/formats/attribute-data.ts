/** Long values of the XML attribute `data` (Base64 files): omitted from the text during parsing, and found again by number. */
import { createReadStream } from 'node:fs'

/** Replacement of a value: its number in the file. */
const numbered = (number: number): string => `data-${number}`
const MOST_NAME = 60

interface Value {
  /** Start and end position in the input so far. */
  from: number
  to: number
}

/** Incremental scanner for values of `data` in XML that respects quotes: a text may contain the same letters. */
class DataScanner {
  /** Closing quote of the current value; '' outside of values. */
  #quote = ''
  #isData = false
  #comment = false
  #before = ''
  #from = 0
  #passed = 0

  /** Calls back with pieces outside of such values, and with the range of each complete value. */
  feed(text: string, other: (piece: string) => void, value: (found: Value) => void): void {
    let at = 0
    const pass = (end: number): void => {
      if (!(this.#quote !== '' && this.#isData) && end > at) other(text.slice(at, end))
      this.#before = (this.#before + text.slice(at, end)).slice(-MOST_NAME)
      at = end
    }
    while (at < text.length) {
      if (this.#comment) {
        const end = text.indexOf('>', at)
        pass(end < 0 ? text.length : end + 1)
        if (end >= 0 && this.#before.endsWith('-->')) this.#comment = false
      } else if (this.#quote === '') {
        const found = /["'>-]/g
        found.lastIndex = at
        const next = found.exec(text)
        if (next === null) {
          pass(text.length)
          break
        }
        pass(next.index + 1)
        if (next[0] === '-') this.#comment = this.#before.endsWith('<!--')
        if (next[0] === '"' || next[0] === "'") {
          this.#quote = next[0]
          this.#isData = /(?:^|\s)data\s*=\s*["']$/i.test(this.#before)
          this.#from = this.#passed + at
        }
      } else {
        const end = text.indexOf(this.#quote, at)
        const isData = this.#isData
        pass(end < 0 ? text.length : end)
        if (end < 0) break
        this.#quote = ''
        if (isData) value({ from: this.#from, to: this.#passed + end })
        pass(end + 1)
      }
    }
    this.#passed += text.length
  }
}

/** Text with a number in place of each value of `data`. */
export async function* attributesWithoutData(pieces: AsyncIterable<string>): AsyncIterable<string> {
  const scanner = new DataScanner()
  let count = 0
  for await (const piece of pieces) {
    let out = ''
    scanner.feed(
      piece,
      (other) => (out += other),
      () => (out += numbered(count++))
    )
    yield out
  }
}

/** Positions of these values in a file, bytes, by number. */
export async function dataIn(path: string): Promise<Map<string, { start: number; end: number }>> {
  const places = new Map<string, { start: number; end: number }>()
  const scanner = new DataScanner()
  for await (const chunk of createReadStream(path))
    scanner.feed(
      (chunk as Buffer).toString('latin1'),
      () => undefined,
      ({ from, to }) => places.set(numbered(places.size), { start: from, end: to - 1 })
    )
  return places
}
