/** Texts of the interface. Each language has the same keys as en, checked by the type below and by renderer.test.ts. */
import { createI18n } from 'vue-i18n'
import { CallFailed } from '../bridge.ts'
import en from './en.ts'
import type { ConnectionProblem } from '../../contract/domain.ts'
import type { Language } from '../../contract/settings.ts'
import { isolatePlaces } from './isolate.ts'
import ja from './ja.ts'
import zhCN from './zh-CN.ts'
import zhTW from './zh-TW.ts'

export type Words = typeof en
const words: Record<Language, Words> = isolatePlaces({ en, ja, 'zh-CN': zhCN, 'zh-TW': zhTW })

export const i18n = createI18n({ legacy: false, locale: 'en', fallbackLocale: 'en', messages: words })

export function setLanguage(language: Language): void {
  i18n.global.locale.value = language
  document.documentElement.lang = language
}

const BY_PREFIX: readonly [prefix: string, language: Language][] = [
  ['zh-TW', 'zh-TW'],
  ['zh-HK', 'zh-TW'],
  ['zh-Hant', 'zh-TW'],
  ['zh', 'zh-CN'],
  ['ja', 'ja']
]
/** Language of the system, while the chosen one is unknown. */
export const browserLanguage = (): Language => BY_PREFIX.find(([prefix]) => navigator.language.startsWith(prefix))?.[1] ?? 'en'

/** Explains a server's error condition (RFC 6120 section 8.3.3) to the user. */
export function refusal(condition: string): string {
  const { t, te } = i18n.global
  return condition !== 'other' && te(`refusal.${condition}`) ? t(`refusal.${condition}`) : t('refusal.other', { condition })
}

/** Conditions caused by our own stanzas, or by the server's reading of them (RFC 6120 section 4.9.3). */
const MISUNDERSTOOD = /^(bad-format|bad-namespace-prefix|improper-addressing|invalid-(from|namespace|xml)|not-well-formed|restricted-xml|unsupported-.*)$/

/** Explains why there is no connection. `detail`: of a server error its condition or text; of a failed sign-in the mechanisms offered. */
export function connectionProblem(problem: ConnectionProblem, detail: string): string {
  const { t, te } = i18n.global
  if (problem !== 'server-error') return t(`problem.${problem}`, { detail })
  if (MISUNDERSTOOD.test(detail)) return t('serverSays.misunderstood', { condition: detail })
  if (detail === '' || detail === 'undefined-condition') return t('serverSays.silent')
  const known = /^[a-z-]+$/.test(detail) && !['misunderstood', 'says', 'silent'].includes(detail) && te(`serverSays.${detail}`)
  return known ? t(`serverSays.${detail}`) : t('serverSays.says', { condition: detail })
}

/** Explains a failure in the reader's language; the details of the main process are in the log. */
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
      const { reason = 'other', file = '', line = null, stopped } = about
      const said = t(`failure.reason.${reason}`, { file, line: line === null ? '' : t('failure.line', { line }) })
      if (stopped === undefined) return said
      const [imported, total] = [stopped.imported, stopped.total].map((count) => count.toLocaleString(i18n.global.locale.value))
      return t('failure.stopped', { said, imported, total })
    }
    case 'file':
      return i18n.global.te(`files.problem.${message}`) ? t(`files.problem.${message}`) : t('failure.unexpected')
    case 'cancelled':
    case 'internal':
    case 'unknown-channel':
      return t('failure.unexpected')
  }
}
