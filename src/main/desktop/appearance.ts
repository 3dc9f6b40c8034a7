/** Theme, language and dictionary of the system. */
import { app, nativeTheme, session } from 'electron'
import type { Settings } from '../../contract/domain.ts'

export function applyTheme(settings: Settings): void {
  nativeTheme.themeSource = settings.theme
}

/** Except on macOS, Chromium fetches a dictionary from the network the first time; so it asks first. */
export function applySpellCheck(settings: Settings): void {
  session.defaultSession.setSpellCheckerEnabled(settings.spellCheck)
}

/** The language that the user has chosen, or the system's. */
export const languageOf = (settings: Settings): 'zh-CN' | 'en' => (settings.language === 'system' ? systemLanguage() : settings.language)

/** The first of the system's languages that we speak; English otherwise. */
export function systemLanguage(): 'zh-CN' | 'en' {
  for (const language of app.getPreferredSystemLanguages()) {
    if (language.toLowerCase().startsWith('zh')) return 'zh-CN'
    if (language.toLowerCase().startsWith('en')) return 'en'
  }
  return 'en'
}
