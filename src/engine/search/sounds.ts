/**
 * Other readings of a query in Latin letters: words of the history with that pinyin (full, or initials of words of two or more characters, or of several
 * words), kana with that romaji, and the same keys on another keyboard layout or in zhuyin.
 */
import { isKana, toHiragana } from 'wanakana'
import type { ReadableDB } from '../store/database.ts'
import { createCommonWords } from './common-words.ts'
import { count, type Bits } from './bits.ts'
import type { Hits } from './hits.ts'
import type { Marks } from './marks.ts'
import { onOtherKeyboards } from './keyboards.ts'
import { readings } from './names.ts'
import { pinyinOfKeys } from './zhuyin.ts'

export interface ReadAs {
  text: string
  /** Number of messages that contain it. */
  count: number
}

const MOST = 6
/** Number of literal hits from which on a query is taken as it is typed. */
const RARE = 3
/** Time limit for words of one initial, ms: such characters are many; the common ones come first. */
const INITIALS_MS = 40
/** Time limit for texts of several words, ms, their number of words, and their letters. */
const PHRASE_MS = 100
/** Time limit for texts of several words by their initials, ms. */
const PHRASE_INITIALS_MS = 60
/** What a letter that is read is worth beside the share of its word, as a logarithm: texts that are nearly complete come first. */
const PER_LETTER = 3
const MOST_WORDS = 4
const SHORTEST_PHRASE = 5
/** Number of initials of several words. */
const [FEWEST_INITIALS, MOST_INITIALS] = [4, 8]
/** The 3,755 most common characters: the first level of GB 2312, rows 16 to 55. */
const COMMON = new Set<string>()
const gb2312 = new TextDecoder('gb18030')
for (let row = 0xb0; row <= 0xd7; row++) for (let cell = 0xa1; cell <= 0xfe; cell++) COMMON.add(gb2312.decode(Uint8Array.of(row, cell)))
/** Letters that begin a syllable of pinyin. */
const LETTERS = [...'abcdefghjklmnopqrstwxyz']
/** Time of one step in advance, ms. */
const PREPARE_MS = 10
/** Number of characters whose readings are looked up at once. */
const AT_ONCE = 400
const [FIRST_HAN, LAST_HAN] = [0x4e00, 0x9fff]
const LONGEST = 40
/** Length of the text that is looked at for the form of a word. */
const LONGEST_LOOKED_AT = 10_000

/** Typed forms of a reading: ü is v, u or yu. */
const spelt = (reading: string): string[] => (reading.includes('v') ? [reading, reading.replace('v', 'u'), reading.replace('v', 'yu')] : [reading])

const initialsOf = (reading: string): string[] => (/^[zcs]h/.test(reading) ? [reading.slice(0, 2), reading.slice(0, 1)] : [reading.slice(0, 1)])

/** Match of a Chinese word with letters: 'whole' by all its syllables, 'initials' by their beginnings, or null. */
export function reads(word: readonly string[], letters: string): 'whole' | 'initials' | null {
  const go = (at: number, rest: string, ways: (reading: string) => readonly string[]): boolean => {
    const character = word[at]
    if (character === undefined) return rest === ''
    const known = at > 0 && character === '儿' ? [...readings(character), 'r'] : readings(character)
    return known.some((reading) => ways(reading).some((way) => rest.startsWith(way) && go(at + 1, rest.slice(way.length), ways)))
  }
  if (go(0, letters, spelt)) return 'whole'
  // full syllables may stand among initials: nvpy, chongqinghg
  return word.length > 1 && go(0, letters, (reading) => [...initialsOf(reading), ...spelt(reading)]) ? 'initials' : null
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
    // as typed into an input method: tonnkatu, konnnichiha
    .replaceAll(/nn(?=[^aiueoyn])|nn(?=n[aiueoy])|(?<=[aiueo])nn$/g, "n'")
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

/** Lengths of the beginnings of the letters that a word reads as, by the initials of its characters. */
function initialEnds(word: readonly string[], letters: string): Set<number> {
  let found = new Set([0])
  for (const character of word) {
    const next = new Set<number>()
    for (const from of found)
      for (const reading of readings(character)) for (const way of initialsOf(reading)) if (letters.startsWith(way, from)) next.add(from + way.length)
    found = next
  }
  return found
}

interface Surroundings {
  marks: Marks
  /** Text of the newest message in a set, or undefined. */
  newest: (set: Bits) => string | undefined
  /** Number of indexed messages. */
  size: () => number
}

export function createSounds(db: ReadableDB, hits: Hits, { marks, newest, size }: Surroundings) {
  const foldOf = db.prepare<[string], string>('SELECT mnemo_fold(?)').pluck()
  const beginning = db.prepare<[string, string], { term: string; doc: number }>('SELECT term, doc FROM temp.index_word WHERE term > ? AND term < ?')
  const anywhere = db.prepare<[string], number>('SELECT 1 FROM message_index WHERE message_index MATCH mnemo_phrase(?) LIMIT 1').pluck()
  /** Characters by their readings; filled gradually in advance. */
  const byReading = new Map<string, string[]>()
  let next = FIRST_HAN

  const common = createCommonWords(
    db,
    (letter) => {
      while (prepareReadings());
      return [...new Set([...byReading].filter(([reading]) => reading.startsWith(letter)).flatMap(([, characters]) => characters))].filter((one) =>
        COMMON.has(one)
      )
    },
    size
  )

  /** Looks up the readings of some more characters; returns whether there is more to do. */
  function prepareReadings(): boolean {
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

  /** Reads a little more in advance: readings, then words by their first letter; returns whether there is more to do. */
  function prepare(): boolean {
    if (prepareReadings()) return true
    const letter = LETTERS.find((one) => !common.read(one, performance.now() + PREPARE_MS))
    return letter !== undefined
  }

  function chinese(letters: string): string[] {
    while (prepareReadings());
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

  /** Texts of several words whose characters begin with the letters and that stand so in the history: wxzf, 微信支付. The common words come first. */
  function byInitials(letters: string): string[] {
    const until = performance.now() + PHRASE_INITIALS_MS
    /** Beginnings that are in the history, with the letters left and how likely they are: the sum of the logarithms of their words' shares. */
    const open = [{ text: '', rest: letters, likely: 0 }]
    const found: string[] = []
    while (open.length > 0 && found.length < MOST && performance.now() < until) {
      let at = 0
      for (let i = 1; i < open.length; i++) if ((open[i]?.likely ?? 0) > (open[at]?.likely ?? 0)) at = i
      const [best] = open.splice(at, 1)
      if (best === undefined) break
      if (best.text !== '' && anywhere.get(best.text) !== 1) continue
      if (best.rest === '') {
        found.push(best.text)
        continue
      }
      const letter = best.rest.charAt(0)
      common.read(letter, until)
      for (const { word, characters, docs } of common.of(letter))
        for (const end of initialEnds(characters, best.rest))
          // a single word of all letters was found as such
          if (best.text !== '' || end < letters.length)
            open.push({ text: best.text + word, rest: best.rest.slice(end), likely: best.likely + Math.log(docs / Math.max(1, size())) + PER_LETTER * end })
    }
    return found
  }

  /** `texts`: of a query without anything else; `total`: number of messages that contain them literally. */
  function readAs(texts: readonly string[], total: number): ReadAs[] {
    const query = texts.join(' ')
    if (query.length > LONGEST) return []
    const letters = (pinyinOfKeys(query) ?? query)
      .toLowerCase()
      .replaceAll('ü', 'v')
      .replace(/[\s'’]/g, '')
    const offered: string[] = []
    if (/^[a-z]{2,}$/.test(letters)) {
      const words = chinese(letters)
      offered.push(...words)
      if (letters.length >= SHORTEST_PHRASE && !words.some((word) => reads([...word], letters) === 'whole')) offered.push(...several(letters))
      const initials = letters.length >= FEWEST_INITIALS && letters.length <= MOST_INITIALS
      if (initials && total === 0 && offered.length < MOST) {
        const phrases = byInitials(letters).map((text) => ({ text, count: count(hits.textBits(text, 'any')) }))
        offered.push(...phrases.sort((a, b) => b.count - a.count).map(({ text }) => text))
      }
    }
    // few of many spellings occur: those without any hit take no space in the cache
    offered.push(...kanaOf(query).filter((kana) => anywhere.get(kana) === 1))
    if (total < RARE) offered.push(...onOtherKeyboards(query))
    const found = [...new Set(offered.map((text) => foldOf.get(text) ?? text))]
      .map((text) => {
        const set = hits.textBits(text, 'any')
        return { text, count: count(set), set }
      })
      .filter((one) => one.count > 0)
    // leave out parts of an offered word that occur nowhere else
    return found
      .filter(({ text, count }) => !found.some((other) => other.text !== text && isKana(text) && other.text.includes(text) && other.count === count))
      .slice(0, MOST)
      .map(({ text, count, set }) => ({ text: written(text, set), count }))
  }

  /** Folded text as the newest of its messages writes it: コーヒー, 咖啡廳, καλημέρα. */
  function written(text: string, set: Bits): string {
    const message = newest(set)?.slice(0, LONGEST_LOOKED_AT) ?? ''
    const [range] = marks.ranges(message, [text])
    const found = range === undefined ? '' : message.slice(...range)
    return (foldOf.get(found) ?? '') === text ? found : text
  }

  return { prepare, readAs }
}
