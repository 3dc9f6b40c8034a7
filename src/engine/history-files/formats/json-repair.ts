/**
 * Streaming repair of JSON written by programs and people: comments, missing or extra commas, other languages' words for null and for invalid numbers, single
 * quotes, raw line breaks in strings, characters between values, several values in a row, and extreme nesting. Valid bytes pass unchanged. Memory does not
 * grow with the input.
 */

/** Deepest level with data of a message; deeper values become null. */
const DEEPEST = 200
/** Longest string, bytes; the rest is skipped, so that memory does not grow. */
const LONGEST_TEXT = 20_000_000
/** Mark at the end of a truncated string; no Unicode text contains it. */
export const TOO_LONG = '\uffff\uffff'
/** Longest bare word. */
const LONGEST_WORD = 400

/** Bytes of valid JSON, or the end of a complete value. */
export type Repaired = Uint8Array | 'end'

const [TAB, LF, CR, BLANK, QUOTE, HASH, STROKE, COMMA, SLASH, COLON] = [9, 10, 13, 32, 0x22, 0x23, 0x27, 0x2c, 0x2f, 0x3a]
const [OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN, CLOSE, STAR] = [0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x2a]
const isWordByte = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  byte >= 0x80 ||
  byte === 0x2b ||
  byte === 0x2d ||
  byte === 0x2e ||
  byte === 0x5f ||
  byte === 0x24

const WORDS: ReadonlyMap<string, string> = new Map([
  ['true', 'true'],
  ['True', 'true'],
  ['TRUE', 'true'],
  ['false', 'false'],
  ['False', 'false'],
  ['FALSE', 'false'],
  ['null', 'null'],
  ['None', 'null'],
  ['nil', 'null'],
  ['NULL', 'null'],
  ['undefined', 'null'],
  ['NaN', 'null'],
  ['nan', 'null'],
  ['Infinity', 'null'],
  ['-Infinity', 'null'],
  ['+Infinity', 'null']
])
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/
const ESCAPES = Buffer.from('"\\/bfnrtu')

type Within = 'between' | 'text' | 'word' | 'slash' | 'line-comment' | 'comment' | 'skipped'

export class JsonRepair {
  /** Open containers: 1 for an object, 0 for a list. */
  readonly #open: number[] = []
  #within: Within = 'between'
  /** After a value: the next one needs a comma. */
  #after = false
  #comma = false
  /** In an object, before its colon. */
  #key = false
  #quote = QUOTE
  #escaped = false
  #length = 0
  /** Within the skipped part of an overlong string. */
  #over = false
  #tooLong = 0
  readonly #word = Buffer.alloc(LONGEST_WORD)
  #wordLength = 0
  #star = false
  /** State within a skipped deep value: its levels, and whether in a string. */
  #skipped = { levels: 0, text: false, escaped: false }
  #last = 0
  #told: Repaired[] = []
  #room = Buffer.alloc(0)
  #used = 0
  #changed = false

  /** True if the input was not valid JSON. */
  get changed(): boolean {
    return this.#changed
  }

  /** Number of overlong strings so far. */
  get tooLong(): number {
    return this.#tooLong
  }

  write(bytes: Uint8Array): Repaired[] {
    this.#begun(bytes.length)
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0
      switch (this.#within) {
        case 'text':
          at = this.#inText(bytes, at)
          break
        case 'word':
          if (isWordByte(byte)) {
            if (this.#wordLength < LONGEST_WORD) this.#word[this.#wordLength++] = byte
            break
          }
          this.#endWord(byte)
          at--
          break
        case 'slash':
          this.#within = byte === STAR ? 'comment' : byte === SLASH ? 'line-comment' : 'between'
          if (this.#within === 'between') at--
          this.#changed = true
          break
        case 'line-comment':
          if (byte === LF || byte === CR) {
            this.#within = 'between'
            at--
          }
          break
        case 'comment':
          if (byte === LF) this.#put(LF)
          if (byte === SLASH && this.#star) this.#within = 'between'
          this.#star = byte === STAR
          break
        case 'skipped':
          if (byte === LF) this.#put(LF)
          this.#skip(byte)
          break
        default:
          this.#between(byte)
      }
    }
    return this.#tell()
  }

  /** Flushes a last word. */
  end(): Repaired[] {
    this.#begun(LONGEST_WORD)
    if (this.#within === 'word') this.#endWord(LF)
    return this.#tell()
  }

  #begun(length: number): void {
    this.#told = []
    this.#room = Buffer.allocUnsafe(length + 4096)
    this.#used = 0
  }
  #tell(): Repaired[] {
    if (this.#used > 0) this.#told.push(this.#room.subarray(0, this.#used))
    return this.#told
  }
  #fit(more: number): void {
    if (this.#used + more <= this.#room.length) return
    const larger = Buffer.allocUnsafe(this.#room.length * 2 + more)
    this.#room.copy(larger, 0, 0, this.#used)
    this.#room = larger
  }
  #put(byte: number): void {
    this.#fit(1)
    this.#room[this.#used++] = byte
    if (byte !== LF) this.#last = byte
  }
  #say(text: string): void {
    if (text.length < 32 && /^[\x20-\x7e]*$/.test(text)) {
      for (let i = 0; i < text.length; i++) this.#put(text.charCodeAt(i))
      return
    }
    const bytes = Buffer.from(text)
    this.#fit(bytes.length)
    this.#room.set(bytes, this.#used)
    this.#used += bytes.length
    this.#last = bytes.at(-1) ?? this.#last
  }
  #instead(text: string): void {
    this.#changed = true
    this.#say(text)
  }

  /** Continues within a string; returns the position after it. */
  #inText(bytes: Uint8Array, from: number): number {
    const first = bytes[from] ?? 0
    if (this.#escaped) {
      this.#escaped = false
      if (this.#over) return from
      if (ESCAPES.includes(first)) {
        this.#put(BACKSLASH)
        this.#put(first)
        return from
      }
      this.#instead(first === STROKE ? "'" : '\\\\')
      return first === STROKE ? from : from - 1
    }
    let end = from
    while (end < bytes.length) {
      const one = bytes[end] ?? 0
      if (one === this.#quote || one === BACKSLASH || one < BLANK || one === QUOTE) break
      end++
    }
    if (end > from) {
      this.#length += end - from
      if (this.#over) return end - 1
      if (this.#length > LONGEST_TEXT) {
        this.#over = true
        this.#tooLong++
        this.#instead('\\uffff\\uffff')
        return end - 1
      }
      this.#fit(end - from)
      // for few bytes a loop is faster than a view
      const [room, used] = [this.#room, this.#used]
      if (end - from < 64) for (let i = from; i < end; i++) room[used + i - from] = bytes[i] ?? 0
      else room.set(bytes.subarray(from, end), used)
      this.#used = used + end - from
      return end - 1
    }
    this.#length++
    if (first === BACKSLASH) this.#escaped = true
    else if (first === this.#quote) {
      this.#over = false
      this.#put(QUOTE)
      this.#within = 'between'
      this.#ended()
    } else if (this.#over) return from
    else if (first === QUOTE) this.#instead('\\"')
    else this.#instead(`\\u${first.toString(16).padStart(4, '0')}`)
    return from
  }

  #between(byte: number): void {
    const inside = this.#open.length > 0
    switch (byte) {
      case LF:
        this.#put(LF)
        return
      case BLANK:
      case CR:
      case TAB:
        return
      case SLASH:
        this.#within = 'slash'
        return
      case HASH:
        this.#within = 'line-comment'
        this.#changed = true
        return
      case COMMA:
        if (!this.#after) this.#changed = true
        else this.#comma = true
        if (!inside) this.#comma = false
        return
      case COLON:
        if (this.#key) {
          this.#put(COLON)
          this.#key = false
          this.#after = false
          this.#comma = false
        }
        return
      case QUOTE:
      case STROKE:
        // outside of any container a string is part of a prefix
        this.#begin()
        this.#quote = byte
        this.#within = 'text'
        this.#length = 0
        this.#put(QUOTE)
        if (byte === STROKE) this.#changed = true
        return
      case OPEN:
      case OPEN_LIST:
        if (this.#open.length >= DEEPEST) {
          this.#begin()
          this.#say('null')
          this.#within = 'skipped'
          this.#skipped = { levels: 1, text: false, escaped: false }
          this.#changed = true
          return
        }
        this.#begin()
        this.#put(byte)
        this.#open.push(byte === OPEN ? 1 : 0)
        this.#after = false
        this.#comma = false
        this.#key = byte === OPEN
        return
      case CLOSE:
      case CLOSE_LIST:
        this.#close(byte === CLOSE ? 1 : 0)
        return
      default:
        if (isWordByte(byte)) {
          this.#word[0] = byte
          this.#wordLength = 1
          this.#within = 'word'
        } else this.#changed = true
    }
  }

  /** Called before a value or a key. */
  #begin(): void {
    if (this.#open.length === 0 || !this.#after) return
    if (this.#open.at(-1) === 1 && !this.#key && !this.#comma) this.#changed = true
    this.#put(COMMA)
    if (!this.#comma) this.#changed = true
    this.#after = false
    this.#comma = false
    this.#key = this.#open.at(-1) === 1
  }

  /** Called after a value or a key. */
  #ended(): void {
    if (this.#open.length === 0) {
      if (this.#used > 0) this.#told.push(this.#room.subarray(0, this.#used))
      this.#room = this.#room.subarray(this.#used)
      this.#used = 0
      this.#told.push('end')
      this.#last = 0
      this.#after = false
      return
    }
    // a key waits for its colon
    if (this.#open.at(-1) === 1 && this.#key) return
    this.#after = true
  }

  #close(kind: number): void {
    if (!this.#open.includes(kind)) {
      this.#changed = true
      return
    }
    if (this.#comma) this.#changed = true
    for (;;) {
      const open = this.#open.pop() ?? 0
      if (open !== kind) this.#changed = true
      // a key or colon without a value
      if (open === 1 && this.#key && this.#last !== OPEN && this.#last !== COMMA) this.#instead(':null')
      else if (open === 1 && this.#last === COLON) this.#say('null')
      this.#put(open === 1 ? CLOSE : CLOSE_LIST)
      this.#key = false
      this.#comma = false
      this.#ended()
      if (open === kind) return
    }
  }
  #endWord(next: number): void {
    const word = this.#word.toString('utf8', 0, this.#wordLength)
    this.#within = 'between'
    // a byte order mark, or a special blank
    const plain = /^[\x21-\x7e]*$/.test(word) ? word : word.replace(/[\ufeff\u00a0\u2028\u2029\u200b\u3000]/gu, '')
    if (plain !== word) this.#changed = true
    // name of a called function or assigned variable, such as ISODate( or window.data =
    if (plain === '' || this.#open.length === 0 || next === 0x28) return
    this.#begin()
    if (this.#key) this.#say(JSON.stringify(plain))
    else {
      const strict = NUMBER.test(plain) ? plain : (WORDS.get(plain) ?? null)
      if (strict !== plain) this.#changed = true
      this.#say(strict ?? JSON.stringify(plain))
    }
    this.#ended()
  }

  #skip(byte: number): void {
    const { text, escaped } = this.#skipped
    if (text) {
      if (escaped) this.#skipped.escaped = false
      else if (byte === BACKSLASH) this.#skipped.escaped = true
      else if (byte === QUOTE) this.#skipped.text = false
      return
    }
    if (byte === QUOTE) this.#skipped.text = true
    else if (byte === OPEN || byte === OPEN_LIST) this.#skipped.levels++
    else if (byte === CLOSE || byte === CLOSE_LIST) {
      if (--this.#skipped.levels > 0) return
      this.#within = 'between'
      this.#ended()
    }
  }
}

/** Complete values in a text, as valid JSON. */
export function repairedText(text: string): string[] {
  const repair = new JsonRepair()
  const values: string[] = []
  let parts: Uint8Array[] = []
  for (const part of [...repair.write(Buffer.from(text)), ...repair.end()]) {
    if (part !== 'end') parts.push(part)
    else {
      const value = Buffer.concat(parts).toString('utf8')
      parts = []
      // a string by itself is a prefix of a value
      if (/^\s*[[{]/.test(value)) values.push(value)
    }
  }
  return values
}
