/** The words of the interface. Each language has the same keys as en, checked by the type below and by renderer.test.ts. */
import { createI18n } from 'vue-i18n'
import en from './en.ts'
import type { Language } from '../../contract/settings.ts'
import ja from './ja.ts'
import zhCN from './zh-CN.ts'
import zhTW from './zh-TW.ts'

export type Words = typeof en
const words: Record<Language, Words> = { en, ja, 'zh-CN': zhCN, 'zh-TW': zhTW }

export const i18n = createI18n({ legacy: false, locale: 'en', fallbackLocale: 'en', messages: words })

export function setLanguage(language: Language): void {
  i18n.global.locale.value = language
  document.documentElement.lang = language
}

/** What a server's error condition means to the user; conditions without words stay as they are. */
export function refusal(condition: string): string {
  const { t, te } = i18n.global
  return te(`refusal.${condition}`) ? t(`refusal.${condition}`) : condition
}
