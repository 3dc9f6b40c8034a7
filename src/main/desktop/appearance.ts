/** Theme, language and dictionary of the system. */
import { app, nativeTheme, session } from 'electron'
import type { Language, Settings } from '../../contract/settings.ts'
import { pickLanguage, spellingLanguages } from './languages.ts'

export function applySettings(settings: Settings): void {
  nativeTheme.themeSource = settings.theme
  // except on macOS, Chromium downloads a dictionary on first use, so spell checking is off until the user enables it
  const { defaultSession } = session
  defaultSession.setSpellCheckerEnabled(settings.spellCheck)
  // macOS finds the language by itself
  if (settings.spellCheck && process.platform !== 'darwin')
    defaultSession.setSpellCheckerLanguages(spellingLanguages(app.getPreferredSystemLanguages(), defaultSession.availableSpellCheckerLanguages))
}

/** Language chosen by the user, or the system's. */
export const languageOf = (settings: Settings): Language => (settings.language === 'system' ? systemLanguage() : settings.language)

/** Language of the system. Electron lists what the environment names; LANG=C names none. */
export const systemLanguage = (): Language => pickLanguage(app.getPreferredSystemLanguages())
