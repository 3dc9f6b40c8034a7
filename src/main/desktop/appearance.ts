/** Theme, language and dictionary of the system. */
import { app, nativeTheme, session } from 'electron'
import { LANGUAGES, type Language, type Settings } from '../../contract/settings.ts'

export function applySettings(settings: Settings): void {
  nativeTheme.themeSource = settings.theme
  // except on macOS, Chromium fetches a dictionary from the network the first time: it is off until the user wants it
  session.defaultSession.setSpellCheckerEnabled(settings.spellCheck)
}

/** The language that the user has chosen, or the system's. */
export const languageOf = (settings: Settings): Language => (settings.language === 'system' ? systemLanguage() : settings.language)

/** The first of the system's languages that we speak; English otherwise. */
export function systemLanguage(): Language {
  for (const tag of app.getPreferredSystemLanguages()) {
    const { language, script } = new Intl.Locale(tag).maximize()
    if (language === 'zh') return script === 'Hant' ? 'zh-TW' : 'zh-CN'
    const known = LANGUAGES.find((one) => one === language)
    if (known !== undefined) return known
  }
  return 'en'
}
