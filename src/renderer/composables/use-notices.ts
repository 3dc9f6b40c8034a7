/** Group notices (joins, leaves, changes) in the language of the window. */
import { useI18n } from 'vue-i18n'
import type { Notice } from '../../contract/domain.ts'
import { isolate, listed } from '../i18n/isolate.ts'
import { counted } from '../i18n/counted.ts'

/** Names listed at most; beyond that only their number. */
const NAMED = 3

export function useNotices(): (notices: readonly Notice[]) => string {
  const { locale, t } = useI18n()
  return (notices) => {
    const [first] = notices
    if (first === undefined) return ''
    const names = [...new Set(notices.map(({ name }) => name))]
    const who =
      names.length > NAMED
        ? counted('notice.more', names.length - NAMED, { names: names.slice(0, NAMED).map(isolate).join(t('notice.comma')) })
        : listed(locale.value, names)
    return (
      t(`notice.${first.kind}`, { name: who, text: first.text }) +
      (first.text !== '' && (first.kind === 'kicked' || first.kind === 'banned') ? t('notice.reason', { text: first.text }) : '')
    )
  }
}
