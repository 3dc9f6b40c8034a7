/** The words of the interface. zh-CN has the same keys as en, checked by the type below and by i18n.test.ts. */
import { createI18n } from 'vue-i18n'
import en from './en.ts'
import zhCN from './zh-CN.ts'

export type Words = typeof en
const words: Record<'en' | 'zh-CN', Words> = { en, 'zh-CN': zhCN }

export const i18n = createI18n({ legacy: false, locale: 'en', fallbackLocale: 'en', messages: words })

export function setLanguage(language: 'en' | 'zh-CN'): void {
  i18n.global.locale.value = language
  document.documentElement.lang = language
}

/** What a server's error condition means to the user; conditions without words stay as they are. */
export function refusal(condition: string): string {
  const { t, te } = i18n.global
  return te(`refusal.${condition}`) ? t(`refusal.${condition}`) : condition
}
