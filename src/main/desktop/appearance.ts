/** Theme, language and dictionary of the system. */
import { app, nativeTheme, session } from 'electron'
import type { Language, Settings } from '../../contract/settings.ts'
import { pickLanguage } from './languages.ts'

export function applySettings(settings: Settings): void {
  nativeTheme.themeSource = settings.theme
  // except on macOS, Chromium fetches a dictionary from the network the first time: it is off until the user wants it
  session.defaultSession.setSpellCheckerEnabled(settings.spellCheck)
}

/** The language that the user has chosen, or the system's. */
export const languageOf = (settings: Settings): Language => (settings.language === 'system' ? systemLanguage() : settings.language)

/** The language of the system. Electron lists what the environment says: with LANG=C that is no language. */
export const systemLanguage = (): Language => pickLanguage(app.getPreferredSystemLanguages())
