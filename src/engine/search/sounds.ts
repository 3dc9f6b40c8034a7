/**
 * Other readings of a query in Latin letters: words of the history with that pinyin (full, or initials of words of two or more characters), kana with that
 * romaji, and the same keys on another keyboard layout.
 */
import { isKana, toHiragana } from 'wanakana'
import type { ReadableDB } from '../store/database.ts'
import { count } from './bits.ts'
import type { Hits } from './hits.ts'
import { onOtherKeyboards } from './keyboards.ts'
import { readings } from './names.ts'

export interface ReadAs {
  text: string
  /** Number of messages that contain it. */
  count: number
}

const MOST = 6
/** Time limit for words of one initial, ms: such characters are many; the common ones come first. */
const INITIALS_MS = 40
/** Time limit for texts of several words, ms, their number of words, and their letters. */
const PHRASE_MS = 100
const MOST_WORDS = 4
const SHORTEST_PHRASE = 5
/** The 3,755 most common characters: the first level of GB 2312, rows 16 to 55. */
const COMMON = new Set<string>()
const gb2312 = new TextDecoder('gb18030')
for (let row = 0xb0; row <= 0xd7; row++) for (let cell = 0xa1; cell <= 0xfe; cell++) COMMON.add(gb2312.decode(Uint8Array.of(row, cell)))
/** Number of characters whose readings are looked up at once. */
const AT_ONCE = 400
const [FIRST_HAN, LAST_HAN] = [0x4e00, 0x9fff]
const LONGEST = 40

/** Typed forms of a reading: ü is v, u or yu. */
const spelt = (reading: string): string[] => (reading.includes('v') ? [reading, reading.replace('v', 'u'), reading.replace('v', 'yu')] : [reading])

/** Match of a Chinese word with letters: 'whole' by all its syllables, 'initials' by their beginnings, or null. */
export function reads(word: readonly string[], letters: string): 'whole' | 'initials' | null {
  const go = (at: number, rest: string, ways: (reading: string) => readonly string[]): boolean => {
    const character = word[at]
    if (character === undefined) return rest === ''
    const known = at > 0 && character === '儿' ? [...readings(character), 'r'] : readings(character)
    return known.some((reading) => ways(reading).some((way) => rest.startsWith(way) && go(at + 1, rest.slice(way.length), ways)))
  }
  const initial = (reading: string): string[] => (/^[zcs]h/.test(reading) ? [reading.slice(0, 2), reading.slice(0, 1)] : [reading.slice(0, 1)])
  if (go(0, letters, spelt)) return 'whole'
  // full syllables may stand among initials: nvpy, chongqinghg
  return word.length > 1 && go(0, letters, (reading) => [...initial(reading), ...spelt(reading)]) ? 'initials' : null
}

/** Lengths of the beginnings of the letters that a word reads as, by all its syllables. */
function ends(word: readonly string[], letters: string): Set<number> {
  let found = new Set([0])
  for (const character of word) {
    const next = new Set<number>()
    for (const from of found)
      for (const reading of readings(character)) for (const way of spelt(reading)) if (letters.startsWith(way, from)) next.add(from + way.length)
    found = next
  }
  return found
}

/** Largest number of kana variants of a word in romaji. */
const MOST_KANA = 48

/** Variants of a text: each match of the pattern unchanged or changed, at most `most` changes. */
function varied(text: string, pattern: RegExp, change: (found: string) => readonly string[], most: number): string[] {
  let found = [{ text, changes: 0 }]
  for (const { index, 0: piece } of [...text.matchAll(pattern)].reverse()) {
    const more = found.flatMap((one) =>
      one.changes >= most
        ? []
        : change(piece).map((to) => ({ text: one.text.slice(0, index) + to + one.text.slice(index + piece.length), changes: one.changes + 1 }))
    )
    if (found.length + more.length <= MOST_KANA) found = [...found, ...more]
  }
  return found.map((one) => one.text)
}

/**
 * Kana of a text in romaji: both kinds of Hepburn (shimbun, shinbun), Kunrei, long vowels with a macron, with a dash, doubled or left out (tokyo, tōkyō,
 * toukyou, ramen), は, へ and を where they are pronounced wa, e and o.
 */
export function kanaOf(text: string): string[] {
  const plain = text
    .toLowerCase()
    .replaceAll(/ o(?= |$)/g, ' wo')
    .replace(/ e$/, ' he')
    .replaceAll(/[\s'’](?![aiueoy])/g, '')
    .replaceAll(' ', '')
    .replaceAll(/m(?=[bpm])/g, 'n')
    .replaceAll('tch', 'cch')
    .replaceAll('dzu', 'du')
  const macrons = /[aiueo][\u0304\u0302]/g
  const marked = plain.normalize('NFD')
  const isMarked = marked.search(macrons) >= 0
  // ō is ou or oo, ē is ei or ee
  const spellings = isMarked
    ? ['first', 'second'].map((way) =>
        marked
          .replaceAll(macrons, ([vowel = '']) => vowel + (way === 'first' && vowel === 'o' ? 'u' : way === 'first' && vowel === 'e' ? 'i' : vowel))
          .normalize('NFC')
      )
    : [plain, ...varied(plain, /n(?=y)/g, () => ["n'"], 1), ...varied(plain, /(?<![a-z])[td]i|(?<=[^st])ti|di/g, ([sign = '']) => [`${sign}hi`], 2)]
  const found = [...new Set(spellings)].flatMap((one) => {
    if (!/^[a-z'’-]{2,}$/.test(one)) return []
    const kana = toHiragana(one)
    if (kana.length < 2 || !isKana(kana)) return []
    const sounds = [kana, ...varied(kana, /[ずじ]/gu, (sign) => [sign === 'ず' ? 'づ' : 'ぢ'], 1)]
    if (isMarked) return sounds
    // omitted long vowels: of o and u in Japanese words, of any vowel, once or twice, in loanwords
    const long = varied(
      kana,
      /[おこそとのほもよろごぞどぼぽょうくすつぬふむゆるぐずづぶぷゅ](?![うおー])/gu,
      (sign) => (O_ROW.includes(sign) ? [`${sign}う`, `${sign}お`] : [`${sign}う`]),
      3
    )
    const abroad = varied(kana, /[^んっゃゅょー](?![ゃゅょー])|[ゃゅょ](?!ー)/gu, (sign) => [`${sign}ー`], 2)
    return [...sounds, ...long, ...abroad]
  })
  return [...new Set([...found, ...found.flatMap((one) => [one.replace(/わ$/u, 'は'), one.replace(/(?<=.)え$/u, 'へ')])])]
}
const O_ROW = 'おこそとのほもよろごぞどぼぽょ'

export function createSounds(db: ReadableDB, hits: Hits) {
  const beginning = db.prepare<[string, string], { term: string; doc: number }>('SELECT term, doc FROM temp.index_word WHERE term > ? AND term < ?')
  const anywhere = db.prepare<[string], number>('SELECT 1 FROM message_index WHERE message_index MATCH mnemo_phrase(?) LIMIT 1').pluck()
  /** Characters by their readings; filled gradually in advance. */
  const byReading = new Map<string, string[]>()
  let next = FIRST_HAN

  /** Looks up the readings of some more characters; returns whether there is more to do. */
  function prepare(): boolean {
    for (const last = Math.min(LAST_HAN, next + AT_ONCE); next <= last; next++) {
      const character = String.fromCodePoint(next)
      for (const reading of readings(character)) byReading.set(reading, [...(byReading.get(reading) ?? []), character])
    }
    return next <= LAST_HAN
  }

  /** Indexed words that begin with one of these characters and read as the letters. */
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

  /** Texts of several words that read as the letters and stand so in the history: weixinzhifu. */
  function several(letters: string): string[] {
    const until = performance.now() + PHRASE_MS
    /** Words that read as the beginning of these letters, the longest and most frequent first, with the rest of the letters. */
    const wordsAt = (rest: string): { word: string; rest: string }[] => {
      const first = [...byReading].filter(([reading]) => rest.startsWith(reading)).flatMap(([, characters]) => characters)
      const found: { word: string; rest: string; docs: number }[] = []
      for (const character of new Set(first)) {
        if (performance.now() > until) break
        for (const { term, doc } of beginning.iterate(character, `${character}\u{10ffff}`))
          if (/^\p{Script=Han}+$/u.test(term)) for (const end of ends([...term], rest)) found.push({ word: term, rest: rest.slice(end), docs: doc })
        // a single character may be no word of the index
        for (const end of ends([character], rest)) found.push({ word: character, rest: rest.slice(end), docs: 0 })
      }
      return found.sort((a, b) => a.rest.length - b.rest.length || b.docs - a.docs)
    }
    const found: string[] = []
    const extend = (before: string, rest: string, words: number): void => {
      for (const one of wordsAt(rest)) {
        if (performance.now() > until || found.length >= MOST) return
        const text = before + one.word
        if ((words === 1 && one.rest !== '') || anywhere.get(text) !== 1) continue
        if (one.rest === '') found.push(text)
        else extend(text, one.rest, words - 1)
      }
    }
    extend('', letters, MOST_WORDS)
    return found
  }

  /** `texts`: of a query without anything else; `total`: number of messages that contain them literally. */
  function readAs(texts: readonly string[], total: number): ReadAs[] {
    const query = texts.join(' ')
    if (query.length > LONGEST) return []
    const letters = query
      .toLowerCase()
      .replaceAll('ü', 'v')
      .replace(/[\s'’]/g, '')
    const offered: string[] = []
    if (/^[a-z]{2,}$/.test(letters)) {
      const words = chinese(letters)
      offered.push(...words)
      if (letters.length >= SHORTEST_PHRASE && !words.some((word) => reads([...word], letters) === 'whole')) offered.push(...several(letters))
    }
    // few of many spellings occur: those without any hit take no space in the cache
    offered.push(...kanaOf(query).filter((kana) => anywhere.get(kana) === 1))
    if (total < 3) offered.push(...onOtherKeyboards(query))
    const found = [...new Set(offered)].map((text) => ({ text, count: count(hits.textBits(text, 'any')) })).filter((one) => one.count > 0)
    // leave out parts of an offered word that occur nowhere else
    return found
      .filter(({ text, count }) => !found.some((other) => other.text !== text && isKana(text) && other.text.includes(text) && other.count === count))
      .slice(0, MOST)
  }

  return { prepare, readAs }
}
