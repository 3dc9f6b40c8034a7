/**
 * Words of others within our sentences: each is isolated (Unicode's first strong isolate, UAX 9), so that a name in Arabic or Hebrew turns
 * nothing around it. The places are marked once, as the languages are loaded.
 */
const [FSI, PDI] = ['\u2068', '\u2069']

/** Places whose content people, files or servers give; numbers, dates and versions are our own. */
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

/** The same words, with each such place isolated. */
export function isolatePlaces<T>(words: T): T {
  if (typeof words === 'string') return words.replace(PLACE, isolate) as T
  if (typeof words !== 'object' || words === null) return words
  return Object.fromEntries(Object.entries(words).map(([key, value]) => [key, isolatePlaces(value as unknown)])) as T
}

/** A list of names in a language, each isolated. */
export const listed = (language: string, names: readonly string[]): string => new Intl.ListFormat(language, { type: 'conjunction' }).format(names.map(isolate))
