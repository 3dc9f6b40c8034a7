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
  // ü is written as people type it: nv, nu, nyu
  const whole = (reading: string): string[] => (reading.includes('v') ? [reading, reading.replace('v', 'u'), reading.replace('v', 'yu')] : [reading])
  const initial = (reading: string): string[] => (/^[zcs]h/.test(reading) ? [reading.slice(0, 2), reading.slice(0, 1)] : [reading.slice(0, 1)])
  if (go(0, letters, whole)) return 'whole'
  // some syllables may be whole among initials: nvpy, chongqinghg
  return word.length > 1 && go(0, letters, (reading) => [...initial(reading), ...whole(reading)]) ? 'initials' : null
}

/** Kana variants of a word in romaji, at most. */
const MOST_KANA = 48

/** Variants of a text: each of these places as it stands or changed, at most `most` of them changed. */
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
 * The kana that a text may be in romaji: Hepburn of either kind (shimbun, shinbun), Kunrei, long vowels with a macron, with a dash, doubled
 * or left out (tokyo, tōkyō, toukyou, ramen), は, へ and を where they are said wa, e and o.
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
  const spelt = isMarked
    ? ['first', 'second'].map((way) =>
        marked
          .replaceAll(macrons, ([vowel = '']) => vowel + (way === 'first' && vowel === 'o' ? 'u' : way === 'first' && vowel === 'e' ? 'i' : vowel))
          .normalize('NFC')
      )
    : [plain, ...varied(plain, /n(?=y)/g, () => ["n'"], 1), ...varied(plain, /(?<![a-z])[td]i|(?<=[^st])ti|di/g, ([sign = '']) => [`${sign}hi`], 2)]
  const found = [...new Set(spelt)].flatMap((one) => {
    if (!/^[a-z'’-]{2,}$/.test(one)) return []
    const kana = toHiragana(one)
    if (kana.length < 2 || !isKana(kana)) return []
    const sounds = [kana, ...varied(kana, /[ずじ]/gu, (sign) => [sign === 'ず' ? 'づ' : 'ぢ'], 1)]
    if (isMarked) return sounds
    // a long vowel that was left out: of o and u in words of Japan, of any vowel, once or twice, in words from abroad
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
    // of many ways to write it few are written: what stands nowhere takes no room among the sets that are kept
    offered.push(...kanaOf(query).filter((kana) => anywhere.get(kana) === 1))
    if (total < 3) offered.push(...onOtherKeyboards(query))
    const found = [...new Set(offered)].map((text) => ({ text, count: count(hits.textBits(text, 'any')) })).filter((one) => one.count > 0)
    // a part of a word that is offered and stands nowhere else says nothing more
    return found
      .filter(({ text, count }) => !found.some((other) => other.text !== text && isKana(text) && other.text.includes(text) && other.count === count))
      .slice(0, MOST)
  }

  return { prepare, readAs }
}
