/**
 * Isolation of foreign text in interface texts: each is wrapped in Unicode's first strong isolate (UAX 9), so that a name in Arabic or Hebrew
 * does not reorder its surroundings. Placeholders are marked once, when a language is loaded.
 */
const [FSI, PDI] = ['\u2068', '\u2069']

/** Placeholders whose content people, files or servers provide; numbers, dates and versions are our own. */
const FOREIGN = [
  'name',
  'names',
  'into',
  'file',
  'files',
  'path',
  'value',
  'text',
  'account',
  'subject',
  'issuer',
  'reason',
  'query',
  'filter',
  'host',
  'condition',
  'detail'
]
const PLACE = new RegExp(`\\{(?:${FOREIGN.join('|')})\\}`, 'g')

export const isolate = (text: string): string => `${FSI}${text}${PDI}`

/** Isolates each such placeholder in a language's texts. */
export function isolatePlaces<T>(words: T): T {
  if (typeof words === 'string') return words.replace(PLACE, isolate) as T
  if (typeof words !== 'object' || words === null) return words
  return Object.fromEntries(Object.entries(words).map(([key, value]) => [key, isolatePlaces(value as unknown)])) as T
}

/** A list of names in a language, each isolated. */
export const listed = (language: string, names: readonly string[]): string => new Intl.ListFormat(language, { type: 'conjunction' }).format(names.map(isolate))
