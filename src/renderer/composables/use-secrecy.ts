/** Whether what is written next in a conversation is encrypted end to end, as it is now. */
import { ref, watch, type Ref } from 'vue'
import type { Conversation, Secrecy } from '../../contract/domain.ts'
import { call } from '../bridge.ts'

/** Rises when the user decides about a device. */
export const decisions = ref(0)

/** Which of its sentences holds. */
export function secrecyWords(secrecy: Secrecy | null): 'on' | 'verified' | 'undecided' | 'lacking' | 'off' | 'impossible' {
  const { on = false, possible = false, verified = false, undecided = 0, without = [] } = secrecy ?? {}
  if (!on) return possible ? 'off' : 'impossible'
  if (without.length > 0) return 'lacking'
  return undecided > 0 ? 'undecided' : verified ? 'verified' : 'on'
}

/** It may change with each message; null: it is not known yet, or there is nothing that could be encrypted. */
export function useSecrecy(conversation: () => Conversation): Ref<Secrecy | null> {
  const secrecy = ref<Secrecy | null>(null)
  watch(
    () => [conversation().id, conversation().encryption, conversation().last?.id, decisions.value],
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
