/** Theme and language of the system. */
import { app, nativeTheme } from 'electron'
import type { Settings } from '../../contract/domain.ts'

export function applyTheme(settings: Settings): void {
  nativeTheme.themeSource = settings.theme
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
