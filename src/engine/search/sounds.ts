/**
 * What a query of Latin letters may stand for: words of the history that read so in pinyin (whole, or by the initials of words of two
 * and more characters), kana that read so in romaji, and what the same keys write on another keyboard.
 */
import { isKana, toHiragana } from 'wanakana'
import type { ReadableDB } from '../store/database.ts'
import { count } from './bits.ts'
import type { Hits } from './hits.ts'
import { onOtherKeyboards } from './keyboards.ts'
import { readings } from './names.ts'

export interface ReadAs {
  text: string
  /** Messages that contain it. */
  count: number
}

const MOST = 6
/** Characters of one initial are many: their words are looked through for so long, ms, those of the common ones first. */
const INITIALS_MS = 40
/** The 3,755 most common characters: the first level of GB 2312, rows 16 to 55. */
const COMMON = new Set<string>()
const gb2312 = new TextDecoder('gb18030')
for (let row = 0xb0; row <= 0xd7; row++) for (let cell = 0xa1; cell <= 0xfe; cell++) COMMON.add(gb2312.decode(Uint8Array.of(row, cell)))
/** Characters whose readings are looked up at once. */
const AT_ONCE = 400
const [FIRST_HAN, LAST_HAN] = [0x4e00, 0x9fff]
const LONGEST = 40

/** How a word of Chinese reads as the letters: 'whole' by all its syllables, 'initials' by how each begins, or not. */
export function reads(word: readonly string[], letters: string): 'whole' | 'initials' | null {
  const go = (at: number, rest: string, ways: (reading: string) => readonly string[]): boolean => {
    const character = word[at]
    if (character === undefined) return rest === ''
    const known = at > 0 && character === '儿' ? [...readings(character), 'r'] : readings(character)
    return known.some((reading) => ways(reading).some((way) => rest.startsWith(way) && go(at + 1, rest.slice(way.length), ways)))
  }
  if (go(0, letters, (reading) => [reading])) return 'whole'
  return word.length > 1 && go(0, letters, (reading) => (/^[zcs]h/.test(reading) ? [reading.slice(0, 2), reading.slice(0, 1)] : [reading.slice(0, 1)]))
    ? 'initials'
    : null
}

/** Kana variants of a word in romaji, at most. */
const MOST_KANA = 32

/**
 * The kana that a text may be in romaji: Hepburn of either kind (shimbun, shinbun), Kunrei, long vowels with a macron, with a dash, doubled
 * or left out (tokyo, tōkyō, toukyou), and は where it is said wa.
 */
export function kanaOf(text: string): string[] {
  const plain = text
    .toLowerCase()
    .replaceAll(/[\s'’](?![aiueoy])/g, '')
    .replaceAll(' ', '')
    .replaceAll(/m(?=[bpm])/g, 'n')
  const long = plain
    .normalize('NFD')
    .replaceAll(/([aiueo])[\u0304\u0302]/g, (_, vowel: string) => vowel + (vowel === 'o' ? 'u' : vowel))
    .normalize('NFC')
  if (!/^[a-z'’-]{2,}$/.test(long)) return []
  const kana = toHiragana(long)
  if (kana.length < 2 || !isKana(kana)) return []
  let found = [kana]
  // a long vowel that was left out: of o and u alone, as is done in English
  if (long === plain)
    for (let at = kana.length; at > 0; at--) {
      const row = /[おこそとのほもよろごぞどぼぽょ]/u.test(kana[at - 1] ?? '')
        ? ['', 'う', 'お']
        : /[うくすつぬふむゆるぐずづぶぷゅ]/u.test(kana[at - 1] ?? '')
          ? ['', 'う']
          : ['']
      const more = /[うおー]/u.test(kana[at] ?? '') ? [''] : row
      if (found.length * more.length <= MOST_KANA) found = found.flatMap((one) => more.map((vowel) => one.slice(0, at) + vowel + one.slice(at)))
    }
  return [...new Set([...found, ...found.map((one) => one.replace(/わ$/u, 'は'))])]
}

export function createSounds(db: ReadableDB, hits: Hits) {
  const beginning = db.prepare<[string, string], { term: string; doc: number }>('SELECT term, doc FROM temp.index_word WHERE term > ? AND term < ?')
  /** Characters by their readings; read bit by bit before they are wanted. */
  const byReading = new Map<string, string[]>()
  let next = FIRST_HAN

  /** Looks up the readings of some more characters; whether there is more to do. */
  function prepare(): boolean {
    for (const last = Math.min(LAST_HAN, next + AT_ONCE); next <= last; next++) {
      const character = String.fromCodePoint(next)
      for (const reading of readings(character)) byReading.set(reading, [...(byReading.get(reading) ?? []), character])
    }
    return next <= LAST_HAN
  }

  /** Words of the index that begin with one of these and read as the letters. */
  function wordsOf(characters: Iterable<string>, letters: string, until: number): Map<string, { way: 'whole' | 'initials'; docs: number }> {
    const found = new Map<string, { way: 'whole' | 'initials'; docs: number }>()
    for (const first of characters) {
      if (performance.now() > until) break
      for (const { term, doc } of beginning.iterate(first, `${first}\u{10ffff}`)) {
        const way = /^\p{Script=Han}+$/u.test(term) ? reads([...term], letters) : null
        if (way !== null) found.set(term, { way, docs: doc })
      }
    }
    return found
  }

  function chinese(letters: string): string[] {
    while (prepare());
    const whole = [...byReading].filter(([reading]) => letters.startsWith(reading)).flatMap(([, characters]) => characters)
    const found = wordsOf(new Set(whole), letters, Infinity)
    if (letters.length <= 8) {
      const initial = new Set([...byReading].filter(([reading]) => reading[0] === letters[0]).flatMap(([, characters]) => characters))
      for (const [word, how] of wordsOf(
        [...initial].sort((a, b) => Number(COMMON.has(b)) - Number(COMMON.has(a))),
        letters,
        performance.now() + INITIALS_MS
      ))
        found.set(word, how)
    }
    return [...found]
      .sort(([, a], [, b]) => Number(b.way === 'whole') - Number(a.way === 'whole') || b.docs - a.docs)
      .map(([word]) => word)
      .slice(0, MOST)
  }

  /** `texts`: of a query that has nothing else; `total`: how many messages contain them as they are. */
  function readAs(texts: readonly string[], total: number): ReadAs[] {
    const query = texts.join(' ')
    if (query.length > LONGEST) return []
    const letters = query
      .toLowerCase()
      .replaceAll('ü', 'v')
      .replace(/[\s'’]/g, '')
    const offered: string[] = []
    if (/^[a-z]{2,}$/.test(letters)) {
      offered.push(...chinese(letters))
    }
    offered.push(...kanaOf(query))
    if (total < 3) offered.push(...onOtherKeyboards(query))
    const found = [...new Set(offered)].map((text) => ({ text, count: count(hits.textBits(text, 'any')) })).filter((one) => one.count > 0)
    // a part of a word that is offered and stands nowhere else says nothing more
    return found
      .filter(({ text, count }) => !found.some((other) => other.text !== text && isKana(text) && other.text.includes(text) && other.count === count))
      .slice(0, MOST)
  }

  return { prepare, readAs }
}
