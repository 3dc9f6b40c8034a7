/** Pinyin of Chinese typed with the keys of zhuyin on a Latin layout: su3cl3, ni hao. Pure. */

/** Keys of the standard layout (Dachen, ETEN's default and the one on keyboards in Taiwan). */
const INITIALS: Record<string, string> = {
  1: 'b',
  q: 'p',
  a: 'm',
  z: 'f',
  2: 'd',
  w: 't',
  s: 'n',
  x: 'l',
  e: 'g',
  d: 'k',
  c: 'h',
  r: 'j',
  f: 'q',
  v: 'x',
  5: 'zh',
  t: 'ch',
  g: 'sh',
  b: 'r',
  y: 'z',
  h: 'c',
  n: 's'
}
const MEDIALS: Record<string, string> = { u: 'i', j: 'u', m: 'v' }
const FINALS: Record<string, string> = {
  8: 'a',
  i: 'o',
  k: 'e',
  ',': 'eh',
  9: 'ai',
  o: 'ei',
  l: 'ao',
  '.': 'ou',
  0: 'an',
  p: 'en',
  ';': 'ang',
  '/': 'eng',
  '-': 'er'
}
/** Tones; a blank is the first one. */
const SYLLABLE = /([1qaz2wsxedcrfv5tgbyhn]?)([ujm]?)([8ik,9ol.0p;/-]?)([3467]\s*|\s+|$)/gy

/** Finals after a medial, where they differ from both in a row, after an initial. */
const JOINED: Record<string, string> = {
  ieh: 'ie',
  iou: 'iu',
  ien: 'in',
  ieng: 'ing',
  uei: 'ui',
  uen: 'un',
  ueng: 'ong',
  veh: 've',
  ven: 'vn',
  veng: 'iong'
}
/** Syllables without an initial. */
const ALONE: Record<string, string> = {
  i: 'yi',
  in: 'yin',
  ing: 'ying',
  u: 'wu',
  ui: 'wei',
  un: 'wen',
  ong: 'weng',
  v: 'yu',
  vn: 'yun',
  iong: 'yong',
  iu: 'you'
}

function syllable(initial: string, medial: string, final: string): string | null {
  const whole = medial + final
  const joined = JOINED[whole] ?? whole
  // zhi, chi, shi, ri, zi, ci, si have no sign for their vowel
  if (joined === '') return /^(?:[zcs]h?|r)$/.test(initial) ? `${initial}i` : null
  if (initial === '') return ALONE[joined] ?? joined.replace(/^i/, 'y').replace(/^u/, 'w').replace(/^v/, 'yu')
  return initial + (/^[jqx]$/.test(initial) ? joined.replace(/^v/, 'u') : joined)
}

/** Pinyin of all syllables without blanks, or null if these are not the keys of zhuyin. A text without any tone is no zhuyin. */
export function pinyinOfKeys(text: string): string | null {
  const keys = text.toLowerCase().trim()
  if (!/[3467]/.test(keys) || !/[a-z89,.;/-]/.test(keys)) return null
  let found = ''
  let at = 0
  while (at < keys.length) {
    SYLLABLE.lastIndex = at
    const [whole = '', initial = '', medial = '', final = ''] = SYLLABLE.exec(keys) ?? []
    const read = whole.trim() === '' ? null : syllable(INITIALS[initial] ?? '', MEDIALS[medial] ?? '', FINALS[final] ?? '')
    if (read === null) return null
    found += read
    at += whole.length
  }
  return found
}
