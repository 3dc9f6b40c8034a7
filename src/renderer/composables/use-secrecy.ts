/** Whether the next message in a conversation will be encrypted end to end. */
import { ref, watch, type Ref } from 'vue'
import type { Conversation, Secrecy } from '../../contract/domain.ts'
import { call } from '../bridge.ts'
import { useAppStore } from '../stores/app.ts'

/** Key of the sentence that describes the secrecy. */
export function secrecyWords(secrecy: Secrecy | null): 'on' | 'verified' | 'undecided' | 'lacking' | 'off' | 'impossible' {
  const { on = false, possible = false, verified = false, undecided = 0, without = [] } = secrecy ?? {}
  if (!on) return possible ? 'off' : 'impossible'
  if (without.length > 0) return 'lacking'
  return undecided > 0 ? 'undecided' : verified ? 'verified' : 'on'
}

/** Secrecy of a conversation, refreshed with each message and each change of devices; null while unknown or where nothing can be encrypted. */
export function useSecrecy(conversation: () => Conversation): Ref<Secrecy | null> {
  const app = useAppStore()
  const secrecy = ref<Secrecy | null>(null)
  watch(
    () => [conversation().id, conversation().encryption, conversation().last?.id, app.now.devices],
    async () => {
      const { id, account, jid } = conversation()
      if (account === null || jid.includes('/')) {
        secrecy.value = null
        return
      }
      const now = await call('encryption.of', { conversation: id })
      if (id === conversation().id) secrecy.value = now
    },
    { immediate: true }
  )
  return secrecy
}
