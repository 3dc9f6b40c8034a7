/** Emoji with their names and keywords in English and Chinese, and pinyin for the Chinese ones. Loaded on first use. */

export interface Emoji {
  emoji: string
  group: number
  /** Skin-tone variants, from light to dark; empty where the emoji has none. */
  skins: readonly string[]
  /** Names and keywords; the first of each language is the name. */
  en: readonly string[]
  zh: readonly string[]
  /** Pinyin of the Chinese names and keywords: in full, and as initials. */
  pinyin: readonly string[]
}

interface Entry {
  hexcode: string
  label: string
  unicode: string
  group?: number
  order?: number
  tags?: string[]
  skins?: { unicode: string }[]
}

/** Group of the components that other emoji are made of. */
const COMPONENTS = 2
export const GROUPS = [0, 1, 3, 4, 5, 6, 7, 8, 9] as const

/** `isDrawn`: whether the system can draw an emoji. */
export async function loadEmoji(isDrawn: (emoji: string) => boolean): Promise<readonly Emoji[]> {
  const [en, zh, { pinyin }] = await Promise.all([import('emojibase-data/en/compact.json'), import('emojibase-data/zh/compact.json'), import('pinyin-pro')])
  const chinese = new Map((zh.default as Entry[]).map((entry) => [entry.hexcode, entry]))
  const spelled = (word: string): string[] => {
    const syllables = pinyin(word, { toneType: 'none', type: 'array', nonZh: 'removed', v: true })
    return [syllables.join(''), syllables.map((syllable) => syllable.charAt(0)).join('')].filter((text) => text !== '')
  }
  return (en.default as Entry[])
    .filter(({ group, unicode }) => group !== undefined && group !== COMPONENTS && isDrawn(unicode))
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map(({ hexcode, label, unicode, group = 0, tags = [], skins = [] }) => {
      const other = chinese.get(hexcode)
      const words = other === undefined ? [] : [other.label, ...(other.tags ?? [])]
      return {
        emoji: unicode,
        group,
        skins: skins.length === 5 ? skins.map((skin) => skin.unicode) : [],
        en: [label.toLowerCase(), ...tags.map((tag) => tag.toLowerCase())],
        zh: words,
        pinyin: words.flatMap(spelled)
      }
    })
}

/** Distance between words and the typed text: 0 is equal, larger is worse, Infinity is no match. */
function distance(words: readonly string[], typed: string): number {
  let best = Infinity
  for (const [at, word] of words.entries()) {
    const where = word === typed ? 0 : word.startsWith(typed) ? 2 : word.includes(` ${typed}`) ? 4 : word.includes(typed) && typed.length > 1 ? 8 : Infinity
    // names before keywords
    best = Math.min(best, where + (at === 0 ? 0 : 1))
  }
  return best
}

/** Emoji whose name or keywords match, in either language or in pinyin, best first. Pure. */
export function findEmoji(all: readonly Emoji[], text: string, limit: number): Emoji[] {
  const typed = text.trim().toLowerCase().replaceAll('_', ' ')
  if (typed === '') return []
  return all
    .map((emoji, order) => ({ emoji, order, score: Math.min(distance(emoji.en, typed), distance(emoji.zh, typed), distance(emoji.pinyin, typed) + 1) }))
    .filter(({ score }) => score < Infinity)
    .sort((a, b) => a.score - b.score || a.order - b.order)
    .slice(0, limit)
    .map(({ emoji }) => emoji)
}

const RECENT = 'recent-emoji'
const TONE = 'skin-tone'
const MOST_RECENT = 24

/** Recently used emoji, latest first; kept in the window's localStorage. */
export function recentEmoji(): string[] {
  const kept: unknown = JSON.parse(localStorage.getItem(RECENT) ?? '[]')
  return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string').slice(0, MOST_RECENT) : []
}
export const useEmoji = (emoji: string): void =>
  localStorage.setItem(RECENT, JSON.stringify([emoji, ...recentEmoji().filter((one) => one !== emoji)].slice(0, MOST_RECENT)))
/** Skin tone: 0 for none, 1 to 5 from light to dark. */
export const skinTone = (): number => Math.min(5, Math.max(0, Math.trunc(Number(localStorage.getItem(TONE) ?? 0)) || 0))
export const keepSkinTone = (tone: number): void => localStorage.setItem(TONE, String(tone))
/** Name of an emoji in the given language. */
export const emojiName = ({ en, zh }: Emoji, language: 'zh-CN' | 'en'): string => (language === 'zh-CN' ? zh[0] : undefined) ?? en[0] ?? ''
/** The emoji in a skin tone, if it has any. */
export const toned = ({ emoji, skins }: Emoji, tone: number): string => (tone === 0 ? emoji : (skins[tone - 1] ?? emoji))
