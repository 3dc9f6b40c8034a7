/** Language of the interface, from the system's list. Pure. */
import { LANGUAGES, type Language } from '../../contract/settings.ts'

/** Chinese languages of ISO 639-3 that the system may name in place of `zh`. */
const CHINESE = new Set(['zh', 'cmn', 'yue', 'wuu', 'nan', 'hak', 'gan', 'hsn'])

/**
 * Parses a POSIX or BCP 47 name as a locale; null for a name that is neither ('C', '', 'x-private').
 * POSIX names carry a charset and a modifier: `zh_CN.UTF-8`, `sr@latin` (POSIX.1-2017, section 8.2).
 */
function localeOf(tag: string): Intl.Locale | null {
  const name = (tag.split(/[.@]/)[0] ?? '').replaceAll('_', '-')
  try {
    return new Intl.Locale(name).maximize()
  } catch {
    return null
  }
}

/** Returns the first of `tags` that the interface supports; English otherwise. Never throws. */
export function pickLanguage(tags: readonly string[]): Language {
  for (const tag of tags) {
    const locale = localeOf(tag)
    if (locale === null) continue
    if (CHINESE.has(locale.language)) return locale.script === 'Hant' ? 'zh-TW' : 'zh-CN'
    const known = LANGUAGES.find((language) => language === locale.language)
    if (known !== undefined) return known
  }
  return 'en'
}

/**
 * Languages in which texts are checked: those of the system that have a dictionary (`available`), the most wanted first. Chinese and Japanese
 * have none; English is checked for them, since it is mixed in.
 */
export function spellingLanguages(tags: readonly string[], available: readonly string[]): string[] {
  const found = tags.flatMap((tag) => {
    const name = (tag.split(/[.@]/)[0] ?? '').replaceAll('_', '-').toLowerCase()
    const exact = available.find((one) => one.toLowerCase() === name)
    return exact ?? available.find((one) => one.split('-')[0]?.toLowerCase() === name.split('-')[0]) ?? []
  })
  const languages = found.length === 0 ? ['en-US'] : found
  return [...new Set(languages)].filter((one) => available.includes(one))
}
