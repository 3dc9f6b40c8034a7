/** Sentence about who is typing in a conversation (XEP-0085); empty if nobody is. */
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Conversation } from '../../contract/domain.ts'
import { listed } from '../i18n/isolate.ts'
import { useAppStore } from '../stores/app.ts'

/** Names listed at most. */
const NAMED = 3

/** `named`: names the person also in a direct conversation. */
export function useTyping(conversation: () => Conversation, named: boolean): ComputedRef<string> {
  const app = useAppStore()
  const { locale, t } = useI18n()
  return computed(() => {
    const { jid, kind, name } = conversation()
    const typing = app.typingIn(jid)
    if (typing.length === 0) return ''
    if (kind === 'direct' && !named) return t('thread.typing')
    const names = kind === 'direct' ? [name] : typing.slice(0, NAMED)
    return t('thread.typingNames', { names: listed(locale.value, names) }, names.length)
  })
}
