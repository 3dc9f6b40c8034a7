/** The words of the interface. Each language has the same keys as en, checked by the type below and by renderer.test.ts. */
import { createI18n } from 'vue-i18n'
import { CallFailed } from '../bridge.ts'
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

/** Why something did not work, in the reader's language; the log has what main said of it. */
export function failure(cause: unknown): string {
  const { t } = i18n.global
  if (!(cause instanceof CallFailed)) return t('failure.unexpected')
  const { code, message, about } = cause
  switch (code) {
    case 'refused':
      return refusal(message)
    case 'too-long':
      return refusal('too-large')
    case 'invalid-address':
    case 'not-connected':
      return t(`problem.${code}`)
    case 'not-found':
    case 'bad-input':
      return t(`failure.${code}`)
    case 'store':
    case 'transfer': {
      const { reason = 'other', file = '', line = null } = about
      return t(`failure.reason.${reason}`, { file, line: line === null ? '' : t('failure.line', { line }) })
    }
    case 'file':
      return i18n.global.te(`files.problem.${message}`) ? t(`files.problem.${message}`) : t('failure.unexpected')
    case 'cancelled':
    case 'internal':
    case 'unknown-channel':
      return t('failure.unexpected')
  }
}
